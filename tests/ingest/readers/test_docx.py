"""Word documents become text with sections; what was deleted, hidden or generated is no text."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Inches
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import ReadDocument
from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.readers import docx
from knowledge.model import Heading, SourceKind
from tests.ingest.decks import png
from tests.ingest.words import add_footnotes, add_xml, document, saved


def read(made: Any) -> ReadDocument:
    return docx.read(saved(made), "notes/02_attention.docx")


def shown(found: ReadDocument) -> list[tuple[str, str]]:
    return [(block.kind.value, found.text[block.start : block.end]) for block in found.blocks]


def test_a_sentence_under_a_heading_comes_back_with_its_anchor() -> None:
    made = document()
    made.add_heading("Attention", 0)
    made.add_heading("Self-attention", 1)
    made.add_paragraph("Every token looks at every other token.")
    made.add_heading("Masking", 2)
    made.add_paragraph("A causal mask hides the future.")
    found = read(made)
    assert (found.title, found.kind) == ("Attention", SourceKind.DOCX)
    at = found.text.index("A causal mask")
    block = next(block for block in found.blocks if block.start <= at < block.end)
    assert block.locator == Heading(("Attention", "Self-attention", "Masking"), "masking")
    assert block.heading_path == ("Attention", "Self-attention", "Masking")


def test_lists_code_and_tables_are_what_they_are() -> None:
    made = document()
    made.styles.add_style("Source Code", WD_STYLE_TYPE.PARAGRAPH)
    made.add_paragraph("first", style="List Number")
    made.add_paragraph("second", style="List Number")
    made.add_paragraph("point", style="List Bullet")
    made.add_paragraph("inner", style="List Bullet 2")
    for line in ("def f(x):", "    return x", "", "print(f(1))"):
        made.add_paragraph(line, style="Source Code")
    made.add_paragraph("typed").runs[0].font.name = "Courier New"
    table = made.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("a", "b", "1", "2"), strict=True):
        cell.text = text
    assert shown(read(made)) == [
        ("list", "1. first\n2. second\n- point\n   - inner"),
        ("code", "def f(x):\n    return x\n\nprint(f(1))\ntyped"),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ]
    assert read(made).blocks[1].language == "python"


def test_formulas_notes_and_scripts_stand_where_they_belong() -> None:
    made = document()
    add_footnotes(made)
    add_xml(
        made,
        '<w:p><w:r><w:t xml:space="preserve">With </w:t></w:r><m:oMath><m:r><m:t>α</m:t></m:r></m:oMath>'
        '<w:r><w:t xml:space="preserve"> and x</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        '<w:t>2</w:t></w:r><w:r><w:t>.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>',
    )
    add_xml(made, "<w:p><m:oMathPara><m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath></m:oMathPara></w:p>")
    assert shown(read(made)) == [
        ("prose", r"With $\alpha$ and x^2.[^1]"),
        ("prose", "[^1]: See the paper."),
        ("formula", "$$\na=b\n$$"),
    ]


def test_deleted_and_hidden_text_is_left_out_and_inserted_text_kept() -> None:
    made = document()
    add_xml(
        made,
        "<w:p><w:del><w:r><w:delText>old</w:delText><w:t>old</w:t></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>",
    )
    add_xml(
        made,
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        "<w:sdtContent><w:p><w:r><w:t>Chapter 1 ... 3</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    add_xml(made, "<w:sdt><w:sdtContent><w:p><w:r><w:t>framed</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    assert [text for _, text in shown(read(made))] == ["new", "framed"]


def test_pictures_keep_the_caption_below_them() -> None:
    made = document()
    made.add_heading("Results", 1)
    made.add_picture(io.BytesIO(png()), width=Inches(2))
    made.add_paragraph("Figure 1: Loss over time.", style="Caption")
    found = read(made)
    (figure,) = found.figures
    assert (figure.caption, figure.media_type, figure.image) == ("Figure 1: Loss over time.", "image/png", png())
    assert figure.locator == Heading(("Results",), "results")
    assert found.text[figure.at :].lstrip().startswith("Figure 1")


def test_what_is_no_document_is_refused_with_a_remedy() -> None:
    whole = saved(document())
    for content in (b"", b"PK\x03\x04", whole[: len(whole) // 2]):
        with pytest.raises(UnreadableSource, match=r"a\.docx"):
            docx.read(content, "a.docx")
    with pytest.raises(EmptySource):
        read(document())
    with pytest.raises(UnreadableSource, match=r"Office 97.*soffice"):
        docx.read_old(b"anything", "a.doc")


def _whole() -> bytes:
    made = document()
    made.add_heading("One", 1)
    made.add_paragraph("first point", style="List Bullet")
    return saved(made)


WHOLE = _whole()


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_any_damage_is_read_or_refused(at: int, noise: bytes) -> None:
    content = bytearray(WHOLE)
    start = at * len(content) // 10_000
    content[start : start + len(noise)] = noise
    try:
        found = docx.read(bytes(content), "a.docx")
    except IngestError:
        return
    assert "point" in found.text
