"""What is known of an answer while it is being made: the events so far, folded into one value.

Pure. The fold decides what a reader sees at any moment; who drives it and where it is kept stands elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import assert_never

from knowledge.model import Retrieval
from tutor.events import Event, LessonFinished, Notice, Retrieved, StepFinished, StepStarted, TextStreamed
from tutor.lesson import Citation, Lesson, LessonStep, StepName
from tutor.lesson_json import (
    Json,
    LessonUnreadable,
    citations_from_object,
    citations_to_object,
    lesson_from_object,
    lesson_to_object,
    steps_from_objects,
    steps_to_objects,
)
from tutor.retrieval_json import retrieval_from_object, retrieval_to_object

SCHEMA = "erica.draft/1"


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer so far. `lesson` is there once it is whole, and then says everything; `notices` stand beside it."""

    retrieval: Retrieval | None = None
    steps: tuple[LessonStep, ...] = ()
    """Checked steps."""
    current: StepStarted | None = None
    """The step being written."""
    text: str = ""
    """Its provisional text."""
    citations: Mapping[str, Citation] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    lesson: Lesson | None = None

    def after(self, event: Event) -> Draft:
        """Return the draft once this event has happened."""
        match event:
            case Retrieved(retrieval, _):
                return replace(self, retrieval=retrieval)
            case StepStarted():
                return replace(self, current=event, text="")
            case TextStreamed(text):
                return replace(self, text=self.text + text)
            case StepFinished(step, citations):
                new = {citation.key: citation for citation in citations if citation.key not in self.citations}
                known = {**self.citations, **new}
                return replace(self, steps=(*self.steps, step), current=None, text="", citations=known)
            case Notice(text):
                return replace(self, notices=(*self.notices, text))
            case LessonFinished(lesson):
                return replace(self, lesson=lesson, current=None, text="")
            case _:
                assert_never(event)


def draft_to_json(draft: Draft) -> str:
    """Return the draft as one line of JSON, all but the provisional text, which is kept apart as it grows."""
    content: Json = {"schema": SCHEMA, "notices": draft.notices}
    if draft.lesson is not None:
        content["lesson"] = lesson_to_object(draft.lesson)
    else:
        content["retrieval"] = draft.retrieval and retrieval_to_object(draft.retrieval)
        content["steps"] = steps_to_objects(draft.steps)
        content["cells"] = [asdict(cell) for step in draft.steps for cell in step.cells]
        content["citations"] = citations_to_object(draft.citations.values())
        content["current"] = draft.current and asdict(draft.current)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def draft_from_json(body: str, text: str = "") -> Draft:
    """Return the draft that was written, with the provisional text of its current step.

    Raises:
        LessonUnreadable: the body is of another version, or damaged.
    """
    try:
        return _draft(json.loads(body), text)
    except LessonUnreadable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise LessonUnreadable(f"this is no answer of schema {SCHEMA}: {error}") from error


def _draft(content: Json, text: str) -> Draft:
    if content["schema"] != SCHEMA:
        raise LessonUnreadable(f"schema {content['schema']!r} is not {SCHEMA}")
    notices = tuple(content["notices"])
    if "lesson" in content:
        lesson = lesson_from_object(content["lesson"])
        return Draft(lesson.retrieval, lesson.steps, citations=lesson.citations, notices=notices, lesson=lesson)
    current, retrieval = content["current"], content["retrieval"]
    return Draft(
        retrieval=retrieval and retrieval_from_object(retrieval),
        steps=steps_from_objects(content["steps"], content["cells"]),
        current=current and StepStarted(StepName(current["name"]), current["title"], current["concept"]),
        text=text,
        citations=citations_from_object(content["citations"]),
        notices=notices,
    )
