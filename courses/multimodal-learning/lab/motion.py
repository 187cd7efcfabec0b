"""A moving scene with known flow, backward warping and frame interpolation: what warping is worth, in decibels.

Conventions of the course: flow (2, H, W), channel 0 horizontal (positive to the right), channel 1 vertical (downwards);
backward warping is `out(x, y) = source(x + u, y + v)`. Frames are (3, H, W) float32 in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

SIDE = 64
"""Height and width of a frame in pixels."""


@dataclass(frozen=True)
class Moving:
    """Three frames at the times 0, 1/2 and 1, with the true flows and what each end does not see of the middle."""

    first: torch.Tensor
    middle: torch.Tensor
    last: torch.Tensor
    to_first: torch.Tensor  # flow (2, H, W) at each pixel of the middle: where that point lies in the first frame
    to_last: torch.Tensor
    hidden_first: torch.Tensor  # (H, W) bool: pixels of the middle that are covered or outside in the first frame
    hidden_last: torch.Tensor


def moving_scene(seed: int, speed: float = 10.0) -> Moving:
    """Return a disc that moves over a background that moves otherwise, both with a smooth random texture.

    Args:
        seed: settles textures and directions.
        speed: pixels that the disc travels from the first frame to the last.
    """
    generator = torch.Generator().manual_seed(seed)
    textures = [_texture(generator) for _ in range(2)]
    angle = float(torch.rand((), generator=generator)) * 2 * torch.pi
    direction = torch.tensor([torch.cos(torch.tensor(angle)), torch.sin(torch.tensor(angle))])
    disc, ground = speed * direction, -0.3 * speed * direction
    frames = {time: _frame(textures, disc, ground, time) for time in (0.0, 0.5, 1.0)}
    inside = _inside(disc, 0.5)
    flows = {
        t: torch.where(inside, (t - 0.5) * disc[:, None, None], (t - 0.5) * ground[:, None, None]) for t in (0.0, 1.0)
    }
    hidden = {t: _hidden(inside, disc, flows[t], t) for t in (0.0, 1.0)}
    return Moving(frames[0.0], frames[0.5], frames[1.0], flows[0.0], flows[1.0], hidden[0.0], hidden[1.0])


def _pixels() -> tuple[torch.Tensor, torch.Tensor]:
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    return columns.float(), rows.float()


def _texture(generator: torch.Generator) -> torch.Tensor:
    """Return waves as (3, waves, 4): two frequencies, a phase and a strength each, so that it is known everywhere."""
    frequencies = (torch.rand(3, 8, 2, generator=generator) - 0.5) * 1.6
    phases = torch.rand(3, 8, 1, generator=generator) * 2 * torch.pi
    return torch.cat([frequencies, phases, torch.full((3, 8, 1), 0.5 / 8**0.5)], dim=-1)


def _shade(texture: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    fx, fy, phase, strength = (texture[..., n, None, None] for n in range(4))
    return (0.5 + (strength * torch.sin(fx * x + fy * y + phase)).sum(dim=1)).clamp(0, 1)


def _centre(disc: torch.Tensor, time: float) -> torch.Tensor:
    return torch.tensor([SIDE / 2, SIDE / 2]) + (time - 0.5) * disc


def _inside(disc: torch.Tensor, time: float) -> torch.Tensor:
    (x, y), centre = _pixels(), _centre(disc, time)
    return (x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= (SIDE / 4) ** 2


def _frame(textures: list[torch.Tensor], disc: torch.Tensor, ground: torch.Tensor, time: float) -> torch.Tensor:
    x, y = _pixels()
    behind = _shade(textures[0], x - time * ground[0], y - time * ground[1])
    front = _shade(textures[1], x - time * disc[0], y - time * disc[1])
    return torch.where(_inside(disc, time), front, behind)


def _hidden(inside: torch.Tensor, disc: torch.Tensor, flow: torch.Tensor, time: float) -> torch.Tensor:
    """Return where the middle frame shows what the frame at that time does not: covered by the disc, or outside."""
    x, y = _pixels()
    x, y, centre = x + flow[0], y + flow[1], _centre(disc, time)
    covered = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= (SIDE / 4) ** 2) & ~inside
    return covered | (x < 0) | (y < 0) | (x > SIDE - 1) | (y > SIDE - 1)


def backward_warp(source: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """Return `source` (C, H, W) sampled bilinearly at x + u, y + v; outside, the nearest pixel of the rim counts.

    Raises:
        ValueError: the flow is not (2, H, W) or not finite.
    """
    _, height, width = source.shape
    if flow.shape != (2, height, width) or not torch.isfinite(flow).all():
        raise ValueError(f"the flow has to be finite and (2, {height}, {width}); it is {tuple(flow.shape)}")
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    x = (columns.to(flow) + flow[0]).clamp(0, width - 1)
    y = (rows.to(flow) + flow[1]).clamp(0, height - 1)
    left, top = x.floor().long(), y.floor().long()
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    share_x, share_y = x - left, y - top
    above = source[:, top, left] * (1 - share_x) + source[:, top, right] * share_x
    below = source[:, bottom, left] * (1 - share_x) + source[:, bottom, right] * share_x
    return above * (1 - share_y) + below * share_y


def interpolate(scene: Moving, masked: bool = True) -> torch.Tensor:
    """Return the middle frame from both ends, each warped by its flow, and averaged.

    With `masked`, a pixel that one end does not see is taken from the other end alone.
    """
    from_first = backward_warp(scene.first, scene.to_first)
    from_last = backward_warp(scene.last, scene.to_last)
    if not masked:
        return (from_first + from_last) / 2
    weight_first = torch.where(scene.hidden_first & ~scene.hidden_last, 0.0, 1.0)
    weight_last = torch.where(scene.hidden_last & ~scene.hidden_first, 0.0, 1.0)
    return (weight_first * from_first + weight_last * from_last) / (weight_first + weight_last)


def psnr(found: torch.Tensor, truth: torch.Tensor) -> float:
    """Return the peak signal-to-noise ratio in dB for values in 0..1: -10 log10 of the mean squared error."""
    return float(-10 * torch.log10(((found - truth) ** 2).mean()))
