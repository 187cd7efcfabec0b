"""A library's concepts as they would be if its authors had set no links: for measuring, where links are the answer."""

from __future__ import annotations

from dataclasses import replace

from ingest.facts import ChunkFacts, DocumentFacts
from ingest.relations import consolidate
from knowledge.catalog import Catalog
from knowledge.model import ConceptSnapshot


def without_links(facts: DocumentFacts) -> DocumentFacts:
    """Return the facts without links, and without cues from sentences that hold one."""
    return replace(facts, chunks=tuple(_unlinked(chunk) for chunk in facts.chunks))


def _unlinked(chunk: ChunkFacts) -> ChunkFacts:
    return replace(chunk, links=(), cues=tuple(cue for cue in chunk.cues if "](" not in cue.quote))


def snapshot_without_links(catalog: Catalog) -> ConceptSnapshot:
    """Return what the documents of a library say about concepts once their links are hidden.

    Raises:
        ValueError: a document's facts are of an older format; ingest brings them up to date.
    """
    return consolidate([without_links(DocumentFacts.from_json(json)) for _, json in catalog.facts()])
