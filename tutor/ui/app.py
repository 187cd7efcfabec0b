"""The page as a whole: its frame, which of its views is asked for, and what is shown when there is no library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from knowledge.errors import KnowledgeError, LibraryNotFound
from tutor.markdown import fit
from tutor.settings import SettingsError
from tutor.ui import chat, concept_map, daily, practice, quiz, sidebar, source_view, sources, walkthrough
from tutor.ui.state import Services, build, shared
from tutor.ui.student import remember

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

    def map_page() -> None:
        if services.concept_map is not None:
            concept_map.draw(services.concept_map, read_only=read_only)

    def sources_page() -> None:
        sources.draw(services)

    page = st.navigation(
        [
            st.Page(chat_page, title="Chat", url_path="chat", default=True),
            *_daily_pages(services),
            st.Page(practice_page, title="Practice", url_path="practice"),
            *_walkthrough_pages(services),
            *_quiz_pages(services),
            *([st.Page(map_page, title="Concept map", url_path="concepts")] if services.concept_map else []),
            st.Page(sources_page, title="Sources", url_path="sources"),
        ]
    )
    st.logo(str(MARK), size="large")
    place, document = st.query_params.get("source"), st.query_params.get("document")
    try:
        choice = sidebar.draw(services)
        if place is not None:
            source_view.draw(services, place)
        elif document is not None:
            source_view.draw_document(services, document)
        else:
            page.run()
    except KnowledgeError as error:
        st.error(fit(str(error)))


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


def _quiz_pages(services: Services) -> list[StreamlitPage]:
    """Return the page of quizzes, where there is a library to ask from."""
    room = services.quizzes
    if room is None:
        return []

    def quiz_page() -> None:
        quiz.draw(room)

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
