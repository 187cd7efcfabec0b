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
    size_bytes: int = 0
    """Of the files to read."""


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
    figures: int = 0
    seconds: float = 0.0
    """That its reader took; embedding and storing are done for many documents together."""
    size_bytes: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A file could not be taken; the others go on. `reason` includes the remedy."""

    path: str
    reason: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Stopping:
    """A person interrupted; this many documents are read already, and are embedded and stored before the end."""

    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Broken:
    """An error ends the run and is raised next; the report says what was done before it."""

    report: IngestReport


@dataclass(frozen=True, slots=True)
class Consolidating:
    """Concepts of all documents are brought together."""

    documents: int


@dataclass(frozen=True, slots=True)
class Levelling:
    """The vector index is brought level with the catalog."""


Progress = Planned | Reading | Embedded | Stored | Failed | Stopping | Consolidating | Levelling | Broken

# --- when it is done --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file with the same bytes as another, which stands for both."""

    path: str
    of: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A file with the bytes of one that is gone: the document keeps its vectors, and citations of it lead here."""

    path: str
    was: str


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
    """Seconds by stage: plan, read (waiting for readers), chunk, extract, embed, store, consolidate, sync."""
    moved: tuple[Moved, ...] = ()
    figures: int = 0
    """Figures of the documents stored by this run."""
    estimated_s: float | None = None
    """In a dry run, about how long the run would take; None where nothing tells."""
    error: str = ""
    """What ended the run before its end, remedy included."""

    def to_json(self) -> str:
        """Return the report as one JSON object; `schema` is raised when a key changes its meaning."""
        return json.dumps(
            {
                "schema": 1,
                "added": self.added,
                "updated": self.updated,
                "unchanged": self.unchanged,
                "removed": self.removed,
                "moved": [{"path": one.path, "was": one.was} for one in self.moved],
                "failed": [{"path": one.path, "reason": one.reason} for one in self.failed],
                "duplicates": [{"path": one.path, "of": one.of} for one in self.duplicates],
                "notes": self.notes,
                "chunks": self.chunks,
                "concepts": self.concepts,
                "relations": self.relations,
                "written": self.written,
                "embedded": self.embedded,
                "figures": self.figures,
                "seconds": round(self.seconds, 3),
                "embed_seconds": round(self.embed_seconds, 3),
                "dry_run": self.dry_run,
                "estimated_s": None if self.estimated_s is None else round(self.estimated_s, 1),
                "interrupted": self.interrupted,
                "error": self.error,
                "stages": {name: round(seconds, 3) for name, seconds in self.stages.items()},
            },
            ensure_ascii=False,
        )
