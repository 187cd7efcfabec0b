"""The law of chunks: spans of the text, in order, nothing left out, never longer than the embedder reads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import MOST_TOKENS, split
from ingest.document import Block, BlockKind, ReadDocument
from ingest.errors import EmptySource, UnreadableSource
from ingest.readers import markdown, notebook, text, transcript
from knowledge.embedding import Tokenizer
from knowledge.model import Cell, Chunk, ChunkKind, Heading, Line, SourceDocument, TimeSpan
from tests.fakes import RegexTokenizer

FIXTURES = Path(__file__).parents[1] / "fixtures"


def chunks_of(read: ReadDocument, tokenizer: Tokenizer | None = None) -> list[Chunk]:
    document = SourceDocument("d", "c", "p", "u", read.title, read.kind, read.text, "", 0)
    chunks = split(document, read.blocks, tokenizer or RegexTokenizer())
    hold_the_law(document, read.blocks, chunks, tokenizer or RegexTokenizer())
    return chunks


def hold_the_law(
    document: SourceDocument, blocks: Sequence[Block], chunks: Sequence[Chunk], tokenizer: Tokenizer
) -> None:
    limit = min(tokenizer.max_tokens, MOST_TOKENS)
    for position, chunk in enumerate(chunks):
        assert chunk.position == position
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip()
        assert chunk.tokens == tokenizer.count(chunk.embedded_text) <= limit
        assert chunk.document_id == document.id
    assert all(before.end <= after.start for before, after in pairwise(chunks))
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    held = Counter(at for chunk in chunks for at in range(chunk.start, chunk.end))
    for block in blocks:
        if block.kind is not BlockKind.HEADING:
            places = [at for at in range(block.start, block.end) if not document.text[at].isspace()]
            assert all(held[at] == 1 for at in places), document.text[block.start : block.end]


def lesson(source: str, tokenizer: Tokenizer | None = None) -> list[Chunk]:
    return chunks_of(markdown.read(source.encode(), "lesson.md"), tokenizer)


SENTENCES = "Attention weighs values by how well keys fit a query. It is a soft look-up! Why does it scale? "
WORDS = st.sampled_from(
    [
        "a", "model", "learns.", "Why?", "e.g.", "$x_i = 1$", "`f(x)`", "naïve", "学习。", "مرحبا", "👩‍🔬", "e\u0301",
        "\n", "\n\n", "- item", "## Part", "# Top", "```py\nx = 1\n\ndef f():\n    return 2\n```", "$$\na = b\n$$",
        "| a | b |", "supercalifragilistic" * 9,
    ]
)  # fmt: skip


@given(st.lists(WORDS, min_size=1, max_size=120), st.integers(12, 300))
@settings(deadline=None)
def test_the_law_holds_for_any_lesson_and_any_limit(words: list[str], max_tokens: int) -> None:
    try:
        lesson(" ".join(words).replace(" \n ", "\n").replace(" \n\n ", "\n\n"), RegexTokenizer(max_tokens))
    except EmptySource:
        return


@given(st.text(min_size=1, max_size=500), st.integers(12, 60))
@settings(deadline=None)
def test_the_law_holds_for_any_text(content: str, max_tokens: int) -> None:
    try:
        chunks_of(text.read(content.encode("utf-8", "surrogatepass"), "a.txt"), RegexTokenizer(max_tokens))
    except (EmptySource, UnreadableSource):
        return


def test_sizes_are_even_and_cuts_lie_between_paragraphs() -> None:
    paragraphs = [SENTENCES * 2 for _ in range(12)]
    chunks = lesson("# T\n\n" + "\n\n".join(p.strip() for p in paragraphs))
    sizes = [chunk.tokens for chunk in chunks]
    assert max(sizes) <= 254
    assert min(sizes) > 120
    assert all(chunk.text.startswith("Attention weighs") and chunk.text.endswith("scale?") for chunk in chunks)


def test_sections_are_never_joined_and_headings_are_not_repeated() -> None:
    chunks = lesson("# T\n\nIntro.\n\n## A\n\nFirst.\n\n## A\n\nSecond.\n\n### B\n\nThird.")
    assert [(chunk.text, chunk.heading_path) for chunk in chunks] == [
        ("Intro.", ("T",)),
        ("First.", ("T", "A")),
        ("Second.", ("T", "A")),
        ("Third.", ("T", "A", "B")),
    ]
    assert [c.locator.anchor for c in chunks if isinstance(c.locator, Heading)] == ["t", "a", "a-1", "b"]


def test_code_stands_alone_and_runs_as_it_stands() -> None:
    program = "\n".join(f"weights_{i} = train(data, rate={i})" for i in range(9))
    chunks = lesson(f"Before.\n\n```python\n{program}\n```\n\nAfter.\n\n```python out\nloss 0.1\n```")
    assert [(c.kind, c.language) for c in chunks] == [
        (ChunkKind.PROSE, ""),
        (ChunkKind.CODE, "python"),
        (ChunkKind.PROSE, ""),
        (ChunkKind.OUTPUT, ""),
    ]
    assert chunks[1].text == program
    compile(chunks[1].text, "chunk", "exec")


def test_a_tiny_program_stays_in_its_sentence_with_its_whole_fence() -> None:
    (chunk,) = lesson("We look at one:\n\n```py\nx[0]\n```\n\nIt is the first.")
    assert chunk.kind is ChunkKind.PROSE
    assert chunk.text.count("```") == 2
    (last,) = lesson("We look at one:\n\n```py\nx[0]\n```")
    assert last.text.count("```") == 2


def test_long_code_is_cut_between_statements() -> None:
    functions = [
        f"@cached\ndef step_{i}(x):\n    # one step of many\n    y = x + {i}\n    return [\n        y,\n    ]"
        for i in range(40)
    ]
    chunks = lesson("```python\n" + "\n\n\n".join(functions) + "\n```")
    assert len(chunks) > 3
    assert all(chunk.text.startswith("@cached") for chunk in chunks)


def test_indented_code_keeps_its_indentation() -> None:
    body = "\n".join(f"    total = total + weights[{i}] * values[{i}]" for i in range(60))
    chunks = lesson(f"```python\nclass A:\n{body}\n```")
    assert len(chunks) > 1
    assert all(chunk.text.startswith("    total") for chunk in chunks[1:])


def test_formulas_are_whole_where_they_fit_and_cut_where_they_do_not() -> None:
    formula = "$$\n" + " + ".join(f"x_{i}" for i in range(20)) + "\n$$"
    chunks = lesson("\n\n".join([SENTENCES, formula] * 12))
    assert all(chunk.text.count("$$") % 2 == 0 for chunk in chunks)
    huge = "$$\n" + "\n".join("+ " + " ".join(f"x_{{{i}}}" for i in range(20)) for _ in range(30)) + "\n$$"
    assert len(lesson(f"Hence:\n\n{huge}")) > 2


def test_the_head_of_a_table_stays_with_its_first_rows() -> None:
    rows = "\n".join(f"| method {i} | it does something useful number {i} |" for i in range(40))
    chunks = lesson(f"{SENTENCES * 9}\n\n| name | what |\n| --- | --- |\n{rows}")
    (head,) = [chunk.text for chunk in chunks if "| --- |" in chunk.text]
    assert head.startswith("| name | what |")
    assert "method 3" in head
    assert all(chunk.text.endswith("|") for chunk in chunks[1:])


def test_an_endless_word_is_cut_by_characters() -> None:
    chunks = lesson("a" * 5_000 + " end")
    assert len(chunks) > 1
    assert max(len(chunk.text) for chunk in chunks) <= MOST_TOKENS * 8


@pytest.mark.parametrize(
    "sample",
    [
        "注意力机制根据查询和键的匹配程度对值加权。",
        "يقيس الانتباه مدى توافق المفاتيح مع الاستعلام. ",
        "👩‍🔬🧑🏽‍🚀",
        "e\u0301a\u0308",
    ],
)
def test_no_script_is_parted_inside_a_character(sample: str) -> None:
    class Characters(RegexTokenizer):
        def spans(self, text: str) -> list[tuple[int, int]]:
            return [(at, at + 1) for at, character in enumerate(text) if not character.isspace()]

        def count(self, text: str) -> int:
            return len(self.spans(text))

    chunks = lesson(sample * 100, Characters(100))
    assert len(chunks) > 3
    for chunk in chunks:
        assert chunk.text[0] not in "\u200d\u0301\u0308\U0001f3fd"
        assert not chunk.text.endswith("\u200d")


def test_a_long_heading_path_is_shortened_and_never_starves_the_text() -> None:
    long = " ".join(f"word{i}" for i in range(150))
    chunks = lesson(
        f"# {long[:190]}\n\n## Middle {long[:150]}\n\n### End {long[:150]}\n\n{SENTENCES * 20}", RegexTokenizer(64)
    )
    assert all(len(chunk.text.split()) >= 20 for chunk in chunks[:-1])
    assert all("…" in "".join(chunk.heading_path) for chunk in chunks)
    (one, *_) = chunks
    assert isinstance(one.locator, Heading)
    assert len(one.locator.path) == 3


class Warming(RegexTokenizer):
    """The first eight words are a token each, later ones a third of one: how many depends on where counting begins."""

    adds_up = False

    def spans(self, text: str) -> list[tuple[int, int]]:
        single = list(super().spans(text))
        triples = [single[at : at + 3] for at in range(8, len(single), 3)]
        return single[:8] + [(triple[0][0], triple[-1][1]) for triple in triples]

    def count(self, text: str) -> int:
        return len(self.spans(text))


@given(st.lists(st.sampled_from(["one", "two.", "three, four", "\n\n"]), min_size=60, max_size=200))
def test_the_law_holds_where_a_cut_changes_the_number_of_tokens(words: list[str]) -> None:
    lesson("start " + " ".join(words), Warming(16))


def test_sections_inside_a_cell_are_never_joined() -> None:
    cells = '{"cell_type": "markdown", "source": "One.\\n## Two\\nText."}'
    chunks = chunks_of(notebook.read(f'{{"nbformat": 4, "cells": [{cells}]}}'.encode(), "n.ipynb"))
    assert [(chunk.text, chunk.heading_path) for chunk in chunks] == [("One.", ("N",)), ("Text.", ("N", "Two"))]


def test_cells_are_never_joined() -> None:
    cells = '{"cell_type": "markdown", "source": "One."}, {"cell_type": "markdown", "source": "Two."}'
    chunks = chunks_of(notebook.read(f'{{"nbformat": 4, "cells": [{cells}]}}'.encode(), "n.ipynb"))
    assert [(chunk.text, chunk.locator) for chunk in chunks] == [("One.", Cell(1)), ("Two.", Cell(2))]


def test_lines_of_a_text_file_are_narrowed_to_the_chunk() -> None:
    source = "\n".join(f"Line {i} of the notes has some words in it." for i in range(1, 200))
    lines = source.split("\n")
    for chunk in chunks_of(text.read(source.encode(), "a.txt")):
        assert isinstance(chunk.locator, Line)
        assert "\n".join(lines[chunk.locator.first - 1 : chunk.locator.last]) == chunk.text


def test_short_paragraphs_of_a_text_file_share_a_chunk() -> None:
    (chunk,) = chunks_of(text.read(b"One.\n\nTwo.\n\n\nThree.", "a.txt"))
    assert chunk.locator == Line(1, 6)


def test_a_transcript_is_cut_where_its_paragraphs_end_with_exact_times() -> None:
    read = transcript.read((FIXTURES / "hf-llm-course-carbon-footprint.srt").read_bytes(), "talk.srt")
    chunks = chunks_of(read)
    starts = {b.start: b.locator for b in read.blocks}
    for chunk in chunks:
        first = starts[chunk.start]
        assert isinstance(first, TimeSpan)
        assert isinstance(chunk.locator, TimeSpan)
        assert chunk.locator.start_s == first.start_s


def test_ids_tell_repeats_apart_and_survive_moving() -> None:
    before = lesson("## A\n\nSame.\n\n```py\n" + "x = 1\n" * 12 + "```\n\nSame.")
    after = lesson("New paragraph under no heading.\n\n## A\n\nSame.\n\n```py\n" + "x = 1\n" * 12 + "```\n\nSame.")
    assert {c.id for c in before} <= {c.id for c in after}


@pytest.mark.parametrize("content", ["word " * 200_000, "x" * 1_000_000, "line\n" * 100_000, "a b.\n\n" * 60_000])
def test_a_megabyte_is_cut_in_seconds(content: str) -> None:
    started = time.thread_time()
    read = text.read(content.encode(), "big.txt")
    document = SourceDocument("d", "c", "p", "u", read.title, read.kind, read.text, "", 0)
    chunks = split(document, read.blocks, RegexTokenizer())
    assert sum(len("".join(c.text.split())) for c in chunks) == len("".join(content.split()))
    assert time.thread_time() - started < 10


@pytest.mark.slow
@given(st.lists(WORDS, min_size=1, max_size=150))
@settings(deadline=None, max_examples=60)
def test_the_law_holds_with_the_real_tokenizer(words: list[str]) -> None:
    from knowledge.embedders.choice import open_embedder

    try:
        lesson(" ".join(words).replace(" \n ", "\n").replace(" \n\n ", "\n\n"), open_embedder().tokenizer)
    except EmptySource:
        return
