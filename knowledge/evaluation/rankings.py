"""Measures of ranked lessons, with bootstrap intervals. Pure numbers: knows no library.

Definitions as in Manning, Raghavan and Schuetze, "Introduction to Information Retrieval", 2008, chapter 8; nDCG with
binary gains and a logarithmic discount (Jaervelin and Kekaelaeinen, ACM TOIS 20(4), 2002).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from knowledge.evaluation.measures import Measured, bootstrap

DEPTH = 10
"""Places of a ranking that are looked at."""
MEASURES = ("Hit@1", "Hit@5", "Hit@10", "Recall@5", "Recall@10", "MRR@10", "nDCG@10")


def measure_ranking(ranked: Sequence[str], gold: Collection[str]) -> dict[str, float]:
    """Return each of `MEASURES` for one question.

    Args:
        ranked: lessons, best first; a repeated one counts at its first place alone.
        gold: the right lessons, at least one.
    """
    found = [lesson in gold for lesson in list(dict.fromkeys(ranked))[:DEPTH]]
    first = found.index(True) + 1 if True in found else None
    gained = sum(1 / math.log2(place + 1) for place, right in enumerate(found, start=1) if right)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(DEPTH, len(gold)) + 1))
    return {
        **{f"Hit@{k}": float(any(found[:k])) for k in (1, 5, 10)},
        **{f"Recall@{k}": sum(found[:k]) / min(k, len(gold)) for k in (5, 10)},
        "MRR@10": 1 / first if first else 0.0,
        "nDCG@10": gained / best,
    }


def measure_run(
    run: Mapping[str, Sequence[str]], gold: Mapping[str, Collection[str]]
) -> tuple[dict[str, Measured], dict[str, dict[str, float]]]:
    """Return the mean of each measure over all questions with its interval, and the measures of each question.

    Args:
        run: ranked lessons by question; a question that it lacks counts as nothing found.
        gold: right lessons by question.
    """
    single = {asked: measure_ranking(run.get(asked, ()), right) for asked, right in gold.items()}
    return {name: _mean([measured[name] for measured in single.values()]) for name in MEASURES}, single


def paired_difference(
    one: Mapping[str, Mapping[str, float]], other: Mapping[str, Mapping[str, float]], measure: str
) -> Measured:
    """Return how much better `one` is than `other` on the same questions, with the paired bootstrap interval.

    An interval that holds 0 says that the questions do not tell the two apart. Source: Efron and Tibshirani, "An
    Introduction to the Bootstrap", 1993, section 13.
    """
    return _mean([one[asked][measure] - other[asked][measure] for asked in one])


def _mean(values: Sequence[float]) -> Measured:
    numbers = np.array(values)
    return bootstrap(lambda rows: float(numbers[rows].mean()), len(numbers))
