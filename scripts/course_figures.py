"""The figures of the bundled course, drawn from the numbers of its worked examples.

Knows what each figure shows; `make_course_media.py` writes them. The same numbers always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

INK, WARM, COOL, PALE = "#263238", "#c0392b", "#1f6fb2", "#cfd8dc"


def linear_probe(axes: Any) -> None:
    """Draw the vectors of the probe's worked example with the border of text and of probe."""
    vectors = (((1, 0), "image: cat", WARM), ((0, 1), "image: dog", COOL))
    for (x, y), name, colour in vectors:
        axes.plot(x, y, "o", color=colour)
        axes.annotate(name, (x, y), xytext=(6, 6), textcoords="offset points", color=colour)
    for (x, y), name, colour in (((0.8, 0.6), "text: cat", WARM), ((0, 1), "text: dog", COOL)):
        axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": colour})
        axes.annotate(name, (x / 2, y / 2), xytext=(6, -4), textcoords="offset points", color=colour)
    axes.plot([0, 1.1], [0, 1.1], "--", color=INK, label="border of the probe")
    axes.plot([0, 0.55], [0, 1.1], ":", color=INK, label="border of the texts")  # (0.8, -0.4) . u = 0
    axes.plot(0.6, 0.8, "s", color=INK)
    axes.annotate("new image", (0.6, 0.8), xytext=(8, 2), textcoords="offset points")
    axes.set(xlim=(-0.1, 2.2), ylim=(-0.1, 1.25), xlabel="coordinate 1", ylabel="coordinate 2", aspect="equal")
    axes.legend(loc="lower right")


def embedding_difference(axes: Any) -> None:
    """Draw the images before and after in the plane of red and blue, and their difference."""
    for (x, y), name in (((0.8, 0), "before"), ((0, 0.8), "after")):
        axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": INK})
        axes.annotate(name, (x, y), xytext=(6, 6), textcoords="offset points")
    axes.annotate("", (0, 0.8), (0.8, 0), arrowprops={"arrowstyle": "->", "color": COOL, "lw": 2})
    axes.annotate("difference vector", (0.4, 0.4), xytext=(8, 4), textcoords="offset points", color=COOL)
    for (x, y), name, colour in (((2 / 3, -1 / 3), "red, centred", WARM), ((-1 / 3, 2 / 3), "blue, centred", COOL)):
        axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "ls": "--"})
        axes.annotate(name, (x, y), xytext=(-30, 8), textcoords="offset points", color=colour)
    axes.set(xlim=(-0.7, 1.2), ylim=(-0.6, 1.1), xlabel="red", ylabel="blue", aspect="equal")


def fairness_gaps(axes: Any) -> None:
    """Draw label rates and true positive rates of two groups with a standard error on each side."""
    rates, sizes = np.array([[0.42, 0.18], [0.90, 0.70]]), np.array([[50, 50], [20, 10]])
    for group, colour in enumerate((WARM, COOL)):
        error = np.sqrt(rates[:, group] * (1 - rates[:, group]) / sizes[:, group])
        places = np.arange(2) + 0.38 * group
        axes.bar(places, rates[:, group], 0.36, yerr=error, color=colour, capsize=4, label=f"group {group + 1}")
    axes.set(xticks=[0.19, 1.19], xticklabels=["label rate", "true positive rate"], ylabel="rate", ylim=(0, 1.1))
    axes.legend(loc="upper left")


def loss_and_batch_size(axes: Any) -> None:
    """Draw the expected loss of one noisy encoder on growing batches beside log N."""
    rng = np.random.default_rng(0)
    sizes = 2 ** np.arange(1, 10)
    losses = []
    for size in sizes:
        each = []
        for _ in range(max(4, 1024 // size)):
            meaning = rng.normal(size=(size, 16))
            u, v = (meaning + 0.5 * rng.normal(size=(size, 16)) for _ in range(2))
            lengths = np.linalg.norm(u, axis=1)[:, None] * np.linalg.norm(v, axis=1)
            logits = 5 * u @ v.T / lengths
            each.append(float(np.mean(np.log(np.exp(logits).sum(axis=1)) - np.diag(logits))))
        losses.append(np.mean(each))
    axes.plot(sizes, np.log(sizes), "--", color=INK, label="log N: knows nothing")
    axes.plot(sizes, losses, "o-", color=COOL, label="one fixed model")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="batch size N", ylabel="loss")
    axes.legend()


def _box(axes: Any, place: tuple[float, float], size: tuple[float, float], words: str, colour: str = PALE) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle(place, *size, facecolor=colour, edgecolor=INK))
    axes.text(place[0] + size[0] / 2, place[1] + size[1] / 2, words, ha="center", va="center", fontsize=8)


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], colour: str = INK) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour})


