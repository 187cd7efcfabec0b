"""What happens while a lesson is made, one frozen dataclass per event, joined in a union.

Order of events: `Retrieved` once; then `LessonFinished` at once if the question was refused, else for each step
`StepStarted`, any number of `TextStreamed`, `StepFinished`; `Notice` anywhere; `LessonFinished` last, exactly once.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import Retrieval
from tutor.lesson import Citation, Lesson, LessonPlan, LessonStep, StepName


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The question was answered by retrieval and planned; `plan` is None where it is refused."""

    retrieval: Retrieval
    plan: LessonPlan | None


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The next step begins; its text follows."""

    name: StepName
    title: str
    concept: str | None


@dataclass(frozen=True, slots=True)
class TextStreamed:
    """More text of the current step, as it is made. Provisional: `StepFinished` replaces all of it.

    Empty while a model is silent, so that whoever consumes the events has the word often enough to stop it.
    """

    text: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """The current step, checked, with the citations it uses first."""

    step: LessonStep
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know, such as a step that fell back to the course's own words."""

    text: str


@dataclass(frozen=True, slots=True)
class LessonFinished:
    """The whole lesson, as it is stored and shown from now on."""

    lesson: Lesson


Event = Retrieved | StepStarted | TextStreamed | StepFinished | Notice | LessonFinished
