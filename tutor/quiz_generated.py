"""Questions made from the library alone, without a model: what is described, what fits, true or false, what is first.

Every item quotes one sentence that stands in the material and asks for what that sentence says, so that it is
answerable from the cited passage. Wrong options are concepts of the same kind from the same part of the course that
are described themselves, and are refused where they could be right: other names, kinds or parts of the answer, names
that hold one another, and descriptions that say nearly the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from knowledge.concepts import abbreviates, merge_reason, name_like, singular, words
from knowledge.model import (
    Chunk,
    Concept,
    Mention,
    MentionRole,
    Relation,
    RelationKind,
    SourceDocument,
    place,
    stable_id,
)
from knowledge.stopwords import content_words
from tutor.grades import ChoiceKey, NumberKey
from tutor.learner import Subject
from tutor.quiz import BLANK, Origin, QuizItem, Source, faults, item_id, shuffled
from tutor.quiz_drafts import is_thing, phrases
from tutor.quiz_order import CourseOrder, named, share_a_word
from tutor.quiz_statements import (
    GAP,
    Description,
    Statement,
    beginning,
    descriptions,
    naming,
    stated_numbers,
    statements,
)
from tutor.quiz_worded import Askable

WRONG_OPTIONS = 3
MOST_OVERLAP = 0.2
"""Share of content words that two descriptions may have in common (Jaccard) and still be told apart."""
MOST_SHARED = 0.3
"""Share of the shorter one's content words: a short description may be true of what a longer one describes."""
_LENGTHS = (0.5, 2.0)
"""Shortest and longest a wrong description may be, as a multiple of the right one."""
_NEAR = 40
"""Sentences about other concepts whose phrases may be wrong answers."""
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
class QuizMaker:
    """Makes items about the concepts of a library; reads it once."""

    material: Material
    _described: list[Description] = field(init=False, repr=False)
    _chunks: dict[str, list[Chunk]] = field(init=False, repr=False)
    _kin: dict[str, set[str]] = field(init=False, repr=False)
    _contrasts: dict[str, list[str]] = field(init=False, repr=False)
    _needs: dict[str, list[Concept]] = field(init=False, repr=False)
    _documents: dict[str, SourceDocument] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        concepts = self.material.concepts()
        ids = [concept.id for concept in concepts]
        self._documents = {document.id: document for document in self.material.documents()}
        self._chunks = _teaching_chunks(self.material, ids)
        self._kin, self._contrasts = {}, {}
        for edge in self.material.relations_of(ids, _KINSHIP):
            self._kin.setdefault(edge.source_id, set()).add(edge.target_id)
            self._kin.setdefault(edge.target_id, set()).add(edge.source_id)
        for edge in self.material.relations_of(ids, [RelationKind.CONTRASTS_WITH]):
            self._contrasts.setdefault(edge.source_id, []).append(edge.target_id)
            self._contrasts.setdefault(edge.target_id, []).append(edge.source_id)
        self._needs, by_id = {}, {concept.id: concept for concept in concepts}
        needs = self.material.relations_of(ids, [RelationKind.PREREQUISITE])
        for edge in sorted(needs, key=lambda one: (-one.confidence, one.source_id)):
            self._needs.setdefault(edge.target_id, []).append(by_id[edge.source_id])
        self._described = [
            told for concept in concepts for told in _distinct(descriptions(concept, self._chunks.get(concept.id, [])))
        ]

    def askable(self) -> list[Subject]:
        """Return the concepts that are described, as the course introduces them."""
        return list(dict.fromkeys(Subject(told.concept.id, told.concept.name) for told in self._described))

    def items(self, concept_ids: Sequence[str] | None = None) -> Iterator[QuizItem]:
        """Yield the items about these concepts, or about all, as the course introduces them; each passed its checks."""
        wanted = None if concept_ids is None else set(concept_ids)
        for told in self._described:
            if wanted is None or told.concept.id in wanted:
                made = (self._which_concept, self._which_description, self._true_or_false, self._which_first)
                yield from (item for make in made if (item := make(told)) is not None and not faults(item))
        for concept in self.material.concepts(concept_ids):
            yield from self._numbers(concept)

    def askable_sentences(self, concept_id: str) -> Iterator[Askable]:
        """Yield the sentences that a model may write a question about, those of defining chunks first."""
        for concept in self.material.concepts([concept_id]):
            named = naming(concept, self._chunks.get(concept.id, []))
            for one in statements(concept, self._chunks.get(concept.id, [])):
                others = (sentence for sentence in named if sentence != one.sentence)
                said = (one.chunk.text, *others)
                yield Askable(one, self._source(one.chunk, one.sentence), said, self._said_of_others(one))

    @cached_property
    def _stated(self) -> list[Statement]:
        return [one for c in self.material.concepts() for one in statements(c, self._chunks.get(c.id, []))]

    def _said_of_others(self, statement: Statement) -> tuple[str, ...]:
        """Return phrases of sentences about unrelated concepts, those of the same document and near ones first."""
        mine, here = statement.concept, statement.chunk
        apart = [one for one in self._stated if one.concept.id not in {mine.id, *self._kin.get(mine.id, ())}]
        apart.sort(
            key=lambda o: (o.chunk.document_id != here.document_id, abs(o.chunk.position - here.position), o.text)
        )
        near = apart[:_NEAR]
        said = (phrase for one in near for phrase in phrases(one.text, _names(one.concept)))
        return tuple(phrase for phrase in said if is_thing(phrase) and len(content_words(phrase)) > 1)

    def _which_concept(self, told: Description) -> QuizItem | None:
        others = self._distractors(told)
        if others is None:
            return None
        stem = f"What does the course describe so: “{_capital(told.text)}”?"
        wrong = [(_capital(one.concept.name), False) for one in others]
        return self._choice(told, stem, [(_capital(told.concept.name), True), *wrong])

    def _which_description(self, told: Description) -> QuizItem | None:
        others = None if GAP in told.text else self._distractors(told, alike=True)
        if others is None:
            return None
        stem = f"How does the course describe “{told.concept.name}”?"
        return self._choice(told, stem, [(_capital(told.text), True), *((_capital(one.text), False) for one in others)])

    def _true_or_false(self, told: Description) -> QuizItem | None:
        """Return a statement: a concept's own description, or that of one the course sets against it or near it."""
        if GAP in told.text or beginning(told.text) not in ("article", "doing") or _plural(told.concept.name):
            return None  # a description of one thing does not fit many
        rivals = sorted(self._described, key=lambda one: (not self._contrasting(told, one), _nearness(told, one)))
        fit = (one for one in rivals if GAP not in one.text and _alike(told.text, one.text) and self._apart(told, one))
        rival = next(fit, None)
        if rival is None:
            return None
        true = int(told.concept.id, 16) % 2 == 0
        said = (told if true else rival).text
        stem = f"True or false? The course describes “{told.concept.name}” so: “{_capital(said)}”."
        return self._choice(told, stem, (("True", true), ("False", not true)), kind="true-or-false")

    def _which_first(self, told: Description) -> QuizItem | None:
        """Return which concept the course names first and then describes this one with."""
        order, then = CourseOrder(self._documents, self._chunks), told.concept
        firsts = (one for one in self._needs.get(then.id, ()) if named(one, told.text) and not share_a_word(one, then))
        first = next((one for one in firsts if order.named_before(one, told.chunk)), None)
        if first is None:
            return None
        later = [one for one in self._described if order.only_after(one.concept, told.chunk)]
        wrong: list[Concept] = []
        kind = _proper(first.name)
        for one in sorted(  # of the same kind first, and not the same ones in every question
            later, key=lambda other: (_proper(other.concept.name) != kind, stable_id(then.id, other.concept.id))
        ):
            apart = all(not share_a_word(one.concept, other) for other in (first, then, *wrong))
            if apart and one.concept.id not in self._kin.get(then.id, set()) and not named(one.concept, told.sentence):
                wrong.append(one.concept)
        if len(wrong) < WRONG_OPTIONS or _proper(wrong[0].name) != kind:
            return None  # the one proper name among words, or the one word among names, would stand out
        stem = f"One of these is named first in the course and then used to describe “{then.name}”. Which one?"
        options = [(_capital(one.name), False) for one in wrong[:WRONG_OPTIONS]]
        return self._choice(told, stem, [(_capital(first.name), True), *options])

    def _contrasting(self, told: Description, other: Description) -> bool:
        return other.concept.id in self._contrasts.get(told.concept.id, ())

    def _numbers(self, concept: Concept) -> Iterator[QuizItem]:
        for stated in stated_numbers(concept, self._chunks.get(concept.id, []))[:1]:
            source = self._source(stated.chunk, stated.sentence)
            stem = f"Which number stands in the blank? “{stated.before}{BLANK}{stated.after}”"
            yield QuizItem(
                item_id("number", stem, source),
                "number",
                stem,
                (),
                NumberKey(stated.number),
                stated.sentence,
                source,
                Origin.GENERATED,
                Subject(concept.id, concept.name),
            )

    def _choice(
        self, told: Description, stem: str, pairs: Sequence[tuple[str, bool]], kind: str = "choice"
    ) -> QuizItem:
        source = self._source(told.chunk, told.sentence)
        options, right = shuffled(stem, pairs)
        key = ChoiceKey(right, frozenset(option.id for option in options))
        subject = Subject(told.concept.id, told.concept.name)
        name = item_id(kind, stem, source)
        return QuizItem(name, kind, stem, options, key, told.sentence, source, Origin.GENERATED, subject)

    def _source(self, chunk: Chunk, sentence: str) -> Source:
        document = self._documents.get(chunk.document_id)
        return Source(chunk.id, sentence, document.title if document else "", place(chunk.locator))

    # --- wrong options ---

    def _distractors(self, told: Description, *, alike: bool = False) -> list[Description] | None:
        """Return the wrong options, nearest in the course first, or None where there are not enough.

        Args:
            told: what is right.
            alike: the descriptions themselves are the options, so they have to be of like length.
        """
        found: list[Description] = []
        for one in sorted(self._described, key=lambda other: _nearness(told, other)):
            fits = _plural(told.concept.name) == _plural(one.concept.name) and self._apart(told, one)
            if fits and (not alike or (GAP not in one.text and _alike(told.text, one.text))):
                if all(self._apart(one, taken) for taken in found):
                    found.append(one)
                if len(found) == WRONG_OPTIONS:
                    proper = _proper(told.concept.name)
                    return found if alike or any(_proper(one.concept.name) == proper for one in found) else None
        return None

    def _apart(self, told: Description, other: Description) -> bool:
        """Return whether what is said of one concept is surely not said of the other."""
        one, two = told.concept, other.concept
        if one.id == two.id or two.id in self._kin.get(one.id, set()) or _one_holds_the_other(one, two):
            return False
        if self._kin.get(one.id, set()) & self._kin.get(two.id, set()) and _overlap(told.text, other.text) > 0.1:
            return False
        if _overlap(told.text, other.text) > MOST_OVERLAP or _shared(told.text, other.text) > MOST_SHARED:
            return False
        if _named_in(two, told) or _named_in(one, other):
            return False
        return told.chunk.id != other.chunk.id or told.sentence != other.sentence


