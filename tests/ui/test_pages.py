"""The pages in process: what they show and what they pass on. The tutor is the fake one, its events are true."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from knowledge.errors import LibraryNotFound, LibraryUnusable
from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import COURSE, HOSTILE_NAME, FakeTutor, pdf
from tutor.conversation import Conversations, TurnState
from tutor.jobs import Jobs
from tutor.markdown import escape
from tutor.ui.state import Services

DEADLINE_S = 20
QUESTION = "What is CLIP?"


def _page(build) -> None:  # AppTest runs the bare source: annotations would name what it does not import
    from tutor.ui.app import main

    main(build)


def _sources(services) -> None:
    from tutor.ui import sources

    sources.draw(services)


def conversation_of(session: AppTest) -> str:
    """Return the id in the session's URL; what was set by a test is a list, what was set by the page a text."""
    value = session.query_params["c"]
    return value if isinstance(value, str) else value[0]


class Site:
    """One server's services, and sessions that open it."""

    def __init__(self, folder: Path, between: Callable[[], None] = lambda: None) -> None:
        self.tutor = FakeTutor(folder, between)
        self.conversations = Conversations.open(folder)
        self.jobs = Jobs(self.tutor.ask, self.conversations)
        self.services = Services(self.tutor, self.conversations, self.jobs, RetrievalSettings(), "auto")
        self.built = 0

    def build(self) -> Services:
        self.built += 1
        return self.services

    def open(self, **query: str) -> AppTest:
        session = AppTest.from_function(_page, default_timeout=DEADLINE_S, kwargs={"build": self.build})
        session.query_params.update(query)
        return session.run()

    def ask(self, session: AppTest, question: str = QUESTION) -> AppTest:
        """Ask, wait until the answer is whole, and draw the page again."""
        session.chat_input[0].set_value(question).run()
        return self.settle(session)

    def settle(self, session: AppTest) -> AppTest:
        job = self.jobs.running(conversation_of(session))
        if job is not None:
            assert job.wait(DEADLINE_S)
        return session.run()

    def turns(self, session: AppTest):
        return self.conversations.turns(conversation_of(session))


@pytest.fixture
def site(tmp_path: Path):
    import streamlit as st

    st.cache_resource.clear()
    made = Site(tmp_path)
    yield made
    made.jobs.close()
    made.conversations.close()
    st.cache_resource.clear()


def shown(session: AppTest) -> str:
    assert not session.exception
    return "\n".join(element.value for kind in ("title", "markdown", "caption") for element in session.get(kind))


def labels(session: AppTest) -> list[str]:
    return [button.label for button in session.button]


# --- the frame ---


def test_the_page_opens_with_its_title_the_course_and_the_default_settings(site):
    page = site.open()
    assert page.title[0].value == "Erica - Your AI Tutor"
    assert COURSE in shown(page)
    assert {s.label: s.value for s in page.sidebar.slider} == {
        "Semantic search results": 5,
        "Prerequisite depth": 2,
        "Max concepts": 10,
    }
    assert "Settings" in [header.value for header in page.sidebar.header]


def test_the_stats_are_those_of_the_library(site):
    page = site.open()
    assert {metric.label: metric.value for metric in page.sidebar.metric} == {
        "Concepts in ChromaDB": "128",
        "Relations": "342",
        "Chunks": "13",
        "Sources": "5",
    }


def test_the_chooser_offers_what_is_there_and_says_why_the_rest_is_not(site):
    page = site.open()
    assert page.selectbox[0].options == ["Automatic", "qwen2.5:7b-instruct (Ollama)", "The course's own sentences"]
    assert "not fetched yet" in shown(page)


def test_a_chosen_model_that_is_gone_gives_way_to_the_automatic_choice(site):
    import streamlit as st

    page = site.open()
    page.selectbox(key="model").set_value("ollama:qwen2.5:7b-instruct").run()
    site.tutor.model_offers = lambda: []
    st.cache_resource.clear()
    site.ask(page.run())
    assert site.tutor.asked[0][2] == "auto"


def test_two_sessions_and_their_reruns_build_the_services_once(site):
    site.open().run()
    site.open()
    assert site.built == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LibraryNotFound("No library at /nowhere. Make one with `erica ingest PATH`."), "erica ingest"),
        (LibraryUnusable("/library was written by a newer Erica."), "newer Erica"),
    ],
)
def test_without_a_library_the_page_says_what_to_do(site, error, words):
    def build() -> Services:
        raise error

    page = AppTest.from_function(_page, default_timeout=DEADLINE_S, kwargs={"build": build}).run()
    assert not page.exception
    assert words in "\n".join(e.value for kind in ("code", "error", "caption") for e in page.get(kind)).replace(
        "\\", ""
    )


def test_starting_the_page_imports_nothing_heavy():
    heavy = "torch sentence_transformers chromadb onnxruntime langchain pypdfium2 nbformat open_clip".split()
    code = f"import sys, tutor.ui.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


# --- asking ---


