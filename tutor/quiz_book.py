"""The questions of a library: those its authors wrote, and those made from it; by concept, by lesson, by what is due.

Knows a library and the kinds of sources; refuses to know learners beyond the ids of concepts, and pages.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path

from knowledge.library import Library
from knowledge.lookup import named
from knowledge.model import Concept, MentionRole, RelationKind, SourceDocument, place
from tutor.desk import bundled_problems
from tutor.graders import grade
from tutor.grades import CodeJudge, CodeKey, Verdict
from tutor.learner import EvidenceKind, Learner, Shown, Subject
from tutor.name_finder import NameFinder
from tutor.problems import DIFFICULTIES, Problem
from tutor.quiz import Origin, QuizItem, Source, item_id
from tutor.quiz_generated import QuizMaker
from tutor.quiz_sources import authored, written_file
from tutor.quiz_worded import Askable

_TEACHES = (MentionRole.DEFINES, MentionRole.EXPLAINS)


class QuizBook:
    """Makes the questions of one library; the first question of a generation reads the whole of it."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made: tuple[int, QuizMaker] | None = None

    def of_concept(self, concept: Concept) -> list[QuizItem]:
        """Return the questions about a concept: its lessons' own that name it first, then those made for it."""
        catalog = self._library.catalog
        ids = [mention.chunk_id for mention in catalog.mentions_of([concept.id]) if mention.role in _TEACHES]
        documents = {chunk.document_id for chunk in catalog.chunks(ids)}
        names = [name.casefold() for name in (concept.name, *concept.aliases)]
        asked = chain.from_iterable(self._authored(d) for d in catalog.documents() if d.id in documents)
        about = [item for item in asked if any(name in f"{item.stem} {item.explanation}".casefold() for name in names)]
        return [*(_about(item, concept) for item in about), *self._maker().items([concept.id])]

    def sentences_about(self, concept: Concept) -> list[Askable]:
        """Return the sentences about a concept that a model may write questions about."""
        return list(self._maker().askable_sentences(concept.id))

    def sentences_of(self, path: str) -> list[Askable]:
        """Return the sentences of a lesson that a model may write questions about, from concept to concept."""
        maker, (chunks, _, taught) = self._maker(), self._of_path(path)
        by_concept: dict[str, list[Askable]] = {concept.id: [] for concept in taught}
        for concept_id, found in by_concept.items():
            found += [one for one in maker.askable_sentences(concept_id) if one.source.chunk_id in chunks]
        in_turn = zip_longest(*by_concept.values())
        return [one for layer in in_turn for one in layer if one is not None]

    def code_about(self, concepts: Sequence[Concept], solved: Container[str] = ()) -> list[QuizItem]:
        """Return the easiest bundled problem about one of these concepts as a question, with the place that says it.

        Args:
            concepts: what is to be practised; nothing is asked where no problem is about it or nothing describes it.
            solved: names of the problems that are not asked again.
        """
        catalog = self._library.catalog
        ids = {concept.id for concept in concepts}
        for problem in sorted(bundled_problems().values(), key=_ease):
            about = [found[0] for name in problem.concepts if len(found := named(catalog, name)) == 1]
            concept = next((one for one in about if one.id in ids), None)
            source = self._described_at(concept) if concept and problem.name not in solved else None
            if concept is not None and source is not None:
                name, key = item_id("code", problem.name, source), CodeKey(problem.name)
                item = QuizItem(name, "code", problem.title, (), key, source.quote, source, Origin.AUTHORED)
                return [_about(item, concept)]
        return []

    def taught(self, path: str) -> list[Concept]:
        """Return the concepts that the document with this path defines."""
        _, defined, _ = self._of_path(path)
        return defined

    def of_lesson(self, path: str) -> list[QuizItem]:
        """Return the questions of the document with this path: its author's, then those about what it introduces."""
        chunks, defined, taught = self._of_path(path)
        names = [NameFinder(defined), NameFinder(taught)]
        asked = chain.from_iterable(self._authored(d) for d in self._library.catalog.documents() if d.path == path)
        made = self._maker().items([concept.id for concept in taught])
        return [
            *(_about_first_named(item, names) for item in asked),
            *(item for item in made if item.source.chunk_id in chunks),
        ]

    def of_subjects(self, subjects: Iterable[Subject]) -> list[QuizItem]:
        """Return one question for each of these concepts that the library still has and can ask about."""
        concepts = self._library.catalog.concepts([subject.id for subject in subjects])
        each = (self.of_concept(concept) for concept in concepts)
        return [items[0] for items in each if items]

    def askable(self) -> list[Subject]:
        """Return the concepts that questions can be made about, as the course introduces them."""
        return self._maker().askable()

    def paths(self) -> list[str]:
        """Return the paths of all documents, in course order."""
        return [document.path for document in self._library.catalog.documents()]

    def needs(self, subject: Subject) -> list[Subject]:
        """Return what a concept directly needs, for partial credit."""
        catalog = self._library.catalog
        edges = catalog.relations_of([subject.id], [RelationKind.PREREQUISITE])
        ids = [edge.source_id for edge in edges if edge.target_id == subject.id]
        return [Subject(concept.id, concept.name) for concept in catalog.concepts(ids)]

    def _of_path(self, path: str) -> tuple[set[str], list[Concept], list[Concept]]:
        """Return the chunks of the document with this path, the concepts it defines, and all that it teaches."""
        catalog = self._library.catalog
        chunks = {chunk.id for d in catalog.documents() if d.path == path for chunk in catalog.document_chunks(d.id)}
        mentions = catalog.mentions_in(sorted(chunks))
        taught = {mention.concept_id for mention in mentions if mention.role in _TEACHES}
        defined = {mention.concept_id for mention in mentions if mention.role is MentionRole.DEFINES}
        return chunks, catalog.concepts(sorted(defined)), catalog.concepts(sorted(taught))

    def _described_at(self, concept: Concept) -> Source | None:
        """Return where the concept is defined, or else the place of the first question made about it."""
        quote, catalog = concept.definition, self._library.catalog
        chunk = next(iter(catalog.chunks([quote.chunk_id])), None) if quote else None
        whole = catalog.document(chunk.document_id) if chunk else None
        if quote is not None and chunk is not None and whole is not None:
            return Source(chunk.id, quote.text, whole.title, place(chunk.locator))
        return next((item.source for item in self._maker().items([concept.id])), None)

    def _authored(self, document: SourceDocument) -> list[QuizItem]:
        whole = self._library.catalog.document(document.id)
        if whole is None:
            return []
        return authored(whole, self._library.catalog.document_chunks(document.id), written_file(whole))

    def _maker(self) -> QuizMaker:
        generation = self._library.generation
        if self._made is None or self._made[0] != generation:
            self._made = (generation, QuizMaker(self._library.catalog))
        return self._made[1]


