"""One answer on the page: its steps with their citations and cells, its sources, and how it was found."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from urllib.parse import quote

import streamlit as st

from knowledge.model import Concept, Retrieval
from knowledge.wording import counted
from tutor.draft import Draft
from tutor.gaps import gaps, shown_steps
from tutor.lesson import CellStatus, Citation, Lesson, LessonCell, LessonStep
from tutor.markdown import bare, escape
from tutor.render import (
    CELL_LABELS,
    author,
    citation_line,
    duration,
    numbers,
    text_markdown,
)
from tutor.ui import context

DrawCell = Callable[[LessonCell, Citation | None, str], None]
SUGGESTIONS = 4
_BADGE_COLORS = {
    CellStatus.VERIFIED: "green",
    CellStatus.REPAIRED: "blue",
    CellStatus.FAILED: "red",
    CellStatus.NOT_RUN: "gray",
}


def draw_lesson(
    lesson: Lesson, notices: Sequence[str], key: str, *, is_last: bool, cell: DrawCell | None = None
) -> str | None:
    """Draw a finished lesson; return the question of a suggestion that was pressed.

    Args:
        lesson: what to draw.
        notices: what the reader should know about how it was made.
        key: unique on the page.
        is_last: whether questions that lead on are offered below it.
        cell: draws a code cell, with a name for it that is unique on the page; without it cells cannot be run.
    """
    if not lesson.answered:
        return _refusal(lesson, key, is_last=is_last)
    _path(lesson.retrieval)
    _steps(lesson.steps, lesson.citations, cell, key)
    missing = gaps(lesson.steps)
    if missing:
        st.markdown(f"*{escape(missing)}*")
    _notices(notices)
    st.caption(_about(lesson))
    if lesson.citations:
        number = numbers(lesson.citations)
        with st.expander(f"Sources cited ({len(lesson.citations)})"):
            st.markdown(
                "\n".join(
                    citation_line(citation, number[cited]).replace("\n", "\n   ")
                    for cited, citation in lesson.citations.items()
                )
            )
    context.draw(lesson)
    if not is_last:
        return None
    left_out = [item.concept for item in lesson.retrieval.left_out]
    deeper = _suggestions(left_out, "Left out to keep the lesson short; go deeper:", f"{key}-deeper")
    return _suggestions(lesson.retrieval.unlocks, "Go on with:", key) or deeper


def draw_growing(draft: Draft) -> None:
    """Draw an answer that is not whole: its checked steps, and the current one as far as it has come."""
    if draft.retrieval is not None:
        _path(draft.retrieval)
    _steps(draft.steps, draft.citations)
    if draft.current is not None:
        _heading(draft.current.title)
        st.markdown(text_markdown(draft.text, draft.citations, partial=True), anchors=False)
    _notices(draft.notices)


def _path(retrieval: Retrieval) -> None:
    """Draw the order of explanation as one line; a single concept needs none."""
    if len(retrieval.order) < 2 or not retrieval.covered:
        return
    asked = {seed.concept.id for seed in retrieval.seeds}
    names = [
        f"**{escape(item.concept.name)}**" if item.concept.id in asked else escape(item.concept.name)
        for item in retrieval.order
    ]
    goal = next((item for item in reversed(retrieval.order) if item.concept.id in asked), retrieval.order[-1])
    on_map = f"concepts?concept={quote(goal.concept.id, safe='')}"
    st.caption(f"Your path: {' → '.join(names)} · [on the map]({on_map})")


def _steps(
    steps: Sequence[LessonStep], citations: Mapping[str, Citation], cell: DrawCell | None = None, key: str = ""
) -> None:
    for index, step in enumerate(steps):
        if not shown_steps([step]):
            continue  # a heading above nothing would look broken; what is missing is said below in one line
        _heading(step.title)
        shown_before = count()
        for portion, cells in step.portions():
            text = text_markdown(portion, citations)
            if text:
                st.markdown(text, anchors=False)
            for shown in cells:
                if cell is None:
                    draw_cell(shown)
                else:
                    cell(shown, citations.get(shown.citation), f"{key}-{index}-{next(shown_before)}")


def _heading(title: str) -> None:
    st.markdown(f"## {escape(title)}", anchors=False)


def draw_cell(cell: LessonCell) -> None:
    """Draw a cell that cannot be run here: its code, and what verifying it came to."""
    st.code(cell.code, language=cell.language or None)
    draw_verification(cell)


def draw_verification(cell: LessonCell) -> None:
    """Draw what running the cell before it was shown came to, with its output."""
    label = CELL_LABELS[cell.status]
    st.markdown(f":{_BADGE_COLORS[cell.status]}-badge[{label}] :gray[{escape(cell.reason)}]")
    for output in cell.outputs:
        st.code(output, language=None)
    for figure in cell.figures:
        st.image(base64.b64decode(figure))


def _notices(notices: Sequence[str]) -> None:
    for notice in notices:
        st.caption(f"Note: {escape(notice)}")


def _about(lesson: Lesson) -> str:
    parts = [escape(author(lesson.model)), counted(len(lesson.citations), "place") + " cited"]
    if lesson.removed:
        parts.append(counted(len(lesson.removed), "unsupported statement") + " removed")
    if "total" in lesson.timing_ms:
        parts.append(duration(lesson.timing_ms["total"]))
    return " · ".join(parts)


def _refusal(lesson: Lesson, key: str, *, is_last: bool) -> str | None:
    if lesson.senses:
        return _which(lesson, key, is_last=is_last)
    st.markdown("## That is not in this course", anchors=False)
    st.markdown(bare(lesson.reason))
    seeds = [seed.concept for seed in lesson.retrieval.seeds]
    near = list({concept.id: concept for concept in [*seeds, *lesson.retrieval.related]}.values())
    pressed = _suggestions(near, "The course does teach these:", key) if is_last else None
    context.draw(lesson)
    return pressed


def _which(lesson: Lesson, key: str, *, is_last: bool) -> str | None:
    """Draw the senses of an ambiguous question; return the question that means the one that was pressed."""
    st.markdown("## Which one do you mean?", anchors=False)
    st.markdown(bare(lesson.reason))
    pressed = None
    for number, sense in enumerate(lesson.senses):
        if st.button(escape(sense.name), key=f"sense-{key}-{number}", disabled=not is_last):
            pressed = sense.question
        said = " · ".join(escape(part) for part in (sense.definition, sense.where) if part)
        st.caption(said or "The course gives no definition.")
    context.draw(lesson)
    return pressed


def _suggestions(concepts: Sequence[Concept], label: str, key: str) -> str | None:
    """Draw questions about concepts as buttons; return the one that was pressed."""
    if not concepts:
        return None
    st.markdown(f":gray[{label}]")
    pressed = None
    with st.container(horizontal=True, gap="small", key=f"suggestions-{key}"):
        for concept in concepts[:SUGGESTIONS]:
            if st.button(escape(concept.name), key=f"next-{key}-{concept.id}"):
                pressed = f"What is {concept.name}?"
    return pressed
