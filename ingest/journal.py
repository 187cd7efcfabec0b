"""`ingest.log` in the library's folder: what each file gave or why it failed, run after run.

A log that cannot be written is no reason to stop an ingest. Names and reasons are foreign text, kept on one line.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

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
from knowledge.library_folder import LOG_NAME, OLD_LOG_NAME
from knowledge.wording import counted, one_line

MOST_BYTES = 1_000_000
"""Size from which on a log is put aside for a new one; one that was put aside is kept."""


class Journal:
    """Takes the events of one run. A context manager, for one thread."""

    def __init__(self, folder: Path) -> None:
        """Take the library's folder, which exists."""
        self._folder = folder
        self._file: TextIO | None = None
        self.trouble = ""
        """Why nothing is written any more, in words for a person; empty while all is well."""

    def __enter__(self) -> Self:
        log = self._folder / LOG_NAME
        try:
            if log.exists() and log.stat().st_size > MOST_BYTES:
                log.replace(self._folder / OLD_LOG_NAME)
            self._file = log.open("a", encoding="utf-8", errors="replace")
        except OSError as error:
            self._stop(error)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            self._write(f"ended by {kind.__name__ if kind else 'an error'}: {error}")
        if self._file is not None:
            self._file.close()

    def __call__(self, event: Progress) -> None:
        """Write down an event, if it is one to keep."""
        match event:
            case Planned(to_read=files, unchanged=unchanged, to_remove=gone):
                said = f"{files} to read, {unchanged} unchanged, {gone} to remove (process {os.getpid()})"
            case Stored():
                said = _stored(event)
            case Failed(path=path, reason=reason):
                said = f"failed {path}: {reason}"
            case Stopping(documents=documents):
                said = f"interrupted; {counted(documents, 'document')} on the way are stored first"
            case Reading() | Embedded() | Consolidating() | Levelling() | Broken():
                return
        self._write(said)

    def finished(self, report: IngestReport) -> None:
        """Write down what the run came to."""
        kinds = ("added", "updated", "unchanged", "removed", "moved", "failed")
        done = ", ".join(f"{len(getattr(report, kind))} {kind}" for kind in kinds)
        self._write(
            f"done in {report.seconds:.1f} s: {done}; the library holds {counted(report.chunks, 'chunk')}, "
            f"{counted(report.concepts, 'concept')}"
        )

    def _write(self, said: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {one_line(said)}\n")
            self._file.flush()
        except OSError as error:
            self._stop(error)

    def _stop(self, error: OSError) -> None:
        self.trouble = f"{LOG_NAME} cannot be written ({error.strerror or error})"
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.close()
            except OSError as again:  # closing writes what was left
                self.trouble = f"{LOG_NAME} cannot be written ({again.strerror or again})"


def _stored(event: Stored) -> str:
    figures = f", {counted(event.figures, 'figure')}" if event.figures else ""
    notes = "".join(f"; {note}" for note in event.notes)
    return f"stored {event.path}: {counted(event.chunks, 'chunk')}{figures}, read in {event.seconds:.2f} s{notes}"