class QuizRoom:
    """What the page of quizzes stands on: the questions of a library and the learners of a state folder."""

    def __init__(self, library: Library, state: Path) -> None:
        self.book = QuizBook(library)
        self._library, self._state = library, state

    def learner(self, name: str) -> Learner:
        """Return the learner of this name; to be closed by the caller."""
        return Learner.open(self._state, name)

    def concepts(self, ids: Sequence[str]) -> list[Concept]:
        """Return those of these concepts that the library still has."""
        return self._library.catalog.concepts(ids)

    def lessons(self) -> list[SourceDocument]:
        """Return the documents in course order."""
        return self._library.catalog.documents()


def answered(
    item: QuizItem,
    answer: str,
    learner: Learner,
    needs: Sequence[Subject] = (),
    judge_code: CodeJudge | None = None,
) -> tuple[Verdict, str]:
    """Return the verdict on an answer with its reason, after recording it; UNSURE is evidence of nothing.

    Code that passes is not recorded here but by `tutor.desk.Desk.passed`, once, for every concept of its problem.

    Args:
        item: what was asked.
        answer: as typed, or the ids of the options, or code.
        learner: who answered.
        needs: what the item's concept directly needs.
        judge_code: judges code; without it code is UNSURE.
    """
    graded = grade(item.key, answer, judge_code)
    right = graded.verdict is Verdict.RIGHT
    by_the_desk = right and isinstance(item.key, CodeKey)
    if item.concept is not None and graded.verdict is not Verdict.UNSURE and not by_the_desk:
        learner.record(Shown(item.concept, EvidenceKind.ANSWER, right, item.guess, item.id), needs)
    return graded.verdict, graded.why


def with_written(items: Sequence[QuizItem], written: Sequence[QuizItem]) -> list[QuizItem]:
    """Return what a model wrote, then the items; an item made of the same sentence without a model gives way."""
    quotes = {item.source.quote for item in written}
    rest = (item for item in items if item.origin is not Origin.GENERATED or item.source.quote not in quotes)
    return [*written, *rest]


def _ease(problem: Problem) -> tuple[int, str]:
    return DIFFICULTIES.index(problem.difficulty), problem.name


def _about_first_named(item: QuizItem, taught: Sequence[NameFinder]) -> QuizItem:
    """Return the item about the concept that its question or answer names most, of the first group that has one."""
    for names in taught:
        times = names.counts(f"{item.stem} {item.explanation}")
        found = [names.concepts[concept_id] for concept_id in times]
        if found:
            return _about(item, max(found, key=lambda concept: (times[concept.id], concept.salience, concept.id)))
    return item


def _about(item: QuizItem, concept: Concept) -> QuizItem:
    return replace(item, concept=Subject(concept.id, concept.name))
