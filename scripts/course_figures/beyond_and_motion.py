"""Figures of the modules beyond CLIP, on motion and of the lab, from the numbers of their examples and its world."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from .parts import COOL, INK, LEAF, PALE, WARM, arrow, box, cross_hair, plain, point, table


def compatibility(axes: Any) -> None:
    """Draw three patches, their similarities to "dog" and the weights that softmax gives them."""
    similarities = np.array([2.0, 0.0, -1.0])
    weights = np.exp(similarities) / np.exp(similarities).sum()
    for number, (similarity, weight) in enumerate(zip(similarities, weights, strict=True)):
        box(axes, (2.2 * number, 0), (1.8, 0.8), f"patch {number + 1}\nsimilarity {similarity:g}", "white")
        axes.bar(2.2 * number + 0.9, 2 * weight, 1.2, bottom=1.0, color=COOL)
        axes.text(2.2 * number + 0.9, 1.1 + 2 * weight, f"weight {weight:.3f}", ha="center", fontsize=8)
    axes.text(7, 2.3, f"weighted sum: {weights @ similarities:.3f}", color=COOL)
    axes.text(7, 1.7, f"plain mean: {similarities.mean():.3f}", color=WARM)
    plain(axes, (-0.2, 10.8), (-0.2, 3.2))


def sigmoid_costs(axes: Any) -> None:
    """Draw what a positive and a negative cost, with the four pairs of the worked example."""
    logit = np.linspace(-9, 5, 200)
    axes.plot(logit, np.log1p(np.exp(-logit)), color=COOL, label="a pair that belongs together")
    axes.plot(logit, np.log1p(np.exp(logit)), color=WARM, label="a pair that does not")
    for value in (-1.0, -3.0):
        point(axes, (value, float(np.log1p(np.exp(-value)))), f"{np.log1p(np.exp(-value)):.4f}", COOL)
    for value in (-5.0, -7.0):
        point(axes, (value, float(np.log1p(np.exp(value)))), f"{np.log1p(np.exp(value)):.4f}", WARM, (-12, 8))
    axes.set(xlabel="scaled and shifted similarity", ylabel="cost", ylim=(-0.3, 6))
    axes.legend(loc="upper right")


def visual_tokens(axes: Any) -> None:
    """Draw how patch features become positions in front of the words of a language model."""
    box(axes, (0, 2), (2, 1), "image,\n24 x 24 patches", "white")
    box(axes, (2.7, 2), (1.7, 1), "image\nencoder")
    box(axes, (5.1, 2), (1.9, 1), "connector\n1024 to 4096")
    for start, end in ((2, 2.7), (4.4, 5.1)):
        arrow(axes, (start, 2.5), (end, 2.5))
    box(axes, (7.7, 2), (2.5, 1), "576 visual tokens", "#bbdefb")
    box(axes, (10.2, 2), (1.5, 1), "24 words", "#ffe0b2")
    arrow(axes, (7, 2.5), (7.7, 2.5))
    box(axes, (7.7, 0.5), (4, 0.9), "language model, 600 positions")
    arrow(axes, (9.7, 2), (9.7, 1.4))
    arrow(axes, (9.7, 0.5), (9.7, 0))
    axes.text(9.7, -0.35, "next word", ha="center")
    plain(axes, (-0.2, 11.9), (-0.6, 3.4))


def constraint_lines(axes: Any) -> None:
    """Draw the flows that each of the two pixels of the worked example allows, and the one that both allow."""
    cross_hair(axes)
    axes.axvline(0.5, color=COOL, label="pixel 1: 1 u + 0 v - 0.5 = 0")
    axes.axhline(0.5, color=WARM, label="pixel 2: 0 u + 2 v - 1 = 0")
    point(axes, (0.5, 0.5), "flow (0.5, 0.5)", INK, (8, 8))
    axes.set(xlim=(-0.6, 2.2), ylim=(1.2, -0.4), xlabel="u, to the right", ylabel="v, downwards", aspect="equal")
    axes.legend(loc="lower right")


def bilinear(axes: Any) -> None:
    """Draw the four pixels of the worked example, the point between them and the areas that weigh them."""
    from matplotlib.patches import Rectangle

    for x, y, width, height, weight in (
        (0, 0, 0.25, 0.5, 0.125),
        (0.25, 0, 0.75, 0.5, 0.375),
        (0, 0.5, 0.25, 0.5, 0.125),
        (0.25, 0.5, 0.75, 0.5, 0.375),
    ):
        axes.add_patch(Rectangle((x, y), width, height, facecolor="#e3f2fd", edgecolor=COOL))
        axes.text(x + width / 2, y + height / 2, f"{weight:g}", ha="center", va="center", fontsize=8, color=COOL)
    for x, y, value, weight in ((0, 0, 10, 0.375), (1, 0, 20, 0.125), (0, 1, 30, 0.375), (1, 1, 40, 0.125)):
        axes.plot(x, y, "o", color=INK)
        side, shift = ("left", 8) if x else ("right", -8)
        name = f"{value}, weight {weight:g}"
        axes.annotate(name, (x, y), xytext=(shift, 6 if y else -12), textcoords="offset points", ha=side)
    point(axes, (0.25, 0.5), "22.5", WARM, (6, 6))
    axes.text(0.5, -0.32, "the area opposite a pixel is its weight", ha="center")
    axes.set(xlim=(-0.95, 1.95), ylim=(1.25, -0.45), aspect="equal")
    axes.axis("off")


def sampled_row(axes: Any) -> None:
    """Draw the source row of the worked example and the places where backward warping reads it."""
    axes.plot([-0.5, 0, 1, 2, 3, 4], [0, 0, 10, 20, 30, 30], color=PALE, lw=2, zorder=0)
    axes.plot(range(4), (0, 10, 20, 30), "o", color=INK, label="source pixels")
    axes.plot((0.5, 1.5, 2.5, 3.5), (5, 15, 25, 30), "s", color=COOL, label="read by the output")
    for pixel, value in enumerate((5, 15, 25, 30)):
        arrow(axes, (pixel, -9), (pixel + 0.5, value - 1), COOL, ls=":")
        axes.text(pixel, -13.5, f"output {pixel}\n= {value}", ha="center", fontsize=8, color=COOL)
    axes.plot(3.5, 15, "x", color=WARM, label="with the rule zeros")
    axes.set(xlim=(-0.7, 4.4), ylim=(-15, 36), xlabel="column of the source", ylabel="value", yticks=(0, 10, 20, 30))
    axes.legend(loc="upper left")


def between_frames(axes: Any) -> None:
    """Draw the spot of the worked example through time and the flows of the frame at a quarter."""
    for t, name in ((0, "first frame"), (0.25, "wanted frame"), (1, "second frame")):
        axes.axhline(t, color=PALE, zorder=0)
        axes.text(16.2, t - 0.01, name, va="bottom")
    axes.plot([10, 14], [0, 1], "--", color=INK)
    axes.plot([10, 14], [0, 1], "o", color=INK, markersize=9)
    axes.plot(11, 0.25, "o", color=WARM, markersize=9)
    arrow(axes, (11, 0.25), (10, 0.02), COOL, lw=2)
    arrow(axes, (11, 0.25), (13.9, 0.97), LEAF, lw=2)
    axes.text(9.9, 0.15, "flow -1", ha="right", color=COOL)
    axes.text(13.3, 0.62, "flow 3", color=LEAF)
    axes.set(xlim=(8, 19), ylim=(1.15, -0.15), xlabel="column", ylabel="time", xticks=range(8, 17), yticks=(0, 0.25, 1))


def three_types(axes: Any) -> None:
    """Draw a dual encoder, a fusion encoder and a captioning decoder side by side."""
    for x, name in ((0.0, "image"), (1.2, "text")):
        box(axes, (x, 0), (1, 0.5), name, "white")
        box(axes, (x, 1), (1, 0.7), "encoder")
        arrow(axes, (x + 0.5, 0.5), (x + 0.5, 1))
        arrow(axes, (x + 0.5, 1.7), (1.1, 2.3))
    box(axes, (0.5, 2.3), (1.2, 0.5), "dot product", "white")
    for x, name in ((3.0, "image"), (4.2, "text")):
        box(axes, (x, 0), (1, 0.5), name, "white")
        arrow(axes, (x + 0.5, 0.5), (x + 0.5, 1))
    box(axes, (3, 1), (2.2, 0.7), "one transformer")
    arrow(axes, (4.1, 1.7), (4.1, 2.3))
    box(axes, (3.6, 2.3), (1, 0.5), "score", "white")
    box(axes, (6, 0), (1, 0.5), "image", "white")
    box(axes, (7.2, 0), (1.2, 0.5), "words so far", "white")
    for x in (6.5, 7.8):
        arrow(axes, (x, 0.5), (x, 1))
    box(axes, (6, 1), (2.4, 0.7), "decoder")
    arrow(axes, (7.2, 1.7), (7.2, 2.3))
    box(axes, (6.6, 2.3), (1.2, 0.5), "next word", "white")
    for x, name in ((1.1, "dual encoder"), (4.1, "fusion encoder"), (7.2, "captioning decoder")):
        axes.text(x, -0.4, name, ha="center", weight="bold")
    axes.set(xlim=(-0.2, 8.6), ylim=(-0.7, 3))
    axes.axis("off")


def gather_and_scatter(axes: Any) -> None:
    """Draw backward warping and average splatting of the worked example's row by the same flow."""
    for start, title, values in (
        (0.0, "backward warping: gathers", ("25", "20", "30", "40")),
        (6.0, "forward splatting: scatters", ("hole", "16.67", "23.33", "40")),
    ):
        axes.text(start + 2, 2.5, title, ha="center", weight="bold")
        for pixel, value in enumerate((10, 20, 30, 40)):
            box(axes, (start + pixel, 1.5), (1, 0.6), str(value))
            box(axes, (start + pixel, 0), (1, 0.6), values[pixel], "#ffe0b2" if values[pixel] == "hole" else "white")
    for pixel in range(4):
        targets = (1, 2) if pixel == 0 else (pixel,)
        for target in targets:
            arrow(axes, (target + 0.5, 1.5), (pixel + 0.5, 0.6), COOL)
            arrow(axes, (6 + pixel + 0.5, 1.5), (6 + target + 0.5, 0.6), WARM)
    axes.set(xlim=(-0.2, 10.2), ylim=(-0.2, 2.9))
    axes.axis("off")


