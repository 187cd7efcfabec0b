"""Figures of the modules on vision, contrastive learning, CLIP and its uses, from the numbers of their examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from .parts import COOL, INK, LEAF, PALE, WARM, arrow, box, cross_hair, plain, point, table, vector


def convolution(axes: Any) -> None:
    """Draw the image, the kernel and the output of the worked example, one patch marked."""
    table(axes, (0, 3), [[0, 0, 9, 9]] * 3, [(0, 1), (0, 2), (1, 1), (1, 2)])
    table(axes, (5.2, 2.5), [[-1, 1]] * 2)
    table(axes, (8.6, 2.5), [[0, 18, 0]] * 2, [(0, 1)])
    for x, words in ((2, "image, 3 x 4"), (6.2, "kernel, 2 x 2"), (10.1, "output, 2 x 3")):
        axes.text(x, -0.5, words, ha="center")
    axes.text(4.6, 1.5, "*", ha="center", va="center", fontsize=14)
    arrow(axes, (7.4, 1.5), (8.4, 1.5))
    plain(axes, (-0.2, 11.8), (-0.9, 3.2))


def residual(axes: Any) -> None:
    """Draw the derivative of plain and residual stacks over their depth."""
    depth = np.arange(21)
    for factor, name, colour in (
        (1.1, "residual, x + 0.1 x", LEAF),
        (0.9, "residual, x - 0.1 x", COOL),
        (0.1, "plain, 0.1 x", WARM),
    ):
        axes.plot(depth, factor**depth, color=colour)
        axes.annotate(
            f"{name}: {factor**20:.3g}", (20, factor**20), xytext=(6, -3), textcoords="offset points", color=colour
        )
    axes.set_yscale("log")
    axes.set(xlabel="layers", ylabel="derivative", xlim=(0, 30), xticks=range(0, 21, 5))


def patches(axes: Any) -> None:
    """Draw an image of nine patches becoming a row of ten tokens."""
    numbers = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    table(axes, (0, 4.2), numbers)
    axes.text(1.5, 0.75, "image in 3 x 3 patches", ha="center")
    arrow(axes, (3.2, 2.7), (4.4, 2.7))
    axes.text(3.8, 2.95, "E x + b", ha="center", fontsize=8)
    for position in range(10):
        box(
            axes,
            (4.6 + 0.85 * position, 2.3),
            (0.75, 0.8),
            str(position) if position else "class",
            "white" if position else "#ffe0b2",
        )
        box(axes, (4.6 + 0.85 * position, 1.4), (0.75, 0.6), f"p{position}")
        axes.text(4.975 + 0.85 * position, 2.15, "+", ha="center", va="center", fontsize=8)
    axes.text(8.85, 0.75, "ten tokens, each with its position added", ha="center")
    plain(axes, (-0.2, 13.3), (0.4, 4.5))


def softmax_of_similarities(axes: Any) -> None:
    """Draw the probabilities of one positive and two negatives at two temperatures."""
    similarities = np.array([0.8, 0.6, 0.0])
    for number, (tau, colour) in enumerate(((0.1, WARM), (1.0, COOL))):
        shares = np.exp(similarities / tau) / np.exp(similarities / tau).sum()
        name = f"temperature {tau:g}: loss {-np.log(shares[0]):.3f}"
        bars = axes.bar(np.arange(3) + 0.4 * number - 0.2, shares, 0.38, color=colour, label=name)
        axes.bar_label(bars, fmt="%.3f", fontsize=8)
    axes.set(
        xticks=range(3),
        xticklabels=["positive, 0.8", "negative, 0.6", "negative, 0.0"],
        ylabel="probability",
        ylim=(0, 1.05),
    )
    axes.legend()


def circles(axes: Any) -> None:
    """Draw three arrangements of four pairs on the unit circle: collapsed, uniform and apart, uniform and aligned."""
    turn, quarters = 2 * np.pi * np.arange(64) / 63, np.arange(4) * np.pi / 2
    cases = (
        ("collapsed:\naligned, not uniform", np.linspace(0.6, 1.0, 4), np.linspace(0.7, 1.1, 4)),
        ("apart:\nuniform, not aligned", quarters, quarters + 2.2),
        ("good:\naligned and uniform", quarters + 0.3, quarters + 0.45),
    )
    for number, (name, first, second) in enumerate(cases):
        x = 3.0 * number
        axes.plot(x + np.cos(turn), np.sin(turn), color=PALE)
        for a, b in zip(first, second, strict=True):
            axes.plot([x + np.cos(a), x + np.cos(b)], [np.sin(a), np.sin(b)], color=INK, lw=0.8)
        axes.plot(x + np.cos(first), np.sin(first), "o", color=COOL)
        axes.plot(x + np.cos(second), np.sin(second), "s", color=WARM)
        axes.text(x, -1.75, name, ha="center")
    plain(axes, (-1.4, 7.4), (-2, 1.3))


def dual_encoder(axes: Any) -> None:
    """Draw the way of an image and of two texts to unit vectors, with the numbers of the worked example."""
    rows = ((2.3, "image", "image encoder\nand projection", "(3, 4)", "(0.6, 0.8)", COOL),
            (1.0, '"a dog"', "text encoder\nand projection", "(4, 3)", "(0.8, 0.6)", WARM),
            (-0.1, '"a car"', "the same\ntext encoder", "(-4, 3)", "(-0.8, 0.6)", WARM))  # fmt: skip
    for y, given, encoder, raw, unit, colour in rows:
        box(axes, (0, y), (1.4, 0.8), given, "white")
        box(axes, (2, y), (2.3, 0.8), encoder)
        box(axes, (4.9, y), (1.4, 0.8), raw, "white")
        box(axes, (7.4, y), (1.7, 0.8), unit, "white")
        for start, end in ((1.4, 2), (4.3, 4.9), (6.3, 7.4)):
            arrow(axes, (start, y + 0.4), (end, y + 0.4), colour)
    axes.text(6.85, 3.3, "divide by\nthe length", ha="center", fontsize=8)
    for y, value in ((1.4, "0.96"), (0.3, "0")):
        axes.plot(
            [9.1, 9.9 + 0.3 * (y < 1), 9.9 + 0.3 * (y < 1), 9.1],
            [2.7 + 0.15 * (y < 1), 2.7 + 0.15 * (y < 1), y, y],
            color=INK,
        )
        axes.text(10.4, y + 0.15, f"cosine {value}", fontsize=8)
    plain(axes, (-0.2, 12), (-0.4, 4))


def two_readings(axes: Any) -> None:
    """Draw the logits of the worked example with the loss of each row and of each column."""
    table(axes, (0, 2), [[9, 5], [3, 7]], [(0, 0), (1, 1)])
    for y, name in ((1.5, "image 1"), (0.5, "image 2")):
        axes.text(-0.15, y, name, ha="right", va="center")
        arrow(axes, (2, y), (2.7, y), COOL)
        axes.text(2.8, y, "0.01815", va="center", color=COOL)
    for x, name, loss in ((0.5, "text 1", "0.00248"), (1.5, "text 2", "0.12693")):
        axes.text(x, 2.1, name, ha="center")
        arrow(axes, (x, 0), (x, -0.5), WARM)
        axes.text(x, -0.8, loss, ha="center", color=WARM, fontsize=8)
    axes.text(4.4, 1.5, "rows, image to text: mean 0.01815", va="center", color=COOL)
    axes.text(4.4, 0.9, "columns, text to image: mean 0.06470", va="center", color=WARM)
    axes.text(4.4, 0.3, "CLIP loss: mean of both, 0.04143", va="center")
    plain(axes, (-1.3, 9.2), (-1, 2.6))


def prompt_ensemble(axes: Any) -> None:
    """Draw the image vector, the class vectors and the ensemble of two prompts on the unit circle."""
    turn = np.linspace(-0.15, np.pi / 2 + 0.15, 60)
    axes.plot(np.cos(turn), np.sin(turn), color=PALE)
    vector(axes, (0.6, 0.8), "image", INK, (2, 6))
    vector(axes, (0, 1), '"dog": 0.800', WARM, (-20, 6))
    vector(axes, (0.8, 0.6), '"cat", first prompt: 0.960', COOL)
    vector(axes, (1, 0), '"cat", second prompt: 0.600', COOL, (6, -2))
    vector(axes, (0.949, 0.316), '"cat", ensemble: 0.822', LEAF, lw=2)
    axes.text(1.0, 1.08, "cosine with the image after each name", fontsize=8)
    axes.set(xlim=(-0.3, 2.2), ylim=(-0.12, 1.2), aspect="equal")


def recall(axes: Any) -> None:
    """Draw the recall at K of the worked example's four ranks over K."""
    cutoffs, ranks = np.arange(0, 14), np.array([1, 3, 2, 10])
    axes.step(cutoffs, [(ranks <= k).mean() for k in cutoffs], where="post", color=COOL)
    for k in (1, 5, 10):
        point(axes, (k, float((ranks <= k).mean())), f"R@{k} = {(ranks <= k).mean():.2f}", WARM, (6, -13))
    axes.set(xlabel="results looked at, K", ylabel="recall at K", xlim=(0, 13), ylim=(0, 1.1))


