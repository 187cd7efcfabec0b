"""Joins ranked lists into one, and ranked parts into ranked wholes. Pure; knows nothing of what the ids name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

PARTS, DECAY = 3, 0.5
"""Best parts that count for a whole, and what each counts against the one before it."""


def convex_combination(lists: Sequence[Mapping[str, float]], weights: Sequence[float]) -> list[tuple[str, float]]:
    """Return ids with their joined scores, best first; ties are ordered by id.

    Each list is scaled by its highest score, so that its best id counts the list's whole weight; what a list does not
    hold, or scores below 0, counts 0 there. How far ahead an id is counts, not only its rank. Source: Bruch, Gai and
    Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM TOIS 42(1), 2023 (their TMM with 0 as the least
    score of every list).

    Args:
        lists: scores by id, one mapping a list; a list may be empty.
        weights: one positive weight a list.

    Raises:
        ValueError: there are not as many weights as lists.

    >>> convex_combination([{"a": 4.0, "b": 3.0}, {"b": 0.5}], [0.5, 0.5])[0]
    ('b', 0.875)
    """
    parts: dict[str, list[float]] = {}
    for scores, weight in zip(lists, weights, strict=True):
        highest = max(scores.values(), default=0.0)
        for identity, score in scores.items():
            parts.setdefault(identity, []).append(weight * score / highest if score > 0.0 else 0.0)
    # Sorting the addends makes the sum independent of the order of the lists to the last bit.
    return _ranked({identity: sum(sorted(added)) for identity, added in parts.items()})


def summed_best(parts: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return wholes with their scores, best first: the best part, half the second, a quarter of the third.

    One good passage may be an accident, three are a lesson; more would favour long ones.

    Args:
        parts: (whole, score of one of its parts), any number of a whole, in any order.
    """
    by_whole: dict[str, list[float]] = {}
    for whole, score in parts:
        by_whole.setdefault(whole, []).append(score)
    return _ranked(
        {
            whole: sum(score * DECAY**place for place, score in enumerate(sorted(scores, reverse=True)[:PARTS]))
            for whole, scores in by_whole.items()
        }
    )


def _ranked(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))
