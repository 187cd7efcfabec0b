from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from knowledge.chat_model import ModelName, Rung
from knowledge.model import RetrievalSettings
from knowledge.wording import counted
from tests.ui.fake_tutor import FakeTutor
from tutor.lesson import CellStatus, Citation, LessonCell, LessonStep, StepName
from tutor.render import (
    author,
    citation_line,
    duration,
    excerpt,
    fenced,
    lesson_markdown,
    numbers,
    quotation,
    text_markdown,
    whereabouts,
)


def citation(key: str, quote: str = "words", source: str = "Lesson") -> Citation:
    return Citation(key, f"chunk-{key}", source, "a.md", "/course/a b.md#part", f"{source} › Part", quote, 1.0)


def links(markdown: str) -> list[str]:
    found = []
    for block in MarkdownIt("commonmark").parse(markdown):
        found += [str(token.attrs["href"]) for token in block.children or [] if token.type == "link_open"]
    return found


@pytest.fixture(scope="module")
def lesson():
    return list(FakeTutor(Path("/course")).ask("What is CLIP?", settings=RetrievalSettings()))[-1].lesson


def test_citations_are_numbered_in_the_order_of_first_use(lesson):
    assert numbers(lesson.citations)["c1"] == 1
    assert numbers(lesson.citations)["c8"] == 3


def test_a_step_links_each_mark_to_its_place(lesson):
    shown = text_markdown(lesson.steps[1].text, lesson.citations)
    chunk = lesson.citations["c2"].chunk_id
    assert shown.startswith(
        f"The dot product multiplies two vectors place by place and adds the results[2](?source={chunk} "
    )
    assert "$$\nu \\cdot v" in shown
    assert links(shown) == [f"?source={chunk}"] * 2


def test_a_mark_without_a_citation_is_left_out():
    assert text_markdown("So it is [c7].", {}) == "So it is."


@pytest.mark.parametrize(
    "quote", ['a "quoted" word', "back\\slash", "a `tick`", "$5", "<b>", "]( [x](y)", "two\nlines"]
)
def test_no_quote_can_break_out_of_a_links_title(quote):
    shown = text_markdown("So it is [c1].", {"c1": citation("c1", quote)})
    assert links(shown) == ["?source=chunk-c1"]


def test_a_citations_line_names_the_document_once_and_escapes_it():
    line = citation_line(citation("c1", source="<b>*Lesson*"), 3)
    assert line.startswith(r"3. [\<b\>\*Lesson\* — Part](?source=chunk-c1)")


def test_the_place_repeats_no_title():
    assert whereabouts("CLIP", "CLIP › The loss") == "CLIP — The loss"
    assert whereabouts("CLIP", "CLIP") == "CLIP"
    assert whereabouts("Talk", "12:34") == "Talk — 12:34"


def test_a_quotation_renders_formulas_and_holds_back_a_cut_one():
    assert quotation(r"For \(N\) pairs") == "“For $N$ pairs”"
    assert quotation("word " * 20 + r"\( x " + "y " * 50, 110).endswith("word”")
    assert quotation("  ") == ""


def test_an_excerpt_is_cut_at_a_word():
    assert excerpt("one two three", 8) == "one two…"
    assert excerpt("a\n b", 8) == "a b"
    assert excerpt("x" * 20, 8) == "x" * 8 + "…"


def test_who_wrote_it_is_said_plainly():
    assert author(ModelName(Rung.EXTRACTIVE, "")) == "Quoted from the course, no model"
    assert "llama" in author(ModelName(Rung.OLLAMA, "llama"))


def test_durations_and_counts_read_well():
    assert [duration(ms) for ms in (340, 2_400, 65_000)] == ["340 ms", "2.4 s", "1 min 5 s"]
    assert [counted(n, "concept") for n in (1, 1200)] == ["1 concept", "1,200 concepts"]


def test_a_fence_outlasts_the_ticks_in_its_code():
    assert fenced("a ``` b ```` c", "py thon\n`x") == "`````pythonx\na ``` b ```` c\n`````"


def test_a_whole_lesson_reads_as_one_document(lesson):
    document = lesson_markdown(lesson)
    assert document.startswith("# What is CLIP?\n")
    assert document.index("## Dot product") < document.index("## CLIP\n") < document.index("## Sources")
    assert "```python\nimport numpy" in document
    assert "*Not run\\: cells are not run yet in this version*" in document
    assert "</course/02-clip.md#what-clip-is>" in document


def test_a_step_that_has_nothing_to_say_has_no_heading(lesson):
    empty = LessonStep(StepName.SUMMARY, "Nothing here", None, "", ())
    assert "Nothing here" not in lesson_markdown(replace(lesson, steps=(*lesson.steps, empty)))


def test_a_refusal_says_why_and_nothing_else(lesson):
    refused = replace(lesson, answered=False, reason="The course does not cover this.", steps=(), citations={})
    assert lesson_markdown(refused) == "# What is CLIP?\n\nThe course does not cover this\\.\n"


def test_outputs_of_a_cell_follow_its_label(lesson):
    cell = LessonCell("print(1)", "python", "c1", CellStatus.VERIFIED, "", ("1",))
    step = LessonStep(StepName.EXAMPLE, "Example", None, "", (), (cell,))
    document = lesson_markdown(replace(lesson, steps=(step,)))
    assert document.index("print(1)") < document.index("*Verified\\: it ran*") < document.index("```text\n1\n```")


def test_each_of_several_cells_stands_after_the_paragraph_that_names_its_place() -> None:
    cells = tuple(
        LessonCell(code, "python", key, CellStatus.VERIFIED, "it ran") for code, key in (("a", "c1"), ("b", "c2"))
    )
    two = LessonStep(StepName.EXAMPLE, "Worked example", "CLIP", "From *A*.\n\nFrom *B*.", (), cells)
    assert two.portions() == [("From *A*.", cells[:1]), ("From *B*.", cells[1:])]
    one = replace(two, cells=cells[:1])
    assert one.portions() == [(two.text, cells[:1])]
