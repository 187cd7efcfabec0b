"""Topic shifts: TextTiling on made texts whose topics are known, and what holds for every text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.topic_shifts import LEAST, shifts, terms

WORDS = [f"{a}{b}{c}o" for a in "bdfgklmnprtvz" for b in "aeiou" for c in "bdfgklmnprtvz"]
"""Made words, none of them a stop word and none with an English ending, so that each is a stem of its own."""


def talk(vocabulary: list[str], sentences: int, seed: int, words: int = 9) -> list[str]:
    """Return sentences of one topic: words drawn from a small vocabulary."""
    draw = random.Random(seed)
    return [" ".join(draw.choice(vocabulary) for _ in range(words)) + "." for _ in range(sentences)]


def parts(count: int, seed: int, sentences: int = 16) -> list[list[str]]:
    """Return talks on topics without a word in common."""
    return [talk(WORDS[20 * at : 20 * at + 12], sentences, seed + at) for at in range(count)]


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_change_of_vocabulary_is_found_where_it_is_and_none_besides(count, seed):
    talks = parts(count, seed)
    joined = [sentence for each in talks for sentence in each]
    assert shifts(joined) == [16 * at for at in range(1, count)]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(5, 60))
def test_one_sentence_said_again_and_again_has_no_shift(seed, times):
    assert shifts(talk(WORDS[:12], 1, seed) * times) == []


@given(st.lists(st.text(max_size=120), max_size=40))
def test_any_text_is_parted_at_sentences_into_stretches_that_hold_something(sentences):
    found = shifts(sentences)
    assert found == sorted(set(found))
    assert all(0 < at < len(sentences) for at in found)
    if found:
        assert sum(len(terms(one)) for one in sentences) >= 2 * LEAST


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_words_without_a_topic_and_the_names_of_words_change_nothing(seed):
    joined = [sentence for each in parts(3, seed) for sentence in each]
    filled = [f"this is {sentence[:-1]} and that was it." for sentence in joined]
    assert shifts(filled) == shifts(joined)
    other = dict(zip(WORDS, random.Random(seed).sample(WORDS, len(WORDS)), strict=True))
    renamed = [" ".join(other[word] for word in sentence[:-1].split()) + "." for sentence in joined]
    assert shifts(renamed) == shifts(joined)


def test_a_boundary_moves_to_the_sentence_beside_it_that_opens_a_topic():
    one, two = parts(2, 7)
    said = [*one[:-1], "Now we go on to " + one[-1], *two]
    assert shifts(said) == [15]
    assert shifts([*one, *two]) == [16]


def test_what_is_too_short_for_two_topics_has_one():
    assert shifts([]) == []
    assert shifts(["One sentence."]) == []
    assert shifts([*talk(WORDS[:12], 3, 1), *talk(WORDS[40:52], 3, 1)]) == []
