"""Which chunks teach a concept best. Pure; knows no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from knowledge.model import Chunk, ChunkKind, Hit, Mention
from knowledge.seeds import ROLE_WEIGHT

PROSE_PER_CONCEPT = 6
CODE_PER_CONCEPT = 4
MENTIONS_READ = 60
HIT_WEIGHT = 1.5
"""How much the first hit for the question adds, against 1 for a chunk that defines the concept."""


def strongest(mentions: Sequence[Mention], hits: Sequence[Hit]) -> list[Mention]:
    """Return the mentions worth reading chunks for: those in the hits first, then the strongest roles."""
    in_hits = {hit.chunk.id for hit in hits}
    ranked = sorted(mentions, key=lambda m: (m.chunk_id not in in_hits, -ROLE_WEIGHT[m.role], -m.count, m.chunk_id))
    return ranked[:MENTIONS_READ]


def teaching_passages(
    mentions: Iterable[Mention], chunks: Mapping[str, Chunk], hits: Sequence[Hit], *, follow_hits: bool
) -> tuple[Chunk, ...]:
    """Return the chunks that teach one concept, best first: prose up to 6, then code up to 4.

    Args:
        mentions: where the concept is mentioned.
        chunks: the mentioned chunks by id.
        hits: hits for the question, best first.
        follow_hits: whether the question is about this concept; then the hits count more than the role.
    """
    hit_rank = {hit.chunk.id: rank for rank, hit in enumerate(hits, start=1)}
    scored: list[tuple[float, int, str]] = []
    for mention in mentions:
        chunk = chunks.get(mention.chunk_id)
        if chunk is None or chunk.kind is ChunkKind.OUTPUT:
            continue
        weight = HIT_WEIGHT if follow_hits else 0.2
        from_hits = weight / hit_rank[chunk.id] ** 0.5 if chunk.id in hit_rank else 0.0
        often = min(mention.count, 5) * 0.05
        scored.append((-(ROLE_WEIGHT[mention.role] + from_hits + often), chunk.position, chunk.id))
    ordered = [chunks[chunk_id] for _, _, chunk_id in sorted(scored)]
    prose = [chunk for chunk in ordered if chunk.kind is ChunkKind.PROSE][:PROSE_PER_CONCEPT]
    code = [chunk for chunk in ordered if chunk.kind is ChunkKind.CODE][:CODE_PER_CONCEPT]
    return (*prose, *code)
