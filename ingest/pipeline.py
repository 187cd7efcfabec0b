"""Files in, a library brought level with them: the stages in order, each document stored in one transaction.

Knows the order of the stages and what happens when one fails; how each is done is decided in its own module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from ingest.changes import Changes, Task, compare, unreadable
from ingest.chunking import split
from ingest.errors import IngestError, UnreadableSource
from ingest.extraction import extract
from ingest.facts import DocumentFacts
from ingest.groups import Group, Groups, Made, Prepared, embed
from ingest.readers import reader_for
from ingest.relations import consolidate
from ingest.report import Consolidating, Embedded, Failed, IngestReport, Planned, Progress, Reading, Stored
from ingest.selection import Scope, Selection, Source, select, titled
from knowledge.decided_library import decide, is_level
from knowledge.embedding import Embedder
from knowledge.errors import LibraryNotFound
from knowledge.library import MAY_LAG, Library, LibraryWriter
from knowledge.model import Chunk, Course, SourceDocument

if TYPE_CHECKING:
    from knowledge.catalog import Catalog

MOST_FILE_MB = 50.0
WORTH_COMPACTING = 0.25
"""Free share of the catalog from which its space is given back after files were removed."""


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
    before it is stored, and the concepts are brought level, before this returns with `interrupted`.

    Args:
        paths: files, folders and fetched sites; files and pages of them that vanished leave the library.
        library_folder: where the library is or will be.
        embedder: loads its weights only if there is something new to embed.
        progress: called in this thread with each step.
        dry_run: only count what would be done; nothing is embedded and nothing written.
        max_file_mb: files past this size are failures.
        wait_s: how long to wait while another process writes, seconds.

    Raises:
        LibraryError: the library cannot be used as asked; what was stored before stays stored.
        EmbedderUnavailable: there is something to embed and no embedder.
    """
    most_bytes = int(max_file_mb * 1e6)
    if dry_run:
        return _estimate(paths, library_folder, embedder, progress, most_bytes)
    with LibraryWriter.open(library_folder, embedder.signature, wait_s=wait_s) as library:
        return _Ingest(library, embedder, progress).run(paths, most_bytes)


@dataclass
class _Tally:
    """What has been done so far."""

    started: float = field(default_factory=perf_counter)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: int = 0
    embedded: int = 0
    interrupted: bool = False
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + perf_counter() - began

    def filed(self, task: Task) -> None:
        kind = self.unchanged if task.same_content else self.updated if task.stored else self.added
        kind.append(task.selected.path)


