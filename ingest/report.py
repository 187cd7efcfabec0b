"""What an ingest says while it runs, and what it did. Values only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

# --- while it runs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """What will be done: files to read, files that are stored as they are, documents whose file is gone."""

    to_read: int
    unchanged: int
    to_remove: int


@dataclass(frozen=True, slots=True)
class Reading:
    """File `number` of `of` is read now."""

    path: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Embedded:
    """Chunks embedded so far in this run, and how many that was in a second."""

    chunks: int
    per_s: float


@dataclass(frozen=True, slots=True)
class Stored:
    """A document is in the library for good: a crash from now on cannot lose it."""

    path: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A file could not be taken; the others go on. `reason` includes the remedy."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Consolidating:
    """Concepts of all documents are brought together."""

    documents: int


Progress = Planned | Reading | Embedded | Stored | Failed | Consolidating

# --- when it is done --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file with the same bytes as another, which stands for both."""

    path: str
    of: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest did. Paths are as below their course's root; counts are of the whole library afterwards."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    failed: tuple[Failed, ...]
    duplicates: tuple[Duplicate, ...]
    notes: tuple[str, ...]
    chunks: int
    concepts: int
    relations: int
    written: int
    """Chunks of the documents stored by this run; in a dry run, what would be stored."""
    embedded: int
    """Chunks and concepts embedded by this run."""
    seconds: float
    embed_seconds: float
    dry_run: bool = False
    interrupted: bool = False
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage: plan, read, chunk, extract, embed, store, consolidate, sync."""

    def to_json(self) -> str:
        """Return the report as one JSON object; `schema` is raised when a key changes its meaning."""
        return json.dumps(
            {
                "schema": 1,
                "added": self.added,
                "updated": self.updated,
                "unchanged": self.unchanged,
                "removed": self.removed,
                "failed": [{"path": one.path, "reason": one.reason} for one in self.failed],
                "duplicates": [{"path": one.path, "of": one.of} for one in self.duplicates],
                "notes": self.notes,
                "chunks": self.chunks,
                "concepts": self.concepts,
                "relations": self.relations,
                "written": self.written,
                "embedded": self.embedded,
                "seconds": round(self.seconds, 3),
                "embed_seconds": round(self.embed_seconds, 3),
                "dry_run": self.dry_run,
                "interrupted": self.interrupted,
                "stages": {name: round(seconds, 3) for name, seconds in self.stages.items()},
            },
            ensure_ascii=False,
        )
