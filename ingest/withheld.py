"""A library's concepts without what a measure holds them against: the authors' links, or Erica's own list of topics."""

from __future__ import annotations

from dataclasses import replace

from ingest.facts import ChunkFacts, DocumentFacts
from ingest.relations import consolidate
from ingest.run import facts_of
from knowledge.catalog import Catalog
from knowledge.snapshot import ConceptSnapshot


def without_links(facts: DocumentFacts) -> DocumentFacts:
    """Return the facts without links, and without cues from sentences that hold one."""
    return replace(facts, chunks=tuple(_unlinked(chunk) for chunk in facts.chunks))


def _unlinked(chunk: ChunkFacts) -> ChunkFacts:
    return replace(chunk, links=(), cues=tuple(cue for cue in chunk.cues if "](" not in cue.quote))


def snapshot_without_links(catalog: Catalog) -> ConceptSnapshot:
    """Return what the documents of a library say about concepts once their links are hidden."""
    return consolidate([without_links(facts) for facts in _facts(catalog)])


def snapshot_without_topics(catalog: Catalog) -> ConceptSnapshot:
    """Return what the documents of a library say about concepts, Erica's list of topics unread."""
    return consolidate(_facts(catalog), usual={})


def _facts(catalog: Catalog) -> list[DocumentFacts]:
    return [facts_of(document, stored, catalog) for document, stored in catalog.facts()]
