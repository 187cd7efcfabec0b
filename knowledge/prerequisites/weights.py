"""How signals become one number: two logistic models, multiplied.

    P(first is a prerequisite of second) = P(they belong together) · P(first comes first | they belong together)

The model of order has no constant term and its signals change their sign with the names, so that the two orders of a
pair share what belongs together: p(a, b) + p(b, a) = P(they belong together) before the cut is set.

The numbers were fitted by `scripts/fit_prerequisites.py` to Erica's own list of topics (`curriculum.txt`) with texts
under the MIT and Apache licences; no published set of labelled pairs was used. Signals that came out below 0 were left
out: none may count against what it says.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from knowledge.prerequisites.signals import Belonging, BelongingSignals, Order, OrderSignals


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds for each signal at 1; a signal that is not named counts nothing."""

    order: Mapping[Order, float]
    belonging: Mapping[Belonging, float]
    constant: float
    """Log-odds that two names belong together for which nothing speaks."""
    cut: float
    """The probability that is shown as 0.5: the cut with the best F1 on the list that the weights were fitted to."""

    def comes_first(self, signals: OrderSignals, using: Collection[Order] = tuple(Order)) -> float:
        """Return the probability of this order, given that the two belong together; 0.5 where nothing speaks."""
        return _logistic(sum(self.order.get(signal, 0.0) * signals[signal] for signal in using))

    def belong(self, signals: BelongingSignals, using: Collection[Belonging] = tuple(Belonging)) -> float:
        """Return the probability that two names belong together."""
        return _logistic(self.constant + sum(self.belonging.get(signal, 0.0) * signals[signal] for signal in using))

    def score(self, belong: float, comes_first: float) -> float:
        """Return both as one number in 0..1, at least 0.5 where a person should expect a prerequisite."""
        return _logistic(_log_odds(belong * comes_first) - _log_odds(self.cut))


def shifted(probability: float, log_odds: float) -> float:
    """Return a probability after one more piece of evidence."""
    return _logistic(_log_odds(probability) + log_odds)


def _logistic(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _log_odds(probability: float) -> float:
    inside = min(1.0 - 1e-12, max(1e-12, probability))
    return math.log(inside / (1.0 - inside))


TEXT = Weights(
    order={
        Order.GENERALITY: 0.58,
        Order.TAUGHT_FIRST: 0.36,
        Order.DISTANCE: 0.03,
        Order.DEFINED_BY: 2.03,
        Order.STATED: 3.01,
        Order.HEAD: 2.58,
        Order.INSIDE: 2.57,
        Order.LENGTH: 1.0,
        Order.RARITY: 0.45,
        Order.COMPANY: 1.8,
    },
    belonging={
        Belonging.SAME_PASSAGES: 9.52,
        Belonging.SAME_LESSONS: 2.05,
        Belonging.STATED: 1.26,
        Belonging.SHARED_WORDS: 3.57,
        Belonging.COMPANY: 1.6,
    },
    constant=-1.2,
    cut=0.268,
)
"""Without an embedder: what the library's text says, and the vectors that it keeps of its passages."""

WHOLE = Weights(
    order={
        Order.GENERALITY: 0.51,
        Order.TAUGHT_FIRST: 0.18,
        Order.DISTANCE: 0.19,
        Order.DEFINED_BY: 1.45,
        Order.STATED: 3.32,
        Order.HEAD: 2.71,
        Order.INSIDE: 2.4,
        Order.LENGTH: 0.55,
        Order.RARITY: 0.44,
        Order.COMPANY: 1.1,
        Order.LEVEL: 3.28,
    },
    belonging={
        Belonging.SAME_PASSAGES: 9.06,
        Belonging.SAME_LESSONS: 1.56,
        Belonging.STATED: 1.43,
        Belonging.SHARED_WORDS: 0.41,
        Belonging.COMPANY: 1.28,
        Belonging.MEANING: 7.11,
    },
    constant=-2.91,
    cut=0.2,
)
"""With names embedded, and levels fitted to the curriculum and the library's edges."""
