"""What questions to the concept graph cost as it grows: `python benchmarks/graph.py 3000 30000 300000`.

Made-up graphs in a real catalog: fields of 400 concepts, each needing two or three earlier ones of its field (a map of
machine learning made by hand has 390 concepts and 1,000 edges). Prints, warm, the median and the 95th percentile of

    expand   one concept, two steps back, ten concepts
    order    the ten that were kept
    path     everything still to be learned for one concept, nothing known
    unlocks  what one concept makes possible

and beside it what plain networkx costs that loads every edge first: time to load, memory, the same questions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import networkx as nx
import numpy as np

from knowledge.embedding import EmbeddingSignature
from knowledge.graph import ConceptGraph
from knowledge.library import CATALOG_NAME, Library, LibraryWriter
from knowledge.model import Concept, Evidence, Relation, RelationKind
from knowledge.snapshot import ConceptSnapshot

FIELD, QUESTIONS, WARM_UP, DIMENSION = 400, 400, 50, 8
DEPTH, BUDGET = 2, 10


def made_up(count: int) -> ConceptSnapshot:
    """Return a graph of `count` concepts, the same in every run."""
    rng = random.Random(count)
    ids = [Concept.id_for(f"concept {number}") for number in range(count)]
    concepts = tuple(Concept(ids[n], f"concept {n}", (), None, 0.5, 0.5, (n // 10, n % 10)) for n in range(count))
    relations = []
    for number in range(count):
        start, place = number - number % FIELD, number % FIELD
        earlier = {start + int(place * rng.uniform(0.2, 0.9)) for _ in range(3)} - {number} if place else set()
        for source in sorted(earlier):
            evidence = (Evidence("its definition uses it", 0.4), Evidence("builds on", 0.4))
            relations.append(
                Relation(ids[source], ids[number], RelationKind.PREREQUISITE, round(rng.uniform(0.5, 1), 4), evidence)
            )
    return ConceptSnapshot(concepts, tuple(relations), (), (), ())


def store(folder: Path, count: int) -> float:
    """Store a graph in a new library; return the seconds it took."""
    snapshot = made_up(count)
    vectors = np.random.default_rng(0).normal(size=(count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    started = time.perf_counter()
    with LibraryWriter.open(folder, EmbeddingSignature("made up", DIMENSION, "0" * 64)) as writer:
        writer.replace_concepts(
            snapshot, {concept.id: row for concept, row in zip(snapshot.concepts, vectors, strict=True)}
        )
    return time.perf_counter() - started


def resident_mb() -> float:
    """Return the memory of this process that is in use, megabytes (Linux; elsewhere nan)."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if statm.exists() else float("nan")


def timed(ask: Callable[[str], object], asked: Sequence[str]) -> tuple[float, float]:
    """Return the median and the 95th percentile of a question, milliseconds, the first ones left out."""
    taken = []
    for concept_id in asked:
        started = time.perf_counter()
        ask(concept_id)
        taken.append(1e3 * (time.perf_counter() - started))
    warm = sorted(taken[WARM_UP:])
    return statistics.median(warm), warm[int(0.95 * len(warm))]


def questions(count: int) -> list[str]:
    rng = random.Random(1)
    return [Concept.id_for(f"concept {rng.randrange(count)}") for _ in range(WARM_UP + QUESTIONS)]


def ask_erica(folder: Path, count: int) -> dict[str, object]:
    before = resident_mb()
    asked = questions(count)
    with Library.open(folder) as library:
        graph = ConceptGraph(library.catalog)
        kept = {one: [item.concept_id for item in graph.expand([one], DEPTH, BUDGET).kept] for one in asked}
        figures = {
            "expand": timed(lambda one: graph.expand([one], DEPTH, BUDGET), asked),
            "order": timed(lambda one: graph.order(kept[one]), asked),
            "path": timed(lambda one: graph.path((), one), asked),
            "unlocks": timed(lambda one: graph.unlocks([one]), asked),
        }
        lengths = sorted(len(graph.path((), one)) for one in asked[:100])
    return {"figures": figures, "mb": resident_mb() - before, "path": (lengths[50], lengths[-1])}


def ask_networkx(folder: Path, count: int) -> dict[str, object]:
    before, started = resident_mb(), time.perf_counter()
    graph: nx.DiGraph = nx.DiGraph()
    with Library.open(folder) as library, library.catalog.reading() as db:
        for row in db.execute("SELECT id, name, introduced_document, introduced_chunk FROM concepts"):
            graph.add_node(row[0], name=row[1], introduced=row[2:])
        for source, target, confidence in db.execute("SELECT source_id, target_id, confidence FROM relations"):
            graph.add_edge(source, target, confidence=confidence)
    loaded, asked = time.perf_counter() - started, questions(count)
    back = graph.reverse(copy=False)

    def expand(one: str) -> list[str]:
        return list(nx.bfs_tree(back, one, depth_limit=DEPTH))[:BUDGET]

    kept = {one: expand(one) for one in asked}
    figures = {
        "expand": timed(expand, asked),
        "order": timed(lambda one: list(nx.topological_sort(graph.subgraph(kept[one]))), asked),
        "path": timed(lambda one: list(nx.topological_sort(graph.subgraph(nx.ancestors(graph, one) | {one}))), asked),
        "unlocks": timed(lambda one: list(graph.successors(one)), asked),
    }
    return {"figures": figures, "mb": resident_mb() - before, "load_s": loaded}


def in_a_process_of_its_own(who: str, folder: Path, count: int) -> dict[str, object]:
    """Ask in a fresh process, so that memory is that of one way alone."""
    command = [sys.executable, __file__, "--ask", who, str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("concepts", type=int, nargs="*", default=[3_000, 30_000])
    parser.add_argument("--ask", nargs=3, metavar=("WHO", "FOLDER", "COUNT"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.ask:
        who, folder, count = chosen.ask
        print(json.dumps((ask_erica if who == "erica" else ask_networkx)(Path(folder), int(count))))
        return
    for count in chosen.concepts:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "library"
            seconds = store(folder, count)
            disk = (folder / CATALOG_NAME).stat().st_size / 1e6
            erica, other = (in_a_process_of_its_own(who, folder, count) for who in ("erica", "networkx"))
        print(f"{count:,} concepts: stored in {seconds:.1f} s, {1e3 * disk / count:.2f} MB on disk a thousand concepts")
        print(f"  paths: {erica['path'][0]} concepts in the median, {erica['path'][1]} at most")
        for name in erica["figures"]:
            ours, theirs = erica["figures"][name], other["figures"][name]
            print(f"  {name:8} p50 {ours[0]:.2f}, p95 {ours[1]:.2f} ms   networkx {theirs[0]:.3f}, {theirs[1]:.3f} ms")
        print(
            f"  memory {erica['mb']:.1f} MB, {1e3 * erica['mb'] / count:.3f} MB a thousand concepts   "
            f"networkx {other['mb']:.1f} MB, {1e3 * other['mb'] / count:.3f}, loaded in {other['load_s']:.2f} s"
        )


if __name__ == "__main__":
    main()