def ensemble_variance(axes: Any) -> None:
    """Draw the variance of a mean of M predictions for three correlations of their errors."""
    models = np.arange(1, 17)
    for correlation, colour in ((1.0, WARM), (0.5, COOL), (0.0, LEAF)):
        spread = correlation + (1 - correlation) / models
        axes.plot(models, spread, "o-", color=colour, markersize=3, label=f"correlation {correlation:g}")
    point(axes, (4, 0.625), "four models: 0.625", INK, (6, 8))
    axes.set(xlabel="models", ylabel="variance of the mean", ylim=(0, 1.1))
    axes.legend(loc="upper right", bbox_to_anchor=(1, 0.92))


def binding(axes: Any) -> None:
    """Draw two captions in word coordinates, where they are equal, and in pair coordinates, where they are not."""
    captions = ("a red cube and a blue ball", "a blue cube and a red ball")
    for x, names, rows in (
        (0.0, ("red", "blue", "cube", "ball"), [[1, 1, 1, 1], [1, 1, 1, 1]]),
        (5.2, ("red\ncube", "red\nball", "blue\ncube", "blue\nball"), [[1, 0, 0, 1], [0, 1, 1, 0]]),
    ):
        table(axes, (x, 2), rows, [(r, c) for r in range(2) for c in range(4) if rows[r][c]])
        for column, name in enumerate(names):
            axes.text(x + column + 0.5, 2.1, name, ha="center", fontsize=8)
    for row, caption in enumerate(captions):
        axes.text(-0.2, 1.5 - row, caption, ha="right", va="center", fontsize=8)
    axes.text(2, -0.5, "one coordinate a word: equal", ha="center")
    axes.text(7.2, -0.5, "one a pair: at a right angle", ha="center")
    plain(axes, (-5.2, 9.5), (-0.9, 3))


