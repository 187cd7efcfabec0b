"""How fast concepts are found, how many, and how far prerequisites reach the lessons that authors link back to.

    python benchmarks/concepts.py COURSE_FOLDER... [--links lesson_refs.csv] [--list N] [--as NAME]

A links file has the columns source, target and order (`back` where source stands earlier in the course); paths are
relative to the course folder. The share of back links is counted among the lessons that introduce the concepts reached
from the target lesson's five main concepts (depth 2, 10 concepts), against two floors: the lesson before, and all
lessons of the same folder.

With `--as` the names are held against the labels of that course in tests/data: the share of names labelled a concept
among those that are still extracted (concept_labels.csv), and the share of concepts in headings and definitions that
are found (concept_recall.csv, listed by reading a random sample of lessons before any name was extracted from them).
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from ingest.chunking import split
from ingest.course import discover
from ingest.errors import IngestError
from ingest.extraction import extract
from ingest.readers import reader_for
from ingest.relations import consolidate
from knowledge.concepts import normalise
from knowledge.graph import ConceptGraph
from knowledge.model import Chunk, Concept, ConceptSnapshot, MentionRole, Relation, RelationKind, SourceDocument

DATA = Path(__file__).parents[1] / "tests" / "data"
SEEDS, DEPTH, BUDGET = 5, 2, 10
TEACHING = {MentionRole.DEFINES: 3, MentionRole.EXPLAINS: 1}
_TOKEN = re.compile(r"\w{1,4}|[^\w\s]")


class RoughTokenizer:
    """Pieces of four letters: near to the count of word pieces, and needs no model."""

    max_tokens = 254
    adds_up = False

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(text)]

    def count(self, text: str) -> int:
        return len(_TOKEN.findall(text))


class Edges:
    """A snapshot's prerequisites as the graph reads them."""

    def __init__(self, snapshot: ConceptSnapshot) -> None:
        self._concepts = {concept.id: concept for concept in snapshot.concepts}
        self._into: dict[str, list[Relation]] = defaultdict(list)
        self._from: dict[str, list[Relation]] = defaultdict(list)
        for edge in snapshot.relations:
            if edge.kind is RelationKind.PREREQUISITE:
                self._into[edge.target_id].append(edge)
                self._from[edge.source_id].append(edge)

    def prerequisites_of(self, concept_ids: Sequence[str]) -> list[Relation]:
        return [edge for one in concept_ids for edge in self._into[one]]

    def unlocked_by(self, concept_ids: Sequence[str]) -> list[Relation]:
        return [edge for one in concept_ids for edge in self._from[one]]

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        return [self._concepts[one] for one in (self._concepts if ids is None else ids) if one in self._concepts]


def read_course(root: Path) -> list[tuple[SourceDocument, list[Chunk]]]:
    plan = discover(root)
    course = []
    for path in plan.files:
        reader = reader_for(path)
        assert reader is not None
        try:
            read = reader(path.read_bytes(), path.name)
        except IngestError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        below = path.relative_to(plan.course.root).as_posix()
        document = SourceDocument(
            SourceDocument.id_for(str(path)),
            plan.course.id,
            below,
            str(path),
            read.title,
            read.kind,
            read.text,
            "",
            len(course),
        )
        course.append((document, split(document, read.blocks, RoughTokenizer())))
    return course


def measure(root: Path, links: Path | None, shown: int, labelled: str) -> None:
    course = read_course(root)
    chunks = sum(len(parts) for _, parts in course)
    started = time.process_time()
    facts = [extract(document, parts) for document, parts in course]
    extracted = time.process_time()
    snapshot = consolidate(facts)
    done = time.process_time()
    kinds = Counter(edge.kind.value for edge in snapshot.relations)
    print(f"{root}: {len(course)} documents, {chunks} chunks")
    print(f"  extraction {1e3 * (extracted - started) / chunks:.2f} ms of processor time a chunk", end=", ")
    print(f"consolidation {1e3 * (done - extracted) / chunks:.2f} ms a chunk")
    print(f"  {len(snapshot.concepts)} concepts, {len(snapshot.merges)} merges, {len(snapshot.cut)} cut", dict(kinds))
    for concept in sorted(snapshot.concepts, key=lambda one: -one.salience)[:shown]:
        print(f"  {concept.salience:.2f} {concept.name} {list(concept.aliases)}")
    if labelled:
        against_labels(snapshot, labelled)
    if links is not None:
        back_links(course, snapshot, links)


def against_labels(snapshot: ConceptSnapshot, course: str) -> None:
    names = {normalise(name) for concept in snapshot.concepts for name in (concept.name, *concept.aliases)}
    with (DATA / "concept_labels.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["course"] == course and normalise(row["name"]) in names]
    for reading in ("first_reading", "second_reading"):
        right = sum(row[reading] == "1" for row in rows)
        print(
            f"  {reading.replace('_', ' ')}: {right} of {len(rows)} labelled names are concepts, {share(right, rows)}"
        )
    with (DATA / "concept_recall.csv").open(newline="") as lines:
        wanted = [row["names"].split("|") for row in csv.DictReader(lines) if row["course"] == course]
    found = sum(any(normalise(name) in names for name in one) for one in wanted)
    if wanted:
        print(f"  of {len(wanted)} concepts in headings and definitions {found} are found, {share(found, wanted)}")


def share(part: int, whole: Sequence[object]) -> str:
    return f"{part / max(1, len(whole)):.3f}"


def back_links(course: list[tuple[SourceDocument, list[Chunk]]], snapshot: ConceptSnapshot, links: Path) -> None:
    order = [document.path for document, _ in course]
    with links.open(newline="") as lines:
        pairs = [(row["source"], row["target"]) for row in csv.DictReader(lines) if row["order"] == "back"]
    pairs = [(source, target) for source, target in pairs if source in order and target in order]
    home = {chunk.id: document.path for document, parts in course for chunk in parts}
    introduced = {concept.id: order[concept.introduced_at[0]] for concept in snapshot.concepts}
    taught: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in snapshot.mentions:
        taught[home[mention.chunk_id]][mention.concept_id] += TEACHING.get(mention.role, 0)
    graph = ConceptGraph(Edges(snapshot))
    reached, lessons = 0, 0
    for source, target in pairs:
        seeds = [concept for concept, weight in taught[target].most_common(SEEDS) if weight]
        found = {introduced[item.concept_id] for item in graph.expand(seeds, DEPTH, BUDGET).kept} - {target}
        reached += source in found
        lessons += len(found)
    before = sum(order.index(source) == order.index(target) - 1 for source, target in pairs)
    folder = sum(Path(source).parent == Path(target).parent for source, target in pairs)
    count = max(1, len(pairs))
    print(f"  back links, n = {len(pairs)}: reached {reached / count:.3f}, {lessons / count:.1f} lessons a target")
    print(f"  floors: previous lesson {before / count:.3f}, same folder {folder / count:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("course", type=Path, nargs="+")
    parser.add_argument("--links", type=Path)
    parser.add_argument("--list", type=int, default=0, metavar="N", help="show the N most salient concepts")
    parser.add_argument("--as", dest="labelled", default="", metavar="NAME", help="hold names against labels")
    chosen = parser.parse_args()
    for root in chosen.course:
        measure(root, chosen.links, chosen.list, chosen.labelled)


if __name__ == "__main__":
    main()
