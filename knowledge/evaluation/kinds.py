"""What each kind of evidence adds: the same pairs measured with ever more signals switched on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from knowledge.evaluation.measures import PairMeasures, measure_pairs
from knowledge.prerequisites.scorer import Pair, PairScorer
from knowledge.prerequisites.signals import Belonging, BelongingSignals, Order, OrderSignals
from knowledge.prerequisites.weights import TEXT, WHOLE, Weights

Signals = tuple[Pair, OrderSignals, BelongingSignals]


@dataclass(frozen=True, slots=True)
class _Step:
    """A kind of evidence and the signals that it adds to those before it."""

    name: str
    order: tuple[Order, ...]
    belonging: tuple[Belonging, ...]


_PASSAGES = (Belonging.SAME_PASSAGES, Belonging.SAME_LESSONS)
TEXT_STEPS = (
    _Step("order and spread in the lessons", (Order.TAUGHT_FIRST, Order.GENERALITY), _PASSAGES),
    _Step("+ passages that lean or define", (Order.DISTANCE, Order.DEFINED_BY), ()),
    _Step("+ the course's own edges", (Order.STATED,), (Belonging.STATED,)),
    _Step("+ names", (Order.HEAD, Order.INSIDE, Order.LENGTH, Order.RARITY), (Belonging.SHARED_WORDS,)),
    _Step("+ company (all text evidence)", (Order.COMPANY,), (Belonging.COMPANY,)),
)
EMBEDDED_STEPS = (
    _Step("+ meaning of names", (), (Belonging.MEANING,)),
    _Step("+ levels of names", (Order.LEVEL,), ()),
)


def by_kind(scorer: PairScorer, pairs: Sequence[Pair], labels: Sequence[int]) -> list[tuple[str, PairMeasures]]:
    """Return the measures of labelled pairs by reference distance, then with each kind of evidence added in turn.

    Text evidence is weighed as where no embedder is; the last two rows as where there is one.

    Args:
        scorer: with an embedder.
        pairs: (source, target).
        labels: 1 or 0 for each.
    """
    reverse = [(target, source) for source, target in pairs]
    forth, back = scorer.signals(pairs), scorer.signals(reverse)
    base = measure_pairs(
        labels, [order[Order.DISTANCE] for _, order, _ in forth], [order[Order.DISTANCE] for _, order, _ in back]
    )
    rows = [("reference distance (baseline)", base)]
    order: list[Order] = []
    belonging: list[Belonging] = []
    for step in (*TEXT_STEPS, *EMBEDDED_STEPS):
        weights = TEXT if step in TEXT_STEPS else WHOLE
        order += step.order
        belonging += step.belonging
        scores = [_weighed(signals, weights, order, belonging) for signals in forth]
        reversed_scores = [_weighed(signals, weights, order, belonging) for signals in back]
        rows.append((step.name, measure_pairs(labels, scores, reversed_scores)))
    return rows


def _weighed(signals: Signals, weights: Weights, order: Collection[Order], belonging: Collection[Belonging]) -> float:
    _, first, together = signals
    return weights.score(weights.belong(together, belonging), weights.comes_first(first, order))
