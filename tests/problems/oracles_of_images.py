"""Independent answers to the problems about images, flow and segmentation, and random valid inputs for them.

Knows torch and scipy, and definitions written out; nothing here reads or runs a reference.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.problems.oracles_of_embeddings import Oracle, Random, doubles, rows, size


def grid_of(offset: Any) -> Any:
    """Positions moved by the offsets (x, y in pixels) as `grid_sample` counts them: -1 and 1 are the outer edges."""
    import torch

    height, width = offset.shape[:2]
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    moved = torch.stack([x, y], dim=-1) + doubles(offset)
    return ((2 * moved + 1) / torch.tensor([width, height]) - 1)[None]


def sampled(image: Any, offset: Any) -> Any:
    """The image at the pixels' places moved by the offsets, the border repeated: torch's `grid_sample`."""
    import torch.nn.functional as F

    source = doubles(image).permute(2, 0, 1)[None]
    found = F.grid_sample(source, grid_of(offset), mode="bilinear", padding_mode="border", align_corners=False)
    return found[0].permute(1, 2, 0)


def warp(image: Any, flow: Any) -> Any:
    return sampled(image, flow).numpy()


def between(first: Any, second: Any, flow: Any, t: float) -> Any:
    import torch

    there = torch.lerp(sampled(first, doubles(flow) * -t), sampled(second, doubles(flow) * (1 - t)), t)
    return there.numpy()


def splat(image: Any, flow: Any) -> Any:
    """Splatting is sampling turned round: torch's gradient of `grid_sample` by its source scatters what it is given."""
    import torch
    import torch.nn.functional as F

    colours = doubles(image).permute(2, 0, 1)
    given = torch.cat([colours, torch.ones_like(colours[:1])])[None]
    source = torch.zeros_like(given, requires_grad=True)
    read = F.grid_sample(source, grid_of(flow), mode="bilinear", padding_mode="zeros", align_corners=False)
    scattered = torch.autograd.grad(read, source, given)[0][0]
    weight = scattered[-1]
    kept = weight >= 0.01 - 1e-12
    result = torch.where(kept, scattered[:-1] / weight, 0.0)
    return result.permute(1, 2, 0).numpy(), torch.where(kept, weight, 0.0).numpy()


def drawn_picture(random: Random) -> tuple[Any, int, int]:
    height, width = size(random, most=15), size(random, most=15)
    return random.random((height, width, size(random, most=3)), dtype=np.float32), height, width


def drawn_warp(random: Random) -> list[Any]:
    image, height, width = drawn_picture(random)
    reach = random.choice([0.7, 3.0, 40.0])
    return [image, random.uniform(-reach, reach, (height, width, 2)).astype(np.float32)]


def drawn_between(random: Random) -> list[Any]:
    image, flow = drawn_warp(random)
    return [image, random.random(image.shape, dtype=np.float32), flow, float(random.choice([0.0, 0.3, 0.5, 1.0]))]


def drawn_splat(random: Random) -> list[Any]:
    image, flow = drawn_warp(random)
    if random.random() < 0.3:
        flow[:] = 15 / 16  # a corner of the frame receives a 256th
    return [image, np.rint(flow * 16) / np.float32(16)]  # weights are multiples of 1/256: none is 0.01


def lucas_kanade(first: Any, second: Any, x: int, y: int, radius: int) -> Any:
    """The equations of the window one by one, as rows of a system that numpy's `lstsq` solves by singular values."""
    f, s = first.astype(np.float64).tolist(), second.astype(np.float64).tolist()
    equations, wanted = [], []
    for row in range(y - radius, y + radius + 1):
        for column in range(x - radius, x + radius + 1):
            across = f[row][column + 1] / 2 - f[row][column - 1] / 2
            down = f[row + 1][column] / 2 - f[row - 1][column] / 2
            equations.append([across, down])
            wanted.append(f[row][column] - s[row][column])
    found, _, _, singular = np.linalg.lstsq(np.array(equations), np.array(wanted), rcond=None)
    return found if singular[-1] ** 2 >= 1e-6 else np.zeros(2)


def drawn_windows(random: Random) -> list[Any]:
    radius = size(random, most=4)
    height, width = (size(random, least=2 * radius + 3, most=20) for _ in range(2))
    first, second = (random.random((height, width)) for _ in range(2))
    if random.random() < 0.3:
        first[:] = first[0]  # stripes: the aperture problem
    contrast = random.choice([0.0, 0.01, 1.0])
    x, y = (int(random.integers(radius + 1, end - radius - 1)) for end in (width, height))
    return [(0.5 + (first - 0.5) * contrast).astype(np.float32), second.astype(np.float32), x, y, radius]