def _teaching_chunks(material: Material, ids: Sequence[str]) -> dict[str, list[Chunk]]:
    """Return by concept the chunks that define or explain it, those that define it first."""
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


def _distinct(told: Sequence[Description]) -> list[Description]:
    """Return at most two descriptions of a concept, the second only if it says something else."""
    others = [one for one in told[1:] if _overlap(one.text, told[0].text) <= MOST_OVERLAP]
    return [*told[:1], *others[:1]]


def _names(concept: Concept) -> tuple[str, ...]:
    return (concept.name, *concept.aliases)


def _one_holds_the_other(one: Concept, two: Concept) -> bool:
    """Return whether two concepts may be one, or one a kind of the other, by their names."""
    for first in _names(one):
        for second in _names(two):
            mine, other = ({singular(word).casefold() for word in words(name)} for name in (first, second))
            if mine <= other or other <= mine or merge_reason(first, second, same_document=True):
                return True
            if abbreviates(*sorted((first, second), key=len)) and min(len(first), len(second)) <= 5:
                return True
            if words(first)[-1:] == words(second)[-1:] and len(words(first)) != len(words(second)):
                return True  # "attention layer", "convolutional attention layer": a kind of the other by its head
    return False


def _named_in(concept: Concept, told: Description) -> bool:
    """Return whether the sentence of the other one names this concept, or all words of it."""
    said = {singular(word).casefold() for word in words(told.sentence)}
    return any({singular(word).casefold() for word in words(name)} <= said for name in _names(concept))


