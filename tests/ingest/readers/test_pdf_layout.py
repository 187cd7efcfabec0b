"""Columns, broken words, headings, footnotes and figures of pages, against papers whose reading order is known."""

from __future__ import annotations

import io
import time
from collections import Counter
from itertools import pairwise

import pytest
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfgen.canvas import Canvas

from ingest.document import BlockKind, ReadDocument
from ingest.errors import TooLarge
from ingest.readers import pdf
from knowledge.model import Page
from tests.ingest.papers import CAPTION, HEAD, TITLE, paper
from tests.ingest.pdfs import pdf as plain_pdf


def page_words(document: ReadDocument, page: int) -> list[str]:
    shown = [document.text[block.start : block.end] for block in document.blocks if block.locator == Page(page)]
    return " ".join(shown).split()


def drawn(*, size: tuple[float, float] = letter, pages: list[list[tuple[float, float, str, float, str]]]) -> bytes:
    """Return a PDF with text at places from the top left: x, y, font, size, text."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size)
    for page in pages:
        for x, y, font, height, text in page:
            canvas.setFont(font, height)
            canvas.drawString(x, size[1] - y, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


@pytest.mark.parametrize("in_rows", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_columns_keep_their_words_and_their_order(seed: int, in_rows: bool) -> None:
    made = paper(3, seed, in_rows=in_rows)
    document = pdf.read(made.content, "paper.pdf")
    kept = ordered = words = pairs = 0
    for number, wanted in enumerate(made.words, start=1):
        got = page_words(document, number)
        kept += sum((Counter(wanted) & Counter(got)).values())
        ordered += sum((Counter(pairwise(wanted)) & Counter(pairwise(got))).values())
        words, pairs = words + len(wanted), pairs + len(wanted) - 1
    assert kept >= 0.99 * words
    assert ordered >= 0.98 * pairs


def test_headings_of_a_paper_head_what_stands_below_them() -> None:
    made = paper(3, 4, in_rows=False)
    document = pdf.read(made.content, "paper.pdf")
    assert document.title == TITLE
    found = [document.text[block.start : block.end] for block in document.blocks if block.kind is BlockKind.HEADING]
    assert found == [TITLE, *(heading for _, heading in made.headings)]
    headed = {block.heading_path[-1] for block in document.blocks}
    assert headed >= {heading for _, heading in made.headings}


def test_heads_and_page_numbers_go_and_footnotes_follow_the_text_of_their_page() -> None:
    made = paper(4, 5, in_rows=True)
    assert made.footnotes
    document = pdf.read(made.content, "paper.pdf")
    assert HEAD not in document.text
    for page, note in made.footnotes:
        words = page_words(document, page)
        assert " ".join(words).find(note) > 0.8 * len(" ".join(words)) - 200


def test_a_figure_comes_with_its_caption_and_its_picture() -> None:
    document = pdf.read(paper(1, 6, in_rows=False, figure=True).content, "paper.pdf")
    (figure,) = document.figures
    assert (figure.caption, figure.locator, figure.media_type) == (CAPTION, Page(1), "image/png")
    assert figure.image.startswith(b"\x89PNG")
    assert document.text[figure.at :].lstrip().startswith(CAPTION)


def test_a_sentence_on_page_7_comes_back_from_page_7() -> None:
    content = plain_pdf([[f"The secret of page {number} is here."] for number in range(1, 12)])
    document = pdf.read(content, "a.pdf")
    at = document.text.index("The secret of page 7")
    assert next(block for block in document.blocks if block.start <= at < block.end).locator == Page(7)


def test_a_table_is_read_row_by_row() -> None:
    rows = [(72, 100 + 14 * n, "Helvetica", 10, f"model{n}") for n in range(8)]
    rows += [(200, 100 + 14 * n, "Helvetica", 10, f"{70 + n}.1") for n in range(8)]
    rows += [(330, 100 + 14 * n, "Helvetica", 10, f"{80 + n}.2") for n in range(8)]
    text = pdf.read(drawn(pages=[sorted(rows, key=lambda row: row[1])]), "t.pdf").text
    assert "model3 73.1 83.2\nmodel4 74.1 84.2" in text


def test_slides_have_titles_and_keep_their_bullets() -> None:
    pages = [
        [
            (60, 80, "Helvetica-Bold", 32, f"Topic {name}"),
            (80, 180, "Helvetica", 18, f"• First about {name}"),
            (80, 220, "Helvetica", 18, f"• Second about {name}"),
        ]
        for name in ("Alpha", "Beta", "Gamma")
    ]
    document = pdf.read(drawn(size=landscape(letter), pages=pages), "deck.pdf")
    assert [block.heading_path for block in document.blocks if block.locator == Page(2)][-1] == (
        "Topic Alpha",
        "Topic Beta",
    )
    assert "• First about Beta\n\n• Second about Beta" in document.text


def test_code_keeps_its_lines_and_its_indentation() -> None:
    lines = ["def loss(x):", "    return x.mean()", "print(loss(1))"]
    page = [(72, 80, "Helvetica", 11, "This is how it is written in the language that we use here today:")]
    page += [
        (72 + 6 * (len(line) - len(line.lstrip())), 120 + 13 * n, "Courier", 10, line.strip())
        for n, line in enumerate(lines)
    ]
    document = pdf.read(drawn(pages=[page]), "a.pdf")
    code = next(block for block in document.blocks if block.kind is BlockKind.CODE)
    assert document.text[code.start : code.end] == "\n".join(lines)
    assert code.language == "python"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["We need more informa-", "tion. All information helps."], "more information."),
        (["It is called self-", "attention in the paper."], "called self-attention in"),
        (["A low-rank model and its low-", "rank matrix."], "its low-rank matrix."),
        (["We use regularisa-", "tion here."], "use regularisation here."),
    ],
)
def test_broken_words_are_made_whole_and_compounds_stay(lines: list[str], text: str) -> None:
    assert text in pdf.read(plain_pdf([lines]), "a.pdf").text


def test_a_hundred_thousand_pages_are_refused_at_once() -> None:
    kids = b" ".join(b"3 0 R" for _ in range(100_000))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99999999 99999999] >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(parts, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    content = out + b"xref\n0 4\n0000000000 65535 f \n" + table + tail
    began = time.monotonic()
    with pytest.raises(TooLarge, match="100000 pages"):
        pdf.read(content, "bomb.pdf")
    assert time.monotonic() - began < 5


def test_huge_and_tiny_page_boxes_are_read() -> None:
    for size in ((1.0e6, 1.0e6), (3.0, 3.0)):
        text = pdf.read(drawn(size=size, pages=[[(0.1, 1, "Helvetica", 0.4, "Some text on it")]]), "a.pdf").text
        assert text == "Some text on it"
