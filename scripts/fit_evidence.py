"""Fit the weights of `ingest/evidence_weights.py` and print them.

    python scripts/fit_evidence.py LIBRARY [--read N]

Learned from the pairs for which the texts of LIBRARY hold a sign and whose two concepts are topics of Erica's own list
(`knowledge/prerequisites/curriculum.txt`, unread while signs are gathered): right where the list, chains included, has
the one before the other. The weights in the repository came from the library that `fit_prerequisites.py` names. No
published set of pairs is read.

The list does not hold everything that is right. `--read N` prints N pairs that it does not hold, for a person to read;
of 60 read so, 23 were right, which is where `UNLISTED` comes from.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import networkx as nx
import numpy as np
from fit_prerequisites import FOLDS, SEED, logistic

from ingest.evidence_weights import Sign
from ingest.facts import DocumentFacts
from ingest.prerequisites import circumstances, prerequisite_signs
from ingest.relations import course_of
from knowledge.concepts import normalise
from knowledge.evaluation.measures import auc
from knowledge.library import Library
from knowledge.prerequisites.curriculum import curriculum

AROUND = ("generality", "order", "against")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--read", type=int, default=0, metavar="N")
    chosen = parser.parse_args()
    with Library.open(chosen.library) as library:
        course = course_of([DocumentFacts.from_json(facts) for _, facts in library.catalog.facts()], usual={})
    topics = {normalise(topic): topic for topic in curriculum()}
    listed = {
        root: topics[normalise(name)]
        for root in course.concepts
        for name in (course.shown[root], *course.aliases[root])
        if normalise(name) in topics
    }
    closed = nx.transitive_closure_dag(curriculum())
    signs = prerequisite_signs(course)
    pairs = [pair for pair in signs if pair[0] in listed and pair[1] in listed]
    named = [(listed[earlier], listed[later]) for earlier, later in pairs]
    labels = np.array([closed.has_edge(*pair) for pair in named], dtype=float)
    rows = np.zeros((len(pairs), len(Sign) + len(AROUND)))
    for row, pair in enumerate(pairs):
        for sign in signs[pair]:
            rows[row, list(Sign).index(Sign(sign.kind))] = sign.weight
        around = circumstances(course, signs, pair)
        rows[row, len(Sign) :] = around.generality, around.order, -around.against
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(pairs))
    held_out = np.zeros(len(pairs))
    for number in range(FOLDS):
        weights = logistic(rows[fold != number], labels[fold != number], constant=True)
        held_out[fold == number] = rows[fold == number] @ weights[:-1] + weights[-1]
    print(f"{len(pairs)} pairs, {int(labels.sum())} listed, AUC of held-out folds {auc(labels, held_out):.3f}")
    weights = logistic(rows, labels, constant=True)
    for name, weight in zip([*Sign, *AROUND, "constant"], weights, strict=True):
        held = rows[:, list(Sign).index(name)] > 0 if isinstance(name, Sign) else None
        print(
            f"{name:45}{weight:7.2f}"
            + (f"   listed {int(labels[held].sum())} of {held.sum()}" if held is not None else "")
        )
    apart = [pair for pair, label in zip(named, labels, strict=True) if not label and not closed.has_edge(*pair[::-1])]
    for earlier, later in random.Random(SEED).sample(apart, min(chosen.read, len(apart))):
        print(f"{earlier} -> {later}")
    unlisted = 23 / 60 * len(apart)
    right, wrong = labels.sum() + unlisted, len(labels) - labels.sum() - unlisted
    print(f"UNLISTED {np.log(right / wrong) - np.log(labels.sum() / (len(labels) - labels.sum())):.2f}")


if __name__ == "__main__":
    main()
