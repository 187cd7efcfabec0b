"""The composer that needs no model: the course's own sentences, chosen and ordered, quoted and cited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from knowledge.asking import asks_how_to
from knowledge.cells import cells_of
from knowledge.chat_model import ModelName, Rung
from knowledge.model import Concept
from knowledge.stopwords import content_words
from tutor.citations import Similarity, resolve
from tutor.events import Notice, StepFinished, StepStarted, TextStreamed
from tutor.lesson import (
    Citation,
    LessonPlan,
    PlannedStep,
    StepName,
)
from tutor.paragraphs import continued, definition, excerpts, paragraphs
from tutor.quoting import (
    SURELY_RELEVANT,
    QuotableSentence,
    Wish,
    choose,
    is_definition,
    no_key_of_ours,
    quotable,
    says_what,
)
from tutor.standing import readable, stands_alone
from tutor.step_text import (
    NEAREST,
    citations,
    entry,
    finished_step,
    first_line,
    flowing,
    marked,
    missing,
    place_of,
    shown_cell,
)
from tutor.style import Level, Style
from tutor.subjects import names

EXTRACTIVE = ModelName(Rung.EXTRACTIVE, "the course's own sentences")
SENTENCES = {
    StepName.ANSWER: 3,
    StepName.WHY: 2,
    StepName.TOPIC: 4,
    StepName.HOW: 4,
    StepName.APPLICATIONS: 3,
    StepName.SUMMARY: 2,
}
_ASKS = {
    StepName.ANSWER: "{name}",
    StepName.WHY: "Why is {name} important? Which problem does {name} solve?",
    StepName.PREREQUISITE: "What is {name}?",
    StepName.TOPIC: "What is {name}?",
    StepName.HOW: "How does {name} work?",
    StepName.APPLICATIONS: "What is {name} used for?",
    StepName.SUMMARY: "What is most important about {name}?",
}
"""What a step wants to know, as a question whose meaning is compared with sentences."""
IN_ITS_OWN_WORDS = (
    "Without a chat model Erica quotes the course in its own language; an answer in {language} needs a model."
)
_GOING_ON = (StepName.ANSWER, StepName.WHY, StepName.TOPIC, StepName.HOW)
"""Steps that read on in the paragraph of a sentence: what follows it there explains it."""
STEPS_OF_A_PROCEDURE = 5
SHORTEST_WAY = 3
"""Concepts from which on the way through them is worth a line: of two, the headings just told."""
ANSWERING, ANSWERING_HOW_TO = 0.5, 0.35
"""Least cosine with the question, or share of its words, at which a sentence answers it, or is a step of how to."""
QUESTION_SHARE = 0.9
"""What nearness to the question counts against nearness to what the step asks."""


class ExtractiveComposer:
    """Composes from quotations alone; the same plan always gives the same lesson."""

    def __init__(self, similarity: Similarity | None = None, style: Style | None = None) -> None:
        """Choose sentences by meaning too, where an embedder's `similarity` is at hand."""
        self._similarity = similarity
        self._style = style or Style()

    @property
    def model_name(self) -> ModelName:
        """Return the extractive rung."""
        return EXTRACTIVE

    def compose(self, plan: LessonPlan) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice]:
        """Yield the events of each step in the plan's order; see `tutor.compose.Composer`."""
        writer = StepWriter(plan, self._similarity, self._style.level)
        if self._style.language:
            yield Notice(IN_ITS_OWN_WORDS.format(language=self._style.language))
        for step in plan.steps:
            yield StepStarted(step.name, step.title, step.concept.name if step.concept else None)
            finished = writer.write(step)
            yield TextStreamed(finished.step.text)
            yield finished


