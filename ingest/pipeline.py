"""Files in, a library brought level with them: what was asked for, what of it differs, and one run over that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from ingest.changes import Changes, Task, compare
from ingest.errors import IngestError
from ingest.preparing import cut
from ingest.rates import estimate_s
from ingest.report import Failed, IngestReport, Planned, Progress, Reading
from ingest.run import started
from ingest.selection import Selection, Source, select
from ingest.tally import Tally
from ingest.workers import ReaderProcesses
from knowledge.catalog import Catalog
from knowledge.embedding import Embedder
from knowledge.errors import LibraryNotFound
from knowledge.library import Library
from knowledge.model import Chunk

MOST_FILE_MB = 50.0


def ingest(
    paths: Sequence[Source],
    library_folder: Path,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    dry_run: bool = False,
    max_file_mb: float = MOST_FILE_MB,
    wait_s: float = 0.0,
) -> IngestReport:
    """Bring the library level with these files and folders, and return what was done.

    A file that cannot be taken is reported and the others go on. An interrupt (Ctrl-C) ends the reading; what was read
    before it is stored, and the concepts are brought level, before this returns with `interrupted`. An error that ends
    the run is raised after the event `Broken`, which holds the report of what was done.

    Args:
        paths: files, folders and fetched sites; files and pages of them that vanished leave the library.
        library_folder: where the library is or will be.
        embedder: loads its weights only if there is something new to embed.
        progress: called in this thread with each step.
        dry_run: only count what would be done; nothing is written, and at most a handful of passages is embedded, to
            tell the speed.
        max_file_mb: files past this size are failures.
        wait_s: how long to wait while another process writes, seconds.

    Raises:
        LibraryError: the library cannot be used as asked; what was stored before stays stored.
        EmbedderUnavailable: there is something to embed and no embedder.
    """
    most_bytes = int(max_file_mb * 1e6)
    if dry_run:
        return _Estimate(embedder, progress).run(paths, library_folder, most_bytes)
    with started(library_folder, embedder, progress, wait_s) as run:
        with run.tally.timed("plan"):
            selection, changes = _plan(paths, run.library.catalog, most_bytes, run.tally, run.progress)
        run.store(changes.tasks)
        if not run.tally.interrupted:
            run.remove(changes.removed)
            for scope in selection.scopes:
                run.arrange(scope)
        run.level()
        return run.finished()


def _plan(
    paths: Sequence[Source],
    catalog: Catalog | None,
    most_bytes: int,
    tally: Tally,
    progress: Callable[[Progress], None],
) -> tuple[Selection, Changes]:
    """Return what was asked for and what of it differs from the library; no library is an empty one."""
    documents = catalog.documents() if catalog else []
    selection = select(paths, catalog.courses() if catalog else [], documents)
    changes = compare(selection, documents, most_bytes=most_bytes)
    tally.notes += selection.notes
    tally.unchanged += changes.unchanged
    tally.duplicates = changes.duplicates
    for path, error in (*((error.file, error) for error in selection.errors), *changes.errors):
        _fail(tally, progress, path, error)
    size = sum(task.size_bytes for task in changes.tasks)
    progress(Planned(len(changes.tasks), len(changes.unchanged), len(changes.removed), size))
    return selection, changes


def _fail(tally: Tally, progress: Callable[[Progress], None], path: str, error: IngestError) -> None:
    failed = Failed(path, f"{error.reason}. {error.remedy}")
    tally.failed.append(failed)
    progress(failed)


class _Estimate:
    """What `ingest` would do, by reading and splitting alone."""

    def __init__(self, embedder: Embedder, progress: Callable[[Progress], None]) -> None:
        self._embedder = embedder
        self._progress = progress
        self._tally = Tally()
        self._unknown: list[Chunk] = []

    def run(self, paths: Sequence[Source], folder: Path, most_bytes: int) -> IngestReport:
        try:
            library = Library.open(folder)
        except LibraryNotFound:
            library = None
        tally = self._tally
        with library or nullcontext():
            catalog = library.catalog if library else None
            if library is not None and library.catalog.counts().documents:
                library.check_embedder(self._embedder)
            with tally.timed("plan"):
                _, changes = _plan(paths, catalog, most_bytes, tally, self._progress)
            self._read(changes.tasks, catalog)
            tally.removed += [document.path for document in changes.removed]
            stored = [task.stored or task.moved_from for task in changes.tasks]
            replaced = [*changes.removed, *(document for document in stored if document is not None)]
            gone = sum(len(catalog.document_chunks(document.id)) for document in replaced) if catalog else 0
            report = tally.report(catalog)
            seconds = estimate_s(catalog, self._embedder, tally.written, self._unknown)
            return replace(report, chunks=report.chunks - gone + tally.written, dry_run=True, estimated_s=seconds)

    def _read(self, tasks: Sequence[Task], catalog: Catalog | None) -> None:
        if not tasks:
            return
        with ReaderProcesses() as readers:
            results = readers.read((task.selected.file, task.selected.path) for task in tasks)
            for number, (task, result) in enumerate(zip(tasks, results, strict=True), start=1):
                self._progress(Reading(task.selected.path, number, len(tasks)))
                if isinstance(result.read, IngestError):
                    _fail(self._tally, self._progress, task.selected.path, result.read)
                    continue
                _, _, chunks = cut(task, result.read, result.content_hash, self._embedder.tokenizer, self._tally)
                self._tally.notes += (f"{task.selected.path}: {note}" for note in result.read.notes)
                self._tally.filed(task, result.content_hash)
                self._tally.written += len(chunks)
                known = catalog.with_vectors([chunk.id for chunk in chunks]) if catalog else set()
                if task.moved_from is None:
                    self._unknown += (chunk for chunk in chunks if chunk.id not in known)
