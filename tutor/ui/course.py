"""The course: its modules and lessons in order, how the learner stands in each, and the lesson to go on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from knowledge.model import SourceDocument, SourceKind
from knowledge.wording import counted
from tutor.classroom import Classroom
from tutor.course_outline import LessonState, Module, Outline
from tutor.markdown import escape
from tutor.ui import lesson
from tutor.ui.source_view import KIND_NAMES
from tutor.ui.state import Services
from tutor.ui.student import student
from tutor.ui.ways import Ways

OPEN_UP_TO = 60
"""Lessons up to which all modules are drawn open; those of a longer course are drawn when they are opened."""
_NOTHING = LessonState(0, 0, 0, 0)


def draw(services: Services, room: Classroom, ways: Ways) -> None:
    """Draw the lesson that the URL names, or the list of all."""
    wanted = st.query_params.get(lesson.PARAMETER)
    if wanted is not None:
        lesson.draw(services, room, ways, wanted)
        return
    lesson.scroll_to_top("course")
    outlines = room.outlines()
    states = room.states(student())
    if not any(outline.modules for outline in outlines):
        st.title("Course", anchor=False)
        st.markdown("There are no lessons yet. Read some into the library: `erica ingest PATH`")
    for outline in outlines:
        _course(outline, states)


def _course(outline: Outline, states: Mapping[str, LessonState]) -> None:
    st.title(escape(outline.course.title), anchor=False)
    lessons = [document for module in outline.modules for document in module.lessons]
    st.markdown(f":gray[{_total(lessons, states)}]")
    following = _following(lessons, states)
    if following is not None:
        begun = any(states.get(document.id, _NOTHING).is_begun for document in lessons)
        words = f"{'Go on with' if begun else 'Begin with'}: {escape(following.title)}"
        if st.button(words, type="primary", key=f"course-next-{outline.course.id}"):
            lesson.show(following.id)
    for number, module in enumerate(outline.modules):
        key = f"module-{outline.course.id}-{number}"
        if len(lessons) <= OPEN_UP_TO:
            if module.title:
                st.markdown(f"## {escape(module.title)}", anchors=False)
            _module(module, states, key)
            continue
        box = st.expander(_label(module, states), key=f"box-{key}", on_change="rerun")
        if box.open:
            with box:
                _module(module, states, key)


def _module(module: Module, states: Mapping[str, LessonState], key: str) -> None:
    with st.container(key=key, gap="xsmall"):
        for document in module.lessons:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row-{document.id}"):
                if st.button(escape(document.title), key=f"lesson-{document.id}", type="tertiary"):
                    lesson.show(document.id)
                st.markdown(_row(document, states.get(document.id, _NOTHING)), width="content")


def _row(document: SourceDocument, state: LessonState) -> str:
    """Return what stands beside a lesson's title: what kind it is, and how the learner stands."""
    kind = "" if document.kind is SourceKind.MARKDOWN else f":gray[:small[{KIND_NAMES[document.kind]}]]"
    return " :gray[·] ".join(part for part in (kind, lesson.standing(state)) if part)


def _label(module: Module, states: Mapping[str, LessonState]) -> str:
    return f"**{escape(module.title or 'Lessons')}** :gray[· {_total(module.lessons, states)}]"


def _total(lessons: Sequence[SourceDocument], states: Mapping[str, LessonState]) -> str:
    found = [states.get(document.id, _NOTHING) for document in lessons]
    known, taught = sum(state.known for state in found), sum(state.taught for state in found)
    progress = f" · {known} of {counted(taught, 'concept')} known" if taught else ""
    return f"{counted(len(lessons), 'lesson')}{progress}"


def _following(lessons: Sequence[SourceDocument], states: Mapping[str, LessonState]) -> SourceDocument | None:
    """Return the first lesson of which something is not known yet."""
    left = (one for one in lessons if (state := states.get(one.id, _NOTHING)).taught > state.known)
    return next(left, None)
