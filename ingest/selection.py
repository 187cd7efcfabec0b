"""What a person asked to ingest, as files of courses, each with its place in the course's order.

Knows paths, courses and the pages that were fetched of a site; reads no file's content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.course import CoursePlan, course_id, discover
from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.readers import READERS, reader_for
from ingest.web.site import Page, Site
from knowledge.model import Course, SourceDocument


@dataclass(frozen=True, slots=True)
class Selected:
    """A file to ingest, and where it stands in its course."""

    file: Path
    course: Course
    position: int
    page: Page | None = None
    """The page of a site that the file was fetched from."""

    @property
    def path(self) -> str:
        """The path below the course's root; of a course that is one file, the file's name."""
        if self.page is not None:
            return self.page.path
        root = Path(self.course.root)
        return self.file.name if root == self.file else self.file.relative_to(root).as_posix()

    @property
    def uri(self) -> str:
        """The absolute path, or the page's URL."""
        return str(self.file) if self.page is None else self.page.url


Source = Path | Site
"""A file or folder, or what was fetched of a site."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A folder or site that was asked for: what vanished of it leaves the library, and its course takes this order."""

    course: Course
    order: tuple[str, ...]
    """What the course's documents live at (`SourceDocument.uri`), in its order."""
    folder: Path | None
    """A document below this folder that was not selected has lost its file."""
    gone: frozenset[str] = frozenset()
    """What the documents live at whose pages are no more."""

    def lost(self, document: SourceDocument) -> bool:
        """Return whether a document that was not selected has vanished from what was asked for."""
        if document.course_id != self.course.id:
            return False
        below = self.folder is not None and Path(document.uri).is_relative_to(self.folder)
        return below or document.uri in self.gone


@dataclass(frozen=True, slots=True)
class Selection:
    """All files asked for, in order."""

    files: tuple[Selected, ...]
    scopes: tuple[Scope, ...]
    errors: tuple[IngestError, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the library knows already."""

    courses: Sequence[Course]
    documents: Sequence[SourceDocument]

    def course_of(self, path: Path) -> Course | None:
        """Return the innermost stored course that the path lies in."""
        holding = [course for course in self.courses if path.is_relative_to(course.root)]
        return max(holding, key=lambda course: len(course.root), default=None)

    def free_position(self, course: Course) -> int:
        taken = [document.position for document in self.documents if document.course_id == course.id]
        return max(taken, default=-1) + 1


def select(paths: Sequence[Source], courses: Sequence[Course], documents: Sequence[SourceDocument]) -> Selection:
    """Return the files that the paths stand for. What cannot be taken is an error of the selection, not of the call.

    Args:
        paths: files, folders and fetched sites as the person named them.
        courses: the courses of the library: what lies in one of them belongs to it.
        documents: the documents of the library, which keep their places in the order.
    """
    stored = _Stored(courses, documents)
    files: dict[str, Selected] = {}
    scopes: list[Scope] = []
    errors: list[IngestError] = []
    notes: list[str] = []
    named = [source for source in paths if isinstance(source, Path)]
    for site in (source for source in paths if isinstance(source, Site)):
        files.update((page.url, Selected(page.file, site.course, at, page)) for at, page in enumerate(site.pages))
        if site.pages:
            scopes.append(Scope(site.course, tuple(page.url for page in site.pages), None, site.gone))
        errors += site.errors
        notes += (f"{site.course.title}: {note}" for note in site.notes)
    for path in dict.fromkeys(map(_real, named)):
        try:
            _named_in_unicode(path)
            if path.is_dir():
                plan = _folder(path, stored)
                scopes.append(Scope(plan.course, tuple(map(str, plan.files)), path))
                notes += (f"{plan.course.title}: {note}" for note in plan.notes)
                found = _chosen(plan, path)
            else:
                found = iter([_single(path, stored, named, len(files))])
            files.update((one.uri, one) for one in found)
        except IngestError as error:
            errors.append(error)
    return Selection(tuple(files.values()), tuple(scopes), tuple(errors), tuple(notes))


def _real(path: Path) -> Path:
    """Return the absolute path without links; unlike `Path.resolve` it bears links that lead round in a circle."""
    return Path(os.path.realpath(path.expanduser()))


def _named_in_unicode(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = str(path).encode("utf-8", "replace").decode()
        raise UnreadableSource(shown, "its name is not valid UTF-8", "Rename it.") from error


def _folder(path: Path, stored: _Stored) -> CoursePlan:
    known = stored.course_of(path)
    plan = discover(path if known is None else Path(known.root))
    if not any(file.is_relative_to(path) for file in plan.files):
        if known is not None and any(Path(file.uri).is_relative_to(path) for file in stored.documents):
            remedy = "Nothing was removed; if that is meant, ingest the folder above it."
        else:
            remedy = f"Add some of {', '.join(READERS)}."
        raise EmptySource(str(path), "there is no file in this folder that can be read", remedy)
    return plan


def _chosen(plan: CoursePlan, below: Path) -> Iterator[Selected]:
    for position, file in enumerate(plan.files):
        if file.is_relative_to(below):
            yield Selected(file, plan.course, position)


def _single(path: Path, stored: _Stored, paths: Sequence[Path], earlier: int) -> Selected:
    """Return a file that was named itself: it belongs to the stored course around it, else to the files named beside
    it, else it is a course of its own.
    """
    if not path.exists():
        raise UnreadableSource(str(path), "there is no such file or folder", "Check the path.")
    if reader_for(path) is None:
        suffix = path.suffix or "no suffix"
        raise UnreadableSource(
            str(path), f"there is no reader for this format ({suffix})", f"Formats: {', '.join(READERS)}."
        )
    known = next((document for document in stored.documents if document.uri == str(path)), None)
    course = stored.course_of(path)
    if known is not None and course is not None and known.course_id == course.id:
        return Selected(path, course, known.position)
    if course is None:
        beside = sum(_real(other).parent == path.parent for other in paths)
        root = path.parent if beside > 1 else path
        course = Course(course_id(root), str(root), root.name or str(root))
    return Selected(path, course, stored.free_position(course) + earlier)


def titled(selected: Selected, title: str) -> Selected:
    """Return the selected file with its course named after its document, where the file is the whole course."""
    if selected.page is not None or Path(selected.course.root) != selected.file:
        return selected
    return replace(selected, course=replace(selected.course, title=title))
