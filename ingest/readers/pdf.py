"""PDF files to text, page by page, by their text layer.

Columns are read one after the other, broken words made whole, running heads and page numbers left out, headings taken
from the bookmarks or the layout. Formulas stay the glyphs they are. Pages that are pictures are reported, not guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from ingest.decoding import title_from_name, without_controls
from ingest.document import BlockKind, Image, ReadDocument, TextBuilder
from ingest.errors import EmptySource, TooLarge, UnreadableSource
from ingest.numbers import ranges
from ingest.pdf_columns import Line, page_lines
from ingest.pdf_figures import MOST_FIGURES, Figure, Graphics, captioned, graphics, has_caption, on_slides, rendered
from ingest.pdf_furniture import footnotes_last, without_running_lines
from ingest.pdf_headings import Bookmark, Mark, body_size, bookmarked, by_layout, is_deck, is_numbered, slide_title
from ingest.pdf_sections import Sections
from ingest.pdf_text import stretches
from ingest.pdf_words import paragraphs, vocabulary
from knowledge.model import Page, SourceKind

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

LEAST_TEXT = 8
"""Letters a page needs to count as having a text layer: fewer are a page number."""
MOST_PAGES = 5_000

_ONE_AT_A_TIME = Lock()  # PDFium keeps global state and is not safe in threads
_PASSWORD_ERROR = "password"
_MOST_BOOKMARKS = 20_000
_UNTITLED = re.compile(
    r"^(?:untitled|microsoft (?:word|powerpoint)|slide \d+|presentation\d*|document\d*|.*\.\w{2,5}$)", re.I
)
_OCR = "recognise their text with: ocrmypdf --skip-text IN.pdf OUT.pdf"


@dataclass(slots=True)
class _Sheet:
    """One page: its size, its lines in reading order, and what it draws."""

    width: float
    height: float
    lines: list[Line]
    drawn: Graphics


@dataclass(frozen=True, slots=True)
class _File:
    """What PDFium tells of a file. `damaged` are pages that could not be opened."""

    title: str
    sheets: tuple[_Sheet, ...]
    bookmarks: tuple[Bookmark, ...]
    damaged: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Laid:
    """What the layout tells: the title, and headings and figures by page from 1."""

    title: str
    marks: Mapping[int, Sequence[Mark]]
    found_bookmarks: frozenset[int]
    figures: Mapping[int, Sequence[Figure]]
    words: Counter[str]
    deck: bool


def read(content: bytes, name: str) -> ReadDocument:
    """Return the text of each page that has some; `notes` name the pages that have none.

    Raises:
        UnreadableSource: damaged, or locked by a password.
        TooLarge: more pages than any course document.
        EmptySource: no page has a text layer; the remedy names optical character recognition.
    """
    with _ONE_AT_A_TIME, _opened(content, name) as document:
        if len(document) > MOST_PAGES:
            raise TooLarge(name, f"it has {len(document)} pages, over {MOST_PAGES}", "Split it, or leave it out.")
        file = _file(document)
        bare = _bare(file)
        if len(bare) == len(file.sheets):
            raise EmptySource(
                name,
                f"none of its {len(bare)} pages has a text layer: they are pictures",
                "Make one by character recognition, for example: ocrmypdf IN.pdf OUT.pdf.",
            )
        laid = _laid(file, name)
        images = _images(document, laid.figures)
    notes = tuple(
        f"{len(pages)} of {len(file.sheets)} pages {words}: {ranges(pages)}{remedy}"
        for pages, words, remedy in (
            ([page for page in bare if page not in file.damaged], "have no text layer", f"; {_OCR}"),
            (file.damaged, "are damaged, left out", ""),
        )
        if pages
    )
    return _document(name, file, laid, images, notes)


# --- what PDFium tells ------------------------------------------------------------------------------------------


@contextmanager
def _opened(content: bytes, name: str) -> Iterator[PdfDocument]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if _PASSWORD_ERROR in str(error).lower():
            raise UnreadableSource(
                name,
                "it is locked by a password",
                "Save a copy without one: qpdf --decrypt --password=... IN.pdf OUT.pdf.",
            ) from error
        raise UnreadableSource(
            name, f"it is damaged or no PDF ({error})", "Open it in a viewer and print it to a new PDF."
        ) from error
    try:
        yield document
    finally:
        document.close()


def _file(document: PdfDocument) -> _File:
    import pypdfium2

    sheets, damaged = [], []
    for index in range(len(document)):
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            damaged.append(index + 1)
            sheets.append(_Sheet(0.0, 0.0, [], Graphics((), ())))
            continue
        try:
            width, height = page.get_size()
            lines = page_lines(stretches(page))
            shows = width > height or has_caption(lines)
            sheets.append(_Sheet(width, height, lines, graphics(page) if shows else Graphics((), ())))
        except (pypdfium2.PdfiumError, ValueError):
            damaged.append(index + 1)
            sheets.append(_Sheet(0.0, 0.0, [], Graphics((), ())))
        finally:
            page.close()
    stated = document.get_metadata_dict(skip_empty=True).get("Title", "")
    return _File(" ".join(without_controls(stated).split()), tuple(sheets), tuple(_bookmarks(document)), tuple(damaged))


def _bookmarks(document: PdfDocument) -> Iterator[Bookmark]:
    for number, entry in enumerate(document.get_toc()):
        if number >= _MOST_BOOKMARKS:
            return
        target = entry.get_dest()
        index = target.get_index() if target is not None else None
        title = " ".join(without_controls(entry.get_title() or "").split())
        if index is not None and title:
            yield Bookmark(entry.level, title, index + 1)


def _images(document: PdfDocument, figures: Mapping[int, Sequence[Figure]]) -> dict[tuple[int, int], Image]:
    """Return the pictures of figures by page and number on it."""
    images: dict[tuple[int, int], Image] = {}
    for number, found in figures.items():
        page = document[number - 1]
        for at, figure in enumerate(found):
            if figure.box is not None and len(images) < MOST_FIGURES:
                images[number, at] = rendered(page, figure.box)
        page.close()
    return images


# --- what the layout tells --------------------------------------------------------------------------------------


def _bare(file: _File) -> list[int]:
    """Return the numbers of the pages without a text layer."""
    return [number for number, sheet in enumerate(file.sheets, start=1) if not _has_text(sheet.lines)]


def _has_text(lines: Sequence[Line]) -> bool:
    letters = (True for line in lines for character in line.text if character.isalpha())
    return sum(islice(letters, LEAST_TEXT)) == LEAST_TEXT


def _laid(file: _File, name: str) -> _Laid:
    """Return headings, figures and the title; running lines leave the sheets, footnotes go to their ends."""
    sheets = file.sheets
    pages = [sheet.lines for sheet in sheets]
    body = body_size(pages)
    deck = is_deck([(sheet.width, sheet.height) for sheet in sheets])
    titles = [bookmark.title for bookmark in file.bookmarks]
    kept = without_running_lines(pages, [sheet.height for sheet in sheets], body, titles)
    for sheet, lines in zip(sheets, kept, strict=True):
        sheet.lines = footnotes_last(lines, body)
    pages = [sheet.lines for sheet in sheets]
    marks, found = bookmarked(pages, file.bookmarks)
    if deck:
        heads = {number: slide_title(sheet.lines, sheet.height) for number, sheet in enumerate(sheets, start=1)}
        marks = {number: [mark] for number, mark in heads.items() if mark is not None}
        found = frozenset()
    elif len(found) < 2:
        above = 1 + max((bookmark.level for bookmark in file.bookmarks), default=-1)
        marks, found = by_layout(pages, body, above), frozenset()
    words = vocabulary(pages)
    figures = {
        number: list(captioned(sheet.lines, sheet.drawn, sheet.height, words))
        for number, sheet in enumerate(sheets, start=1)
    }
    if deck:
        shown = on_slides([sheet.drawn for sheet in sheets], [sheet.width * sheet.height for sheet in sheets])
        for number, pictures in enumerate(shown, start=1):
            figures[number] = figures[number] or pictures
    title = _title(file, marks, body) or title_from_name(name)
    return _Laid(title, marks, found, {number: found for number, found in figures.items() if found}, words, deck)


def _title(file: _File, marks: Mapping[int, Sequence[Mark]], body: float) -> str:
    """Return the title that the file states, else the one that stands largest on its first page."""
    if 3 < len(file.title) <= 200 and not _UNTITLED.match(file.title):
        return file.title
    sizes = [
        (file.sheets[page - 1].lines[mark.first].size, page, mark) for page, found in marks.items() for mark in found
    ]
    first = [
        (size, mark) for size, page, mark in sizes if page == 1 and size > 1.2 * body and not is_numbered(mark.text)
    ]
    largest = max(first, key=lambda entry: entry[0], default=None)
    if largest is None or any(size > largest[0] for size, _, _ in sizes):
        return ""
    return largest[1].text


def _document(
    name: str, file: _File, laid: _Laid, images: Mapping[tuple[int, int], Image], notes: tuple[str, ...]
) -> ReadDocument:
    builder = TextBuilder()
    sections = Sections(laid.title, file.bookmarks, laid.found_bookmarks)
    for number, sheet in enumerate(file.sheets, start=1):
        place = Page(number)
        sections.turn(number, deck=laid.deck)
        marks = [mark for mark in laid.marks.get(number, ()) if mark.end > mark.first]
        alone = sum(mark.end - mark.first for mark in marks) >= len(sheet.lines)
        stops: list[tuple[int, int, Mark | Figure | None]] = [(mark.first, -1, mark) for mark in marks]
        stops += [(figure.at_line, order, figure) for order, figure in enumerate(laid.figures.get(number, ()))]
        at = 0
        for end, order, stop in [*sorted(stops, key=lambda entry: entry[:2]), (len(sheet.lines), 0, None)]:
            for piece in paragraphs(sheet.lines[at:end], laid.words):
                builder.add(piece.text, piece.kind, place, sections.path, language=piece.language)
            at = max(at, end)
            if isinstance(stop, Figure):
                builder.add_figure(place, caption=stop.caption, image=images.get((number, order)))
            elif stop is not None:
                sections.enter(stop.level, stop.text)
                builder.add(stop.text, BlockKind.PROSE if alone else BlockKind.HEADING, place, sections.path)
                at = stop.end
    return builder.document(name, laid.title, SourceKind.PDF, notes)
