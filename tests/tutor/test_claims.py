"""What a sentence claims has to stand in its source: the same subject, number and denial, and no less restraint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.claims import Claim


def rests(said: str, source: str, headings: str = "") -> bool:
    return Claim.of(said).rests_on(Claim.of(source), Claim.of(headings).words)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Pretraining involves masked words.", "Pretraining often involves masked words."),
        ("Models fail on long inputs.", "Some models fail on long inputs."),
        ("Deep networks forget old tasks.", "Deep networks may forget old tasks."),
        ("A pipeline downloads the weights.", "A pipeline usually downloads the weights."),
    ],
)
def test_a_hedge_of_the_source_is_not_dropped(said: str, source: str) -> None:
    assert not rests(said, source)
    assert rests(source, source)
    assert rests(source, said)


def test_a_hedge_before_other_words_holds_nothing_back() -> None:
    assert rests("LoRA trains small matrices.", "LoRA trains small matrices, which often saves memory.")


def test_what_a_sentence_says_what_it_is_is_spoken_of_in_its_source() -> None:
    source = "NLP is a field of linguistics that deals with human language."
    assert not rests("AI is a field of linguistics that deals with human language.", source)
    assert rests("AI is a field of linguistics that deals with human language.", source, "NLP and AI")
    assert rests("In summary, NLP is a field of linguistics.", source)
    assert rests("The output of `tokenize` is a list of tokens.", "It gives a list of tokens.")


def test_numbers_of_places_count_nothing_and_others_have_to_stand_there() -> None:
    assert rests("Chapter 2 says that attention weighs words.", "Attention weighs words.")
    assert not rests("Attention weighs 12 words.", "Attention weighs words.")


def test_a_sentence_without_content_rests_on_nothing() -> None:
    assert not rests("This is how it is.", "This is how it is.")


@given(st.text(alphabet="abc NOTmay,.: isthe1", max_size=80))
def test_every_sentence_with_content_rests_on_itself(sentence: str) -> None:
    claim = Claim.of(sentence)
    assert claim.rests_on(claim, ()) == bool(claim.words)