class _Ingest:
    """One run."""

    def __init__(self, library: LibraryWriter, embedder: Embedder, progress: Callable[[Progress], None]) -> None:
        self._library = library
        self._embedder = embedder
        self._progress = progress
        self._tally = _Tally()

    def run(self, paths: Sequence[Source], most_bytes: int) -> IngestReport:
        with self._tally.timed("plan"):
            selection, changes = _plan(paths, self._library.catalog, most_bytes, self._tally, self._progress)
        self._read_and_store(changes.tasks)
        if not self._tally.interrupted:
            self._remove(changes.removed)
            for scope in selection.scopes:
                self._arrange(scope)
        if not (self._library.concepts_are_current and is_level(self._library)):
            self._consolidate()
        with self._tally.timed("sync"):
            self._library.sync_vectors(behind=0.0 if self._tally.removed else MAY_LAG)
            if self._tally.removed:
                self._library.compact(at_least=WORTH_COMPACTING)
        return _report(self._tally, changes, self._library.catalog)

    # --- documents

    def _read_and_store(self, tasks: Sequence[Task]) -> None:
        """Read, and store what is read in groups; while one group is embedded, the next is read."""
        with ThreadPoolExecutor(1, thread_name_prefix="embedding") as thread:
            groups = Groups(thread, self._embedder, self._library, self._store)
            try:
                for number, task in enumerate(tasks, start=1):
                    self._progress(Reading(task.selected.path, number, len(tasks)))
                    prepared = _prepare(task, self._embedder, self._tally, self._progress)
                    if prepared is not None:
                        groups.add(prepared)
                groups.finish()
            except KeyboardInterrupt:
                self._tally.interrupted = True
                groups.finish()

    def _store(self, group: Group) -> None:
        """Store a group once its vectors are made, document by document; what is stored leaves the group."""
        made = group.made.result()
        if not group.counted:
            group.counted = True
            self._count(made)
        while group.documents:
            one = group.documents[0]
            with self._tally.timed("store"):
                self._library.put_document(one.course, one.document, one.chunks, one.facts, made.vectors)
            group.documents.pop(0)
            self._tally.filed(one.task)
            self._tally.written += len(one.chunks)
            self._progress(Stored(one.document.path, len(one.chunks)))

    def _count(self, made: Made) -> None:
        if not made.vectors:
            return
        self._tally.stages["embed"] = self._tally.stages.get("embed", 0.0) + made.seconds
        self._tally.embedded += len(made.vectors)
        self._progress(Embedded(self._tally.embedded, self._tally.embedded / max(1e-9, self._tally.stages["embed"])))

    def _remove(self, documents: Sequence[SourceDocument]) -> None:
        for document in documents:
            self._library.remove_document(document.id)
            self._tally.removed.append(document.path)

    def _arrange(self, scope: Scope) -> None:
        """Give the course's documents the order of its plan; what the plan does not name follows."""
        course = scope.course
        order = {uri: position for position, uri in enumerate(scope.order)}
        stored = self._library.catalog.documents(course.id)
        ordered = sorted(stored, key=lambda one: (order.get(one.uri, len(order)), one.position, one.uri))
        self._library.arrange(course, [document.id for document in ordered])

    # --- concepts

    def _consolidate(self) -> None:
        catalog = self._library.catalog
        with self._tally.timed("consolidate"):
            facts = [_facts_of(document, stored, catalog) for document, stored in catalog.facts()]
            self._progress(Consolidating(len(facts)))
            decided = decide(self._library, consolidate(facts))
            self._tally.notes += decided.notes
        snapshot = decided.snapshot
        from knowledge.vectors import concept_text

        known = self._library.known_concept_vectors(snapshot.concepts)
        fresh = {concept.id: concept_text(concept) for concept in snapshot.concepts if concept.id not in known}
        made = embed(self._embedder, dict(sorted(fresh.items(), key=lambda entry: len(entry[1]))))
        self._count(made)
        with self._tally.timed("store"):
            self._library.replace_concepts(snapshot, made.vectors, decided.undecided)


def _plan(
    paths: Sequence[Source],
    catalog: Catalog | None,
    most_bytes: int,
    tally: _Tally,
    progress: Callable[[Progress], None],
) -> tuple[Selection, Changes]:
    """Return what was asked for and what of it differs from the library; no library is an empty one."""
    documents = catalog.documents() if catalog else []
    selection = select(paths, catalog.courses() if catalog else [], documents)
    changes = compare(selection, documents, most_bytes=most_bytes)
    tally.notes += selection.notes
    tally.unchanged += changes.unchanged
    for path, error in (*((error.file, error) for error in selection.errors), *changes.errors):
        _fail(tally, progress, path, error)
    progress(Planned(len(changes.tasks), len(changes.unchanged), len(changes.removed)))
    return selection, changes


def _prepare(task: Task, embedder: Embedder, tally: _Tally, progress: Callable[[Progress], None]) -> Prepared | None:
    """Return the file as document, chunks and facts; None where it fails, which is noted."""
    try:
        course, document, chunks = _read(task, embedder, tally)
    except IngestError as error:
        _fail(tally, progress, task.selected.path, error)
        return None
    with tally.timed("extract"):
        facts = extract(document, chunks).to_json()
    return Prepared(task, course, document, chunks, facts)


