"""What a page shows besides its text: running heads and feet, page numbers, footnotes in the way of the text.

Knows that these repeat over pages, stand at its edges, or are set small below a column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ingest.pdf_columns import Line

EDGE = 0.1
"""Share of the page's height, above and below, in which running heads and feet stand."""

_EDGE_LINES = 2
_LEAST_PAGES = 4
_RUNNING_SHARE = 0.6
_LEAST_REPEATS = 3
_NUMBER = re.compile(
    r"^[-–—\s|]*(?:(?:page|seite|slide|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von)\s*\d{1,4})?[-–—\s|]*$", re.I
)
_NUMBERED = re.compile(r"^\d{1,4}\s|\s\d{1,4}$")
_PLACE = re.compile(r"^(?:chapter|section|part)(?=[^a-z])")
_MARK = re.compile(r"^(?:\d{1,2}|[*†‡§¶])\s?\S")
_SMALL = 0.92
"""Size of a footnote, in sizes of the text, at most."""


def without_running_lines(
    pages: Sequence[Sequence[Line]], heights: Sequence[float], body: float, headings: Collection[str] = ()
) -> list[list[Line]]:
    """Return the pages without the heads and feet that they share, numbers not compared, and bare page numbers.

    Args:
        pages: the lines of each page.
        heights: of each page, in points.
        body: the size of running text; what is set larger is no running head.
        headings: titles of bookmarks; one that stands beside a page number in the margin is a running head.
    """
    filled = [page for page in pages if page]
    at_edge = Counter(key for page in filled for key in {_key(line) for line in _edges(page)})
    in_margin = Counter(
        key
        for page, height in zip(pages, heights, strict=True)
        for key in {(_key(line), _place(line)) for line in page if _marginal(line, height, body)}
    )
    titles = {_letters(heading) for heading in headings} - {""}
    least = max(_LEAST_PAGES, _RUNNING_SHARE * len(filled))

    def runs(line: Line, edges: Sequence[Line], height: float) -> bool:
        if any(line is edge for edge in edges):
            if at_edge[_key(line)] >= least:
                return True
            if len(filled) > 1 and _NUMBER.match(line.text) and _marginal(line, height, body):
                return True
        if not _marginal(line, height, body):
            return False
        return (_NUMBERED.search(line.text) is not None and _letters(line.text) in titles) or _repeats(
            line, in_margin
        ) >= _LEAST_REPEATS

    kept = [
        [line for line in page if not runs(line, edges, height)]
        for page, edges, height in zip(pages, map(list, map(_edges, pages)), heights, strict=True)
    ]
    return kept if any(kept) else [list(page) for page in pages]


def footnotes_last(lines: Sequence[Line], body: float) -> list[Line]:
    """Return the page with the footnotes of its columns behind its text, which they would interrupt."""
    text: list[Line] = []
    notes: list[Line] = []
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and lines[end].baseline >= lines[end - 1].baseline:
            continue
        first = end
        while first > start and lines[first - 1].size <= _SMALL * body:
            first -= 1
        while first < end and not _MARK.match(lines[first].text):
            first += 1
        text += lines[start:first]
        notes += lines[first:end]
        start = end
    return text + notes


def _edges(page: Sequence[Line]) -> Iterator[Line]:
    ordered = sorted(page, key=lambda line: line.baseline)
    yield from ordered[:_EDGE_LINES]
    yield from ordered[max(_EDGE_LINES, len(ordered) - _EDGE_LINES) :]


def _marginal(line: Line, height: float, body: float) -> bool:
    outside = line.baseline < EDGE * height or line.baseline > (1 - EDGE) * height
    return outside and line.size <= 1.05 * body


def _place(line: Line) -> int:
    return round(line.baseline / 3)


def _repeats(line: Line, counts: Counter[tuple[str, int]]) -> int:
    return sum(counts[_key(line), _place(line) + step] for step in (-1, 0, 1))


def _letters(text: str) -> str:
    """Return a title without its number and its spaces."""
    return re.sub(r"[\W\d_]+", "", _PLACE.sub("", text.casefold()))


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text).casefold()
