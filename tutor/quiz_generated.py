"""Questions made from the library alone, without a model: what is described, what fits, what is left out, how many.

Every item quotes one sentence that stands in the material and asks for what that sentence says, so that it is
answerable from the cited passage. Wrong options are taken from the same course and look like the right one; they are
refused where they could be right: other names, kinds or parts of the answer, names that stand in the passage or are
elsewhere named beside its words (`quiz_names`), and descriptions that say nearly the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import Protocol

from knowledge.concepts import words
from knowledge.model import (
    Chunk,
    Concept,
    Mention,
    MentionRole,
    Relation,
    RelationKind,
    SourceDocument,
    place,
)
from knowledge.stopwords import content_words
from tutor.grades import ChoiceKey, NumberKey
from tutor.learner import Subject
from tutor.quiz import BLANK, Origin, QuizItem, Source, faults, item_id, shuffled
from tutor.quiz_drafts import is_thing, phrases
from tutor.quiz_gaps import Gap, gaps
from tutor.quiz_names import (
    MOST_COMPANY,
    Company,
    akin,
    look,
    named_in,
    names,
    verbs_of,
)
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
MOST_GAPS = 3
"""Sentences with a blank that are asked about one concept."""
MOST_OVERLAP = 0.2
"""Share of content words that two descriptions may have in common (Jaccard) and still be told apart."""
MOST_SHARED = 0.3
"""Share of the shorter one's content words: a short description may be true of what a longer one describes."""
_LENGTHS = (0.5, 2.0)
"""Shortest and longest a wrong description may be, as a multiple of the right one."""
_NEAR = 40
"""Sentences about other concepts whose phrases may be wrong answers."""
_ARTICLE = re.compile(r"\b(a)n? $", re.I)
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
    _concepts: list[Concept] = field(init=False, repr=False)
    _described: list[Description] = field(init=False, repr=False)
    _chunks: dict[str, list[Chunk]] = field(init=False, repr=False)
    _kin: dict[str, set[str]] = field(init=False, repr=False)
    _companies: dict[str, Company] = field(default_factory=dict, init=False, repr=False)
    _documents: dict[str, SourceDocument] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._concepts = self.material.concepts()
        ids = [concept.id for concept in self._concepts]
        self._documents = {document.id: document for document in self.material.documents()}
        self._chunks = _teaching_chunks(self.material, ids)
        self._kin = {}
        for edge in self.material.relations_of(ids, _KINSHIP):
            self._kin.setdefault(edge.source_id, set()).add(edge.target_id)
            self._kin.setdefault(edge.target_id, set()).add(edge.source_id)
        told = [one for concept in self._concepts for one in descriptions(concept, self._chunks.get(concept.id, []))]
        times = Counter(one.text.casefold() for one in told)
        self._described = _distinct([one for one in told if times[one.text.casefold()] == 1])

    def askable(self) -> list[Subject]:
        """Return the concepts that something can be asked about, as the course introduces them."""
        return list(dict.fromkeys(item.concept for item in self.items() if item.concept is not None))

    def items(self, concept_ids: Sequence[str] | None = None) -> Iterator[QuizItem]:
        """Yield the items about these concepts, or about all, as the course introduces them; each passed its checks."""
        for concept in self.material.concepts(concept_ids):
            told = [one for one in self._described if one.concept.id == concept.id]
            made = (item for one in told for item in (self._which_concept(one), self._which_description(one)))
            yield from (item for item in made if item is not None and not faults(item))
            yield from (item for item in self._of_sentences(concept) if not faults(item))
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
        said = (phrase for one in near for phrase in phrases(one.text, names(one.concept)))
        return tuple(phrase for phrase in said if is_thing(phrase) and len(content_words(phrase)) > 1)

    def _which_concept(self, told: Description) -> QuizItem | None:
        name = told.concept.name
        wrong = self._wrong_names(told.concept, told.text, told.chunk, lambda one: one.name, look(name))
        stem = f"What does the course describe so: “{_capital(told.text)}”?"
        return self._choice(told, stem, name, wrong)

    def _which_description(self, told: Description) -> QuizItem | None:
        wrong = [] if GAP in told.text else self._wrong_descriptions(told)
        return self._choice(told, f"How does the course describe “{told.concept.name}”?", told.text, wrong)

    def _of_sentences(self, concept: Concept) -> Iterator[QuizItem]:
        """Yield sentences about the concept with a blank, and how the first that opens with it goes on."""
        told = self._gaps.get(concept.id, [])
        completed = (item for gap in told if (item := self._completed(gap)) is not None)
        continued = (item for gap in told if gap.opens and (item := self._continued(gap)) is not None)
        yield from chain(islice(completed, MOST_GAPS), islice(continued, 1))

    def _completed(self, gap: Gap) -> QuizItem | None:
        """Return a sentence of the course to be completed with the name of a concept."""

        def written(other: Concept) -> str:
            return self._company(other).in_frame(gap.frame)

        wrong = self._wrong_names(gap.concept, gap.rest, gap.chunk, written, look(gap.name))
        before = _ARTICLE.sub(r"\1(n) ", gap.before)  # of which the letters would tell
        return self._choice(gap, f"What belongs in the blank? “{before}{BLANK}{gap.after}”", gap.name, wrong)

    def _continued(self, gap: Gap) -> QuizItem | None:
        """Return the beginning of a sentence with what may follow: what the course says, and what it says of others."""
        mine, said = self._company(gap.concept), gap.after.strip(" .")
        found: list[Gap] = []
        for one in sorted(self._openings, key=lambda other: _distance(gap.concept, other.concept)):
            if (
                one.frame.many == gap.frame.many
                and self._course(one.chunk) == self._course(gap.chunk)
                and self._unrelated(gap.concept, one.concept)
                and not (named_in(gap.concept, one.chunk.text) or self._company(one.concept).meets(gap.concept))
                and mine.keeps(one.after) <= MOST_COMPANY
                and _LENGTHS[0] <= len(one.after) / len(gap.after) <= _LENGTHS[1]
                and not any(akin(one.concept, taken.concept) for taken in found)
            ):
                found.append(one)
        wrong = [f"… {one.after.strip(' .')}" for one in found[:WRONG_OPTIONS]]
        stem = f"How does the course go on: “{_capital(gap.before + gap.name)} …”?"
        return self._choice(gap, stem, f"… {said}", wrong)

    @cached_property
    def _openings(self) -> list[Gap]:
        return [gap for many in self._gaps.values() for gap in many if gap.opens]

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

    def _choice(self, asked: Description | Gap, stem: str, right: str, wrong: Sequence[str]) -> QuizItem | None:
        """Return a question with these options, or None where there are too few wrong ones."""
        if len(wrong) < WRONG_OPTIONS:
            return None
        source = self._source(asked.chunk, asked.sentence)
        pairs = [(_capital(right), True), *((_capital(one), False) for one in wrong)]
        options, ids = shuffled(stem, pairs)
        key = ChoiceKey(ids, frozenset(option.id for option in options))
        subject = Subject(asked.concept.id, asked.concept.name)
        name = item_id("choice", stem, source)
        return QuizItem(name, "choice", stem, options, key, asked.sentence, source, Origin.GENERATED, subject)

    def _source(self, chunk: Chunk, sentence: str) -> Source:
        document = self._documents.get(chunk.document_id)
        return Source(chunk.id, sentence, document.title if document else "", place(chunk.locator))

    # --- wrong options ---

    def _wrong_names(
        self, concept: Concept, said: str, chunk: Chunk, written: Callable[[Concept], str], like: str
    ) -> list[str]:
        """Return names that surely do not fit what is said, those first that are named beside more of its words.

        Args:
            concept: what it is said of.
            said: the words that a wrong name must not fit.
            chunk: where it is said.
            written: the name of a concept as an option, "" where it has none that fits.
            like: how the right name looks.
        """
        course, fit = self._course(chunk), list[tuple[float, tuple[int, int, str], Concept]]()
        for other in self._namable:
            company = self._company(other)
            if look(written(other)) == like and not company.meets(concept) and company.keeps(said) <= MOST_COMPANY:
                fit.append((-company.keeps(said), _distance(concept, other), other))
        found: list[Concept] = []
        for _, _, other in sorted(fit, key=lambda one: one[:2]):
            if (
                any(self._course(one) == course for one in self._chunks[other.id])
                and self._unrelated(concept, other)
                and not named_in(other, chunk.text)
                and not any(akin(other, taken) for taken in found)
            ):
                found.append(other)
            if len(found) == WRONG_OPTIONS:
                break
        return [written(one) for one in found]

    def _wrong_descriptions(self, told: Description) -> list[str]:
        """Return what the course says of other concepts and surely not of this one, nearest first."""
        found: list[Description] = []
        for one in sorted(self._described, key=lambda other: _distance(told.concept, other.concept)):
            fits = self._course(one.chunk) == self._course(told.chunk) and self._apart(told, one)
            alike = GAP not in one.text and _alike(told.text, one.text)
            strange = self._company(told.concept).keeps(one.text) <= MOST_COMPANY
            if fits and alike and strange and all(self._apart(one, taken) for taken in found):
                found.append(one)
        return [one.text for one in found[:WRONG_OPTIONS]]

    @cached_property
    def _namable(self) -> list[Concept]:
        """The concepts that are surely some: of several words, with a name of their own, or defined by the course."""
        defined = {told.concept.id for told in self._described}
        return [
            one
            for one in self._concepts
            if self._chunks.get(one.id)
            and (one.id in defined or one.definition or len(words(one.name)) > 1 or look(one.name) == "name")
        ]

    @cached_property
    def _verbs(self) -> frozenset[str]:
        return verbs_of({chunk.id: chunk for many in self._chunks.values() for chunk in many}.values())

    @cached_property
    def _gaps(self) -> dict[str, list[Gap]]:
        """The sentences to be completed, by concept; each once, and none that is asked for as a description."""
        taken = {told.sentence for told in self._described}
        found: dict[str, list[Gap]] = {}
        made = [
            gap
            for one in self._namable
            for gap in gaps(one, self._chunks[one.id], self._verbs)
            if not self._is_caption(gap)
        ]
        for gap in sorted(made, key=lambda gap: (len(gap.before), -len(gap.name))):  # opening with it, the longest name
            if gap.sentence not in taken:
                taken.add(gap.sentence)
                before = found.setdefault(gap.concept.id, [])
                if all(_overlap(gap.rest, one.rest) <= MOST_OVERLAP for one in before):
                    before.append(gap)
        return found

    def _is_caption(self, gap: Gap) -> bool:
        """Return whether an article is left out that the course has elsewhere: "Linear classifier fails to ..."."""
        lacks = gap.before == "" and not gap.frame.many and look(gap.name) in ("words", "noun")
        return lacks and bool(self._company(gap.concept).counted)

    def _company(self, concept: Concept) -> Company:
        if concept.id not in self._companies:
            self._companies[concept.id] = Company.of(concept, self._chunks[concept.id], self._verbs)
        return self._companies[concept.id]

    def _course(self, chunk: Chunk) -> str:
        return self._documents[chunk.document_id].course_id

    def _unrelated(self, one: Concept, two: Concept) -> bool:
        return one.id != two.id and two.id not in self._kin.get(one.id, ()) and not akin(one, two)

    def _apart(self, told: Description, other: Description) -> bool:
        """Return whether what is said of one concept is surely not said of the other."""
        one, two = told.concept, other.concept
        if not self._unrelated(one, two):
            return False
        if self._kin.get(one.id, set()) & self._kin.get(two.id, set()) and _overlap(told.text, other.text) > 0.1:
            return False
        if _overlap(told.text, other.text) > MOST_OVERLAP or _shared(told.text, other.text) > MOST_SHARED:
            return False
        if named_in(two, told.sentence) or named_in(one, other.sentence):
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
