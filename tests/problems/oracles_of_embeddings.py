"""Independent answers to the problems about vectors, losses and attention, and random valid inputs for them.

Knows torch, scipy and open_clip, and definitions written out; nothing here reads or runs a reference.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Oracle:
    """An independent answer, and how arguments for it are drawn."""

    answer: Callable[..., Any]
    draw: Callable[[Random], list[Any]]


def rows(random: Random, *shape: int, scale: float = 1.0) -> Any:
    """Normally distributed float32 numbers of this shape."""
    return (random.standard_normal(shape) * scale).astype(np.float32)


def size(random: Random, least: int = 1, most: int = 12) -> int:
    """A whole number from `least` to `most`, both among them."""
    return int(random.integers(least, most + 1))


def doubles(value: Any) -> Any:
    """An array or tensor as a float64 tensor of its own."""
    import torch

    return torch.as_tensor(value).double().clone()


def units(value: Any) -> Any:
    """The last axis scaled to length one, in float64."""
    import torch.nn.functional as F

    return F.normalize(doubles(value), dim=-1)


def attention(queries: Any, keys: Any, values: Any, mask: Any) -> Any:
    import torch
    import torch.nn.functional as F

    q, k, v = (doubles(part)[None, None] for part in (queries, keys, values))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=torch.from_numpy(mask)[None, None])[0, 0].numpy()


def drawn_attention(random: Random) -> list[Any]:
    asking, keys, width = size(random), size(random), size(random, most=40)
    mask = random.random((asking, keys)) < random.choice([0.2, 0.7, 1.0])
    scale = float(random.choice([1.0, 30.0, 500.0]))
    return [rows(random, asking, width, scale=scale), rows(random, keys, width), rows(random, keys, 5), mask]


def clip_loss(image: Any, text: Any, scale: float) -> Any:
    """The mean is open_clip's; each direction is the mean of minus a log-softmax read at the pair."""
    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()
    both = pytest.importorskip("open_clip.loss").ClipLoss()(units(image), units(text), scale)
    table = scale * units(image) @ units(text).T
    each = [-table.log_softmax(dim).diagonal().mean() for dim in (1, 0)]
    return each[0].numpy(), each[1].numpy(), both.numpy()


def drawn_tensors(random: Random) -> list[Any]:
    import torch

    pairs, width = size(random), size(random, least=2)
    return [torch.from_numpy(rows(random, pairs, width, scale=s)) for s in (3.0, random.choice([0.1, 3.0]))]


def info_nce(queries: Any, keys: Any, temperature: float) -> Any:
    """The printed formula, pair by pair: minus ln of exp(own) over the sum of exp(every), in exact sums."""
    a, b = units(queries).tolist(), units(keys).tolist()
    losses = []
    for i, query in enumerate(a):
        scores = [_dot(query, key) / temperature for key in b]
        highest = max(scores)
        losses.append(highest + math.log(math.fsum(math.exp(s - highest) for s in scores)) - scores[i])
    return np.array(math.fsum(losses) / len(losses))


