"""Measures of scored pairs, with bootstrap intervals. Pure numbers: knows no names and no library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES, SEED = 1_000, 7
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with the interval that holds it in 95 of 100 resamples; all three are nan where nothing can be said."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """Return the figures by name, None for nan."""
        named = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if np.isnan(value) else round(value, 4) for name, value in named.items()}

    def __str__(self) -> str:
        """Return the figure as a table shows it."""
        if np.isnan(self.value):
            return "n/a"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class PairMeasures:
    """What scores of labelled pairs are worth. Precision, recall and F1 are taken at a score of 0.5."""

    pairs: int
    positives: int
    auc: Measured
    precision: Measured
    recall: Measured
    f1: Measured
    direction: Measured
    """Share of the positives that score above their own reverse; equal scores count half."""

    def to_json(self) -> dict[str, object]:
        """Return the measures by name."""
        measures = {name: getattr(self, name).to_json() for name in ("auc", "precision", "recall", "f1", "direction")}
        return {"pairs": self.pairs, "positives": self.positives, **measures}


def measure_pairs(
    labels: ArrayLike, scores: ArrayLike, reverse: ArrayLike, *, resamples: int = RESAMPLES
) -> PairMeasures:
    """Return the measures of scored pairs.

    Args:
        labels: 1 where the source is a prerequisite of the target, else 0; shape (pairs,).
        scores: of each pair, 0..1.
        reverse: score of each pair the other way round.
        resamples: how often pairs are drawn anew for the intervals.
    """
    label, score, back = np.asarray(labels), np.asarray(scores, dtype=float), np.asarray(reverse, dtype=float)
    positive = np.flatnonzero(label == 1)
    called = score >= 0.5
    right = called & (label == 1)

    def ratio(top: NDArray[np.bool_], bottom: NDArray[np.float64]) -> Callable[[Indices], float]:
        return lambda rows: _divided(float(top[rows].sum()), float(bottom[rows].sum()))

    count = len(label)
    figures: dict[str, tuple[Callable[[Indices], float], int]] = {
        "auc": (lambda rows: auc(label[rows], score[rows]), count),
        "precision": (ratio(right, called.astype(float)), count),
        "recall": (ratio(right, (label == 1).astype(float)), count),
        "f1": (ratio(right, (called + (label == 1).astype(float)) / 2), count),
        "direction": (lambda rows: direction(score[positive[rows]], back[positive[rows]]), len(positive)),
    }
    measured = {name: bootstrap(statistic, size, resamples) for name, (statistic, size) in figures.items()}
    return PairMeasures(pairs=count, positives=len(positive), **measured)


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """Return how often a positive scores above a negative, ties counting half; nan without both.

    The Mann-Whitney statistic, by ranks.
    """
    label, score = np.asarray(labels), np.asarray(scores, dtype=float)
    positives = int((label == 1).sum())
    negatives = len(label) - positives
    if not positives or not negatives:
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2  # rank of each value, ties sharing the mean of theirs
    ranks = middle[place]
    return float((ranks[label == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def direction(scores: ArrayLike, reverse: ArrayLike) -> float:
    """Return how often a score is above its reverse, ties counting half; nan without any."""
    forth, back = np.asarray(scores, dtype=float), np.asarray(reverse, dtype=float)
    if not len(forth):
        return float("nan")
    return float(np.mean((forth > back) + 0.5 * (forth == back)))


def bootstrap(statistic: Callable[[Indices], float], count: int, resamples: int = RESAMPLES) -> Measured:
    """Return a statistic with its 95 % percentile interval (Efron, 1979). The same input gives the same interval.

    Args:
        statistic: of some rows, given by index, repeats included; may be nan.
        count: number of rows.
        resamples: how often rows are drawn anew.
    """
    nothing = float("nan")
    if not count:
        return Measured(nothing, nothing, nothing)
    rng = np.random.default_rng(SEED)
    drawn = np.array([statistic(rng.integers(0, count, count)) for _ in range(resamples)])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.quantile(drawn, (0.025, 0.975)) if len(drawn) else (nothing, nothing)
    return Measured(statistic(np.arange(count)), float(low), float(high))


def share(hits: Sequence[bool]) -> Measured:
    """Return the share of hits with its interval."""
    found = np.asarray(hits, dtype=float)
    return bootstrap(lambda rows: float(found[rows].mean()), len(found))


def _divided(top: float, bottom: float) -> float:
    return top / bottom if bottom else float("nan")
