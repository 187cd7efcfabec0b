from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.aliases import aliases
from ingest.cues import cues, links
from ingest.definitions import definitions
from ingest.extraction import extract
from ingest.facts import CueKind, DocumentFacts, Sign
from ingest.headings import heading_terms, heading_weight
from ingest.terms import blank, clean, code_runs, is_general, runs, runs_and_acts
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
        "Convolutional networks are excellent at analyzing spatial features.",
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


def signs_of(text):
    source, chunks = document("signs.md", f"# Title\n\n{text}\n", 0)
    facts = extract(source, chunks).chunks
    return facts, {chunk.id: chunk.text for chunk in chunks}


def test_a_lead_in_that_is_a_sentence_by_itself_is_defined_by_the_next_one():
    facts, texts = signs_of(
        "- **Occlusion**. Objects can be hidden by others in the image.\n- **Try it**. Use an image now."
    )
    found = [(chunk.chunk_id, fact) for chunk in facts for fact in chunk.definitions]
    assert [fact.surface for _, fact in found] == ["Occlusion"]
    assert all(fact.quote in texts[chunk_id] for chunk_id, fact in found)
    assert found[0][1].quote.endswith("hidden by others in the image.")


@pytest.mark.parametrize(
    "text",
    [
        "| Term | Definition |\n|---|---|\n| Epoch | one pass over the whole training set |",
        "Epoch\n: one pass over the whole training set",
        "## Glossary\n\n- Epoch: one pass over the whole training set",
        "## Key terms\n\n- **Epoch** \u2014 one pass over the whole training set",
    ],
)
def test_glossaries_tables_of_terms_and_definition_lists_define(text):
    facts, texts = signs_of(text)
    found = [(chunk.chunk_id, fact) for chunk in facts for fact in chunk.definitions if fact.strength >= 0.9]
    assert [fact.surface for _, fact in found] == ["Epoch"]
    assert all(fact.quote in texts[chunk_id] for chunk_id, fact in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "Figure 3: Softmax is a function that turns scores into probabilities.",
        "Left: Dropout is a method that removes units at random.",
        "Geoffrey Hinton is a professor who worked on neural networks.",
        "Transformers 4.30 is a release that brings new models to users.",
    ],
)
def test_captions_people_and_versions_define_nothing(sentence):
    assert not list(definitions(sentence, opens=True))


def test_a_sentence_about_this_example_defines_less_than_one_about_the_thing():
    here = next(definitions("A sample is a sentence in this example that we classify.", opens=True))
    always = next(definitions("A sample is a sentence of the corpus that we classify.", opens=True))
    assert here.strength < 0.45 <= always.strength


def test_identifiers_and_formulas_are_signs_of_their_own():
    facts, _ = signs_of("Call `Trainer.train()` or `push`. The softmax function is given by $$s = e^x$$ as usual.")
    signs = {(term.surface, term.sign) for chunk in facts for term in chunk.terms}
    assert ("push", Sign.CODE) in signs
    assert ("softmax function", Sign.FORMULA) in signs


def test_symbols_that_begin_a_name_are_read():
    found = runs(blank("We use $k$-means, the $L_2$ norm and $x_1$ here."))
    assert {"k-means", "L2 norm"} <= set(found)
    assert not any("x1" in run for run in found)


def test_a_verb_is_told_from_a_noun_by_what_stands_before_it():
    _, acts = runs_and_acts(blank("We push it to the hub. You can push. The push was long, and to training."))
    assert acts["push"] == 2


def test_all_short_forms_in_a_parenthesis_are_read():
    found = [(fact.name, fact.alias) for fact in aliases("Convolutional Neural Networks (CNNs / ConvNets) see images.")]
    assert found == [("Convolutional Neural Networks", "CNNs"), ("Convolutional Neural Networks", "ConvNets")]


def test_an_abbreviation_takes_the_words_whose_initials_it_spells():
    assert [fact.name for fact in aliases("We use proximal policy optimization (PPO).")] == [
        "proximal policy optimization"
    ]


def test_a_title_made_from_a_file_name_counts_less_than_one_that_was_written():
    written, named = document("soft-max.md", "# Soft max\n\nText.\n", 0), document("soft-max.md", "Text only.\n", 0)
    source = replace(named[0], title="Soft max", text="Text only.\n")
    chunks = [replace(chunk, heading_path=("Soft max",)) for chunk in named[1]]
    weight = {term.surface: term.weight for term in extract(source, chunks).sections[0].terms}
    assert 0 < weight["Soft max"] < extract(*written).sections[0].terms[0].weight
