"""Retrieval in, LessonPlan out: which steps a lesson has, in which order, and what each may say.

Pure: no model, no store, no clock. The same retrieval always gives the same plan (law 9).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby, zip_longest

from knowledge.asking import asks_how_to, compares
from knowledge.howto import lesson_for
from knowledge.model import Chunk, ChunkKind, Concept, Retrieval
from knowledge.seeds import asked_for
from knowledge.stopwords import content_words
from tutor.headings import heading
from tutor.lesson import LessonPlan, Passage, PlannedStep, StepName
from tutor.quoting import explains
from tutor.sections import serves, teaches

TOPIC_PASSAGES = 8
LEADING_HITS = 3
PREREQUISITE_PASSAGES = 3
READING_PLACES = 5
COMPARED_PASSAGES = 6
NEXT_CONCEPTS = 4


def plan_lesson(retrieval: Retrieval, known: Collection[str] = ()) -> LessonPlan:
    """Return the lesson's steps: why, prerequisites and topics in order, how, example, uses, summary, reading, next.

    What the question names gets a step of its own, and all that comes before it one step together: a lesson of ten
    concepts is then no longer than a lesson of two. Why, how and uses are told of what the question names alone.

    Args:
        retrieval: what the library holds for the question.
        known: names of concepts that the learner knows; as prerequisites they are reminders of one sentence.
    """
    return _Planner(retrieval, known).plan()


class _Planner:
    """Gives keys to passages in the order of their first use."""

    def __init__(self, retrieval: Retrieval, known: Collection[str]) -> None:
        self._retrieval = retrieval
        self._known = {name.casefold() for name in known}
        self._passages: dict[str, Passage] = {}
        self._asked = asked_for(retrieval.seeds)
        self._main = self._asked[0] if self._asked else None
        self._nearest = retrieval.seeds[0].concept if retrieval.seeds else None
        self._topic = self._topic_chunks()

    def plan(self) -> LessonPlan:
        steps = (
            *self._answer(),
            *self._of_main(StepName.WHY),
            *self._explanations(),
            *self._of_main(StepName.HOW),
            self._example(),
            *self._of_main(StepName.APPLICATIONS),
            self._summary(),
            self._reading(),
            self._next(),
        )
        passages = {passage.key: passage for passage in self._passages.values()}
        return LessonPlan(self._retrieval.question, steps, passages)

    # --- steps ---

    def _answer(self) -> Iterable[PlannedStep]:
        """Begin with the question itself, where it asks more than what its concepts are."""
        asked = self._asked
        if asks_more(self._retrieval.question, asked):
            hits = _of_kind((hit.chunk for hit in self._retrieval.hits), ChunkKind.PROSE)
            whole = chain.from_iterable((hit, *_next_to(hit, self._topic)) for hit in hits if teaches(hit))
            found = _unique([*whole, *self._topic])
            chunks = (self._procedure(found) if asks_how_to(self._retrieval.question) else found)[:TOPIC_PASSAGES]
            sides = asked if len(asked) > 1 and compares(self._retrieval.question) else ()
            for side in sides:
                prose = _of_kind(self._retrieval.passages.get(side.id, ()), ChunkKind.PROSE)
                chunks += prose[:COMPARED_PASSAGES]
            yield self._step(StepName.ANSWER, "In short", None, _unique(chunks), sides)

    def _procedure(self, found: Sequence[Chunk]) -> list[Chunk]:
        """Return what was found in the lesson that shows how to do what is asked, in its order."""
        lesson = lesson_for(self._retrieval.question, found)
        return sorted((chunk for chunk in found if chunk.document_id == lesson), key=lambda chunk: chunk.position)

    def _of_main(self, name: StepName) -> Iterable[PlannedStep]:
        """Tell of the main concept what its headings promise: why it matters, how it works, where it is used."""
        if self._main is None:
            return
        defining = self._main.definition.chunk_id if self._main.definition else ""
        chunks = [chunk for chunk in self._topic if name is not StepName.HOW or chunk.id != defining]
        first = _by_heading(chunks, name)[:TOPIC_PASSAGES]
        yield self._step(name, heading(name, self._main.name), self._main, first)

    def _explanations(self) -> Iterable[PlannedStep]:
        """Explain what is asked, and before it, together, what it rests on."""
        order = [item.concept for item in self._retrieval.order]
        for asked, group in groupby(order, key=lambda concept: concept in self._asked):
            concepts = tuple(group)
            if not asked:
                first, last = concepts[0] is order[0], concepts[-1] is order[-1]
                title = "What you need first" if first else "What goes with it" if last else "What you need next"
                yield self._needed(concepts, title)
                continue
            for concept in concepts:
                prose = _of_kind(self._retrieval.passages.get(concept.id, ()), ChunkKind.PROSE)[:TOPIC_PASSAGES]
                chunks = self._explaining(concept) if concept == self._main else prose
                yield self._step(StepName.TOPIC, titled(concept.name), concept, chunks)
        if self._main is None:
            yield self._step(StepName.TOPIC, "What the course says", None, self._topic[:TOPIC_PASSAGES])

    def _needed(self, concepts: tuple[Concept, ...], title: str) -> PlannedStep:
        """Name several concepts in one step; the best passages of each come before the second best of any."""
        prose = [_of_kind(self._retrieval.passages.get(one.id, ()), ChunkKind.PROSE) for one in concepts]
        ranked = zip_longest(*(chunks[:PREREQUISITE_PASSAGES] for chunks in prose))
        chunks = _unique(chunk for chunk in chain.from_iterable(ranked) if chunk is not None)
        known = (one.id for one in concepts if self._known & {name.casefold() for name in (one.name, *one.aliases)})
        return replace(self._step(StepName.PREREQUISITE, title, None, chunks, concepts), known=frozenset(known))

    def _explaining(self, concept: Concept) -> list[Chunk]:
        """Return what is on the topic, and first what says what it is where extraction found no definition."""
        if concept.definition is not None:
            return self._topic[:TOPIC_PASSAGES]
        saying = [chunk for chunk in self._topic if explains(chunk.text, concept)]
        return _unique([*saying[:PREREQUISITE_PASSAGES], *self._topic])[:TOPIC_PASSAGES]

    def _example(self) -> PlannedStep:
        """Show whole cells: the retriever gives all chunks of each."""
        found = self._retrieval.passages.get(self._nearest.id, ()) if self._nearest else ()
        return self._step(StepName.EXAMPLE, "Worked example", self._main, _of_kind(found, ChunkKind.CODE))

    def _summary(self) -> PlannedStep:
        chunks = _by_heading(self._topic, StepName.SUMMARY)
        return self._step(StepName.SUMMARY, "Summary", self._main, chunks[:TOPIC_PASSAGES])

    def _reading(self) -> PlannedStep:
        first_of_document = {chunk.document_id: chunk for chunk in reversed(self._topic)}
        places = [chunk for chunk in self._topic if first_of_document[chunk.document_id] is chunk]
        return self._step(StepName.READING, "Further reading in this course", self._main, places[:READING_PLACES])

    def _next(self) -> PlannedStep:
        concepts = _unique_concepts([*self._retrieval.unlocks, *self._retrieval.related])[:NEXT_CONCEPTS]
        places = [chunk for c in concepts for chunk in self._retrieval.passages.get(c.id, ())[:1]]
        return self._step(StepName.NEXT, "Next steps", self._main, places, tuple(concepts))

    # --- parts ---

    def _topic_chunks(self) -> list[Chunk]:
        """Return prose for the question, best first: what defines the main concept, the best hits, what teaches it."""
        hits = [hit.chunk for hit in self._retrieval.hits]
        taught = self._retrieval.passages.get(self._nearest.id, ()) if self._nearest else ()
        mixed = [*taught[:1], *hits[:LEADING_HITS], *taught[1:], *hits[LEADING_HITS:]]
        return [chunk for chunk in _unique(_of_kind(mixed, ChunkKind.PROSE)) if teaches(chunk)]

    def _step(
        self,
        name: StepName,
        title: str,
        concept: Concept | None,
        chunks: Sequence[Chunk],
        mentions: tuple[Concept, ...] = (),
    ) -> PlannedStep:
        return PlannedStep(name, title, concept, tuple(self._passage(chunk) for chunk in chunks), mentions)

    def _passage(self, chunk: Chunk) -> Passage:
        known = self._passages.get(chunk.id)
        if known is None:
            found = self._retrieval
            key, document = f"c{len(self._passages) + 1}", found.documents[chunk.document_id]
            known = Passage(key, chunk, document, found.addresses.get(chunk.id, ""))
            self._passages[chunk.id] = known
        return known


def asks_more(question: str, concepts: Sequence[Concept]) -> bool:
    """Return whether a question asks more than what these concepts are: for a comparison, a reason, a way to do it."""
    names = {word for concept in concepts for name in (concept.name, *concept.aliases) for word in content_words(name)}
    return not concepts or bool(content_words(question) - names) or (len(concepts) > 1 and compares(question))


def titled(name: str) -> str:
    """Return a concept's name as a heading: its first letter large, unless the name has its own way (`iPhone`)."""
    return name[:1].upper() + name[1:] if name[1:2].islower() or name[1:2] in {" ", "-"} else name


def _of_kind(chunks: Iterable[Chunk], kind: ChunkKind) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk.kind is kind]


def _next_to(chunk: Chunk, chunks: Iterable[Chunk]) -> list[Chunk]:
    """Return those of the chunks that stand right before or after one in its document."""
    near = [one for one in chunks if one.document_id == chunk.document_id]
    return [one for one in near if abs(one.position - chunk.position) == 1]


def _unique(chunks: Iterable[Chunk]) -> list[Chunk]:
    return list({chunk.id: chunk for chunk in chunks}.values())


def _unique_concepts(concepts: Iterable[Concept]) -> list[Concept]:
    return list({concept.id: concept for concept in concepts}.values())


def _by_heading(chunks: Sequence[Chunk], step: StepName) -> list[Chunk]:
    """Return the chunks with those first whose section is headed as the step is, otherwise in their order."""
    return sorted(chunks, key=lambda chunk: not serves(step, chunk))
