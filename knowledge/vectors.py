"""Nearest vectors: what an index is, how vectors are stored, and the exact one.

The catalog holds every vector, in the transaction of what it belongs to; an index is only a way to search them.
Refuses to know what made the vectors (`embedding`) and Chroma (`chroma_index`).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge.catalog import Catalog
from knowledge.model import Concept

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

EXACT_UP_TO = 30_000
"""Vectors up to which the exact scan is the faster one (0.07 against 0.9 ms at 6,000; level from 30,000 to 40,000)."""

_STORED = np.dtype("<f4")
_DECIMALS = 6
"""Cosines are rounded to what float32 carries: equal vectors get equal cosines wherever they lie in memory."""
_READ_AT_ONCE = 4_096


class VectorTable(StrEnum):
    """The catalog's tables of vectors."""

    CHUNKS = "chunk_vectors"
    CONCEPTS = "concept_vectors"


class VectorIndex(Protocol):
    """Finds the nearest of many vectors. Follows the library's changes by itself."""

    def search(self, vector: Vector, limit: int) -> list[tuple[str, float]]:
        """Return up to `limit` ids with their cosine, best first, equal ones by id.

        Args:
            vector: shape (dimension,), any length but 0.
            limit: most results, from 0 on.
        """
        ...


def concept_text(concept: Concept) -> str:
    """Return what is embedded of a concept: its names, then the definition's own words."""
    names = f"{concept.name} ({', '.join(concept.aliases)})" if concept.aliases else concept.name
    return f"{names}\n{concept.definition.text}" if concept.definition else names


def text_digest(text: str) -> str:
    """Return what tells whether a stored vector was made from this text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def packed(vectors: Mapping[str, Vector], dimension: int) -> dict[str, bytes]:
    """Return the vectors as stored: little-endian float32.

    Raises:
        ValueError: one has another shape, holds something that is no number, or is no unit vector.
    """
    if not vectors:
        return {}
    for name, vector in vectors.items():
        if np.shape(vector) != (dimension,):
            raise ValueError(f"the vector of {name} has the shape {np.shape(vector)}, not ({dimension},)")
    rows = np.stack(list(vectors.values())).astype(_STORED)  # (vectors, dimension)
    lengths = np.linalg.norm(rows, axis=1)
    wrong = np.flatnonzero(~(np.abs(lengths - 1.0) < 1e-2))  # "not less" catches what is no number, too
    if wrong.size:
        raise ValueError(f"the vector of {list(vectors)[wrong[0]]} has the length {lengths[wrong[0]]}, not 1")
    return {name: row.tobytes() for name, row in zip(vectors, rows, strict=True)}


def unit(vector: Vector) -> Vector:
    """Return the vector at length 1.

    Raises:
        ValueError: its length is 0 or no number.
    """
    flat = np.asarray(vector, dtype=np.float32).reshape(-1)
    length = float(np.linalg.norm(flat))
    if not 0.0 < length < float("inf"):
        raise ValueError(f"a vector of length {length} points nowhere")
    return flat / np.float32(length)


def best(cosines: Mapping[str, float], limit: int) -> list[tuple[str, float]]:
    """Return the `limit` highest, best first, equal ones by id."""
    return sorted(cosines.items(), key=lambda entry: (-entry[1], entry[0]))[: max(0, limit)]


def fingerprint(db: sqlite3.Connection, table: VectorTable) -> tuple[int, int]:
    """Return (count, highest number): equal exactly when the table holds the same vectors, as numbers never return."""
    row = db.execute(f"SELECT COUNT(*), COALESCE(MAX(number), 0) FROM {table}").fetchone()
    return int(row[0]), int(row[1])


def stored(catalog: Catalog, table: VectorTable, ids: Sequence[str]) -> dict[str, Vector]:
    """Return the stored vectors of these ids, each of shape (dimension,); ids without one are left out."""
    query = f"SELECT id, vector FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
    with catalog.reading() as db:
        rows = db.execute(query, (json.dumps(list(ids)),)).fetchall()
    return {row_id: np.frombuffer(blob, dtype=_STORED) for row_id, blob in rows}


@dataclass(frozen=True, slots=True)
class _Loaded:
    generation: int
    contents: tuple[int, int, int]
    ids: Sequence[str]
    matrix: NDArray[np.float32]
    """Shape (vectors, dimension)."""


class ExactIndex:
    """Compares with every vector: exact, and ready some milliseconds after opening. Safe in several threads."""

    def __init__(self, catalog: Catalog, table: VectorTable, after: Callable[[], int] = lambda: 0) -> None:
        """Search the vectors whose number is above what `after` returns (all of them by default)."""
        self._catalog = catalog
        self._table = table
        self._after = after
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def search(self, vector: Vector, limit: int) -> list[tuple[str, float]]:
        """Return the nearest; see `VectorIndex`."""
        loaded = self._current()
        if limit < 1 or not loaded.ids:
            return []
        asked = unit(vector)
        if asked.size != loaded.matrix.shape[1]:
            raise ValueError(f"a vector of {asked.size} numbers cannot be compared with {loaded.matrix.shape[1]}")
        # In one thread: a product this small gains nothing from two, and waits long for the second on a busy machine.
        dots: NDArray[np.float32] = np.asarray(np.vecdot(loaded.matrix, asked))
        cosines = np.round(dots, _DECIMALS)  # (vectors,)
        rows: NDArray[np.intp] = np.arange(cosines.size)
        if limit < cosines.size:
            least = np.partition(cosines, cosines.size - limit)[cosines.size - limit]
            rows = np.flatnonzero(cosines >= least)  # may be more than the limit, where several are equal
        return best({loaded.ids[row]: round(float(cosines[row]), _DECIMALS) for row in rows}, limit)

    def _current(self) -> _Loaded:
        """Return the vectors of the library as it is now, read again only where they have changed."""
        loaded = self._loaded
        generation = self._catalog.generation
        if loaded is not None and loaded.generation == generation:
            return loaded
        with self._loading:
            self._loaded = self._load(self._loaded)
            return self._loaded

    def _load(self, old: _Loaded | None) -> _Loaded:
        with self._catalog.reading() as db:
            db.execute("BEGIN")  # one moment for all that is read
            try:
                (generation,) = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
                after = self._after()
                contents = (*fingerprint(db, self._table), after)
                if old is not None and old.contents == contents:
                    return _Loaded(generation, contents, old.ids, old.matrix)
                ids, matrix = _read(db, self._table, after)
            finally:
                db.execute("COMMIT")
        return _Loaded(generation, contents, ids, matrix)


def _read(db: sqlite3.Connection, table: VectorTable, after: int) -> tuple[list[str], NDArray[np.float32]]:
    condition = f"FROM {table} WHERE number > ?"
    (count,) = db.execute(f"SELECT COUNT(*) {condition}", (after,)).fetchone()
    rows = db.execute(f"SELECT id, vector {condition} ORDER BY number", (after,))
    ids: list[str] = []
    matrix = np.empty((0, 0), dtype=np.float32)
    while batch := rows.fetchmany(_READ_AT_ONCE):
        part = np.frombuffer(b"".join(blob for _, blob in batch), dtype=_STORED).reshape(len(batch), -1)
        if not ids:
            matrix = np.empty((count, part.shape[1]), dtype=np.float32)
        matrix[len(ids) : len(ids) + len(batch)] = part
        ids.extend(row_id for row_id, _ in batch)
    return ids, matrix