def _read(task: Task, embedder: Embedder, tally: _Tally) -> tuple[Course, SourceDocument, list[Chunk]]:
    selected = task.selected
    reader = reader_for(selected.file)
    if reader is None:
        raise UnreadableSource(selected.uri, "there is no reader for this format", "Convert it to Markdown.")
    with tally.timed("read"):
        try:
            content = selected.file.read_bytes()
        except OSError as error:
            raise unreadable(selected.file, error) from error
        read = reader(content, selected.path)
    tally.notes += (f"{selected.path}: {note}" for note in read.notes)
    filed = titled(selected, read.title)
    document = SourceDocument(
        id=SourceDocument.id_for(filed.uri),
        course_id=filed.course.id,
        path=filed.path,
        uri=filed.uri,
        title=read.title,
        kind=read.kind,
        text=read.text,
        content_hash=hashlib.sha256(content).hexdigest(),  # of what was read: the file may have changed since the plan
        position=filed.position,
    )
    with tally.timed("chunk"):
        chunks = split(document, read.blocks, embedder.tokenizer)
    return filed.course, document, chunks


def _estimate(
    paths: Sequence[Source],
    folder: Path,
    embedder: Embedder,
    progress: Callable[[Progress], None],
    most_bytes: int,
) -> IngestReport:
    """Return what `ingest` would do, by reading and splitting alone."""
    tally = _Tally()
    try:
        library = Library.open(folder)
    except LibraryNotFound:
        library = None
    with library or nullcontext():
        catalog = library.catalog if library else None
        if library is not None and library.catalog.counts().documents:
            library.check_embedder(embedder)
        with tally.timed("plan"):
            _, changes = _plan(paths, catalog, most_bytes, tally, progress)
        for number, task in enumerate(changes.tasks, start=1):
            progress(Reading(task.selected.path, number, len(changes.tasks)))
            try:
                _, _, chunks = _read(task, embedder, tally)
            except IngestError as error:
                _fail(tally, progress, task.selected.path, error)
                continue
            tally.filed(task)
            tally.written += len(chunks)
        tally.removed += [document.path for document in changes.removed]
        replaced = [*changes.removed, *(task.stored for task in changes.tasks if task.stored is not None)]
        gone = sum(len(catalog.document_chunks(document.id)) for document in replaced) if catalog else 0
        report = _report(tally, changes, catalog)
        return replace(report, chunks=report.chunks - gone + tally.written, dry_run=True)


def _facts_of(document: SourceDocument, stored: str, catalog: Catalog) -> DocumentFacts:
    """Return a document's facts; those of an older version of Erica are extracted again."""
    try:
        return DocumentFacts.from_json(stored)
    except ValueError:
        whole = catalog.document(document.id)
        return extract(whole or document, catalog.document_chunks(document.id))


def _fail(tally: _Tally, progress: Callable[[Progress], None], path: str, error: IngestError) -> None:
    failed = Failed(path, f"{error.reason}. {error.remedy}")
    tally.failed.append(failed)
    progress(failed)


def _report(tally: _Tally, changes: Changes, catalog: Catalog | None) -> IngestReport:
    counts = catalog.counts() if catalog else None
    return IngestReport(
        added=tuple(tally.added),
        updated=tuple(tally.updated),
        unchanged=tuple(tally.unchanged),
        removed=tuple(tally.removed),
        failed=tuple(tally.failed),
        duplicates=changes.duplicates,
        notes=tuple(dict.fromkeys(tally.notes)),
        chunks=counts.chunks if counts else 0,
        concepts=counts.concepts if counts else 0,
        relations=counts.relations if counts else 0,
        written=tally.written,
        embedded=tally.embedded,
        seconds=perf_counter() - tally.started,
        embed_seconds=tally.stages.get("embed", 0.0),
        interrupted=tally.interrupted,
        stages=dict(tally.stages),
    )
