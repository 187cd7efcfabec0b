"""The questions that the lab's lessons ask of a CLIP: which pictures, which sentences, and what is right.

Knows how a task is put together from `scenes` and a seed, so that a lesson, a test and a benchmark ask the same. How an
answer is counted stands in `zero_shot`, `pacl` and `motion`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lab import scenes, zero_shot
from lab.model import Clip

NAMES = tuple(scenes.phrase(thing) for thing in scenes.ALL_THINGS)
"""The 120 kinds of thing as noun phrases: the classes of the zero-shot tasks."""
COLOURS = tuple(scenes.COLOURS)
_RELATION_OF = {place: relation for relation, place in scenes.RELATIONS.items()}


@dataclass(frozen=True)
class Named:
    """Pictures (N, SIZE, SIZE, 3) of one thing each, and what they show."""

    pictures: NDArray[np.float32]
    things: list[scenes.Thing]

    @property
    def kinds(self) -> list[int]:
        """The index of each thing in `NAMES`."""
        return [scenes.ALL_THINGS.index(thing) for thing in self.things]

    @property
    def shapes(self) -> torch.Tensor:
        """The index of each thing's shape in `scenes.SHAPES`, (N,)."""
        return torch.tensor([scenes.SHAPES.index(thing.shape) for thing in self.things])


def never_seen(count: int, seed: int) -> Named:
    """Return pictures of things that unite a held-out pair of attributes."""
    return Named(*zero_shot.single_pictures(count, scenes.HELD_OUT, seed))


def often_seen(count: int, seed: int) -> Named:
    """Return pictures of things such as training shows."""
    return Named(*zero_shot.single_pictures(count, scenes.SEEN, seed))


def few_of_each(classes: torch.Tensor, shots: int) -> torch.Tensor:
    """Return the positions of the first `shots` samples of every class, class by class."""
    return torch.cat([torch.nonzero(classes == c)[:shots, 0] for c in range(int(classes.max()) + 1)])


# --- retrieval ---


def captioned(count: int, seed: int) -> tuple[NDArray[np.float32], list[str]]:
    """Return pictures of `count` different scenes, and for each the sentence that leaves nothing out."""
    rng, drawn = np.random.default_rng(seed), dict[scenes.Scene, NDArray[np.float32]]()
    while len(drawn) < count:
        scene = scenes.random_scene(rng)
        if scene not in drawn:
            drawn[scene] = scenes.draw(scene, rng).pixels
    return np.stack(list(drawn.values())), [full_caption(scene) for scene in drawn]


def full_caption(scene: scenes.Scene) -> str:
    """Return the sentence that says everything that tells a scene from other scenes."""
    if len(scene.things) == 2:
        first, second = (scenes.phrase(thing) for thing in scene.things)
        what = f"{first} {_RELATION_OF[scene.place]} {second}"
    else:
        what = f"{scenes.phrase(scene.things[0], scene.count)} at the {scene.place}"
    return f"{what} on a {scene.background} background"


# --- changes ---


def coloured(colour: str, count: int, seed: int) -> NDArray[np.float32]:
    """Return pictures of a solid square of that colour in the centre."""
    return _centred([scenes.Thing(colour, "solid", "square")] * count, seed)


def changes_named(clip: Clip, seed: int, count: int = 4) -> NDArray[np.bool_]:
    """Return for each of the 30 changes from one colour to another whether the vectors' difference names it.

    Before and after are `count` pictures each, drawn apart.
    """
    words = zero_shot.directions(clip, COLOURS)
    befores, afters = (
        clip.images(np.concatenate([coloured(colour, count, drawn) for colour in COLOURS])).split(count)
        for drawn in (seed, seed + 1)
    )
    kinds = range(len(COLOURS))
    pairs = [(before, after) for before in kinds for after in kinds if before != after]
    return np.array([zero_shot.nearest_direction(befores[b], afters[a], words) == a for b, a in pairs])


# --- a spurious correlation ---


@dataclass(frozen=True)
class Correlated:
    """Vectors of red and blue circles and squares (N, d); `shape` and `colour` are 0 or 1 (N,)."""

    vectors: torch.Tensor
    shape: torch.Tensor
    colour: torch.Tensor

    @property
    def follows(self) -> torch.Tensor:
        """Where the colour is the one that usually goes with the shape, (N,) bool."""
        return self.shape == self.colour

    @property
    def equal_counts(self) -> torch.Tensor:
        """How often each sample has to count so that the four groups of shape and colour weigh the same, (N,)."""
        group = 2 * self.shape + self.colour
        return len(group) / 4 / torch.bincount(group, minlength=4)[group]


def correlated(clip: Clip, count: int, agree: float, seed: int, noise: float = 0.15) -> Correlated:
    """Return vectors of pictures in which colour and shape go together with probability `agree`.

    `noise` is the deviation of what is added to each number of a unit vector: pictures as clear as the lab's would let
    any probe find the shape, whatever it was trained on.
    """
    things = zero_shot.biased_things(count, agree, seed)
    vectors = clip.images(_centred(things, seed))
    added = torch.randn(vectors.shape, generator=torch.Generator().manual_seed(seed)).to(vectors)
    shape = torch.tensor([int(thing.shape == "square") for thing in things])
    return Correlated(vectors + noise * added, shape, torch.tensor([int(thing.colour == "blue") for thing in things]))


def accuracy_by_group(probe: torch.Tensor, even: Correlated) -> tuple[float, float]:
    """Return a probe's accuracy on the shape where the correlation holds, and where it breaks."""
    holds, breaks = (
        zero_shot.probe_accuracy(probe, even.vectors[part], even.shape[part]) for part in (even.follows, ~even.follows)
    )
    return holds, breaks


# --- masks ---


def unseen_pairs(count: int, seed: int) -> list[scenes.Picture]:
    """Return pictures of two things each, all of them combinations that training never shows, with their true masks."""
    rng = np.random.default_rng(seed)
    return [scenes.draw(scenes.random_scene(rng, scenes.HELD_OUT, pair_share=1.0), rng) for _ in range(count)]


def _centred(things: Sequence[scenes.Thing], seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return np.stack([scenes.draw(scenes.Scene((thing,)), rng).pixels for thing in things])
