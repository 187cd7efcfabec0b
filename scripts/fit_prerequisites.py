"""Fit the weights of `knowledge/prerequisites/weights.py` and print them as Python.

    python scripts/fit_prerequisites.py LIBRARY

What is learned from: the pairs of `knowledge/prerequisites/curriculum.txt`, Erica's own, and chains of them; beside
them random pairs of its topics, and pairs that rest on a common topic, neither of which comes before the other. What
the signals are read from: LIBRARY. The weights in the repository came from a library of four courses whose licences
allow it: the Hugging Face LLM course (Apache-2.0), the Hugging Face community computer vision course (MIT), the CS231n
notes (MIT) and Erica's bundled course; its edges are made with the list unread. No published set of labelled pairs is
read.

Levels are fitted without the two names of the pair they are used for, in `FOLDS` folds: no topic vouches for itself.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from ingest.withheld import snapshot_without_topics
from knowledge.concepts import normalise
from knowledge.embedders import open_embedder
from knowledge.evaluation.backlinks import SnapshotEdges
from knowledge.library import Library
from knowledge.prerequisites.curriculum import curriculum
from knowledge.prerequisites.scorer import Pair, PairScorer
from knowledge.prerequisites.signals import Belonging, Order
from knowledge.prerequisites.weights import Weights

FOLDS, RIDGE, SEED = 8, 0.003, 11
TEXT_ORDER = [signal for signal in Order if signal is not Order.LEVEL]
TEXT_BELONGING = [signal for signal in Belonging if signal is not Belonging.MEANING]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Examples:
    """Pairs with their signals: first edges of the curriculum, then as many chains of it, then pairs that are neither.

    Edges and chains teach the order; edges, against the last, what belongs together.
    """

    edges: int
    order: Matrix
    """Shape (pairs, signals of order)."""
    belonging: Matrix


def pairs_to_learn() -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Return the curriculum's edges, as many longer chains, and pairs of which neither comes before the other."""
    graph = curriculum()
    closed = nx.transitive_closure_dag(graph)
    rng = random.Random(SEED)
    apart = {
        (one, other)
        for topic in graph
        for one in graph.successors(topic)
        for other in graph.successors(topic)
        if one < other and not closed.has_edge(one, other) and not closed.has_edge(other, one)
    }
    edges, topics = sorted(graph.edges), sorted(graph)
    negatives = rng.sample(sorted(apart), len(edges) // 3)
    while len(negatives) < 4 * len(edges) // 3:
        one, other = rng.sample(topics, 2)
        if not closed.has_edge(one, other) and not closed.has_edge(other, one):
            negatives.append((one, other))
    return edges, rng.sample(sorted(set(closed.edges) - set(edges)), len(edges)), negatives


def examples(folder: Path) -> Examples:
    """Return the signals of all pairs, each fold's levels fitted without its names."""
    edges, chains, negatives = pairs_to_learn()
    pairs = [*edges, *chains, *negatives]
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(pairs))
    order, belonging = np.zeros((len(pairs), len(Order))), np.zeros((len(pairs), len(Belonging)))
    embedder = open_embedder(None, backend="auto")
    with Library.open(folder) as library:
        unread = snapshot_without_topics(library.catalog)  # edges must not know the list that they are weighed by
        own = SnapshotEdges(unread.concepts, unread.relations)
        for number in range(FOLDS):
            rows = np.flatnonzero(fold == number)
            held_out = frozenset(normalise(name) for row in rows for name in pairs[row])
            scorer = PairScorer(library.catalog, embedder, without=held_out, edges=own)
            for row, (_, first, together) in zip(rows, scorer.signals([pairs[row] for row in rows]), strict=True):
                order[row] = [first[signal] for signal in Order]
                belonging[row] = [together[signal] for signal in Belonging]
    return Examples(len(edges), order, belonging)


