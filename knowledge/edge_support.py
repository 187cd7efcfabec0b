"""The sentence that best supports an edge: what the evidence quotes, else one that brings the two together.

Signs that rest on names or on counts quote nothing; a reader is still owed a place to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.concepts import singular, words
from knowledge.graph import ConceptGraph
from knowledge.model import ChunkKind, Concept, MentionRole, Quote, Relation, place
from knowledge.sentences import SentenceKind, sentences

_STRENGTH = {role: number for number, role in enumerate(MentionRole)}
_LONGEST = 400
"""Characters of the longest sentence that is quoted; longer ones are tables or lists that were not cut."""
_MOST_CHUNKS = 20
_QUOTABLE = (SentenceKind.PROSE, SentenceKind.ITEM)


@dataclass(frozen=True, slots=True)
class Support:
    """An edge with the names of its ends, and the words that support it with the place they stand in."""

    source: str
    target: str
    edge: Relation
    quote: Quote | None
    """None where no passage names both and neither has a definition."""
    where: str
    """Title and place, as a reader would say them; empty without a quote."""


def explanation(catalog: Catalog, seeds: Sequence[str], depth: int, budget: int) -> tuple[list[Concept], list[Support]]:
    """Return the seeds and their prerequisites in teaching order, and every edge among them with its support.

    Args:
        catalog: of the library.
        seeds: concept ids, at most `budget`.
        depth: prerequisite steps to go back.
        budget: most concepts.
    """
    graph = ConceptGraph(catalog)
    order = graph.order([item.concept_id for item in graph.expand(seeds, depth, budget).kept])
    concepts = catalog.concepts(order)
    number = {concept_id: index for index, concept_id in enumerate(order)}
    edges = [edge for edge in catalog.prerequisites_of(order) if edge.source_id in number]
    edges.sort(key=lambda edge: (number[edge.target_id], number[edge.source_id]))
    return concepts, [supported(catalog, edge) for edge in edges]


def supported(catalog: Catalog, edge: Relation) -> Support:
    """Return an edge with what supports it best."""
    ends = {concept.id: concept for concept in catalog.concepts([edge.source_id, edge.target_id])}
    source, target = ends[edge.source_id], ends[edge.target_id]
    stated = max((sign for sign in edge.evidence if sign.quote), key=lambda sign: sign.weight, default=None)
    quote = stated.quote if stated else _together(catalog, source, target) or target.definition or source.definition
    return Support(source.name, target.name, edge, quote, _where(catalog, quote) if quote else "")


def _together(catalog: Catalog, source: Concept, target: Concept) -> Quote | None:
    """Return a sentence from a passage that names both: best one with both names, then with the source's, then any."""
    of_source = {mention.chunk_id for mention in catalog.mentions_of([source.id])}
    both = [mention for mention in catalog.mentions_of([target.id]) if mention.chunk_id in of_source]
    both.sort(key=lambda mention: (_STRENGTH[mention.role], -mention.count, mention.chunk_id))
    best: tuple[int, Quote] | None = None
    for chunk in catalog.chunks([mention.chunk_id for mention in both[:_MOST_CHUNKS]]):
        if chunk.kind is not ChunkKind.PROSE:
            continue
        for sentence in sentences(chunk.text):
            text = chunk.text[sentence.start : sentence.end]
            if sentence.kind not in _QUOTABLE or len(text) > _LONGEST:
                continue
            found = 2 * _names(text, source) + _names(text, target)
            if found and (best is None or found > best[0]):
                best = found, Quote(chunk.id, text)
    return best[1] if best else None


def _names(text: str, concept: Concept) -> bool:
    """Return whether a text names a concept by any of its names, in any number."""
    said = [singular(word) for word in words(text)]
    for name in (concept.name, *concept.aliases):
        called = [singular(word) for word in words(name)]
        if called and any(said[start : start + len(called)] == called for start in range(len(said))):
            return True
    return False


def _where(catalog: Catalog, quote: Quote) -> str:
    chunk = next(iter(catalog.chunks([quote.chunk_id])), None)
    title = next((one.title for one in catalog.documents() if chunk and one.id == chunk.document_id), "")
    if chunk is None:
        return ""
    spot = place(chunk.locator)
    return title if spot == title else f"{title}, {spot}"
