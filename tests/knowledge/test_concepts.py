import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.concepts import abbreviates, initials, merge_reason, normalise, opposed

KEPT_APART = [
    ("L1 regularization", "L2 regularization"),
    ("linear regression", "non-linear regression"),
    ("linear regression", "nonlinear regression"),
    ("supervised learning", "unsupervised learning"),
    ("on-policy learning", "off-policy learning"),
    ("value function", "Q-value function"),
    ("type I error", "type II error"),
    ("image encoder", "image decoder"),
    ("convex optimization", "non-convex optimization"),
    ("forward pass", "backward pass"),
    ("max pooling", "min pooling"),
    ("discriminative model", "generative model"),
    ("2D convolution", "3D convolution"),
    ("GPT-2", "GPT-3"),
    ("self-attention", "attention"),
    ("image encoder", "encoder"),
    ("language model", "language"),
    ("diffusion model", "diffusion"),
    ("5-NN", "7-NN"),
    ("encoder", "decoder"),
]
ONE_CONCEPT = [
    ("convolutional neural networks", "Convolutional Neural Network"),
    ("pre-training", "Pretraining"),
    ("fine tuning", "fine-tuning"),
    ("CNNs", "CNN"),
    ("the softmax", "Softmax"),
    ("Vision Transformer (ViT)", "vision transformers"),
    ("matrices", "matrix"),
    ("Bayes' theorem", "Bayes’ theorem"),
]


@pytest.mark.parametrize(("one", "other"), KEPT_APART)
def test_opposites_numbers_and_modified_names_are_never_joined_by_their_writing(one, other):
    assert normalise(one) != normalise(other)
    assert merge_reason(one, other) is None
    assert merge_reason(other, one) is None
    assert merge_reason(one, other, same_document=True) is None


@pytest.mark.parametrize(("one", "other"), KEPT_APART)
def test_even_a_careless_statement_does_not_join_them(one, other):
    assert merge_reason(one, other, stated=True) is None


@pytest.mark.parametrize(("one", "other"), ONE_CONCEPT)
def test_case_hyphens_articles_and_plurals_do_not_tell_names_apart(one, other):
    assert normalise(one) == normalise(other)
    assert merge_reason(one, other) == "written alike"


def test_an_acronym_joins_its_full_name_only_with_a_reason_in_the_material():
    assert merge_reason("CLIP", "Contrastive Language-Image Pre-training") is None
    assert merge_reason("CLIP", "Contrastive Language-Image Pre-training", stated=True)
    assert merge_reason("MLM", "masked language modeling", same_document=True)
    assert merge_reason("MLM", "masked language modeling") is None
    assert merge_reason("ViT", "Vision Transformer", stated=True)


def test_an_abbreviation_with_a_single_letter_still_joins_what_it_stands_for():
    assert merge_reason("k-NN", "k-nearest neighbors", stated=True)
    assert merge_reason("L-BFGS", "limited-memory BFGS", stated=True)


def test_a_number_on_one_side_only_does_not_contradict_a_statement():
    assert merge_reason("Euclidean norm", "L2 norm", stated=True)
    assert merge_reason("type I error", "false positive", stated=True)
    assert merge_reason("Euclidean norm", "L2 norm") is None
    assert merge_reason("GPT", "GPT-3", stated=True) is None


def test_people_who_are_joined_name_one_thing_with_and_without_its_kind():
    assert merge_reason("Lucas-Kanade", "Lucas–Kanade method")
    assert merge_reason("Horn-Schunck method", "Horn-Schunck algorithm")
    assert merge_reason("cross-entropy method", "cross-entropy") is None


def test_a_tail_that_adds_nothing_joins_after_a_proper_name_alone():
    assert merge_reason("CLIP Model", "CLIP")
    assert merge_reason("ResNet architecture", "ResNet")
    assert merge_reason("diffusion model", "diffusion") is None
    assert merge_reason("CLIP loss", "CLIP") is None
    assert merge_reason("AI model", "AI") is None
    assert merge_reason("RL algorithms", "RL") is None
    assert merge_reason("Joint-Embedding Architecture", "Joint-Embedding") is None


def test_opposition_is_symmetric_and_no_name_opposes_itself():
    for one, other in KEPT_APART:
        assert opposed(one, other) == opposed(other, one)
        assert not opposed(one, one)


@pytest.mark.parametrize(
    ("short", "long", "fits"),
    [
        ("NMS", "non-maximum suppression", True),
        ("IoU", "intersection over union", True),
        ("SGD", "gradient descent", False),
        ("RNN", "recurrent networks", False),
    ],
)
def test_initials_skip_small_words_and_need_every_letter(short, long, fits):
    assert initials(long, short) is fits


def test_letters_left_out_must_stand_in_order_and_begin_the_name():
    assert abbreviates("BERT", "Bidirectional Encoder Representations from Transformers")
    assert abbreviates("DETR", "DEtection TRansformer")
    assert not abbreviates("CNN", "recurrent neural network")
    assert not abbreviates("CNN", "CNN")


@given(st.text(max_size=40))
def test_normalising_any_text_is_stable_and_ignores_case_and_hyphens(text):
    key = normalise(text)
    assert key == normalise(text)
    assert " " not in key
    assert "-" not in key


@given(
    st.lists(
        st.sampled_from("image text encoder linear model attention layer k 2 loss".split()), min_size=1, max_size=4
    )
)
def test_a_name_written_with_hyphens_or_spaces_has_one_key(parts):
    assert normalise(" ".join(parts)) == normalise("-".join(parts)) == normalise(" ".join(parts).upper())
