"""A lesson asked for at once: parts are told apart however the stream is cut, and what is missing is quoted."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import ModelFailed
from knowledge.model import Page
from knowledge.models.scripted import Reply, ScriptedChatModel
from tests.tutor import examples
from tutor.compose import teach
from tutor.events import Event, LessonFinished, Notice, StepStarted, TextStreamed
from tutor.lesson import Lesson, StepName
from tutor.style import Style
from tutor.whole_lesson import Parts
from tutor.worded import WHOLE_LESSON_TOKENS, WordedComposer

WHY = "CLIP matters because it recognises classes that no one labelled for it."
SPACE = "CLIP learns a common space for images and texts."
STEPS = 6
"""Steps of the example's plan that a model words."""


def large(*replies: str | Reply) -> ScriptedChatModel:
    return ScriptedChatModel(replies, context_tokens=WHOLE_LESSON_TOKENS)


def lesson_of(model: ScriptedChatModel, style: Style | None = None) -> tuple[Lesson, list[Event]]:
    events = list(teach(examples.retrieval, WordedComposer(model, style=style)))
    last = events[-1]
    assert isinstance(last, LessonFinished)
    return last.lesson, events


def answer(**parts: str) -> str:
    """Return an answer whose part `p3` is that text, the others a sentence that stands."""
    return "\n".join(f"### {n}\n{parts.get(f'p{n}', SPACE)}\n" for n in range(1, STEPS + 1))


def text_of(lesson: Lesson, name: StepName) -> str:
    return next(step.text for step in lesson.steps if step.name is name)


def taken(stream: Iterator[str], numbers: range) -> list[str]:
    def deltas() -> Generator[str, None, None]:
        yield from stream

    parts = Parts(deltas())
    return ["".join(event.text for event in parts.part(number)).strip() for number in numbers]


# --- telling parts apart ---


@given(st.integers(1, 40), st.booleans())
def test_parts_are_the_same_however_the_stream_is_cut(size: int, thinks: bool) -> None:
    said = (
        "<think>### 1\nno\n### 2</think>" if thinks else ""
    ) + "Sure!\n### 1\nOne.\n#hash\n\n## Part 2: b\nTwo # 3.\n"
    pieces = [said[i : i + size] for i in range(0, len(said), size)]
    assert taken(iter(pieces), range(1, 4)) == ["One.\n#hash", "Two # 3.", ""]


def test_a_part_that_is_missing_is_empty_and_the_next_is_found() -> None:
    assert taken(iter(["### 1\nA.\n### 3\nC.\n### 2\nlate\n"]), range(1, 5)) == ["A.", "", "C.\nlate", ""]


def test_an_answer_without_headings_has_no_parts() -> None:
    assert taken(iter(["All in one go. ", "And more."]), range(1, 3)) == ["", ""]


def test_silence_is_passed_on_so_that_the_reader_can_stop() -> None:
    parts = Parts(piece for piece in ("", "", "### 1\nA."))
    assert [event.text for event in parts.part(1)][:2] == ["", ""]


def test_what_was_read_ahead_is_taken_later() -> None:
    parts = Parts(piece for piece in ("### 1\nA.\n### 2\nB.\n", "### 3\nC."))
    first = "".join(event.text for event in parts.part(1))
    assert all(event == TextStreamed("") for event in parts.read())
    assert first.strip() == "A."
    assert ["".join(event.text for event in parts.part(n)).strip() for n in (2, 3)] == ["B.", "C."]


# --- lessons ---


def test_a_large_context_is_asked_once_with_each_passage_once() -> None:
    model = large(answer(p1=WHY))
    lesson, _ = lesson_of(model)
    (prompt,) = model.prompts
    text = prompt.messages[1].content
    assert text.count(examples.CLIP_WHY.text) == 1
    assert f"a lesson of {STEPS} parts" in text
    assert "1. Say why CLIP matters" in text
    assert text_of(lesson, StepName.WHY) == f"{WHY} [c1]"


def test_the_order_of_teaching_stays_the_plans() -> None:
    titles = [[e.title for e in lesson_of(m)[1] if isinstance(e, StepStarted)] for m in (large(answer()), large(""))]
    assert titles[0] == titles[1]


def test_a_part_that_is_missing_or_unsupported_is_quoted_and_the_others_stay() -> None:
    said = answer(p1="Penguins invented everything in Norway.", p2=SPACE).replace("### 3\n", "")
    lesson, _ = lesson_of(large(said))
    assert text_of(lesson, StepName.WHY) == f"{WHY} It does so by comparing. [c1]"
    quoted, _ = lesson_of(large(""))
    assert lesson.steps[2].text == quoted.steps[2].text
    assert all(step.text for step in lesson.steps)


def test_a_sentence_is_said_again_only_after_the_whole_was_read() -> None:
    model = large(answer(p1=f"{SPACE} Penguins invented CLIP in Norway.", p4=WHY), WHY)
    lesson, _ = lesson_of(model)
    assert model.stopped_early == 0
    assert len(model.prompts) == 2
    assert WHY in text_of(lesson, StepName.WHY)


def test_a_model_that_breaks_off_keeps_the_parts_that_were_whole() -> None:
    said = answer(p1=WHY).split("### 2")[0] + "### 2\nAn embedding is a vec"
    lesson, events = lesson_of(large(Reply.of(said, error=ModelFailed("The server hung up."))))
    assert [e.text for e in events if isinstance(e, Notice)] == [
        "The server hung up. The rest of the lesson quotes the course."
    ]
    assert lesson.steps[0].text == f"{WHY} [c1]"
    assert "vec" not in lesson.steps[1].text.split()
    assert len(lesson.steps) == 9


@pytest.mark.parametrize("rubbish", ["All the same words again and again. " * 40, '<tool_call>{"name": "search"}'])
def test_a_part_that_loops_or_leaks_stops_the_model(rubbish: str) -> None:
    model = large(answer(p1=f"{WHY} {rubbish}"), "")
    lesson, _ = lesson_of(model)
    assert model.stopped_early == 1
    assert text_of(lesson, StepName.WHY) == f"{WHY} [c1]"
    assert len(model.prompts) == 1 + ("again" in rubbish)


def test_closing_the_events_stops_the_model() -> None:
    model = large(Reply.of(answer(), size=4))
    events = teach(examples.retrieval, WordedComposer(model))
    for event in events:
        if isinstance(event, TextStreamed) and event.text:
            break
    events.close()
    assert model.stopped_early == 1


def test_a_lesson_that_does_not_fit_the_context_is_asked_for_step_by_step() -> None:
    long = [
        examples.chunk(examples.LESSON, n, f"CLIP learns a space of kind {n}. " * 300, Page(n), "x")
        for n in range(9, 60)
    ]
    found = examples.retrieval(passages={examples.CLIP.id: tuple(long)}, hits=())
    model = ScriptedChatModel([SPACE] * 20, context_tokens=WHOLE_LESSON_TOKENS)
    composer = WordedComposer(model)
    composer._passage_tokens = WHOLE_LESSON_TOKENS
    list(teach(lambda: found, composer))
    assert "\n\nTask: " in model.prompts[0].messages[1].content
