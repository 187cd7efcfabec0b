"""The page as a whole: its frame, which of its views is asked for, and what is shown when there is no library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from knowledge.errors import KnowledgeError, LibraryNotFound
from tutor.markdown import fit
from tutor.settings import SettingsError
from tutor.ui import (
    chat,
    concept_map,
    course,
    current,
    daily,
    lesson,
    practice,
    quiz,
    sidebar,
    source_view,
    sources,
    walkthrough,
)
from tutor.ui.state import Services, build, shared
from tutor.ui.student import remember
from tutor.ui.ways import Ways

STATIC = Path(__file__).with_name("static")
MARK = STATIC / "erica.svg"
NAME = "Erica - Your AI Tutor"


def main(build_services: Callable[[], Services] = build, *, read_only: bool = False) -> None:
    """Draw the page.

    Args:
        build_services: called once per server, by the first session.
        read_only: nobody may decide about concepts here.
    """
    st.set_page_config(page_title=NAME, page_icon=str(MARK), layout="centered")
    st.html(STATIC / "style.css")
    try:
        services = shared(build_services)
    except LibraryNotFound as error:
        _no_library(error)
        return
    except (KnowledgeError, SettingsError) as error:
        _unusable(error)
        return
    _views(services, read_only=read_only)
    remember()


def _views(services: Services, *, read_only: bool) -> None:
    def chat_page() -> None:
        chat.draw(services, choice)

    def practice_page() -> None:
        practice.draw(services)

    def sources_page() -> None:
        sources.draw(services)

    def to_lesson(document_id: str) -> None:
        st.switch_page(course_at[0], query_params={lesson.PARAMETER: document_id})

    chat_at = st.Page(chat_page, title="Chat", url_path="chat", default=True)
    map_at = _map_pages(services, read_only=read_only)
    quiz_at = _quiz_pages(services, to_lesson if services.classroom else None)
    ways = _ways(services, chat_at, quiz_at, map_at)
    course_at = _course_pages(services, ways)
    page = st.navigation(
        [
            chat_at,
            *course_at,
            *_daily_pages(services),
            st.Page(practice_page, title="Practice", url_path="practice"),
            *_walkthrough_pages(services),
            *quiz_at,
            *map_at,
            st.Page(sources_page, title="Sources", url_path="sources"),
        ]
    )
    st.logo(str(MARK), size="large")
    try:
        choice = sidebar.draw(services)
        _shown(services, page)
    except KnowledgeError as error:
        st.error(fit(str(error)))


def _shown(services: Services, page: StreamlitPage) -> None:
    """Draw the place or document that the address names, or else the page."""
    place, document = st.query_params.get("source"), st.query_params.get("document")
    if place is not None:
        source_view.draw(services, place)
    elif document is not None:
        source_view.draw_document(services, document)
    else:
        page.run()


def _ways(
    services: Services, chat_at: StreamlitPage, quiz_at: list[StreamlitPage], map_at: list[StreamlitPage]
) -> Ways:
    """Return how lessons lead to the other pages."""

    def ask(question: str) -> None:
        current.ask_anew(question)
        st.switch_page(chat_at)

    def ask_about(path: str) -> None:
        if services.quizzes is not None and quiz.begin_lesson(services.quizzes, services, path):
            st.switch_page(quiz_at[0])

    def show_concept(concept_id: str) -> None:
        st.switch_page(map_at[0], query_params={concept_map.PARAMETER: concept_id})

    return Ways(ask, ask_about if quiz_at else None, show_concept if map_at else None)


def _map_pages(services: Services, *, read_only: bool) -> list[StreamlitPage]:
    """Return the page of the concept map, where there are vectors to lay it out by."""
    graph = services.concept_map
    if graph is None:
        return []

    def map_page() -> None:
        concept_map.draw(graph, read_only=read_only)

    return [st.Page(map_page, title="Concept map", url_path="concepts")]


def _course_pages(services: Services, ways: Ways) -> list[StreamlitPage]:
    """Return the page of courses and lessons, where there is a library to read them from."""
    room = services.classroom
    if room is None:
        return []

    def course_page() -> None:
        course.draw(services, room, ways)

    return [st.Page(course_page, title="Course", url_path="course")]


def _daily_pages(services: Services) -> list[StreamlitPage]:
    """Return the page of the day, where there is a desk to sit at."""
    desk = services.desk
    if desk is None:
        return []

    def daily_page() -> None:
        daily.draw(services, desk)

    return [st.Page(daily_page, title="Today", url_path="today")]


def _walkthrough_pages(services: Services) -> list[StreamlitPage]:
    """Return the page of walkthroughs, where there is a desk that keeps what passed."""
    desk = services.desk
    if desk is None:
        return []

    def walkthrough_page() -> None:
        walkthrough.draw(services, desk)

    return [st.Page(walkthrough_page, title="Walkthroughs", url_path="walkthroughs")]


def _quiz_pages(services: Services, to_lesson: Callable[[str], None] | None) -> list[StreamlitPage]:
    """Return the page of quizzes, where there is a library to ask from."""
    room = services.quizzes
    if room is None:
        return []

    def quiz_page() -> None:
        quiz.draw(room, services, to_lesson)

    return [st.Page(quiz_page, title="Quiz", url_path="quiz")]


def _no_library(error: LibraryNotFound) -> None:
    st.title(NAME, anchor=False)
    st.markdown("## There is no course here yet")
    st.markdown("Erica teaches from your own material. Read a course into the library, then come back to this page:")
    st.code("erica ingest PATH/TO/COURSE", language="bash")
    st.caption(fit(str(error)))
    st.button("Look again")


def _unusable(error: Exception) -> None:
    st.title(NAME, anchor=False)
    st.error(fit(str(error)))
    st.button("Try again")
