"""Code that was cut into chunks comes back as the cell that the author wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.chunking import split
from ingest.readers.markdown import read
from knowledge.cells import cells_of, is_python, source, unlike, whole_cell
from knowledge.model import Chunk, ChunkKind, SourceDocument
from tests.fakes import RegexTokenizer

LONG = "\n".join(["import math", "", "", *(f"value_{i} = math.sqrt({i}) + {i}  # line {i}" for i in range(60))])
SHORT = "print('second fence')"
TEXT = (
    f"# Lesson\n\nFirst some words.\n\n```python\n{LONG}\n```\n\n```python\n{SHORT}\n```\n\n```\nnot = = python\n```\n"
)


@pytest.fixture
def chunks(tmp_path: Path) -> list[Chunk]:
    made = read(TEXT.encode(), "lesson.md")
    document = SourceDocument("d", "c", "lesson.md", "/lesson.md", made.title, made.kind, made.text, "0" * 64, 0)
    return split(document, made.blocks, RegexTokenizer(120))


def test_a_long_cell_is_whole_again_from_any_of_its_chunks(chunks: list[Chunk]) -> None:
    code = [chunk for chunk in chunks if chunk.kind is ChunkKind.CODE]
    parts = [chunk for chunk in code if "value_" in chunk.text or "math" in chunk.text]
    assert len(parts) > 2
    assert {source(whole_cell(part, chunks)) for part in parts} == {LONG}


def test_two_fences_stay_two_cells(chunks: list[Chunk]) -> None:
    cells = cells_of(chunk for chunk in chunks if chunk.kind is ChunkKind.CODE)
    assert [source(cell) for cell in cells] == [LONG, SHORT, "not = = python"]


def test_only_what_parses_is_python(chunks: list[Chunk]) -> None:
    cells = cells_of(chunk for chunk in chunks if chunk.kind is ChunkKind.CODE)
    assert [is_python(cell) for cell in cells] == [True, True, False]


def test_of_cells_that_say_nearly_the_same_the_first_is_kept(chunks: list[Chunk]) -> None:
    long, short, broken = cells_of(chunk for chunk in chunks if chunk.kind is ChunkKind.CODE)
    assert unlike([long, short, broken]) == [long, short, broken]
    assert unlike([long, long[:-1], short]) == [long, short]
