"""What the pages of courses and lessons stand on: the lessons of a library, what belongs to each, and the learners.

Knows a library and the state folder; refuses to know pages. Safe in several threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import unquote

from knowledge.figures import Figure
from knowledge.library import Library
from knowledge.model import Concept, MentionRole, SourceDocument
from knowledge.videos import FILE, Video
from tutor.course_outline import LessonState, Outline, lesson_state, outline
from tutor.learner import Learner, Subject
from tutor.lesson_text import Part, parts
from tutor.related_lessons import RelatedLesson, related_lessons
from tutor.video_lesson import VideoLesson, video_lesson

T = TypeVar("T")

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})
"""Media types that a page draws. An SVG is only ever the source of an `img`, where its scripts do not run."""
MEDIA = frozenset({".mp4", ".webm", ".m4v", ".mov", ".ogv"})
"""Endings of recordings that browsers play."""
MOST_SVG_BYTES = 1_000_000
_KEPT = 64
"""Lessons whose parts are kept at hand."""


class Classroom:
    """The lessons of one library and how learners stand in them."""

    def __init__(self, library: Library, state: Path) -> None:
        self._library, self._state = library, state
        catalog = library.catalog
        self._every_outline = _Kept(library, self._outlines)
        self._by_path = _Kept(library, lambda _: {(d.course_id, d.path): d for d in catalog.documents()})
        self._taught = _Kept(library, self._taught_by_all)
        self._videos = _Kept(library, lambda one: video_lesson(catalog, one))
        self._related = _Kept(library, lambda one: related_lessons(library, one, self._taught.of()))

    # --- lessons ---

    def outlines(self) -> list[Outline]:
        """Return every course with its modules and lessons, in order."""
        return self._every_outline.of()

    def lesson(self, document_id: str) -> SourceDocument | None:
        """Return a document with its text, or None where the library no longer has it."""
        return self._library.catalog.document(document_id)

    def neighbours(self, document: SourceDocument) -> tuple[SourceDocument | None, SourceDocument | None]:
        """Return the lessons before and after one in its course, None at either end."""
        lessons = self._library.catalog.documents(document.course_id)
        at = next((index for index, other in enumerate(lessons) if other.id == document.id), None)
        if at is None:
            return None, None
        return (lessons[at - 1] if at else None), (lessons[at + 1] if at + 1 < len(lessons) else None)

    def at_path(self, course_id: str, path: str) -> SourceDocument | None:
        """Return the lesson at a path of a course, or None."""
        return self._by_path.of().get((course_id, path))

    def taught(self, document_id: str) -> list[Concept]:
        """Return the concepts that a lesson defines, as the course introduces them."""
        return self._taught.of().get(document_id, [])

    def parts(self, document: SourceDocument) -> list[Part]:
        """Return what a page draws of a lesson, in order."""
        catalog = self._library.catalog
        chunks, figures = catalog.document_chunks(document.id), catalog.figures(document.id)
        return parts(document, chunks, figures, lambda figure: self.picture(figure) is not None)

    def picture(self, figure: Figure) -> tuple[str, bytes] | None:
        """Return media type and bytes of a figure: as the library keeps it, or an SVG of the course's own folder."""
        kept = self._library.catalog.figure_image(figure.id)
        found = kept or self._svg(figure)
        return found if found and found[0] in PICTURES else None

    def media_file(self, document: SourceDocument, video: Video) -> Path | None:
        """Return the recording of a talk where it is a media file in the course's own folder."""
        path = self._beside(document, video.key.partition("#")[0]) if video.provider == FILE else None
        return path if path is not None and path.suffix.lower() in MEDIA else None

    def video(self, document_id: str) -> VideoLesson | None:
        """Return the lesson that a transcript makes, or None where the document is none."""
        return self._videos.of(document_id)

    def related(self, document_id: str) -> list[RelatedLesson]:
        """Return the lessons that go with one, best first."""
        return self._related.of(document_id)

    # --- learners ---

    def states(self, name: str) -> dict[str, LessonState]:
        """Return by document id how the learner of this name stands in each lesson that teaches something."""
        learner = Learner.open(self._state, name)
        try:
            states = {state.concept.id: state for state in learner.states()}
            due = {state.concept.id for state in learner.due()}
        finally:
            learner.close()
        taught = self._taught.of().items()
        return {one: lesson_state(concepts, states, due) for one, concepts in taught if concepts}

    def known(self, name: str) -> set[str]:
        """Return the ids of the concepts that the learner of this name knows."""
        learner = Learner.open(self._state, name)
        try:
            return learner.known_ids()
        finally:
            learner.close()

    def mark(self, name: str, concepts: Sequence[Concept], *, known: bool) -> None:
        """Take the word of the learner of this name that concepts are known, or are not."""
        learner = Learner.open(self._state, name)
        try:
            for concept in concepts:
                learner.mark(Subject(concept.id, concept.name), known)
        finally:
            learner.close()

    # --- how each is made ---

    def _outlines(self, _: str) -> list[Outline]:
        catalog = self._library.catalog
        return [outline(course, catalog.documents(course.id)) for course in catalog.courses()]

    def _taught_by_all(self, _: str) -> dict[str, list[Concept]]:
        catalog = self._library.catalog
        of_chunk = {chunk.id: d.id for d in catalog.documents() for chunk in catalog.document_chunks(d.id)}
        taught: dict[str, set[str]] = {document_id: set() for document_id in of_chunk.values()}
        for mention in catalog.mentions_in(list(of_chunk)):
            if mention.role is MentionRole.DEFINES:
                taught[of_chunk[mention.chunk_id]].add(mention.concept_id)
        concepts = catalog.concepts()
        return {one: [concept for concept in concepts if concept.id in ids] for one, ids in taught.items()}

    def _svg(self, figure: Figure) -> tuple[str, bytes] | None:
        """Return a figure that stands as an SVG file in the course's folder; what leads out of it is not read."""
        document = next((d for d in self._library.catalog.documents() if d.id == figure.document_id), None)
        if document is None or not figure.reference.lower().endswith(".svg"):
            return None
        path = self._beside(document, figure.reference)
        if path is None:
            return None
        try:
            return ("image/svg+xml", path.read_bytes()) if path.stat().st_size <= MOST_SVG_BYTES else None
        except OSError:
            return None  # removed or closed since: the words for the figure are shown

    def _beside(self, document: SourceDocument, reference: str) -> Path | None:
        """Return the file that a lesson names, where it stands in the course's own folder."""
        course = next((c for c in self._library.catalog.courses() if c.id == document.course_id), None)
        if course is None or not Path(course.root).is_absolute() or "://" in reference:
            return None
        try:
            root = Path(course.root).resolve()
            path = ((root / document.path).parent / unquote(reference)).resolve()
            return path if path.is_relative_to(root) and path.is_file() else None
        except (OSError, ValueError):
            return None  # a name that no file can have


class _Kept(Generic[T]):
    """What was made from the library, made again only after it has changed."""

    def __init__(self, library: Library, make: Callable[[str], T]) -> None:
        self._library = library
        self._made = lru_cache(maxsize=_KEPT)(lambda _generation, key: make(key))

    def of(self, key: str = "") -> T:
        """Return what belongs to a key."""
        return self._made(self._library.generation, key)
