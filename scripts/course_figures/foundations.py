"""Figures of the modules on foundations, neural networks and language, from the numbers of their worked examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from .parts import COOL, INK, LEAF, WARM, arrow, box, cross_hair, plain, point, vector


def dot_product(axes: Any) -> None:
    """Draw the three vectors of the worked example and the angle between the first two."""
    from matplotlib.patches import Arc

    cross_hair(axes)
    vector(axes, (3, 4), "a = (3, 4)", COOL, (-52, 2))
    vector(axes, (4, 3), "b = (4, 3)", WARM, (6, -10))
    vector(axes, (8, 6), "2b = (8, 6)", WARM, ls=":")
    vector(axes, (-4, 3), "c = (-4, 3)", INK, (-20, 8))
    axes.add_patch(Arc((0, 0), 4, 4, theta1=36.87, theta2=53.13, color=INK))
    axes.text(3.6, 0.4, "a and b: cosine 0.96, 16.3 degrees\na and 2b: cosine 0.96\na and c: cosine 0, 90 degrees")
    axes.set(xlim=(-5.5, 11.5), ylim=(-0.8, 7), aspect="equal")


def rotation(axes: Any) -> None:
    """Draw where the rotation by 90 degrees sends the coordinate axes and the vector (3, 4)."""
    cross_hair(axes)
    vector(axes, (3, 4), "x = (3, 4)", COOL)
    vector(axes, (-4, 3), "Rx = (-4, 3)", COOL, (-24, 8), ls="--")
    vector(axes, (1, 0), "axis 1", INK, (4, -12))
    vector(axes, (0, 1), "column 1", WARM, (-20, 5))
    vector(axes, (-1, 0), "column 2", WARM, (-38, -12))
    axes.set(xlim=(-6.5, 6.5), ylim=(-1.2, 5.2), aspect="equal")


def temperature(axes: Any) -> None:
    """Draw the softmax of the scores (2, 1, 0) at three temperatures."""
    scores = np.array([2.0, 1.0, 0.0])
    for number, (tau, colour) in enumerate(((0.5, WARM), (1.0, COOL), (10.0, INK))):
        shares = np.exp(scores / tau) / np.exp(scores / tau).sum()
        bars = axes.bar(np.arange(3) + 0.27 * (number - 1), shares, 0.25, color=colour, label=f"temperature {tau:g}")
        axes.bar_label(bars, fmt="%.3f", fontsize=7)
    axes.set(xticks=range(3), xticklabels=["score 2", "score 1", "score 0"], ylabel="probability", ylim=(0, 1))
    axes.legend()


def surprise(axes: Any) -> None:
    """Draw the loss over the probability of the correct class, with the three cases of the worked example."""
    shares = np.linspace(0.02, 1, 200)
    axes.plot(shares, -np.log(shares), color=COOL)
    for share, name in (
        (0.665, "0.665 costs 0.408"),
        (1 / 3, "1/3, knows nothing: 1.099"),
        (0.090, "0.090 costs 2.408"),
    ):
        point(axes, (share, -np.log(share)), name, WARM, (8, 6))
    axes.set(xlabel="probability of the correct class", ylabel="loss in nats", xlim=(0, 1), ylim=(0, 4))


def jensen(axes: Any) -> None:
    """Draw the logarithm with the chord between 0.2 and 0.8 and the gap at their mean."""
    x = np.linspace(0.1, 1, 200)
    axes.plot(x, np.log(x), color=COOL, label="logarithm")
    axes.plot([0.2, 0.8], np.log([0.2, 0.8]), "o-", color=INK, label="chord")
    low, high = float(np.mean(np.log([0.2, 0.8]))), float(np.log(0.5))
    axes.plot([0.5, 0.5], [low, high], color=WARM, lw=3)
    axes.annotate(f"log of the mean: {high:.3f}", (0.5, high), xytext=(-112, 6), textcoords="offset points", color=COOL)
    words = f"mean of the logs: {low:.3f}\ngap: {high - low:.3f}"
    axes.annotate(words, (0.5, low), xytext=(8, -24), textcoords="offset points", color=WARM)
    axes.set(xlabel="ratio p(x, z) / q(z)", ylabel="logarithm")
    axes.legend(loc="lower right")


def descent(axes: Any) -> None:
    """Draw the steps on the parabola of the worked example at three learning rates."""
    theta = np.linspace(-5.5, 5.5, 200)
    axes.plot(theta, theta**2, color=INK, lw=1)
    for rate, steps, colour in ((0.1, 6, COOL), (0.5, 2, LEAF), (1.1, 4, WARM)):
        path = 3.0 * (1 - 2 * rate) ** np.arange(steps)
        axes.plot(path, path**2, "o-", color=colour, label=f"learning rate {rate:g}", markersize=4)
    axes.set(xlabel="parameter", ylabel="loss")
    axes.legend(loc="upper center")


def exclusive_or(axes: Any) -> None:
    """Draw the output of the worked example's network over the plane, with its four inputs."""
    x = np.linspace(-0.5, 1.5, 17)
    total = x[None, :] + x[:, None]
    output = np.maximum(total, 0) - 2 * np.maximum(total - 1, 0)
    shown = axes.contourf(x, x, output, levels=np.linspace(-1, 1, 9), cmap="Blues", extend="min")
    axes.figure.colorbar(shown, ax=axes, label="output")
    for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
        axes.plot(a, b, "o", color=WARM if a != b else INK)
        axes.annotate(f"({a}, {b}): {int(a != b)}", (a, b), xytext=(6, 6), textcoords="offset points",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    axes.set(xlabel="input 1", ylabel="input 2", aspect="equal")


def backpropagation(axes: Any) -> None:
    """Draw the graph of the worked example: values forward, derivatives back."""
    for x, words in ((0, "input\nx = 2"), (3, "times w = 3\nprediction 6"), (6.4, "(prediction - 5)²\nloss 1")):
        box(axes, (x, 0), (2.2, 1), words)
    for x in (2.2, 5.2):
        arrow(axes, (x, 0.75), (x + (0.8 if x < 3 else 1.2), 0.75), COOL)
    arrow(axes, (6.4, 0.25), (5.2, 0.25), WARM)
    axes.text(5.8, -0.15, "2 · (6 - 5) = 2", ha="center", color=WARM, fontsize=8)
    arrow(axes, (4.1, 0), (4.1, -1), WARM)
    axes.text(4.25, -0.85, "to the weight: 2 · x = 4", color=WARM, fontsize=8)
    axes.text(0, 1.4, "forward: values", color=COOL)
    axes.text(3, 1.4, "backward: derivatives of the loss", color=WARM)
    plain(axes, (-0.2, 8.8), (-1.4, 2))


def optimisers(axes: Any) -> None:
    """Draw the paths of three optimisers in one narrow valley, each from the same start."""
    x, y = np.meshgrid(np.linspace(-2.4, 7, 60), np.linspace(-2.6, 2.6, 40))
    axes.contour(x, y, 0.5 * (x**2 + 30 * y**2), levels=[1, 6, 18, 40, 70], colors="#90a4ae", linewidths=0.8)
    curvature = np.array([1.0, 30.0])
    for name, colour in (("plain gradient", WARM), ("momentum", COOL), ("Adam", LEAF)):
        place, mean, square, path = np.array([6.0, 2.0]), np.zeros(2), np.zeros(2), [(6.0, 2.0)]
        for step in range(1, 31):
            slope = curvature * place
            mean = 0.9 * mean + 0.1 * slope if name == "Adam" else 0.8 * mean + slope
            square = 0.999 * square + 0.001 * slope**2
            if name == "Adam":
                place = place - 0.4 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
            else:
                place = place - (0.03 * mean if name == "momentum" else 0.06 * slope)
            path.append((float(place[0]), float(place[1])))
        axes.plot(*zip(*path, strict=True), ".-", color=colour, lw=1, label=name)
    axes.set(xlabel="flat direction", ylabel="steep direction")
    axes.legend(loc="upper left")


def word_map(axes: Any) -> None:
    """Draw the rows of the embedding table as arrows, with two cosine similarities."""
    cross_hair(axes)
    for end, name, shift in (
        ((2, 1), "cat (2, 1)", (6, 0)),
        ((1, 2), "dog (1, 2)", (6, 4)),
        ((-2, 1), "car (-2, 1)", (-26, 8)),
    ):
        vector(axes, end, name, COOL, shift)
    point(axes, (0, 0), "a (0, 0)", INK, (6, -14))
    axes.text(1.75, 1.55, "cosine 0.8", color=WARM)
    axes.text(-0.75, 1.25, "cosine -0.6", color=WARM, ha="center")
    axes.plot([2, 1], [1, 2], ":", color=WARM)
    axes.plot([2, -2], [1, 1], ":", color=WARM)
    axes.set(xlim=(-3.4, 3.8), ylim=(-0.6, 2.6), aspect="equal")


def attention(axes: Any) -> None:
    """Draw how one query weighs two keys and mixes their values."""
    box(axes, (0, 1.2), (1.7, 0.8), "query (1, 0)")
    rows = ((2.2, "key (1, 0)", "0.707", "0.670", "value (10, 0)"), (0.2, "key (0, 1)", "0", "0.330", "value (0, 10)"))
    for y, key, score, weight, value in rows:
        box(axes, (2.6, y), (1.5, 0.8), key, "white")
        arrow(axes, (1.7, 1.6), (2.6, y + 0.4), COOL)
        arrow(axes, (4.1, y + 0.4), (8.1, y + 0.4))
        axes.text(4.3, y + 0.5, f"score {score}", fontsize=8)
        axes.text(6.2, y + 0.5, f"weight {weight}", fontsize=8, color=WARM)
        box(axes, (8.1, y), (1.9, 0.8), value, "white")
        arrow(axes, (10, y + 0.4), (10.9, 1.6))
    box(axes, (10.9, 1.2), (1.9, 0.8), "output\n(6.70, 3.30)")
    axes.text(6.1, 1.5, "softmax of both scores", ha="center", fontsize=8)
    plain(axes, (-0.2, 13), (-0.2, 3.4))


def transformer_block(axes: Any) -> None:
    """Draw one block of a transformer from left to right, with the parameters of the worked example."""
    places = (
        (1.2, "layer\nnorm", "1,024"),
        (3, "self-\nattention", "1,050,624"),
        (6.4, "layer\nnorm", "1,024"),
        (8.2, "MLP", "2,099,712"),
    )
    arrow(axes, (0, 1), (1.2, 1))
    for x, words, count in places:
        box(axes, (x, 0.5), (1.3, 1), words)
        axes.text(x + 0.65, 0.2, count, ha="center", fontsize=8, color=WARM)
    for x in (2.5, 4.3, 5.4, 7.7, 9.5, 10.6):
        arrow(axes, (x, 1), (x + (0.5 if x in (2.5, 7.7) else 0.7 if x in (4.3, 9.5) else 1.0), 1))
    for start, end in ((0.5, 5.2), (5.8, 10.4)):
        axes.plot([start, start, end], [1, 2.2, 2.2], color=COOL)
        arrow(axes, (end, 2.2), (end, 1.2), COOL)
        axes.text(end, 1, "+", ha="center", va="center", fontsize=13)
        axes.text((start + end) / 2, 2.3, "unchanged", ha="center", fontsize=8, color=COOL)
    axes.text(5.8, -0.4, "3,152,384 parameters at width 512", ha="center", color=WARM)
    plain(axes, (-0.2, 11.8), (-0.7, 2.8))
