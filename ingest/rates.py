"""How fast a library was ingested last, kept in it, and about how long the next ingest will take."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from ingest.tally import Tally
from knowledge.catalog import Catalog
from knowledge.embedding import Embedder
from knowledge.errors import EmbedderUnavailable
from knowledge.model import Chunk

LEAST_MEASURED = 100
"""Chunks from which on a run says something about speed."""
_EMBED_KEY = "microseconds to embed a chunk"
_OTHER_KEY = "microseconds for all else of a chunk"
_SAMPLE = 48


def rates_of(tally: Tally) -> dict[str, int]:
    """Return the settings that keep how fast a run was; none where it was too short to tell."""
    if min(tally.embedded, tally.written) < LEAST_MEASURED:
        return {}
    embed_s = tally.stages.get("embed", 0.0)
    other_s = max(0.0, perf_counter() - tally.started - embed_s)
    return {
        _EMBED_KEY: round(1e6 * embed_s / tally.embedded),
        _OTHER_KEY: round(1e6 * other_s / tally.written),
    }


def estimate_s(catalog: Catalog | None, embedder: Embedder, chunks: int, unknown: Sequence[Chunk]) -> float | None:
    """Return about how many seconds an ingest will take: at the speed of the last one, or of a short trial.

    Args:
        catalog: of the library, if there is one.
        embedder: asked for a trial where many chunks are to be embedded and no earlier run tells the speed.
        chunks: how many will be stored.
        unknown: those that have no vector yet.
    """
    kept = [catalog.setting(key) if catalog else None for key in (_EMBED_KEY, _OTHER_KEY)]
    if kept[0] is not None and kept[1] is not None:
        return (int(kept[0]) * len(unknown) + int(kept[1]) * chunks) / 1e6
    if len(unknown) < LEAST_MEASURED:
        return None
    middle = sorted(unknown, key=lambda chunk: chunk.tokens)[len(unknown) // 2 :][:_SAMPLE]
    texts = [chunk.embedded_text for chunk in middle]
    try:
        embedder.embed(texts[:2])  # loads the weights
        began = perf_counter()
        embedder.embed(texts)
    except EmbedderUnavailable:
        return None
    return (perf_counter() - began) / len(texts) * len(unknown)
