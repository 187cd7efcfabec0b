"""The chunks and lessons that answer a question, best first: by meaning, by words, and by what teaches its concepts.

Knows how the three signs are weighed; refuses to know which concepts a question names (`retriever`) and how vectors
and words are searched (`vectors`, `lexical`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.fusion import convex_combination, summed_best
from knowledge.model import Chunk, Hit, MentionRole
from knowledge.seeds import ROLE_WEIGHT, NamedConcept

if TYPE_CHECKING:
    from knowledge.embedding import Vectors
    from knowledge.library import Library
    from knowledge.remembered import RememberedCatalog

CANDIDATES = 200
"""Length of each list before fusion: a chunk far down in one list still adds to what the other says."""
SHOWN = 50
"""Hits kept of the fused list."""
TEACHING_ROLES = (MentionRole.DEFINES, MentionRole.EXPLAINS)


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """What each sign counts; how they were chosen stands in `benchmarks/README.md`, section Retrieval."""

    meaning: float = 0.4
    words: float = 0.6
    taught: float = 0.1
    """For chunks that teach a concept which the question names."""


class Ranking:
    """Ranks what a library holds. Safe to use from several threads."""

    def __init__(self, library: Library, kept: RememberedCatalog, weights: RankingWeights | None = None) -> None:
        """Read chunks through the memory `kept`, which its owner refreshes."""
        self._library = library
        self._kept = kept
        self._weights = weights or RankingWeights()

    def hits(self, asked: str, vector: Vectors | None, named: Sequence[NamedConcept]) -> list[Hit]:
        """Return the best chunks.

        Args:
            asked: the question.
            vector: the question's embedding, shape (dimension,); None ranks by words alone.
            named: the concepts that the question names.
        """
        lists = self._lists(asked, vector, named)
        dense, lexical = lists[0], lists[1]
        dense_rank = {chunk_id: rank for rank, chunk_id in enumerate(dense, start=1)}
        lexical_rank = {chunk_id: rank for rank, chunk_id in enumerate(lexical, start=1)}
        fused = dict(self._fused(lists)[:SHOWN])
        return [
            Hit(
                chunk=chunk,
                score=fused[chunk.id],
                cosine=dense.get(chunk.id),
                dense_rank=dense_rank.get(chunk.id),
                bm25=lexical.get(chunk.id),
                lexical_rank=lexical_rank.get(chunk.id),
            )
            for chunk in self._kept.chunks(list(fused))
        ]

    def lessons(self, asked: str, vector: Vectors | None, named: Sequence[NamedConcept]) -> list[tuple[str, float]]:
        """Return document ids with their score, best first: a lesson counts by its best three chunks."""
        fused = self._fused(self._lists(asked, vector, named))
        chunks: dict[str, Chunk] = {chunk.id: chunk for chunk in self._kept.chunks([found for found, _ in fused])}
        return summed_best((chunks[found].document_id, score) for found, score in fused if found in chunks)

    def _lists(
        self, asked: str, vector: Vectors | None, named: Sequence[NamedConcept]
    ) -> tuple[Mapping[str, float], Mapping[str, float], Mapping[str, float]]:
        """Return by meaning, by words and by what is taught: chunk ids with their scores, best first."""
        dense = [] if vector is None else self._library.chunk_vectors().search(vector, CANDIDATES)
        lexical = self._library.catalog.lexical_search(asked, CANDIDATES)
        return dict(dense), dict(lexical), self._taught(named)

    def _fused(self, lists: Sequence[Mapping[str, float]]) -> list[tuple[str, float]]:
        weights = self._weights
        return convex_combination(lists, (weights.meaning, weights.words, weights.taught))

    def _taught(self, named: Sequence[NamedConcept]) -> dict[str, float]:
        """Return the chunks that teach what the question names, the most specific concept and strongest role first."""
        rank = {entry.concept_id: -entry.specificity for entry in named}
        teaching = [mention for mention in self._kept.mentions_of(list(rank)) if mention.role in TEACHING_ROLES]
        teaching.sort(key=lambda m: (rank[m.concept_id], -ROLE_WEIGHT[m.role], -m.count, m.chunk_id))
        ids = dict.fromkeys(mention.chunk_id for mention in teaching)
        return {chunk_id: place**-0.5 for place, chunk_id in enumerate(list(ids)[:CANDIDATES], start=1)}
