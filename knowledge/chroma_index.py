"""Nearest vectors by Chroma, for libraries that have outgrown an exact scan: an index that can be made anew.

Chroma holds ids and vectors only; text stays in the catalog. What Chroma knows and the catalog does not is never
returned, and what it does not know yet is searched exactly, so an index that lags behind is never wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from knowledge.catalog import Catalog
from knowledge.errors import LibraryUnusable
from knowledge.model import stable_id
from knowledge.vectors import ExactIndex, VectorTable, best, fingerprint, unit

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from knowledge.vectors import Vector

FOLDER_NAME = "vectors"
BATCH = 1_000
MOST_GONE = 0.25
"""Share of a collection's vectors that may have gone before an embedded index is made anew."""
_EMPTY = "0:0"
_WORTH_REBUILDING = 0.25
"""Share of orphans from which a collection is made anew: Chroma keeps the space of what is deleted."""
_HNSW = {"space": "cosine", "ef_search": 200}
"""Chroma's own distance is l2 by default. The wider beam costs 0.3 ms a search and finds what 100 misses."""
_KEY = "CASE made_from WHEN '' THEN id ELSE id || '.' || made_from END"
"""A vector's name in Chroma changes with what it was made from, so levelling names levels vectors."""


class ChromaStore:
    """A Chroma database: embedded in the library's folder, or a server. Telemetry is off; opened on first use."""

    def __init__(self, library_folder: Path, url: str | None = None) -> None:
        """Take the library's folder, or the address of a Chroma server (`http://127.0.0.1:8000`)."""
        self.folder = library_folder / FOLDER_NAME
        self.name = url or "the folder"
        self._url = url
        self._client: ClientAPI | None = None
        self._stamp: tuple[int, int] | None = None

    @property
    def exists(self) -> bool:
        """Whether there may be an index; nothing is imported to tell."""
        return self._url is not None or (self.folder / "chroma.sqlite3").is_file()

    @property
    def readable(self) -> bool:
        """Whether there may be an index that Chroma would open: embedded, it wants to write even to read."""
        return self.exists and (self._url is not None or os.access(self.folder, os.W_OK))

    @property
    def embedded(self) -> bool:
        """Whether the index lies in the library's own folder."""
        return self._url is None

    def discard(self) -> None:
        """Delete the embedded index; the catalog holds all that is needed to make it anew.

        Raises:
            LibraryUnusable: the folder cannot be deleted.
        """
        self.close()
        try:
            if self.folder.exists():
                shutil.rmtree(self.folder)
        except OSError as error:
            raise LibraryUnusable(self._trouble(error)) from error
        if "chromadb" in sys.modules:
            from chromadb.api.shared_system_client import SharedSystemClient

            SharedSystemClient.clear_system_cache()  # a new client of this path would be given the deleted database

    @contextmanager
    def client(self) -> Iterator[ClientAPI]:
        """Lend the client.

        Raises:
            LibraryUnusable: Chroma cannot be reached, its files are damaged, or their disk is full.
        """
        from chromadb.errors import ChromaError, NotFoundError

        try:
            stamp = self._look()
            if self._client is None or stamp != self._stamp:  # the folder was made anew: what is open is deleted files
                self._client = self._open()
                self._stamp = self._look()
            yield self._client
        except NotFoundError:
            raise
        except (ChromaError, OSError) as error:
            raise LibraryUnusable(self._trouble(error)) from error

    def _look(self) -> tuple[int, int] | None:
        """Return what tells the embedded database from one that takes its place."""
        if self._url is not None or not self.exists:
            return None
        seen = (self.folder / "chroma.sqlite3").stat()
        return seen.st_dev, seen.st_ino

    def _trouble(self, error: Exception) -> str:
        if self._url:
            return f"The Chroma server at {self._url} failed ({error}). Start it, or leave its address out."
        return (
            f"The vector index in {self.folder} failed ({error}). Nothing is lost: make sure its disk has room, delete "
            "that folder, and ingest again, which builds it anew from the catalog."
        )

    def _open(self) -> ClientAPI:
        import chromadb
        from chromadb.config import Settings

        # Given here, these outrank a `.env` file or the environment, which Chroma's settings also read.
        quiet = Settings(anonymized_telemetry=False, chroma_otel_collection_endpoint="", chroma_otel_granularity="none")
        if self._url is None:
            return chromadb.PersistentClient(path=str(self.folder), settings=quiet)
        place = urlsplit(self._url)
        secure = place.scheme == "https"
        port = place.port or (443 if secure else 8000)
        try:
            return chromadb.HttpClient(host=place.hostname or "127.0.0.1", port=port, ssl=secure, settings=quiet)
        except ValueError as error:  # how Chroma's client says that nobody answers
            raise LibraryUnusable(self._trouble(error)) from error

    def close(self) -> None:
        """Close the client, if it was opened."""
        if self._client is not None:
            client = cast("Any", self._client)
            client.close()  # there, but missing from the declared interface
            if not self.embedded:
                _close_connections(client)
            self._client = None


