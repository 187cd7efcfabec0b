"""The system of record, changed: each public method is one transaction, whole or not at all.

Writes only what differs, so storing the same thing twice changes nothing, the generation included. Knows rows; who
may write (`lock`) and what the vectors are for (`vectors`) is decided elsewhere.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knowledge import lexical, records, schema
from knowledge.concepts import normalise
from knowledge.connections import connect_writing, explained
from knowledge.model import Chunk, ConceptSnapshot, Course, SourceDocument
from knowledge.undecided import Undecided

_BUMP = "UPDATE meta SET value = value + 1 WHERE key = 'generation'"
_AMONG = "IN (SELECT value FROM json_each(?))"


class CatalogWriter:
    """Writes one catalog file. Its holder sees to it that there is only one; threads take turns."""

    def __init__(self, path: Path, settings: Mapping[str, str | int]) -> None:
        """Open the catalog, brought up to date where it is old, made with these settings where there is none.

        Raises:
            LibraryUnusable: the file is no catalog, damaged, from a newer version, or its disk is full.
        """
        self._path = path
        self._turn = threading.RLock()
        with explained(path):
            self._db = connect_writing(path)
            try:
                version = schema.version_of(self._db)
                if version == 0:
                    schema.create(self._db, settings)
                elif version < schema.VERSION:
                    schema.migrate(self._db, version)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file; SQLite folds its log into it where nobody else reads."""
        self._db.close()

    @contextmanager
    def _change(self, *, of_material: bool = False) -> Iterator[sqlite3.Connection]:
        """Run a transaction. If it changed anything the generation goes up, and changed material outdates concepts."""
        with self._turn, explained(self._path):
            db = self._db
            before = db.total_changes
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                if db.total_changes != before:
                    db.execute(_BUMP)
                    if of_material:
                        db.execute("UPDATE meta SET value = 0 WHERE key = 'concepts_current'")
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # a full disk has ended it already
                    db.execute("ROLLBACK")
                raise

    def set(self, settings: Mapping[str, str | int]) -> None:
        """Keep values that the library knows about itself."""
        with self._change() as db:
            _upsert(db, "meta", "key, value", 1, settings.items())

    def compact(self) -> None:
        """Give the space of what was removed back to the disk; needs as much free space as the library is large."""
        with self._turn, explained(self._path):
            self._db.execute("INSERT INTO chunks_fts (chunks_fts) VALUES ('optimize')")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # --- material ---

    def put_document(
        self,
        course: Course,
        document: SourceDocument,
        chunks: Sequence[Chunk],
        facts: str,
        vectors: Mapping[str, bytes],
    ) -> None:
        """Store a document with all that belongs to it, in place of what was stored under its id.

        Args:
            course: the document's course; stored with it.
            document: with its text.
            chunks: all of its chunks.
            facts: what was extracted from it, JSON.
            vectors: by chunk id, for every chunk without a stored vector.

        Raises:
            ValueError: the parts do not belong together, a chunk is left without vector, or a text holds lone
                surrogates, which no UTF-8 file can.
            LibraryUnusable: the disk is full or fails.
        """
        _check_parts(course, document, chunks)
        try:
            with self._change(of_material=True) as db:
                _upsert(db, "courses", records.COURSE_COLUMNS, 1, [records.course_row(course)])
                row = records.document_row(document)
                _upsert(db, "documents", f"{records.DOCUMENT_COLUMNS}, text", 1, [row])
                _upsert(db, "facts", "document_id, json", 1, [(document.id, facts)])
                _put_chunks(db, document.id, chunks)
                _put_chunk_vectors(db, document.id, vectors)
                _drop_empty_courses(db)
        except UnicodeEncodeError as error:
            raise ValueError(f"{document.path!r} holds text that is no valid Unicode: {error}") from error

    def remove_document(self, document_id: str) -> None:
        """Remove a document with its chunks, words, vectors, facts and mentions; an unknown id changes nothing."""
        with self._change(of_material=True) as db:
            _forget(db, _stored_chunks(db, document_id).values())
            db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
            _drop_empty_courses(db)

    def arrange(self, course: Course, document_ids: Sequence[str]) -> None:
        """Give a course its title, and its documents this order, without touching what they hold."""
        with self._change(of_material=True) as db:
            db.execute(
                "UPDATE courses SET root = ?, title = ? WHERE id = ? AND (root, title) IS NOT (?, ?)",
                (course.root, course.title, course.id, course.root, course.title),
            )
            db.executemany(
                "UPDATE documents SET position = ? WHERE id = ? AND course_id = ? AND position != ?",
                [(place, document_id, course.id, place) for place, document_id in enumerate(document_ids)],
            )

    # --- concepts ---

    def replace_concepts(
        self,
        snapshot: ConceptSnapshot,
        made_from: Mapping[str, str],
        vectors: Mapping[str, bytes],
        undecided: Undecided | None = None,
    ) -> None:
        """Store what is known about concepts in place of what was known before.

        Args:
            snapshot: everything about concepts.
            made_from: by concept id, what tells the text of its vector (`vectors.text_digest`).
            vectors: by concept id, for every concept without a stored vector of that text.
            undecided: what was extracted, where people's decisions made something else of it.

        Raises:
            ValueError: two records contradict each other, or a concept is left without vector.
            LibraryUnusable: the disk is full or fails.
        """
        names = [
            (key, concept.id)
            for concept in snapshot.concepts
            for key in {normalise(name) for name in (concept.name, *concept.aliases)} - {""}
        ]
        with self._change() as db:
            # concepts first: what hangs on one that is gone goes with it
            _replace(db, "concepts", records.CONCEPT_COLUMNS, 1, map(records.concept_row, snapshot.concepts))
            _replace(db, "names", "surface, concept_id", 2, names)
            _replace(db, "relations", records.RELATION_COLUMNS, 3, map(records.relation_row, snapshot.relations))
            _replace(db, "mentions", records.MENTION_COLUMNS, 3, map(records.mention_row, snapshot.mentions))
            _replace(db, "merges", records.MERGE_COLUMNS, 3, map(records.merge_row, snapshot.merges))
            _replace(db, "cut_edges", records.CUT_EDGE_COLUMNS, 3, map(records.cut_edge_row, snapshot.cut))
            _put_concept_vectors(db, made_from, vectors)
            kept = undecided or Undecided()
            _replace(db, "extracted", "number, snapshot", 1, [(1, kept.snapshot)] if kept.snapshot else [])
            _upsert(db, "meta", "key, value", 1, [("concepts_current", 1), ("decisions", kept.decisions)])

    # --- vectors ---

    def replace_vectors(
        self,
        settings: Mapping[str, str | int],
        chunks: Iterable[tuple[str, int, bytes]],
        concepts: Iterable[tuple[str, str, bytes]],
    ) -> None:
        """Store the vectors of another embedder in place of all vectors; readers see the old ones until the end.

        Args:
            settings: what names the embedder.
            chunks: (id, tokens in the embedder's own count, vector) of every chunk; read one by one.
            concepts: (id, what tells the text, vector) of every concept.

        Raises:
            ValueError: a chunk or concept is left without vector.
            LibraryUnusable: the disk is full or fails; the old vectors are then still there.
        """
        with self._change() as db:
            db.execute("DELETE FROM chunk_vectors")
            db.execute("DELETE FROM concept_vectors")
            for chunk_id, tokens, vector in chunks:
                db.execute("UPDATE chunks SET tokens = ? WHERE id = ?", (tokens, chunk_id))
                db.execute("INSERT INTO chunk_vectors (id, vector) VALUES (?, ?)", (chunk_id, vector))
            db.executemany("INSERT INTO concept_vectors (id, made_from, vector) VALUES (?, ?, ?)", concepts)
            for table in ("chunk", "concept"):
                (whole, embedded) = db.execute(
                    f"SELECT (SELECT COUNT(*) FROM {table}s), (SELECT COUNT(*) FROM {table}_vectors)"
                ).fetchone()
                if whole != embedded:
                    raise ValueError(f"{whole - embedded} of {whole} {table}s are left without a vector")
            _upsert(db, "meta", "key, value", 1, settings.items())


