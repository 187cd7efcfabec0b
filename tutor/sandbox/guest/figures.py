"""A matplotlib backend (`module://guest.figures`) that hands figures to the cell's display instead of a window."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg


class FigureManager(FigureManagerBase):
    """Shows by asking the current cell to send all open figures."""

    @classmethod
    def pyplot_show(cls, **_options: object) -> None:
        """`plt.show()`."""
        sys.modules["builtins"].display.__self__.flush_figures()


class FigureCanvas(FigureCanvasAgg):
    """Draws with Agg."""

    manager_class = FigureManager


def take_all(quiet: bool) -> Iterator[tuple[bytes, str]]:
    """Yield PNG and description of each open figure; each is closed. `quiet` leaves out one that cannot be drawn."""
    for manager in Gcf.get_all_fig_managers():
        figure = manager.canvas.figure
        Gcf.destroy(manager)
        png = _drawn(figure, quiet)
        if png is not None:
            yield png, f"<Figure with {len(figure.axes)} axes>"


def _drawn(figure: Any, quiet: bool) -> bytes | None:
    buffer = io.BytesIO()
    try:
        figure.savefig(buffer, format="png", bbox_inches="tight")
    except Exception:
        if not quiet:
            raise
        return None
    return buffer.getvalue()
