"""What each choice of the ranking is worth: `python benchmarks/retrieval.py DOCS QUESTIONS.jsonl`.

Each row changes one thing of the ranking as it is. Intervals are paired bootstraps over questions against the first
row. The last row chooses the weights by cross-validation: each group of questions (a chapter) is ranked with weights
that are best on all other groups, so that no question is judged by a setting it helped to choose.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path

from ingest.pipeline import ingest
from knowledge import fusion
from knowledge.embedders import open_embedder
from knowledge.evaluation.questions import AskedQuestion, read_questions
from knowledge.evaluation.rankings import measure_run, paired_difference
from knowledge.library import Library
from knowledge.ranking import RankingWeights
from knowledge.retriever import Retriever

SHOWN = ("Hit@1", "Hit@5", "MRR@10", "nDCG@10")
GRID = [
    RankingWeights(meaning, 1 - meaning, taught) for meaning, taught in product((0.2, 0.3, 0.4, 0.5, 0.6), (0, 0.1))
]
Run = Mapping[str, Sequence[str]]


def ranked(library: Library, asked: Sequence[AskedQuestion], weights: RankingWeights, *, embedded: bool = True) -> Run:
    """Return the lessons of each question, best first."""
    retriever = Retriever(library, open_embedder(None) if embedded else None, weights)
    paths = {document.id: document.path for document in library.catalog.documents()}
    return {one.id: [paths[found] for found, _ in retriever.lessons(one.question)] for one in asked}


def reciprocal_ranks(lists: Sequence[Mapping[str, float]], weights: Sequence[float]) -> list[tuple[str, float]]:
    """Return what reciprocal rank fusion (k = 60; Cormack et al., SIGIR 2009) makes of the same lists."""
    scores: dict[str, float] = {}
    for found, weight in zip(lists, weights, strict=True):
        for rank, identity in enumerate(found, start=1):
            scores[identity] = scores.get(identity, 0.0) + weight / (60 + rank)
    return sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))


def with_parts(parts: int, make: Callable[[], Run]) -> Run:
    """Return a run in which a lesson counts by its best `parts` chunks."""
    before, fusion.PARTS = fusion.PARTS, parts
    try:
        return make()
    finally:
        fusion.PARTS = before


def cross_validated(library: Library, asked: Sequence[AskedQuestion]) -> tuple[Run, list[str]]:
    """Return each group ranked by the weights that are best on the other groups, and which they were."""
    runs = {weights: ranked(library, asked, weights) for weights in GRID}
    chosen: dict[str, Sequence[str]] = {}
    picks = []
    for group in dict.fromkeys(one.group for one in asked):
        others = {one.id: set(one.gold) for one in asked if one.group != group}
        best = max(GRID, key=lambda weights: measure_run(runs[weights], others)[0]["nDCG@10"].value)
        picks.append(f"{best.meaning:g}/{best.words:g}/{best.taught:g}")
        chosen |= {one.id: runs[best][one.id] for one in asked if one.group == group}
    return chosen, picks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", type=Path)
    parser.add_argument("questions", type=Path)
    args = parser.parse_args()
    asked = [one for one in read_questions(args.questions) if one.gold]
    gold = {one.id: set(one.gold) for one in asked}
    with tempfile.TemporaryDirectory() as folder:
        ingest([args.docs], Path(folder), open_embedder(None))
        with Library.open(Path(folder)) as library:
            as_is = RankingWeights()
            from knowledge import ranking

            def reciprocal() -> Run:
                before, ranking.convex_combination = ranking.convex_combination, reciprocal_ranks
                try:
                    return ranked(library, asked, RankingWeights(1.0, 1.0, 0.25))
                finally:
                    ranking.convex_combination = before

            folds, picks = cross_validated(library, asked)
            rows: dict[str, Run] = {
                "as it is": ranked(library, asked, as_is),
                "words alone": ranked(library, asked, as_is, embedded=False),
                "meaning alone": ranked(library, asked, RankingWeights(1.0, 0.0, 0.0)),
                "without what teaches the named concepts": ranked(library, asked, RankingWeights(0.4, 0.6, 0.0)),
                "equal weights": ranked(library, asked, RankingWeights(0.5, 0.5, 0.1)),
                "joined by ranks (reciprocal)": reciprocal(),
                "a lesson by its best chunk alone": with_parts(1, lambda: ranked(library, asked, as_is)),
                "a lesson by its best ten chunks": with_parts(10, lambda: ranked(library, asked, as_is)),
                "weights by cross-validation": folds,
            }
    base = measure_run(rows["as it is"], gold)[1]
    print(f"| ranking, {len(asked)} questions | {' | '.join(SHOWN)} | nDCG@10 against the first row |")
    print(f"|---|{'---|' * (len(SHOWN) + 1)}")
    for name, run in rows.items():
        means, single = measure_run(run, gold)
        print(f"| {name} | {' | '.join(f'{means[m].value:.3f}' for m in SHOWN)} | "
              f"{paired_difference(single, base, 'nDCG@10')} |")  # fmt: skip
    print(f"\nInterval of nDCG@10 as it is: {measure_run(rows['as it is'], gold)[0]['nDCG@10']}")
    print(f"Chosen in the folds (meaning/words/taught): {', '.join(picks)}")


if __name__ == "__main__":
    main()
