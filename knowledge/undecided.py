"""What the extractors said, kept beside what stands: a change of decisions then needs no text to be read again.

Kept only where somebody decided something: otherwise what stands is what was extracted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge import records
from knowledge.model import RelationKind
from knowledge.snapshot import ConceptSnapshot, Merge

if TYPE_CHECKING:
    from knowledge.catalog import Catalog

_FAST = 1


@dataclass(frozen=True, slots=True)
class Undecided:
    """A packed snapshot (empty: what stands is what was extracted), and what tells the decisions that were applied."""

    snapshot: bytes = b""
    decisions: str = ""


def pack(snapshot: ConceptSnapshot) -> bytes:
    """Return the snapshot as bytes that `unpack` reads; equal snapshots give equal bytes."""

    def rows(of: Callable[[Any], records.Row], values: Iterable[Any]) -> list[records.Row]:
        return [of(value) for value in values]

    parts = (
        rows(records.concept_row, snapshot.concepts),
        rows(records.relation_row, snapshot.relations),
        rows(records.mention_row, snapshot.mentions),
        rows(records.merge_row, snapshot.merges),
        rows(records.cut_edge_row, snapshot.cut),
    )
    return zlib.compress(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(), _FAST)


def unpack(packed: bytes) -> ConceptSnapshot:
    """Return the snapshot that `pack` packed."""
    concepts, relations, mentions, merges, cut = json.loads(zlib.decompress(packed))
    return _snapshot(concepts, relations, mentions, merges, cut)


def _snapshot(*parts: Sequence[Sequence[Any]]) -> ConceptSnapshot:
    concepts, relations, mentions, merges, cut = parts
    return ConceptSnapshot(
        concepts=tuple(map(records.concept_from, concepts)),
        relations=tuple(map(records.relation_from, relations)),
        mentions=tuple(records.mentions_from(mentions)),
        merges=tuple(Merge(*row) for row in merges),
        cut=tuple(map(records.cut_edge_from, cut)),
    )


def load(catalog: Catalog) -> ConceptSnapshot:
    """Return what the extractors said about the library's concepts."""
    with catalog.reading() as db:
        row = db.execute("SELECT snapshot FROM extracted").fetchone()
    return unpack(row[0]) if row else standing(catalog)


def standing(catalog: Catalog) -> ConceptSnapshot:
    """Return everything that the library holds about concepts."""
    concepts = catalog.concepts()
    ids = [concept.id for concept in concepts]
    relations = catalog.prerequisites_of(ids)
    others = [kind for kind in RelationKind if kind is not RelationKind.PREREQUISITE]
    relations += catalog.relations_of(ids, others)
    return ConceptSnapshot(
        tuple(concepts),
        tuple(relations),
        tuple(catalog.mentions_of(ids)),
        tuple(catalog.merges()),
        tuple(catalog.cut_edges()),
    )
