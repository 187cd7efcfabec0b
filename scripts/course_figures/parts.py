"""What the figures of the course share: colours, boxes, arrows, tables of numbers and marked points.

All draw on the axes they are given and know nothing of any lesson.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

INK, WARM, COOL, PALE, LEAF = "#263238", "#c0392b", "#1f6fb2", "#cfd8dc", "#2e7d32"
Place = tuple[float, float]


def box(axes: Any, place: Place, size: Place, words: str, colour: str = PALE) -> None:
    """Draw a rectangle with words in its middle; `place` is its lower left corner."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle(place, *size, facecolor=colour, edgecolor=INK))
    axes.text(place[0] + size[0] / 2, place[1] + size[1] / 2, words, ha="center", va="center", fontsize=8)


def arrow(axes: Any, start: Place, end: Place, colour: str = INK, **style: Any) -> None:
    """Draw an arrow from `start` to `end`; `style` goes to matplotlib's arrow ("ls", "lw", "connectionstyle")."""
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "shrinkA": 0, "shrinkB": 0, **style})


def vector(axes: Any, end: Place, name: str, colour: str = INK, shift: Place = (6, 4), **style: Any) -> None:
    """Draw an arrow from the origin with its name at its end, `shift` points away."""
    arrow(axes, (0, 0), end, colour, **style)
    axes.annotate(name, end, xytext=shift, textcoords="offset points", color=colour)


def point(axes: Any, place: Place, name: str, colour: str = INK, shift: Place = (6, 4)) -> None:
    """Draw a dot with its name `shift` points away."""
    axes.plot(*place, "o", color=colour)
    axes.annotate(name, place, xytext=shift, textcoords="offset points", color=colour)


def table(
    axes: Any, corner: Place, rows: Sequence[Sequence[Any]], marked: Sequence[tuple[int, int]] = (), side: float = 1.0
) -> None:
    """Draw the rows as boxes downwards from the upper left `corner`; the `marked` (row, column) are coloured."""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            colour = "#bbdefb" if (r, c) in marked else "white"
            box(axes, (corner[0] + c * side, corner[1] - (r + 1) * side), (side, side), f"{value}", colour)


def plain(axes: Any, x: Place, y: Place) -> None:
    """Show the given ranges at equal scale, without axes."""
    axes.set(xlim=x, ylim=y, aspect="equal")
    axes.axis("off")


def cross_hair(axes: Any) -> None:
    """Draw the two coordinate axes through the origin."""
    for line in (axes.axhline, axes.axvline):
        line(0, color=PALE, lw=1, zorder=0)
