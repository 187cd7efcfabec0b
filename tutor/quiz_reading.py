"""What a library says that questions can be made of, and which of it is surely wrong for a question.

Wrong options are taken from the same course and look like the right one; they are refused where they could be right:
other names, kinds or parts of the answer, names that stand in the passage or are elsewhere named beside its words
(`quiz_names`), and descriptions that say nearly the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from knowledge.concepts import words
from knowledge.model import Chunk, Concept, Mention, MentionRole, Relation, RelationKind, SourceDocument, stable_id
from knowledge.stopwords import content_words
from tutor.quiz_gaps import Gap, gaps
from tutor.quiz_names import MOST_COMPANY, Company, akin, head_of, look, named_in, verbs_of
from tutor.quiz_statements import GAP, Description, beginning, descriptions

T = TypeVar("T")
WRONG_OPTIONS = 3
MOST_OVERLAP = 0.2
"""Share of content words that two descriptions may have in common (Jaccard) and still be told apart."""
MOST_SHARED = 0.3
"""Share of the shorter one's content words: a short description may be true of what a longer one describes."""
PART = 10
"""Documents of a course that are near each other."""
_LENGTHS = (0.5, 2.0)
"""Shortest and longest a wrong description may be, as a multiple of the right one."""
_KINSHIP = (RelationKind.IS_A, RelationKind.PART_OF, RelationKind.RELATED)


class Material(Protocol):
    """What of `knowledge.catalog.Catalog` questions are made from; each method is described there."""

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        """Return concepts as they are introduced."""
        ...

    def mentions_of(self, concept_ids: Sequence[str]) -> list[Mention]:
        """Return where the concepts are mentioned."""
        ...

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """Return chunks by id."""
        ...

    def documents(self, course_id: str | None = None) -> list[SourceDocument]:
        """Return the documents in course order."""
        ...

    def relations_of(self, concept_ids: Sequence[str], kinds: Sequence[RelationKind]) -> list[Relation]:
        """Return edges that touch the concepts."""
        ...