def _close_connections(client: Any) -> None:
    """Close what `client` talked to its server over: Chroma's own close leaves that open, shared or not."""
    from chromadb.api.shared_system_client import SharedSystemClient

    if client._identifier not in SharedSystemClient._identifier_to_system:  # nobody else talks to this server
        client._server._session.close()


def _prefix(catalog: Catalog, table: VectorTable) -> str:
    return f"erica-{catalog.setting('library_id')}-{table}-"


def _collection_name(catalog: Catalog, table: VectorTable) -> str:
    signature = catalog.signature
    made_with = stable_id(signature.name, str(signature.dimension), signature.weights_sha256)
    return f"{_prefix(catalog, table)}{made_with}"


def indexed_key(table: VectorTable, store: ChromaStore) -> str:
    """Return the setting under which the catalog keeps what Chroma holds: `count:highest number`."""
    return f"{table} in {store.name}"


class ChromaIndex:
    """Searches a collection and, exactly, the vectors it does not hold yet. Safe in several threads."""

    def __init__(self, catalog: Catalog, table: VectorTable, store: ChromaStore) -> None:
        self._catalog = catalog
        self._table = table
        self._store = store
        self._pending = ExactIndex(catalog, table, after=self._indexed_up_to)

    def search(self, vector: Vector, limit: int) -> list[tuple[str, float]]:
        """Return the nearest; see `VectorIndex`.

        Raises:
            LibraryUnusable: Chroma fails.
        """
        if limit < 1:
            return []
        return best({**self._indexed(vector, limit), **dict(self._pending.search(vector, limit))}, limit)

    def _indexed_up_to(self) -> int:
        recorded = str(self._catalog.setting(indexed_key(self._table, self._store)) or _EMPTY)
        return int(recorded.partition(":")[2]) if self._collection_exists() else 0

    def _collection_exists(self) -> bool:
        with self._store.client() as client:
            return _find(client, _collection_name(self._catalog, self._table)) is not None

    def _indexed(self, vector: Vector, limit: int) -> dict[str, float]:
        """Return cosines by id from Chroma, asking for more while too many of its answers are orphans."""
        asked = unit(vector)
        with self._store.client() as client:
            collection = _find(client, _collection_name(self._catalog, self._table))
            if collection is None:
                return {}
            wanted = limit
            while True:
                answer = collection.query(
                    query_embeddings=asked.reshape(1, -1), n_results=wanted, include=["distances"]
                )
                keys, distances = answer["ids"][0], (answer["distances"] or [[]])[0]
                stored = self._stored(keys)
                if len(stored) >= limit or len(keys) < wanted:
                    break
                wanted *= 2
        pairs = zip(keys, distances, strict=True)
        return {stored[key]: round(1.0 - float(distance), 6) for key, distance in pairs if key in stored}

    def _stored(self, keys: Sequence[str]) -> dict[str, str]:
        """Return by Chroma's name the ids of vectors that the catalog holds: the others are orphans."""
        ids = json.dumps([key.partition(".")[0] for key in keys])
        query = f"SELECT {_KEY}, id FROM {self._table} WHERE id IN (SELECT value FROM json_each(?))"
        with self._catalog.reading() as db:
            return dict(db.execute(query, (ids,)).fetchall())