def _check_parts(course: Course, document: SourceDocument, chunks: Sequence[Chunk]) -> None:
    if document.course_id != course.id:
        raise ValueError(f"{document.path!r} belongs to the course {document.course_id}, not {course.id}")
    if len({chunk.id for chunk in chunks}) != len(chunks):
        raise ValueError(f"two chunks of {document.path!r} have one id")
    for chunk in chunks:
        if chunk.document_id != document.id or document.text[chunk.start : chunk.end] != chunk.text:
            raise ValueError(f"chunk {chunk.position} is no span of {document.path!r}")


def _drop_empty_courses(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM courses WHERE id NOT IN (SELECT course_id FROM documents)")


# --- chunks ---


def _stored_chunks(db: sqlite3.Connection, document_id: str) -> dict[str, tuple[int, Chunk]]:
    rows = db.execute(f"SELECT number, {records.CHUNK_COLUMNS} FROM chunks WHERE document_id = ?", (document_id,))
    return {row[1]: (row[0], records.chunk_from(row[1:])) for row in rows}


def _put_chunks(db: sqlite3.Connection, document_id: str, chunks: Sequence[Chunk]) -> None:
    stored = _stored_chunks(db, document_id)
    wanted = {chunk.id for chunk in chunks}
    _forget(db, [entry for chunk_id, entry in stored.items() if chunk_id not in wanted])
    differing = [chunk for chunk in chunks if chunk.id not in stored or stored[chunk.id][1] != chunk]
    _forget_words(db, [stored[chunk.id] for chunk in differing if chunk.id in stored])
    _upsert(db, "chunks", records.CHUNK_COLUMNS, 1, map(records.chunk_row, differing))
    numbers = db.execute(f"SELECT id, number FROM chunks WHERE id {_AMONG}", (_listed(c.id for c in differing),))
    number_of = dict(numbers.fetchall())
    db.executemany(
        "INSERT INTO chunks_fts (rowid, title, headings, text, code) VALUES (?, ?, ?, ?, ?)",
        [(number_of[chunk.id], *lexical.columns(chunk)) for chunk in differing],
    )


def _forget(db: sqlite3.Connection, entries: Iterable[tuple[int, Chunk]]) -> None:
    """Delete chunks and their words; vectors and mentions go with them."""
    gone = list(entries)
    _forget_words(db, gone)
    db.executemany("DELETE FROM chunks WHERE number = ?", [(number,) for number, _ in gone])


def _forget_words(db: sqlite3.Connection, entries: Iterable[tuple[int, Chunk]]) -> None:
    db.executemany(
        "INSERT INTO chunks_fts (chunks_fts, rowid, title, headings, text, code) VALUES ('delete', ?, ?, ?, ?, ?)",
        [(number, *lexical.columns(chunk)) for number, chunk in entries],
    )


def _put_chunk_vectors(db: sqlite3.Connection, document_id: str, vectors: Mapping[str, bytes]) -> None:
    """Store the vectors of chunks that have none yet: a chunk's id tells its text, so a stored one still fits."""
    missing = (
        "SELECT id FROM chunks WHERE document_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM chunk_vectors WHERE chunk_vectors.id = chunks.id) ORDER BY position"
    )
    needed = [chunk_id for (chunk_id,) in db.execute(missing, (document_id,))]
    _insert_vectors(db, "chunk_vectors", [(chunk_id, "") for chunk_id in needed], vectors)


def _put_concept_vectors(db: sqlite3.Connection, made_from: Mapping[str, str], vectors: Mapping[str, bytes]) -> None:
    stored = dict(db.execute("SELECT id, made_from FROM concept_vectors").fetchall())
    needed = [(one, digest) for one, digest in made_from.items() if stored.get(one) != digest]
    db.executemany("DELETE FROM concept_vectors WHERE id = ?", [(one,) for one, _ in needed if one in stored])
    _insert_vectors(db, "concept_vectors", needed, vectors)


def _insert_vectors(
    db: sqlite3.Connection, table: str, needed: Sequence[tuple[str, str]], vectors: Mapping[str, bytes]
) -> None:
    absent = [one for one, _ in needed if one not in vectors]
    if absent:
        raise ValueError(f"{len(absent)} without a vector, {absent[0]} first: neither given nor stored")
    db.executemany(
        f"INSERT INTO {table} (id, made_from, vector) VALUES (?, ?, ?)",
        [(one, digest, vectors[one]) for one, digest in needed],
    )


# --- rows ---


def _replace(db: sqlite3.Connection, table: str, columns: str, keys: int, rows: Iterable[records.Row]) -> None:
    """Make a table hold exactly these rows, writing only the difference; the first `keys` columns tell rows apart."""
    wanted: dict[records.Row, records.Row] = {}
    for row in rows:
        if wanted.setdefault(row[:keys], row) != row:
            raise ValueError(f"two records of {table} contradict each other: {wanted[row[:keys]]} and {row}")
    stored = {row[:keys]: row for row in db.execute(f"SELECT {columns} FROM {table}")}
    key_columns = columns.split(", ")[:keys]
    condition = " AND ".join(f"{column} = ?" for column in key_columns)
    db.executemany(f"DELETE FROM {table} WHERE {condition}", [key for key in stored if key not in wanted])
    _upsert(db, table, columns, keys, [row for key, row in wanted.items() if stored.get(key) != row])


def _upsert(db: sqlite3.Connection, table: str, columns: str, keys: int, rows: Iterable[Any]) -> None:
    """Insert rows, or update the ones with the same first `keys` columns; a row that is the same is not written."""
    names = columns.split(", ")
    same = ", ".join(names[:keys])
    others = names[keys:]
    update = "NOTHING"
    if others:
        new = ", ".join(f"excluded.{name}" for name in others)
        old = ", ".join(f"{table}.{name}" for name in others)
        update = f"UPDATE SET ({', '.join(others)}) = ({new}) WHERE ({old}) IS NOT ({new})"
    holes = ", ".join("?" * len(names))
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes}) ON CONFLICT ({same}) DO {update}", rows)


def _listed(ids: Iterable[str]) -> str:
    return json.dumps(list(ids))