def test_a_question_becomes_a_lesson_with_headings_citations_a_cell_and_its_context(site):
    page = site.ask(site.open())
    text = shown(page)
    assert "## Why CLIP matters" in text
    assert text.index("## Dot product") < text.index("## Embedding") < text.index("## CLIP")
    assert "PREREQUISITE 2" in text
    assert "[2](?source=" in text
    assert "$$\nu \\cdot v" in text
    assert page.code[0].language == "python"
    assert "badge[Not run]" in text
    assert "View Retrieved Context" in [expander.label for expander in page.expander]
    assert "2 unsupported statements removed" in text


def test_the_context_shows_seeds_order_passages_and_what_was_left_out(site):
    text = shown(site.ask(site.open()))
    assert "| CLIP | 0.97 | named in the question |" in text
    assert "1. Dot product :gray[needed for Embedding]" in text
    assert "meaning 0.81 (rank 1) · words 9.4 (rank 1)" in text
    assert "**Left out, past 10 concepts:** Vector, Softmax" in text
    assert "no passage supports it" in text
    assert "Worded by qwen2" in text


def test_every_link_of_a_lesson_opens_a_place_of_the_library(site):
    import re

    for chunk_id in set(re.findall(r"\?source=([0-9a-f]+)", shown(site.ask(site.open())))):
        assert site.tutor.source(chunk_id) is not None


def test_the_settings_and_the_model_reach_the_tutor(site):
    page = site.open()
    page.slider(key="semantic_results").set_value(7)
    page.slider(key="prerequisite_depth").set_value(0)
    page.slider(key="max_concepts").set_value(3)
    page.selectbox(key="model").set_value("extractive").run()
    site.ask(page)
    assert site.tutor.asked == [(QUESTION, RetrievalSettings(7, 0, 3), "extractive")]


def test_a_suggestion_asks_its_question(site):
    page = site.open()
    suggested = next(button for button in page.button if button.label == QUESTION)
    suggested.click().run()
    site.settle(page)
    assert site.tutor.asked[0][0] == QUESTION


def test_what_comes_next_is_offered_below_the_last_answer_only(site):
    page = site.ask(site.ask(site.open()))
    assert labels(page).count("Temperature") == 1
    next(button for button in page.button if button.label == "Temperature").click().run()
    site.settle(page)
    assert site.tutor.asked[-1][0] == "What is Temperature?"


def test_a_question_outside_the_course_is_declined_with_what_the_course_does_teach(site):
    page = site.ask(site.open(), "How do I cook rice?")
    assert "That is not in this course" in shown(page)
    assert escape("Zero-shot classification") in labels(page)
    assert "View Retrieved Context" in [expander.label for expander in page.expander]


def test_names_from_the_course_are_shown_as_they_are_written_and_as_nothing_else(site):
    page = site.ask(site.open(), "How do I cook rice?")
    assert escape(HOSTILE_NAME) in labels(page)
    assert HOSTILE_NAME not in shown(page)


def test_a_model_that_cannot_be_had_is_explained(site):
    page = site.ask(site.open(), "Is the server there?")
    assert "ollama serve" in page.error[0].value.replace("\\", "")
    assert not page.chat_input[0].disabled


# --- an answer outlives the page ---


@pytest.fixture
def slow(tmp_path: Path):
    """A site whose answer waits after 40 words until the gate opens."""
    import streamlit as st

    st.cache_resource.clear()
    gate, waiting, pieces = threading.Event(), threading.Event(), iter(range(10_000))

    def between() -> None:
        if next(pieces) == 40:
            waiting.set()
            assert gate.wait(DEADLINE_S)

    made = Site(tmp_path, between)
    made.gate, made.waiting = gate, waiting
    yield made
    gate.set()
    made.jobs.close()
    st.cache_resource.clear()


def _half_way(site: Site) -> AppTest:
    page = site.open()
    page.chat_input[0].set_value(QUESTION).run()
    assert site.waiting.wait(DEADLINE_S)
    return page.run()


def test_a_moved_slider_leaves_the_answer_as_it_was_and_going_on(slow):
    page = _half_way(slow)
    before = shown(page)
    assert "## Why CLIP matters" in before
    page.slider(key="max_concepts").set_value(4).run()
    assert "## Why CLIP matters" in shown(page)
    assert "Stop" in labels(page)
    slow.gate.set()
    slow.settle(page)
    assert "## Summary" in shown(page)
    assert len(slow.tutor.asked) == 1


def test_stop_keeps_what_was_there_and_frees_the_box(slow):
    page = _half_way(slow)
    assert page.chat_input[0].disabled
    next(button for button in page.button if button.label == "Stop").click().run()
    page.run()
    assert "You stopped this answer here" in shown(page)
    assert "## Why CLIP matters" in shown(page)
    assert "## Summary" not in shown(page)
    assert not page.chat_input[0].disabled
    assert slow.turns(page)[0].state is TurnState.STOPPED