def _find(client: ClientAPI, name: str) -> Collection | None:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return None


def lags(catalog: Catalog, table: VectorTable, store: ChromaStore, behind: float = 0.0) -> bool:
    """Return whether a collection lacks or exceeds more than this share of the vectors; Chroma is not opened for it."""
    with catalog.reading() as db:
        count, highest = fingerprint(db, table)
        recorded = str(catalog.setting(indexed_key(table, store)) or _EMPTY)
        there = store.exists or f"{count}:{highest}" == _EMPTY
        return not there or _lag(db, table, recorded, count) > behind * count


def is_loose(catalog: Catalog, table: VectorTable, store: ChromaStore) -> bool:
    """Return whether so much of a collection has gone that its files, which never shrink, are better made anew."""
    held = int(str(catalog.setting(indexed_key(table, store)) or _EMPTY).partition(":")[0])
    with catalog.reading() as db:
        count, _ = fingerprint(db, table)
    return held - count > MOST_GONE * held


def level(
    catalog: Catalog,
    table: VectorTable,
    store: ChromaStore,
    record: Callable[[Mapping[str, str]], None],
) -> None:
    """Bring a collection level with the catalog: add what it lacks, delete orphans and collections of old embedders.

    May be broken off at any point and run again.

    Args:
        catalog: the system of record.
        table: which vectors.
        store: where the collection is.
        record: keeps what the collection holds among the catalog's settings.

    Raises:
        LibraryUnusable: Chroma fails.
    """
    with catalog.reading() as db:
        count, highest = fingerprint(db, table)
        contents = f"{count}:{highest}"
        stored = dict(db.execute(f"SELECT {_KEY}, number FROM {table} ORDER BY number").fetchall())
    name, prefix = _collection_name(catalog, table), _prefix(catalog, table)
    with store.client() as client:
        for other in client.list_collections():
            if other.name.startswith(prefix) and other.name != name:
                client.delete_collection(other.name)
        collection = _collection(client, name)
        held = set(collection.get(include=[])["ids"])
        if len(held - stored.keys()) > _WORTH_REBUILDING * len(held):
            record({indexed_key(table, store): _EMPTY})  # until it is made anew, nothing is taken to be in it
            client.delete_collection(name)
            collection, held = _collection(client, name), set()
        for batch in _batches(sorted(held - stored.keys())):
            collection.delete(ids=batch)
        for batch in _batches([key for key in stored if key not in held]):
            _add(catalog, table, collection, [stored[key] for key in batch])
    record({indexed_key(table, store): contents})


def _collection(client: ClientAPI, name: str) -> Collection:
    return client.get_or_create_collection(name, embedding_function=None, configuration=cast("Any", {"hnsw": _HNSW}))


def _lag(db: sqlite3.Connection, table: VectorTable, recorded: str, count: int) -> int:
    """Return how many vectors were added and how many have gone since the collection held `recorded`."""
    held, _, up_to = recorded.partition(":")
    (added,) = db.execute(f"SELECT COUNT(*) FROM {table} WHERE number > ?", (int(up_to),)).fetchone()
    gone = int(held) - (count - int(added))
    return int(added) + gone


def _add(catalog: Catalog, table: VectorTable, collection: Collection, numbers: Sequence[int]) -> None:
    import numpy as np

    wanted = set(numbers)
    query = f"SELECT number, {_KEY}, vector FROM {table} WHERE number BETWEEN ? AND ? ORDER BY number"
    with catalog.reading() as db:
        rows = [row for row in db.execute(query, (min(numbers), max(numbers))) if row[0] in wanted]
    vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4").reshape(len(rows), -1)
    collection.add(ids=[row[1] for row in rows], embeddings=vectors)


def _batches(items: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), BATCH):
        yield list(items[start : start + BATCH])
