"""The words of the course's slides, exercise sheet, web page and hand-out. Knows no file format."""

SLIDES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("CLIP in twelve slides", ("From two encoders to a classifier that is written in words",),
     "These slides go with the module on CLIP. Each slide has one statement; the notes say it in full."),
    ("A dual encoder",
     ("One encoder for images, one for texts", "Both end in vectors of the same width", "They meet only in "
      "a dot product"),
     "A dual encoder is a model that maps image and text to separate vectors, which meet only in a dot product. "
     "The image encoder is a ResNet or a vision transformer, the text encoder a transformer with a causal mask."),
    ("Normalise first", ("u = f(x) / |f(x)|, v = g(t) / |g(t)|", "The dot product is then the cosine similarity"),
     "L2 normalisation divides a vector by its length. Afterwards all dot products lie between minus one and one."),
    ("The logit scale", ("Logits = s u . v with s = exp(t)", "s starts at 1 / 0.07 = 14.29", "s is kept at "
     "100 or less"),
     "The logit scale is the factor that multiplies cosine similarities before the softmax. It is learned "
     "as a logarithm, "
     "so that it stays positive."),
    ("The similarity table", (), "Row i compares image i with every text of the batch. The diagonal holds "
     "the true pairs."),
    ("The symmetric loss",
     ("Rows: each image looks for its text", "Columns: each text looks for its image", "Average of two "
      "cross-entropies"),
     "For an image the negatives are the other texts. For a text the negatives are the other images. "
     "If all similarities are equal, the loss is log N."),
    ("In-batch negatives", ("N pairs give N x N comparisons", "Only 2 N items are encoded", "Some negatives are false"),
     "The expected number of false negatives per anchor is N minus one times the probability that a random text fits."),
    ("Zero-shot classification",
     ("Write one prompt for each class", "Encode the prompts once", "The most similar prompt wins"),
     "Zero-shot classification needs class names and no labelled images. The text encoder writes the "
     "classifier's weights."),
    ("Prompt ensembles", ("Several templates for each class", "Average the unit vectors, normalise again"),
     "The ensemble is formed in embedding space, so classification costs the same as with one prompt."),
    ("Ways to use CLIP", (), "The table compares what each way needs and what it gives."),
    ("Limits",
     ("Counting: four or five?", "Binding: which of the two is red?", "Negation: without often reads as with"),
     "Random in-batch negatives rarely test grammar, so there is little pressure to learn it. Hard "
     "negatives measure it."),
    ("Bias", ("Label rates can differ between groups", "The list of classes is part of the model", "Measure "
     "before use"),
     "A bias probe measures how the output differs between groups that ought to be treated alike."),
    ("What to remember",
     ("Two encoders, one table, two cross-entropies", "Text vectors are classifier weights", "Scores are relative"),
     "A softmax over prompts adds up to one even if no prompt fits."),
)  # fmt: skip
"""Title, points and speaker notes of each slide."""
TABLE = (
    ("way", "labelled images", "training", "result"),
    ("zero-shot", "none", "none", "classes by name"),
    ("linear probe", "many", "seconds", "classes by example"),
    ("prototypes", "a few per class", "none", "classes by example"),
    ("retrieval", "none", "none", "ranked images"),
)
TABLE_SLIDE, PICTURE_SLIDE = "Ways to use CLIP", "The similarity table"
PICTURE_TEXT = (
    "A table of four images and four texts; the similarities on the diagonal are about 0.9, all others at most 0.4."
)

EXERCISES: tuple[tuple[str, str, str], ...] = (
    ("Zero-shot probabilities",
     "An image vector has the cosine similarities 0.30 and 0.25 with two prompts. "
     "The logit scale is 100. What is the probability of the first prompt?",
     "The logits differ by 5, so the probability is 1 / (1 + exp(-5)) = 0.993."),
    ("Chance of the symmetric loss",
     "A batch has 64 pairs and all similarities are equal. What is the symmetric loss?",
     "Each candidate has the probability 1/64, so the loss is ln 64 = 4.159."),
    ("Linear probe", "One image per class, x1 = (1, 0) and x2 = (0, 1), one-hot labels, penalty 3. What is "
     "the weight matrix?",
     "The inverse of (1 + 3) I times the identity is 0.25 I."),
    ("Recall", "Five queries find their right item at the ranks 1, 2, 2, 7 and 20. What is recall at 5?",
     "Three of five ranks are at most 5, so recall at 5 is 0.6."),
    ("Model ensemble", "Two models give the true class the probabilities 0.8 and 0.2. What does the mean "
     "ensemble cost?",
     "The mean is 0.5 and the cross-entropy is ln 2 = 0.693."),
    ("Fairness", "A label is given to 12 of 40 images of group 1 and to 6 of 40 images of group 2. "
     "What is the demographic parity gap?",
     "The rates are 0.30 and 0.15, so the gap is 0.15."),
)  # fmt: skip
"""Title, task and answer of each exercise."""

