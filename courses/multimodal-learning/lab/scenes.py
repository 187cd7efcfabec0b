"""A procedural world of pictures with captions: things of a colour, a pattern and a shape, at places, in numbers.

Knows how a scene is drawn (with the true masks), how it is described, and which combinations are kept out of training.
It knows nothing of models. NumPy alone; everything follows from the generator that is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

SIZE = 48
"""Width and height of a picture in pixels."""
COLOURS = {
    "red": (0.85, 0.12, 0.12),
    "green": (0.10, 0.65, 0.20),
    "blue": (0.15, 0.25, 0.90),
    "yellow": (0.95, 0.85, 0.10),
    "purple": (0.60, 0.15, 0.70),
    "cyan": (0.10, 0.80, 0.85),
}
PATTERNS = ("solid", "striped", "polka-dotted", "checkered")
SHAPES = ("circle", "square", "triangle", "cross", "diamond")
PLACES = {"top": (0.0, -1.0), "bottom": (0.0, 1.0), "left": (-1.0, 0.0), "right": (1.0, 0.0), "centre": (0.0, 0.0)}
"""Where things lie: the direction (x, y) from the middle, y downwards."""
RELATIONS = {"above": "top", "below": "bottom", "left of": "left", "right of": "right"}
"""How the first thing of a pair lies to the second, and so at which place it is drawn."""
BACKGROUNDS = {"dark": (0.05, 0.20), "light": (0.60, 0.75)}
"""Range of grey that a background of that name has."""
OPPOSITE = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
_NUMBERS = {1: "a", 2: "two", 3: "three"}


@dataclass(frozen=True)
class Thing:
    """One kind of object, as words."""

    colour: str
    pattern: str
    shape: str


@dataclass(frozen=True)
class Scene:
    """What a picture shows: `count` things of one kind at a place, or two different things in a relation."""

    things: tuple[Thing, ...]
    count: int = 1
    place: str = "centre"  # of the things, or of the first of a pair
    background: str = "dark"


@dataclass(frozen=True)
class Picture:
    """A drawn scene: `pixels` (SIZE, SIZE, 3) float32 in 0..1, and `labels` (SIZE, SIZE).

    A label is 0 where the background is seen and n where the n-th kind of thing is.
    """

    scene: Scene
    pixels: NDArray[np.float32]
    labels: NDArray[np.int64]


ALL_THINGS = tuple(Thing(c, p, s) for c, p, s in product(COLOURS, PATTERNS, SHAPES))
HELD_OUT_PAIRS = frozenset({
    ("red", "striped"), ("green", "polka-dotted"), ("blue", "checkered"),
    ("yellow", "triangle"), ("purple", "circle"), ("cyan", "square"), ("striped", "diamond"),
})  # fmt: skip
"""Pairs of attributes that no training picture shows in one thing; each word alone is seen often."""
LATE_PAIRS = frozenset({("yellow", "solid"), ("red", "cross"), ("checkered", "triangle")})
"""Pairs that the first stage of training does not show either."""


def has_a_pair(thing: Thing, pairs: frozenset[tuple[str, str]] = HELD_OUT_PAIRS) -> bool:
    """Return whether the thing unites one of the pairs of attributes."""
    own = {(thing.colour, thing.pattern), (thing.colour, thing.shape), (thing.pattern, thing.shape)}
    return not own.isdisjoint(pairs)


SEEN = tuple(thing for thing in ALL_THINGS if not has_a_pair(thing))
HELD_OUT = tuple(thing for thing in ALL_THINGS if has_a_pair(thing))
SEEN_EARLY = tuple(thing for thing in SEEN if not has_a_pair(thing, LATE_PAIRS))


def random_scene(rng: np.random.Generator, things: tuple[Thing, ...] = SEEN, pair_share: float = 0.35) -> Scene:
    """Return a scene of the given kinds of thing; with probability `pair_share`, two different ones."""
    background = str(rng.choice(list(BACKGROUNDS)))
    if rng.random() < pair_share:
        first, second = rng.choice(len(things), 2, replace=False)
        place = str(rng.choice(list(RELATIONS.values())))
        return Scene((things[first], things[second]), 1, place, background)
    place = str(rng.choice(list(PLACES)))
    return Scene((things[rng.integers(len(things))],), int(rng.choice([1, 1, 2, 3])), place, background)


# --- drawing ---


def draw(scene: Scene, rng: np.random.Generator) -> Picture:
    """Return a picture of the scene; sizes, exact places, phases of patterns, grey and noise come from `rng`."""
    low, high = BACKGROUNDS[scene.background]
    pixels = np.full((SIZE, SIZE, 3), rng.uniform(low, high), dtype=np.float32)
    labels = np.zeros((SIZE, SIZE), dtype=np.int64)
    for number, thing, centre, radius in _layout(scene, rng):
        mask = _mask(thing.shape, centre, radius)
        pixels[mask] = _paint(thing, rng)[mask]
        labels[mask] = number
    pixels += 0.03 * rng.standard_normal(pixels.shape, dtype=np.float32)
    return Picture(scene, np.clip(pixels, 0.0, 1.0), labels)


def _layout(scene: Scene, rng: np.random.Generator) -> list[tuple[int, Thing, tuple[float, float], float]]:
    """Return number, thing, centre (x, y) and radius in pixels of all that is drawn."""
    middle = (SIZE - 1) / 2

    def near(x: float, y: float) -> tuple[float, float]:
        return middle + x + rng.uniform(-2, 2), middle + y + rng.uniform(-2, 2)

    dx, dy = PLACES[scene.place]
    if len(scene.things) == 2:
        radii = rng.uniform(7.5, 10.5, 2)
        return [
            (1, scene.things[0], near(11.5 * dx, 11.5 * dy), radii[0]),
            (2, scene.things[1], near(-11.5 * dx, -11.5 * dy), radii[1]),
        ]
    if scene.count == 1:
        return [(1, scene.things[0], near(9.5 * dx, 9.5 * dy), rng.uniform(9.0, 13.0))]
    spread = 24.0 / scene.count if scene.count == 2 else 15.0
    offsets = (np.arange(scene.count) - (scene.count - 1) / 2) * (spread if scene.count == 3 else 22.0)
    along = (1.0, 0.0) if dx == 0 else (0.0, 1.0)
    radius = rng.uniform(7.5, 9.0) if scene.count == 2 else rng.uniform(5.8, 6.6)
    shift = 11.0
    return [(1, scene.things[0], near(shift * dx + o * along[0], shift * dy + o * along[1]), radius) for o in offsets]


_COLUMNS, _ROWS = np.meshgrid(np.arange(SIZE, dtype=np.float32), np.arange(SIZE, dtype=np.float32))


def _mask(shape: str, centre: tuple[float, float], radius: float) -> NDArray[np.bool_]:
    """Return where the shape covers the picture."""
    x, y = (_COLUMNS - centre[0]) / radius, (_ROWS - centre[1]) / radius
    if shape == "circle":
        return x * x + y * y <= 1.0
    if shape == "square":
        return np.maximum(np.abs(x), np.abs(y)) <= 0.85
    if shape == "triangle":
        return (y <= 0.8) & (y >= 2.0 * np.abs(x) - 1.0)
    if shape == "cross":
        return (np.minimum(np.abs(x), np.abs(y)) <= 0.3) & (np.maximum(np.abs(x), np.abs(y)) <= 1.0)
    if shape == "diamond":
        return np.abs(x) + np.abs(y) <= 1.1
    raise ValueError(f"no shape is called {shape!r}; there are {', '.join(SHAPES)}")


def _paint(thing: Thing, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the thing's colour and pattern over the whole picture: its colour with white in it."""
    x, y = _COLUMNS + rng.uniform(0, 6), _ROWS + rng.uniform(0, 6)
    if thing.pattern == "striped":
        white = np.mod(x, 5.0) < 2.0
    elif thing.pattern == "polka-dotted":
        white = (np.mod(x, 5.0) - 2.5) ** 2 + (np.mod(y, 5.0) - 2.5) ** 2 < 1.7**2
    elif thing.pattern == "checkered":
        white = (np.floor(x / 3.0) + np.floor(y / 3.0)) % 2 == 0
    else:
        white = np.zeros_like(x, dtype=bool)
    colour = np.asarray(COLOURS[thing.colour]) + rng.uniform(-0.06, 0.06, 3)
    return np.where(white[..., None], 0.97, colour).astype(np.float32)


