"""A sentence that is quoted alone is whole and points at nothing that is not shown with it."""

from __future__ import annotations

import pytest

from tutor.standing import readable, reads_as_one, stands_alone


@pytest.mark.parametrize(
    "sentence",
    [
        "Models can only process numbers, so tokenizers need to convert text inputs to numerical data.",
        "k-means is an algorithm that puts points into groups.",
        "wav2vec learns features of speech from raw audio alone.",
        "pandas is a library for tables of all kinds.",
        "`DataLoader` gives batches of a data set in any order.",
        "In the decoder, attention looks only at the words before the current one.",
        "A dataset is cached on disk, and every access to this dataset is served from there.",
        "No model is right for every task.",
        "A drawing is computed from numbers in such a way that the gradient of each pixel exists.",
        "Good tokenizers split rare words into parts.",
        "A mask hides words, and such a mask is used in every layer.",
        "Like a brain, a network learns from what it sees.",
        "**Encoder-only models**: These models use attention in both directions.",
        "Using a larger batch, training takes more memory on each step.",
        "**Transformers**: They read all words at once.",
        "What is important is that this is differentiable, so that gradients flow.",
        "**Apply the mask**: Words to come are hidden from the model.",
        "**Auto-regressive models:** These models write one word after the other.",
        "Use of a mask is common in every decoder.",
        "Compute is what limits a large model.",
        "Convolutions and attention combine pixels, and both methods share weights.",
        "Most models require separate training.",
        "Gating mechanisms control the path through which information flows.",
        "Since tokens are independent, these tokens are drawn one by one.",
        "The overlap of two regions is the number of pixels in both regions.",
        "The BiLSTM scans an image along both diagonals.",
        "An image is cut into patches, which are then turned into vectors.",
        "(2+1)D networks are inspired by networks of three dimensions.",
        "An example of an attack is a sign that a camera takes for another one.",
        "Because words differ in length, sequences are padded.",
        "In the example of captioning, input vectors are features of an image.",
        "X is the horizontal direction and Y is the vertical direction.",
        "Quantization, which saves memory, turns numbers into small integers.",
        "*Pretraining* is the act of training a model from scratch, with random weights to begin with.",
        "A trade-off exists between accuracy, performance, and use of resources when a model is deployed.",
        "The red channel of an image is a matrix of numbers.",
        "In the paper *Distilling*, Hinton introduced a training by a teacher.",
        "Google released the model in June 2017.",
    ],
)
def test_a_whole_sentence_stands_alone(sentence: str) -> None:
    assert stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "With this kind of tokenizer, the vocabulary becomes large.",
        "Time to look at question answering!",
        "Oh no, there is a problem with the function!",
        "The only thing left to do is to convert the list into tensors.",
        "In another lesson, you learned about speech and vision.",
        "Reinforcement learning is similar, as it is about feedback.",
        "The outputs of both streams are then combined into one vector.",
        "Since tokens are independent, this probability is a product.",
        "The analogous process for images is to resize them.",
        "**Train a model of rewards:** We use this human feedback for it.",
        "Simply remove the prefix to run the command in a terminal.",
        "The extreme case of this is a batch of a single example.",
        "Lets see a complete example of padding in motion.",
        "(Clarification: the colors are not those of the image.)",
        "The two are very close (see the source to persuade yourself.",
        "An example of the difference between a classifier by one neighbor and one by five, using points of 3 classes.",
        "*General framework for Transformer based models.",
        "During training, monitor the loss and the accuracy.",
        "A cyclic shift is then applied to the partitions.",
        "At the very end, the model is evaluated on the test set (red).",
        "L determines how many levels there are in the encoding.",
        "In the captioning example, input vectors are features of an image.",
        "As a last preprocessing step, one writes a function of one's own.",
        "Because often there is no ground truth, and quality is hard to measure.",
        "The paper goes in depth on measures of the results.",
        "The next chapter will address methods of preprocessing.",
        "As capacity increases (x-axis), bias (dotted) tends to decrease.",
        "Fortunately, the library was made to overcome these limitations.",
        "Each query finds its box better. _Left: the layer of the decoder.",
        "Delve into approaches such as networks with a memory.",
        "In the same vein, the model needs the words around a word.",
        "Before looking into models, it is crucial to understand the tasks.",
        "From platforms to practices, we explore the landscape of deployment.",
        "Quantization, which converts amplitudes into discrete quantities.",
        "A dataset of 15339 images from 3 broad categories of animals, objects and vehicles, in 32 finer ones.",
        "*The first vector of the parameters shown as an arrow, which points to the region of one class.",
        "The vector is drawn with its line of decision (black line).",
        "Afterwards a convolution is laid over the image.",
        "With only two labels, like our example, the images are called binary.",
        "In their experiments, blocks were added to networks of several kinds.",
        "Attention in parts is similar to a model; the blue patch is seen first.",
        "Example circuit for a neuron with an activation function that is a sigmoid.",
        "In the paper, the authors fix the decoder and use only the encoder.",
        "How to use the page of the tool to annotate a dataset.",
        "Monitor both the loss and the outputs during training.",
        "Find the keypoints and descriptors with SIFT.",
        "When checking a gradient, remember to turn off dropout.",
        "To enable streaming, you just need to pass one argument.",
        "Consider an example that reaches the scores 10, -2 and 3.",
        "**Descriptor matching:** Finally, these descriptors are matched between images.",
        "Object detection combines both approaches, locating and naming things.",
        "The model takes a different approach, being a diffusion model.",
        "The rule says that a gate takes that gradient and multiplies it.",
        "In a nutshell, in images, these properties ensure that objects are found.",
        "From the last expression it is clear that two distributions are involved.",
        "At the beginning, the agent and its world are reset (lines 3-4).",
        "Up until now, models have been fine-tuned for new tasks.",
        "The best part is that models on the Hub are free.",
        "Alternatively, all neurons in a slice share their weights.",
        "(In particular, note that late neurons see most of the image.)",
        "As a last comment, neurons of several kinds are rarely mixed.",
        "2) Scale ambiguity: for some sources, depth has an unknown scale.",
        "One-hot encoded labels for question answering.",
        "An example circuit demonstrating the intuition behind the operations that a backward pass performs.",
        "The image encoders differ from the original network in three respects.",
        "In an attempt to replicate these characteristics, the operator has two key elements.",
        "When training a network for the first time, I recommend taking a look at a notebook.",
        "Using those attention matrices with less parameters then allows longer inputs.",
        "Since it identifies subwords by a prefix, each word is split first.",
        "The actual code using the trainer is short and clear.",
        "To recap, in this chapter you learned about tokens and models.",
        "Figure 3: the architecture of the encoder and the decoder.",
        "An example of character-based tokenization.",
        "Transformers, convolution and contrastive learning are.",
        "To learn more about this, you can read a blog post on emissions.",
        "Install the library and open the notebook on your machine.",
        "the tail of a sentence that was cut off somewhere.",
        "[One guide](https://a.example/1), [another guide](https://a.example/2) and [a third](https://a.example/3).",
        "We use a Seq2SeqTrainer here, which knows how to generate.",
        "For a detailed guide, see the fine-tuning part of the documentation.",
        "Please refer to the documentation of the library for all options.",
        "Whoa, that's a lot of information!",
        "Great, the model has learned to recognise digits.",
        "Comparatively, the other splitting has a lower probability.",
        "On the other hand, larger batches need more memory.",
        "A total of 92 languages are available for this dataset.",
        "Other tokenizers can have different rules for these steps.",
        "An incorrect implementation could still produce this pattern and not generalize.",
        "The effectiveness of such attacks depends on what is known about the model.",
        "Figure taken from the paper that illustrates the idea.",
        "The data are shown as circles, and the decision regions are shown underneath.",
        "Authors first replace every convolution with a pooling layer that decreases accuracy.",
        "Before we compare the methods, let’s first discuss the differences.",
        "t-SNE embedding of a set of images based on their codes.",
        "*New dataset is small and similar to original dataset*.",
        "Like the sigmoid neuron, its activations saturate, but its output is centred.",
        "Developed by a lab, it features long convolutions at a low cost.",
        "The scores of one class are shown in white.",
        "The factor of one half will become clear in a second.",
        "**Attention Module** The second problem is solved by feature maps of several sizes.",
        "A simple function to train such a system is a sum of squares.",
        "Where we see that the gradient flows through the product.",
        "Understand the losses and explore the techniques of learning without labels.",
        "A drawing of a biological neuron (left) and its mathematical model (right).",
        "In practice, it is always better to use these methods to control what is learned.",
        "To reiterate, the strength of the penalty is what one tunes.",
        "**Bias**: They may reproduce what stands in their training data.",
        "Learned the basic building blocks of a model.",
        "Using different learning rates for the decoder and the encoder.",
        "Each category encompasses different techniques, such as filters.",
        "Recommended further reading for an interested reader includes the original paper.",
    ],
)
def test_a_sentence_that_points_elsewhere_or_has_no_end_does_not(sentence: str) -> None:
    assert not stands_alone(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Install the library with pip before anything else.",
        "Then call the train method of the trainer.",
        "The first step is to define the training arguments.",
        "Once we have our model, we can define a trainer by passing all objects to it:",
    ],
)
def test_steps_of_a_procedure_may_tell_the_reader_what_to_do(sentence: str) -> None:
    assert stands_alone(sentence, instructs=True)
    assert not stands_alone(sentence)