MOTION: tuple[tuple[str, str], ...] = (
    ("Flow", "Optical flow is the apparent motion of brightness between two frames, given as a displacement "
     "for each pixel. "
     "Channel 0 is horizontal and positive to the right; channel 1 is vertical and positive downwards."),
    ("Backward warping", "Backward warping is the reading of a source image at displaced positions: "
     "out(x, y) = src(x + u, y + v). The flow lies on the grid of the output."),
    ("Forward splatting", "Forward splatting is the pushing of source pixels to displaced positions, where "
     "each adds its "
     "value to the four nearest pixels. The flow lies on the grid of the source."),
    ("Occlusion", "Occlusion is the covering of a point by another object in one of the frames. "
     "A forward-backward check finds it: follow the flow there and back, and see whether the point returns."),
    ("Which warp for which flow", "The flow from frame 0 to frame 1 lets backward warping rebuild frame 0 "
     "from frame 1, "
     "and lets forward splatting predict frame 1 from frame 0."),
)  # fmt: skip
"""Heading and paragraph of each section of the web page."""

HANDOUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Two encoders and one table", (
        "CLIP is a dual encoder that was trained on 400 million image-text pairs. An image encoder and a "
        "text encoder map "
        "their inputs to vectors of one width, which are divided by their lengths.",
        "The similarity table of a batch of N pairs has N rows for the images and N columns for the texts. "
        "The entry in row i "
        "and column j is the cosine similarity of image i and text j, multiplied by the logit scale.",
        "The symmetric contrastive loss is the mean of two cross-entropies. The first runs along the rows "
        "and asks which text "
        "belongs to an image. The second runs along the columns and asks which image belongs to a text. The "
        "right answers are "
        "on the diagonal.")),
    ("A classifier from words", (
        "Zero-shot classification compares an image vector with one text vector per class and takes the "
        "most similar. A prompt "
        "template such as 'a photo of a {label}.' makes a class name look like a caption.",
        "A prompt ensemble averages the unit vectors of several templates for each class and normalises the "
        "mean. A model "
        "ensemble averages the scores of several models; vectors of two models do not share a space and "
        "must not be averaged.",
        "A linear probe is a linear classifier that is trained on frozen features. With ridge regression it "
        "is the solution of "
        "one linear system: (X'X + lambda I) W = X'Y.")),
    ("Differences, synthesis and care", (
        "The difference of two image vectors names the change between the images, when it is compared with "
        "text vectors from "
        "which their common mean was subtracted.",
        "CLIP-guided synthesis maximises the similarity with a text by gradient ascent on pixels or on the input of a "
        "generator. Free pixels lead to adversarial solutions; augmentation and a generator as prior counter them.",
        "A bias probe measures how the output of a model differs between groups that ought to be treated "
        "alike. Counting, "
        "attribute binding and negation are weak in a model with one vector per image.")),
    ("Motion in one page", (
        "The optical flow constraint is I_x u + I_y v + I_t = 0: one equation for two unknowns at each "
        "pixel. The Lucas-Kanade "
        "method solves it by least squares over a window; the Horn-Schunck method adds a penalty on the "
        "roughness of the flow.",
        "An image pyramid halves a displacement at each level. Coarse-to-fine estimation starts each level "
        "at twice the flow of "
        "the coarser one.",
        "Backward warping gathers and forward splatting scatters. As matrices they are transposes of each "
        "other under the border "
        "rule that outside values are zero.")),
)  # fmt: skip
"""Heading and paragraphs of each page of the hand-out."""
