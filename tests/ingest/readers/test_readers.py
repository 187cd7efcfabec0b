"""What every reader holds to: blocks in order inside the text, figures in it, an error of ours for anything else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import ReadDocument
from ingest.errors import IngestError
from ingest.readers import READERS, Reader
from tests.ingest.decks import deck, slide
from tests.ingest.decks import saved as saved_deck
from tests.ingest.papers import paper
from tests.ingest.pdfs import pdf
from tests.ingest.words import document as word_document
from tests.ingest.words import saved as saved_words


def _deck() -> bytes:
    talk = deck()
    slide(talk, "One", [(0, "first point"), (1, "second point")], notes="Say it.")
    return saved_deck(talk)


def _words() -> bytes:
    made = word_document()
    made.add_heading("One", 1)
    made.add_paragraph("A paragraph.")
    return saved_words(made)


WHOLE = {
    ".pdf": pdf([["Some text on a page", "and more of it"], ["A second page"]], bookmarks=[("Part", 1)]),
    ".pptx": _deck(),
    ".docx": _words(),
    ".vtt": b"WEBVTT\n\n00:01.000 --> 00:04.000\nWelcome back. It is late.\n",
    ".md": b"# One\n\nText ![a](b.png)\n\n<img src='c.png'>\n\n```python\nx = 1\n```\n",
    ".ipynb": json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# One\n\nText."}]}).encode(),
}
SUFFIXES = sorted(READERS)


def holds(document: ReadDocument) -> None:
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        assert document.text[block.start : block.end].strip()
        assert block.heading_path[0] == document.title
        end = block.end
    assert all(0 <= one.at <= len(document.text) for one in (*document.figures, *document.videos))
    assert [figure.at for figure in document.figures] == sorted(figure.at for figure in document.figures)
    assert all(bool(figure.image) == bool(figure.media_type) for figure in document.figures)


def read_or_refused(read: Reader, content: bytes, name: str) -> None:
    try:
        holds(read(content, name))
    except IngestError as error:
        refused = error
    else:
        return
    assert name in str(refused)
    assert refused.remedy


@pytest.mark.parametrize("suffix", sorted(WHOLE))
def test_a_whole_file_holds(suffix: str) -> None:
    holds(READERS[suffix](WHOLE[suffix], f"a{suffix}"))


def test_a_paper_holds() -> None:
    holds(READERS[".pdf"](paper(2, 3, in_rows=True, figure=True).content, "a.pdf"))


@given(st.sampled_from(SUFFIXES), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(suffix: str, content: bytes) -> None:
    read_or_refused(READERS[suffix], content, f"a{suffix}")


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 1000), st.integers(0, 1000), st.binary(max_size=30))
def test_a_damaged_file_is_read_or_refused(suffix: str, at: int, length: int, noise: bytes) -> None:
    whole = WHOLE[suffix]
    start = at * len(whole) // 1000
    cut = whole[:start] + noise + whole[start + length * (len(whole) - start) // 1000 :]
    read_or_refused(READERS[suffix], cut, f"a{suffix}")


@pytest.mark.parametrize("suffix", sorted(WHOLE))
def test_a_file_under_another_formats_name_is_read_or_refused(suffix: str) -> None:
    for content in WHOLE.values():
        read_or_refused(READERS[suffix], content, f"a{suffix}")