class StepWriter:
    """Writes single steps of one lesson from quotations, and remembers what was quoted so that nothing repeats."""

    def __init__(self, plan: LessonPlan, similarity: Similarity | None = None, level: Level = Level.STANDARD) -> None:
        self._similarity = similarity
        self._level = level
        self._question = plan.question
        self._question_words = frozenset(content_words(plan.question))
        self._used: list[QuotableSentence] = []
        self._concepts = [step.concept for step in plan.steps if step.name is StepName.TOPIC and step.concept]
        self._needed = [one for step in plan.steps if step.name is StepName.PREREQUISITE for one in step.mentions]
        self._explained: list[Concept] = []
        self._answered: set[str] = set()

    def write(self, step: PlannedStep) -> StepFinished:
        """Return the finished step with its citations."""
        writers: dict[StepName, Callable[[PlannedStep], StepFinished]] = {
            StepName.ANSWER: self._answer,
            StepName.PREREQUISITE: self._needed_first,
            StepName.EXAMPLE: self._example,
            StepName.SUMMARY: self._summary,
            StepName.READING: self._reading,
            StepName.NEXT: self._next,
        }
        return writers.get(step.name, self._told)(step)

    def told_elsewhere(self, step: PlannedStep, text: str) -> None:
        """Count what a step that a model worded names among what stands in the lesson: the summary gives the way."""
        if step.name in (StepName.TOPIC, StepName.PREREQUISITE):
            told = step.mentions or ((step.concept,) if step.concept else ())
            self._explained.extend(one for one in told if (named := names(one)) and named.search(text))

    def _told(self, step: PlannedStep) -> StepFinished:
        """Tell what a section on one concept wants to know. What is asked about is named even where nothing is said."""
        chosen = self._choose(step, SENTENCES[step.name]) or self._opening(step)
        excerpt = self._nearest(step) if step.name is StepName.TOPIC and not chosen else None
        topic = step.concept if step.name is StepName.TOPIC else None
        if (chosen or excerpt) and topic:
            self._explained.append(topic)
        if excerpt:
            return finished_step(step, f"> {marked(excerpt)}", citations([excerpt]))
        text = self._flowing(step, chosen) or missing(step)
        named = names(topic)
        told_already = named is not None and any(named.search(one.shown) for one in self._used)
        fresh = any(one.quote not in self._answered for one in chosen)  # a section that only repeats the short answer
        found = fresh or (topic is not None and not chosen and not told_already)
        return finished_step(step, text, citations(chosen), found=found)

    def _flowing(self, step: PlannedStep, chosen: Sequence[QuotableSentence]) -> str:
        """Return the sentences as paragraphs that say of what they are, where question and step do not."""
        own = (step.concept.name, *step.concept.aliases) if step.concept else ()
        return flowing(chosen, " ".join((self._question, *own)))

    def _opening(self, step: PlannedStep) -> list[QuotableSentence]:
        """Return a first paragraph on a topic of which no sentence stands alone: read whole, it explains itself."""
        if step.name is not StepName.TOPIC or step.concept is None:
            return []
        found = (one for passage in step.passages for one in paragraphs(passage, step.concept))
        fresh = [one for one in found if all(used.quote not in one.quote for used in self._used)]
        self._used.extend(fresh[:1])
        return fresh[:1]

    def _nearest(self, step: PlannedStep) -> QuotableSentence | None:
        """Return the part of a paragraph that comes nearest to what is asked, where no sentence alone says it.

        On a concept it names it: the sentence itself, or what is read with it in a section named after the concept.
        """
        if self._similarity is None:
            return None
        found = [one for passage in step.passages for one in excerpts(passage, step.concept)]
        fresh = [one for one in found if all(used.quote not in one.quoted.quote for used in self._used)]
        if not fresh:
            return None
        asked = _ASKS[step.name].format(name=step.concept.name) if step.concept else self._question
        (near,) = self._similarity([asked], [one.sentence for one in fresh])
        best = max(range(len(fresh)), key=lambda at: (near[at], -at))
        if near[best] < (SURELY_RELEVANT if step.concept else ANSWERING):
            return None
        self._used.append(fresh[best].quoted)
        return fresh[best].quoted

    def _needed_first(self, step: PlannedStep) -> StepFinished:
        """Say of each concept what it is, in one sentence; leave out those of which the course has none."""
        said = [(concept, self._what_it_is(step, concept)) for concept in step.mentions]
        told = [(concept, sentence) for concept, sentence in said if sentence is not None]
        self._explained.extend(concept for concept, _ in told)
        lines = []
        for concept, sentence in told:
            reminder = "You know this already: " if concept.id in step.known else ""
            lines.append(entry(concept, sentence.shown, sentence.passage.key, reminder))
        sentences = [sentence for _, sentence in told]
        return finished_step(step, "\n".join(lines) or missing(step), citations(sentences), found=bool(lines))

    def _what_it_is(self, step: PlannedStep, concept: Concept) -> QuotableSentence | None:
        """Return the sentence that says best what a concept is, if one does."""
        candidates = [
            sentence
            for passage in step.passages
            for sentence in quotable(passage)
            if not sentence.block and says_what(sentence, concept) and not self._reserved(sentence, concept)
        ]
        wish = Wish(StepName.PREREQUISITE, concept, self._question_words, 1, self._level)
        chosen = choose(candidates, wish, self._used)
        self._used.extend(chosen)
        return next(iter(chosen), None)

    def _answer(self, step: PlannedStep) -> StepFinished:
        """Answer the question itself: a procedure by its steps, a comparison with its sides next to each other."""
        chosen = self._choose(step, STEPS_OF_A_PROCEDURE if asks_how_to(self._question) else SENTENCES[step.name])
        sides = [(side, self._side(step, side)) for side in step.mentions]
        lines = [entry(side, one.shown, one.passage.key) for side, one in sides if one]
        self._answered = {one.quote for one in chosen}
        both = [one for one in chosen if not lines or all(self._names(side, one) for side in step.mentions)]
        if not both and not lines and (excerpt := self._nearest(step)):
            return finished_step(step, f"*{NEAREST}*\n\n> {marked(excerpt)}", citations([excerpt]))
        text = "\n\n".join(part for part in (self._flowing(step, both), "\n".join(lines)) if part)
        return finished_step(step, text or missing(step), citations([*both, *(one for _, one in sides if one)]))

    def _side(self, step: PlannedStep, side: Concept) -> QuotableSentence | None:
        """Return the sentence that says best what one of the things compared is."""
        others = [other for other in step.mentions if other != side]
        named = [
            sentence
            for passage in step.passages
            for sentence in quotable(passage)
            if not sentence.block and self._names(side, sentence)
        ]
        alone = [one for one in named if not any(self._names(other, one) for other in others)]
        wish = Wish(StepName.TOPIC, side, self._question_words, 1, self._level)
        return next(iter(choose(alone or named, wish, ())), None)

    def _names(self, concept: Concept, sentence: QuotableSentence) -> bool:
        named = names(concept)
        return named is not None and named.search(sentence.shown) is not None

    def _choose(self, step: PlannedStep, most: int) -> list[QuotableSentence]:
        short_answer = step.name is StepName.ANSWER
        procedure = short_answer and asks_how_to(self._question)
        candidates = [
            sentence
            for passage in step.passages
            for sentence in quotable(passage, instructs=procedure)
            if all(sentence.quote != used.quote for used in self._used)
            and (short_answer or not self._reserved(sentence, step.concept))
        ]
        if step.name is StepName.TOPIC and step.concept and not any(says_what(c, step.concept) for c in candidates):
            candidates.extend(definition(step.passages, step.concept))
        relevance = self._relevance(step, candidates)
        if short_answer or step.concept is None:
            candidates = [one for one in candidates if self._answers(one, relevance)]
        wish = Wish(step.name, step.concept, self._question_words, most, self._level, procedure, relevance)
        chosen = choose(candidates, wish, self._used)
        # A definition stands where its concept is explained; it answers the question where nothing else does.
        chosen = [one for one in chosen if not self._reserved(one, step.concept)] or chosen
        whole = self._going_on(step, chosen) if step.name in _GOING_ON and not procedure else chosen
        self._used.extend(one for one in whole if not self._reserved(one, step.concept))
        return whole

    def _going_on(self, step: PlannedStep, chosen: Sequence[QuotableSentence]) -> list[QuotableSentence]:
        """Return the sentences, the first of an explanation and each of a reason with what goes on from it."""

        def is_taken(one: QuotableSentence) -> bool:
            return self._reserved(one, step.concept) or any(one.quote in used.quote for used in self._used)

        whole: list[QuotableSentence] = []
        for one in chosen:
            if any(one.quote in before.quote for before in whole):
                continue
            goes_on = not whole or step.name in (StepName.WHY, StepName.HOW)
            whole.append(continued(one, is_taken) if goes_on else one)
        return whole

    def _reserved(self, sentence: QuotableSentence, about: Concept | None) -> bool:
        """Return whether the sentence defines another concept of the lesson, which needs it."""
        return any(one != about and is_definition(sentence, one) for one in (*self._concepts, *self._needed))

    def _answers(self, sentence: QuotableSentence, relevance: Mapping[str, float]) -> bool:
        """Return whether the sentence is about what is asked: by meaning, or by words where nothing is embedded."""
        how_to = asks_how_to(self._question)
        least = ANSWERING_HOW_TO if how_to else ANSWERING
        if self._similarity is None:
            wanted = least * len(self._question_words)
            return len(self._question_words & sentence.words) >= (max(1, int(wanted)) if how_to else wanted)
        return relevance.get(sentence.shown, 0.0) >= least

    def _relevance(self, step: PlannedStep, candidates: Sequence[QuotableSentence]) -> dict[str, float]:
        """Return how near in meaning each candidate is to what the step asks, or to the question itself."""
        if self._similarity is None or not candidates:
            return {}
        shown = [candidate.shown for candidate in candidates]
        if step.concept is None:
            (to_question,) = self._similarity([self._question], shown)
            return dict(zip(shown, to_question, strict=True))
        asks = [_ASKS[step.name].format(name=step.concept.name), self._question]
        to_step, to_question = self._similarity(asks, shown)
        return {text: max(a, QUESTION_SHARE * b) for text, a, b in zip(shown, to_step, to_question, strict=True)}

    def _summary(self, step: PlannedStep) -> StepFinished:
        chosen = self._choose(step, SENTENCES[step.name]) if step.concept else []
        explained = [f"**{concept.name}**" for concept in self._explained]
        path = f"The way here: {' → '.join(explained)}." if len(explained) >= SHORTEST_WAY else ""
        text = "\n\n".join(part for part in (self._flowing(step, chosen), path) if part) or missing(step)
        return finished_step(step, text, citations(chosen), found=bool(chosen or path))

    def _example(self, step: PlannedStep) -> StepFinished:
        if not step.passages:
            return finished_step(step, missing(step), [], found=False)
        by_chunk = {passage.chunk.id: passage for passage in step.passages}
        cells = [(by_chunk[cell[0].id], cell) for cell in cells_of(passage.chunk for passage in step.passages)]
        places = [f"From {place_of(p)} [{p.key}]." for p, _ in cells]
        cited = [resolve(p, p.chunk.text, 1.0) for p, _ in cells]
        return finished_step(step, "\n\n".join(places), cited, tuple(shown_cell(p, cell) for p, cell in cells))

    def _reading(self, step: PlannedStep) -> StepFinished:
        lines = [f"- {place_of(p)} [{p.key}]" for p in step.passages]
        cited = [resolve(p, first_line(p.chunk.text), 1.0) for p in step.passages]
        return finished_step(step, "\n".join(lines) or missing(step), cited, found=bool(lines))

    def _next(self, step: PlannedStep) -> StepFinished:
        """Name real successors in the graph, each with its definition where the course gives one."""
        passages = {p.chunk.id: p for p in step.passages}
        lines: list[str] = []
        cited: list[Citation] = []
        for concept in step.mentions:
            definition = concept.definition
            passage = passages.get(definition.chunk_id) if definition else None
            said = definition.text if definition else ""
            if definition is None or passage is None or not stands_alone(said) or any(said == c.quote for c in cited):
                lines.append(f"- **{concept.name}**")
                continue
            lines.append(entry(concept, no_key_of_ours(readable(definition.text)), passage.key))
            cited.append(resolve(passage, definition.text, 1.0))
        return finished_step(step, "\n".join(lines) or missing(step), cited, found=bool(lines))
