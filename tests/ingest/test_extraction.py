import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.aliases import aliases
from ingest.cues import cues, links
from ingest.definitions import definitions
from ingest.extraction import extract
from ingest.facts import CueKind, DocumentFacts
from ingest.headings import heading_terms, heading_weight
from ingest.terms import blank, clean, code_runs, is_general, runs
from tests.ingest.small_course import CLIP_LESSON, document


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Introduction to Convolutional Neural Networks", ["Convolutional Neural Networks"]),
        ("3.2 What is a convolution?", ["convolution"]),
        ("Vision Transformer (ViT)", ["ViT", "Vision Transformer"]),
        ("Text Encoder and Image Encoder", ["Text Encoder", "Image Encoder"]),
        ("SVM vs. Softmax", ["SVM", "Softmax"]),
        ("How do Transformers work?", ["Transformers"]),
        ("Building your first agent", ["agent"]),
        ("Bag of words", ["Bag", "Bag of words", "words"]),
        ("Non-Maximum Suppression", ["Non-Maximum Suppression"]),
        ("Exercises", []),
        ("What to do next", []),
        ("Further reading", []),
        ("Try it out!", []),
        ("Step 1", []),
        ("✏️ Your turn!", []),
    ],
)
def test_a_heading_gives_the_names_in_it(heading, expected):
    found = [term.surface for term in heading_terms(heading)]
    assert sorted(found) == sorted(expected) if "Bag" in heading else found[: len(expected)] == expected


def test_a_heading_that_is_a_name_weighs_more_than_one_that_holds_it():
    weight = {term.surface: term.weight for term in heading_terms("Vision Transformers for Image Classification")}
    assert heading_terms("Image Classification")[0].weight == 1.0
    assert 1.0 > weight["Vision Transformers"] > weight["Image Classification"]


def test_sections_about_the_course_weigh_little_and_lists_of_uses_less_than_lessons():
    assert heading_weight("Resources") < heading_weight("Applications of GANs") < heading_weight("GANs")
    assert heading_weight("Setting up the data and the model") == 1.0


@pytest.mark.parametrize(
    "junk", ["Step 3", "main.py", "https://a.org/b", "this one", "very", "x", "12", "your turn", "a/b"]
)
def test_what_is_no_name_is_cleaned_away(junk):
    assert clean(junk) == ""


def test_general_words_alone_are_no_name():
    assert all(map(is_general, ("Introduction", "results", "approach", "wide range of things")))
    assert not any(map(is_general, ("softmax", "language model", "L2", "loss function")))


@pytest.mark.parametrize(
    ("sentence", "name", "genus"),
    [
        ("Convolution is an operation used to extract features from data.", "Convolution", "operation used"),
        ("An LSTM is a type of recurrent neural network that keeps a state.", "LSTM", "recurrent neural network"),
        ("Embeddings are dense vectors that stand for words.", "Embeddings", "dense vectors"),
        (
            "The receptive field refers to the region of the input that a unit sees.",
            "receptive field",
            "region of the input",
        ),
        ("- **Stride**: the step by which the filter is moved over the input.", "Stride", "step"),
        ("We call this trick *teacher forcing* in what follows.", "teacher forcing", ""),
    ],
)
def test_a_defining_sentence_names_its_term(sentence, name, genus):
    found = list(definitions(sentence, opens=True))
    assert [fact.surface for fact in found] == [name]
    assert found[0].quote == sentence
    assert found[0].genus.startswith(genus.split()[0]) if genus else found[0].genus == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "This is a good way to look at the problem at hand.",
        "The result is shown in the figure below this paragraph.",
        "While attention is a good idea, it costs a lot of memory.",
        "Images are used to train the network in this example.",
        "Is softmax a function that we should use here at all?",
        "For more details, refer to the paper on the subject.",
        "In the original model, attention is done between all patches.",
    ],
)
def test_a_sentence_that_only_looks_like_a_definition_defines_nothing(sentence):
    assert not [fact for fact in definitions(sentence, opens=True) if fact.strength >= 0.45]


@pytest.mark.parametrize(
    ("sentence", "pair"),
    [
        ("We use byte-pair encoding (BPE) here.", ("byte-pair encoding", "BPE")),
        (
            "It is based on CLIP (Contrastive Language-Image Pretraining).",
            ("Contrastive Language-Image Pretraining", "CLIP"),
        ),
        ("A convolutional net, also known as ConvNet, has filters.", ("convolutional net", "ConvNet")),
        ("NMS stands for non-maximum suppression.", ("non-maximum suppression", "NMS")),
        ("Novel View Synthesis (NVS) renders views.", ("Novel View Synthesis", "NVS")),
    ],
)
def test_the_text_itself_says_which_names_are_equal(sentence, pair):
    assert [(fact.name, fact.alias) for fact in aliases(sentence)] == [pair]


