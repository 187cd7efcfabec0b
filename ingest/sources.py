"""Documents of a library by the names that people give them: paths, folders, addresses, titles of courses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ingest.errors import UnknownSource
from knowledge.catalog import Catalog
from knowledge.model import Course, SourceDocument

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Named:
    """Everything that a name may stand for."""

    courses: Sequence[Course]
    documents: Sequence[SourceDocument]

    @classmethod
    def of(cls, catalog: Catalog) -> Named:
        """Return the names of a library."""
        return cls(catalog.courses(), catalog.documents())

    def find(self, name: str) -> list[SourceDocument]:
        """Return the documents that a name stands for, in course order.

        A name is the path of a file or folder, a path below a course's root, an address, or a course's title; the
        first of these that anything answers to counts.

        Raises:
            UnknownSource: nothing answers to it; the error names the nearest names.
        """
        for found in self._readings(name):
            if found:
                return found
        near = get_close_matches(name, sorted(self._all()), _NEAREST, cutoff=0.4)
        known = f"Nearest: {', '.join(near)}." if near else "See what there is: erica sources."
        raise UnknownSource(name, "nothing of this name is in the library", known)

    def _readings(self, name: str) -> Iterator[list[SourceDocument]]:
        real = os.path.realpath(os.path.expanduser(name)) if name else name
        yield [one for one in self.documents if one.uri in (name, real)]
        roots = {course.id for course in self.courses if course.root.rstrip("/") in (name.rstrip("/"), real)}
        yield self._of(roots)
        yield [one for one in self.documents if os.path.isabs(one.uri) and Path(one.uri).is_relative_to(real)]
        if "://" in name:
            yield [one for one in self.documents if one.uri.startswith(f"{name.rstrip('/')}/")]
        yield [one for one in self.documents if one.path == name.removeprefix("./")]
        titled = {course.id for course in self.courses if course.title.casefold() == name.strip().casefold()}
        yield self._of(titled)

    def _of(self, courses: set[str]) -> list[SourceDocument]:
        return [one for one in self.documents if one.course_id in courses]

    def _all(self) -> Iterator[str]:
        yield from (course.title for course in self.courses)
        yield from (course.root for course in self.courses)
        yield from (document.path for document in self.documents)
