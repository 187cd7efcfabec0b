"""Guides a drawing by CLIP: the numbers that describe a soft disc are changed until a sentence fits the picture.

Knows a differentiable drawing of one disc and the ascent on similarity. Pixels that are free one by one would become
noise that only CLIP reads as the sentence; a drawing with a dozen numbers has no room for that.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from lab import scenes
from lab.model import Clip


@dataclass(frozen=True)
class Drawn:
    """A picture (SIZE, SIZE, 3), its disc's colour (3,) in 0..1, and the similarity before and after."""

    pixels: torch.Tensor
    colour: torch.Tensor
    before: float
    after: float


def draw_disc(colour: torch.Tensor, centre: torch.Tensor, radius: torch.Tensor) -> torch.Tensor:
    """Return a disc with a soft rim on dark grey, (SIZE, SIZE, 3): differentiable in all of its numbers (pixels)."""
    rows, columns = torch.meshgrid(torch.arange(scenes.SIZE), torch.arange(scenes.SIZE), indexing="ij")
    distance = ((columns - centre[0]) ** 2 + (rows - centre[1]) ** 2 + 1e-6).sqrt()
    share = torch.sigmoid(radius - distance)[..., None]
    return share * colour + (1 - share) * 0.12


def guide(clip: Clip, sentence: str, steps: int = 60, rate: float = 0.15, seed: int = 0) -> Drawn:
    """Return what a grey disc in the middle becomes when it climbs towards the sentence (Adam on the similarity)."""
    generator = torch.Generator().manual_seed(seed)
    wanted = clip.texts([sentence])[0]
    tint = (0.1 * torch.randn(3, generator=generator)).requires_grad_()
    shift = torch.zeros(2, requires_grad=True)  # in units of 10 pixels
    growth = torch.zeros((), requires_grad=True)
    optimiser = torch.optim.Adam([tint, shift, growth], lr=rate)

    def picture() -> torch.Tensor:
        middle = (scenes.SIZE - 1) / 2
        return draw_disc(tint.sigmoid(), middle + 10 * shift.tanh(), 10 * (0.3 * growth.tanh() + 1))

    def similarity() -> torch.Tensor:
        return clip.images_with_gradient(picture()[None])[0] @ wanted

    before = similarity().item()
    for _ in range(steps):
        loss = -similarity()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return Drawn(picture().detach(), tint.sigmoid().detach(), before, similarity().item())


def nearest_colour(colour: torch.Tensor) -> str:
    """Return the name of the lab's colour that is nearest to (3,) in 0..1, judged without CLIP."""
    names = list(scenes.COLOURS)
    palette = torch.tensor([scenes.COLOURS[name] for name in names])
    return names[int(((palette - colour) ** 2).sum(dim=1).argmin())]
