"""What one run over a library has done so far, and the report of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from ingest.changes import Task
from ingest.report import Duplicate, Failed, IngestReport, Moved

if TYPE_CHECKING:
    from knowledge.catalog import Catalog


@dataclass
class Tally:
    """Counts up while a run goes on."""

    started: float = field(default_factory=perf_counter)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    duplicates: tuple[Duplicate, ...] = ()
    notes: list[str] = field(default_factory=list)
    written: int = 0
    embedded: int = 0
    figures: int = 0
    interrupted: bool = False
    error: str = ""
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds of the block to a stage."""
        began = perf_counter()
        try:
            yield
        finally:
            self.spent(stage, perf_counter() - began)

    def spent(self, stage: str, seconds: float) -> None:
        """Add seconds to a stage."""
        self.stages[stage] = self.stages.get(stage, 0.0) + seconds

    def filed(self, task: Task, content_hash: str) -> None:
        """Note that a file's document is stored, read from bytes with this hash."""
        if task.moved_from is not None:
            self.moved.append(Moved(task.selected.path, task.moved_from.path))
            return
        same = task.stored is not None and task.stored.content_hash == content_hash
        kind = self.unchanged if same else self.updated if task.stored else self.added
        kind.append(task.selected.path)

    def report(self, catalog: Catalog | None) -> IngestReport:
        """Return what was done, and what the library holds now."""
        counts = catalog.counts() if catalog else None
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            moved=tuple(self.moved),
            failed=tuple(self.failed),
            duplicates=self.duplicates,
            notes=tuple(dict.fromkeys(self.notes)),
            chunks=counts.chunks if counts else 0,
            concepts=counts.concepts if counts else 0,
            relations=counts.relations if counts else 0,
            written=self.written,
            embedded=self.embedded,
            figures=self.figures,
            seconds=perf_counter() - self.started,
            embed_seconds=self.stages.get("embed", 0.0),
            interrupted=self.interrupted,
            error=self.error,
            stages=dict(self.stages),
        )
