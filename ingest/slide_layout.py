"""The order in which the boxes of a slide are read: rows of columns, columns of rows, by the gaps between them.

The recursive XY-cut of Nagy and Seth (1984): cut the boxes where a straight gap runs through all of them, the wider gap
first; what no gap parts is read from the top, then from the left. Knows boxes alone, not what they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TOLERANCE = 0.02
"""Share of the whole height by which neighbouring boxes may overlap and still count as parted."""

_MOST_BOXES = 500
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in any unit, `left <= right` and `top <= bottom`, counted from the top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Return width times height."""
        return (self.right - self.left) * (self.bottom - self.top)

    def overlap_across(self, other: Box) -> float:
        """Return how far the two share the same columns, negative where they stand beside each other."""
        return min(self.right, other.right) - max(self.left, other.left)


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Return the indices of the boxes as one reads them; all of them, each once."""
    indices = list(range(len(boxes)))
    if len(boxes) > _MOST_BOXES:
        return sorted(indices, key=lambda i: (boxes[i].top, boxes[i].left))
    height = max((box.bottom for box in boxes), default=0) - min((box.top for box in boxes), default=0)
    return _ordered(boxes, indices, TOLERANCE * height, 0)


def _ordered(boxes: Sequence[Box], indices: list[int], tolerance: float, depth: int) -> list[int]:
    if len(indices) < 2 or depth > _DEEPEST:
        return sorted(indices, key=lambda i: (boxes[i].top, boxes[i].left))
    rows, row_gap = _parted([(boxes[i].top, boxes[i].bottom, i) for i in indices], tolerance)
    columns, column_gap = _parted([(boxes[i].left, boxes[i].right, i) for i in indices], tolerance)
    if len(rows) == len(columns) == 1:
        return sorted(indices, key=lambda i: (boxes[i].top, boxes[i].left))
    by_column = len(rows) == 1 or (len(columns) > 1 and column_gap > row_gap)
    parts = columns if by_column else rows
    return [i for part in parts for i in _ordered(boxes, part, tolerance, depth + 1)]


def _parted(spans: list[tuple[float, float, int]], tolerance: float) -> tuple[list[list[int]], float]:
    """Return the spans before and behind the widest gap, and that gap; all of them in one where there is none."""
    ordered = sorted(spans)
    reach = ordered[0][1]
    widest, at = float("-inf"), 0
    for number, (low, high, _) in enumerate(ordered):
        if number and low >= reach - tolerance and low - reach > widest:
            widest, at = low - reach, number
        reach = max(reach, high)
    indices = [index for _, _, index in ordered]
    return ([indices[:at], indices[at:]] if at else [indices]), widest
