"""How fast concepts are found, and how many; how right they are on a course that was labelled.

    python benchmarks/concepts.py COURSE_FOLDER... [--list N] [--as NAME]

How far prerequisites reach the lessons that authors link back to is `erica eval graph --links`.

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
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ingest.chunking import split
from ingest.course import discover
from ingest.errors import IngestError
from ingest.extraction import extract
from ingest.readers import reader_for
from ingest.relations import consolidate
from knowledge.concepts import normalise
from knowledge.model import Chunk, SourceDocument
from knowledge.snapshot import ConceptSnapshot

DATA = Path(__file__).parents[1] / "tests" / "data"
_TOKEN = re.compile(r"\w{1,4}|[^\w\s]")


class RoughTokenizer:
    """Pieces of four letters: near to the count of word pieces, and needs no model."""

    max_tokens = 254
    adds_up = False

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(text)]

    def count(self, text: str) -> int:
        return len(_TOKEN.findall(text))


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


def measure(root: Path, shown: int, labelled: str) -> None:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("course", type=Path, nargs="+")
    parser.add_argument("--list", type=int, default=0, metavar="N", help="show the N most salient concepts")
    parser.add_argument("--as", dest="labelled", default="", metavar="NAME", help="hold names against labels")
    chosen = parser.parse_args()
    for root in chosen.course:
        measure(root, chosen.list, chosen.labelled)


if __name__ == "__main__":
    main()
