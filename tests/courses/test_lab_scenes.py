"""The lab's world: what is drawn agrees with what is said, nothing held out is shown, and a seed settles all."""

from __future__ import annotations

import numpy as np
import pytest
from lab import scenes, zero_shot

RNG = np.random.default_rng


def drawn(seed: int, count: int) -> list[scenes.Picture]:
    rng = RNG(seed)
    return [scenes.draw(scenes.random_scene(rng), rng) for _ in range(count)]


def test_the_same_seed_draws_the_same_pixels_and_words() -> None:
    first, second = drawn(5, 4), drawn(5, 4)
    assert all(np.array_equal(a.pixels, b.pixels) and a.scene == b.scene for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0].pixels, drawn(6, 1)[0].pixels)


def test_pixels_and_labels_have_their_shapes_and_ranges() -> None:
    for picture in drawn(0, 60):
        assert picture.pixels.shape == (48, 48, 3)
        assert picture.pixels.dtype == np.float32
        assert picture.pixels.min() >= 0
        assert picture.pixels.max() <= 1
        assert set(np.unique(picture.labels)) == set(range(1 + len(picture.scene.things)))


def test_no_training_scene_shows_a_held_out_pair_and_every_word_is_seen() -> None:
    rng = RNG(1)
    things = [thing for _ in range(3000) for thing in scenes.random_scene(rng).things]
    for thing in things:
        words = {thing.colour, thing.pattern, thing.shape}
        assert not any(set(pair) <= words for pair in scenes.HELD_OUT_PAIRS)
    assert {t.colour for t in things} == set(scenes.COLOURS)
    assert {t.pattern for t in things} == set(scenes.PATTERNS)
    assert {t.shape for t in things} == set(scenes.SHAPES)


def test_seen_and_held_out_things_are_all_things_and_share_none() -> None:
    assert set(scenes.SEEN) | set(scenes.HELD_OUT) == set(scenes.ALL_THINGS)
    assert not set(scenes.SEEN) & set(scenes.HELD_OUT)
    assert len(scenes.ALL_THINGS) == 6 * 4 * 5


@pytest.mark.parametrize("relation", list(scenes.RELATIONS))
def test_a_pair_lies_as_its_caption_says(relation: str) -> None:
    first, second = scenes.SEEN[0], scenes.SEEN[40]
    rng = RNG(2)
    for _ in range(20):
        labels = scenes.draw(scenes.Scene((first, second), 1, scenes.RELATIONS[relation], "dark"), rng).labels
        (y1, x1), (y2, x2) = (np.argwhere(labels == n).mean(axis=0) for n in (1, 2))
        lies = {"above": y1 < y2 - 9, "below": y1 > y2 + 9, "left of": x1 < x2 - 9, "right of": x1 > x2 + 9}
        assert lies[relation]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("place", list(scenes.PLACES))
def test_as_many_separate_things_are_drawn_as_are_said(count: int, place: str) -> None:
    rng = RNG(3)
    for _ in range(5):
        scene = scenes.Scene((scenes.Thing("red", "solid", "square"),), count, place, "light")
        assert islands(scenes.draw(scene, rng).labels > 0) == count


def islands(mask: np.ndarray) -> int:
    """Count the connected parts of a mask by filling one after the other."""
    left, found = {tuple(p) for p in np.argwhere(mask)}, 0
    while left:
        found += 1
        edge = [left.pop()]
        while edge:
            y, x = edge.pop()
            near = {(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)} & left
            left -= near
            edge += near
    return found


def test_a_thing_has_its_colour_and_a_pattern_puts_white_into_it() -> None:
    rng = RNG(4)
    for name, rgb in scenes.COLOURS.items():
        for pattern in scenes.PATTERNS:
            picture = scenes.draw(scenes.Scene((scenes.Thing(name, pattern, "square"),)), rng)
            inside = picture.pixels[picture.labels == 1]
            white = (inside > 0.85).all(axis=1)
            assert np.abs(np.median(inside[~white], axis=0) - rgb).max() < 0.1
            assert (white.mean() > 0.2) == (pattern != "solid")


def test_a_caption_says_nothing_that_is_not_shown_and_mostly_all_that_is() -> None:
    rng = RNG(7)
    complete = 0
    for _ in range(300):
        scene = scenes.random_scene(rng)
        said = set(scenes.caption(scene, rng).split())
        shown = {word for thing in scene.things for word in (thing.colour, thing.pattern)}
        assert said & {*scenes.COLOURS, *scenes.PATTERNS} <= shown
        assert {t.shape if scene.count == 1 else scenes.plural(t.shape) for t in scene.things} <= said
        assert not said & ({*scenes.BACKGROUNDS} - {scene.background})
        complete += shown <= said
    assert 0.5 < complete / 300 < 0.8


def test_an_unknown_shape_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'blob'"):
        scenes.draw(scenes.Scene((scenes.Thing("red", "solid", "blob"),)), RNG(0))


def test_the_bootstrap_interval_agrees_with_the_normal_one() -> None:
    values = RNG(0).random(900) < 0.9
    low, high = zero_shot.interval(values, seed=1)
    spread = 1.96 * np.sqrt(values.mean() * (1 - values.mean()) / len(values))
    assert low == pytest.approx(values.mean() - spread, abs=4e-3)
    assert high == pytest.approx(values.mean() + spread, abs=4e-3)
