"""The composer that lets a chat model word single steps. The plan decides what is said, in which order, from where.

What the model writes is checked sentence by sentence; a step of which nothing stays, or during which the model fails,
is written from quotations instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator
from contextlib import closing

from knowledge.chat_model import ChatModel, Message, ModelName
from knowledge.errors import ModelError
from tutor.citations import UNSUPPORTED, CheckedText, Similarity, check
from tutor.events import Notice, StepFinished, StepStarted, TextStreamed
from tutor.extractive import StepWriter
from tutor.lesson import Detail, LessonPlan, LessonStep, Passage, PlannedStep, Removed, StepName
from tutor.prompting import TASKS, messages, rewriting
from tutor.quoting import no_key_of_ours
from tutor.style import Style, Unsupported
from tutor.translating import translated

MAX_STEP_TOKENS = 260
CHARS_PER_TOKEN = 3.5
"""Low on purpose: course text with formulas and code has short tokens."""
SMALL_CONTEXT_TOKENS = 8_192
SMALL_MODEL_STEPS = frozenset({StepName.ANSWER, StepName.WHY, StepName.TOPIC, StepName.HOW, StepName.APPLICATIONS})
"""A small model pays some seconds a step: prerequisites and summary keep the course's own words."""
_LEAK = re.compile(
    r"<\|?/?(?:tool|function)[_a-z]*\|?>|<\|im_|<\|(?:end|eot|start)[a-z_]*\|>|\{\s*\"(?:name|tool|function)\"\s*:",
    re.I,
)
"""The marks of a tool call or of a turn of the conversation: nothing after them is an answer."""
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.I | re.S)
_SENTENCE = re.compile(r"(?s).*?\[c\d+\]")
SMALL_PASSAGE_TOKENS, LARGE_PASSAGE_TOKENS = 500, 2_000


class WordedComposer:
    """Composes with a chat model, step by step, and falls back to quotations for a step that fails."""

    def __init__(self, model: ChatModel, similarity: Similarity | None = None, style: Style | None = None) -> None:
        """Use `similarity` (cosines by an embedder) to find what supports a sentence; without it, words decide."""
        self._model = model
        self._similarity = similarity
        self._style = style or Style()
        small = model.context_tokens <= SMALL_CONTEXT_TOKENS
        self._worded: Collection[StepName] = SMALL_MODEL_STEPS if small else TASKS.keys()
        self._passage_tokens = SMALL_PASSAGE_TOKENS if small else LARGE_PASSAGE_TOKENS

    @property
    def model_name(self) -> ModelName:
        """Return which model writes."""
        return self._model.model_name

    def compose(self, plan: LessonPlan) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice | Removed]:
        """Yield the events of each step in the plan's order; see `tutor.compose.Composer`."""
        writer = StepWriter(plan, self._similarity, self._style.level)
        failed = False
        for step in plan.steps:
            yield StepStarted(step.name, step.title, step.concept.name if step.concept else None)
            worded = None
            if not failed and step.name in self._worded and step.passages and step.detail is not Detail.REMINDER:
                try:
                    worded = yield from self._word(plan.question, step)
                except ModelError as error:
                    # The course's own words carry on from here; asking a broken model again for each step would hang.
                    failed = True
                    yield Notice(f"{error} The rest of the lesson quotes the course.")
            yield worded or writer.write(step)

    def _word(
        self, question: str, step: PlannedStep
    ) -> Generator[TextStreamed | Removed | Notice, None, StepFinished | None]:
        """Stream one step; return it checked, or None where nothing the model wrote is supported."""
        passages = self._fitting(step)
        text = yield from self._said(messages(question, step, passages, self._style.level))
        checked = check(whole_sentences(text), passages, self._similarity)
        beyond = [one.what for one in checked.removed if one.why == UNSUPPORTED]
        if checked.text and beyond:
            again = yield from self._said(rewriting(beyond, passages))
            checked = _joined(checked, check(whole_sentences(again), passages, self._similarity))
        yield from checked.removed
        if not checked.text:
            yield Notice(f"{self.model_name.name} wrote nothing here that the course supports; quoting the course.")
            return None
        said = checked.text
        if self._style.language:
            said = translated(said, self._style.language, self._model)
        if beyond and self._style.unsupported is Unsupported.MARK:
            said += "".join(f"\n\n*Beyond the course:* {' '.join(no_key_of_ours(one).split())}" for one in beyond)
        keys = tuple(citation.key for citation in checked.citations)
        concept = step.concept.name if step.concept else None
        return StepFinished(LessonStep(step.name, step.title, concept, said, keys), checked.citations)

    def _said(self, prompt: list[Message]) -> Generator[TextStreamed, None, str]:
        """Stream an answer and return it, cut where the model loops or leaks what is no answer."""
        text = ""
        with closing(self._model.stream(prompt, max_tokens=MAX_STEP_TOKENS)) as stream:
            for delta in stream:
                text += delta
                yield TextStreamed(delta)
                if _loops(text) or _LEAK.search(text):
                    break
        return _THOUGHT.sub("", _LEAK.split(text, maxsplit=1)[0])

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
    """Return what stayed at first and what stayed of the sentences said again, each sentence once."""
    fresh = [part for part in _SENTENCE.findall(second.text) if part.strip() not in first.text]
    citations = {citation.key: citation for citation in (*second.citations, *first.citations)}
    text = f"{first.text} {''.join(fresh).strip()}".strip()
    cited = tuple(citation for key, citation in citations.items() if f"[{key}]" in text)
    return CheckedText(text, cited, (*first.removed, *second.removed))


def whole_sentences(text: str) -> str:
    """Return the text up to its last finished sentence: a cut-off tail says half of something."""
    stripped = text.strip()
    match = re.search(r"(?s)\A.*[.!?。](?:[\"'”’)\]*_`$]*|\s*\\[\])])", stripped)
    return match.group(0) if match else ""


def _loops(text: str) -> bool:
    """Return whether the text ends in the same 40 characters three times: the model is stuck."""
    tail = text[-40:]
    return len(tail) == 40 and text.count(tail) >= 3
