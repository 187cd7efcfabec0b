"""The lab's moving scene: warping agrees with torch, flows with the frames, and each part is worth its decibels."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from lab import motion


def by_grid_sample(source: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    _, height, width = source.shape
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    x = 2 * (columns + flow[0]) / (width - 1) - 1
    y = 2 * (rows + flow[1]) / (height - 1) - 1
    grid = torch.stack([x, y], dim=-1)[None]
    return F.grid_sample(source[None], grid, padding_mode="border", align_corners=True)[0]


def test_backward_warping_agrees_with_grid_sample_inside_and_outside() -> None:
    generator = torch.Generator().manual_seed(0)
    source = torch.rand(3, 37, 53, generator=generator)
    flow = 12 * torch.rand(2, 37, 53, generator=generator) - 6
    assert torch.allclose(motion.backward_warp(source, flow), by_grid_sample(source, flow), atol=1e-5)


def test_backward_warping_has_the_gradient_of_grid_sample() -> None:
    generator = torch.Generator().manual_seed(1)
    source = torch.rand(2, 9, 11, generator=generator, dtype=torch.float64)
    first = (3 * torch.rand(2, 9, 11, generator=generator, dtype=torch.float64)).requires_grad_()
    second = first.detach().clone().requires_grad_()
    motion.backward_warp(source, first).square().sum().backward()
    by_grid_sample(source, second).square().sum().backward()
    assert first.grad is not None
    assert second.grad is not None
    inside = (first[0] + torch.arange(11) < 10) & (first[1] + torch.arange(9)[:, None] < 8)
    assert torch.allclose(first.grad[:, inside], second.grad[:, inside], atol=1e-9)
    assert first.grad[:, inside].abs().max() > 0.1


@pytest.mark.parametrize("flow", [torch.zeros(2, 4, 5), torch.full((2, 4, 4), torch.nan)], ids=["shape", "nan"])
def test_an_unusable_flow_is_refused(flow: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="finite and"):
        motion.backward_warp(torch.zeros(3, 4, 4), flow)


@pytest.mark.parametrize("seed", range(4))
def test_each_end_warped_by_its_flow_is_the_middle_wherever_it_is_visible(seed: int) -> None:
    scene = motion.moving_scene(seed)
    for end, flow, hidden in (
        (scene.first, scene.to_first, scene.hidden_first),
        (scene.last, scene.to_last, scene.hidden_last),
    ):
        off = (motion.backward_warp(end, flow) - scene.middle).abs().amax(dim=0)
        assert off[~hidden].median() < 0.05
        assert off[hidden].mean() > 5 * off[~hidden].mean()


@pytest.mark.parametrize("seed", range(4))
def test_warping_beats_averaging_and_the_occlusion_mask_beats_plain_warping(seed: int) -> None:
    scene = motion.moving_scene(seed)
    averaged = motion.psnr((scene.first + scene.last) / 2, scene.middle)
    warped = motion.psnr(motion.interpolate(scene, masked=False), scene.middle)
    masked = motion.psnr(motion.interpolate(scene), scene.middle)
    assert warped > averaged + 5
    assert masked > warped + 4


def test_the_signal_to_noise_ratio_of_an_even_error_is_its_formula() -> None:
    assert motion.psnr(torch.full((3, 4, 4), 0.6), torch.full((3, 4, 4), 0.5)) == pytest.approx(20.0, abs=1e-4)


def test_a_scene_follows_from_its_seed() -> None:
    assert torch.equal(motion.moving_scene(3).middle, motion.moving_scene(3).middle)
    assert not torch.equal(motion.moving_scene(3).middle, motion.moving_scene(4).middle)
