"""What a composer is, and the lesson it makes of a plan. Events leave one by one; the lesson is their sum."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator
from typing import Protocol

from knowledge.chat_model import ModelName
from knowledge.model import Retrieval, place
from tutor.events import Event, LessonFinished, Notice, Retrieved, StepFinished, StepStarted, TextStreamed
from tutor.lesson import Citation, Lesson, LessonPlan, LessonStep, Removed
from tutor.plan import plan_lesson
from tutor.reception import Reply

Clock = Callable[[], float]


class Composer(Protocol):
    """Turns a plan into text. It never decides order, prerequisites or citations."""

    @property
    def model_name(self) -> ModelName:
        """Return which rung and model writes."""
        ...

    def compose(self, plan: LessonPlan) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice | Removed]:
        """Yield the events of each step in the plan's order, and what was taken out. Closing it stops the model."""
        ...


def teach(
    retrieve: Callable[[], Retrieval],
    composer: Composer,
    clock: Clock = time.perf_counter,
    *,
    known: Collection[str] = (),
    instead: Callable[[Retrieval], Reply | None] = lambda _: None,
    taken_as: str = "",
) -> Generator[Event, None, None]:
    """Yield the events of one answer, from retrieval to the finished lesson.

    Args:
        retrieve: finds what the library holds for the question; its time is measured.
        composer: writes the steps.
        clock: seconds, monotonic.
        known: names of concepts that the learner knows.
        instead: gives what is said in place of a lesson, if anything.
        taken_as: the question as it is answered, where a word of it was put right; the reader is told.
    """
    started = clock()
    notices: list[str] = [understood_as(taken_as)] if taken_as else []
    yield from map(Notice, notices)
    retrieval = retrieve()
    timing = {"retrieval": _ms(clock() - started)}
    said = instead(retrieval)
    if said is not None or not retrieval.covered:
        yield Retrieved(retrieval, None)
        timing["total"] = _ms(clock() - started)
        yield LessonFinished(
            Lesson(
                question=retrieval.question,
                answered=False,
                reason=said.reason if said else refusal(retrieval),
                model=composer.model_name,
                retrieval=retrieval,
                timing_ms=timing,
                notices=tuple(notices),
                senses=said.senses if said else (),
            )
        )
        return
    plan = plan_lesson(retrieval, known)
    timing["plan"] = _ms(clock() - started)
    yield Retrieved(retrieval, plan)
    steps: list[LessonStep] = []
    citations: dict[str, Citation] = {}
    removed: list[Removed] = []
    for event in composer.compose(plan):
        if isinstance(event, Removed):
            removed.append(event)
            continue
        if isinstance(event, StepFinished) or (isinstance(event, TextStreamed) and event.text):
            timing.setdefault("first_text", _ms(clock() - started))
        if isinstance(event, Notice):
            notices.append(event.text)
        if isinstance(event, StepFinished):
            steps.append(event.step)
            for citation in event.citations:
                citations.setdefault(citation.key, citation)
        yield event
    timing["total"] = _ms(clock() - started)
    yield LessonFinished(
        Lesson(
            question=retrieval.question,
            answered=True,
            reason="",
            model=composer.model_name,
            retrieval=retrieval,
            steps=tuple(steps),
            citations=citations,
            removed=tuple(removed),
            notices=tuple(dict.fromkeys(notices)),
            timing_ms=timing,
        )
    )


def understood_as(question: str) -> str:
    """Return how a reader is told which question is answered, where it is not quite the one that was typed."""
    return f"Understood as: {question}"


def finished(events: Iterator[Event]) -> Lesson:
    """Return the lesson that ends the events."""
    for event in events:
        if isinstance(event, LessonFinished):
            return event.lesson
    raise AssertionError("the events of a lesson end with LessonFinished")


def refusal(retrieval: Retrieval) -> str:
    """Return why the question is not answered, with the nearest concepts the course does cover."""
    nearest = ", ".join(seed.concept.name for seed in retrieval.seeds[:3])
    closing = f" The nearest it covers: {nearest}." if nearest else ""
    first = next((chunk for seed in retrieval.seeds for chunk in retrieval.passages.get(seed.concept.id, ())), None)
    document = retrieval.documents.get(first.document_id) if first else None
    start = f" A place to start: {document.title}, {place(first.locator)}." if first and document else ""
    return f"The course material does not cover this question.{closing}{start}"


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