def _overlap(one: str, two: str) -> float:
    first, second = content_words(one), content_words(two)
    return len(first & second) / max(1, len(first | second))


def _shared(one: str, two: str) -> float:
    """Return the share of the shorter description's content words that stand in the longer one."""
    first, second = ({word.removeprefix("pre") for word in content_words(text)} for text in (one, two))
    return len(first & second) / max(1, min(len(first), len(second)))


def _nearness(told: Description, other: Description) -> tuple[bool, bool, int, str]:
    """Return a key that sorts proper names to proper names, then what stands near in the course."""
    here, there = told.concept.introduced_at, other.concept.introduced_at
    unlike = _proper(told.concept.name) != _proper(other.concept.name)
    return unlike, told.chunk.document_id != other.chunk.document_id, abs(here[0] - there[0]), other.concept.id


def _alike(one: str, two: str) -> bool:
    """Return whether neither length nor first word tells two descriptions apart."""
    return beginning(one) == beginning(two) and _LENGTHS[0] <= len(two) / len(one) <= _LENGTHS[1]


def _plural(name: str) -> bool:
    last = (words(name) or [name])[-1]
    return singular(last).casefold() != last.casefold()


def _proper(name: str) -> bool:
    """Return whether it is written as a proper name: the courses write what is none with a small letter."""
    return name[:1].isupper() or any(name_like(word) for word in words(name))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
