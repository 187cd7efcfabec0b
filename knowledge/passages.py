"""Which chunks teach a concept best. Pure; knows no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from knowledge.concepts import singular, words
from knowledge.model import Chunk, ChunkKind, Concept, Hit, Mention
from knowledge.seeds import ROLE_WEIGHT

PROSE_PER_CONCEPT, PROSE_ASKED = 4, 24
CODE_PER_CONCEPT = 4
MENTIONS_READ, MENTIONS_READ_ASKED = 30, 200
# What adds to a score, against 1 for a chunk that defines the concept.
HIT_WEIGHT, HIT_WEIGHT_ASKED = 0.2, 1.5
IN_ITS_LESSON, IN_ITS_SECTION = 1.2, 0.8
LEADS = 10.0
"""More than all else together."""
_FRAME = frozenset(
    "a an the what is are how does do why when introduction intro to of on in and for with overview understanding "
    "basics basic role deep dive into about definition defining concept idea explained example examples summary "
    "motivation background recap review using use part its".split()
)
"""Words of a heading that say what is done with its subject."""


def strongest(
    concept: Concept | None, mentions: Sequence[Mention], hits: Sequence[Hit], *, asked: bool
) -> list[Mention]:
    """Return the mentions worth reading chunks for: the definition, those in the hits, then the strongest roles.

    For a concept that the question is about nearly all are read: its own lesson may only use its name.
    """
    in_hits = {hit.chunk.id for hit in hits}
    defining = concept.definition.chunk_id if concept and concept.definition else ""

    def key(mention: Mention) -> tuple[bool, bool, float, int, str]:
        found = mention.chunk_id in in_hits
        return mention.chunk_id != defining, not found, -ROLE_WEIGHT[mention.role], -mention.count, mention.chunk_id

    ranked = sorted(mentions, key=key)
    return ranked[: MENTIONS_READ_ASKED if asked else MENTIONS_READ]


def teaching_passages(
    concept: Concept, mentions: Iterable[Mention], chunks: Mapping[str, Chunk], hits: Sequence[Hit], *, asked: bool
) -> tuple[Chunk, ...]:
    """Return the chunks that teach a concept, best first: prose, then code.

    The chunk that defines the concept leads. Of the others, those come first whose role is strong, whose lesson or
    section is named after the concept, and that are hits for the question.

    Args:
        concept: the concept.
        mentions: where it is mentioned.
        chunks: the mentioned chunks by id.
        hits: hits for the question, best first.
        asked: whether the question is about this concept; then hits count more, and more passages are kept.
    """
    hit_rank = {hit.chunk.id: rank for rank, hit in enumerate(hits, start=1)}
    names = {_subject(name) for name in (concept.name, *concept.aliases)}
    scored: list[tuple[float, int, str]] = []
    after: dict[tuple[str, ...], float] = {}  # many chunks stand under the same headings
    for mention in mentions:
        chunk = chunks.get(mention.chunk_id)
        if chunk is None or chunk.kind is ChunkKind.OUTPUT:
            continue
        weight = HIT_WEIGHT_ASKED if asked else HIT_WEIGHT
        from_hits = weight / hit_rank[chunk.id] ** 0.5 if chunk.id in hit_rank else 0.0
        often = min(mention.count, 5) * 0.05
        leads = LEADS if concept.definition and concept.definition.chunk_id == chunk.id else 0.0
        if chunk.heading_path not in after:
            after[chunk.heading_path] = _named_after(chunk.heading_path, names)
        score = leads + ROLE_WEIGHT[mention.role] + from_hits + often + after[chunk.heading_path]
        scored.append((-score, chunk.position, chunk.id))
    ordered = [chunks[chunk_id] for _, _, chunk_id in sorted(scored)]
    prose = [chunk for chunk in ordered if chunk.kind is ChunkKind.PROSE][: PROSE_ASKED if asked else PROSE_PER_CONCEPT]
    code = [chunk for chunk in ordered if chunk.kind is ChunkKind.CODE][:CODE_PER_CONCEPT]
    return (*prose, *code)


@lru_cache(maxsize=8_192)
def _subject(heading: str) -> str:
    """Return the words that a heading is about: "What is the attention mechanism?" is about "attention mechanism"."""
    said = [singular(word) for word in words(heading)]
    return " ".join([word for word in said if word not in _FRAME] or said)


def _named_after(heading_path: Sequence[str], names: set[str]) -> float:
    """Return a bonus for standing in a lesson, or a smaller one for a section, that is named after the concept.

    A heading that holds more than the name is less about it: "Dilated Neighborhood Attention Transformer" is the lesson
    of something else than attention.
    """
    title, *sections = (_subject(heading) for heading in heading_path or ("",))
    in_sections = max((_share(section, names) for section in sections), default=0.0)
    return max(IN_ITS_LESSON * _share(title, names), IN_ITS_SECTION * in_sections)


def _share(subject: str, names: set[str]) -> float:
    """Return in 0..1 how much of a heading's subject is the best of the names, by the square of their lengths."""
    best = max((len(name.split()) for name in names if f" {name} " in f" {subject} "), default=0)
    return (best / len(subject.split())) ** 2 if best else 0.0