@dataclass
class Reading:
    """What questions are made from, and what is wrong for them; reads the library once."""

    material: Material
    documents: dict[str, SourceDocument] = field(init=False, repr=False)
    """by id, in course order"""
    described: list[Description] = field(init=False, repr=False)
    kin: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False)
    """by concept, those that an edge of kinship joins to it"""
    _concepts: list[Concept] = field(init=False, repr=False)
    _chunks: dict[str, list[Chunk]] = field(init=False, repr=False)
    _companies: dict[str, Company] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self._concepts = self.material.concepts()
        ids = [concept.id for concept in self._concepts]
        self.documents = {document.id: document for document in self.material.documents()}
        self._chunks = _naming_chunks(self.material, ids)
        for edge in self.material.relations_of(ids, _KINSHIP):
            self.kin.setdefault(edge.source_id, set()).add(edge.target_id)
            self.kin.setdefault(edge.target_id, set()).add(edge.source_id)
        told = [one for concept in self._concepts for one in descriptions(concept, self.chunks(concept))]
        times = Counter(one.text.casefold() for one in told)
        alone = (one for one in told if times[one.text.casefold()] == 1)
        self.described = _distinct([one for one in alone if not self._is_one_of_several(one.concept, one.sentence)])

    def chunks(self, concept: Concept) -> list[Chunk]:
        """Return the chunks that name a concept, those that define it first."""
        return self._chunks.get(concept.id, [])

    def wrong_names(
        self, concept: Concept, said: str, chunk: Chunk, written: Callable[[Concept], str], like: str
    ) -> list[str]:
        """Return names that surely do not fit what is said, well-known ones first, named beside more of its words.

        Args:
            concept: what it is said of.
            said: the words that a wrong name must not fit.
            chunk: where it is said.
            written: the name of a concept as an option, "" where it has none that fits.
            like: how the right name looks.
        """
        course, near = self._course(chunk), list[tuple[bool, float, tuple[int, int, str], Concept]]()
        for other in self._namable:
            company = self.company(other)
            if look(written(other)) == like and not company.meets(concept) and company.keeps(said) <= MOST_COMPANY:
                near.append((not company.is_well_known, -company.keeps(said), _distance(concept, other), other))
        fit = (
            other
            for *_, other in sorted(near, key=lambda one: one[:3])
            if any(self._course(one) == course for one in self.chunks(other))
            and not named_in(other, chunk.text)
            and self._unrelated(concept, other)
        )
        return [written(one) for one in _first_apart(fit, lambda one, other: not akin(one, other))]

    def wrong_descriptions(self, told: Description) -> list[str]:
        """Return what the course says of other concepts and surely not of this one, nearest first."""
        mine = self.company(told.concept)
        fit = (
            one
            for one in sorted(self.described, key=lambda other: _distance(told.concept, other.concept))
            if self._course(one.chunk) == self._course(told.chunk)
            and GAP not in one.text
            and _alike(told.text, one.text)
            and mine.keeps(one.text) <= MOST_COMPANY
            and self._apart(told, one)
        )
        return [one.text for one in _first_apart(fit, self._apart)]

    def wrong_endings(self, gap: Gap) -> list[Gap]:
        """Return sentences on other concepts that surely do not go on so of this one, from the same part of the course.

        Within a part their order is another one for each question: few fit, and the nearest would stand in them all.
        """
        mine, openings = self.company(gap.concept), (one for many in self.gaps.values() for one in many if one.opens)

        def away(other: Gap) -> tuple[int, str]:
            return _distance(gap.concept, other.concept)[0] // PART, stable_id(gap.sentence, other.sentence)

        fit = (
            one
            for one in sorted(openings, key=away)
            if one.frame.many == gap.frame.many
            and self._course(one.chunk) == self._course(gap.chunk)
            and _LENGTHS[0] <= len(one.after) / len(gap.after) <= _LENGTHS[1]
            and mine.keeps(one.after) <= MOST_COMPANY
            and not (named_in(gap.concept, one.chunk.text) or self.company(one.concept).meets(gap.concept))
            and self._unrelated(gap.concept, one.concept)
        )
        return _first_apart(fit, lambda one, other: not akin(one.concept, other.concept))

    @cached_property
    def _namable(self) -> list[Concept]:
        """The concepts that are surely some: of several words, with a name of their own, or defined by the course."""
        defined = {told.concept.id for told in self.described}
        return [
            one
            for one in self._concepts
            if self.chunks(one)
            and (one.id in defined or one.definition or len(words(one.name)) > 1 or look(one.name) == "name")
        ]

    @cached_property
    def _verbs(self) -> frozenset[str]:
        chunks = {chunk.id: chunk for many in self._chunks.values() for chunk in many}
        return verbs_of(chunks.values()) - self._heads.keys()

    @cached_property
    def _heads(self) -> Counter[str]:
        """The last words of names of several words, and how many concepts are named so: "gradient" by its kinds."""
        return Counter(head_of(one.name) for one in self._concepts if len(words(one.name)) > 1)

    @cached_property
    def gaps(self) -> dict[str, list[Gap]]:
        """The sentences to be completed, by concept; each once, and none that is asked for as a description."""
        taken = {told.sentence for told in self.described}
        found: dict[str, list[Gap]] = {}
        made = [
            gap for one in self._namable for gap in gaps(one, self.chunks(one), self._verbs) if not self._leans(gap)
        ]
        for gap in sorted(made, key=lambda gap: (len(gap.before), -len(gap.name))):  # opening with it, the longest name
            if gap.sentence not in taken:
                taken.add(gap.sentence)
                before = found.setdefault(gap.concept.id, [])
                if all(_overlap(gap.rest, one.rest) <= MOST_OVERLAP for one in before):
                    before.append(gap)
        return found

    def _is_one_of_several(self, concept: Concept, sentence: str) -> bool:
        """Return whether "the loss" may be one of several losses of the course, of which the place tells which."""
        family = self._heads[head_of(concept.name)] > 1 and len(words(concept.name)) == 1
        return family and re.match(rf"\W*the\W+{re.escape(concept.name)}\b", sentence, re.I) is not None

    def _leans(self, gap: Gap) -> bool:
        """Return whether the sentence speaks of one of several, or lacks an article as captions do."""
        lacks = gap.before == "" and not gap.frame.many and look(gap.name) in ("words", "noun")
        return self._is_one_of_several(gap.concept, gap.sentence) or (lacks and bool(self.company(gap.concept).counted))

    def company(self, concept: Concept) -> Company:
        """Return in which company the concept is named, read once."""
        if concept.id not in self._companies:
            self._companies[concept.id] = Company.of(concept, self.chunks(concept), self._verbs)
        return self._companies[concept.id]

    def _course(self, chunk: Chunk) -> str:
        return self.documents[chunk.document_id].course_id

    def _unrelated(self, one: Concept, two: Concept) -> bool:
        return one.id != two.id and two.id not in self.kin.get(one.id, ()) and not akin(one, two)

    def _apart(self, told: Description, other: Description) -> bool:
        """Return whether what is said of one concept is surely not said of the other."""
        one, two = told.concept, other.concept
        if not self._unrelated(one, two):
            return False
        if self.kin.get(one.id, set()) & self.kin.get(two.id, set()) and _overlap(told.text, other.text) > 0.1:
            return False
        if _overlap(told.text, other.text) > MOST_OVERLAP or _shared(told.text, other.text) > MOST_SHARED:
            return False
        if named_in(two, told.sentence) or named_in(one, other.sentence):
            return False
        return told.chunk.id != other.chunk.id or told.sentence != other.sentence


