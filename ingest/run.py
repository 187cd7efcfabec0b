"""One run over a library: files read, stored document by document, removed, ordered, and concepts brought level.

Knows the order of the stages and what happens when one fails; which files it is about is decided by its caller
(`pipeline`, `removal`, `rebuilding`), and how each stage is done in its own module.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import Task
from ingest.course_videos import stated_videos
from ingest.errors import IngestError
from ingest.extraction import extract
from ingest.facts import DocumentFacts
from ingest.groups import Group, Groups, Made, embed
from ingest.journal import Journal
from ingest.preparing import prepare
from ingest.rates import rates_of
from ingest.relations import consolidate
from ingest.report import Broken, Consolidating, Embedded, Failed, IngestReport, Levelling, Progress, Reading, Stopping
from ingest.report import Stored as StoredEvent
from ingest.selection import Scope
from ingest.tally import Tally
from ingest.workers import FileRead, ReaderProcesses
from knowledge.decided_library import decide, is_level
from knowledge.embedding import Embedder
from knowledge.errors import KnowledgeError, LibraryError, LibraryUnusable
from knowledge.library import MAY_LAG, LibraryWriter
from knowledge.model import SourceDocument
from knowledge.videos import PlacedVideo

if TYPE_CHECKING:
    from knowledge.catalog import Catalog

WORTH_COMPACTING = 0.1
"""Free share of the catalog from which its space is given back after files were removed."""


class Run:
    """Brings a library level. Each document is one transaction; concepts are another, at the end."""

    def __init__(
        self, library: LibraryWriter, embedder: Embedder, journal: Journal, progress: Callable[[Progress], None]
    ) -> None:
        self.tally = Tally()
        self.library = library
        self._embedder = embedder
        self._journal = journal
        self._progress = progress

    def progress(self, event: Progress) -> None:
        """Tell an event to whoever watches, and to the log."""
        self._journal(event)
        self._progress(event)

    # --- documents

    def store(self, tasks: Sequence[Task]) -> None:
        """Read the files and store them in groups; while one group is embedded, the next is read.

        An interrupt (Ctrl-C) ends the reading; what was read is stored. A second one is raised.
        """
        if not tasks:
            return
        with (
            ReaderProcesses() as readers,
            ThreadPoolExecutor(1, thread_name_prefix="embedding") as thread,
        ):
            groups = Groups(thread, self._embedder, self.library, self._store)
            try:
                readers.start()
                results = readers.read((task.selected.file, task.selected.path) for task in tasks)
                for number, task in enumerate(tasks, start=1):
                    self.progress(Reading(task.selected.path, number, len(tasks)))
                    with self.tally.timed("read"):
                        result = next(results)
                    self._take(task, result, groups)
                groups.finish()
            except KeyboardInterrupt:
                self.tally.interrupted = True
                waiting = groups.waiting
                self.progress(Stopping(len(waiting), sum(len(one.chunks) for one in waiting)))
                readers.close()
                groups.finish()

    def _take(self, task: Task, result: FileRead, groups: Groups) -> None:
        if isinstance(result.read, IngestError):
            self.fail(task.selected.path, result.read, task.size_bytes)
            return
        prepared = prepare(task, result.read, result, self.library, self._embedder.tokenizer, self.tally)
        self.tally.notes += (f"{task.selected.path}: {note}" for note in prepared.notes)
        groups.add(prepared)

    def fail(self, path: str, error: IngestError, size_bytes: int = 0) -> None:
        """Note that a file could not be taken."""
        failed = Failed(path, f"{error.reason}. {error.remedy}", size_bytes)
        self.tally.failed.append(failed)
        self.progress(failed)

    def _store(self, group: Group) -> None:
        """Store a group once its vectors are made, document by document; what is stored leaves the group."""
        made = group.made.result()
        if not group.counted:
            group.counted = True
            self._count(made)
        while group.documents:
            one = group.documents[0]
            with self.tally.timed("store"):
                self.library.put_document(one.course, one.document, one.chunks, one.facts, made.vectors, one.attached)
            group.documents.pop(0)
            self.tally.filed(one.task, one.document.content_hash)
            self.tally.written += len(one.chunks)
            self.tally.figures += len(one.attached.figures)
            self.progress(
                StoredEvent(
                    one.document.path,
                    len(one.chunks),
                    len(one.attached.figures),
                    one.seconds,
                    one.task.size_bytes,
                    one.notes,
                )
            )

    def _count(self, made: Made) -> None:
        if not made.vectors:
            return
        self.tally.spent("embed", made.seconds)
        self.tally.embedded += len(made.vectors)
        rate = self.tally.embedded / max(1e-9, self.tally.stages["embed"])
        self.progress(Embedded(self.tally.embedded, rate))

    def remove(self, documents: Sequence[SourceDocument]) -> None:
        """Remove documents with all that belongs to them."""
        with self.tally.timed("store"):
            for document in documents:
                self.library.remove_document(document.id)
                self.tally.removed.append(document.path)

    def arrange(self, scope: Scope) -> None:
        """Give the course's documents the order of its plan, what it does not name last, and the videos it states."""
        course = scope.course
        order = {uri: position for position, uri in enumerate(scope.order)}
        stored = self.library.catalog.documents(course.id)
        ordered = sorted(stored, key=lambda one: (order.get(one.uri, len(order)), one.position, one.uri))
        self.library.arrange(course, [document.id for document in ordered])
        if scope.folder is not None:
            videos, notes = stated_videos(Path(course.root))
            self.tally.notes += notes
            placed = [PlacedVideo(one.id, videos[one.uri], 0) for one in ordered if one.uri in videos]
            self.library.state_videos(course.id, placed)

    # --- the whole

    def extract_again(self, documents: Sequence[SourceDocument]) -> None:
        """Find the facts of documents again in the text that the library keeps."""
        catalog = self.library.catalog
        for document in documents:
            whole = catalog.document(document.id)
            if whole is not None:
                with self.tally.timed("extract"):
                    facts = extract(whole, catalog.document_chunks(document.id)).to_json()
                with self.tally.timed("store"):
                    self.library.replace_facts(document.id, facts)

    def level(self, *, anew: bool = False) -> None:
        """Bring concepts, vector index and disk level with the documents; does nothing where they are.

        Args:
            anew: consolidate the concepts even if nothing has changed.
        """
        if anew or not (self.library.concepts_are_current and is_level(self.library)):
            self._consolidate()
        self.progress(Levelling())
        with self.tally.timed("sync"):
            self.library.sync_vectors(behind=0.0 if self.tally.removed else MAY_LAG)
            if self.tally.removed or anew:
                self._compact()
        rates = rates_of(self.tally)
        if rates:
            self.library.note(rates)

    def _compact(self) -> None:
        try:
            self.library.compact(at_least=WORTH_COMPACTING)
        except LibraryUnusable as error:
            self.tally.notes.append(f"the space of what was removed is not given back yet: {error}")

    def _consolidate(self) -> None:
        from knowledge.vectors import concept_text

        catalog = self.library.catalog
        with self.tally.timed("consolidate"), _uncollected():
            facts = [facts_of(document, stored, catalog) for document, stored in catalog.facts()]
            self.progress(Consolidating(len(facts)))
            decided = decide(self.library, consolidate(facts))
            self.tally.notes += decided.notes
        snapshot = decided.snapshot
        known = self.library.known_concept_vectors(snapshot.concepts)
        fresh = {concept.id: concept_text(concept) for concept in snapshot.concepts if concept.id not in known}
        made = embed(self._embedder, dict(sorted(fresh.items(), key=lambda entry: len(entry[1]))))
        self._count(made)
        with self.tally.timed("store"):
            self.library.replace_concepts(snapshot, made.vectors, decided.undecided)

    def report(self) -> IngestReport:
        """Return what was done, and what the library holds now."""
        return self.tally.report(self.library.catalog)

    def broken(self, error: KnowledgeError) -> None:
        """Report what was done before an error that ends the run."""
        self.tally.error = str(error)
        self._note_repairs()
        try:
            report = self.report()
        except LibraryError:  # what cannot be counted any more
            report = self.tally.report(None)
        self.progress(Broken(report))

    def _note_repairs(self) -> None:
        self.tally.notes += [*self.library.repairs, *filter(None, [self._journal.trouble])]

    def finished(self) -> IngestReport:
        """Return the report of a run that came to its end, and write it to the log."""
        self._note_repairs()
        report = self.report()
        self._journal.finished(report)
        return report


@contextmanager
def started(folder: Path, embedder: Embedder, progress: Callable[[Progress], None], wait_s: float) -> Iterator[Run]:
    """Lend a run over the library in this folder, which is made where there is none.

    Args:
        folder: where the library is or will be.
        embedder: what makes its vectors.
        progress: is told each step; `Broken` before an error ends the run.
        wait_s: how long to wait while another process writes, seconds.

    Raises:
        LibraryError: the library cannot be used as asked.
    """
    with LibraryWriter.open(folder, embedder.signature, wait_s=wait_s) as library, Journal(folder) as journal:
        run = Run(library, embedder, journal, progress)
        try:
            yield run
        except KnowledgeError as error:
            run.broken(error)
            raise


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile: facts hold none, and looking takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def facts_of(document: SourceDocument, stored: str, catalog: Catalog) -> DocumentFacts:
    """Return a document's facts; those of an older version of Erica are extracted again."""
    try:
        return DocumentFacts.from_json(stored)
    except ValueError:
        whole = catalog.document(document.id)
        return extract(whole or document, catalog.document_chunks(document.id))