def _dot(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def cosine_matrix(a: Any, b: Any) -> Any:
    import torch.nn.functional as F

    return F.cosine_similarity(doubles(a)[:, None], doubles(b)[None], dim=2, eps=1e-300).numpy()


def drawn_cosines(random: Random) -> list[Any]:
    width = size(random)
    scale = float(random.choice([1e-3, 1.0, 1e25]))
    pair = [rows(random, size(random), width, scale=scale) for _ in range(2)]
    pair[0][random.random(len(pair[0])) < 0.2] = 0
    return pair


def edit_ranking(before: Any, after: Any, query: Any, gallery: Any, strength: float) -> Any:
    """Similarities are one minus scipy's cosine distance; places are taken by (less similar, later)."""
    distance = pytest.importorskip("scipy.spatial.distance")
    target = units(query) + strength * (units(after) - units(before))
    similar = [1 - distance.cosine(target.numpy(), row) for row in doubles(gallery).numpy()]
    order = sorted(range(len(similar)), key=lambda place: (-similar[place], place))
    return np.array(order), np.array(similar)


def drawn_edits(random: Random) -> list[Any]:
    width = size(random, least=2)
    singles = [rows(random, width, scale=float(s)) for s in random.choice([0.1, 1.0, 20.0], 3)]
    gallery = rows(random, size(random, most=30), width) * random.uniform(0.1, 9)
    twice = gallery[random.integers(0, len(gallery), 2 * len(gallery))]  # equal rows, to be ranked as they stand
    return [*singles, twice.astype(np.float32), float(random.choice([-1.5, 0.0, 0.5, 1.0, 2.0]))]


def kl_divergence(p: Any, q: Any) -> Any:
    special = pytest.importorskip("scipy.special")
    return special.rel_entr(p.astype(np.float64), q.astype(np.float64)).sum(axis=1)


def drawn_distributions(random: Random) -> list[Any]:
    shape, zeros = (size(random), size(random)), random.choice([0.0, 0.3])
    drawn = []
    for holes in (zeros, zeros * random.integers(0, 2)):
        powers = random.random(shape) ** random.choice([1, 6])
        powers[random.random(shape) < holes] = 0
        powers[:, 0] += 0.1
        drawn.append((powers / powers.sum(axis=1, keepdims=True)).astype(np.float32))
    return drawn


def smoothed_cross_entropy(logits: Any, labels: Any, smoothing: float) -> float:
    import torch
    import torch.nn.functional as F

    return float(F.cross_entropy(doubles(logits), torch.from_numpy(labels), label_smoothing=smoothing))


def drawn_labels(random: Random) -> list[Any]:
    count, classes = size(random), size(random)
    logits = rows(random, count, classes, scale=float(random.choice([1.0, 50.0, 1e4])))
    return [logits, random.integers(0, classes, count), float(random.choice([0.0, 0.1, 0.5, 1.0]))]


def layer_norm(x: Any, gain: Any, bias: Any, epsilon: float) -> Any:
    import torch.nn.functional as F

    return F.layer_norm(doubles(x), gain.shape, doubles(gain), doubles(bias), epsilon).numpy()


def drawn_tokens(random: Random) -> list[Any]:
    width = size(random)
    x = rows(random, size(random, most=4), size(random), width, scale=float(random.choice([0.01, 1.0, 100.0])))
    x += np.float32(random.choice([0.0, 1000.0]))
    return [x, rows(random, width), rows(random, width), float(random.choice([1e-6, 1e-5, 0.5]))]


def linear_probe(features: Any, labels: Any, classes: int, ridge: float) -> Any:
    """Ordinary least squares on more rows: each weight, sqrt(ridge) times, is also asked to be zero; no bias is."""
    count, width = features.shape
    inputs = np.ones((count, width + 1))
    inputs[:, :width] = features
    wished = np.zeros((width, width + 1))
    wished[:, :width] = math.sqrt(ridge) * np.identity(width)
    targets = np.zeros((count + width, classes))
    for row, label in enumerate(labels):
        targets[row, label] = 1
    found = np.linalg.lstsq(np.concatenate([inputs, wished]), targets, rcond=None)[0]
    return found[:width], found[width]


def drawn_probes(random: Random) -> list[Any]:
    count, classes = size(random, least=2, most=40), size(random, most=5)
    features = rows(random, count, size(random)) + np.float32(random.choice([0.0, 4.0]))
    return [features, random.integers(0, classes, count), classes, float(random.choice([0.01, 1.0, 1e3]))]


def compatibility(patches: Any, text: Any, scale: float) -> Any:
    """The image's embedding is torch's attention of the text over the patches, which are keys and values at once."""
    import torch.nn.functional as F

    flat, word = units(patches).flatten(0, 1), units(text)
    similar = F.cosine_similarity(doubles(patches), doubles(text)[None, None], dim=2)
    pooled = F.scaled_dot_product_attention(word[None, None, None], flat[None, None], flat[None, None], scale=scale)
    return similar.numpy(), float(F.cosine_similarity(pooled[0, 0, 0], word, dim=0))


def drawn_patches(random: Random) -> list[Any]:
    width = size(random, least=2)
    patches = rows(random, size(random), size(random), width) * np.float32(random.uniform(0.1, 9))
    return [patches, rows(random, width, scale=4.0), float(random.choice([0.0, 3.0, 50.0, 1000.0]))]


def class_weights(prompts: Any) -> Any:
    return units(units(prompts).mean(dim=1)).numpy()


def drawn_prompts(random: Random) -> list[Any]:
    prompts = rows(random, size(random, least=2), size(random), size(random), scale=7.0)
    if prompts.shape[1] == 2:
        prompts[0, 1] = -prompts[0, 0]  # an average of exactly zero
    return [prompts]


def recall_at_k(similarity: Any, k: int) -> tuple[float, float]:
    """Every search written out: partners in falling order, the right one last of those that equal it."""
    found = []
    for table in (similarity.tolist(), similarity.T.tolist()):
        hits = 0
        for own, scores in enumerate(table):
            listed = sorted(range(len(scores)), key=lambda j: (-scores[j], j == own))
            hits += listed.index(own) < k
        found.append(hits / len(table))
    return found[0], found[1]


def drawn_searches(random: Random) -> list[Any]:
    count = size(random, most=20)
    table = rows(random, count, count) + random.uniform(0, 3) * np.eye(count)
    return [np.rint(table * random.choice([1, 1000])).astype(np.float32), size(random, most=6)]


def siglip_loss(image: Any, text: Any, scale: float, bias: float) -> float:
    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()
    return float(pytest.importorskip("open_clip.loss").SigLipLoss()(units(image), units(text), scale, bias))


def drawn_pairs(random: Random) -> list[Any]:
    pairs, width = size(random), size(random, least=2)
    both = [rows(random, pairs, width, scale=float(random.choice([0.02, 1.0, 50.0]))) for _ in range(2)]
    return [*both, float(random.choice([0.0, 10.0, 1000.0])), float(random.choice([-1000.0, -10.0, 0.0, 3.0]))]


def positions(length: int, width: int) -> Any:
    """Each pair of columns is a hand that starts upright and is turned on by one angle a position."""
    result = np.empty((length, width))
    for pair in range(width // 2):
        turn = cmath.exp(1j / math.pow(10000, 2 * pair / width))
        hand = 1 + 0j
        for place in range(length):
            result[place, 2 * pair], result[place, 2 * pair + 1] = hand.imag, hand.real
            hand *= turn
    return result


def softmax(x: Any, axis: int) -> Any:
    """Torch's, where anything is left to share; it answers NaN where all is masked, which is to be zeros."""
    return doubles(x).softmax(axis).nan_to_num(nan=0.0).numpy()


def drawn_logits(random: Random) -> list[Any]:
    shape = [size(random, most=5) for _ in range(size(random, most=4))]
    x = rows(random, *shape, scale=float(random.choice([1.0, 100.0, 1e5])))
    x[random.random(shape) < random.choice([0.0, 0.5])] = -np.inf
    return [x, int(random.integers(-len(shape), len(shape)))]


def temperature_gradient(similarity: Any, temperature: float) -> float:
    """Torch's own derivative of the cross-entropy."""
    import torch
    import torch.nn.functional as F

    warm = torch.tensor(temperature, dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(doubles(similarity) / warm, torch.arange(len(similarity)))
    return float(torch.autograd.grad(loss, warm)[0])


def drawn_tables(random: Random) -> list[Any]:
    count = size(random)
    table = np.clip(random.uniform(-1, 1, (count, count)) + random.uniform(-1, 1) * np.eye(count), -1, 1)
    return [table.astype(np.float32), float(random.choice([0.0005, 0.07, 0.5, 5.0]))]


def classify(images: Any, prompts: Any, scale: float) -> Any:
    import torch.nn.functional as F

    cosines = F.cosine_similarity(doubles(images)[:, None], doubles(prompts)[None], dim=2)
    shares = (scale * cosines).softmax(dim=1)
    return np.array([max(range(len(row)), key=row.__getitem__) for row in cosines.tolist()]), shares.numpy()


def drawn_classes(random: Random) -> list[Any]:
    width = size(random, least=2)
    both = [rows(random, size(random), width, scale=float(random.choice([0.1, 1.0, 30.0]))) for _ in range(2)]
    return [*both, float(random.choice([0.3, 10.0, 1000.0]))]


ORACLES = {
    "attention": Oracle(attention, drawn_attention),
    "clip-loss": Oracle(clip_loss, lambda r: [*drawn_tensors(r), float(r.choice([0.5, 1 / 0.07, 100.0]))]),
    "cosine-similarity-matrix": Oracle(cosine_matrix, drawn_cosines),
    "embedding-difference": Oracle(edit_ranking, drawn_edits),
    "info-nce": Oracle(info_nce, lambda r: [*drawn_tensors(r), float(r.choice([0.005, 0.07, 2.0]))]),
    "kl-divergence": Oracle(kl_divergence, drawn_distributions),
    "label-smoothing": Oracle(smoothed_cross_entropy, drawn_labels),
    "layer-norm": Oracle(layer_norm, drawn_tokens),
    "linear-probe": Oracle(linear_probe, drawn_probes),
    "patch-compatibility": Oracle(compatibility, drawn_patches),
    "prompt-ensemble": Oracle(class_weights, drawn_prompts),
    "recall-at-k": Oracle(recall_at_k, drawn_searches),
    "siglip-loss": Oracle(siglip_loss, drawn_pairs),
    "sinusoidal-positions": Oracle(positions, lambda r: [size(r, most=60), 2 * size(r, most=20)]),
    "stable-softmax": Oracle(softmax, drawn_logits),
    "temperature-gradient": Oracle(temperature_gradient, drawn_tables),
    "zero-shot-classifier": Oracle(classify, drawn_classes),
}
