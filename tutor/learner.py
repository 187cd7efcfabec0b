"""What a learner has shown: every piece of evidence, from it mastery and next review of each concept; solutions.

Knows learners by an opaque word, concepts by id and name, and what the judge passed by the problem's name; refuses to
know questions, lessons and who a person is.
One SQLite file (WAL) in the state folder. What is stored can be exported whole and deleted whole.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from tutor.mastery import DEFAULT, MASTERED, after_answer, after_credit
from tutor.review import Card, after_review

if TYPE_CHECKING:
    from knowledge.graph import ConceptGraph
    from knowledge.model import Concept

FILE_NAME = "learner.sqlite3"
OWNER = "owner"
"""The learner of the command line: whoever owns the state folder."""
_FIRST_SCHEMA = """
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    learner TEXT NOT NULL,
    concept_id TEXT NOT NULL,
    concept TEXT NOT NULL,
    kind TEXT NOT NULL,
    correct INTEGER NOT NULL,
    guess REAL NOT NULL,
    item TEXT NOT NULL,
    at_s REAL NOT NULL
) STRICT;
CREATE INDEX evidence_by_learner ON evidence (learner, id);
CREATE TABLE states (
    learner TEXT NOT NULL,
    concept_id TEXT NOT NULL,
    concept TEXT NOT NULL,
    mastery REAL NOT NULL,
    due_s REAL,
    card TEXT NOT NULL,
    PRIMARY KEY (learner, concept_id)
) STRICT;
CREATE INDEX states_due ON states (learner, due_s);
"""
_SOLUTIONS = """
CREATE TABLE solutions (
    learner TEXT NOT NULL,
    item TEXT NOT NULL,
    code TEXT NOT NULL,
    at_s REAL NOT NULL,
    PRIMARY KEY (learner, item)
) STRICT;
"""
_SEEN = """
CREATE TABLE seen_solutions (
    learner TEXT NOT NULL,
    item TEXT NOT NULL,
    at_s REAL NOT NULL,
    PRIMARY KEY (learner, item)
) STRICT;
"""
_MIGRATIONS = (_FIRST_SCHEMA, _SOLUTIONS, _SEEN)
"""Statements that lead from one version of the file to the next; the version is how many were run."""


class LearnerUnusable(KnowledgeError):
    """The file of learners cannot be read or written: damaged, from a newer version, or no space left."""


class EvidenceKind(StrEnum):
    """Where a piece of evidence comes from."""

    ANSWER = "answer"
    """to a quiz question"""
    PROBLEM = "problem"
    """a solution that was judged"""
    MARKED = "marked"
    """the learner's own word"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A concept that evidence is about: its id, and its name for when the library is gone."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing a learner did: an answer, a judged problem, or marking a concept as known or not."""

    concept: Subject
    kind: EvidenceKind
    right: bool
    guess: float = 0.05
    """Probability of being right without knowing; 1 / options for a choice."""
    item: str = ""
    """Id of the question or name of the problem."""


@dataclass(frozen=True, slots=True)
class ConceptState:
    """How a learner stands with a concept. `due_s` is seconds since 1970, None before the first answer."""

    concept: Subject
    mastery: float
    card: Card | None

    @property
    def due_s(self) -> float | None:
        """When it should be asked again."""
        return self.card.due_s if self.card else None


@dataclass(frozen=True, slots=True)
class Solution:
    """The code of a problem that the judge passed last, and when it passed one first (seconds since 1970)."""

    code: str
    at_s: float


def after(state: ConceptState, shown: Shown, now_s: float) -> ConceptState:
    """Return the state after one piece of evidence about the concept itself; pure."""
    if shown.kind is EvidenceKind.MARKED:
        mastery = 1.0 if shown.right else DEFAULT.initial
        return ConceptState(shown.concept, mastery, state.card if shown.right else None)
    mastery = after_answer(state.mastery, shown.right, shown.guess)
    return ConceptState(shown.concept, mastery, after_review(state.card, shown.right, now_s))


