"""What decides between a lesson and "not in this course"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.coverage import GATE, coverage, known_share

counts = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(0, 1_000), max_size=8)
shares = st.floats(0.0, 1.0)
cosines = st.floats(-1.0, 1.0)


def test_one_word_that_the_course_never_uses_weighs_more_than_a_common_one() -> None:
    assert known_share({"centroid": 0, "choose": 500}, 1_000) < 0.1
    assert known_share({"centroid": 0, "medoid": 0}, 1_000) == 0.0
    assert known_share({"loss": 40, "choose": 500}, 1_000) == 1.0


@given(counts)
def test_the_share_lies_between_nothing_and_all(occurrences: dict[str, int]) -> None:
    assert 0.0 <= known_share(occurrences, 1_000) <= 1.0


@given(cosines, shares, shares)
def test_more_known_words_never_lower_the_coverage(cosine: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 <= coverage(cosine, low) <= coverage(cosine, high) <= 1.0


@given(cosines, cosines, shares)
def test_more_similar_meaning_never_lowers_the_coverage(one: float, other: float, known: float) -> None:
    low, high = sorted((one, other))
    assert coverage(low, known) <= coverage(high, known)


def test_known_words_alone_and_similar_meaning_alone_do_not_make_a_question_covered() -> None:
    assert coverage(0.3, 1.0) < GATE
    assert coverage(0.5, 0.2) < GATE
    assert coverage(0.5, 1.0) > GATE


def test_without_an_embedder_the_words_decide() -> None:
    assert coverage(None, 0.7) == pytest.approx(0.7)
