"""The lab's tasks ask what they say, the guided drawing is drawn and judged rightly, and printed numbers are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from lab import model, motion, scenes, synthesis, tasks

from knowledge.embedders.torchvision_guard import import_torchvision
from tests.courses.material import text_of

UNSEEN = "10-lab/01-combinations-never-seen.md"
SHORTCUTS = "10-lab/03-changes-and-shortcuts.md"
MASKS = "10-lab/04-guided-drawing-and-masks.md"
SLOW = "10-lab/05-slow-motion-measured.md"
CLAIMS = [
    (UNSEEN, "0.015", math.sqrt(0.9 * 0.1 / 400), 1e-9),
    (UNSEEN, "0.0294", 1.96 * 0.015, 5e-5),
    (UNSEEN, "0.0083", 1 / 120, 5e-5),
    (SHORTCUTS, "0.526", 400 / (4 * 190), 5e-4),
    (SHORTCUTS, "0.95$", 380 / 400, 0),
    (MASKS, "0.583", (1 / 2 + 2 / 3) / 2, 5e-4),
    (SLOW, "0.025", 0.1 * 0.5**2, 1e-12),
    (SLOW, "16.02", -10 * math.log10(0.025), 5e-3),
]


@pytest.mark.parametrize(("lesson", "printed", "value", "tolerance"), CLAIMS)
def test_printed_number_is_right(lesson: str, printed: str, value: float, tolerance: float) -> None:
    assert printed in text_of(lesson), f"{lesson} no longer prints {printed}"
    assert abs(float(printed.rstrip("$")) - value) <= tolerance


def test_the_lesson_counts_the_kinds_as_the_world_has_them() -> None:
    said = text_of(UNSEEN)
    assert f"leave {len(scenes.SEEN)} kinds for training and {len(scenes.HELD_OUT)} kinds" in said
    assert len(scenes.HELD_OUT_PAIRS) == 7
    assert "Seven pairs" in said


# --- tasks ---


def test_each_task_shows_what_it_says_and_follows_from_its_seed() -> None:
    unseen, seen = tasks.never_seen(30, 1), tasks.often_seen(30, 1)
    assert set(unseen.things) <= set(scenes.HELD_OUT)
    assert set(seen.things) <= set(scenes.SEEN)
    assert [tasks.NAMES[kind] for kind in unseen.kinds] == [scenes.phrase(thing) for thing in unseen.things]
    assert [scenes.SHAPES[n] for n in unseen.shapes] == [thing.shape for thing in unseen.things]
    assert np.array_equal(unseen.pictures, tasks.never_seen(30, 1).pictures)


def test_few_of_each_takes_the_first_of_every_class() -> None:
    assert tasks.few_of_each(torch.tensor([1, 0, 1, 0, 1, 2, 2]), 2).tolist() == [1, 3, 0, 2, 5, 6]


def test_captions_of_different_scenes_are_different_and_known_to_the_tokenizer() -> None:
    pictures, said = tasks.captioned(200, 5)
    assert pictures.shape == (200, 48, 48, 3)
    assert len(set(said)) == 200
    assert model.tokenize(said).shape == (200, model.CONTEXT)


def test_equal_counts_give_every_group_of_shape_and_colour_the_same_weight() -> None:
    shape, colour = torch.tensor([0, 0, 0, 0, 1, 1, 1, 0]), torch.tensor([0, 0, 0, 1, 1, 1, 0, 0])
    sample = tasks.Correlated(torch.zeros(8, 2), shape, colour)
    weight = {(s, c): sample.equal_counts[(shape == s) & (colour == c)].sum().item() for s in (0, 1) for c in (0, 1)}
    assert weight == pytest.approx(dict.fromkeys(weight, 2.0))
    assert sample.follows.tolist() == [True, True, True, False, True, True, False, True]


# --- guided drawing ---


def test_a_disc_has_its_colour_inside_grey_outside_and_a_gradient_at_the_rim() -> None:
    radius = torch.tensor([10.0], requires_grad=True)
    pictures = synthesis.draw_discs(torch.tensor([[0.9, 0.1, 0.2]]), torch.tensor([[20.0, 30.0]]), radius)
    assert pictures.shape == (1, scenes.SIZE, scenes.SIZE, 3)
    assert torch.allclose(pictures[0, 30, 20], torch.tensor([0.9, 0.1, 0.2]), atol=1e-3)
    assert torch.allclose(pictures[0, 2, 45], torch.full((3,), 0.12), atol=1e-3)
    assert torch.allclose(pictures[0, 30, 30], (torch.tensor([0.9, 0.1, 0.2]) + 0.12) / 2, atol=1e-3)
    pictures[0, :, :, 0].sum().backward()
    assert radius.grad is not None
    assert radius.grad.item() == pytest.approx(2 * math.pi * 10 * (0.9 - 0.12), rel=0.05)  # rim times contrast


@pytest.mark.parametrize("name", tasks.COLOURS)
def test_the_palette_names_its_own_colours(name: str) -> None:
    assert synthesis.nearest_colour(torch.tensor(scenes.COLOURS[name]) * 0.95) == name


@pytest.mark.slow
def test_effects_of_the_lessons_hold_at_other_seeds() -> None:
    import_torchvision()
    torch.set_num_threads(1)
    from lab import zero_shot

    clip = model.load()
    assert tasks.changes_named(clip, seed=40).mean() > 0.6
    pictures, said = tasks.captioned(80, seed=41)
    assert zero_shot.recall_at(clip.images(pictures) @ clip.texts(said).T, 1) > 0.8
    habit, even = tasks.correlated(clip, 300, 0.95, seed=42), tasks.correlated(clip, 300, 0.5, seed=43)
    plain, equal = (
        tasks.accuracy_by_group(zero_shot.fit_probe(habit.vectors, habit.shape, 2, counts), even)
        for counts in (None, habit.equal_counts)
    )
    assert plain[0] - plain[1] > 0.2
    assert equal[0] - equal[1] < (plain[0] - plain[1]) / 1.5
    drawn = [synthesis.guide(clip, f"a solid {colour} circle", seed=44) for colour in tasks.COLOURS]
    found = [synthesis.nearest_colour(one.colour) == colour for one, colour in zip(drawn, tasks.COLOURS, strict=True)]
    assert sum(found) >= 4, "chance is one of six"


def test_the_weights_of_an_interpolated_frame_are_those_of_the_lesson() -> None:
    scene = motion.moving_scene(7)
    first, last = (~hidden for hidden in (scene.hidden_first, scene.hidden_last))
    neither = ~first & ~last
    w0, w1 = (torch.where(neither, torch.ones(()), shown.float()) for shown in (first, last))
    warped = [motion.backward_warp(*pair) for pair in ((scene.first, scene.to_first), (scene.last, scene.to_last))]
    assert torch.allclose(motion.interpolate(scene), (w0 * warped[0] + w1 * warped[1]) / (w0 + w1), atol=1e-6)
