"""The system of record, read: courses, documents, chunks, words, concepts and their relations.

Every read is its own short transaction, so a reader never waits for the writer and never makes it wait. Knows SQL;
refuses to know vectors' meaning (`vectors`), how rows are changed (`catalog_writer`), and what an answer is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from knowledge import lexical, records
from knowledge.concepts import normalise
from knowledge.connections import Connections
from knowledge.embedding import EmbeddingSignature
from knowledge.figures import Figure
from knowledge.model import Chunk, Concept, Course, Mention, Relation, RelationKind, SourceDocument, SourceKind
from knowledge.snapshot import CutEdge, Merge
from knowledge.videos import PlacedVideo, Video

T = TypeVar("T")

_AMONG = "IN (SELECT value FROM json_each(?))"
"""One statement for any number of ids, prepared once; SQLite limits how many plain parameters there may be."""
_COURSE_ORDER = (
    "FROM documents JOIN (SELECT id AS course, title AS course_title FROM courses) ON course = course_id "
    "{where} ORDER BY course_title, course_id, position, path, id"
)
_CONCEPT_ORDER = "ORDER BY introduced_document, introduced_chunk, name, id"
_VIDEO_ORDER = "ORDER BY stated DESC, at, provider, key"
_PREREQUISITE = RelationKind.PREREQUISITE.value


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How much a library holds. `relations` counts every kind; `prerequisites` those that order a lesson."""

    documents: int
    chunks: int
    concepts: int
    relations: int
    courses: int
    prerequisites: int


