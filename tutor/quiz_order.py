"""Which concept comes first: what a description is made with, and what the course names only afterwards.

Knows where concepts are named. A question about order is asked only where both halves of it can be looked up: the
sentence that describes the later concept names the earlier one, and no wrong option is named in the course before that
sentence. What needs what beyond that is for the graph to say, not for a question with one right answer. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.concepts import singular, words
from knowledge.model import Chunk, Concept, SourceDocument


@dataclass(frozen=True)
class CourseOrder:
    """Where in its course a chunk stands, and which concepts were named before it."""

    documents: Mapping[str, SourceDocument]
    """by id, in course order"""
    named_in: Mapping[str, Sequence[Chunk]]
    """by concept, the chunks that name it"""

    def named_before(self, concept: Concept, chunk: Chunk) -> bool:
        """Return whether a chunk of the same course before this one names the concept."""
        here = self._place(chunk)
        return any(self._course(one) == self._course(chunk) and self._place(one) < here for one in self._named(concept))

    def only_after(self, concept: Concept, chunk: Chunk) -> bool:
        """Return whether the chunk's course names the concept, and nowhere before the chunk or in it."""
        here = self._place(chunk)
        places = [self._place(one) for one in self._named(concept) if self._course(one) == self._course(chunk)]
        return bool(places) and min(places) > here

    def _named(self, concept: Concept) -> Sequence[Chunk]:
        return self.named_in.get(concept.id, ())

    def _course(self, chunk: Chunk) -> str:
        return self.documents[chunk.document_id].course_id

    def _place(self, chunk: Chunk) -> tuple[int, int]:
        return list(self.documents).index(chunk.document_id), chunk.position


def named(concept: Concept, text: str) -> bool:
    """Return whether the text names the concept: the words of one of its names stand in it side by side."""
    said = f" {' '.join(_singular(text))} "
    return any(f" {' '.join(_singular(name))} " in said for name in (concept.name, *concept.aliases) if words(name))


def share_a_word(one: Concept, two: Concept) -> bool:
    """Return whether names of the two share a word, or a word of one holds a word of the other.

    Words of two letters have to be the same.
    """
    mine, other = ({word for name in (c.name, *c.aliases) for word in _singular(name)} for c in (one, two))
    return any(a == b or (min(len(a), len(b)) >= 3 and (a in b or b in a)) for a in mine for b in other)


def _singular(text: str) -> list[str]:
    return [singular(word).casefold() for word in words(text)]
