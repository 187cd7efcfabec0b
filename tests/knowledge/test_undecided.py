"""What the extractors said is kept where people decided otherwise, and only there; older libraries get room for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from knowledge.decided_library import level, rulings
from knowledge.decision_desk import DecisionDesk, DecisionRefused
from knowledge.decision_files import DECISIONS_NAME
from knowledge.decisions import Decision, Verb
from knowledge.errors import DecisionsUnusable
from knowledge.library import Library, LibraryWriter
from knowledge.model import Course
from knowledge.undecided import load, standing
from tests.fakes import HashingEmbedder
from tests.knowledge import material
from tests.knowledge.material import CATALOG_NAME

NEWER_TABLES = ("extracted", "figures", "pictures", "videos", "moves")
"""What version 1 of the catalog did not have."""


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        _, chunks = material.put(writer, "one.md", material.LESSON)
        material.replace(writer, material.snapshot_of(chunks))
    return folder


def desk(folder: Path) -> DecisionDesk:
    return DecisionDesk(folder, HashingEmbedder())


def removal(name: str) -> Decision:
    return Decision(date(2026, 11, 5), "anna", Verb.REMOVE, (name,))


def kept(folder: Path) -> int:
    with closing(sqlite3.connect(folder / CATALOG_NAME)) as db:
        return int(db.execute("SELECT COUNT(*) FROM extracted").fetchone()[0])


def test_nothing_is_kept_twice_until_somebody_decides_and_not_once_all_is_withdrawn(stored: Path) -> None:
    with Library.open(stored) as library:
        before = standing(library.catalog)
    assert kept(stored) == 0
    name = before.concepts[0].name
    [ruling] = desk(stored).decide([removal(name)])
    assert kept(stored) == 1
    with Library.open(stored) as library:
        assert load(library.catalog) == before
        assert name not in [concept.name for concept in library.catalog.concepts()]
    desk(stored).withdraw(ruling.recorded, "ben")
    assert kept(stored) == 0
    with Library.open(stored) as library:
        assert standing(library.catalog) == before


def test_the_same_decisions_twice_change_nothing(stored: Path) -> None:
    desk(stored).decide([removal(_a_name(stored))])
    with Library.open(stored) as library:
        before = library.generation
    level(stored, HashingEmbedder())
    with Library.open(stored) as library:
        assert library.generation == before
    assert desk(stored).level() is None


def _a_name(folder: Path) -> str:
    with Library.open(folder) as library:
        return library.catalog.concepts()[0].name


def test_a_library_of_the_first_version_is_brought_up_to_date_and_takes_decisions(stored: Path) -> None:
    name = _a_name(stored)
    with closing(sqlite3.connect(stored / CATALOG_NAME)) as db:
        for table in NEWER_TABLES:
            db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM meta WHERE key = 'decisions'")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    desk(stored).decide([removal(name)])
    with Library.open(stored) as library:
        assert name not in [concept.name for concept in library.catalog.concepts()]


def test_a_refused_decision_leaves_no_line(stored: Path) -> None:
    with pytest.raises(DecisionRefused, match="no concept is called “Quantum”"):
        desk(stored).decide([removal(_a_name(stored)), removal("Quantum")])
    assert not (stored / DECISIONS_NAME).exists()


def test_a_file_that_cannot_be_read_is_an_error_and_not_an_empty_one(stored: Path) -> None:
    (stored / DECISIONS_NAME).mkdir()
    with pytest.raises(DecisionsUnusable, match="cannot be read"), Library.open(stored) as library:
        rulings(library)


def test_a_decision_is_written_where_it_outranks_what_was_decided_before_in_any_file(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    roots = [tmp_path / name for name in ("a", "b")]
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        chunks = []
        for root in roots:
            root.mkdir()
            course = Course(f"course-{root.name}", str(root), root.name)
            chunks += material.put(writer, "one.md", material.LESSON, course=course)[1]
        material.replace(writer, material.snapshot_of(chunks))
    name = _a_name(folder)
    (roots[1] / DECISIONS_NAME).write_text(f"2026-11-05 anna remove concept {name}\n")
    level(folder, HashingEmbedder())
    [ruling] = desk(folder).decide([Decision(date(2026, 11, 6), "ben", Verb.ADD, (name,))])
    assert ruling.recorded.where == f"{roots[1] / DECISIONS_NAME}:2"
    assert name in [_a_name(folder)]
    [ruling] = desk(folder).withdraw(ruling.recorded, "ben")
    assert ruling.recorded.line == 3
    with Library.open(folder) as library:
        assert name not in [concept.name for concept in library.catalog.concepts()]
