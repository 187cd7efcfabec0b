"""PACL on the lab's CLIP: a head that makes patches comparable with sentences, and what it finds in a picture.

Patch aligned contrastive learning (Mukhoti and others, 2022, arXiv:2212.04994): CLIP stays frozen, a small residual
head on its patch tokens is trained with captions alone. Knows the head, the compatibility and the segmentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from lab import scenes, weights
from lab.model import EMBED, GRID, LAYERS, WIDTH, Clip, Pictures

SHARPNESS = 2.5
"""What similarities are multiplied with in the softmax over patches. Larger values let one patch speak for all, and the
rest of a thing is then never asked to fit its name."""


class Head(nn.Module):
    """The vision embedder: a linear map plus a two-layer one, from patch tokens to the space of sentences."""

    def __init__(self) -> None:
        super().__init__()
        inputs = LAYERS * WIDTH
        self.straight = nn.Linear(inputs, EMBED)
        self.bent = nn.Sequential(nn.Linear(inputs, WIDTH), nn.ReLU(), nn.Linear(WIDTH, EMBED))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return unit vectors (N, patches, EMBED) of the tokens (N, patches, LAYERS * WIDTH)."""
        return F.normalize(self.straight(tokens) + self.bent(tokens), dim=-1)


def load(device: str = "cpu", folder: Path = weights.FOLDER) -> Head:
    """Return the trained head; `weights.WeightsUnusable` where its file is not the one that was committed."""
    head = Head()
    head.load_state_dict(weights.read("pacl", weights.shapes_of(head), folder))
    return head.eval().to(device)


def compatibility(patches: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    """Return how well each text fits each picture, (N, M).

    With s = patch . text and a = softmax over the patches of SHARPNESS * s, it is the sum of a * s: the text attends
    to the patches that fit it (equations 2 and 3 of the paper).

    Args:
        patches: unit vectors, (N, patches, d).
        texts: unit vectors, (M, d).
    """
    similarities = torch.einsum("npd,md->nmp", patches, texts)
    return ((SHARPNESS * similarities).softmax(dim=-1) * similarities).sum(dim=-1)


@torch.no_grad()
def plain_patches(clip: Clip, pictures: Pictures) -> torch.Tensor:
    """Return the patch tokens through CLIP's own projection, the one it applies to the class token: the baseline."""
    return F.normalize(clip.patches(pictures) @ clip.network.visual.proj, dim=-1)


@torch.no_grad()
def aligned_patches(clip: Clip, head: Head, pictures: Pictures) -> torch.Tensor:
    """Return the patches through PACL's head, (N, GRID * GRID, EMBED)."""
    vectors: torch.Tensor = head(clip.patches_of_all_layers(pictures))
    return vectors


def segment(patches: torch.Tensor, texts: torch.Tensor) -> NDArray[np.int64]:
    """Return for each pixel of one picture the text that fits best, (SIZE, SIZE).

    The similarities of the patches (GRID * GRID, d) with the texts (M, d) are enlarged by bilinear interpolation first.
    """
    maps = (patches @ texts.T).T.reshape(1, len(texts), GRID, GRID)
    large = F.interpolate(maps, size=(scenes.SIZE, scenes.SIZE), mode="bilinear", align_corners=False)
    return large[0].argmax(dim=0).cpu().numpy()


def mean_iou(found: NDArray[np.int64], truth: NDArray[np.int64], classes: int) -> float:
    """Return the mean over the classes of intersection over union; a class in neither is left out."""
    parts = [((found == c) & (truth == c)).sum() / ((found == c) | (truth == c)).sum()
             for c in range(classes) if ((found == c) | (truth == c)).any()]  # fmt: skip
    return float(np.mean(parts))


def names_in(scene: scenes.Scene) -> list[str]:
    """Return the sentences for the labels of a picture: its background first, then its things."""
    return [f"a {scene.background} background", *(scenes.phrase(thing) for thing in scene.things)]


def ious(clip: Clip, patches: torch.Tensor, pictures: Sequence[scenes.Picture]) -> NDArray[np.float64]:
    """Return the mean IoU of each picture, segmented with the names of what is in it."""
    names = [names_in(picture.scene) for picture in pictures]
    texts = clip.texts([name for some in names for name in some]).split([len(some) for some in names])
    each = zip(patches, texts, pictures, strict=True)
    return np.array([mean_iou(segment(own, said), of.labels, len(said)) for own, said, of in each])
