"""Concepts found in the bundled course, against names that were labelled by hand.

`tests/data/concept_labels.csv` holds a random sample of the names that were extracted from five courses, each read
twice: with the sentence that defines or names it, and again by the name alone, in another order.
A name is right (1) where it denotes a thing of the subject (a method, model, data set, measure, tool, part, property or
problem of the field) that the lesson explains, defines or works with, and is that thing's whole and proper name; it is
wrong (0) where it is a piece of a phrase, a plain verb or adjective, a heading about the lesson, a person, a file or an
example only. `use` tells whether the rules were mended while looking at that course (`mending`) or not (`unseen`).
"""

import csv
from pathlib import Path

import pytest

from ingest.chunking import split
from ingest.course import discover
from ingest.extraction import extract
from ingest.readers import reader_for
from ingest.relations import consolidate
from knowledge.concepts import normalise
from knowledge.model import SourceDocument
from tests.fakes import RegexTokenizer

ROOT = Path(__file__).parents[2]
LABELS = list(csv.DictReader((ROOT / "tests" / "data" / "concept_labels.csv").read_text().splitlines()))
BUNDLED = "multimodal-learning"


@pytest.fixture(scope="module")
def keys():
    """Return the keys of all names of the concepts of the bundled course."""
    plan = discover(ROOT / "courses" / BUNDLED)
    facts = []
    for path in plan.files:
        reader, content = reader_for(path), path.read_bytes()
        if reader is None or path.name.startswith("_"):
            continue
        read = reader(content, path.name)
        below = path.relative_to(plan.course.root).as_posix()
        document = SourceDocument(
            SourceDocument.id_for(below), plan.course.id, below, below, read.title, read.kind, read.text, "", len(facts)
        )
        facts.append(extract(document, split(document, read.blocks, RegexTokenizer())))
    return {normalise(name) for one in consolidate(facts).concepts for name in (one.name, *one.aliases)}


def test_what_two_readings_called_a_concept_is_found_in_the_bundled_course(keys):
    right = [
        row["name"]
        for row in LABELS
        if row["course"] == BUNDLED and row["first_reading"] == row["second_reading"] == "1"
    ]
    missing = [name for name in right if normalise(name) not in keys]
    assert len(right) > 50
    assert len(missing) <= 0.05 * len(right), missing


@pytest.mark.parametrize(
    "name", ["introduction", "exercise", "summary", "example", "try it yourself", "lesson", "code"]
)
def test_labels_of_lessons_are_no_concepts_of_the_bundled_course(keys, name):
    assert normalise(name) not in keys


@pytest.mark.parametrize(("use", "rows"), [("mending", 300), ("unseen", 180)])
def test_nine_of_ten_labelled_names_are_concepts_in_both_readings(use, rows):
    found = [row for row in LABELS if row["use"] == use]
    assert len(found) == rows
    assert len({(row["course"], row["name"]) for row in found}) == rows
    right = sum(row["first_reading"] == row["second_reading"] == "1" for row in found)
    assert right / rows >= 0.9
