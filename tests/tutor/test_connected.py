"""What a model wrote stays only where it says something to a reader of the lesson."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.connected import complaint, renumbered, unframed


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("The passage explains that a token is a piece.", "A token is a piece."),
        ("According to the passages, a token is a piece.", "A token is a piece."),
        ("A token is. The course also says that words are split.", "A token is. Words are split."),
        ("The course teaches tokens.", "The course teaches tokens."),
        ("A passage says that nothing is lost.", "A passage says that nothing is lost."),
    ],
)
def test_what_is_explained_is_said_and_not_that_it_is(said: str, meant: str) -> None:
    assert unframed(said) == meant


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The student asked which model classifies text.", "task"),
        ("The passages do not say how it is trained.", "task"),
        ("How to use the page to annotate your dataset.", "task"),
        ("You can try tokenizers in the playground below.", "not shown"),
        ("We'll start by tackling a harder task.", "not shown"),
        ("In this section, tokens are counted.", "not shown"),
        ("You can read more about tokens in the paper.", "not shown"),
        ("The passage also shows an example of a tokenizer.", "task"),
        ("It states that models turn text into numbers.", "task"),
        ("The student should train a new tokenizer.", "task"),
        ("Hopefully by now you feel like an expert.", "task"),
        ("For this use case, the pipeline is strong.", "not named"),
    ],
)
def test_a_sentence_that_says_nothing_to_the_reader_is_told_why(sentence: str, why: str) -> None:
    assert why in complaint(sentence, "Tokens are pieces of words. ", orphaned=False)


@pytest.mark.parametrize(
    "sentence",
    [
        "The student model learns from the teacher model.",
        "The decoder predicts the next word from the words before.",
        "In this way, rare words are split into pieces.",
        "For these tokens, an embedding is looked up.",
        "It splits words into pieces.",
        "The answer is a span of the passage that was retrieved.",
        "As a result of masking, this image has fewer patches later in training.",
        "The following token is predicted from the previous ones.",
    ],
)
def test_a_sentence_about_the_subject_stays(sentence: str) -> None:
    assert complaint(sentence, "Tokens are pieces of words. ", orphaned=False) == ""


def test_a_sentence_that_leans_on_one_that_is_gone_goes_too() -> None:
    assert "leans" in complaint("It splits words into pieces.", "", orphaned=True)
    assert complaint("A tokenizer splits words into pieces.", "", orphaned=True) == ""


@given(st.text(max_size=200))
def test_unframing_twice_changes_no_more_than_once_for_text_without_frames(text: str) -> None:
    if "the" not in text.casefold():
        assert unframed(text) == text


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (
            "First:\n2. Split.\n5. Count.\n\nThen:\n3. Train.\n4. Test.",
            "First:\n1. Split.\n2. Count.\n\nThen:\n1. Train.\n2. Test.",
        ),
        ("1. Split,\n   twice.\n\n3. Count.", "1. Split,\n   twice.\n\n2. Count."),
        ("5. Count.", "Count."),
        (
            "2. Embed.\n\nThis gives a vector.\n\n- one\n\n4. Sort.",
            "1. Embed.\n\nThis gives a vector.\n\n- one\n\n2. Sort.",
        ),
        ("2017 was a year. 3. is none.", "2017 was a year. 3. is none."),
    ],
)
def test_what_is_left_of_a_numbered_list_is_counted_from_one(left: str, shown: str) -> None:
    assert renumbered(left) == shown
