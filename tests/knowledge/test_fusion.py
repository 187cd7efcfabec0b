"""Fusion is a pure function of ranks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fusion import reciprocal_rank_fusion

rankings = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4)


def test_scores_are_the_sum_of_reciprocal_ranks() -> None:
    fused = dict(reciprocal_rank_fusion([["a", "b"], ["b"]], k=60))
    assert fused == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61})


@given(rankings, st.randoms())
def test_the_order_of_the_lists_does_not_matter(lists: list[list[str]], random: object) -> None:
    shuffled = list(lists)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random is typed as object
    assert reciprocal_rank_fusion(shuffled) == reciprocal_rank_fusion(lists)


@given(rankings)
def test_every_id_appears_once_and_scores_fall(lists: list[list[str]]) -> None:
    fused = reciprocal_rank_fusion(lists)
    assert sorted(i for i, _ in fused) == sorted({i for ranking in lists for i in ranking})
    assert [s for _, s in fused] == sorted((s for _, s in fused), reverse=True)


@given(rankings.filter(bool))
def test_an_id_that_leads_every_list_leads_the_fusion(lists: list[list[str]]) -> None:
    led = [["first", *ranking] for ranking in lists]
    assert reciprocal_rank_fusion(led)[0][0] == "first"


def test_weights_must_match_the_lists() -> None:
    with pytest.raises(ValueError, match="zip"):
        reciprocal_rank_fusion([["a"]], weights=[1.0, 2.0])
