"""Which lines of a PDF are headings, and of which level: by its bookmarks, else by size, weight and numbering.

A deck of slides has one title a page instead. Guesses are made only where the layout shows them: a heading that is
missed leaves a longer section, one that is invented misleads.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.pdf_columns import Line
from ingest.pdf_text import HYPHEN
from ingest.pdf_words import CAPTION

LARGER = 1.12
"""Size of a heading, in sizes of the running text, at least."""
LONGEST = 140

_NUMBERED = re.compile(
    r"^(?i:chapter |section |part )?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.:]?\s+(?=[^\W\d_])|"
    r"^(?i:appendix )?(?P<letter>[A-Z](?:\.\d{1,2})+|[A-Z](?=[.:])|(?<=ppendix )[A-Z])[.:]?\s+(?=[^\W\d_])"
)
_LEAST_NUMBERED = 3
_LANDSCAPE = 1.15
_DECK_SHARE = 0.6
_TITLE_BAND = 0.4
_TITLE_LARGER = 1.25
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading: the lines from `first` to before `end` of its page. Level 1 is the outermost."""

    first: int
    end: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a PDF's outline; pages count from 1, levels from 0."""

    level: int
    title: str
    page: int


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the size that most characters of the document have, in points."""
    counts: Counter[float] = Counter()
    for line in (line for page in pages for line in page):
        counts[round(2 * line.size) / 2] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def is_deck(sizes: Sequence[tuple[float, float]]) -> bool:
    """Return whether pages of these widths and heights are slides."""
    wide = sum(width > _LANDSCAPE * height for width, height in sizes)
    return bool(sizes) and wide >= _DECK_SHARE * len(sizes)


def slide_title(lines: Sequence[Line], height: float) -> Mark | None:
    """Return the title of a slide: larger than its text and above it."""
    if not lines:
        return None
    top = min(range(len(lines)), key=lambda at: (lines[at].baseline, lines[at].left))
    first = lines[top]
    usual = median(line.size for line in lines for _ in line.text)
    large = first.size >= _TITLE_LARGER * usual or len(lines) == 1
    if first.baseline > _TITLE_BAND * height or not large or not _worded(first.text) or first.cells > 2:
        return None
    end = top + 1
    while end < len(lines) and _continues(lines[end - 1], lines[end]):
        end += 1
    text = _text(lines[top:end])
    return Mark(top, end, 1, text) if len(text) <= LONGEST else None


def bookmarked(
    pages: Sequence[Sequence[Line]], bookmarks: Sequence[Bookmark]
) -> tuple[dict[int, list[Mark]], frozenset[int]]:
    """Return the headings that bookmarks name by page from 1, and the numbers of the bookmarks that were found so."""
    marks: dict[int, list[Mark]] = {}
    found: set[int] = set()
    for number, bookmark in enumerate(bookmarks):
        if not 0 < bookmark.page <= len(pages):
            continue
        lines = pages[bookmark.page - 1]
        known = marks.setdefault(bookmark.page, [])
        taken = known[-1].end if known else 0
        place = _find(lines, bookmark.title, taken)
        if place is not None:
            known.append(Mark(*place, bookmark.level + 1, bookmark.title))
            found.add(number)
    return {page: known for page, known in marks.items() if known}, frozenset(found)


def _find(lines: Sequence[Line], title: str, start: int) -> tuple[int, int] | None:
    """Return the lines that say the title, one to three of them."""
    wanted = _letters(title)
    if not wanted:
        return None
    for first in range(start, len(lines)):
        said = ""
        for end in range(first + 1, min(first + 4, len(lines) + 1)):
            said += _letters(lines[end - 1].text)
            if said in (wanted, f"{_prefix(said, wanted)}{wanted}"):
                return first, end
            if len(said) > len(wanted) + 12:
                break
    return None


def _prefix(said: str, wanted: str) -> str:
    """Return what stands before the title in a line, where it is a number such as `3.2` or `Chapter 3`."""
    before = said[: len(said) - len(wanted)] if said.endswith(wanted) else ""
    return before if re.fullmatch(r"(?:chapter|section|part|lecture|appendix)?[\da-z]{0,6}", before) else ""


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def by_layout(pages: Sequence[Sequence[Line]], body: float, above: int = 0) -> dict[int, list[Mark]]:
    """Return the headings by page from 1, as size, weight and numbering show them; `above` levels stand over them."""
    bold_share = _bold_share(pages)
    found: dict[int, list[tuple[int, int, Line, str]]] = {}
    for number, lines in enumerate(pages, start=1):
        at = 0
        while at < len(lines):
            end = at + 1
            if _stands_out(lines, at, body, bold=bold_share < 0.3):
                while end < len(lines) and _continues(lines[end - 1], lines[end]):
                    end += 1
                text = _text(lines[at:end])
                if len(text) <= LONGEST:
                    found.setdefault(number, []).append((at, end, lines[at], text))
            at = end
    levels = _levels([(line, text) for marks in found.values() for _, _, line, text in marks])
    return {
        number: [
            Mark(first, end, above + min(_depth(text) or levels[_style(line)], _DEEPEST), text)
            for first, end, line, text in marks
            if _style(line) in levels or _depth(text)
        ]
        for number, marks in found.items()
    }


def _stands_out(lines: Sequence[Line], at: int, body: float, *, bold: bool) -> bool:
    line = lines[at]
    if line.size < LARGER * body and not (bold and line.bold and line.size >= 0.95 * body):
        return False
    text = line.text.rstrip(HYPHEN)
    numbered = _NUMBERED.match(text) is not None
    if line.mono or not _worded(text) or CAPTION.match(text) or line.cells > (2 if numbered else 1):
        return False
    if len(text) > LONGEST or text.endswith((",", ";")) or (text.endswith(".") and not numbered):
        return False
    if line.size >= LARGER * body:
        return True
    last = lines[at - 1] if at else None
    apart = last is None or line.baseline < last.baseline or line.baseline - last.baseline > 1.25 * line.size
    return apart and (numbered or (line.fills < 0.9 and text[0].isupper() and len(text) <= 80))


def _worded(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return letters >= 3 and letters >= 0.5 * len(text.replace(" ", ""))


def _continues(last: Line, line: Line) -> bool:
    """Return whether a line is the second one of the same heading."""
    near = 0 < line.baseline - last.baseline <= 1.6 * last.size
    alike = abs(line.size - last.size) < 0.05 * last.size and line.bold == last.bold
    return near and alike and line.cells == 1 and not _NUMBERED.match(line.text) and not line.mono


def _text(lines: Sequence[Line]) -> str:
    text = ""
    for line in lines:
        text = f"{text[:-1]}{line.text}" if text.endswith(HYPHEN) else f"{text} {line.text}".strip()
    return text.rstrip(HYPHEN)


def _bold_share(pages: Sequence[Sequence[Line]]) -> float:
    total = sum(len(line.text) for page in pages for line in page)
    return sum(len(line.text) for page in pages for line in page if line.bold) / max(1, total)


_Style = tuple[float, bool]


def _style(line: Line) -> _Style:
    return round(2 * line.size) / 2, line.bold


def is_numbered(text: str) -> bool:
    """Return whether a heading begins with the number of its section, as a document's title does not."""
    return _depth(text) > 0


def _depth(text: str) -> int:
    """Return the level that a heading's number states, 0 where it has none."""
    match = _NUMBERED.match(text)
    return 0 if match is None else (match["number"] or match["letter"]).count(".") + 1


def _levels(headings: Sequence[tuple[Line, str]]) -> Mapping[_Style, int]:
    """Return the level of each style: what its numbers state, else its rank by size and weight.

    Where a document numbers its headings, a style that stands once and is never numbered is none: names of authors.
    """
    stated: dict[_Style, Counter[int]] = {}
    for line, text in headings:
        stated.setdefault(_style(line), Counter())[_depth(text)] += 1
    numbers = sum(count for counts in stated.values() for depth, count in counts.items() if depth)
    levels: dict[_Style, int] = {}
    for rank, style in enumerate(sorted(stated, reverse=True), start=1):
        numbered = Counter({depth: count for depth, count in stated[style].items() if depth})
        if numbered:
            levels[style] = numbered.most_common(1)[0][0]
        elif numbers < _LEAST_NUMBERED or stated[style].total() > 1 or rank == 1:
            levels[style] = min(rank, _DEEPEST)
    return levels
