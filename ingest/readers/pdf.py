"""PDF files to text, page by page, by their text layer.

Joins lines to paragraphs and words that were broken at line ends; drops running heads and page numbers. Knows nothing
of columns, tables and formulas beyond the order PDFium gives; pages that are pictures are reported, never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from ingest.decoding import title_from_name, without_controls
from ingest.document import BlockKind, ReadDocument, TextBuilder
from ingest.errors import EmptySource, UnreadableSource
from knowledge.model import Page, SourceKind

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

LEAST_TEXT = 8
"""Letters a page needs to count as having a text layer: fewer are a page number."""

_ONE_AT_A_TIME = Lock()  # PDFium keeps global state and is not safe in threads
_PASSWORD_ERROR = "password"
_EDGE_LINES = 2
_LEAST_PAGES = 4
_RUNNING_SHARE = 0.6
_NO_CHARACTER = re.compile(r"[\ufffe\uffff]")
_LIST_ITEM = re.compile(r"^(?:[•‣▪◦●○■–—*·➢➤✓-]|\d{1,3}[.)]|\(?[a-z]\))\s")
_FULL_LINE = 0.7
"""Share of the page's longest line from which a line looks as if it ran on."""
_LEAST_FULL = 50
"""Characters below which a line never does: titles and bullets of slides."""
_UNTITLED = re.compile(
    r"^(?:untitled|microsoft (?:word|powerpoint)|slide \d+|presentation\d*|document\d*|.*\.\w{2,5}$)", re.I
)


def read(content: bytes, name: str) -> ReadDocument:
    """Return the text of each page that has some; `notes` name the pages that have none.

    Raises:
        UnreadableSource: damaged, or locked by a password.
        EmptySource: no page has a text layer; the remedy names optical character recognition.
    """
    with _ONE_AT_A_TIME:
        title, texts, sections = _extracted(content, name)
    lines = _without_running_lines([_lines(text) for text in texts])
    bare = [number for number, page in enumerate(lines, start=1) if sum(map(_letters, page)) < LEAST_TEXT]
    if len(bare) == len(lines):
        raise EmptySource(
            name,
            f"none of its {len(lines)} pages has a text layer: they are pictures",
            "Make one by character recognition, for example: ocrmypdf IN.pdf OUT.pdf.",
        )
    builder = TextBuilder()
    for number, page in enumerate(lines, start=1):
        if number not in bare:
            path = (title, *sections.get(number, ()))
            for paragraph in _paragraphs(page):
                builder.add(paragraph, BlockKind.PROSE, Page(number), path)
    notes = (f"{len(bare)} of {len(lines)} pages have no text layer: {_ranges(bare)}",) if bare else ()
    return builder.document(name, title, SourceKind.PDF, notes)


def _extracted(content: bytes, name: str) -> tuple[str, list[str], dict[int, tuple[str, ...]]]:
    """Return the title, the text of each page and the bookmarks in force on each page."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        try:
            texts = [_page_text(document, index) for index in range(len(document))]
            titles = document.get_metadata_dict(skip_empty=True)
            sections = _sections(document)
        finally:
            document.close()
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
    stated = " ".join(without_controls(titles.get("Title", "")).split())
    usable = 3 < len(stated) <= 200 and not _UNTITLED.match(stated)
    return (stated if usable else title_from_name(name)), texts, sections


def _page_text(document: PdfDocument, index: int) -> str:
    page = document[index]
    text_page = page.get_textpage()
    text: str = text_page.get_text_range()
    text_page.close()
    page.close()
    return text


def _sections(document: PdfDocument) -> dict[int, tuple[str, ...]]:
    """Return the bookmarks above each page, outermost first; where several begin on one page none of them is sure."""
    starts: dict[int, list[tuple[int, str]]] = {}
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        index = target.get_index() if target is not None else None
        title = " ".join(without_controls(bookmark.get_title() or "").split())
        if index is not None and title:
            starts.setdefault(index + 1, []).append((bookmark.level, title))
    sections: dict[int, tuple[str, ...]] = {}
    open_: list[tuple[int, str]] = []
    for number in range(1, len(document) + 1):
        begun = starts.get(number, ())
        for position, (level, title) in enumerate(begun):
            open_ = [entry for entry in open_ if entry[0] < level] + [(level, title)]
            if position == 0 or level > begun[position - 1][0]:
                sections[number] = tuple(title for _, title in open_)
            else:
                sections[number] = tuple(title for own, title in open_ if own < level)
        if not begun:
            sections[number] = tuple(title for _, title in open_)
    return sections


def _lines(text: str) -> list[str]:
    """Return the page's lines, words that were broken at a line's end made whole.

    PDFium writes U+0002 or U+FFFE for every hyphen at a line's end; one before a capital or an item broke no word.
    """
    whole = re.sub(r"[\x02\xad\ufffe]", "-\n", re.sub(r"[\x02\xad\ufffe]\s*(?=[a-zß-ÿ])", "", text))
    return [
        line for raw in without_controls(_NO_CHARACTER.sub("", whole)).splitlines() if (line := " ".join(raw.split()))
    ]


def _letters(line: str) -> int:
    return sum(character.isalpha() for character in line)


def _without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """Return the pages without heads and feet that most of them share, numbers not compared, and bare page numbers."""
    filled = [page for page in pages if page]
    seen = Counter(key for page in filled for key in {_key(page[at]) for at in _edges(page)})
    least = max(_LEAST_PAGES, _RUNNING_SHARE * len(filled))
    running = {key for key, count in seen.items() if count >= least}
    kept = [
        [line for at, line in enumerate(page) if at not in _edges(page) or _key(line) not in running] for page in pages
    ]
    return kept if any(kept) else list(pages)


def _edges(page: Sequence[str]) -> set[int]:
    return {at for at in range(len(page)) if at < _EDGE_LINES or at >= len(page) - _EDGE_LINES}


def _key(line: str) -> str:
    return re.sub(r"\d+", "#", line).casefold()


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Yield paragraphs: a line goes on where the next begins in lower case, or where it fills its column."""
    full = max(_LEAST_FULL, _FULL_LINE * max(map(len, lines), default=0))
    current = ""
    last = ""
    for line in lines:
        item = _LIST_ITEM.match(line) is not None
        if not current:
            current = line
        elif last.endswith("-") and line[:1].islower() and last[-2:-1].isalpha() and not item:
            current = current[:-1] + line
        elif not item and (line[:1].islower() or len(last) >= full):
            current = f"{current} {line}"
        else:
            yield current
            current = line
        last = line
    if current:
        yield current


def _ranges(numbers: Sequence[int]) -> str:
    """Return page numbers as people write them: `3, 7-9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
