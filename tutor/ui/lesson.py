"""One lesson as its author wrote it, with its figures and cells; what it builds on, leads to, and is asked about."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn
from urllib.parse import quote

import streamlit as st

from knowledge.figures import Figure
from knowledge.model import Concept, SourceDocument, SourceKind, place
from knowledge.wording import counted
from tutor.classroom import Classroom
from tutor.course_outline import LessonState
from tutor.lesson import CellStatus, Citation, LessonCell
from tutor.lesson_text import Code, Mark, Output, Part, Picture, Prose, lesson_markdown
from tutor.markdown import bare, escape
from tutor.render import fenced
from tutor.ui import cells, quiz, video
from tutor.ui.state import Services
from tutor.ui.student import student
from tutor.ui.ways import Ways

PARAMETER = "lesson"
PARTS_AT_ONCE = 120
"""Parts drawn at a time: a book of a thousand pages opens as fast as a lesson."""


def show(document_id: str | None) -> NoReturn:
    """Open a lesson, URL included; None opens the list of all."""
    st.query_params.clear()
    if document_id is not None:
        st.query_params[PARAMETER] = document_id
    st.rerun()


def scroll_to_top(shown: str) -> None:
    """Bring the top of the page into view when something else is shown; the page would stay where it was scrolled."""
    word = json.dumps(shown)
    script = (
        f"if (window.ericaLesson !== {word}) {{ window.ericaLesson = {word};"
        " document.querySelector('[data-testid=\"stMain\"]')?.scrollTo({top: 0, behavior: 'instant'}); }"
    )
    with st.container(key="scrolling"):
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def draw(services: Services, room: Classroom, ways: Ways, document_id: str) -> None:
    """Draw a lesson, or say that the library no longer has it."""
    document = room.lesson(document_id)
    if st.button("← All lessons", type="tertiary", key="lesson-leave"):
        show(None)
    if document is None:
        st.title("This lesson is gone", anchor=False)
        st.markdown("The library holds it no more: it was changed or removed since.")
        return
    scroll_to_top(document.id)
    st.title(escape(document.title), anchor=False)
    taught = room.taught(document.id)
    _about(room, ways, document, taught)
    talk = room.video(document.id) if document.kind is SourceKind.TRANSCRIPT else None
    if talk is not None:
        video.draw(room, ways, talk)
    else:
        _text(services, room, document)
    _after(room, ways, document, taught)
    _turning(room, document)


# --- what it teaches ---


def _about(room: Classroom, ways: Ways, document: SourceDocument, taught: Sequence[Concept]) -> None:
    """Draw the concepts that the lesson introduces, those known marked; each opens the map."""
    if not taught:
        return
    known = room.known(student())
    state = room.states(student()).get(document.id, LessonState(0, 0, 0, 0))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson-concepts"):
        st.markdown(f":gray[Introduces] {standing(state) if state.is_begun else ''}", width="content")
        for concept in taught:
            mark = "✓ " if concept.id in known else ""
            pressed = st.button(
                f"{mark}{escape(concept.name)}",
                key=f"concept-{concept.id}",
                type="tertiary",
                help="Show it on the map" if ways.concept else None,
            )
            if pressed and ways.concept:
                ways.concept(concept.id)


def _after(room: Classroom, ways: Ways, document: SourceDocument, taught: Sequence[Concept]) -> None:
    """Draw what can be done with the lesson, and the lessons that go with it."""
    st.divider()
    with st.container(horizontal=True, gap="small", key="lesson-actions"):
        if ways.quiz is not None and st.button("Quiz on this lesson", type="primary", key="lesson-quiz"):
            ways.quiz(document.path)
        if st.button("Ask about it", key="lesson-ask"):
            ways.ask(f"What is {taught[0].name}?" if taught else f"What is {document.title} about?")
        known = room.known(student())
        left = [concept for concept in taught if concept.id not in known]
        if left and st.button("I know this", key="lesson-known", help="Counts all it introduces as known"):
            room.mark(student(), left, known=True)
            st.rerun()
        if taught and not left and st.button("I do not know this", key="lesson-unknown"):
            room.mark(student(), taught, known=False)
            st.rerun()
    if quiz.nothing_to_ask():
        st.info("There is no question about this lesson in the material.")
    related = room.related(document.id)
    if related:
        st.markdown("## Goes with it", anchors=False)
        with st.container(key="related-lessons", gap="xsmall"):
            for other in related:
                key = f"related-row-{other.document.id}"
                with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
                    title = escape(other.document.title)
                    if st.button(title, key=f"related-{other.document.id}", type="tertiary"):
                        show(other.document.id)
                    if other.why:
                        st.markdown(f":gray[:small[{escape(other.why)}]]", width="content")


def _turning(room: Classroom, document: SourceDocument) -> None:
    before, after = room.neighbours(document)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson-turning"):
        for other, words in ((before, "← {}"), (after, "{} →")):
            if other is not None and st.button(words.format(escape(other.title)), key=f"turn-{other.id}"):
                show(other.id)


def standing(state: LessonState) -> str:
    """Return how a learner stands in a lesson, as Markdown; empty where it introduces no concept."""
    if not state.taught:
        return ""
    due = f" :orange-badge[{state.due} due]" if state.due else ""
    if state.known == state.taught:
        return f":green-badge[known]{due}"
    if state.is_begun:
        return f":primary-badge[{state.known} of {state.taught} known]{due}"
    return f":gray[:small[{counted(state.taught, 'concept')}]]"


# --- its text ---


def _text(services: Services, room: Classroom, document: SourceDocument) -> None:
    found = room.parts(document)
    if not found:
        st.markdown(":gray[It holds no text that could be read.]")
        return
    first = 0
    if len(found) > PARTS_AT_ONCE:
        starts = range(0, len(found), PARTS_AT_ONCE)
        names = {start: f"Part {number} of {len(starts)}" for number, start in enumerate(starts, start=1)}
        first = st.selectbox("Part", list(starts), format_func=names.__getitem__, key=f"part-{document.id}")
    address = partial(_address, room, document.course_id)
    with st.container(key="lesson-text"):
        for number, part in enumerate(found[first : first + PARTS_AT_ONCE], start=first):
            _part(services, room, document, part, f"{document.id}-{number}", address)


def _part(
    services: Services,
    room: Classroom,
    document: SourceDocument,
    part: Part,
    key: str,
    address: Callable[[str], str | None],
) -> None:
    match part:
        case Prose(text, is_markdown):
            st.markdown(lesson_markdown(text, document.path, address) if is_markdown else bare(text), anchors=False)
        case Code():
            _code(services, document, part, key)
        case Output(text):
            st.markdown(fenced(text, "text"))
        case Picture(figure):
            _picture(room, figure)
        case Mark(words):
            st.markdown(f":gray[:small[{escape(words)}]]")


def _code(services: Services, document: SourceDocument, part: Code, key: str) -> None:
    where = place(part.chunk.locator)
    at = Citation("", part.chunk.id, document.title, document.path, document.uri, where, part.text, 1.0)
    cell = LessonCell(part.text, part.language, "", CellStatus.NOT_RUN, "")
    cells.draw(services, f"lesson-{document.id}", cell, at, key, was_tried=False)


def _picture(room: Classroom, figure: Figure) -> None:
    found = room.picture(figure)
    if found is None:
        return
    media_type, content = found
    words = html.escape(" ".join((figure.alt or figure.caption).split()), quote=True)
    encoded = base64.b64encode(content).decode("ascii")
    st.html(f'<img class="erica-figure" alt="{words}" src="data:{media_type};base64,{encoded}">')


def _address(room: Classroom, course_id: str, path: str) -> str | None:
    found = room.at_path(course_id, path)
    return f"?{PARAMETER}={quote(found.id, safe='')}" if found else None
