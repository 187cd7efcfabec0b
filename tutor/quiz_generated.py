"""Questions made from the library alone, without a model: what is described, what fits, what is left out, how many.

Every item quotes one sentence that stands in the material and asks for what that sentence says, so that it is
answerable from the cited passage. Wrong options come from `quiz_reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from knowledge.model import Chunk, Concept, place
from knowledge.stopwords import content_words
from tutor.grades import ChoiceKey, NumberKey
from tutor.learner import Subject
from tutor.quiz import BLANK, Origin, QuizItem, Source, faults, item_id, shuffled
from tutor.quiz_drafts import is_thing, phrases
from tutor.quiz_gaps import Gap
from tutor.quiz_names import is_plural, look, names
from tutor.quiz_reading import WRONG_OPTIONS, Material, Reading
from tutor.quiz_statements import (
    GAP,
    Description,
    Statement,
    naming,
    stated_numbers,
    statements,
)
from tutor.quiz_worded import Askable

MOST_GAPS = 3
"""Sentences with a blank that are asked about one concept."""
_NEAR = 40
"""Sentences about other concepts whose phrases may be wrong answers."""
_ARTICLE = re.compile(r"\b(a)n? $", re.I)


@dataclass
class QuizMaker:
    """Makes items about the concepts of a library; reads it once."""

    material: Material
    _read: Reading = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._read = Reading(self.material)

    def askable(self) -> list[Subject]:
        """Return the concepts that the course says enough about for questions, as it introduces them."""
        told_of = {told.concept.id for told in self._read.described} | self._read.gaps.keys()
        return [Subject(one.id, one.name) for one in self.material.concepts() if one.id in told_of]

    def items(self, concept_ids: Sequence[str] | None = None) -> Iterator[QuizItem]:
        """Yield the items about these concepts, or about all, as the course introduces them; each passed its checks."""
        for concept in self.material.concepts(concept_ids):
            told = [one for one in self._read.described if one.concept.id == concept.id]
            made = (item for one in told for item in (self._which_concept(one), self._which_description(one)))
            yield from (item for item in made if item is not None and not faults(item))
            yield from (item for item in self._of_sentences(concept) if not faults(item))
            yield from self._numbers(concept)

    def askable_sentences(self, concept_id: str) -> Iterator[Askable]:
        """Yield the sentences that a model may write a question about, those of defining chunks first."""
        for concept in self.material.concepts([concept_id]):
            named = naming(concept, self._read.chunks(concept))
            for one in statements(concept, self._read.chunks(concept)):
                others = (sentence for sentence in named if sentence != one.sentence)
                said = (one.chunk.text, *others)
                yield Askable(one, self._source(one.chunk, one.sentence), said, self._said_of_others(one))

    @cached_property
    def _stated(self) -> list[Statement]:
        return [one for c in self.material.concepts() for one in statements(c, self._read.chunks(c))]

    def _said_of_others(self, statement: Statement) -> tuple[str, ...]:
        """Return phrases of sentences about unrelated concepts, those of the same document and near ones first."""
        mine, here = statement.concept, statement.chunk
        apart = [one for one in self._stated if one.concept.id not in {mine.id, *self._read.kin.get(mine.id, ())}]
        apart.sort(
            key=lambda o: (o.chunk.document_id != here.document_id, abs(o.chunk.position - here.position), o.text)
        )
        near = apart[:_NEAR]
        said = (phrase for one in near for phrase in phrases(one.text, names(one.concept)))
        return tuple(phrase for phrase in said if is_thing(phrase) and len(content_words(phrase)) > 1)

    def _which_concept(self, told: Description) -> QuizItem | None:
        name, many = told.concept.name, is_plural(told.concept.name)

        def of_number(other: Concept) -> str:
            return other.name if is_plural(other.name) == many else ""

        wrong = self._read.wrong_names(told.concept, told.text, told.chunk, of_number, look(name))
        stem = f"What does the course describe so: “{_capital(told.text)}”?"
        return self._choice(told, stem, name, wrong)

    def _which_description(self, told: Description) -> QuizItem | None:
        wrong = [] if GAP in told.text else self._read.wrong_descriptions(told)
        return self._choice(told, f"How does the course describe “{told.concept.name}”?", told.text, wrong)

    def _of_sentences(self, concept: Concept) -> Iterator[QuizItem]:
        """Yield sentences about the concept with a blank, and how those that open with it go on, each opening once."""
        told = self._read.gaps.get(concept.id, [])
        openings = {_opening(gap): gap for gap in reversed(told) if gap.opens}
        completed = (item for gap in told if (item := self._completed(gap)) is not None)
        continued = (item for gap in openings.values() if (item := self._continued(gap)) is not None)
        yield from chain(islice(completed, MOST_GAPS), islice(continued, MOST_GAPS))

    def _completed(self, gap: Gap) -> QuizItem | None:
        """Return a sentence of the course to be completed with the name of a concept."""

        def written(other: Concept) -> str:
            return self._read.company(other).in_frame(gap.frame)

        wrong = self._read.wrong_names(gap.concept, gap.rest, gap.chunk, written, look(gap.name))
        before = _ARTICLE.sub(r"\1(n) ", gap.before)  # of which the letters would tell
        return self._choice(gap, f"What belongs in the blank? “{before}{BLANK}{gap.after}”", gap.name, wrong)

    def _continued(self, gap: Gap) -> QuizItem | None:
        """Return the beginning of a sentence with what may follow: what the course says, and what it says of others."""
        stem = f"How does the course go on: “{_opening(gap)} …”?"
        return self._choice(gap, stem, _ending(gap), [_ending(one) for one in self._read.wrong_endings(gap)])

    def _numbers(self, concept: Concept) -> Iterator[QuizItem]:
        for stated in stated_numbers(concept, self._read.chunks(concept))[:1]:
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
        document = self._read.documents.get(chunk.document_id)
        return Source(chunk.id, sentence, document.title if document else "", place(chunk.locator))


def _opening(gap: Gap) -> str:
    return _capital(gap.before + gap.name)


def _ending(gap: Gap) -> str:
    return f"… {gap.after.strip(' .')}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