def three_types(axes: Any) -> None:
    """Draw a dual encoder, a fusion encoder and a captioning decoder side by side."""
    for x, name in ((0.0, "image"), (1.2, "text")):
        _box(axes, (x, 0), (1, 0.5), name, "white")
        _box(axes, (x, 1), (1, 0.7), "encoder")
        _arrow(axes, (x + 0.5, 0.5), (x + 0.5, 1))
        _arrow(axes, (x + 0.5, 1.7), (1.1, 2.3))
    _box(axes, (0.5, 2.3), (1.2, 0.5), "dot product", "white")
    for x, name in ((3.0, "image"), (4.2, "text")):
        _box(axes, (x, 0), (1, 0.5), name, "white")
        _arrow(axes, (x + 0.5, 0.5), (x + 0.5, 1))
    _box(axes, (3, 1), (2.2, 0.7), "one transformer")
    _arrow(axes, (4.1, 1.7), (4.1, 2.3))
    _box(axes, (3.6, 2.3), (1, 0.5), "score", "white")
    _box(axes, (6, 0), (1, 0.5), "image", "white")
    _box(axes, (7.2, 0), (1.2, 0.5), "words so far", "white")
    for x in (6.5, 7.8):
        _arrow(axes, (x, 0.5), (x, 1))
    _box(axes, (6, 1), (2.4, 0.7), "decoder")
    _arrow(axes, (7.2, 1.7), (7.2, 2.3))
    _box(axes, (6.6, 2.3), (1.2, 0.5), "next word", "white")
    for x, name in ((1.1, "dual encoder"), (4.1, "fusion encoder"), (7.2, "captioning decoder")):
        axes.text(x, -0.4, name, ha="center", weight="bold")
    axes.set(xlim=(-0.2, 8.6), ylim=(-0.7, 3))
    axes.axis("off")


def gather_and_scatter(axes: Any) -> None:
    """Draw backward warping and forward splatting of a row of four pixels by the same flow."""
    for start, title in ((0.0, "backward warping: gathers"), (6.0, "forward splatting: scatters")):
        axes.text(start + 2, 2.5, title, ha="center", weight="bold")
        for pixel, value in enumerate((10, 20, 30, 40)):
            _box(axes, (start + pixel, 1.5), (1, 0.6), str(value))
            hole = start > 0 and pixel == 0
            _box(axes, (start + pixel, 0), (1, 0.6), "hole" if hole else "", "white")
    for pixel in range(4):
        targets = (1, 2) if pixel == 0 else (pixel,)
        for target in targets:
            _arrow(axes, (target + 0.5, 1.5), (pixel + 0.5, 0.6), COOL)
            _arrow(axes, (6 + pixel + 0.5, 1.5), (6 + target + 0.5, 0.6), WARM)
    axes.set(xlim=(-0.2, 10.2), ylim=(-0.2, 2.9))
    axes.axis("off")


def pyramid(axes: Any) -> None:
    """Draw four pyramid levels with a motion of 12 pixels at level 0."""
    for level in range(4):
        width, motion = 64 / 2**level, 12 / 2**level
        _box(axes, (-width / 2, level * 2), (width, 1.4), "")
        _arrow(axes, (-motion / 2, level * 2 + 0.7), (motion / 2, level * 2 + 0.7), WARM)
        axes.text(36, level * 2 + 0.5, f"level {level}: {motion:g} pixels")
    axes.set(xlim=(-34, 62), ylim=(-0.3, 8))
    axes.axis("off")


def similarity_table(axes: Any) -> None:
    """Draw a similarity table of four pairs: matching pairs on the diagonal."""
    table = np.full((4, 4), 0.2) + 0.1 * np.arange(4) % 0.3
    np.fill_diagonal(table, (0.91, 0.88, 0.85, 0.93))
    axes.imshow(table, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(4, 4):
        ink = "white" if table[row, column] > 0.5 else INK
        axes.text(column, row, f"{table[row, column]:.2f}", ha="center", va="center", color=ink)
    axes.set(xlabel="texts", ylabel="images", xticks=range(4), yticks=range(4))
    axes.set_xticklabels([f"text {n}" for n in range(1, 5)])
    axes.set_yticklabels([f"image {n}" for n in range(1, 5)])


FIGURES: dict[str, Callable[[Any], None]] = {
    "linear-probe": linear_probe, "embedding-difference": embedding_difference, "fairness-gaps": fairness_gaps,
    "loss-and-batch-size": loss_and_batch_size, "three-types": three_types,
    "gather-and-scatter": gather_and_scatter, "pyramid": pyramid,
}  # fmt: skip
"""The SVG figures of the lessons by name."""


def draw(figure: Callable[[Any], None], path: Path) -> None:
    """Write the figure as SVG or PNG, after the ending of `path`, without a date or a random id."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "erica", "svg.fonttype": "none", "font.size": 9}):
        canvas, axes = pyplot.subplots(figsize=(6, 3.4), layout="constrained")
        figure(axes)
        metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
        canvas.savefig(path, dpi=110, metadata=metadata)
        pyplot.close(canvas)
