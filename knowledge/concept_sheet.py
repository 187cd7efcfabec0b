"""All that a library knows about one concept, gathered for a person to read: words, places, edges and why.

Reads what the concept touches and nothing else; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge import records
from knowledge.catalog import Catalog
from knowledge.model import Chunk, Concept, MentionRole, Relation, RelationKind, SourceDocument, place
from knowledge.snapshot import CutEdge, Merge

NEAR_TRANSFER = tuple(kind for kind in RelationKind if kind is not RelationKind.PREREQUISITE)
_STRENGTH = {role: number for number, role in enumerate(MentionRole)}


@dataclass(frozen=True, slots=True)
class Place:
    """A passage that names the concept, and what it does for it."""

    chunk: Chunk
    document: SourceDocument
    role: MentionRole

    @property
    def words(self) -> str:
        """Title and place, as a reader would say them."""
        where = place(self.chunk.locator)
        return self.document.title if where == self.document.title else f"{self.document.title}, {where}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One concept. Edges are strongest first; `names` and `chunks` hold what they point to."""

    concept: Concept
    defined_at: Place | None
    places: tuple[Place, ...]
    """By role, strongest first, and then in course order."""
    mentions: int
    """Chunks that name it, of which `places` may be the first only."""
    needs: tuple[Relation, ...]
    unlocks: tuple[Relation, ...]
    kin: tuple[Relation, ...]
    cut: tuple[CutEdge, ...]
    merges: tuple[Merge, ...]
    names: Mapping[str, str]
    """Of the concept and of those its edges lead to, by id."""
    quoted: Mapping[str, Place]
    """By chunk id, the places that the evidence of its edges quotes."""


def sheet(catalog: Catalog, concept: Concept, most_places: int = 12) -> Sheet:
    """Return what the library knows about a concept.

    Args:
        catalog: of the library.
        concept: one of its concepts.
        most_places: places listed of each role.
    """
    needs, unlocks = catalog.prerequisites_of([concept.id]), catalog.unlocked_by([concept.id])
    kin = catalog.relations_of([concept.id], NEAR_TRANSFER)
    cut, merges = _left_out_and_merged(catalog, concept.id)
    edges = [*needs, *unlocks, *kin, *(one.relation for one in cut)]
    ends = dict.fromkeys(end for edge in edges for end in (edge.source_id, edge.target_id))
    roles, number = _roles(catalog, concept)
    quoted = dict.fromkeys(sign.quote.chunk_id for edge in edges for sign in edge.evidence if sign.quote)
    wanted = {**dict.fromkeys(roles), **quoted}
    if concept.definition is not None:
        wanted[concept.definition.chunk_id] = None
    at = _places(catalog, list(wanted), roles)
    order = {document.id: number for number, document in enumerate(catalog.documents())}
    places = sorted(
        (at[chunk_id] for chunk_id in roles if chunk_id in at),
        key=lambda one: (_STRENGTH[one.role], order[one.document.id], one.chunk.position),
    )
    return Sheet(
        concept=concept,
        defined_at=at.get(concept.definition.chunk_id) if concept.definition else None,
        places=tuple(_first_of_each(places, most_places)),
        mentions=number,
        needs=_strongest(needs),
        unlocks=_strongest(unlocks),
        kin=_strongest(kin),
        cut=tuple(cut),
        merges=tuple(merges),
        names={one.id: one.name for one in catalog.concepts([concept.id, *ends])},
        quoted={chunk_id: at[chunk_id] for chunk_id in quoted if chunk_id in at},
    )


def _left_out_and_merged(catalog: Catalog, concept_id: str) -> tuple[list[CutEdge], list[Merge]]:
    """Return the edges at the concept that were left out, and the names that were taken as its own."""
    edges = f"SELECT {records.CUT_EDGE_COLUMNS} FROM cut_edges WHERE ? IN (source_id, target_id) ORDER BY 1, 2"
    names = f"SELECT {records.MERGE_COLUMNS} FROM merges WHERE concept_id = ? ORDER BY surface, reason"
    with catalog.reading() as db:
        cut = [records.cut_edge_from(row) for row in db.execute(edges, (concept_id,))]
        return cut, [Merge(*row) for row in db.execute(names, (concept_id,))]


def _roles(catalog: Catalog, concept: Concept) -> tuple[dict[str, MentionRole], int]:
    """Return the strongest role of each chunk that names the concept, and how many chunks do."""
    roles: dict[str, MentionRole] = {}
    for mention in catalog.mentions_of([concept.id]):
        known = roles.get(mention.chunk_id)
        if known is None or _STRENGTH[mention.role] < _STRENGTH[known]:
            roles[mention.chunk_id] = mention.role
    return roles, len(roles)


def _places(catalog: Catalog, chunk_ids: Sequence[str], roles: Mapping[str, MentionRole]) -> dict[str, Place]:
    documents = {document.id: document for document in catalog.documents()}
    return {
        chunk.id: Place(chunk, documents[chunk.document_id], roles.get(chunk.id, MentionRole.USES))
        for chunk in catalog.chunks(chunk_ids)
        if chunk.document_id in documents
    }


def _first_of_each(places: Iterable[Place], most: int) -> Iterable[Place]:
    seen = dict.fromkeys(MentionRole, 0)
    for one in places:
        seen[one.role] += 1
        if seen[one.role] <= most:
            yield one


def _strongest(edges: Iterable[Relation]) -> tuple[Relation, ...]:
    return tuple(sorted(edges, key=lambda edge: (-edge.confidence, edge.kind, edge.source_id, edge.target_id)))
