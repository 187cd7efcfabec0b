"""The text layer of one PDF page as stretches of text with place, size and font.

A stretch ends where PDFium ends a line, and where a gap in the line is as wide as one between columns. What they mean
together, columns, paragraphs, headings, is told in the modules that read them. Calls PDFium: one thread at a time.
"""

from __future__ import annotations

import ctypes
import math
import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingest.decoding import without_controls
from ingest.office import is_monospaced

MOST_CHARACTERS = 300_000
"""Characters of one page past which it is no page of a document."""
COLUMN_GAP = 1.1
"""Gap inside a line, in font sizes, from which its parts may belong to different columns."""

_LEAST_GAP = 5.0
HYPHEN = "\u00ad"
"""What marks a hyphen at a line's end from here on."""
_BROKEN = "\x02"
"""PDFium's mark for a hyphen with the line's end behind it, also written U+FFFE."""
_BREAK = re.compile(f"{_BROKEN}|[\r\n]+")
_READ_AS = {0x09: " ", 0xA0: " ", 0xFFFE: _BROKEN, 0xFFFF: "\0"}
"""One character for each, so that indices stay those of PDFium."""
_UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
_BOLD = re.compile(r"bold|black|heavy|semib|demi|-bd|cmbx|cmssbx|[a-z]bx\d|medi(?:um)?$", re.I)
_TYPED = re.compile(r"^(?:[A-Z]{6}\+)?(?:CMTT|SFTT|LMMono|NimbusMon|txtt|cmvtt|ECTT|BeraSansMono)", re.I)
_BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text on one baseline; places in points from the top left of the page as it is seen."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    mono: bool
    turned: bool
    """Whether it runs in another direction than the page's text, like a stamp in the margin."""
    order: int
    """Its rank in the order in which the page draws its text."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    left: float
    right: float
    first: int
    """Index of its first character."""


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    bold: bool
    mono: bool
    quarter: int
    """Direction of the text in quarter turns against the clock."""


def stretches(page: Any) -> list[Stretch]:
    """Return the text of a pypdfium2 page in the order in which the page draws it.

    Raises:
        ValueError: the page holds more characters than any page of a document.
    """
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > MOST_CHARACTERS:
            raise ValueError(f"{count} characters on one page")
        found = list(_found(_Characters(text_page.raw), count))
    finally:
        text_page.close()
    _, _, right, top = page.get_bbox()
    directions: Counter[int] = Counter()
    for stretch, quarter in found:
        directions[quarter] += len(stretch.text)
    main = directions.most_common(1)[0][0] if directions else 0
    flip = top if main in (0, 2) else right
    return [_placed(stretch, quarter, main, flip, order) for order, (stretch, quarter) in enumerate(found)]


class _Characters:
    """PDFium's answers about single characters of a page, in the page's own coordinates."""

    def __init__(self, handle: Any) -> None:
        import pypdfium2.raw as pdfium

        self._handle = handle
        self._pdfium = pdfium
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(number) for number in self._numbers]
        self._matrix = pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(200)
        self._flags = ctypes.c_int()

    def codes(self, count: int) -> list[int]:
        get, handle = self._pdfium.FPDFText_GetUnicode, self._handle
        return [get(handle, index) for index in range(count)]

    def box(self, index: int) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of a character; zeros where it has none."""
        left, right, bottom, top = self._numbers
        if not self._pdfium.FPDFText_GetCharBox(self._handle, index, *self._pointers):
            return 0.0, 0.0, 0.0, 0.0
        return left.value, right.value, bottom.value, top.value

    def origin(self, index: int) -> tuple[float, float]:
        x, y = self._numbers[:2]
        self._pdfium.FPDFText_GetCharOrigin(self._handle, index, *self._pointers[:2])
        return x.value, y.value

    def style(self, index: int) -> _Style:
        pdfium, handle = self._pdfium, self._handle
        size = pdfium.FPDFText_GetFontSize(handle, index)
        angle = 0.0
        if pdfium.FPDFText_GetMatrix(handle, index, ctypes.byref(self._matrix)):
            size *= math.hypot(self._matrix.c, self._matrix.d)
            angle = math.atan2(self._matrix.b, self._matrix.a)
        length = pdfium.FPDFText_GetFontInfo(handle, index, self._name, len(self._name), ctypes.byref(self._flags))
        name = self._name.value.decode("utf-8", "replace") if 0 < length <= len(self._name) else ""
        weight = pdfium.FPDFText_GetFontWeight(handle, index)
        bold, mono = _of_font(name)
        quarter = round(angle / (math.pi / 2)) % 4
        return _Style(abs(size), bold or weight >= _BOLD_WEIGHT, mono, quarter)


