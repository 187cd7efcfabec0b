"""What the lab's CLIP can do, measured: zero-shot classes, prompt ensembles, probes, retrieval, differences, bias.

Knows tasks and figures over vectors; pictures come from `scenes`, vectors from a `Clip`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from lab import scenes
from lab.model import Clip

TEMPLATES = (
    "{}", "a picture of {}", "an image showing {}", "{} on a dark background", "{} on a light background",
    "{} at the top", "{} at the bottom", "{} at the left", "{} at the right", "{} at the centre",
)  # fmt: skip
"""Ways to say what a picture shows; an ensemble averages the vectors of all of them."""


def single_pictures(
    count: int, things: Sequence[scenes.Thing], seed: int
) -> tuple[NDArray[np.float32], list[scenes.Thing]]:
    """Return `count` pictures (count, SIZE, SIZE, 3) of one thing each, drawn evenly from `things`, and the things."""
    rng = np.random.default_rng(seed)
    shown = [things[rng.integers(len(things))] for _ in range(count)]
    places, backgrounds = list(scenes.PLACES), list(scenes.BACKGROUNDS)
    drawn = [
        scenes.draw(scenes.Scene((t,), 1, str(rng.choice(places)), str(rng.choice(backgrounds))), rng).pixels
        for t in shown
    ]
    return np.stack(drawn), shown


def sentence_vectors(clip: Clip, names: Sequence[str], templates: Sequence[str] = TEMPLATES) -> torch.Tensor:
    """Return the unit vector of each name in each template, (templates, names, d)."""
    vectors = clip.texts([template.format(name) for template in templates for name in names])
    return vectors.reshape(len(templates), len(names), -1)


def ensemble(vectors: torch.Tensor) -> torch.Tensor:
    """Return one unit vector a class, (classes, d): the mean over the templates (templates, classes, d), normalised."""
    return F.normalize(vectors.mean(dim=0), dim=-1)


def hits(images: torch.Tensor, classes: torch.Tensor, truth: Sequence[int]) -> NDArray[np.bool_]:
    """Return for each image vector (N, d) whether the nearest class vector (classes, d) is the true one."""
    nearest = (images @ classes.T).argmax(dim=1).cpu().numpy()
    return np.asarray(nearest == np.asarray(truth))


def interval(
    values: NDArray[np.generic], seed: int = 0, draws: int = 2000, of: Callable[..., NDArray[np.float64]] = np.mean
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a statistic of the values (percentile method)."""
    rng = np.random.default_rng(seed)
    resampled = rng.integers(0, len(values), (draws, len(values)))
    low, high = np.percentile(of(values[resampled], axis=1), [2.5, 97.5])
    return float(low), float(high)


# --- linear probe ---


def fit_probe(
    features: torch.Tensor,
    targets: torch.Tensor,
    classes: int,
    counts: torch.Tensor | None = None,
    ridge: float = 0.05,
) -> torch.Tensor:
    """Return the weights (d + 1, classes) of a linear probe by ridge least squares on one-hot targets.

    Solves (X^T C X + ridge I) W = X^T C Y, where X (N, d + 1) has a last column of ones for the offset, and the
    diagonal matrix C says how often each sample counts (once, where `counts` (N,) is not given).
    """
    inputs = with_ones(features)
    wanted = F.one_hot(targets, classes).to(inputs)
    counted = inputs if counts is None else inputs * counts[:, None]
    gram = inputs.T @ counted + ridge * torch.eye(inputs.shape[1], device=inputs.device)
    return torch.linalg.solve(gram, counted.T @ wanted)


def with_ones(features: torch.Tensor) -> torch.Tensor:
    """Return the features (N, d) with a last column of ones."""
    return torch.cat([features, torch.ones(len(features), 1, device=features.device)], dim=1)


def probe_accuracy(weights: torch.Tensor, features: torch.Tensor, targets: torch.Tensor) -> float:
    """Return the share of features that the probe gives their class."""
    return float(((with_ones(features) @ weights).argmax(dim=1) == targets).float().mean())


# --- retrieval ---


def recall_at(similarities: torch.Tensor, k: int) -> float:
    """Return the share of rows whose own column (the diagonal) is among their k highest."""
    own = similarities.diagonal()[:, None]
    return float(((similarities > own).sum(dim=1) < k).float().mean())


# --- differences ---


def directions(clip: Clip, words: Sequence[str], sentence: str = "a solid {} square") -> torch.Tensor:
    """Return the direction of each word, (words, d): its sentence's vector less the mean over all, at unit length.

    What all the sentences share says nothing about a word.
    """
    said = clip.texts([sentence.format(word) for word in words])
    return F.normalize(said - said.mean(dim=0), dim=-1)


def nearest_direction(before: torch.Tensor, after: torch.Tensor, among: torch.Tensor) -> int:
    """Return which direction (words, d) fits best to the mean difference of image vectors (N, d), after - before."""
    return int((among @ (after.mean(dim=0) - before.mean(dim=0))).argmax())


# --- a spurious correlation ---


def biased_things(count: int, agree: float, seed: int) -> list[scenes.Thing]:
    """Return solid circles and squares: red circles and blue squares with probability `agree`, else the reverse."""
    rng = np.random.default_rng(seed)
    shapes = rng.choice(["circle", "square"], count)
    usual = rng.random(count) < agree
    return [
        scenes.Thing("red" if (shape == "circle") == bool(as_usual) else "blue", "solid", str(shape))
        for shape, as_usual in zip(shapes, usual, strict=True)
    ]
