"""The system of record, changed: each public method is one transaction, whole or not at all.

Writes only what differs, so storing the same thing twice changes nothing, the generation included. Knows rows; who
may write (`lock`) and what the vectors are for (`vectors`) is decided elsewhere.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from knowledge import document_rows, records, schema
from knowledge.attachments import NOTHING, Attachments
from knowledge.concepts import normalise
from knowledge.connections import connect_writing, explained
from knowledge.model import Chunk, Course, SourceDocument
from knowledge.row_changes import replace_rows, upsert
from knowledge.snapshot import ConceptSnapshot
from knowledge.undecided import Undecided
from knowledge.videos import PlacedVideo

_BUMP = "UPDATE meta SET value = value + 1 WHERE key = 'generation'"


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
            upsert(db, "meta", "key, value", 1, settings.items())

    def compact(self, *, at_least: float = 0.0) -> None:
        """Give the space of what was removed back to the disk; needs as much free space as the library is large.

        Args:
            at_least: share of the file that has to be free for it to be worth that.
        """
        with self._turn, explained(self._path):
            (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
            (pages,) = self._db.execute("PRAGMA page_count").fetchone()
            if free < at_least * pages:
                return
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
        attached: Attachments = NOTHING,
    ) -> None:
        """Store a document with all that belongs to it, in place of what was stored under its id.

        Args:
            course: the document's course; stored with it.
            document: with its text.
            chunks: all of its chunks.
            facts: what was extracted from it, JSON.
            vectors: by chunk id, for every chunk without a stored vector.
            attached: figures, videos, and the document that this one was before its file was moved.

        Raises:
            ValueError: the parts do not belong together, a chunk is left without vector, a figure without its picture,
                or a text holds lone surrogates, which no UTF-8 file can.
            LibraryUnusable: the disk is full or fails.
        """
        _check_parts(course, document, chunks, attached)
        try:
            with self._change(of_material=True) as db:
                upsert(db, "courses", records.COURSE_COLUMNS, 1, [records.course_row(course)])
                row = records.document_row(document)
                upsert(db, "documents", f"{records.DOCUMENT_COLUMNS}, text", 1, [row])
                upsert(db, "facts", "document_id, json", 1, [(document.id, facts)])
                document_rows.put_chunks(db, document.id, chunks)
                if attached.moved_from:
                    document_rows.take_over(db, attached.moved_from, chunks)
                document_rows.put_chunk_vectors(db, document.id, vectors)
                document_rows.put_attachments(db, document.id, attached)
                if attached.moved_from:
                    document_rows.remove(db, attached.moved_from)
                document_rows.drop_moves_of_standing(db, chunks)
                _drop_empty_courses(db)
        except UnicodeEncodeError as error:
            raise ValueError(f"{document.path!r} holds text that is no valid Unicode: {error}") from error

    def remove_document(self, document_id: str) -> None:
        """Remove a document with its chunks, words, vectors, facts and mentions; an unknown id changes nothing."""
        with self._change(of_material=True) as db:
            document_rows.remove(db, document_id)
            _drop_empty_courses(db)

    def replace_facts(self, document_id: str, facts: str) -> None:
        """Store what was extracted from a document, JSON, in place of what was before."""
        with self._change(of_material=True) as db:
            upsert(db, "facts", "document_id, json", 1, [(document_id, facts)])

    def rebuild_words(self) -> None:
        """Make the lexical index anew from the chunks."""
        with self._change() as db:
            document_rows.rebuild_words(db)

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

    def state_videos(self, course_id: str, videos: Sequence[PlacedVideo]) -> None:
        """Keep what a person stated about the videos of a course's documents, in place of what was stated before."""
        with self._change() as db:
            known = "SELECT document_id FROM videos JOIN documents ON id = document_id WHERE stated AND course_id = ?"
            stated: dict[str, list[PlacedVideo]] = {one: [] for (one,) in db.execute(known, (course_id,))}
            for placed in videos:
                stated.setdefault(placed.document_id, []).append(placed)
            for document_id, of_document in stated.items():
                document_rows.put_videos(db, document_id, of_document, stated=True)

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
            replace_rows(db, "concepts", records.CONCEPT_COLUMNS, 1, map(records.concept_row, snapshot.concepts))
            replace_rows(db, "names", "surface, concept_id", 2, names)
            replace_rows(db, "relations", records.RELATION_COLUMNS, 3, map(records.relation_row, snapshot.relations))
            replace_rows(db, "mentions", records.MENTION_COLUMNS, 3, map(records.mention_row, snapshot.mentions))
            replace_rows(db, "merges", records.MERGE_COLUMNS, 3, map(records.merge_row, snapshot.merges))
            replace_rows(db, "cut_edges", records.CUT_EDGE_COLUMNS, 3, map(records.cut_edge_row, snapshot.cut))
            _put_concept_vectors(db, made_from, vectors)
            kept = undecided or Undecided()
            replace_rows(db, "extracted", "number, snapshot", 1, [(1, kept.snapshot)] if kept.snapshot else [])
            upsert(db, "meta", "key, value", 1, [("concepts_current", 1), ("decisions", kept.decisions)])

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
            upsert(db, "meta", "key, value", 1, settings.items())


def _check_parts(course: Course, document: SourceDocument, chunks: Sequence[Chunk], attached: Attachments) -> None:
    if attached.moved_from == document.id:
        raise ValueError(f"{document.path!r} was not moved: its id is the same")
    owners = {one.document_id for one in attached.figures} | {one.document_id for one in attached.videos}
    if owners - {document.id}:
        raise ValueError(f"a figure or video belongs to another document than {document.path!r}")
    if document.course_id != course.id:
        raise ValueError(f"{document.path!r} belongs to the course {document.course_id}, not {course.id}")
    if len({chunk.id for chunk in chunks}) != len(chunks):
        raise ValueError(f"two chunks of {document.path!r} have one id")
    for chunk in chunks:
        if chunk.document_id != document.id or document.text[chunk.start : chunk.end] != chunk.text:
            raise ValueError(f"chunk {chunk.position} is no span of {document.path!r}")


def _drop_empty_courses(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM courses WHERE id NOT IN (SELECT course_id FROM documents)")


def _put_concept_vectors(db: sqlite3.Connection, made_from: Mapping[str, str], vectors: Mapping[str, bytes]) -> None:
    stored = dict(db.execute("SELECT id, made_from FROM concept_vectors").fetchall())
    needed = [(one, digest) for one, digest in made_from.items() if stored.get(one) != digest]
    db.executemany("DELETE FROM concept_vectors WHERE id = ?", [(one,) for one, _ in needed if one in stored])
    document_rows.insert_vectors(db, "concept_vectors", needed, vectors)
