"""The lessons of a course by modules, in the author's order, and how a learner stands in each.

The order is the catalog's. The names of modules come from the course's own `course.toml` where that is at hand, else
from folders. Knows catalog and states; refuses to know pages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.model import Concept, Course, SourceDocument
from tutor.learner import ConceptState
from tutor.mastery import MASTERED

COURSE_FILE = "course.toml"
_MOST_BYTES = 1_000_000
_NUMBER = re.compile(r"^\d+[\s_.-]*")


@dataclass(frozen=True, slots=True)
class Module:
    """Lessons that belong together; `title` is empty where a course has no modules."""

    title: str
    lessons: tuple[SourceDocument, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A course with all of its lessons."""

    course: Course
    modules: tuple[Module, ...]


@dataclass(frozen=True, slots=True)
class LessonState:
    """How many of the concepts that a lesson introduces a learner knows, has begun with, and should be asked again."""

    taught: int
    known: int
    begun: int
    due: int

    @property
    def is_begun(self) -> bool:
        """Return whether anything was shown about what it introduces."""
        return bool(self.known or self.begun)


def outline(course: Course, documents: Iterable[SourceDocument]) -> Outline:
    """Return the outline of a course.

    Args:
        course: whose `course.toml` is read where its root is a folder here; one that cannot be read names nothing.
        documents: its documents in their order.
    """
    stated = _stated(course.root)
    of_folder: dict[str, str] = {}
    for path, title in stated.items():
        of_folder.setdefault(_folder(path), title)
    modules: dict[str, list[SourceDocument]] = {}
    for document in documents:
        folder = _folder(document.path)
        title = stated.get(document.path) or of_folder.get(folder) or _words(folder)
        modules.setdefault(title, []).append(document)
    return Outline(course, tuple(Module(title, tuple(lessons)) for title, lessons in modules.items()))


def lesson_state(
    taught: Sequence[Concept], states: Mapping[str, ConceptState], due_ids: Collection[str]
) -> LessonState:
    """Return how a learner stands in a lesson.

    Args:
        taught: the concepts that the lesson introduces.
        states: the learner's, by concept id.
        due_ids: ids of the concepts whose review is due.
    """
    mastery = [states[concept.id].mastery if concept.id in states else None for concept in taught]
    known = sum(1 for each in mastery if each is not None and each >= MASTERED)
    begun = sum(1 for each in mastery if each is not None) - known
    return LessonState(len(taught), known, begun, sum(1 for concept in taught if concept.id in due_ids))


def _stated(root: str) -> dict[str, str]:
    """Return by lesson path the module that the course's own file puts it in."""
    path = Path(root) / COURSE_FILE
    try:
        if not Path(root).is_absolute() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return {}
        told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # changed since it was ingested, when what is wrong with it was said
    found: dict[str, str] = {}
    modules = told.get("modules")
    for module in modules if isinstance(modules, list) else ():
        title, lessons = (module.get("title"), module.get("lessons")) if isinstance(module, dict) else (None, None)
        if isinstance(title, str) and isinstance(lessons, list):
            found.update({lesson: " ".join(title.split()) for lesson in lessons if isinstance(lesson, str)})
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _words(folder: str) -> str:
    """Return a folder's name as words: `03_neural-networks` is "Neural networks", `chapter1` "Chapter 1"."""
    name = _NUMBER.sub("", folder.rpartition("/")[2]) or folder.rpartition("/")[2]
    words = " ".join(re.split(r"[\s_-]+|(?<=[a-z])(?=\d)", name)).strip()
    return words[:1].upper() + words[1:]
