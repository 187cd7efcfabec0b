"""Links between the documents of a course, resolved from what authors write: relative, site or full addresses."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ingest.facts import DocumentFacts

_EXTENSION = re.compile(r"\.(?:mdx?|ipynb|html?|txt|rst|pdf)$", re.IGNORECASE)
_INDEX = re.compile(r"(?:^|/)(?:_?index|readme)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LessonLink:
    """A link from one document of a course to another, both as indices into the facts."""

    source: int
    position: int
    """Index of the chunk that holds the link."""
    target: int
    text: str
    quote: str


def resolve_links(facts: Sequence[DocumentFacts]) -> Iterator[LessonLink]:
    """Yield the links that lead to another document of the same course, in course order."""
    places = _Places(facts)
    for source, entry in enumerate(facts):
        for position, chunk in enumerate(entry.chunks):
            for link in chunk.links:
                target = places.find(entry, link.target)
                if target is not None and target != source:
                    yield LessonLink(source, position, target, link.text, link.quote)


class _Places:
    """Finds a document by a link's target. A folder stands for its first document in course order."""

    def __init__(self, facts: Sequence[DocumentFacts]) -> None:
        self._exact: dict[tuple[str, str], int] = {}
        self._folder: dict[tuple[str, str], int] = {}
        self._suffix: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, entry in enumerate(facts):
            stem = _stem(entry.path)
            self._exact.setdefault((entry.course_id, stem), index)
            folder = posixpath.dirname(stem)
            while folder:
                self._folder.setdefault((entry.course_id, folder), index)
                folder = posixpath.dirname(folder)

    def find(self, entry: DocumentFacts, target: str) -> int | None:
        address = urlsplit(target)
        path = unquote(address.path)
        if address.scheme or path.startswith("/"):
            return self._by_suffix(entry.course_id, [part for part in path.split("/") if part])
        if not path:
            return None
        joined = _stem(posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), path)))
        return self._lookup(entry.course_id, joined)

    def _by_suffix(self, course_id: str, parts: list[str]) -> int | None:
        """Try the path with ever more of its front cut off: "/course/chapter3/2" is chapter3/2 of this course."""
        for start in range(len(parts)):
            tail = _stem("/".join(parts[start:]))
            if len(parts) - start < 2 and start > 1:
                return None
            found = self._lookup(course_id, tail)
            if found is not None:
                return found
        return None

    def _lookup(self, course_id: str, stem: str) -> int | None:
        exact = self._exact.get((course_id, stem))
        return exact if exact is not None else self._folder.get((course_id, stem))


def _stem(path: str) -> str:
    return _INDEX.sub("", _EXTENSION.sub("", path)).strip("/")
