"""What the course leaves out is said once, in one line."""

from __future__ import annotations

from tutor.gaps import gaps, shown_steps
from tutor.lesson import LessonStep, StepName


def step(name: StepName, concept: str = "CLIP", *, found: bool = False) -> LessonStep:
    return LessonStep(name, name.value, concept, "text", (), (), found)


def test_empty_steps_are_one_sentence_and_not_shown() -> None:
    steps = [
        step(StepName.WHY),
        step(StepName.TOPIC, found=True),
        step(StepName.APPLICATIONS),
        step(StepName.EXAMPLE),
    ]
    assert [one.name for one in shown_steps(steps)] == [StepName.TOPIC]
    assert gaps(steps) == (
        "No sentence found here says by itself why CLIP matters or where CLIP is used. It has no code example for CLIP."
    )


def test_an_example_that_is_missing_alone_is_said_of_the_course() -> None:
    assert gaps([step(StepName.EXAMPLE)]) == "The course has no code example for CLIP."


def test_where_all_is_there_nothing_is_said() -> None:
    assert gaps([step(StepName.WHY, found=True)]) == ""


def test_a_missing_summary_or_successor_is_no_gap() -> None:
    assert gaps([step(StepName.SUMMARY), step(StepName.NEXT), step(StepName.READING)]) == ""
