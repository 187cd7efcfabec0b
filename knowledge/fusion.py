"""Joins ranked lists into one. Pure; knows nothing of what the ids name."""

from __future__ import annotations

from collections.abc import Sequence

RRF_K = 60
"""The constant of the paper; larger values flatten the difference between first and later ranks."""


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[str]], *, weights: Sequence[float] | None = None, k: int = RRF_K
) -> list[tuple[str, float]]:
    """Return ids with their fused scores, best first; ties are ordered by id.

    Each list adds `weight / (k + rank)` to the ids it holds, ranks counted from 1. The result does not depend on the
    order of the lists. Source: Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and
    individual Rank Learning Methods", SIGIR 2009.

    Args:
        rankings: lists of ids, best first, each id at most once in a list.
        weights: one positive weight a list; all 1 by default.
        k: see `RRF_K`.

    Raises:
        ValueError: there are not as many weights as lists.

    >>> reciprocal_rank_fusion([["a", "b"], ["b", "c"]])[0][0]
    'b'
    """
    factors = [1.0] * len(rankings) if weights is None else weights
    scores: dict[str, list[float]] = {}
    for ranking, weight in zip(rankings, factors, strict=True):
        for rank, identity in enumerate(ranking, start=1):
            scores.setdefault(identity, []).append(weight / (k + rank))
    # Sorting the addends makes the sum independent of the order of the lists to the last bit.
    fused = {identity: sum(sorted(parts)) for identity, parts in scores.items()}
    return sorted(fused.items(), key=lambda scored: (-scored[1], scored[0]))