def guided_ascent(axes: Any) -> None:
    """Draw the steps of the worked example's gradient ascent to the maximum at (6, 8)."""
    turn, path = 2 * np.pi * np.arange(80) / 79, [np.zeros(2)]
    for _ in range(5):
        path.append(path[-1] + np.array([3.0, 4.0]) - 0.5 * path[-1])
    for radius in (2, 4, 6, 8, 10):
        axes.plot(6 + radius * np.cos(turn), 8 + radius * np.sin(turn), color=PALE, lw=0.8)
    axes.plot(*np.array(path).T, "o-", color=COOL)
    for place, name in ((path[0], "start (0, 0)"), (path[1], "(3, 4)"), (path[2], "(4.5, 6)")):
        axes.annotate(name, place, xytext=(8, -8), textcoords="offset points", color=COOL)
    axes.plot(6, 8, "*", color=WARM, markersize=12)
    axes.annotate("maximum (6, 8)", (6, 8), xytext=(10, 0), textcoords="offset points", color=WARM)
    cross_hair(axes)
    axes.set(xlim=(-2, 16), ylim=(-1, 10), aspect="equal", xlabel="parameter 1", ylabel="parameter 2")


def linear_probe(axes: Any) -> None:
    """Draw the vectors of the probe's worked example with the border of text and of probe."""
    point(axes, (1, 0), "image: cat", WARM)
    point(axes, (0, 1), "image: dog", COOL)
    arrow(axes, (0, 0), (0.8, 0.6), WARM)
    axes.text(0.46, 0.28, "text: cat", color=WARM)
    arrow(axes, (0, 0), (0, 1), COOL)
    axes.text(-0.04, 0.5, "text: dog", color=COOL, ha="right")
    axes.plot([0, 1.1], [0, 1.1], "--", color=INK, label="border of the probe")
    axes.plot([0, 0.55], [0, 1.1], ":", color=INK, label="border of the texts")  # (0.8, -0.4) . u = 0
    axes.plot(0.6, 0.8, "s", color=INK)
    axes.annotate("new image", (0.6, 0.8), xytext=(-14, 8), textcoords="offset points")
    axes.set(xlim=(-0.5, 2.0), ylim=(-0.1, 1.25), xlabel="coordinate 1", ylabel="coordinate 2", aspect="equal")
    axes.legend(loc="upper right")


def embedding_difference(axes: Any) -> None:
    """Draw the images before and after in the plane of red and blue, and their difference."""
    vector(axes, (0.8, 0), "before")
    vector(axes, (0, 0.8), "after")
    arrow(axes, (0.8, 0), (0, 0.8), COOL, lw=2)
    axes.text(0.44, 0.42, "difference vector", color=COOL)
    vector(axes, (2 / 3, -1 / 3), "red, centred", WARM, (5, -6), ls="--")
    vector(axes, (-1 / 3, 2 / 3), "blue, centred", COOL, (-40, 8), ls="--")
    axes.set(xlim=(-0.9, 1.5), ylim=(-0.5, 1.0), xlabel="red", ylabel="blue", aspect="equal")


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