def pyramid(axes: Any) -> None:
    """Draw four pyramid levels with a motion of 12 pixels at level 0."""
    for level in range(4):
        width, motion = 64 / 2**level, 12 / 2**level
        box(axes, (-width / 2, level * 2), (width, 1.4), "")
        arrow(axes, (-motion / 2, level * 2 + 0.7), (motion / 2, level * 2 + 0.7), WARM)
        axes.text(36, level * 2 + 0.5, f"level {level}: {motion:g} pixels")
    axes.set(xlim=(-34, 62), ylim=(-0.3, 8))
    axes.axis("off")


# --- the lab ---


def _scenes() -> Any:
    """Return the module of the lab's world."""
    folder = str(Path(__file__).resolve().parents[2] / "courses" / "multimodal-learning")
    if folder not in sys.path:
        sys.path.append(folder)
    from lab import scenes

    return scenes


def held_out(axes: Any) -> None:
    """Draw things as training shows them above things whose pair of attributes it never shows."""
    scenes = _scenes()
    rng = np.random.default_rng(3)
    seen = (
        "red polka-dotted circle",
        "green striped square",
        "blue striped cross",
        "yellow solid square",
        "cyan striped circle",
    )
    kept = (
        "red striped circle",
        "green polka-dotted square",
        "blue checkered cross",
        "yellow solid triangle",
        "cyan striped square",
    )
    for row, names in enumerate((seen, kept)):
        for column, name in enumerate(names):
            thing = scenes.Thing(*name.split())
            if (thing in scenes.SEEN) == bool(row):
                raise ValueError(f"{name} stands in the wrong row of the figure")
            pixels = scenes.draw(scenes.Scene((thing,)), rng).pixels
            left, top = 62 * column, 76 * row
            axes.imshow(pixels, extent=(left, left + 48, top + 48, top), interpolation="none")
            axes.text(left + 24, top + 53, name.replace(" ", "\n", 1), ha="center", va="top", fontsize=7)
    for row, words in enumerate(("seen", "never\nseen")):
        axes.text(-6, 76 * row + 24, words, ha="right", va="center", weight="bold")
    axes.set(xlim=(-40, 300), ylim=(148, -4), aspect="equal")
    axes.axis("off")


