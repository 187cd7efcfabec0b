"""What the course does not say about a topic, in one closing line in place of many empty sections. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tutor.headings import TOLD, clause_of
from tutor.lesson import LessonStep, StepName


def shown_steps(steps: Iterable[LessonStep]) -> list[LessonStep]:
    """Return the steps that have something to show; `gaps` speaks for the others."""
    return [step for step in steps if step.found and (step.text or step.cells)]


def gaps(steps: Sequence[LessonStep]) -> str:
    """Return one line that says what the course leaves out; empty where it leaves out nothing."""
    empty = [step for step in steps if not step.found]
    clauses = [clause_of(s.name, s.concept or "this") for s in empty if s.name in TOLD]
    said = f"No sentence found here says by itself {_either(clauses)}." if clauses else ""
    example = next((step for step in empty if step.name is StepName.EXAMPLE), None)
    without = f"It has no code example for {example.concept or 'this'}." if example else ""
    return " ".join(
        part for part in (said, without.replace("It has", "The course has") if not said else without) if part
    )


def _either(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"
