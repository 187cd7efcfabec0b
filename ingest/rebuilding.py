"""A library made anew from its sources, as far as they are there: chunks, facts, concepts and both indexes.

Vectors of passages whose words are the same are kept, so that this costs reading and not embedding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.changes import Task
from ingest.report import IngestReport, Planned, Progress
from ingest.run import Run, started
from ingest.selection import Selected
from ingest.web.crawl import kept_site
from knowledge.embedding import Embedder
from knowledge.library import Library
from knowledge.model import SourceDocument
from knowledge.wording import counted


def rebuild(
    library_folder: Path,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    wait_s: float = 0.0,
) -> IngestReport:
    """Make chunks, facts, concepts and indexes anew, and return what was done.

    Files that are still there are read again; where a file is gone, the facts are found again in the text that the
    library keeps, and its chunks stay as they are.

    Args:
        library_folder: of a library.
        embedder: of the library; loads its weights only if passages came out otherwise than before.
        progress: called in this thread with each step.
        wait_s: how long to wait while another process writes, seconds.

    Raises:
        LibraryError: the library cannot be used as asked.
        EmbedderUnavailable: there is something to embed and no embedder.
    """
    Library.open(library_folder).close()  # to make none where there is none
    with started(library_folder, embedder, progress, wait_s) as run:
        documents = run.library.catalog.documents()
        tasks = _tasks(run, documents)
        read_again = {task.selected.uri for task in tasks}
        gone = [document for document in documents if document.uri not in read_again]
        progress(Planned(len(tasks), len(gone), 0, sum(task.size_bytes for task in tasks)))
        run.store(tasks)
        run.extract_again(gone)
        run.library.rebuild_words()
        run.library.discard_index()
        run.level(anew=True)
        files, texts = counted(len(tasks), "file"), counted(len(gone), "document")
        run.tally.notes.append(f"read again: {files}; from the library's own text: {texts}")
        run.tally.notes.append("words, concepts and the vector index were made anew")
        return run.finished()


def _tasks(run: Run, documents: Sequence[SourceDocument]) -> list[Task]:
    """Return the documents whose files, or whose pages as they were fetched, are still there."""
    courses = {course.id: course for course in run.library.catalog.courses()}
    sites = [site for course in courses.values() if (site := kept_site(course.root, run.library.folder)) is not None]
    pages = {page.url: page for site in sites for page in site.pages}
    tasks = []
    for one in documents:
        page = pages.get(one.uri)
        file = Path(one.uri) if page is None else page.file
        if file.is_absolute() and file.is_file():
            selected = Selected(file, courses[one.course_id], one.position, page)
            tasks.append(Task(selected, one.content_hash, one, file.stat().st_size))
    return tasks