def ranks(axes: Any) -> None:
    """Draw the retrieval table of the worked example with the ranks of its rows and columns."""
    table(axes, (0, 3), [[0.9, 0.1, 0.2], [0.8, 0.5, 0.1], [0.85, 0.8, 0.7]], [(0, 0), (1, 1), (2, 2)])
    for row, rank in enumerate((1, 2, 3)):
        axes.text(-0.15, 2.5 - row, f"image {row + 1}", ha="right", va="center")
        axes.text(3.2, 2.5 - row, f"rank {rank}", va="center", color=COOL)
    for column, rank in enumerate((1, 2, 1)):
        axes.text(column + 0.5, 3.1, f"text {column + 1}", ha="center", fontsize=8)
        axes.text(column + 0.5, -0.35, f"rank {rank}", ha="center", color=WARM, fontsize=8)
    axes.text(5, 2, "image to text: recall at 1 is 1/3", color=COOL)
    axes.text(5, 1.2, "text to image: recall at 1 is 2/3", color=WARM)
    plain(axes, (-1.6, 9.8), (-0.7, 3.6))


def group_weights(axes: Any) -> None:
    """Draw the four groups of the worked example as they are and as they weigh when counted equally."""
    names = ("red circle", "blue circle", "red square", "blue square")
    sizes = np.array([190, 10, 10, 190])
    for shift, weights, colour, label in (
        (-0.2, sizes, WARM, "pictures"),
        (0.2, sizes * 400 / (4 * sizes), COOL, "weight, groups counted equally"),
    ):
        axes.bar_label(axes.bar(np.arange(4) + shift, weights, 0.38, color=colour, label=label), fmt="%.0f", fontsize=8)
    axes.set(xticks=range(4), xticklabels=names, ylim=(0, 270))
    axes.legend(loc="upper center", ncols=2)


