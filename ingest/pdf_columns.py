"""Stretches of text on a page to lines in reading order: columns one after the other, all else as the page draws it.

Columns are believed only where a white gutter runs between two bodies of text that fill it from both sides. A table, a
slide or a formula beside its number has gaps too, and must not be torn apart. Knows places alone, not words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.pdf_text import Stretch

LEAST_LINES = 4
"""Lines that a column holds at least on the side that holds fewer."""
MOST_CROSSING = 0.5
"""Share of the text that may run over the gutter: titles, wide tables, captions."""
LEAST_FILL = 0.55
"""Share of its column's width that the middle line of a column fills at least; cells of a table fill less."""
LEAST_CHARACTERS = 16
"""Characters of the middle line of a column at least: cells of a table hold less."""

_LEAST_GUTTER = 6.0
"""Points between the columns."""
_MOST_ENDS = 0.9
"""Share of the left column's lines that keep that distance: some are overfull."""
_OVERHANG = 0.15
"""Share of the right column that a line of the left one may run into before it counts as one over both."""
_ALIGNED = 2.0
_CANDIDATES = 6
_DEEPEST = 2
_MIDDLE = (0.25, 0.8)
_SAME_LINE = 0.35
"""Distance of baselines, in font sizes, up to which stretches stand on one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read. `start` and `end` are the borders of its column, or of the page's text."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    mono: bool
    cells: int
    """Parts that wide gaps part it into: 3 and more are a row of a table."""
    start: float
    end: float
    columned: bool

    @property
    def fills(self) -> float:
        """Return the share of its column that lies left of its end."""
        return (self.right - self.start) / max(1.0, self.end - self.start)


def page_lines(stretches: Sequence[Stretch]) -> list[Line]:
    """Return the lines of a page in reading order; text that runs in another direction comes last."""
    straight = [one for one in stretches if not one.turned and one.text]
    turned = [one for one in stretches if one.turned and one.text]
    lines = list(_read(straight, depth=0))
    return lines + [_line([one], one.left, one.right, columned=False) for one in turned]


def _read(stretches: Sequence[Stretch], depth: int) -> Iterator[Line]:
    gutter = _gutter(stretches) if depth < _DEEPEST else None
    if gutter is None:
        yield from _undivided(stretches, columned=depth > 0)
        return
    for band, wide in _bands(stretches, gutter):
        if wide:
            yield from _undivided(band, columned=depth > 0)
            continue
        for left in (True, False):
            column = [one for one in band if gutter.is_left(one) is left]
            if _gutter(column) is not None:
                yield from _read(column, depth + 1)
            else:
                start, end = gutter.left if left else gutter.right
                rows = _rows(sorted(column, key=lambda one: (one.baseline, one.left)))
                yield from (_line(row, start, end, columned=True) for row in rows)


# --- the gutter -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Gutter:
    """The border between two columns: where the lines of the right one begin."""

    at: float
    left: tuple[float, float]
    """Start and end of the left column."""
    right: tuple[float, float]

    def is_left(self, one: Stretch) -> bool:
        """Return whether a stretch belongs to the left column; it may hang over its end a little."""
        return one.left < self.at - _ALIGNED

    def is_crossed(self, one: Stretch) -> bool:
        """Return whether a stretch runs over both columns."""
        return self.is_left(one) and one.right > self.at + _OVERHANG * (self.right[1] - self.at)


def _gutter(stretches: Sequence[Stretch]) -> _Gutter | None:
    """Return the border between two columns that fill the page from both sides, or None where there are none."""
    if len(stretches) < 2 * LEAST_LINES:
        return None
    left, right = min(one.left for one in stretches), max(one.right for one in stretches)
    low, high = (left + share * (right - left) for share in _MIDDLE)
    found = (_gutter_at(stretches, at) for at in _aligned([one.left for one in stretches if low < one.left < high]))
    return next((gutter for gutter in found if gutter is not None), None)


def _aligned(starts: Sequence[float]) -> list[float]:
    """Return the places where several stretches begin, the most common first."""
    counts = Counter(round(start / _ALIGNED) for start in starts)
    joined = {place: count + counts.get(place + 1, 0) for place, count in counts.items()}
    common = sorted((place for place, count in joined.items() if count >= LEAST_LINES), key=lambda p: (-joined[p], p))
    return [
        min(start for start in starts if round(start / _ALIGNED) in (place, place + 1))
        for place in common[:_CANDIDATES]
    ]


def _gutter_at(stretches: Sequence[Stretch], at: float) -> _Gutter | None:
    before = [one for one in stretches if one.right <= at]
    behind = [one for one in stretches if one.left >= at - _ALIGNED]
    if len(before) < LEAST_LINES or len(before) + len(behind) < (1 - MOST_CROSSING) * len(stretches):
        return None
    ends = sorted(one.right for one in before)
    if at - ends[int(_MOST_ENDS * (len(ends) - 1))] < _LEAST_GUTTER:
        return None
    if not (_is_column(before) and _is_column(behind) and _abreast(before, behind)):
        return None
    return _Gutter(at, (min(one.left for one in before), ends[-1]), (at, max(one.right for one in behind)))


def _is_column(side: Sequence[Stretch]) -> bool:
    """Return whether the stretches fill a column as running text does."""
    lines = list(_rows(sorted(side, key=lambda one: one.baseline)))
    rows = [(line[0].left, max(one.right for one in line)) for line in lines]
    if len(rows) < LEAST_LINES or median(sum(len(one.text) for one in line) for line in lines) < LEAST_CHARACTERS:
        return False
    width = max(right for _, right in rows) - min(left for left, _ in rows)
    return median(right - left for left, right in rows) >= LEAST_FILL * width


def _abreast(before: Sequence[Stretch], behind: Sequence[Stretch]) -> bool:
    """Return whether the two sides stand beside each other, not one below the other."""
    low = max(min(one.baseline for one in before), min(one.baseline for one in behind))
    high = min(max(one.baseline for one in before), max(one.baseline for one in behind))
    shared = min(sum(low <= one.baseline <= high for one in side) for side in (before, behind))
    return shared >= LEAST_LINES


# --- bands, rows, lines -----------------------------------------------------------------------------------------


def _bands(stretches: Sequence[Stretch], gutter: _Gutter) -> list[tuple[list[Stretch], bool]]:
    """Return the page from top to bottom, lines over its whole width apart from what stands in columns.

    A row with several parts on both sides is one of a wide table.
    """
    bands: list[tuple[list[Stretch], bool]] = []
    for row in _rows(sorted(stretches, key=lambda one: (one.baseline, one.left))):
        sides = [sum(gutter.is_left(one) is left for one in row) for left in (True, False)]
        wide = any(gutter.is_crossed(one) for one in row) or min(sides) > 1
        if not bands or wide is not bands[-1][1]:
            bands.append(([], wide))
        bands[-1][0].extend(row)
    return bands


def _undivided(stretches: Sequence[Stretch], *, columned: bool) -> Iterator[Line]:
    """Yield lines in the order in which the page draws them."""
    if not stretches:
        return
    start, end = min(one.left for one in stretches), max(one.right for one in stretches)
    for row in _rows(sorted(stretches, key=lambda one: one.order)):
        yield _line(row, start, end, columned=columned)


def _rows(ordered: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Yield neighbours on one baseline together, from the left."""
    row: list[Stretch] = []
    for one in ordered:
        if row and abs(one.baseline - row[0].baseline) > _SAME_LINE * max(one.size, row[0].size, 1.0):
            yield sorted(row, key=lambda part: part.left)
            row = []
        row.append(one)
    if row:
        yield sorted(row, key=lambda part: part.left)


def _line(row: Sequence[Stretch], start: float, end: float, *, columned: bool) -> Line:
    longest = max(row, key=lambda one: len(one.text))
    return Line(
        text=" ".join(" ".join(one.text for one in row).split()),
        left=row[0].left,
        right=max(one.right for one in row),
        baseline=longest.baseline,
        size=longest.size,
        bold=all(one.bold for one in row),
        mono=all(one.mono for one in row),
        cells=len(row),
        start=start,
        end=end,
        columned=columned,
    )
