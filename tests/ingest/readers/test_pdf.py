"""PDF pages become text with page numbers; pages that are pictures are reported, not passed over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.document import ReadDocument
from ingest.errors import EmptySource, UnreadableSource
from ingest.readers import pdf as reader
from knowledge.model import Page
from tests.ingest.pdfs import pdf

LOCKED = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\n"
    b"endobj\n3 0 obj\n<< /Filter /Standard /V 1 /R 2 /O <"
    + b"11" * 32
    + b"> /U <"
    + b"22" * 32
    + b"> /P -4 >>\nendobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000110 00000 n \ntrailer\n"
    b"<< /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [<00><00>] >>\nstartxref\n300\n%%EOF\n"
)


def pages(document: ReadDocument) -> list[tuple[int, str]]:
    found = []
    for block in document.blocks:
        assert isinstance(block.locator, Page)
        found.append((block.locator.number, document.text[block.start : block.end]))
    return found


def test_pages_are_counted_from_one_and_lines_join_to_paragraphs() -> None:
    long = "Gradient descent moves the weights a small step against the gradient"
    document = reader.read(
        pdf(
            [["Optimisation"], [long, "of the loss.", "A new paragraph about learn-", "ing rates."]],
            title="Deep learning",
        ),
        "l.pdf",
    )
    assert document.title == "Deep learning"
    assert pages(document) == [
        (1, "Optimisation"),
        (2, f"{long} of the loss."),
        (2, "A new paragraph about learning rates."),
    ]


def test_items_of_a_slide_stay_apart_and_compound_words_whole() -> None:
    document = reader.read(
        pdf([["Kinds of learning", "- Self-", "- Supervised", "1. Reward-", "Based on trial"]]), "l.pdf"
    )
    assert [text for _, text in pages(document)] == [
        "Kinds of learning",
        "- Self-",
        "- Supervised",
        "1. Reward-",
        "Based on trial",
    ]


def test_running_heads_and_page_numbers_go_and_repeated_content_stays() -> None:
    content = [[f"Lecture {n}", f"Topic {'abcdef'[n]} is taught here", "Key idea", f"Page {n}"] for n in range(6)]
    document = reader.read(pdf([["CS 101 notes", *lines, "University"] for lines in content]), "l.pdf")
    assert "CS 101" not in document.text
    assert "University" not in document.text
    assert "Page 3" not in document.text
    assert document.text.count("Key idea") == 6
    short = reader.read(pdf([["Same line", "one thing"], ["Same line", "another thing"]]), "l.pdf")
    assert short.text.count("Same line") == 2


def test_pages_without_text_are_named() -> None:
    document = reader.read(pdf([["Some text here"], [], ["7"], ["More text here"], []]), "l.pdf")
    assert document.notes == (
        "3 of 5 pages have no text layer: 2-3, 5; recognise their text with: ocrmypdf --skip-text IN.pdf OUT.pdf",
    )


def test_bookmarks_head_the_pages_below_them() -> None:
    document = reader.read(
        pdf(
            [["Front matter"], ["First part"], ["Still first"], ["Second part"]],
            bookmarks=[("Part I", 1), ("Part II", 3)],
        ),
        "notes.pdf",
    )
    assert [block.heading_path for block in document.blocks] == [
        ("Notes",),
        ("Notes", "Part I"),
        ("Notes", "Part I"),
        ("Notes", "Part II"),
    ]


def test_a_scan_is_refused_with_the_remedy() -> None:
    with pytest.raises(EmptySource, match=r"none of its 2 pages has a text layer.*ocrmypdf"):
        reader.read(pdf([[], []]), "scan.pdf")


def test_a_locked_file_is_refused_with_the_remedy() -> None:
    with pytest.raises(UnreadableSource, match=r"locked\.pdf: it is locked by a password.*qpdf"):
        reader.read(LOCKED, "locked.pdf")


@pytest.mark.parametrize("content", [b"", b"not a pdf", pdf([["Some text here"]])[:200], b"%PDF-1.4\n%%EOF"])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"bad\.pdf"):
        reader.read(content, "bad.pdf")


def test_threads_may_read_at_once() -> None:
    files = [pdf([[f"Document number {n}", "with words"]] * 20) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        texts = [document.text for document in pool.map(lambda one: reader.read(one, "a.pdf"), files)]
    assert [f"number {n}" in text for n, text in enumerate(texts)] == [True] * 8