def masks(axes: Any) -> None:
    """Draw a scene of the lab beside its true mask, and the row of pixels of the worked example."""
    scenes = _scenes()
    things = scenes.Thing("red", "striped", "circle"), scenes.Thing("green", "polka-dotted", "square")
    picture = scenes.draw(scenes.Scene(things, place="left"), np.random.default_rng(1))
    palette = np.array([[0.81, 0.85, 0.86], [0.75, 0.22, 0.17], [0.12, 0.44, 0.70]])
    for left, pixels, name in ((0, picture.pixels, "picture"), (56, palette[picture.labels], "true mask")):
        axes.imshow(pixels, extent=(left, left + 48, 48, 0), interpolation="none")
        axes.text(left + 24, 55, name, ha="center")
    for row, (name, values) in enumerate((("true", (0, 1, 1, 1)), ("given", (0, 0, 1, 1)))):
        for column, value in enumerate(values):
            box(axes, (138 + 14 * column, 4 + 18 * row), (14, 12), str(value), "#bbdefb" if value else "white")
        axes.text(134, 10 + 18 * row, name, ha="right", va="center")
    axes.text(116, 45, "class 0: 1 of 2, class 1: 2 of 3", fontsize=8)
    axes.text(116, 54, "mean IoU 0.583")
    axes.set(xlim=(-3, 200), ylim=(60, -3), aspect="equal")
    axes.axis("off")


def what_hides(axes: Any) -> None:
    """Draw a disc that moves right over a background that moves left, and what each end hides of the middle."""
    for t, left in ((0, 20), (0.5, 25), (1, 30)):
        axes.plot([0, 60], [t, t], color=PALE, lw=7, solid_capstyle="butt", zorder=0)
        axes.plot([left, left + 10], [t, t], color=INK, lw=9, solid_capstyle="butt")
    for start, end, column in ((0.5, 0, 20), (0.5, 1, 40)):
        away = 5 if end == 0 else -5
        colour = WARM if end == 0 else COOL
        axes.plot([column - 5, column + 5], [0.5, 0.5], color=colour, lw=9, solid_capstyle="butt")
        for x in (column - 4.5, column + 4.5):
            arrow(axes, (x, start), (x + away, end + (0.05 if end == 0 else -0.05)), colour, ls=":")
    axes.text(13.5, 0.42, "hidden at\nthe first end", ha="right", color=WARM, fontsize=8)
    axes.text(46.5, 0.64, "hidden at\nthe last end", color=COOL, fontsize=8)
    axes.text(30, 0.42, "disc", ha="center", fontsize=8)
    axes.set(xlim=(0, 60), ylim=(1.12, -0.12), xlabel="column", yticks=(0, 0.5, 1))
    axes.set_yticklabels(("first frame", "middle", "last frame"))
