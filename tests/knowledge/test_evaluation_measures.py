"""AUC, direction and intervals, against their definitions written out."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge.evaluation.measures import auc, bootstrap, direction, measure_pairs, share

SCORES = st.sampled_from([0.0, 0.2, 0.5, 0.5, 0.7, 1.0])
LABELLED = st.lists(st.tuples(st.integers(0, 1), SCORES), min_size=2, max_size=25)


@settings(deadline=None)
@given(LABELLED)
def test_auc_is_how_often_a_positive_scores_above_a_negative(rows):
    positives = [score for label, score in rows if label]
    negatives = [score for label, score in rows if not label]
    assume(positives and negatives)
    wins = sum((p > n) + 0.5 * (p == n) for p, n in product(positives, negatives))
    assert auc(*zip(*rows, strict=True)) == pytest.approx(wins / (len(positives) * len(negatives)))


def test_auc_and_direction_say_nothing_about_nothing():
    assert math.isnan(auc([1, 1], [0.2, 0.4]))
    assert math.isnan(auc([0], [0.2]))
    assert math.isnan(direction([], []))


def test_equal_scores_count_half_for_the_direction():
    assert direction([0.9, 0.5, 0.1], [0.1, 0.5, 0.9]) == 0.5
    assert direction([0.9, 0.5], [0.1, 0.5]) == 0.75


@settings(deadline=None)
@given(LABELLED)
def test_precision_recall_and_f1_follow_from_the_counts_at_one_half(rows):
    labels, scores = zip(*rows, strict=True)
    measured = measure_pairs(labels, scores, [0.5] * len(rows), resamples=5)
    right = sum(label and score >= 0.5 for label, score in rows)
    called, true = sum(score >= 0.5 for score in scores), sum(labels)
    assert measured.positives == true
    assert measured.precision.value == pytest.approx(right / called if called else math.nan, nan_ok=True)
    assert measured.recall.value == pytest.approx(right / true if true else math.nan, nan_ok=True)
    if called and true:
        assert measured.f1.value == pytest.approx(2 * right / (called + true))


def test_only_positives_count_for_the_direction():
    measured = measure_pairs([1, 1, 0], [0.9, 0.2, 0.1], [0.1, 0.8, 0.9], resamples=5)
    assert measured.direction.value == 0.5


def test_an_interval_holds_the_figure_narrows_with_more_rows_and_is_the_same_each_time():
    few, many = share([True] * 6 + [False] * 4), share(([True] * 6 + [False] * 4) * 30)
    assert few == share([True] * 6 + [False] * 4)
    assert few.value == pytest.approx(0.6)
    assert few.low <= few.value <= few.high
    assert many.high - many.low < (few.high - few.low) / 2
    # the normal approximation of a share of 300 is an independent oracle
    assert many.high - many.low == pytest.approx(2 * 1.96 * math.sqrt(0.6 * 0.4 / 300), rel=0.15)


def test_no_rows_give_no_figure():
    measured = bootstrap(lambda rows: float(np.mean(rows)), 0)
    assert math.isnan(measured.value)
    assert str(measured) == "n/a"
    assert measured.to_json() == {"value": None, "low": None, "high": None}
    assert math.isnan(share([]).value)