def _naming_chunks(material: Material, ids: Sequence[str]) -> dict[str, list[Chunk]]:
    """Return by concept the chunks that name it, those that define it first."""
    roles = tuple(MentionRole)  # strongest first
    wanted: dict[str, list[tuple[int, str]]] = {}
    for mention in material.mentions_of(ids):
        wanted.setdefault(mention.concept_id, []).append((roles.index(mention.role), mention.chunk_id))
    chunks = {chunk.id: chunk for chunk in material.chunks(sorted({c for many in wanted.values() for _, c in many}))}
    return {
        concept_id: [
            chunks[chunk_id]
            for _, chunk_id in sorted(
                many, key=lambda one: (one[0], chunks[one[1]].document_id, chunks[one[1]].position)
            )
        ]
        for concept_id, many in wanted.items()
    }


def _first_apart(fit: Iterable[T], apart: Callable[[T, T], bool]) -> list[T]:
    """Return the first of these that are apart from each other, as many as a question has wrong options."""
    found: list[T] = []
    for one in fit:
        if all(apart(one, taken) for taken in found):
            found.append(one)
        if len(found) == WRONG_OPTIONS:
            break
    return found


def _distinct(told: Sequence[Description]) -> list[Description]:
    """Return at most two descriptions of each concept, the second only if it says something else."""
    found: dict[str, list[Description]] = {}
    for one in told:
        before = found.setdefault(one.concept.id, [])
        if not before or (len(before) == 1 and _overlap(one.text, before[0].text) <= MOST_OVERLAP):
            before.append(one)
    return [one for many in found.values() for one in many]


def _overlap(one: str, two: str) -> float:
    first, second = content_words(one), content_words(two)
    return len(first & second) / max(1, len(first | second))


def _shared(one: str, two: str) -> float:
    """Return the share of the shorter description's content words that stand in the longer one."""
    first, second = ({word.removeprefix("pre") for word in content_words(text)} for text in (one, two))
    return len(first & second) / max(1, min(len(first), len(second)))


def _distance(one: Concept, other: Concept) -> tuple[int, int, str]:
    """Return a key that sorts what the course introduces near a concept first."""
    (document, position), (there, other_position) = one.introduced_at, other.introduced_at
    return abs(document - there), abs(position - other_position), other.id


def _alike(one: str, two: str) -> bool:
    """Return whether neither length nor first word tells two descriptions apart."""
    return beginning(one) == beginning(two) and _LENGTHS[0] <= len(two) / len(one) <= _LENGTHS[1]
