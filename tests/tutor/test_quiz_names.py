"""Names as options: which look alike, which are of one family, and beside which words a course has them."""

from __future__ import annotations

import pytest

from tests.tutor.test_quiz_gaps import chunk, concept
from tutor.quiz_names import Company, Frame, akin, look, says, told_by, verbs_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("LoRA", "name"),
        ("Pile", "name"),
        ("Row LSTM", "name"),
        ("SVM loss", "noun"),
        ("Alpaca Eval", "title"),
        ("Evasion attack", "words"),
        ("dropout", "words"),
        ("", ""),
    ],
)
def test_a_name_looks_like_what_it_is_written_like(name: str, kind: str) -> None:
    assert look(name) == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SVM loss", "hinge losses"),
        ("adversary", "adversarial attack"),
        ("GAN", "StyleGAN"),
        ("MLE", "maximum likelihood estimation"),
    ],
)
def test_names_of_one_family_are_akin(one: str, other: str) -> None:
    assert akin(concept(one), concept(other))
    assert akin(concept("something", one), concept(other))


def test_names_that_share_a_small_word_are_not_akin() -> None:
    assert not akin(concept("bag of words"), concept("chain of thought"))


def test_a_word_of_a_name_or_its_opposite_tells_it() -> None:
    assert told_by("one-pixel attack", "which pixel is changed")
    assert told_by("encoder", "what the decoder reads")
    assert not told_by("encoder", "a sentence of 12 words is read in one step")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("evasion attack", "the adversary tries to evade the system", True),
        ("neural network", "collections of neurons in a graph", True),
        ("RLHF", "feedback of people as the reward in RL", True),
        ("im2col", "regions of the image are laid out in columns", True),
        ("im2col", "regions of the image are laid out in rows", False),
        ("attention", "a weighted sum over all tokens", False),
        ("GRPO", "a policy is trained by RL", False),
    ],
)
def test_a_root_a_part_of_an_acronym_or_what_it_is_short_for_tells_a_name(name: str, text: str, told: bool) -> None:
    assert told_by(name, text) is told


def test_company_is_what_stands_beside_a_name_and_how_the_name_is_written_there() -> None:
    text = "A gate opens for large states. Open gates, and the gate function, are smooth. Nothing else is said."
    company = Company.of(concept("gate"), [chunk(text)], {"open"})
    assert company.written == {Frame(many=False, article=True): "gate"}
    assert company.keeps("large states") == 1
    assert company.keeps("nothing large") == 0.5
    assert company.meets(concept("function"))
    assert not company.meets(concept("nothing"))


def test_a_verb_says_something_and_the_second_half_of_a_name_does_not() -> None:
    verbs = verbs_of([chunk("To carry words is its task. It passes them on, which takes time.")])
    assert verbs == {"carry", "passe", "take"}
    one, many = Frame(many=False, article=True), Frame(many=True, article=False)
    assert says(one, " carries words along the line.", verbs)
    assert says(one, " passes words along the line.", verbs)
    assert says(many, " carry words along the line.", verbs)
    assert not says(many, " carries words along the line.", verbs)
    assert not says(one, " layers carry words along the line.", verbs)


def test_the_verb_tells_how_many_there_are_where_the_name_does_not() -> None:
    assert Frame.of("", "videos", " are lists of frames") == Frame(many=True, article=False)
    assert Frame.of("the ", "bias", " is added") == Frame(many=False, article=True)
