"""Documents taken out of a library, with all that belongs to them: text, vectors, concepts, relations, figures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.report import IngestReport, Progress
from ingest.run import started
from ingest.sources import Named
from ingest.web.snapshots import folder_for
from knowledge.embedding import Embedder
from knowledge.library import Library
from knowledge.model import SourceDocument


def remove(
    names: Sequence[str],
    library_folder: Path,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    wait_s: float = 0.0,
) -> IngestReport:
    """Remove the documents that these names stand for, and return what was done. Files of the course stay as they are.

    Args:
        names: paths, folders, addresses or titles of courses, see `sources.Named.find`.
        library_folder: of a library.
        embedder: of the library; loads its weights only if what is left names a concept otherwise than before.
        progress: called in this thread with each step.
        wait_s: how long to wait while another process writes, seconds.

    Raises:
        UnknownSource: a name stands for nothing; nothing was removed then.
        LibraryError: the library cannot be used as asked.
    """
    with Library.open(library_folder) as library:  # to make none where there is none
        _named(Named.of(library.catalog), names)
    with started(library_folder, embedder, progress, wait_s) as run:
        documents = _named(Named.of(run.library.catalog), names)
        run.remove(documents)
        standing = {course.id for course in run.library.catalog.courses()}
        for course_id in {document.course_id for document in documents} - standing:
            shutil.rmtree(folder_for(library_folder, course_id), ignore_errors=True)  # what was fetched of a site
        run.level()
        return run.finished()


def _named(named: Named, names: Sequence[str]) -> list[SourceDocument]:
    return list({document.id: document for name in names for document in named.find(name)}.values())
