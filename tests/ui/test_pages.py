"""The pages in process: their frame, the places they open, the sources they list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from knowledge.errors import LibraryNotFound, LibraryUnusable
from tests.ui.fake_course import pdf
from tests.ui.fake_tutor import COURSE
from tests.ui.site import DEADLINE_S, Site, page_of, shown
from tutor.markdown import escape
from tutor.ui.state import Services


def _sources(services) -> None:
    from tutor.ui import sources

    sources.draw(services)


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

    page = AppTest.from_function(page_of, default_timeout=DEADLINE_S, kwargs={"build": build}).run()
    assert not page.exception
    assert words in "\n".join(e.value for kind in ("code", "error", "caption") for e in page.get(kind)).replace(
        "\\", ""
    )


def test_starting_the_page_imports_nothing_heavy():
    heavy = "torch sentence_transformers chromadb onnxruntime langchain pypdfium2 nbformat open_clip".split()
    code = f"import sys, tutor.ui.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


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


def test_the_passage_is_marked_where_it_stands_on_the_page_and_nowhere_else(tmp_path):
    import io

    import numpy as np
    from PIL import Image

    from tutor.ui.pdf_page import page_image

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf("A small tempera-ture makes the softmax sharp"))

    def amber(passage: str) -> set[int]:
        image = Image.open(io.BytesIO(page_image(str(path), path.stat().st_mtime_ns, 1, passage)))
        columns = (np.asarray(image) == (250, 230, 191)).all(axis=2).any(axis=0)
        return set(columns.nonzero()[0].tolist())

    whole, part = amber("A small temperature makes the softmax sharp"), amber("softmax   sharp")
    assert whole
    assert part < whole
    assert min(part) > min(whole)
    assert amber("words that do not stand there") == set()


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