class Catalog:
    """Reads one catalog file. Safe to use from several threads, and beside a writer in any process.

    Every method raises `LibraryUnusable` where the file is damaged or its disk fails, and `LibraryNotFound` where it
    is gone.
    """

    def __init__(self, path: Path) -> None:
        """Take a file that `schema.version_of` accepts; nothing is opened before the first read."""
        self._connections = Connections(path)
        self._remembered: dict[str, tuple[int, Any]] = {}

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Lend a read-only connection, for reads that this class does not offer."""
        return self._connections.lend()

    def close(self) -> None:
        """Close every connection to the file."""
        self._connections.close()

    def setting(self, key: str) -> str | int | None:
        """Return a value the library keeps about itself, or None where it has none under this key."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        value: str | int | None = rows[0][0] if rows else None
        return value

    @property
    def generation(self) -> int:
        """A number that differs after every committed change; some microseconds to read."""
        return int(self.setting("generation") or 0)

    @property
    def signature(self) -> EmbeddingSignature:
        """What the vectors were made with."""
        kept = {key: self.setting(key) for key in ("embedder", "dimension", "weights_sha256")}
        return EmbeddingSignature(str(kept["embedder"]), int(kept["dimension"] or 0), str(kept["weights_sha256"]))

    # --- material ---

    def courses(self) -> list[Course]:
        """Return the courses by title."""
        return [Course(*row) for row in self._rows(f"SELECT {records.COURSE_COLUMNS} FROM courses ORDER BY title, id")]

    def documents(self, course_id: str | None = None) -> list[SourceDocument]:
        """Return the documents of one course or of all, course after course, in course order, their text left out."""
        found = self._remember("documents", self._all_documents)
        return [document for document in found if course_id is None or document.course_id == course_id]

    def _all_documents(self) -> list[SourceDocument]:
        rows = self._rows(f"SELECT {records.DOCUMENT_COLUMNS} {_COURSE_ORDER.format(where='')}")
        return [records.document_from(row) for row in rows]

    def document(self, document_id: str) -> SourceDocument | None:
        """Return the document with its text, or None where there is none with this id."""
        rows = self._rows(f"SELECT {records.DOCUMENT_COLUMNS}, text FROM documents WHERE id = ?", document_id)
        return records.document_from(rows[0][:-1], rows[0][-1]) if rows else None

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks in the order of `ids`, each once for each time it is named; unknown ids are left out.

        The id of a chunk whose file was moved since leads to the chunk as it is called now.
        """
        wanted = _listed(ids)
        standing = f"SELECT id, {records.CHUNK_COLUMNS} FROM chunks WHERE id {_AMONG}"
        moved = f"SELECT old_id, {records.CHUNK_COLUMNS} FROM moves JOIN chunks ON id = chunk_id WHERE old_id {_AMONG}"
        rows = self._rows(f"{standing} UNION ALL {moved}", wanted, wanted)
        found = {row[0]: records.chunk_from(row[1:]) for row in rows}
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """Return the chunks of a document in its order; none where there is no such document."""
        query = f"SELECT {records.CHUNK_COLUMNS} FROM chunks WHERE document_id = ? ORDER BY position, start, number"
        return [records.chunk_from(row) for row in self._rows(query, document_id)]

    def figures(self, document_id: str) -> list[Figure]:
        """Return the figures of a document in its order, their pictures left out."""
        query = f"SELECT {records.FIGURE_COLUMNS} FROM figures WHERE document_id = ? ORDER BY position"
        return [records.figure_from(row) for row in self._rows(query, document_id)]

    def figure_image(self, figure_id: str) -> tuple[str, bytes] | None:
        """Return media type and bytes of a figure's picture, or None where the library keeps none."""
        query = "SELECT media_type, content FROM figures JOIN pictures ON hash = picture WHERE id = ?"
        rows = self._rows(query, figure_id)
        return (rows[0][0], rows[0][1]) if rows else None

    def videos(self, document_id: str) -> list[PlacedVideo]:
        """Return the videos that a document embeds, or is the words of, in its order; what a person stated is first."""
        query = f"SELECT {records.VIDEO_COLUMNS} FROM videos WHERE document_id = ? {_VIDEO_ORDER}"
        return [records.video_from(row) for row in self._rows(query, document_id)]

    def video_of(self, document_id: str) -> Video | None:
        """Return the video whose words a transcript holds, or None where it is not known or this is no transcript."""
        transcript = f"SELECT id FROM documents WHERE id = ? AND kind = '{SourceKind.TRANSCRIPT.value}'"
        query = f"SELECT {records.VIDEO_COLUMNS} FROM videos WHERE document_id = ({transcript}) {_VIDEO_ORDER} LIMIT 1"
        rows = self._rows(query, document_id)
        return records.video_from(rows[0]).video if rows else None

    def embeddings_of_video(self, provider: str, key: str) -> list[PlacedVideo]:
        """Return where lessons embed this video, in course order; transcripts of it are left out."""
        columns = ", ".join(f"videos.{column}" for column in records.VIDEO_COLUMNS.split(", "))
        where = f"WHERE provider = ? AND key = ? AND kind != '{SourceKind.TRANSCRIPT.value}'"
        joined = _COURSE_ORDER.format(where=f"JOIN videos ON document_id = documents.id {where}")
        return [records.video_from(row) for row in self._rows(f"SELECT {columns} {joined}", provider, key)]

    def lexical_search(self, query: str, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` chunk ids with their BM25 (larger is better), best first, for any text as a query.

        FTS5's Okapi BM25 with k1 = 1.2 and b = 0.75 over stemmed words, its columns weighted
        (`lexical.COLUMN_WEIGHTS`). Empty where the query has no word.
        """
        expression = lexical.match_expression(query)
        if not expression or limit < 1:
            return []
        weights = ", ".join(str(weight) for weight in lexical.COLUMN_WEIGHTS)
        ranked = (
            f"SELECT rowid AS found, bm25(chunks_fts, {weights}) AS score FROM chunks_fts WHERE chunks_fts MATCH ? "
            "ORDER BY score, found LIMIT ?"
        )
        rows = self._rows(
            f"SELECT id, -score FROM ({ranked}) JOIN chunks ON number = found ORDER BY score, id", expression, limit
        )
        return [(chunk_id, score) for chunk_id, score in rows]

    def occurrences(self, words: Iterable[str]) -> dict[str, int]:
        """Return for each word in how many chunks it stands, in any inflection; one without letters in none."""
        counted = "SELECT COUNT(*) FROM chunks_fts WHERE chunks_fts MATCH ?"
        expressions = {word: lexical.match_expression(word) for word in words}
        with self.reading() as db:
            return {word: int(db.execute(counted, (m,)).fetchone()[0]) if m else 0 for word, m in expressions.items()}

    def facts(self) -> Iterator[tuple[SourceDocument, str]]:
        """Yield each document, text left out, with what was extracted from it (JSON), in course order."""
        where = "JOIN facts ON document_id = documents.id"
        query = f"SELECT {records.DOCUMENT_COLUMNS}, json {_COURSE_ORDER.format(where=where)}"
        with self.reading() as db:
            for row in db.execute(query):
                yield records.document_from(row[:-1]), row[-1]

    # --- concepts ---

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        """Return the concepts in the order of `ids`, unknown ones left out; without ids all, as they are introduced."""
        query = f"SELECT {records.CONCEPT_COLUMNS} FROM concepts"
        if ids is None:
            return [records.concept_from(row) for row in self._rows(f"{query} {_CONCEPT_ORDER}")]
        found = {row[0]: records.concept_from(row) for row in self._rows(f"{query} WHERE id {_AMONG}", _listed(ids))}
        return [found[concept_id] for concept_id in ids if concept_id in found]

    def concepts_named(self, surfaces: Sequence[str]) -> list[tuple[str, str]]:
        """Return (normalised surface, concept id) where a concept's name or alias is written alike, sorted.

        Args:
            surfaces: names in any writing, or keys that `knowledge.concepts.normalise` has made of them: a key is
                looked up as it is, too, since making a key of a key may shorten it again.
        """
        keys = sorted({key for surface in surfaces for key in (surface, normalise(surface))} - {""})
        query = f"SELECT surface, concept_id FROM names WHERE surface {_AMONG} ORDER BY surface, concept_id"
        return [(surface, concept_id) for surface, concept_id in self._rows(query, _listed(keys))]

    def mentions_of(self, concept_ids: Sequence[str]) -> list[Mention]:
        """Return where these concepts are mentioned, by concept and chunk."""
        return self._mentions("concept_id", concept_ids)

    def mentions_in(self, chunk_ids: Sequence[str]) -> list[Mention]:
        """Return what these chunks mention, by concept and chunk."""
        return self._mentions("chunk_id", chunk_ids)

    def _mentions(self, column: str, ids: Sequence[str]) -> list[Mention]:
        query = f"SELECT {records.MENTION_COLUMNS} FROM mentions WHERE {column} {_AMONG}"
        return records.mentions_from(self._rows(f"{query} ORDER BY concept_id, chunk_id, role", _listed(ids)))

    def prerequisites_of(self, concept_ids: Sequence[str]) -> list[Relation]:
        """Return the PREREQUISITE edges whose target is among the ids: what has to be understood before them."""
        return self._edges(f"target_id {_AMONG} AND kind = '{_PREREQUISITE}'", _listed(concept_ids))

    def unlocked_by(self, concept_ids: Sequence[str]) -> list[Relation]:
        """Return the PREREQUISITE edges whose source is among the ids: what they make possible."""
        return self._edges(f"source_id {_AMONG} AND kind = '{_PREREQUISITE}'", _listed(concept_ids))

    def relations_of(self, concept_ids: Sequence[str], kinds: Sequence[RelationKind]) -> list[Relation]:
        """Return the edges of these kinds that start or end at one of the ids."""
        ids, wanted = _listed(concept_ids), _listed([kind.value for kind in kinds])
        half = f"kind {_AMONG} AND {{end}} {_AMONG}"
        other = f"SELECT {records.RELATION_COLUMNS} FROM relations WHERE {half.format(end='target_id')}"
        # each half searches its own index; one condition for both ends would read every edge
        return self._edges(f"{half.format(end='source_id')} UNION {other}", wanted, ids, wanted, ids)

    def _edges(self, condition: str, *values: str) -> list[Relation]:
        query = f"SELECT {records.RELATION_COLUMNS} FROM relations WHERE {condition}"
        rows = self._rows(f"{query} ORDER BY source_id, target_id, kind", *values)
        return [records.relation_from(row) for row in rows]

    def cut_edges(self) -> list[CutEdge]:
        """Return the edges that were left out to keep prerequisites acyclic."""
        query = f"SELECT {records.CUT_EDGE_COLUMNS} FROM cut_edges ORDER BY source_id, target_id, kind"
        return [records.cut_edge_from(row) for row in self._rows(query)]

    def merges(self) -> list[Merge]:
        """Return the surface forms that were taken as other names of a concept."""
        query = f"SELECT {records.MERGE_COLUMNS} FROM merges ORDER BY concept_id, surface, reason"
        return [Merge(*row) for row in self._rows(query)]

    # --- vectors ---

    def with_vectors(self, chunk_ids: Sequence[str]) -> set[str]:
        """Return those of the chunk ids whose vectors are stored."""
        query = f"SELECT id FROM chunk_vectors WHERE id {_AMONG}"
        return {chunk_id for (chunk_id,) in self._rows(query, _listed(chunk_ids))}

    def concept_vector_digests(self) -> dict[str, str]:
        """Return by concept id what tells the text that its stored vector was made from."""
        return dict(self._rows("SELECT id, made_from FROM concept_vectors"))

    # --- the whole ---

    def counts(self) -> LibraryCounts:
        """Return how much the library holds; counted once after every change."""
        return self._remember("counts", self._count)

    def _count(self) -> LibraryCounts:
        tables = ("documents", "chunks", "concepts", "relations", "courses")
        each = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in tables)
        prerequisites = f"(SELECT COUNT(*) FROM relations WHERE kind = '{_PREREQUISITE}')"
        return LibraryCounts(*self._rows(f"SELECT {each}, {prerequisites}")[0])

    def _remember(self, what: str, make: Callable[[], T]) -> T:
        """Return what `make` returns, made again only when the library has changed since."""
        generation = self.generation
        kept = self._remembered.get(what)
        if kept is not None and kept[0] == generation:
            value: T = kept[1]
            return value
        value = make()
        self._remembered[what] = (generation, value)
        return value

    def _rows(self, query: str, *values: str | int) -> list[Any]:
        with self.reading() as db:
            return db.execute(query, values).fetchall()


def _listed(ids: Sequence[str]) -> str:
    return json.dumps(list(ids))
