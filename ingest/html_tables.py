"""Tables of a page as Markdown tables; which tables only lay a page out."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.html_inline import Line, on_one_line
from ingest.html_tree import Node

MOST_COLUMNS = 60
MOST_CELLS = 50_000
"""Cells of one table; what follows is left out."""

_STRUCTURE = frozenset("table tbody thead tfoot tr".split())
_NOT_IN_CELLS = frozenset("table pre h1 h2 h3 h4 h5 h6 figure".split())


def is_layout(table: Node) -> bool:
    """Return whether a table places blocks side by side, or holds nothing that a row of cells could show."""
    if table.get("role") in ("presentation", "none") or any("eqn" in name for name in table.classes):
        return True
    widest = 0
    for row in _rows(table):
        cells = _cells(row)
        widest = max(widest, len(cells))
        if any(part.tag in _NOT_IN_CELLS for cell in cells for part in cell.descend()):
            return True
    return widest < 2


def markdown_table(table: Node, line: Line) -> str:
    """Return a table with its first row as the head; cells over several columns are followed by empty ones.

    `line` writes the cells and gathers the pictures in them.
    """
    rows: list[list[str]] = []
    left = MOST_CELLS
    for row in _rows(table):
        cells: list[str] = []
        for cell in _cells(row):
            text = on_one_line(line.text(cell.children)).replace("|", "\\|")
            cells += [text, *[""] * (_span(cell) - 1)]
        cells = cells[:MOST_COLUMNS]
        left -= len(cells)
        if left < 0:
            break
        if any(cells):
            rows.append(cells)
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _rows(table: Node) -> Iterator[Node]:
    """Yield the rows of this table, not those of a table inside it."""
    for child in table.elements():
        if child.tag == "tr":
            yield child
        elif child.tag in _STRUCTURE and child.tag != "table":
            yield from _rows(child)


def _cells(row: Node) -> list[Node]:
    return [cell for cell in row.elements() if cell.tag in ("td", "th")]


def _span(cell: Node) -> int:
    span = cell.get("colspan")
    return min(MOST_COLUMNS, int(span)) if span.isdecimal() and 0 < len(span) < 5 and int(span) else 1
