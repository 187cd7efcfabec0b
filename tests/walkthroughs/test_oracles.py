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