class Learner:
    """One learner's evidence and states. Safe to share between threads.

    Raises (every method):
        LearnerUnusable: the file cannot be read or written.
    """

    def __init__(self, connection: sqlite3.Connection, name: str, clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self._connection = connection
        self._clock = clock
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, name: str = OWNER, clock: Callable[[], float] = time.time) -> Learner:
        """Return the learner of this name; the file is made where it is missing.

        Args:
            folder: state folder; the file in it is `learner.sqlite3`.
            name: an opaque word, such as the one of a browser.
            clock: seconds since 1970.
        """
        path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")  # what a learner deletes is gone from the file, too
            _migrate(connection, path)
        except (sqlite3.Error, OSError) as error:
            raise LearnerUnusable(f"{path}: {error}. Move the file away to start anew.") from error
        return cls(connection, name, clock)

    def close(self) -> None:
        """Close the file. Every later call fails."""
        with self._lock:
            self._connection.close()

    # --- what is put in ---

    def record(self, shown: Shown, prerequisites: Sequence[Subject] = ()) -> ConceptState:
        """Return the concept's state after this evidence, which is stored with it in one transaction.

        Args:
            shown: what the learner did.
            prerequisites: what the concept directly needs; a right answer credits them with a part.
        """
        now_s = self._clock()
        with self._writing() as cursor:
            cursor.execute(
                "INSERT INTO evidence (learner, concept_id, concept, kind, correct, guess, item, at_s) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(self.name, shown.concept.id, shown.concept.name, shown.kind.value),
                    *(int(shown.right), shown.guess, shown.item, now_s),
                ),
            )
            state = after(self._state(cursor, shown.concept), shown, now_s)
            self._put(cursor, state)
            if shown.right and shown.kind is not EvidenceKind.MARKED:
                for subject in prerequisites:
                    before = self._state(cursor, subject)
                    self._put(cursor, ConceptState(subject, after_credit(before.mastery, shown.guess), before.card))
        return state

    def mark(self, concept: Subject, known: bool = True) -> None:
        """Take the learner's word that a concept is known, or is not."""
        self.record(Shown(concept, EvidenceKind.MARKED, known))

    def solved(self, item: str, code: str) -> bool:
        """Keep code that the judge passed; return whether it is the first for this problem.

        Args:
            item: name of the problem, or of a walkthrough's step.
            code: what was judged.
        """
        with self._writing() as cursor:
            new = cursor.execute(
                "INSERT OR IGNORE INTO solutions VALUES (?, ?, ?, ?)", (self.name, item, code, self._clock())
            ).rowcount
            if not new:
                cursor.execute("UPDATE solutions SET code = ? WHERE learner = ? AND item = ?", (code, self.name, item))
        return bool(new)

    def see_solution(self, item: str) -> None:
        """Keep that the learner was shown the solution of a problem: what passes afterwards proves nothing."""
        with self._writing() as cursor:
            cursor.execute("INSERT OR IGNORE INTO seen_solutions VALUES (?, ?, ?)", (self.name, item, self._clock()))

    # --- what comes out ---

    def solutions(self) -> dict[str, Solution]:
        """Return what the judge has passed, by the name of the problem."""
        with self._writing() as cursor:
            rows = cursor.execute("SELECT item, code, at_s FROM solutions WHERE learner = ?", (self.name,)).fetchall()
        return {item: Solution(code, at_s) for item, code, at_s in rows}

    def seen_solutions(self) -> dict[str, float]:
        """Return the problems whose solution was shown, each with the moment (seconds since 1970)."""
        with self._writing() as cursor:
            rows = cursor.execute("SELECT item, at_s FROM seen_solutions WHERE learner = ?", (self.name,)).fetchall()
        return dict(rows)

    def evidence(self, before_s: float) -> list[tuple[float, Shown]]:
        """Return what was shown before a moment, in the order it was, each with its time in seconds since 1970."""
        with self._writing() as cursor:
            rows = cursor.execute(
                "SELECT at_s, concept_id, concept, kind, correct, guess, item FROM evidence "
                "WHERE learner = ? AND at_s < ? ORDER BY id",
                (self.name, before_s),
            ).fetchall()
        return [
            (at_s, Shown(Subject(concept_id, concept), EvidenceKind(kind), bool(right), guess, item))
            for at_s, concept_id, concept, kind, right, guess, item in rows
        ]

    def state(self, concept: Subject) -> ConceptState:
        """Return how the learner stands with a concept; the initial mastery where nothing was shown."""
        with self._writing() as cursor:
            return self._state(cursor, concept)

    def states(self) -> list[ConceptState]:
        """Return every concept with evidence, by name."""
        return self._select("1", "concept, concept_id")

    def known(self) -> set[str]:
        """Return the names of the concepts that are mastered or marked as known."""
        return {state.concept.name for state in self._select(f"mastery >= {MASTERED}", "concept")}

    def known_ids(self) -> set[str]:
        """Return the ids of the concepts that are mastered or marked as known."""
        return {state.concept.id for state in self._select(f"mastery >= {MASTERED}", "concept")}

    def due(self, now_s: float | None = None) -> list[ConceptState]:
        """Return the concepts whose review is due, the one that waits longest first.

        Args:
            now_s: seconds since 1970; the clock's by default.
        """
        moment = self._clock() if now_s is None else now_s
        return [s for s in self._select("due_s IS NOT NULL", "due_s, concept_id") if (s.due_s or 0.0) <= moment]

    def frontier(self, graph: ConceptGraph) -> list[Concept]:
        """Return what can be learned next: all that it needs is known, and it is not."""
        return graph.frontier(self.known_ids())

    def export(self) -> dict[str, object]:
        """Return all that is stored about this learner, as JSON can say it."""
        with self._writing() as cursor:
            cursor.row_factory = sqlite3.Row
            rows = cursor.execute("SELECT * FROM evidence WHERE learner = ? ORDER BY id", (self.name,)).fetchall()
        evidence = [{key: row[key] for key in row.keys() if key not in ("id", "learner")} for row in rows]  # noqa: SIM118  # a Row iterates over its values
        solutions = {item: asdict(solution) for item, solution in self.solutions().items()}
        states = [asdict(state) for state in self.states()]
        whole = {"learner": self.name, "evidence": evidence, "states": states, "solutions": solutions}
        return {**whole, "seen_solutions": self.seen_solutions()}

    def delete(self) -> None:
        """Remove all that is stored about this learner."""
        with self._writing() as cursor:
            for table in ("evidence", "states", "solutions", "seen_solutions"):
                cursor.execute(f"DELETE FROM {table} WHERE learner = ?", (self.name,))

    def _state(self, cursor: sqlite3.Cursor, concept: Subject) -> ConceptState:
        row = cursor.execute(
            "SELECT mastery, due_s, card FROM states WHERE learner = ? AND concept_id = ?", (self.name, concept.id)
        ).fetchone()
        if row is None:
            return ConceptState(concept, DEFAULT.initial, None)
        return ConceptState(concept, row[0], None if row[1] is None else Card(row[1], row[2]))

    def _put(self, cursor: sqlite3.Cursor, state: ConceptState) -> None:
        card = state.card
        cursor.execute(
            "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(self.name, state.concept.id, state.concept.name, state.mastery),
                *((card.due_s, card.state) if card else (None, "")),
            ),
        )

    def _select(self, condition: str, order: str) -> list[ConceptState]:
        query = f"SELECT concept_id, concept, mastery, due_s, card FROM states WHERE learner = ? AND {condition}"
        with self._writing() as cursor:
            rows = cursor.execute(f"{query} ORDER BY {order}", (self.name,)).fetchall()
        return [
            ConceptState(Subject(row[0], row[1]), row[2], None if row[3] is None else Card(row[3], row[4]))
            for row in rows
        ]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        """Give a cursor inside one transaction, one thread at a time."""
        with self._lock:
            try:
                with _transaction(self._connection) as cursor:
                    yield cursor
            except sqlite3.Error as error:
                raise LearnerUnusable(f"What was learned could not be saved or read: {error}.") from error


def known_to(folder: Path, name: str = OWNER) -> frozenset[str]:
    """Return the names of the concepts that the learner of this name knows; no file is made where there is none.

    Raises:
        LearnerUnusable: the file cannot be read.
    """
    if not (folder / FILE_NAME).is_file():
        return frozenset()
    learner = Learner.open(folder, name)
    try:
        return frozenset(learner.known())
    finally:
        learner.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Cursor]:
    cursor = connection.execute("BEGIN IMMEDIATE")
    try:
        yield cursor
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    with _transaction(connection) as cursor:
        version = cursor.execute("PRAGMA user_version").fetchone()[0]
        if version > len(_MIGRATIONS):
            raise LearnerUnusable(f"{path} was written by a newer Erica (schema {version}); update this one.")
        for step in _MIGRATIONS[version:]:
            for statement in step.split(";\n"):
                cursor.execute(statement)
        cursor.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
