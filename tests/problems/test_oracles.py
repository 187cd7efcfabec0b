"""Bundled references agree with independent implementations: torch's grid_sample and open_clip's ClipLoss.

That every reference passes and every named fault fails is held for all problems by test_faults.py beside this file.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import pytest

from tutor import problems

SLOW = pytest.mark.slow  # they import torch


def reference(name: str) -> Callable[..., Any]:
    """The reference of a bundled problem, which is ours and may be run here."""
    problem = problems.find(name)
    space: dict[str, Any] = {}
    exec(problem.reference, space)
    found: Callable[..., Any] = space[problem.function]
    return found


@SLOW
@pytest.mark.parametrize(("height", "width", "reach"), [(37, 53, 3.0), (5, 9, 40.0), (1, 12, 2.0), (12, 1, 2.0)])
def test_warping_is_grid_sample_with_a_repeated_border(height: int, width: int, reach: float) -> None:
    import numpy as np
    import torch
    import torch.nn.functional as F

    random = np.random.default_rng(height * width)
    image = random.random((height, width, 3), dtype=np.float32)
    flow = random.uniform(-reach, reach, (height, width, 2)).astype(np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    x = (2 * (columns + flow[..., 0]) + 1) / width - 1
    y = (2 * (rows + flow[..., 1]) + 1) / height - 1
    grid = torch.from_numpy(np.stack([x, y], axis=-1))[None]
    source = torch.from_numpy(image).double().permute(2, 0, 1)[None]
    oracle = F.grid_sample(source, grid, mode="bilinear", padding_mode="border", align_corners=False)
    ours = reference("bilinear-flow-warp")(image, flow)
    assert ours.dtype == np.float32
    assert np.abs(ours - oracle[0].permute(1, 2, 0).numpy()).max() < 1e-6


@SLOW
@pytest.mark.parametrize(("pairs", "width", "temperature"), [(12, 8, 0.07), (33, 5, 0.5), (2, 3, 2.0), (1, 4, 0.1)])
def test_both_directions_of_infonce_average_to_the_clip_loss(pairs: int, width: int, temperature: float) -> None:
    import torch
    import torch.nn.functional as F

    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()
    oracle = pytest.importorskip("open_clip.loss").ClipLoss()
    info_nce = reference("info-nce")
    a, b = torch.randn(2, pairs, width, generator=torch.Generator().manual_seed(pairs)).unbind(0)
    ours = (info_nce(a, b, temperature) + info_nce(b, a, temperature)) / 2
    theirs = oracle(F.normalize(a, dim=1), F.normalize(b, dim=1), 1 / temperature)
    assert torch.allclose(ours, theirs, atol=1e-5)


@SLOW
def test_infonce_against_its_printed_formula() -> None:
    import torch

    a, b = torch.randn(2, 5, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64).unbind(0)

    def cosine(i: int, j: int) -> float:
        dot = math.fsum(x * y for x, y in zip(a[i].tolist(), b[j].tolist(), strict=True))
        return dot / math.hypot(*a[i].tolist()) / math.hypot(*b[j].tolist())

    losses = []
    for i in range(5):
        parts = [math.exp(cosine(i, j) / 0.2) for j in range(5)]
        losses.append(-math.log(parts[i] / math.fsum(parts)))
    assert math.isclose(float(reference("info-nce")(a, b, 0.2)), math.fsum(losses) / 5, rel_tol=1e-12)


@pytest.mark.parametrize("name", problems.names())
def test_a_problem_says_what_it_fixes_and_its_faults_are_python(name: str) -> None:
    problem = problems.find(name)
    assert "shape" in problem.statement
    assert "float32" in problem.statement
    assert "olerance" in problem.statement or problem.rules.atol <= 1e-4
    assert f"`{problem.function}(" in problem.statement
    assert len(problem.hints) == 3
    assert len({mutant.name for mutant in problem.mutants}) == len(problem.mutants) >= 8
    for mutant in problem.mutants:
        ast.parse(mutant.of(problem.reference))
