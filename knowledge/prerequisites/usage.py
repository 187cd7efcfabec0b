"""Where a name stands in a library: the chunks that name it, teach it and define it, and how early in each course.

Knows concepts by their mentions and every other name by a search for its words. Refuses to compare names (`signals`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

from knowledge.catalog import Catalog
from knowledge.model import MentionRole, SourceDocument
from knowledge.prerequisites.author_order import is_authors_order

_WORD = re.compile(r"[^\W_]+")
_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_SAYS_WHAT = ("is a", "is an", "is the", "are", "refers to", "means", "consists of")
"""Words after a name that open a definition of it."""
TEACHING = (MentionRole.DEFINES, MentionRole.EXPLAINS)
WITHIN_LESSON = 0.02
"""Lessons that a chunk counts for in the order of first places."""


@dataclass(frozen=True)
class Usage:
    """Where one name stands. Chunks and documents are numbers of this library."""

    name: str
    concept_ids: tuple[str, ...]
    chunks: frozenset[int]
    teaching: frozenset[int]
    """Chunks that define or explain it, or whose headings name it."""
    defining: frozenset[int]
    documents: frozenset[int]
    first: Mapping[str, float]
    """By course, where it is first named, in lessons from the start; not for courses whose files nobody ordered."""
    words: tuple[str, ...]
    """Its words in lower case."""
    rarity: float | None
    """Mean over its words of how few chunks hold them, in nats; None where no chunk holds one of them."""

    @property
    def known(self) -> bool:
        """Whether the library names it at all."""
        return bool(self.chunks)

    @property
    def taught(self) -> bool:
        """Whether it is a concept that some passage defines or explains; other names stand here in passing."""
        return bool(self.concept_ids and self.teaching)


class Usages:
    """Reads usages from one library; names that were read are kept."""

    def __init__(self, catalog: Catalog) -> None:
        """Read from `catalog`; nothing is read yet."""
        self._catalog = catalog
        self._kept: dict[str, Usage] = {}
        self._word_chunks: dict[str, int] = {}

    def of(self, name: str) -> Usage:
        """Return where the name stands; a name of nothing known has no chunks."""
        if name not in self._kept:
            self._kept[name] = self._read(name)
        return self._kept[name]

    @cached_property
    def places(self) -> Mapping[int, tuple[int, int]]:
        """Document number and position of each chunk, by chunk number."""
        order = {document.id: number for number, document in enumerate(self._documents)}
        with self._catalog.reading() as db:
            rows = db.execute("SELECT number, document_id, position FROM chunks").fetchall()
        return {number: (order[document_id], position) for number, document_id, position in rows}

    @cached_property
    def _documents(self) -> list[SourceDocument]:
        return self._catalog.documents()

    @cached_property
    def _lessons(self) -> list[tuple[str, int]]:
        """Course and place in it, by document number."""
        count: dict[str, int] = {}
        found = []
        for document in self._documents:
            found.append((document.course_id, count.get(document.course_id, 0)))
            count[document.course_id] = found[-1][1] + 1
        return found

    @cached_property
    def _ordered(self) -> frozenset[str]:
        paths: dict[str, list[str]] = {}
        for document in self._documents:
            paths.setdefault(document.course_id, []).append(document.path)
        return frozenset(course for course, found in paths.items() if is_authors_order(found))

    def _read(self, name: str) -> Usage:
        ids = tuple(concept_id for _, concept_id in self._catalog.concepts_named([name]))
        words = tuple(word.casefold() for word in _WORD.findall(_PARENTHESIS.sub("", name) or name))
        chunks, teaching, defining = self._mentioned(ids) if ids else self._searched(words)
        first: dict[str, float] = {}
        for number in chunks:
            document, position = self.places[number]
            course, lesson = self._lessons[document]
            if course not in self._ordered:
                continue
            first[course] = min(first.get(course, float("inf")), lesson + WITHIN_LESSON * position)
        return Usage(
            name=name,
            concept_ids=ids,
            chunks=chunks,
            teaching=teaching,
            defining=defining,
            documents=frozenset(self.places[number][0] for number in chunks),
            first=first,
            words=words,
            rarity=self._rarity(words),
        )

    def _mentioned(self, ids: Sequence[str]) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        query = (
            "SELECT number, role FROM mentions JOIN chunks ON chunks.id = chunk_id "
            f"WHERE concept_id IN ({', '.join('?' * len(ids))})"
        )
        with self._catalog.reading() as db:
            rows = [(number, MentionRole(role)) for number, role in db.execute(query, tuple(ids))]
        return (
            frozenset(number for number, _ in rows),
            frozenset(number for number, role in rows if role in TEACHING),
            frozenset(number for number, role in rows if role is MentionRole.DEFINES),
        )

    def _searched(self, words: Sequence[str]) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        """Look the words up as one phrase: in the text, in headings, and before "is a" and its like."""
        if not words:
            return frozenset(), frozenset(), frozenset()
        phrase = " ".join(words)
        chunks = self._matching(f'{{title headings text}} : "{phrase}"')
        headed = self._matching(f'{{title headings}} : "{phrase}"') if chunks else frozenset()
        defined = " OR ".join(f'"{phrase} {verb}"' for verb in _SAYS_WHAT)
        defining = self._matching(f"text : ({defined})") if chunks else frozenset()
        return chunks, headed | defining, defining

    def _matching(self, expression: str) -> frozenset[int]:
        with self._catalog.reading() as db:
            return frozenset(
                n for (n,) in db.execute("SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?", (expression,))
            )

    def _rarity(self, words: Iterable[str]) -> float | None:
        """Return the mean inverse document frequency of the words, chunks taken as documents."""
        total = len(self.places)
        found = []
        for word in words:
            if word not in self._word_chunks:
                self._word_chunks[word] = len(self._matching(f'{{title headings text}} : "{word}"'))
            found.append(self._word_chunks[word])
        if not found or 0 in found:
            return None
        return sum(log(total / chunks) for chunks in found) / len(found)
