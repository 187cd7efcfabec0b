"""Cuts Markdown text into sentences with their places, and leaves code, tables and display formulas whole.

Knows the marks of prose; refuses to know what a sentence means or whether it is worth quoting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SentenceKind(StrEnum):
    """What a span of text is."""

    PROSE = "prose"
    ITEM = "item"
    """A sentence of a list item."""
    HEADING = "heading"
    FORMULA = "formula"
    CODE = "code"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a text: `text[start:end]` is the sentence, list and quote marks left out."""

    start: int
    end: int
    kind: SentenceKind


_FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=mark)[`~]*[ \t]*$|\Z)", re.M | re.S)
_FORMULA = re.compile(  # none goes on for ever: texts with thousands of openings and no end are read in linear time
    r"\$\$.*?\$\$|\\\[(?:(?!\\\[).)*?\\\]|\\begin\{(?P<env>[a-z]+\*?)\}.{0,4000}?\\end\{(?P=env)\}", re.S
)
_BLANK = re.compile(r"\n[ \t]*\n")
_MARK = re.compile(r"[ \t]*(?:>[ \t]?)*(?P<item>(?:[-*+]|\d{1,3}[.)])[ \t]+)?(?:>[ \t]?)*")
_TERMINAL = re.compile(r"[.!?…]+[\"'”’)\]*_`]*(?=\s+[\"'“‘(\[*_`$\\]*[A-Z0-9À-ÞА-Я]|\s*$)|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|al|Fig|fig|Eq|eq|Sec|sec|Dr|Mr|Mrs|Prof|approx|resp|No|Vol|pp|ch)|\b[A-Z])\.$"
)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text` in order, with their spans; white space and marks between them are left out."""
    found: list[Sentence] = []
    for start, end, kind in _regions(text):
        if kind is None:
            found.extend(_prose(text, start, end))
        else:
            found.append(Sentence(start, end, kind))
    return found


def _regions(text: str) -> Iterator[tuple[int, int, SentenceKind | None]]:
    """Yield fences and display formulas whole, and what lies between them as prose (kind None)."""
    special = [(m.start(), m.end(), SentenceKind.CODE) for m in _FENCE.finditer(text)]
    fences = list(special)
    for match in _FORMULA.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end, _ in fences):
            special.append((match.start(), match.end(), SentenceKind.FORMULA))
    position = 0
    for start, end, kind in sorted(special):
        if position < start:
            yield position, start, None
        yield start, end, kind
        position = end
    if position < len(text):
        yield position, len(text), None


def _prose(text: str, start: int, end: int) -> Iterator[Sentence]:
    position = start
    borders = [match.span() for match in _BLANK.finditer(text, start, end)]
    for border_start, border_end in [*borders, (end, end)]:
        if position < border_start:
            yield from _paragraph(text, position, border_start)
        position = border_end


def _paragraph(text: str, start: int, end: int) -> Iterator[Sentence]:
    """Split a paragraph at list items first, then at sentence ends; headings and tables are single spans."""
    pieces: list[tuple[int, int, SentenceKind]] = []
    line_start = start
    while line_start < end:
        newline = text.find("\n", line_start, end)
        line_end = end if newline < 0 else newline
        line = text[line_start:line_end]
        mark = _MARK.match(text, line_start, line_end)
        body = line_start if mark is None else mark.end()
        if line.lstrip().startswith("#"):
            pieces.append((line_start, line_end, SentenceKind.HEADING))
        elif line.lstrip().startswith("|"):
            pieces.append((line_start, line_end, SentenceKind.TABLE))
        elif mark is not None and mark.group("item"):
            pieces.append((body, line_end, SentenceKind.ITEM))
        elif pieces and pieces[-1][2] in (SentenceKind.PROSE, SentenceKind.ITEM):
            pieces[-1] = (pieces[-1][0], line_end, pieces[-1][2])
        else:
            pieces.append((body, line_end, SentenceKind.PROSE))
        line_start = line_end + 1
    for piece_start, piece_end, kind in pieces:
        if kind in (SentenceKind.PROSE, SentenceKind.ITEM):
            yield from _split(text, piece_start, piece_end, kind)
        else:
            yield from _trimmed(text, piece_start, piece_end, kind)


def _split(text: str, start: int, end: int, kind: SentenceKind) -> Iterator[Sentence]:
    position = start
    for match in _TERMINAL.finditer(text, start, end):
        if _ABBREVIATION.search(text, position, match.end()) and match.end() < end:
            continue
        if text.count("$", position, match.end()) % 2 or text.count("`", position, match.end()) % 2:
            continue  # inside an inline formula or code span
        yield from _trimmed(text, position, match.end(), kind)
        position = match.end()
    yield from _trimmed(text, position, end, kind)


def _trimmed(text: str, start: int, end: int, kind: SentenceKind) -> Iterator[Sentence]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Sentence(start, end, kind)
