"""Numbers printed in the lessons on using CLIP, batches, later models, splatting and pyramids, computed again."""

from __future__ import annotations

import math

import pytest

from tests.courses.material import text_of

PROBE = "07-using-clip/03-linear-probe-and-few-shot.md"
ENSEMBLE = "07-using-clip/04-model-ensembling.md"
DIFFERENCE = "07-using-clip/05-embedding-arithmetic.md"
BIAS = "07-using-clip/06-bias-and-fairness-probe.md"
BATCH = "05-contrastive-learning/03-in-batch-negatives-and-batch-size.md"
LATER = "08-beyond-clip/04-later-image-text-models.md"
SPLAT = "09-motion/05-forward-splatting-and-occlusion.md"
PYRAMID = "09-motion/06-iterative-lucas-kanade-and-pyramids.md"

CLAIMS = [
    (PROBE, "0.615", (0.96 - 0.80) / (0.66 - 0.40), 5e-4),
    (ENSEMBLE, "0.431", -math.log((0.9 + 0.4) / 2), 5e-4),
    (ENSEMBLE, "0.511", -math.log(0.9 * 0.4) / 2, 5e-4),
    (ENSEMBLE, "0.784", sum(math.comb(3, k) * 0.7**k * 0.3 ** (3 - k) for k in (2, 3)), 1e-9),
    (ENSEMBLE, "0.28$", 0.2 + (1 - 0.2) / 10, 1e-9),
    (DIFFERENCE, "1.131", math.hypot(0.8, 0.8), 5e-4),
    (DIFFERENCE, "0.866", math.cos(math.radians(30)), 5e-4),
    (BIAS, "0.145", math.sqrt(0.7 * 0.3 / 10), 5e-4),
    (BATCH, "0.225", 1 - math.exp(255 * math.log1p(-0.001)), 5e-4),
    (BATCH, "32.8", 32767 * 0.001, 0.05),
    (BATCH, "1{,}073{,}741{,}824", 2**30, 0),
    (LATER, "2{,}000{,}000", 10_000 * 200, 0),
    (SPLAT, "16.67", (20 + 10 / 2) / 1.5, 5e-3),
    (SPLAT, "23.33", (30 + 10 / 2) / 1.5, 5e-3),
    (SPLAT, "46$", (10 + 9 * 50) / (1 + 9), 1e-9),
    (PYRAMID, "1.5$", 12 / 2**3, 0),
    (PYRAMID, "-0.25", -2 / (4 + 2**2), 0),
]


@pytest.mark.parametrize(("lesson", "printed", "value", "tolerance"), CLAIMS)
def test_printed_number_is_right(lesson: str, printed: str, value: float, tolerance: float) -> None:
    assert printed in text_of(lesson), f"{lesson} no longer prints {printed}"
    assert abs(float(printed.replace("{,}", "").rstrip("$")) - value) <= tolerance
