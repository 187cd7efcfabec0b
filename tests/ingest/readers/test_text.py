"""Plain text keeps its lines: every paragraph says where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import EmptySource
from ingest.readers import reader_for, text
from knowledge.model import Line, SourceKind


def test_paragraphs_know_their_lines() -> None:
    document = text.read(b"One\ntwo\n\n \nThree\n", "notes/my_notes.txt")
    assert (document.title, document.kind) == ("My notes", SourceKind.TEXT)
    assert [(document.text[b.start : b.end], b.locator) for b in document.blocks] == [
        ("One\ntwo", Line(1, 2)),
        ("Three", Line(5, 5)),
    ]


@given(st.text(alphabet="ab \n\t", min_size=1, max_size=200))
def test_the_lines_named_are_the_lines_of_the_file(content: str) -> None:
    try:
        document = text.read(content.encode(), "a.txt")
    except EmptySource:
        assert not content.strip()
        return
    lines = content.split("\n")
    for block in document.blocks:
        assert isinstance(block.locator, Line)
        named = "\n".join(lines[block.locator.first - 1 : block.locator.last])
        assert document.text[block.start : block.end].strip() == named.strip()


@pytest.mark.parametrize(
    ("name", "found"), [("a.MD", True), ("b.ipynb", True), ("c.exe", False), ("d", False), ("e.tar.txt", True)]
)
def test_readers_are_chosen_by_suffix(name: str, found: bool) -> None:
    assert (reader_for(name) is not None) is found
