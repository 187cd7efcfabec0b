"""Shows an ingest on a terminal: a bar while it runs, a report at the end. File names and reasons are foreign text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from ingest.report import (
    Broken,
    Consolidating,
    Embedded,
    Failed,
    IngestReport,
    Levelling,
    Planned,
    Progress,
    Reading,
    Stopping,
    Stored,
)
from knowledge.wording import counted, one_line

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

SHOWN_PATHS = 20
"""Paths listed one by one before the rest is counted; failures are always listed."""


@contextmanager
def ingest_progress(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield what takes the events of an ingest and shows them on standard error.

    A bar on a terminal, a line a file otherwise. If `quiet`, which goes with a report as JSON, only what a person must
    hear: that an interrupt was heard. A run that an error ends has its report on standard output all the same.
    """
    if quiet:
        yield _quietly
        return
    if not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Shown(bar).take


class _Shown:
    """A bar over the bytes of the files: their number says little where one is a book and the others are notes."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("looking for files", total=None, done="")
        self._files = self._of = self._chunks = 0
        self._per_s = 0.0

    def take(self, event: Progress) -> None:
        """Show an event."""
        match event:
            case Planned(to_read=files, size_bytes=size):
                self._of = files
                self._bar.update(self._task, total=max(1, size), description="reading")
            case Reading(path=path):
                self._bar.update(self._task, description=one_line(path)[-40:])
            case Embedded(per_s=rate):
                self._per_s = rate
            case Stored(chunks=chunks, size_bytes=size):
                self._files, self._chunks = self._files + 1, self._chunks + chunks
                self._bar.advance(self._task, size)
            case Failed(path=path, reason=reason, size_bytes=size):
                self._bar.console.print(f"failed: {one_line(path)}: {one_line(reason)}", markup=False, highlight=False)
                self._files += 1
                self._bar.advance(self._task, size)
            case Stopping():
                self._bar.console.print(_stopping(event), markup=False, highlight=False)
                self._bar.update(self._task, description="stopping")
            case Consolidating():
                self._bar.update(self._task, description="bringing concepts together", total=None)
            case Levelling():
                self._bar.update(self._task, description="bringing the index level", total=None)
            case Broken(report=report):
                self._bar.stop()
                _say_broken(report)
            case _:
                assert_never(event)
        speed = f", {self._per_s:.0f}/s" if self._per_s else ""
        self._bar.update(
            self._task,
            done=f"{self._files}/{self._of} files, {counted(self._chunks, 'chunk')}{speed}" if self._of else "",
        )


def _stopping(event: Stopping) -> str:
    if not event.documents:
        return "stopping: what was read is stored"
    waiting = f"{counted(event.documents, 'document')} ({counted(event.chunks, 'chunk')})"
    return f"stopping: {waiting} that are read already are embedded and stored first; Ctrl-C again drops them"


def _quietly(event: Progress) -> None:
    if isinstance(event, Stopping):
        print(f"ingest: {_stopping(event)}", file=sys.stderr, flush=True)
    elif isinstance(event, Broken):
        print(event.report.to_json(), flush=True)


def _line(event: Progress) -> None:
    match event:
        case Planned(to_read=files, unchanged=unchanged, to_remove=gone):
            text = f"{files} to read, {unchanged} unchanged, {gone} to remove"
        case Stored(path=path, chunks=chunks):
            text = f"stored {path} ({counted(chunks, 'chunk')})"
        case Embedded(chunks=chunks, per_s=rate):
            text = f"embedded {counted(chunks, 'passage')}, {rate:.0f}/s"
        case Failed(path=path, reason=reason):
            text = f"failed {path}: {reason}"
        case Stopping():
            text = _stopping(event)
        case Broken(report=report):
            _say_broken(report)
            return
        case Reading() | Consolidating() | Levelling():
            return
        case _:
            assert_never(event)
    print(f"ingest: {one_line(text)}", file=sys.stderr, flush=True)


def _say_broken(report: IngestReport) -> None:
    """Say what stands although the run broke off; the error itself is told by who called."""
    done = [f"{len(paths)} {name}" for name, paths in _done(report) if paths]
    print(f"ingest: broken off; {', '.join(done) or 'nothing was'} stored before", file=sys.stderr, flush=True)


def _done(report: IngestReport) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("added", report.added), ("updated", report.updated), ("removed", report.removed)


def report_lines(report: IngestReport, library: Path) -> Iterator[str]:
    """Yield the lines of an ingest's report: what came in, what did not and why, and what the library holds now."""
    would = "would be " if report.dry_run else ""
    moved = tuple(f"{one.was} -> {one.path}" for one in report.moved)
    for name, paths in (*_done(report), ("moved", moved)):
        if paths:
            shown = ", ".join(map(one_line, paths[:SHOWN_PATHS]))
            more = f" and {len(paths) - SHOWN_PATHS} more" if len(paths) > SHOWN_PATHS else ""
            yield f"{would}{name} {len(paths)}: {shown}{more}"
    if report.unchanged:
        yield f"unchanged {len(report.unchanged)}"
    for duplicate in report.duplicates:
        yield f"duplicate {one_line(duplicate.path)}: the same bytes as {one_line(duplicate.of)}"
    for note in report.notes:
        yield f"note: {one_line(note)}"
    for failure in report.failed:
        yield f"failed {one_line(failure.path)}: {one_line(failure.reason)}"
    if report.dry_run:
        lasts = "" if report.estimated_s is None else f" in about {_duration(report.estimated_s)}"
        yield f"about {counted(report.written, 'chunk')} would be stored{lasts}; nothing was changed"
        return
    if report.interrupted:
        yield "interrupted: what is listed as added is stored; run the command again for the rest"
    sizes = ", ".join(
        (counted(report.chunks, "chunk"), counted(report.concepts, "concept"), counted(report.relations, "relation"))
    )
    share = f", {report.embed_seconds / report.seconds:.0%} of it embedding" if report.seconds > 0 else ""
    yield f"The library at {library} holds {sizes} ({report.seconds:.1f} s{share})."


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"
