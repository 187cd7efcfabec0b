"""What questions read again and again, kept decoded while the library does not change. Threads may share it.

Decoding a chunk's row costs more than finding it; questions about one course read the same few hundred rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from knowledge.catalog import Catalog
from knowledge.model import Chunk, Concept, Mention, Relation

MOST_CHUNKS = 8_000
"""Chunks kept, about 2 kB each; the oldest half is forgotten past that."""
MOST_CONCEPTS = 2_000
Value = TypeVar("Value")


class _Kept(Generic[Value]):
    """Values by id, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[str, Value] = {}

    def get(self, ids: Iterable[str], load: Callable[[Sequence[str]], Mapping[str, Value]]) -> dict[str, Value]:
        """Return the values of the ids that exist, in the order of `ids`; what is not kept is loaded at once."""
        wanted = list(dict.fromkeys(ids))
        missing = [identity for identity in wanted if identity not in self._values]
        if missing:
            loaded = load(missing)
            if len(self._values) + len(loaded) > self._most:
                self._values = dict(list(self._values.items())[self._most // 2 :])
            found = {identity: self._values[identity] for identity in wanted if identity in self._values} | dict(loaded)
            self._values.update(loaded)
        else:
            found = self._values
        return {identity: found[identity] for identity in wanted if identity in found}


class RememberedCatalog:
    """Reads chunks, concepts and edges through a memory that is emptied when the library changes."""

    def __init__(self, catalog: Catalog) -> None:
        """Read from `catalog`."""
        self._catalog = catalog
        self._lock = threading.Lock()
        self._generation = -1
        self._forget()

    def _forget(self) -> None:
        self._chunks: _Kept[Chunk] = _Kept(MOST_CHUNKS)
        self._siblings: _Kept[tuple[str, ...]] = _Kept(MOST_CONCEPTS)
        self._concepts: _Kept[Concept] = _Kept(MOST_CONCEPTS)
        self._mentions: _Kept[tuple[Mention, ...]] = _Kept(MOST_CONCEPTS)
        self._mentioned: _Kept[tuple[Mention, ...]] = _Kept(MOST_CONCEPTS)
        self._needs: _Kept[tuple[Relation, ...]] = _Kept(MOST_CONCEPTS)
        self._unlocks: _Kept[tuple[Relation, ...]] = _Kept(MOST_CONCEPTS)

    def refresh(self) -> None:
        """Forget everything if the library has changed; call it once a question."""
        generation = self._catalog.generation
        with self._lock:
            if generation != self._generation:
                self._forget()
                self._generation = generation

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return the chunks with these ids, in the order of `ids`; unknown ones are left out."""
        with self._lock:
            found = self._chunks.get(ids, lambda missing: {c.id: c for c in self._catalog.chunks(missing)})
        return list(found.values())

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """Return the document's chunks in order."""

        def load(missing: Sequence[str]) -> dict[str, tuple[str, ...]]:
            return {one: tuple(chunk.id for chunk in self._catalog.document_chunks(one)) for one in missing}

        with self._lock:
            siblings = self._siblings.get([document_id], load)
        return self.chunks(siblings.get(document_id, ()))

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        """Return the concepts with these ids, in the order of `ids`; unknown ones are left out; all without ids."""
        if ids is None:
            return self._catalog.concepts()
        with self._lock:
            found = self._concepts.get(ids, lambda missing: {c.id: c for c in self._catalog.concepts(missing)})
        return list(found.values())

    def mentions_of(self, concept_ids: Sequence[str]) -> list[Mention]:
        """Return where the concepts are mentioned."""
        return self._grouped(self._mentions, concept_ids, self._catalog.mentions_of, lambda one: one.concept_id)

    def mentions_in(self, chunk_ids: Sequence[str]) -> list[Mention]:
        """Return what the chunks mention, in the order of `chunk_ids`."""
        return self._grouped(self._mentioned, chunk_ids, self._catalog.mentions_in, lambda one: one.chunk_id)

    def prerequisites_of(self, concept_ids: Sequence[str]) -> list[Relation]:
        """Return the PREREQUISITE edges whose target is among the ids."""
        return self._grouped(self._needs, concept_ids, self._catalog.prerequisites_of, lambda edge: edge.target_id)

    def unlocked_by(self, concept_ids: Sequence[str]) -> list[Relation]:
        """Return the PREREQUISITE edges whose source is among the ids."""
        return self._grouped(self._unlocks, concept_ids, self._catalog.unlocked_by, lambda edge: edge.source_id)

    def _grouped(
        self,
        kept: _Kept[tuple[Value, ...]],
        ids: Sequence[str],
        read: Callable[[Sequence[str]], Iterable[Value]],
        key: Callable[[Value], str],
    ) -> list[Value]:
        """Return what `read` gives for the ids, kept by `key`."""

        def load(missing: Sequence[str]) -> dict[str, tuple[Value, ...]]:
            groups: dict[str, list[Value]] = {identity: [] for identity in missing}
            for value in read(missing):
                groups[key(value)].append(value)
            return {identity: tuple(group) for identity, group in groups.items()}

        with self._lock:
            found = kept.get(ids, load)
        return [value for group in found.values() for value in group]
