"""Documents on their way into a library in groups: one is filled while the one before it is embedded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from ingest.preparing import Prepared
from knowledge.embedding import Embedder
from knowledge.library import LibraryWriter

if TYPE_CHECKING:
    from knowledge.vectors import Vector

EMBEDDED_TOGETHER = 512
"""Chunks that are collected over documents and embedded at once, sorted by length: short ones are not padded."""


@dataclass(frozen=True, slots=True)
class Made:
    """Vectors by key, and the seconds that the embedder took for them."""

    vectors: dict[str, Vector]
    seconds: float


@dataclass
class Group:
    """Documents whose vectors are made together; those that are stored have left."""

    documents: list[Prepared]
    made: Future[Made]
    counted: bool = False


class Groups:
    """Documents on their way: one group is filled, the one before it is embedded in a thread of its own.

    The runtimes of the embedder release the interpreter while they compute, so that reading costs hardly any time.
    """

    def __init__(
        self,
        thread: Executor,
        embedder: Embedder,
        library: LibraryWriter,
        store: Callable[[Group], None],
    ) -> None:
        self._thread, self._embedder, self._library, self._store = thread, embedder, library, store
        self._filling: list[Prepared] = []
        self._under_way: deque[Group] = deque()

    @property
    def waiting(self) -> list[Prepared]:
        """The documents that were taken and are not stored yet."""
        return [one for group in self._under_way for one in group.documents] + self._filling

    def add(self, prepared: Prepared) -> None:
        """Take one more document; a full group goes on to be embedded, and the one before it is stored."""
        self._filling.append(prepared)
        if sum(len(one.chunks) for one in self._filling) >= EMBEDDED_TOGETHER:
            self._submit()
            self._store_all_but(1)

    def finish(self) -> None:
        """Store everything that was taken. After an interrupt, it goes on where storing was interrupted."""
        self._submit()
        self._store_all_but(0)

    def _submit(self) -> None:
        if not self._filling:
            return
        moved = frozenset[str]().union(*(one.embedded for one in self._filling))
        chunks = [chunk for one in self._filling for chunk in one.chunks]
        known = moved | self._library.known_vectors([chunk.id for chunk in chunks])
        unknown = sorted((chunk for chunk in chunks if chunk.id not in known), key=lambda chunk: chunk.tokens)
        texts = {chunk.id: chunk.embedded_text for chunk in unknown}
        self._under_way.append(Group(self._filling, self._thread.submit(embed, self._embedder, texts)))
        self._filling = []

    def _store_all_but(self, most: int) -> None:
        while len(self._under_way) > most:
            self._store(self._under_way[0])
            self._under_way.popleft()


def embed(embedder: Embedder, texts: Mapping[str, str]) -> Made:
    """Return the vector of each text by its key, and the seconds that took."""
    began = perf_counter()
    made = dict(zip(texts, embedder.embed(list(texts.values())), strict=True)) if texts else {}
    return Made(made, perf_counter() - began)
