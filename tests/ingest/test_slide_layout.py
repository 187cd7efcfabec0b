"""Boxes are read as people read them: every box once, whatever their places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.slide_layout import Box, reading_order

GRID = [Box(4 * column, 2 * row, 4 * column + 3.5, 2 * row + 1) for row in range(3) for column in range(2)]


def test_rows_win_where_the_gap_between_them_is_wider() -> None:
    assert reading_order(GRID) == [0, 1, 2, 3, 4, 5]


def test_columns_win_where_the_gap_between_them_is_wider() -> None:
    wide = [Box(4 * column, 2 * row, 4 * column + 2, 2 * row + 1.9) for row in range(3) for column in range(2)]
    assert reading_order(wide) == [0, 2, 4, 1, 3, 5]


@given(st.lists(st.tuples(*[st.floats(-1e9, 1e9) for _ in range(4)]), max_size=40))
def test_every_box_is_read_once(corners: list[tuple[float, float, float, float]]) -> None:
    boxes = [Box(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    assert sorted(reading_order(boxes)) == list(range(len(boxes)))


def test_thousands_of_boxes_are_ordered_at_once() -> None:
    assert len(reading_order([Box(i % 70, i // 70, i % 70 + 2, i // 70 + 2) for i in range(5000)])) == 5000