@lru_cache(maxsize=1_000)
def _of_font(name: str) -> tuple[bool, bool]:
    """Return whether a font is bold, and whether it is one of code."""
    return _BOLD.search(name) is not None, is_monospaced(name) or _TYPED.match(name) is not None


def _found(characters: _Characters, count: int) -> Iterator[tuple[Stretch, int]]:
    """Yield each stretch in the page's own coordinates (y upwards), with its direction."""
    codes = characters.codes(count)
    text = array("I", codes).tobytes().decode(_UTF_32, "replace").translate(_READ_AS)
    start = 0
    for line in [*_BREAK.finditer(text), None]:
        end = line.start() if line else len(text)
        words = [_word(characters, text, at, stop) for at, stop in _word_spans(text, start, end)]
        runs = list(_runs(words, characters))
        for number, (run, style) in enumerate(runs, start=1):
            broken = line is not None and line[0] == _BROKEN and number == len(runs)
            yield _stretch(characters, run, style, HYPHEN if broken else "")
        start = line.end() if line else end


def _word_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^ ]+", text[start:end]):
        yield start + match.start(), start + match.end()


def _word(characters: _Characters, text: str, start: int, end: int) -> _Word:
    first = characters.box(start)
    last = characters.box(end - 1) if end - start > 1 else first
    return _Word(text[start:end], first[0], max(first[1], last[1]), start)


def _runs(words: Sequence[_Word], characters: _Characters) -> Iterator[tuple[list[_Word], _Style]]:
    """Yield the words of a line with the style of the first, parted where the gap between two is that of columns."""
    run: list[_Word] = []
    style = _Style(0.0, False, False, 0)
    for word in words:
        if run and (
            word.left - run[-1].right > max(COLUMN_GAP * style.size, _LEAST_GAP)
            or word.left < run[-1].left - style.size
        ):
            yield run, style
            run = []
        if not run:
            style = characters.style(word.first)
        run.append(word)
    if run:
        yield run, style


def _stretch(characters: _Characters, run: Sequence[_Word], style: _Style, ending: str) -> tuple[Stretch, int]:
    first, middle, last = run[0], run[len(run) // 2], run[-1]
    inside = characters.style(middle.first) if middle is not first else style
    end = characters.style(last.first) if last is not middle else inside
    boxes = [characters.box(first.first), characters.box(last.first + len(last.text) - 1)]
    left, bottom = min(box[0] for box in boxes), min(box[2] for box in boxes)
    right, top = max(box[1] for box in boxes), max(box[3] for box in boxes)
    x, y = characters.origin(middle.first)
    across = style.quarter in (0, 2)
    text = without_controls(" ".join(word.text for word in run)).translate(_LIGATURES).replace(HYPHEN, "")
    return (
        Stretch(
            text=text + ending if text else "",
            left=left if across else bottom,
            right=right if across else top,
            baseline=y if across else x,
            size=inside.size or top - bottom,
            bold=style.bold and inside.bold and end.bold,
            mono=style.mono and inside.mono and end.mono,
            turned=False,
            order=0,
        ),
        style.quarter,
    )


def _placed(stretch: Stretch, quarter: int, main: int, flip: float, order: int) -> Stretch:
    """Return the stretch with y downwards, as the page's main direction is read."""
    left, right, baseline = stretch.left, stretch.right, stretch.baseline
    if main in (0, 3):
        baseline = flip - baseline
    if main in (2, 3):
        left, right = -right, -left
    return Stretch(
        stretch.text, left, right, baseline, stretch.size, stretch.bold, stretch.mono, quarter != main, order
    )
