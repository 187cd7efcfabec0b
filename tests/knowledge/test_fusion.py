"""Fusion is a pure function of scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fusion import convex_combination, summed_best

lists = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 10)), min_size=1, max_size=4)


def test_the_best_of_a_list_counts_its_whole_weight_and_others_their_share() -> None:
    fused = dict(convex_combination([{"a": 0.8, "b": 0.4}, {"b": 12.0, "c": 3.0}], [0.4, 0.6]))
    assert fused == pytest.approx({"a": 0.4, "b": 0.2 + 0.6, "c": 0.15})


def test_how_far_ahead_an_id_is_counts_not_only_its_rank() -> None:
    close = convex_combination([{"a": 1.0, "b": 0.99}, {"b": 1.0, "a": 0.2}], [0.6, 0.4])
    far = convex_combination([{"a": 1.0, "b": 0.1}, {"b": 1.0, "a": 0.9}], [0.6, 0.4])
    assert (close[0][0], far[0][0]) == ("b", "a")


@given(lists, st.randoms())
def test_the_order_of_the_lists_does_not_matter(scores: list[dict[str, float]], random: object) -> None:
    shuffled = list(scores)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random is typed as object
    weights = [1.0] * len(scores)
    assert convex_combination(shuffled, weights) == convex_combination(scores, weights)


@given(lists)
def test_every_id_appears_once_and_scores_fall(scores: list[dict[str, float]]) -> None:
    fused = convex_combination(scores, [1.0] * len(scores))
    assert sorted(i for i, _ in fused) == sorted({i for one in scores for i in one})
    assert [s for _, s in fused] == sorted((s for _, s in fused), reverse=True)


@given(lists)
def test_an_id_that_leads_every_list_leads_the_fusion(scores: list[dict[str, float]]) -> None:
    led = [{**one, "first": 11.0} for one in scores]
    assert convex_combination(led, [1.0] * len(led))[0] == ("first", pytest.approx(len(led)))


def test_weights_must_match_the_lists() -> None:
    with pytest.raises(ValueError, match="zip"):
        convex_combination([{"a": 1.0}], [1.0, 2.0])


def test_three_good_parts_outrank_one_better_and_a_fourth_counts_nothing() -> None:
    three = [("lesson", 0.8), ("lesson", 0.7), ("lesson", 0.6), ("accident", 1.0)]
    assert summed_best(three) == [("lesson", pytest.approx(0.8 + 0.35 + 0.15)), ("accident", 1.0)]
    assert summed_best([*three, ("lesson", 0.5)]) == summed_best(three)
