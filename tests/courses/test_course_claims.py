"""Numbers and statements of the bundled course, recomputed here from definitions that the lessons do not share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.courses.material import text_of, with_ending

ZERO_SHOT = "07-using-clip/01-zero-shot-classification-and-prompts.md"
CLIP = "06-clip/01-clip.md"
LOSS = "06-clip/02-clip-training-and-symmetric-loss.md"
INFONCE = "05-contrastive-learning/01-contrastive-learning-and-infonce.md"
WARPING = "09-motion/03-backward-warping.md"
SIGLIP = "08-beyond-clip/02-siglip-and-the-sigmoid-loss.md"
UNIFORMITY = "05-contrastive-learning/02-alignment-uniformity-and-collapse.md"
VIT = "04-vision/03-vision-transformers.md"
SOFTMAX = "01-foundations/03-probability-and-softmax.md"
BOUND = "01-foundations/05-jensens-inequality-and-the-variational-lower-bound.md"
DESCENT = "01-foundations/06-gradient-descent.md"
ATTENTION = "03-language/02-attention.md"
TRANSFORMER = "03-language/03-transformers.md"
CONVOLUTION = "04-vision/01-images-and-convolution.md"
PACL = "08-beyond-clip/01-open-vocabulary-segmentation-with-pacl.md"
WRITING = "08-beyond-clip/03-vision-language-models-that-write.md"
BILINEAR = "09-motion/02-bilinear-interpolation.md"
NEVER_SEEN = "10-lab/01-combinations-never-seen.md"
SHORTCUTS = "10-lab/03-changes-and-shortcuts.md"


def softmax(scores: list[float]) -> list[float]:
    total = math.fsum(math.exp(score) for score in scores)
    return [math.exp(score) / total for score in scores]


def row_loss(logits: np.ndarray) -> float:
    return float(np.mean([-math.log(softmax(list(row))[i]) for i, row in enumerate(logits)]))


CLAIMS: list[tuple[str, str, float, float]] = [
    # lesson, the number as printed, its value, tolerance: half a unit of the last digit printed
    ("01-foundations/01-vectors-and-dot-products.md", "16.3", math.degrees(math.acos(0.96)), 0.05),
    ("01-foundations/03-probability-and-softmax.md", "(0.665, 0.245, 0.090)", softmax([2, 1, 0])[0], 5e-4),
    ("01-foundations/03-probability-and-softmax.md", "(0.867, 0.117, 0.016)", softmax([4, 2, 0])[0], 5e-4),
    ("01-foundations/03-probability-and-softmax.md", "(0.367, 0.332, 0.301)", softmax([0.2, 0.1, 0])[0], 5e-4),
    ("01-foundations/04-cross-entropy-and-kl-divergence.md", "0.408", -math.log(softmax([2, 1, 0])[0]), 5e-4),
    ("01-foundations/04-cross-entropy-and-kl-divergence.md", "2.408", -math.log(softmax([2, 1, 0])[2]), 5e-4),
    ("01-foundations/04-cross-entropy-and-kl-divergence.md", "1.099", math.log(3), 5e-4),
    ("01-foundations/04-cross-entropy-and-kl-divergence.md", "6.908", math.log(1000), 5e-4),
    ("01-foundations/05-jensens-inequality-and-the-variational-lower-bound.md", "0.916",
     -(math.log(0.8) + math.log(0.2)) / 2, 5e-4),
    ("01-foundations/05-jensens-inequality-and-the-variational-lower-bound.md", "0.223",
     0.5 * math.log(0.5 / 0.8) + 0.5 * math.log(0.5 / 0.2), 5e-4),
    ("02-neural-networks/01-layers-and-multilayer-perceptrons.md", "2{,}099{,}712", 2 * 512 * 2048 + 2048 + 512, 0),
    ("03-language/01-tokens-and-embeddings.md", "25{,}165{,}824", 49152 * 512, 0),
    ("03-language/02-attention.md", "0.670", softmax([1 / math.sqrt(2), 0])[0], 5e-4),
    ("03-language/03-transformers.md", "3{,}152{,}384", 12 * 512**2 + 13 * 512, 0),
    (VIT, "2{,}359{,}296", 768 * 3 * 32 * 32, 0),
    (VIT, "38{,}809", (14 * 14 + 1) ** 2, 0),
    (VIT, "577", (336 // 14) ** 2 + 1, 0),
    (INFONCE, "0.8805", softmax([8, 6, 0])[0], 5e-5),
    (INFONCE, "0.127", -math.log(softmax([8, 6, 0])[0]), 5e-4),
    (INFONCE, "0.4409", softmax([0.8, 0.6, 0])[0], 5e-5),
    (INFONCE, "0.819", -math.log(softmax([0.8, 0.6, 0])[0]), 5e-4),
    (INFONCE, "2.0794", math.log(8), 5e-5),
    (CLIP, "13.71", 0.96 / 0.07, 5e-3),
    (LOSS, "2.6593", math.log(1 / 0.07), 5e-5),
    (LOSS, "14.29", 1 / 0.07, 5e-3),
    (LOSS, "4.6052", math.log(100), 5e-5),
    (LOSS, "3.466", math.log(32), 5e-4),
    (LOSS, "0.01815", row_loss(np.array([[9.0, 5.0], [3.0, 7.0]])), 5e-6),
    (LOSS, "0.06470", row_loss(np.array([[9.0, 3.0], [5.0, 7.0]])), 6e-6),
    (LOSS, "0.04143", (row_loss(np.array([[9.0, 5], [3, 7]])) + row_loss(np.array([[9.0, 3], [5, 7]]))) / 2, 6e-6),
    (ZERO_SHOT, "0.832", 1 / (1 + math.exp(-1.6)), 5e-4),
    (ZERO_SHOT, "0.822", (0.6 * 0.9 + 0.8 * 0.3) / math.hypot(0.9, 0.3), 5e-4),
    ("07-using-clip/02-image-text-retrieval.md", "0.483", float(sum(Fraction(1, r) for r in (1, 3, 2, 10)) / 4), 5e-4),
    ("08-beyond-clip/01-open-vocabulary-segmentation-with-pacl.md", "0.844", softmax([2, 0, -1])[0], 5e-4),
    ("08-beyond-clip/01-open-vocabulary-segmentation-with-pacl.md", "1.646",
     2 * softmax([2, 0, -1])[0] - softmax([2, 0, -1])[2], 5e-4),
    (UNIFORMITY, "1.575", -math.log(math.exp(-4) * float(np.i0(4.0))), 5e-4),
    (UNIFORMITY, "1.350", -math.log((4 + 8 * math.exp(-4) + 4 * math.exp(-8)) / 16), 5e-4),
    (SIGLIP, "4.3695", math.fsum(math.log1p(math.exp(x)) for x in (1, 3, -5, -7)), 5e-5),
    (SIGLIP, "2.1847", math.fsum(math.log1p(math.exp(x)) for x in (1, 3, -5, -7)) / 2, 6e-5),
    (SIGLIP, "4.5 ", 1e5 * math.log1p(math.exp(-10)), 0.05),
    ("04-vision/02-residual-networks.md", "6.73", 1.1**20, 5e-3),
    ("04-vision/02-residual-networks.md", "0.122", 0.9**20, 5e-4),
    ("08-beyond-clip/03-vision-language-models-that-write.md", "10.37", math.log(32000), 5e-3),
    ("08-beyond-clip/03-vision-language-models-that-write.md", "4{,}194{,}304", 1024 * 4096, 0),
    (SOFTMAX, "11.107", math.e**2 + math.e + 1, 5e-4),
    (BOUND, "0.693", -math.log(0.5 * 0.8 + 0.5 * 0.2), 5e-4),
    (DESCENT, "1.536", 3 * (1 - 0.1 * 2) ** 3, 1e-12),
    (DESCENT, "4.32", 3 * (1 - 1.1 * 2) ** 2, 1e-12),
    ("02-neural-networks/02-backpropagation.md", "1.004004", (3.001 * 2 - 5) ** 2, 1e-12),
    ("03-language/01-tokens-and-embeddings.md", "0.8$", (2 * 1 + 1 * 2) / 5, 0),
    (ATTENTION, "2.028/", math.exp(1 / math.sqrt(2)), 5e-4),
    (ATTENTION, "6.70,", 10 * softmax([1 / math.sqrt(2), 0])[0], 5e-3),
    (TRANSFORMER, "1{,}050{,}624", 4 * (512**2 + 512), 0),
    (TRANSFORMER, "3{,}145{,}728", 12 * 512**2, 0),
    (CONVOLUTION, "150,528", 3 * 224**2, 0),
    (VIT, "3072", 3 * 32**2, 0),
    (VIT, "2{,}500", (7 * 7 + 1) ** 2, 0),
    (INFONCE, "2980.96", math.exp(8), 5e-3),
    (INFONCE, "403.43", math.exp(6), 5e-3),
    (INFONCE, "2.2255", math.exp(0.8), 5e-5),
    (INFONCE, "1.8221", math.exp(0.6), 5e-5),
    (LOSS, "0.00248", math.log1p(math.exp(-6)), 5e-6),
    (LOSS, "0.12693", math.log1p(math.exp(-2)), 5e-6),
    (UNIFORMITY, "0.2592", (4 + 8 * math.exp(-4) + 4 * math.exp(-8)) / 16, 5e-5),
    (PACL, "8.757", math.exp(2) + 1 + math.exp(-1), 5e-4),
    (PACL, "0.114", softmax([2, 0, -1])[1], 5e-4),
    (PACL, "0.042", softmax([2, 0, -1])[2], 5e-4),
    (WRITING, "576 + 24", (336 // 14) ** 2, 0),
    (BILINEAR, "0.375", (1 - 0.25) * (1 - 0.5), 0),
    (BILINEAR, "0.125", 0.25 * (1 - 0.5), 0),
    (NEVER_SEEN, "0.0294", 1.96 * math.sqrt(0.9 * 0.1 / 400), 5e-5),
    (NEVER_SEEN, "0.871", 0.9 - 1.96 * math.sqrt(0.9 * 0.1 / 400), 5e-4),
    (NEVER_SEEN, "0.929", 0.9 + 1.96 * math.sqrt(0.9 * 0.1 / 400), 5e-4),
    (NEVER_SEEN, "0.0083", 1 / 120, 5e-5),
    (SHORTCUTS, "0.526", 400 / (4 * 190), 5e-4),
    ("10-lab/04-guided-drawing-and-masks.md", "0.583", float((Fraction(1, 2) + Fraction(2, 3)) / 2), 5e-4),
    ("10-lab/05-slow-motion-measured.md", "16.02", -10 * math.log10(0.1 * 0.5**2), 5e-3),
]  # fmt: skip


@pytest.mark.parametrize(("lesson", "printed", "value", "tolerance"), CLAIMS, ids=lambda part: str(part)[-40:])
def test_printed_number_is_right(lesson: str, printed: str, value: float, tolerance: float) -> None:
    assert printed in text_of(lesson), f"{lesson} no longer prints {printed}"
    first = re.search(r"[\d.]+", re.sub(r"(?<=\d)(\{,\}|,)(?=\d{3})", "", printed))
    assert first is not None
    assert abs(float(first.group()) - value) <= tolerance


@pytest.mark.parametrize(
    ("lesson", "sentence"),
    [
        (CLIP, "400 million image-text pairs"),
        (CLIP, "GPT-style transformer with a causal mask"),
        (CLIP, "ResNet or a vision transformer"),
        (LOSS, "never exceeds 100"),
        (LOSS, r"$[-s, s]$"),
        (LOSS, "the negatives of an image are the other texts"),
        (LOSS, "the negatives of a text are the other images"),
        (WARPING, r"\text{src}\big(x + u(x, y),\; y + v(x, y)\big)"),
    ],
)
def test_facts_that_sources_often_get_wrong_are_stated(lesson: str, sentence: str) -> None:
    assert sentence in text_of(lesson)


def test_no_lesson_gives_the_wrong_number_of_pairs() -> None:
    for lesson in [*with_ending(".md"), *with_ending(".vtt"), *with_ending(".ipynb")]:
        assert "440 million" not in text_of(lesson)


# --- laws the lessons state, held on arbitrary inputs ---

vectors = st.lists(st.floats(-5, 5), min_size=3, max_size=3).map(np.array)
tables = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(st.floats(-20, 20), min_size=n, max_size=n), min_size=n, max_size=n).map(np.array)
)
distributions = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(lambda raw: np.array(raw) / sum(raw))


@given(st.integers(1, 64), st.floats(-30, 30))
def test_infonce_of_equal_similarities_is_ln_n(n: int, similarity: float) -> None:
    assert math.isclose(row_loss(np.full((n, n), similarity)), math.log(n), abs_tol=1e-9)


@given(tables)
def test_probability_of_the_positive_stays_under_the_bound_without_a_scale(table: np.ndarray) -> None:
    n = len(table)
    cosines = np.tanh(table)  # any table of cosine similarities: entries in [-1, 1]
    best = max(softmax(list(row))[i] for i, row in enumerate(cosines))
    assert best <= math.exp(2) / (math.exp(2) + n - 1) + 1e-12


@given(tables, st.floats(-50, 50))
def test_softmax_loss_ignores_a_common_shift(table: np.ndarray, shift: float) -> None:
    assert math.isclose(row_loss(table), row_loss(table + shift), rel_tol=1e-7, abs_tol=1e-9)


@given(distributions, distributions)
def test_kl_divergence_is_cross_entropy_minus_entropy_and_never_negative(p: np.ndarray, q: np.ndarray) -> None:
    kl = float((p * np.log(p / q)).sum())
    cross_entropy, entropy = -float((p * np.log(q)).sum()), -float((p * np.log(p)).sum())
    assert kl >= -1e-12
    assert math.isclose(kl, cross_entropy - entropy, abs_tol=1e-9)


@given(distributions, distributions)
def test_jensen_gap_of_the_logarithm_has_the_stated_sign(weights: np.ndarray, positive: np.ndarray) -> None:
    assert math.log(float(weights @ positive)) >= float(weights @ np.log(positive)) - 1e-12


@given(distributions, distributions, distributions)
def test_gap_of_the_variational_bound_is_the_divergence_to_the_posterior(
    prior: np.ndarray, likelihood: np.ndarray, q: np.ndarray
) -> None:
    joint = prior * likelihood
    evidence = float(joint.sum())
    bound = float((q * np.log(joint / q)).sum())
    split = float((q * np.log(likelihood)).sum()) - float((q * np.log(q / prior)).sum())
    divergence = float((q * np.log(q / (joint / evidence))).sum())
    assert math.isclose(math.log(evidence) - bound, divergence, abs_tol=1e-9)
    assert math.isclose(bound, split, abs_tol=1e-9)


@given(st.floats(0.05, 10), st.floats(0.01, 3))
def test_gradient_descent_on_a_quadratic_converges_exactly_under_two_over_the_curvature(
    curvature: float, share: float
) -> None:
    assume(abs(share - 2) > 1e-3)
    theta = 1.0
    for _ in range(50):
        theta -= share / curvature * (curvature * theta)  # the gradient of c/2 theta^2 is c theta
    assert (abs(theta) < 1) == (share < 2)


@given(st.integers(0, 6), st.integers(0, 4), st.floats(0, 1), st.floats(0, 1))
def test_bilinear_formula_reproduces_a_bilinear_surface(x0: int, y0: int, a: float, b: float) -> None:
    def surface(x: float, y: float) -> float:
        return 2 + 3 * x - y + 0.5 * x * y

    mixed = (
        (1 - a) * (1 - b) * surface(x0, y0)
        + a * (1 - b) * surface(x0 + 1, y0)
        + (1 - a) * b * surface(x0, y0 + 1)
        + a * b * surface(x0 + 1, y0 + 1)
    )
    assert math.isclose(mixed, surface(x0 + a, y0 + b), abs_tol=1e-9)


def sampled(row: list[float], position: float, outside: Callable[[int], float]) -> float:
    left = math.floor(position)
    values = [row[i] if 0 <= i < len(row) else outside(i) for i in (left, left + 1)]
    return values[0] * (1 - (position - left)) + values[1] * (position - left)


def test_worked_example_of_warping_under_both_border_rules() -> None:
    row = [0.0, 10.0, 20.0, 30.0]
    clamped = [sampled(row, x + 0.5, lambda i: row[min(max(i, 0), 3)]) for x in range(4)]
    zeros = [sampled(row, x + 0.5, lambda _: 0.0) for x in range(4)]
    assert clamped == [5, 15, 25, 30]
    assert zeros == [5, 15, 25, 15]


@pytest.mark.slow
def test_both_scalings_of_grid_sample_agree_each_with_its_own_flag() -> None:
    import torch
    from torch.nn import functional

    generator = torch.Generator().manual_seed(3)
    source = torch.rand(1, 1, 9, 14, generator=generator, dtype=torch.float64)
    X = torch.rand(9, 14, generator=generator, dtype=torch.float64) * 13
    Y = torch.rand(9, 14, generator=generator, dtype=torch.float64) * 8
    corners = torch.stack([2 * X / 13 - 1, 2 * Y / 8 - 1], dim=-1)[None]
    edges = torch.stack([(2 * X + 1) / 14 - 1, (2 * Y + 1) / 9 - 1], dim=-1)[None]
    first = functional.grid_sample(source, corners, align_corners=True)
    second = functional.grid_sample(source, edges, align_corners=False)
    mixed = functional.grid_sample(source, corners, align_corners=False)
    assert torch.allclose(first, second, atol=1e-12)
    assert (mixed - first).abs().max() > 0.05


@given(vectors, vectors)
def test_squared_distance_of_unit_vectors_is_two_minus_two_cosines(a: np.ndarray, b: np.ndarray) -> None:
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    assume(min(lengths) > 1e-3)
    a, b = a / lengths[0], b / lengths[1]
    assert math.isclose(float(((a - b) ** 2).sum()), 2 - 2 * float(a @ b), abs_tol=1e-9)


# --- statements that a second reading added or put right ---


@pytest.mark.parametrize(("width", "printed", "tolerance"), [(16, "5.4", 0.1), (512, "2.25", 0.02)])
def test_infonce_of_random_directions_is_as_large_as_printed(width: int, printed: str, tolerance: float) -> None:
    assert f"about ${printed}$ in {width}" in text_of(INFONCE)
    a, b = np.random.default_rng(0).normal(size=(2, 1000, 8, width))
    lengths = np.linalg.norm(a, axis=2)[:, :, None] * np.linalg.norm(b, axis=2)[:, None, :]
    logits = a @ b.transpose(0, 2, 1) / lengths / 0.07
    losses = np.log(np.exp(logits).sum(axis=2)) - np.diagonal(logits, axis1=1, axis2=2)
    assert abs(losses.mean() - float(printed)) <= tolerance


def test_ranks_decide_ties_in_favour_of_the_right_text() -> None:
    constant = np.full((5, 5), 0.3)
    ranks = 1 + (constant > np.diag(constant)[:, None]).sum(axis=1)
    assert ranks.tolist() == [1] * 5
    rows = ["(0.9, 0.1, 0.2)", "(0.8, 0.5, 0.1)", "(0.85, 0.8, 0.7)"]
    assert all(row in text_of("10-lab/02-few-shots-and-retrieval.md") for row in rows)
    table = np.array([[float(number) for number in row.strip("()").split(",")] for row in rows])
    assert (1 + (table > np.diag(table)[:, None]).sum(axis=1)).tolist() == [1, 2, 3]
    assert (1 + (table > np.diag(table)).sum(axis=0)).tolist() == [1, 2, 1]


@given(st.floats(0.52, 0.95), st.floats(0.52, 0.95))
def test_colour_rule_is_right_for_half_where_shapes_are_even(red: float, circle: float) -> None:
    def right(circles: float) -> float:
        return circles * red + (1 - circles) * (1 - red)

    assert math.isclose(right(0.5), 0.5)
    assert right(circle) > 0.5 > right(1 - circle), "uneven shapes: the rule is above or under one half"


@given(*[st.floats(0, 1), st.floats(0, 7)] * 2, st.floats(1, 30))
def test_a_disc_that_covers_a_point_at_both_ends_covers_it_in_the_middle(
    share_0: float, angle_0: float, share_1: float, angle_1: float, radius: float
) -> None:
    ends = [(share * radius, angle) for share, angle in ((share_0, angle_0), (share_1, angle_1))]
    x, y = (sum(reach * turn(angle) for reach, angle in ends) / 2 for turn in (math.cos, math.sin))
    assert math.hypot(x, y) <= radius + 1e-9, "where the point lies from the centre, half-way"


rates = st.tuples(st.floats(0.05, 0.9), st.floats(0.01, 0.05))  # a rate, and how far a larger one lies above it


@given(rates, rates)
def test_equal_error_rates_with_unequal_frequencies_give_unequal_label_rates(
    alarms: tuple[float, float], frequencies: tuple[float, float]
) -> None:
    false_alarm, hit = alarms[0], sum(alarms)  # informative: hits are more frequent than false alarms
    seldom, often = frequencies[0], sum(frequencies)

    def label_rate(frequency: float, false_positive_rate: float) -> float:
        return hit * frequency + false_positive_rate * (1 - frequency)

    assert label_rate(often, false_alarm) > label_rate(seldom, false_alarm)
    higher = (label_rate(often, false_alarm) - hit * seldom) / (1 - seldom)  # closes the gap in the second group
    assert math.isclose(label_rate(seldom, higher), label_rate(often, false_alarm))
    assert false_alarm < higher < hit, "both gaps are zero with a false positive rate that is possible"


def test_a_stretching_flow_leaves_gaps_where_nothing_was_hidden() -> None:
    weights = np.zeros(12)
    for x in range(5):  # doubling: pixel x goes to 2 x, and no two pixels meet
        weights[2 * x] += 1
    assert weights.max() == 1
    assert (weights[:9] == 0).sum() == 4


def test_bibliography_agrees_with_itself() -> None:
    titles: dict[str, set[str]] = {}
    for lesson in with_ending(".md"):
        for title, year, number in re.findall(r'^- .*?"(.+?)", (\d{4}), arXiv:(\d{4}\.\d{5})', text_of(lesson), re.M):
            titles.setdefault(number, set()).add(title)
            assert year == f"20{number[:2]}", f"{lesson}: {title} has the number of another year"
    assert len(titles) > 50
    assert all(len(found) == 1 for found in titles.values())
    assert len({min(found) for found in titles.values()}) == len(titles), "one paper has two numbers"
