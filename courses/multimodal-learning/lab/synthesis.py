"""Guides a drawing by CLIP: the numbers that describe a soft disc are changed until a sentence fits the picture.

Knows a differentiable drawing of one disc and the ascent on similarity. Pixels that are free one by one would become
noise that only CLIP reads as the sentence; a drawing with six numbers has no room for that.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from lab import scenes
from lab.model import Clip


@dataclass(frozen=True)
class Drawn:
    """What the best start became: a picture (SIZE, SIZE, 3), its disc's colour (3,) in 0..1, and all similarities.

    `before` and `after` (starts,) are the similarities of every start with the sentence.
    """

    pixels: torch.Tensor
    colour: torch.Tensor
    before: torch.Tensor
    after: torch.Tensor


def draw_discs(colours: torch.Tensor, centres: torch.Tensor, radii: torch.Tensor) -> torch.Tensor:
    """Return discs with a soft rim on dark grey, (N, SIZE, SIZE, 3), differentiable in all of their numbers.

    Args:
        colours: (N, 3) in 0..1.
        centres: (N, 2), x and y in pixels.
        radii: (N,) in pixels.
    """
    rows, columns = torch.meshgrid(torch.arange(scenes.SIZE), torch.arange(scenes.SIZE), indexing="ij")
    x, y = (centres[:, axis, None, None] for axis in (0, 1))
    distances = ((columns - x) ** 2 + (rows - y) ** 2 + 1e-6).sqrt()
    shares = torch.sigmoid(radii[:, None, None] - distances)[..., None]
    return shares * colours[:, None, None] + (1 - shares) * 0.12


def guide(clip: Clip, sentence: str, starts: int = 12, steps: int = 15, rate: float = 0.2, seed: int = 0) -> Drawn:
    """Return what discs of random colours become when each climbs towards the sentence by itself (Adam).

    Several starts, because the climb from one colour often ends on a colour near it that fits better than its
    neighbours and worse than the one that was asked for.
    """
    generator = torch.Generator().manual_seed(seed)
    wanted = clip.texts([sentence])[0]
    tints = (1.5 * torch.randn(starts, 3, generator=generator)).requires_grad_()
    shifts = torch.zeros(starts, 2, requires_grad=True)  # in units of 10 pixels
    growths = torch.zeros(starts, requires_grad=True)
    optimiser = torch.optim.Adam([tints, shifts, growths], lr=rate)

    def pictures() -> torch.Tensor:
        middle = (scenes.SIZE - 1) / 2
        return draw_discs(tints.sigmoid(), middle + 10 * shifts.tanh(), 10 * (0.3 * growths.tanh() + 1))

    def similarities() -> torch.Tensor:
        return clip.images_with_gradient(pictures()) @ wanted

    before = similarities().detach()
    for _ in range(steps):
        loss = -similarities().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    after = similarities().detach()
    best = int(after.argmax())
    return Drawn(pictures()[best].detach(), tints[best].sigmoid().detach(), before, after)


def nearest_colour(colour: torch.Tensor) -> str:
    """Return the name of the lab's colour that is nearest to (3,) in 0..1, judged without CLIP."""
    names = list(scenes.COLOURS)
    palette = torch.tensor([scenes.COLOURS[name] for name in names])
    return names[int(((palette - colour) ** 2).sum(dim=1).argmin())]
