"""The composer that lets a chat model word steps. The plan decides what is said, in which order, from where.

A model whose context holds it is asked for the whole lesson at once, any other for one step at a time. Either way what
it writes is checked sentence by sentence; a step of which nothing stays, or during which the model fails, is written
from quotations instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass

from knowledge.chat_model import ChatModel, Message, ModelName
from knowledge.errors import ModelError
from tutor.citations import UNSUPPORTED, CheckedText, Similarity, check, wordings
from tutor.derailed import answer_of, derailed, whole_sentences
from tutor.events import Notice, StepFinished, StepStarted, TextStreamed
from tutor.extractive import StepWriter
from tutor.lesson import LessonPlan, LessonStep, Passage, PlannedStep, Removed, StepName
from tutor.prompting import TASKS, lesson_messages, messages, rewriting
from tutor.quoting import no_key_of_ours
from tutor.style import Style, Unsupported
from tutor.translating import translated
from tutor.whole_lesson import Parts

MAX_STEP_TOKENS = 260
CHARS_PER_TOKEN = 3.5
"""Low on purpose: course text with formulas and code has short tokens."""
SMALL_CONTEXT_TOKENS = 4_096
"""What a model inside this program has. Servers are asked for more (setting `context_tokens`)."""
WHOLE_LESSON_TOKENS = 16_384
"""Context from which on a lesson is asked for at once: its passages are then read once and not for each step."""
SMALL_MODEL_STEPS = frozenset({StepName.ANSWER, StepName.WHY, StepName.TOPIC, StepName.HOW, StepName.APPLICATIONS})
"""A small model pays some seconds a step: prerequisites and summary keep the course's own words."""
_SENTENCE = re.compile(r"(?s).*?\[c\d+\]")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
SMALL_CLOSENESS = 0.7
"""How near a small model has to stay to the words of one sentence. Of 193 of its sentences labelled by hand, .86 of
those kept without this are supported, and .95 of those kept with it, which are three quarters as many."""
SMALL_PASSAGE_TOKENS, LARGE_PASSAGE_TOKENS = 500, 2_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a step may say, and the stream that says it. `whole` is the answer that it is a part of, if it is one."""

    passages: list[Passage]
    text: Generator[TextStreamed, None, str]
    whole: Parts | None = None


@dataclass(frozen=True, slots=True)
class _Whole:
    """A lesson asked for at once, and all that it may say."""

    passages: list[Passage]
    parts: Parts

    def of(self, index: int) -> _Asked:
        """Return the part that words the step of this index."""
        return _Asked(self.passages, self.parts.part(index + 1), self.parts)


class WordedComposer:
    """Composes with a chat model and falls back to quotations for a step that fails."""

    def __init__(
        self,
        model: ChatModel,
        similarity: Similarity | None = None,
        style: Style | None = None,
        *,
        fluent: bool = True,
    ) -> None:
        """Compose with `model`.

        Args:
            model: what writes.
            similarity: cosines by an embedder, to find what supports a sentence; without it, words decide.
            style: level and language.
            fluent: whether its own words are often right; otherwise it has to stay near the words of one sentence, as
                a model of a small context has to in any case.
        """
        self._model = model
        self._similarity = similarity
        self._style = style or Style()
        small = model.context_tokens <= SMALL_CONTEXT_TOKENS
        self._worded: Collection[StepName] = SMALL_MODEL_STEPS if small else TASKS.keys()
        self._passage_tokens = SMALL_PASSAGE_TOKENS if small else LARGE_PASSAGE_TOKENS
        self._closeness = SMALL_CLOSENESS if small or not fluent else 0.0

    @property
    def model_name(self) -> ModelName:
        """Return which model writes."""
        return self._model.model_name

    def compose(self, plan: LessonPlan) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice | Removed]:
        """Yield the events of each step in the plan's order; see `tutor.compose.Composer`."""
        worded = [step for step in plan.steps if self._is_worded(step)]
        whole = self._whole(plan.question, worded)
        with closing(whole.parts) if whole else nullcontext():
            yield from self._steps(plan, worded, whole)

    def _steps(
        self, plan: LessonPlan, worded: list[PlannedStep], whole: _Whole | None
    ) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice | Removed]:
        writer = StepWriter(plan, self._similarity, self._style.level)
        failed = False
        told: set[str] = set()
        for step in plan.steps:
            yield StepStarted(step.name, step.title, step.concept.name if step.concept else None)
            said = None
            if not failed and step in worded:
                asked = whole.of(worded.index(step)) if whole else self._asked(plan.question, step)
                try:
                    said = yield from self._word(step, asked, told)
                except ModelError as error:
                    # The course's own words carry on from here; asking a broken model again for each step would hang.
                    failed = True
                    yield Notice(f"{error} The rest of the lesson quotes the course.")
            if said:
                writer.told_elsewhere(step, said.step.text)
            finished = said or writer.write(step)
            told |= wordings(finished.step.text)
            yield finished

    def _is_worded(self, step: PlannedStep) -> bool:
        return step.name in self._worded and bool(step.passages)

    def _asked(self, question: str, step: PlannedStep) -> _Asked:
        """Return how a step is asked for by itself."""
        passages = self._fitting(step)
        return _Asked(passages, self._said(messages(question, step, passages, self._style.level)))

    def _whole(self, question: str, steps: list[PlannedStep]) -> _Whole | None:
        """Return how all these steps are asked for at once, or None where they are better asked for one by one."""
        if self._model.context_tokens < WHOLE_LESSON_TOKENS or len(steps) < 2:
            return None
        passages = list({passage.key: passage for step in steps for passage in self._fitting(step)}.values())
        prompt = lesson_messages(question, steps, passages, self._style.level)
        room = MAX_STEP_TOKENS * len(steps)
        if sum(len(message.content) for message in prompt) / CHARS_PER_TOKEN + room > self._model.context_tokens:
            return None
        return _Whole(passages, Parts(self._stream(prompt, room)))

    def _stream(self, prompt: list[Message], tokens: int) -> Generator[str, None, None]:
        """Ask when the first word is wanted: who never wants one has not asked."""
        with closing(self._model.stream(prompt, max_tokens=tokens)) as stream:
            yield from stream

    def _word(
        self, step: PlannedStep, asked: _Asked, told: set[str]
    ) -> Generator[TextStreamed | Removed | Notice, None, StepFinished | None]:
        """Stream one step; return it checked, or None where the course supports less than half of what was written."""
        passages = asked.passages
        text = answer_of((yield from asked.text))
        checked = self._checked(text, passages, told)
        beyond = [one.what for one in checked.removed if one.why == UNSUPPORTED]
        marks = self._style.unsupported is Unsupported.MARK
        if len(beyond) > len(_SENTENCE.findall(checked.text)) and not marks:
            checked = CheckedText("", (), checked.removed)  # what is left of such a text hangs together no more
        if asked.whole and checked.text and (beyond or self._style.language):
            yield from asked.whole.read()  # a server that answers one question at a time is then free for the next
        if checked.text and beyond:
            again = answer_of((yield from self._said(rewriting(beyond, passages))))
            checked = _joined(checked, self._checked(again, passages, told | wordings(checked.text)))
        yield from checked.removed
        if not checked.text:
            little = "too little here that the course supports" if beyond else "nothing here that was not said"
            yield Notice(f"{self.model_name.name} wrote {little}; quoting the course.")
            return None
        said = checked.text
        if self._style.language:
            said = translated(said, self._style.language, self._model)
        if beyond and marks:
            said += "".join(f"\n\n*Beyond the course:* {' '.join(no_key_of_ours(one).split())}" for one in beyond)
        keys = tuple(citation.key for citation in checked.citations)
        concept = step.concept.name if step.concept else None
        return StepFinished(LessonStep(step.name, step.title, concept, said, keys), checked.citations)

    def _checked(self, text: str, passages: list[Passage], told: set[str]) -> CheckedText:
        return check(whole_sentences(text), passages, self._similarity, told, self._closeness)

    def _said(self, prompt: list[Message]) -> Generator[TextStreamed, None, str]:
        """Stream an answer and return it; a model that loops or leaks what is no answer is stopped."""
        text = ""
        with closing(self._model.stream(prompt, max_tokens=MAX_STEP_TOKENS)) as stream:
            for delta in stream:
                text += delta
                yield TextStreamed(delta)
                if derailed(text):
                    break
        return text

    def _fitting(self, step: PlannedStep) -> list[Passage]:
        """Return the step's first passages that fit the context, at least one."""
        room = self._passage_tokens * CHARS_PER_TOKEN
        kept: list[Passage] = []
        for passage in step.passages:
            room -= len(passage.chunk.text)
            if kept and room < 0:
                break
            kept.append(passage)
        return kept


def _joined(first: CheckedText, second: CheckedText) -> CheckedText:
    """Return what stayed at first and, as one run of prose, what stayed of the sentences said again."""
    fresh = " ".join(_ITEM.sub("", part.strip()) for part in _SENTENCE.findall(second.text))
    gap = "\n\n" if _ITEM.match(first.text.rsplit("\n", 1)[-1]) else " "
    citations = {citation.key: citation for citation in (*second.citations, *first.citations)}
    text = f"{first.text}{gap}{fresh}".strip()
    cited = tuple(citation for key, citation in citations.items() if f"[{key}]" in text)
    return CheckedText(text, cited, (*first.removed, *second.removed))