# --- words ---


def plural(shape: str) -> str:
    """Return the word for several of the shape."""
    return "crosses" if shape == "cross" else f"{shape}s"


def phrase(thing: Thing, count: int = 1) -> str:
    """Return the thing as a noun phrase: "a striped red circle", "two solid blue crosses"."""
    noun = thing.shape if count == 1 else plural(thing.shape)
    return f"{_NUMBERS[count]} {thing.pattern} {thing.colour} {noun}"


def _said(thing: Thing, count: int, rng: np.random.Generator, complete: bool) -> str:
    """Return the thing as people name it: now and then without its pattern or its colour."""
    if complete:
        return phrase(thing, count)
    left_out = ("", f"{thing.pattern} ", f"{thing.colour} ")[rng.choice(3, p=[0.7, 0.15, 0.15])]
    return phrase(thing, count).replace(left_out, "", 1) if left_out else phrase(thing, count)


def caption(scene: Scene, rng: np.random.Generator, complete: bool = False) -> str:
    """Return one of the ways to describe the scene; some leave the place or the background out, and
    attributes too where it need not be `complete`.
    """
    if len(scene.things) == 2:
        words = _pair_words(scene, rng, complete)
    else:
        what = _said(scene.things[0], scene.count, rng, complete)
        forms = (what, f"{what} at the {scene.place}", f"at the {scene.place} {what}")
        words = forms[rng.choice(3, p=[0.3, 0.5, 0.2])]
    opening = ("", "a picture of ", "an image showing ")[rng.choice(3, p=[0.6, 0.2, 0.2])]
    ending = ("", f" on a {scene.background} background")[int(rng.random() < 0.5)]
    return opening + words + ending


def _pair_words(scene: Scene, rng: np.random.Generator, complete: bool) -> str:
    first, second = (_said(thing, 1, rng, complete) for thing in scene.things)
    names = {place: relation for relation, place in RELATIONS.items()}
    if rng.random() < 0.2:
        return f"{first} and {second}"
    if rng.random() < 0.5:
        return f"{first} {names[scene.place]} {second}"
    return f"{second} {names[OPPOSITE[scene.place]]} {first}"