def test_a_reload_in_the_middle_shows_the_answer_going_on(slow):
    page = _half_way(slow)
    again = slow.open(c=conversation_of(page))
    assert "## Why CLIP matters" in shown(again)
    assert "Stop" in labels(again)
    slow.gate.set()
    slow.settle(again)
    assert "## Summary" in shown(again)


def test_an_answer_that_died_with_its_server_is_shown_as_far_as_it_came(slow, tmp_path):
    page = _half_way(slow)
    import streamlit as st

    st.cache_resource.clear()
    restarted = Site(tmp_path)
    text = shown(restarted.open(c=conversation_of(page)))
    assert "## Why CLIP matters" in text
    assert "broke off when the server ended" in text


def test_an_answer_kept_by_another_version_is_named_so_and_takes_nothing_else_down(site):
    conversation = site.conversations.start("old").id
    site.conversations.end(site.conversations.ask(conversation, "old"), TurnState.FINISHED, body='{"schema":"other/9"}')
    page = site.open(c=conversation)
    assert "another version" in page.warning[0].value
    assert "## CLIP" in shown(site.ask(page))


# --- conversations ---


def test_a_reload_shows_the_conversation_of_the_url(site):
    page = site.ask(site.open())
    assert "## CLIP" in shown(site.open(c=conversation_of(page)))


def test_an_unknown_conversation_is_a_new_page(site):
    assert "What is CLIP?" in labels(site.open(c="gone"))


def test_clear_chat_removes_the_answers_and_keeps_the_conversation(site):
    page = site.ask(site.open())
    next(button for button in page.button if button.label == "Clear Chat").click().run()
    assert "## CLIP" not in shown(page)
    assert site.turns(page) == []
    assert "What is CLIP?" in labels(page)


def test_past_conversations_open_again_and_a_new_one_starts_empty(site):
    page = site.ask(site.open())
    first = conversation_of(page)
    next(button for button in page.button if button.label == "New conversation").click().run()
    assert "c" not in page.query_params
    page.button(key=f"open-{first}").click().run()
    assert conversation_of(page) == first
    assert "## CLIP" in shown(page)


def test_a_conversation_is_renamed_and_deleted(site):
    page = site.ask(site.open())
    first = conversation_of(page)
    page.text_input(key=f"title-{first}").set_value("About CLIP").run()
    page.button(key=f"rename-{first}").click().run()
    assert [c.title for c in site.conversations.newest(5)] == ["About CLIP"]
    page.button(key=f"delete-{first}").click().run()
    assert site.conversations.newest(5) == []
    assert "What is CLIP?" in labels(page)


# --- places and sources ---


def place(site: Site, index: int) -> str:
    return list(site.tutor.course.chunks)[index]


def test_a_cited_place_is_shown_with_what_stands_around_it(site):
    page = site.open(source=place(site, 4))
    text = shown(page)
    assert page.title[0].value == "CLIP"
    assert "**The contrastive loss**" in text
    assert "\\mathcal{L}" in text
    assert "Contrastive Language" in text  # before
    assert "zero-shot classification" in text  # after
    assert "![" not in text
    assert "*Figure: diagram*" in text


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (7, "```python\nimport numpy as np"),
        (8, "```\n[0 1 2 3]"),
        (10, "**12\\:35 to 13\\:12**"),
        (12, "no longer where it was read"),
    ],
)
def test_cells_outputs_recordings_and_pages_are_shown_as_what_they_are(site, index, words):
    assert words in shown(site.open(source=place(site, index)))


def test_a_page_of_a_pdf_is_drawn(site, tmp_path):
    (tmp_path / "handout.pdf").write_bytes(pdf("A small temperature"))
    page = site.open(source=place(site, 12))
    assert "A small temperature makes" in shown(page)
    assert page.get("image")


def test_a_pdf_that_is_none_is_told_and_its_text_is_shown(site, tmp_path):
    (tmp_path / "handout.pdf").write_bytes(b"no pdf")
    text = shown(site.open(source=place(site, 12)))
    assert "cannot be drawn" in text
    assert "A small temperature makes" in text


def test_a_place_that_is_gone_is_said_to_be_gone(site):
    assert "This place is gone" in shown(site.open(source="0" * 20))


def test_a_document_opens_at_its_beginning(site):
    document = next(iter(site.tutor.course.documents))
    assert "An image or a sentence becomes one" in shown(site.open(document=document))


def test_the_sources_are_listed_with_kind_and_path(site, tmp_path):
    page = AppTest.from_function(_sources, default_timeout=DEADLINE_S, kwargs={"services": site.services}).run()
    text = shown(page)
    assert "5 documents" in text
    assert escape(str(tmp_path)) in text
    assert f"Notebook · {escape('03-clip-in-practice.ipynb')}" in text


def test_both_copies_of_the_pages_settings_are_the_same():
    root = Path(__file__).parents[2]
    beside_page = root / "tutor" / "ui" / ".streamlit" / "config.toml"
    assert (root / ".streamlit" / "config.toml").read_bytes() == beside_page.read_bytes()
