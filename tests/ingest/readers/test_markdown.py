"""Lessons in Markdown and MDX become readable text; nothing that teaches is lost, nothing else is kept."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import BlockKind, ReadDocument
from ingest.errors import EmptySource, UnreadableSource
from ingest.readers import markdown
from knowledge.model import Heading

FIXTURES = Path(__file__).parents[2] / "fixtures"


def read(text: str, name: str = "lesson.md") -> ReadDocument:
    return markdown.read(text.encode(), name)


def blocks(document: ReadDocument, *kinds: BlockKind) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if not kinds or b.kind in kinds]


def headings(document: ReadDocument) -> list[tuple[tuple[str, ...], str]]:
    found = [b.locator for b in document.blocks if b.kind is BlockKind.HEADING]
    return [(one.path, one.anchor) for one in found if isinstance(one, Heading)]


def test_a_lesson_of_a_real_course_keeps_its_text_and_loses_its_components() -> None:
    document = markdown.read((FIXTURES / "hf-llm-course-token-classification.mdx").read_bytes(), "2.mdx")
    assert document.title == "Token classification"
    assert "CourseFloatingBanner" not in document.text
    assert "{#if" not in document.text
    assert "{:else}" not in document.text
    assert "[[" not in blocks(document)[0]
    assert headings(document)[1] == (("Token classification", "The CoNLL-2003 dataset"), "the-conll-2003-dataset")
    assert blocks(document, BlockKind.CODE)[0] == (
        'from datasets import load_dataset\n\nraw_datasets = load_dataset("conll2003")'
    )
    assert {b.language for b in document.blocks if b.kind is BlockKind.CODE} == {"python"}
    assert blocks(document, BlockKind.OUTPUT)[0].startswith("DatasetDict({\n    train: Dataset({")
    assert "[Chapter 3](/course/chapter3)" in document.text


def test_html_figures_of_a_real_course_leave_their_captions_and_no_tags() -> None:
    document = markdown.read((FIXTURES / "cs231n-optimization-2.md").read_bytes(), "optimization-2.md")
    assert not re.search(r"</?(?:div|svg|line|text|a)\b", document.text)
    assert any(text.startswith("Example circuit for a 2D neuron") for text in blocks(document, BlockKind.PROSE))
    assert r"\(f_c, f_a\)" in document.text
    assert "\\\\(" not in document.text
    formulas = blocks(document, BlockKind.FORMULA)
    assert len(formulas) == 3
    assert formulas[0] == "$$\nf(w,x) = \\frac{1}{1+e^{-(w_0x_0 + w_1x_1 + w_2)}}\n$$"


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("Intro.\n\n# First *title* here\n\n# Second\n", "a.md", "First title here"),
        ("---\ntitle: 'From front matter'\n---\n\n## Part\n\nText.", "a.md", "From front matter"),
        ('+++\ntitle = "From TOML"\n+++\nText.', "a.md", "From TOML"),
        ("Text.", "notes/03_back-propagation.md", "Back propagation"),
        ("Text.", "unit2/_index.md", "Unit2"),
        ("Text.", "chapter4/2.mdx", "Chapter4 2"),
    ],
)
def test_the_title_is_the_first_heading_else_the_front_matters_else_the_files_name(
    text: str, name: str, title: str
) -> None:
    document = read(text, name)
    assert document.title == title
    assert all(b.heading_path[0] == title for b in document.blocks)
    assert "title:" not in document.text


def test_front_matter_that_cannot_be_read_is_left_out_and_noted() -> None:
    document = read("---\ntitle: [unclosed\n---\nText.")
    assert document.text == "Text."
    assert "front matter" in document.notes[0]


def test_two_rules_around_text_are_no_front_matter() -> None:
    assert "An aside" in read("---\n\nAn aside\n\n---\n\nText.").text


def test_headings_nest_and_their_anchors_are_unique() -> None:
    document = read(
        "# T\n\n## Setup\n\na\n\n### Step {#own}\n\nb\n\n## Setup\n\nc\n\nUnder-\nlined\n---\n\nd\n\n"
        "<a name='named'></a>\n\n## With *name* [[x-y]]\n\ne\n\n<a id='lone'></a>\n## Lone\n\nf\n\n## Setup-1\n\ng"
    )
    assert headings(document) == [
        (("T",), "t"),
        (("T", "Setup"), "setup"),
        (("T", "Setup", "Step"), "own"),
        (("T", "Setup"), "setup-1"),
        (("T", "With name"), "x-y"),
        (("T", "Lone"), "lone"),
        (("T", "Setup-1"), "setup-1-1"),
    ]
    anchors = [anchor for _, anchor in headings(document)]
    assert len(set(anchors)) == len(anchors)


def test_setext_headings_count_and_a_paragraph_over_dashes_does_not() -> None:
    document = read("Title\n=====\n\nText\n\nPart\n----\n\nMore\n\n" + "A long sentence. " * 20 + "\n---\n\nEnd")
    assert document.title == "Title"
    assert [path for path, _ in headings(document)] == [("Title",), ("Title", "Part")]
    assert len(blocks(document, BlockKind.PROSE)) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<Tip>\n\nKeep **this**.\n\n</Tip>", "Keep **this**."),
        ('<Youtube id="x"/>\n\nText', "Text"),
        ('import Tabs from "@theme/Tabs"\n\nText', "Text"),
        ("import {\n  A,\n  B\n} from './c'\n\nText", "Text"),
        ("export const x = {\n  a: 1\n}\n\nText", "Text"),
        ("{/* note to self */}Text", "Text"),
        ("<!-- hidden\n\nhidden --> Text", "Text"),
        ("[[open-in-colab]]\n\nText", "Text"),
        ('<Figure caption="A neuron" src={x => y} />', "A neuron"),
        ("Text &amp; more&nbsp;here", "Text & more here"),
        ("> [!TIP]\n> Use **less**.\n> Really.", "Use **less**.\nReally."),
        (":::note[Mind]\nText\n:::", "**Mind**\n\nText"),
        ("Use <kbd>Enter</kbd> and <b>hold</b> <i>on</i>.", "Use Enter and **hold** *on*."),
        ("x<sup>2</sup> and H<sub>2</sub>O, the 1<sup>st</sup>", "x^2 and H2O, the 1st"),
        ('See <a href="https://a.b/c">this</a>.', "See [this](https://a.b/c)."),
        (
            '<a href="/x"><img src="a.png" alt="A plot of loss"/><img src="b.png" alt="A plot of loss"/></a>',
            "A plot of loss",
        ),
        ("![plot](data:image/png;base64,AAAA)", "![plot]()"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "| a | b |\n| 1 | 2 |"),
        ("{% raw %}Text{% endraw %}{: .fs-6 }", "Text"),
        ("<script>alert(1)</script><style>p {}</style>Text<iframe src='x'></iframe>", "Text"),
    ],
)
def test_tags_and_template_marks_go_and_what_they_show_stays(text: str, expected: str) -> None:
    assert read(text, "lesson.mdx").text.strip() == expected


@pytest.mark.parametrize(
    "text",
    [
        "The tokens `<s>` and <mask> and </s> stay.",
        "```python\nimport torch\nx = '<div>'  # {#if}\n```",
        "If $a<b$ then $$a <c> d$$ holds, and \\(x<y\\).",
        "Prices are $5 and $6, 1 < 2 > 0.",
        "``a ` <b>`` and `{{ x }}`",
        "Import numpy as np is code; import it.",
        "~~~\n<Tip>\n~~~",
    ],
)
def test_code_formulas_and_special_tokens_pass_untouched(text: str) -> None:
    written = read(text, "lesson.mdx").text
    assert written.replace("```\n", "").replace("```", "") == text.replace("~~~\n", "").replace("\n~~~", "\n").replace(
        "```\n", ""
    ).replace("```", "")


def test_text_indented_inside_html_is_text() -> None:
    document = read('<div>\n\n  <div class="caption">\n    A caption\n    of two lines.\n  </div>\n</div>\n\n    x = 1')
    assert blocks(document, BlockKind.PROSE) == ["A caption\nof two lines."]
    assert blocks(document, BlockKind.CODE) == ["x = 1"]


def test_code_in_lists_and_quotes_stands_free_of_their_marks() -> None:
    document = read(
        "1. First\n\n   ```py\n   def f():\n       return 1\n   ```\n\n   then.\n2. Second\n\n> ```\n> x\n> ```"
    )
    assert blocks(document, BlockKind.CODE) == ["def f():\n    return 1", "x"]
    assert [b.language for b in document.blocks if b.kind is BlockKind.CODE] == ["python", ""]
    assert blocks(document, BlockKind.LIST) == ["1. First", "   then.\n2. Second"]


@pytest.mark.parametrize(
    ("info", "kind", "language"),
    [
        ("py", BlockKind.CODE, "python"),
        ("python title='x.py'", BlockKind.CODE, "python"),
        ("pycon", BlockKind.CODE, "pycon"),
        ("console", BlockKind.CODE, "console"),
        ("{code-cell} ipython3", BlockKind.CODE, "python"),
        ("{.rust .numberLines}", BlockKind.CODE, "rust"),
        ("", BlockKind.CODE, ""),
        ("python out", BlockKind.OUTPUT, ""),
        ("{math}", BlockKind.FORMULA, ""),
        ("{note}", BlockKind.PROSE, ""),
    ],
)
def test_the_word_behind_a_fence_says_what_is_in_it(info: str, kind: BlockKind, language: str) -> None:
    (block,) = read(f"```{info}\nx = 1\n```").blocks
    assert (block.kind, block.language) == (kind, language)


def test_formulas_stay_whole_whatever_stands_in_them() -> None:
    formula = "$$\na\n=\nb\n\n- c\n# d\n$$"
    document = read(f"Text\n{formula}\nmore\n\n\\[\nx\n\\]\n\n\\begin{{align}}\n1. y\n\\end{{align}}")
    assert blocks(document, BlockKind.FORMULA) == [formula, "\\[\nx\n\\]", "\\begin{align}\n1. y\n\\end{align}"]
    assert blocks(document, BlockKind.PROSE) == ["Text", "more"]
    assert blocks(document, BlockKind.HEADING) == []


def test_tables_are_blocks_and_lists_of_jumps_on_the_page_are_not() -> None:
    document = read("Table of Contents:\n\n- [A](#a)\n  - [B](#b)\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n- [C](c.md)")
    assert blocks(document, BlockKind.TABLE) == ["| x | y |\n|---|---|\n| 1 | 2 |"]
    assert blocks(document, BlockKind.LIST) == ["- [C](c.md)"]
    assert "Contents" not in document.text


def test_admonitions_are_text_and_not_indented_code() -> None:
    document = read('Text\n\n!!! note "Mind the gap"\n\n    It is wide.\n\nEnd')
    assert blocks(document) == ["Text", "**Mind the gap**", "It is wide.", "End"]


def test_indented_code_is_code_in_markdown_and_text_in_mdx() -> None:
    assert read("Text\n\n    x = 1", "a.md").blocks[1].kind is BlockKind.CODE
    assert read("Text\n\n    x = 1", "a.mdx").blocks[1].kind is BlockKind.PROSE


def test_a_document_of_headings_alone_teaches_with_them() -> None:
    assert {b.kind for b in read("# A\n\n## B\n\n## C").blocks} == {BlockKind.PROSE}


@pytest.mark.parametrize("text", ["", " \n\t", "<div></div>", "---\ntitle: x\n---\n", "<!-- x -->", "\ufeff"])
def test_a_file_without_text_says_so(text: str) -> None:
    with pytest.raises(EmptySource, match=r"lesson\.md"):
        read(text)


def test_marks_of_byte_order_and_foreign_line_ends_and_null_characters_are_cleaned() -> None:
    assert markdown.read("\ufeffA\r\nB\rC\x00D".encode(), "a.md").text == "A\nB\nCD"
    assert markdown.read("# Über".encode("utf-16"), "a.md").title == "Über"


def test_western_text_that_is_not_utf8_is_read_and_noted() -> None:
    document = markdown.read(
        "Ein Bäcker prüft „Größen“ nicht.".replace("„", "»").replace("“", "«").encode("cp1252"), "a.md"
    )
    assert "Bäcker prüft" in document.text
    assert "offset 5" in document.notes[0]


@pytest.mark.parametrize("content", ["データ構造と学習".encode("shift-jis"), b"abc\xff\xfe\x00\x81\x8d"])
def test_other_encodings_are_refused_with_the_place_of_the_first_wrong_byte(content: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"a\.md: it is not valid UTF-8 \(byte 0x[0-9A-F]{2} at offset \d+\)"):
        markdown.read(content, "a.md")


def test_binary_content_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="binary"):
        markdown.read(bytes(range(32)) * 50, "a.md")


@pytest.mark.parametrize(
    "bad",
    [
        "<a" * 20_000, "\\[" * 20_000, "`" * 30_001 + " ``" * 9_000, "> " * 20_000 + "x", "$" * 39_999, "{#if " * 9_000,
        "<!--" * 9_000, "<svg>" * 9_000, "- " * 3_000 + "x", "<A b={" * 5_000, "$$\n" * 9_001, "[" * 30_000,
        "* " * 9_000, "<div>" * 9_000 + "x",
    ],
    ids=lambda bad: bad[:6],
)  # fmt: skip
def test_hostile_input_takes_no_time(bad: str) -> None:
    started = time.thread_time()
    with contextlib.suppress(EmptySource):
        read(f"{bad}\n\nx", "lesson.mdx")
    assert time.thread_time() - started < 5.0


@given(st.text(alphabet=st.sampled_from(list("ab \n#-*>`~$\\[](){}<>/|:!=_1.&;\"'")), max_size=300))
def test_whatever_is_written_blocks_are_ordered_spans_of_the_text(text: str) -> None:
    try:
        document = read(text, "lesson.mdx")
    except EmptySource:
        return
    position = 0
    for block in document.blocks:
        assert position <= block.start < block.end <= len(document.text)
        assert document.text[block.start : block.end].strip()
        position = block.end


@given(st.lists(st.text(alphabet="abcdefg ,é日", min_size=1, max_size=40).filter(str.strip), min_size=1, max_size=8))
def test_plain_paragraphs_come_back_as_they_were(paragraphs: list[str]) -> None:
    paragraphs = [" ".join(paragraph.split()) for paragraph in paragraphs]
    assert blocks(read("\n\n".join(paragraphs))) == paragraphs
