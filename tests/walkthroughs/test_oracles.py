"""References of walkthroughs agree with independent implementations: torch's automatic derivatives and losses."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.problems.in_process import space_of
from tests.walkthroughs.test_bundled_steps import walk_of

pytestmark = pytest.mark.slow  # they import torch


def last_of(walk: str, step: str) -> dict[str, Any]:
    return space_of(next(one.reference for one in walk_of(walk).problems if one.name == f"{walk}/{step}"))


@pytest.mark.parametrize(("pairs", "log_scale"), [(2, 0.0), (9, 2.66), (5, 5.0)])
def test_the_gradients_of_clip_are_those_of_torch(pairs: int, log_scale: float) -> None:
    import numpy as np
    import torch
    import torch.nn.functional as F

    random = np.random.default_rng(pairs)
    arrays = [random.normal(size=shape) for shape in [(pairs, 4), (pairs, 3), (4, 5), (3, 5)]]
    image, text, image_weight, text_weight = (torch.tensor(array, requires_grad=True) for array in arrays)
    scale = torch.tensor(log_scale, dtype=torch.float64, requires_grad=True)
    table = scale.clamp(max=math.log(100)).exp() * F.normalize(image @ image_weight) @ F.normalize(text @ text_weight).T
    own = torch.arange(pairs)
    loss = (F.cross_entropy(table, own) + F.cross_entropy(table.T, own)) / 2
    loss.backward()
    ours = last_of("clip-from-scratch", "train")
    assert math.isclose(ours["clip_loss"](table.detach().numpy()), loss.item(), rel_tol=1e-10)
    wanted = (image_weight.grad, text_weight.grad, scale.grad)
    for got, want in zip(ours["gradients"](*arrays, log_scale), wanted, strict=True):
        assert want is not None
        assert np.allclose(got, want.numpy(), rtol=1e-9, atol=1e-12)


def test_a_trained_clip_finds_its_pairs_and_names_classes_it_never_saw() -> None:
    import numpy as np

    random = np.random.default_rng(0)
    hidden = random.normal(size=(64, 4))
    images, texts = hidden @ random.normal(size=(4, 10)), hidden @ random.normal(size=(4, 8))
    weights = random.normal(size=(10, 6)) / 3, random.normal(size=(8, 6)) / 3
    ours = last_of("clip-from-scratch", "zero-shot")
    before = ours["zero_shot"](images, texts[:, None, :], *weights)
    image_weight, text_weight, log_scale, losses = ours["train"](images, texts, *weights, 1.0, 0.5, 300)
    after = ours["zero_shot"](images, texts[:, None, :], image_weight, text_weight)
    assert losses[-1] < losses[0] / 3
    assert log_scale > 1.0
    assert np.mean(before == np.arange(64)) < 0.3
    assert np.mean(after == np.arange(64)) > 0.9


def test_sampling_and_warping_are_those_of_grid_sample() -> None:
    import numpy as np
    import torch
    import torch.nn.functional as F

    random = np.random.default_rng(3)
    image, flow = random.random((9, 14, 3)), random.normal(size=(9, 14, 2)) * 4
    rows, columns = np.mgrid[0:9, 0:14]
    x, y = (2 * (columns + flow[..., 0]) + 1) / 14 - 1, (2 * (rows + flow[..., 1]) + 1) / 9 - 1
    grid = torch.from_numpy(np.stack([x, y], axis=-1))[None]
    source = torch.from_numpy(image).permute(2, 0, 1)[None]
    wanted = F.grid_sample(source, grid, padding_mode="border", align_corners=False)[0].permute(1, 2, 0).numpy()
    assert np.allclose(last_of("flow-warp-to-slow-motion", "slow-motion")["warp"](image, flow), wanted, atol=1e-12)


@pytest.mark.parametrize("step", [2, 4, 10])
def test_a_made_frame_is_far_nearer_to_the_true_one_than_simpler_ways(step: int) -> None:
    """A square over smooth ground, in decibels against the true middle frame."""
    import numpy as np

    random = np.random.default_rng(step)

    def smooth(height: int, width: int) -> Any:
        wide = random.random((height + 2, width + 2, 3))
        return sum(wide[i : i + height, j : j + width] for i in range(3) for j in range(3)) / 9

    ground, thing = smooth(40, 60), smooth(14, 14) + 0.3

    def frame(shift: int) -> Any:
        made = ground.copy()
        made[12:26, 10 + shift : 24 + shift] = thing
        return made

    forward, backward = np.zeros((40, 60, 2)), np.zeros((40, 60, 2))
    forward[12:26, 10:24, 0], backward[12:26, 10 + step : 24 + step, 0] = step, -step
    ours = last_of("flow-warp-to-slow-motion", "slow-motion")

    def decibels(made: Any) -> float:
        return float(-10 * np.log10(np.mean((made - frame(step // 2)) ** 2)))

    made = ours["slow_motion"](frame(0), frame(step), forward, backward, 2)[1]
    mixed = (forward - backward) / 4
    by_one_mixed_flow = (ours["warp"](frame(0), -mixed) + ours["warp"](frame(step), mixed)) / 2
    assert decibels(made) > decibels((frame(0) + frame(step)) / 2) + 5
    assert decibels(made) > decibels(by_one_mixed_flow) + 3


def test_a_flow_that_is_found_is_the_one_that_was_made() -> None:
    import numpy as np

    random = np.random.default_rng(6)
    wide = random.random((40, 50, 3))
    first, second = wide[8:-8, 8:-8], wide[6:-10, 11:-5]
    flow = last_of("flow-warp-to-slow-motion", "find-flow")["find_flow"](first, second, 4)
    assert (flow[6:-6, 6:-6] == (-3, 2)).all()


def test_the_parts_of_pacl_are_those_of_torch() -> None:
    import numpy as np
    import torch
    import torch.nn.functional as F

    random = np.random.default_rng(7)
    ours = last_of("pacl-head", "segment")
    patches = ours["unit"](random.normal(size=(4, 12, 6)))
    texts = random.normal(size=(4, 6)) * 3
    values, queries = torch.from_numpy(patches), F.normalize(torch.from_numpy(texts))
    pooled = F.scaled_dot_product_attention(queries.expand(4, 4, 6), values, values, scale=9.0)
    table = (pooled * queries).sum(-1)
    assert np.allclose(ours["compatibility"](patches, texts, 9.0), table.numpy(), atol=1e-12)
    own = torch.arange(4)
    loss = (F.cross_entropy(5 * table, own) + F.cross_entropy(5 * table.T, own)) / 2
    assert math.isclose(ours["pacl_loss"](patches, texts, 9.0, 5.0), loss.item(), rel_tol=1e-10)
    maps = (queries @ values[0].T).reshape(1, 4, 3, 4)
    wanted = F.interpolate(maps, size=(13, 17), mode="bilinear", align_corners=False)[0].argmax(0).numpy()
    assert (ours["segment"](patches[0], texts, (3, 4), (13, 17)) == wanted).all()
