"""Lines of a PDF to paragraphs: which lines go on, and which words were broken at a line's end.

A broken word is made whole by the document's own words: `informa-` and `tion` are one where `information` stands
elsewhere or `informa` is no word, `self-` and `attention` stay a compound. Knows lines, not pages and not headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.document import BlockKind
from ingest.markup import Piece
from ingest.office import code_language
from ingest.pdf_columns import Line
from ingest.pdf_text import HYPHEN

CAPTION = re.compile(
    r"^(?P<label>(?:fig(?:ure|\.)|abb(?:ildung|\.)|table|tab\.|algorithm|listing)\s*[A-Z]?\d+(?:\.\d+)*)\s*[.:|–—-]?\s",
    re.I,
)
"""The words that begin a caption, as `Figure 3:`."""

_ITEM = re.compile(r"^(?:[•‣▪◦●○■–—*·➢➤✓-]|\d{1,3}[.)]|\(?[a-z]\)|\[\d{1,3}\])\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COMPOUNDING = frozenset(
    "self well cross non so state end left right half high low two three four zero one first second fine large small "
    "long short few many single real ground open deep data".split()
)
_FULL = 0.8
"""Share of its column that a line fills that runs on."""
_LEAST_FULL = 50
"""Characters below which a line outside columns never does: titles and bullets of slides."""
_WIDE_GAP = 1.4
"""Distance of lines, in usual distances, that parts paragraphs."""
_TABLE_CELLS = 3


def vocabulary(pages: Iterable[Sequence[Line]]) -> Counter[str]:
    """Return how often each word stands whole in the document, in lower case; broken ones are left out."""
    counts: Counter[str] = Counter()
    for lines in pages:
        after_break = False
        for line in lines:
            words = _WORD.findall(line.text.casefold())
            broken = line.text.endswith((HYPHEN, "-"))
            counts.update(words[1 if after_break else 0 : -1 if broken else None])
            after_break = broken
    return counts


def joined(before: str, after: str, words: Counter[str]) -> str:
    """Return two lines as one; a hyphen at the end of the first goes where it only broke a word."""
    if not before.endswith((HYPHEN, "-")):
        return f"{before} {after}"
    stem = before[:-1]
    last, first = _LAST.search(f"{stem}-"), _FIRST.match(after)
    if last is None or first is None:
        spaced = stem[-1:].isspace() or not stem
        return f"{stem}- {after}" if spaced else f"{stem}-{after}"
    return f"{stem}{'-' if _compound(last[1], first[0], words) else ''}{after}"


def _compound(last: str, first: str, words: Counter[str]) -> bool:
    """Return whether the hyphen between two parts belongs to the word."""
    low, high = last.casefold(), first.casefold()
    if not first[0].islower():
        return True
    whole, hyphened = words[low + high], words[f"{low}-{high}"]
    if whole or hyphened:
        return hyphened > whole
    head = low.rsplit("-", 1)[-1]
    if "-" in low and words[head] and words[high]:
        return True
    if head in _COMPOUNDING and (words[high] or len(high) > 4):
        return True
    return min(len(head), len(high)) > 3 and words[head] > 1 and words[high] > 1


def paragraphs(lines: Sequence[Line], words: Counter[str]) -> Iterator[Piece]:
    """Yield the paragraphs, code and table rows that the lines make up."""
    usual = _usual_distance(lines)
    at = 0
    while at < len(lines):
        end = at + 1
        if lines[at].mono:
            while end < len(lines) and lines[end].mono:
                end += 1
            code = _code(lines[at:end], usual)
            yield Piece(BlockKind.CODE, code, code_language(code))
        elif _table_rows(lines, at) > 1:  # one line with wide gaps is a loosely justified one
            end = at + _table_rows(lines, at)
            yield Piece(BlockKind.PROSE, "\n".join(_closed(line.text) for line in lines[at:end]))
        else:
            text = lines[at].text
            while end < len(lines) and _table_rows(lines, end) < 2 and goes_on(lines[end - 1], lines[end], usual):
                text = joined(text, lines[end].text, words)
                end += 1
            yield Piece(BlockKind.PROSE, _closed(text))
        at = end


def _table_rows(lines: Sequence[Line], at: int) -> int:
    """Return how many lines from here on are made of cells."""
    end = at
    while end < len(lines) and lines[end].cells >= _TABLE_CELLS and not lines[end].mono:
        end += 1
    return end - at


def goes_on(last: Line, line: Line, usual: float) -> bool:
    """Return whether a line continues the paragraph of the one before it."""
    if line.mono or _ITEM.match(line.text) or CAPTION.match(line.text):
        return False
    if len(line.text) > 3 and abs(line.size - last.size) > 0.1 * last.size:
        return False
    distance = line.baseline - last.baseline
    if usual and distance > _WIDE_GAP * usual and distance > line.size:
        return False
    small = line.text[:1].islower()
    if last.text.endswith((HYPHEN, "-")) and last.text[-2:-1].isalpha():
        return small
    indented = line.left - line.start > 0.8 * line.size and last.left - last.start < 0.5 * last.size
    if indented and not small and line.columned and not _ITEM.match(last.text):
        return False
    full = last.fills >= _FULL and (last.columned or len(last.text) >= _LEAST_FULL)
    return small or full


def _usual_distance(lines: Sequence[Line]) -> float:
    distances = [b.baseline - a.baseline for a, b in pairwise(lines) if b.baseline > a.baseline]
    return median(distances) if len(distances) > 1 else 0.0


def _closed(text: str) -> str:
    """Return the text with a hyphen that broke nothing as it was printed."""
    return text.replace(HYPHEN, "-")


def _code(lines: Sequence[Line], usual: float) -> str:
    """Return lines of code with the indentation and the empty lines that their places show."""
    width = median((line.right - line.left) / max(1, len(line.text)) for line in lines) or 1.0
    left = min(line.left for line in lines)
    shown = []
    for number, line in enumerate(lines):
        apart = line.baseline - lines[number - 1].baseline if number else 0.0
        if usual and apart > 1.6 * usual:
            shown.append("")
        shown.append(" " * min(80, round((line.left - left) / width)) + _closed(line.text))
    return "\n".join(shown)