def test_what_announces_a_list_points_at_the_list_alone() -> None:
    assert stands_alone("A residual network has two kinds of shortcuts:", announces=True)
    assert not stands_alone("A residual network has two ways to achieve this:", announces=True)


def test_sentences_of_a_paragraph_may_lean_on_each_other_and_on_nothing_else() -> None:
    assert reads_as_one(["A tokenizer splits text.", "It then looks up the number of each piece."])
    assert not reads_as_one(["It splits text.", "A tokenizer does this first."])
    assert not reads_as_one(["A tokenizer splits text.", "The figure below shows how."])


def test_links_are_read_as_their_words_and_images_not_at_all() -> None:
    assert readable("See [the paper](https://a.example) ![plot](p.png)\nnow.") == "See the paper now."
    assert (
        readable("The [ROUGE score](https://a.example/ROUGE_(metric)) counts words.") == "The ROUGE score counts words."
    )


@pytest.mark.parametrize(
    ("lead", "whole"),
    [
        ("The model is trained with the following steps:", True),
        ("Here are the parts of an encoder:", True),
        ("A mask is defined as follows:", True),
        ("It can be defined on three levels:", False),
        ("In the last section we met two parts of the task:", False),
        ("Check out the following examples of model cards:", False),
        ("As usual, we'll write a simple function for the tokenizer:", False),
    ],
)
def test_what_announces_a_list_leans_on_that_alone(lead: str, whole: bool) -> None:
    assert stands_alone(lead, announces=True) is whole