def logistic(signals: Matrix, labels: NDArray[np.float64], *, constant: bool) -> NDArray[np.float64]:
    """Return logistic weights, none below 0 but the constant, which stands last."""
    used = list(range(signals.shape[1]))
    while True:
        chosen = signals[:, used]
        scale = np.sqrt((chosen**2).mean(axis=0)) + 1e-9
        rows = np.column_stack([chosen / scale, np.ones(len(signals))]) if constant else chosen / scale
        ridge = RIDGE * np.eye(rows.shape[1])
        if constant:
            ridge[-1, -1] = 1e-6
        found = np.zeros(rows.shape[1])
        for _ in range(30):
            right = 1 / (1 + np.exp(-rows @ found))
            curve = (rows * (right * (1 - right))[:, None]).T @ rows / len(rows) + ridge
            found = found + np.linalg.solve(curve, rows.T @ (labels - right) / len(rows) - ridge @ found)
        weights = found[: len(used)] / scale
        if (weights >= 0).all():
            break
        used = [column for column, weight in zip(used, weights, strict=True) if weight > 0]
    whole = np.zeros(signals.shape[1] + constant)
    whole[used] = weights
    if constant:
        whole[-1] = found[-1]
    return whole


def fit(data: Examples, order: Sequence[Order], belonging: Sequence[Belonging]) -> Weights:
    """Return the weights of these signals, with the cut of best F1 where reversed edges are negatives too."""
    edges, ordered = data.edges, 2 * data.edges
    columns = [list(Order).index(signal) for signal in order]
    first = logistic(data.order[:ordered, columns], np.ones(ordered), constant=False)
    others = [list(Belonging).index(signal) for signal in belonging]
    rows = np.r_[:edges, ordered : len(data.belonging)]
    labels = rows < edges
    together = logistic(data.belonging[np.ix_(rows, others)], labels.astype(float), constant=True)
    belong = 1 / (1 + np.exp(-(data.belonging[np.ix_(rows, others)] @ together[:-1] + together[-1])))
    forth = 1 / (1 + np.exp(-(data.order[np.ix_(rows, columns)] @ first)))
    scores = np.concatenate([belong * forth, (belong * (1 - forth))[:edges]])
    right = np.concatenate([labels, np.zeros(edges, dtype=bool)])
    cuts = np.quantile(scores, np.linspace(0.02, 0.98, 97))
    best = max(cuts, key=lambda cut: 2 * (right & (scores >= cut)).sum() / ((scores >= cut).sum() + right.sum()))
    hit, chains = scores >= best, data.order[edges:ordered, columns] @ first
    print(
        f"# order right for edges {np.mean(forth[:edges] > 0.5):.3f}, for chains {np.mean(chains > 0):.3f}; "
        f"edges at the cut: precision {right[hit].mean():.3f}, recall {hit[right].mean():.3f}"
    )
    return Weights(
        dict(zip(order, np.round(first, 2).tolist(), strict=True)),
        dict(zip(belonging, np.round(together[:-1], 2).tolist(), strict=True)),
        round(float(together[-1]), 2),
        round(float(best), 3),
    )


def as_python(name: str, weights: Weights) -> str:
    """Return the weights as they stand in `weights.py`."""

    def listed(values: dict[StrEnum, float]) -> str:
        return ", ".join(f"{type(key).__name__}.{key.name}: {value}" for key, value in values.items() if value)

    return (
        f"{name} = Weights(\n    order={{{listed(dict(weights.order))}}},\n"
        f"    belonging={{{listed(dict(weights.belonging))}}},\n"
        f"    constant={weights.constant},\n    cut={weights.cut},\n)"
    )


def main() -> None:
    data = examples(Path(sys.argv[1]))
    print(as_python("TEXT", fit(data, TEXT_ORDER, TEXT_BELONGING)))
    print(as_python("WHOLE", fit(data, list(Order), list(Belonging))))


if __name__ == "__main__":
    main()