@pytest.mark.parametrize(
    "sentence", ["We saw it (see Fig. 2) before.", "It rose (by 12) in May.", "A model (or a net) learns."]
)
def test_a_parenthesis_that_is_no_short_form_joins_nothing(sentence):
    assert list(aliases(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "kind", "subject", "other"),
    [
        ("An LSTM is a type of recurrent network.", CueKind.IS_A, "An LSTM", "recurrent network"),
        ("Faster RCNN builds on Fast RCNN.", CueKind.NEEDS, "Faster RCNN", "Fast RCNN"),
        ("Unlike batch normalization, it needs no batch.", CueKind.CONTRAST, "", "batch normalization"),
        ("Recall the chain rule.", CueKind.RECALLS, "", "the chain rule"),
        ("It is a part that matters; ReLU vs. tanh.", CueKind.CONTRAST, "ReLU", "tanh"),
        (
            "The encoder consists of self-attention, and dropout.",
            CueKind.PART_OF,
            "self-attention, and dropout",
            "The encoder",
        ),
    ],
)
def test_a_phrase_relates_what_stands_before_it_to_what_follows(sentence, kind, subject, other):
    found = [(cue.kind, cue.subject, cue.object) for cue in cues(sentence)]
    assert (kind, subject, other) in found


def test_people_are_no_subject_of_a_cue():
    assert list(cues("The library that we built uses nothing, and one uses softmax.")) == []


def test_links_keep_their_target_and_words_but_images_and_anchors_are_none():
    found = list(links("See [the *loss*](../a/loss.md#x), ![fig](a.png) and [here](#top)."))
    assert [(link.target, link.text) for link in found] == [("../a/loss.md#x", "the loss")]


def test_runs_stop_at_stop_words_marks_code_and_formulas():
    text = (
        "The **image encoder** maps $x_1$ to a bag of words; see `main.py` and `Trainer`.\n\n```python\nhidden = 1\n```"
    )
    found = runs(blank(text))
    assert {"image encoder maps", "bag of words", "Trainer"} <= set(found)
    assert not any("hidden" in run or "main" in run for run in found)


def test_blanking_keeps_every_place():
    text = CLIP_LESSON + "\n$$a\nb$$ and <b>c</b>\n```\nd\n```\n"
    assert len(blank(text)) == len(text)
    assert blank(text).count("\n") == text.count("\n")


def test_identifiers_are_read_as_the_words_they_are_made_of():
    found = code_runs("model = CLIPModel.from_pretrained(name)  # image encoder")
    assert {"CLIP Model", "from pretrained", "image encoder"} <= set(found)


def test_every_quote_stands_verbatim_in_its_chunk():
    source, chunks = document("clip.md", CLIP_LESSON, 0)
    text = {chunk.id: chunk.text for chunk in chunks}
    quotes = [
        (chunk.chunk_id, fact.quote)
        for chunk in extract(source, chunks).chunks
        for fact in (*chunk.definitions, *chunk.cues, *chunk.aliases)
    ]
    assert quotes
    assert all(quote in text[chunk_id] for chunk_id, quote in quotes)


def test_facts_survive_being_written_as_json():
    facts = extract(*document("clip.md", CLIP_LESSON, 0))
    assert DocumentFacts.from_json(facts.to_json()) == facts


def test_facts_of_another_format_are_refused_with_a_remedy():
    with pytest.raises(ValueError, match="extract the document again"):
        DocumentFacts.from_json('{"format": 0}')


def test_course_administration_counts_little():
    lesson = extract(*document("a.md", CLIP_LESSON, 0))
    certificate = extract(*document("b.md", "# Certification process\n\nA certificate is a paper that you get.\n", 1))
    assert lesson.weight == 1.0
    assert certificate.weight < 0.5


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab A.*_`$#()[]<>!|\\\n-:1é∑"), max_size=200))
def test_any_text_is_read_without_error_and_twice_alike(text):
    source, chunks = document("any.md", f"# Title\n\n{text}\n", 0)
    facts = extract(source, chunks)
    assert facts == extract(source, chunks)
    assert DocumentFacts.from_json(facts.to_json()) == facts
    place = {chunk.id: chunk.text for chunk in chunks}
    assert all(fact.quote in place[chunk.chunk_id] for chunk in facts.chunks for fact in chunk.definitions)
