"""Shows an ingest on a terminal: a bar while it runs, a report at the end. File names and reasons are foreign text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from ingest.report import (
    Consolidating,
    Embedded,
    Failed,
    IngestReport,
    Planned,
    Progress,
    Reading,
    Stored,
    Broken,
    Levelling,
    Stopping,
)
from knowledge.wording import counted, one_line

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

SHOWN_PATHS = 20
"""Paths listed one by one before the rest is counted; failures are always listed."""


@contextmanager
def ingest_progress(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield what takes the events of an ingest and shows them on standard error.

    A bar on a terminal, a line a file otherwise, nothing if `quiet`.
    """
    if quiet:
        yield lambda _: None
        return
    if not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking for files", total=None, rate="")
        yield lambda event: _advance(bar, task, event)


def _advance(bar: Bar, task: TaskID, event: Progress) -> None:
    match event:
        case Planned(to_read=files):
            bar.update(task, total=files, description="reading")
        case Reading(path=path):
            bar.update(task, description=one_line(path)[-48:])
        case Embedded(chunks=chunks, per_s=rate):
            bar.update(task, rate=f"{chunks} chunks, {rate:.0f}/s")
        case Stored():
            bar.advance(task)
        case Failed(path=path, reason=reason):
            bar.console.print(f"failed: {one_line(path)}: {one_line(reason)}", markup=False)
            bar.advance(task)
        case Consolidating():
            bar.update(task, description="bringing concepts together")
        case Levelling() | Broken() | Stopping():
            pass
        case _:
            assert_never(event)


def _line(event: Progress) -> None:
    match event:
        case Planned(to_read=files, unchanged=unchanged, to_remove=gone):
            text = f"{files} to read, {unchanged} unchanged, {gone} to remove"
        case Stored(path=path, chunks=chunks):
            text = f"stored {path} ({counted(chunks, 'chunk')})"
        case Failed(path=path, reason=reason):
            text = f"failed {path}: {reason}"
        case _:
            return
    print(f"ingest: {one_line(text)}", file=sys.stderr, flush=True)


def report_lines(report: IngestReport, library: Path) -> Iterator[str]:
    """Yield the lines of an ingest's report: what came in, what did not and why, and what the library holds now."""
    would = "would be " if report.dry_run else ""
    for name, paths in (("added", report.added), ("updated", report.updated), ("removed", report.removed)):
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
        yield f"about {counted(report.written, 'chunk')} would be stored; nothing was changed"
        return
    if report.interrupted:
        yield "interrupted: what is listed as added is stored; run the command again for the rest"
    sizes = ", ".join(
        (counted(report.chunks, "chunk"), counted(report.concepts, "concept"), counted(report.relations, "relation"))
    )
    share = f", {report.embed_seconds / report.seconds:.0%} of it embedding" if report.seconds > 0 else ""
    yield f"The library at {library} holds {sizes} ({report.seconds:.1f} s{share})."
