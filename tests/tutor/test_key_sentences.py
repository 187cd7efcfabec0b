"""Key sentences: chosen, never changed; what was said counts less the second time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.key_sentences import key_sentences

SAID = [
    "Welcome back to the lecture, everyone.",
    "A convolution slides one small kernel over every position of the image.",
    "The kernel of a convolution shares its weights over every image position.",
    "What does a kernel see?",
    "It sees a small patch of the image and nothing else at all.",
    "Pooling keeps the largest activation of each window and halves the resolution.",
    "Short words here.",
]


def test_the_sentences_that_say_most_are_chosen_in_their_order():
    assert key_sentences(SAID, 2) == [1, 5] or key_sentences(SAID, 2) == [2, 5]


def test_questions_greetings_pointers_and_scraps_are_never_chosen():
    assert set(key_sentences(SAID, 10)) <= {1, 2, 5}


def test_what_was_shown_already_is_not_said_again():
    assert key_sentences(SAID, 1, taken=[1, 2]) == [5]


def test_worth_decides_and_nothing_of_worth_zero_is_chosen():
    assert key_sentences(SAID, 1, worth=lambda at: 100.0 if at == 5 else 1.0) == [5]
    assert key_sentences(SAID, 5, worth=lambda at: float(at == 2)) == [2]


@given(st.lists(st.text(max_size=80) | st.sampled_from(SAID), max_size=25), st.integers(0, 8))
def test_any_text_gives_at_most_what_was_asked_in_order_and_each_once(sentences, most):
    chosen = key_sentences(sentences, most)
    assert len(chosen) <= most
    assert chosen == sorted(set(chosen))
    assert all(0 <= at < len(sentences) for at in chosen)