def mean_iou(predicted: Any, true: Any, classes: int, ignore: int) -> float:
    """One minus scipy's Jaccard distance of each class that is there."""
    distance = pytest.importorskip("scipy.spatial.distance")
    counted = [(p, t) for p, t in zip(predicted.ravel(), true.ravel(), strict=True) if t != ignore]
    there = {label for pair in counted for label in pair}
    scores = [1 - distance.jaccard([p == c for p, _ in counted], [t == c for _, t in counted]) for c in there]
    return float(sum(scores) / len(scores)) if scores else 0.0


def drawn_labels(random: Random) -> list[Any]:
    shape, classes, ignore = (size(random), size(random)), size(random, most=6), int(random.choice([-1, 255]))
    predicted, true = random.integers(0, classes, (2, *shape))
    true[random.random(shape) < random.choice([0.0, 0.3, 1.0])] = ignore
    return [predicted, true, classes + size(random, least=0, most=3), ignore]


def occluded(forward: Any, backward: Any) -> Any:
    """Pixel by pixel in fractions, so that nothing is rounded and a tie is a tie."""
    height, width = forward.shape[:2]
    answer = np.zeros((height, width), bool)
    back = [[[Fraction(float(part)) for part in pixel] for pixel in row] for row in backward]
    for row, column in np.ndindex(height, width):
        u, v = (Fraction(float(part)) for part in forward[row, column])
        x, y = column + u, row + v
        if not (0 <= x <= width - 1 and 0 <= y <= height - 1):
            answer[row, column] = True
            continue
        there = [Fraction(0), Fraction(0)]
        for near_y in {int(y), min(int(y) + 1, height - 1)}:
            for near_x in {int(x), min(int(x) + 1, width - 1)}:
                share = (1 - abs(x - near_x)) * (1 - abs(y - near_y))
                there = [sum_ + share * part for sum_, part in zip(there, back[near_y][near_x], strict=True)]
        missed = (u + there[0]) ** 2 + (v + there[1]) ** 2
        went = u**2 + v**2 + there[0] ** 2 + there[1] ** 2
        answer[row, column] = missed > went / 100 + Fraction(1, 2)
    return answer


def drawn_flows(random: Random) -> list[Any]:
    shape = (size(random), size(random), 2)
    forward = rows(random, *shape, scale=float(random.choice([0.5, 3.0])))
    backward = -forward + rows(random, *shape, scale=0.5)
    return [np.rint(forward * 4) / np.float32(4), np.rint(backward * 4) / np.float32(4)]


def patches(image: Any, size: int) -> Any:
    """Torch's `unfold`, which puts the channel first within a patch: the channel is moved last."""
    import torch
    import torch.nn.functional as F

    found = F.unfold(torch.from_numpy(image).permute(2, 0, 1)[None], size, stride=size)[0].T
    return found.reshape(len(found), image.shape[2], -1).transpose(1, 2).reshape(len(found), -1).numpy()


def drawn_cuts(random: Random) -> list[Any]:
    image, height, width = drawn_picture(random)
    return [image, size(random, most=min(height, width))]


def convolve(image: Any, kernels: Any, stride: int, padding: int) -> Any:
    import torch.nn.functional as F

    return F.conv2d(doubles(image)[None], doubles(kernels), stride=stride, padding=padding)[0].numpy()


def drawn_layers(random: Random) -> list[Any]:
    channels, padding = size(random, most=4), size(random, least=0, most=3)
    height, width = size(random), size(random)
    high, wide = (size(random, most=min(5, side + 2 * padding)) for side in (height, width))
    kernels = rows(random, size(random, most=4), channels, high, wide)
    return [rows(random, channels, height, width), kernels, size(random, most=4), padding]


ORACLES = {
    "bilinear-flow-warp": Oracle(warp, drawn_warp),
    "convolution-as-matrix-product": Oracle(convolve, drawn_layers),
    "forward-splat": Oracle(splat, drawn_splat),
    "frame-interpolation": Oracle(between, drawn_between),
    "lucas-kanade-step": Oracle(lucas_kanade, drawn_windows),
    "mean-iou": Oracle(mean_iou, drawn_labels),
    "occlusion-mask": Oracle(occluded, drawn_flows),
    "patch-extraction": Oracle(patches, drawn_cuts),
}
