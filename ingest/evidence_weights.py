"""What signs are worth: a logistic model that joins them into the probability of a prerequisite.

    P = 1 / (1 + exp(-(constant + Σ weight · strength)))

The weights of signs that the texts hold often were fitted by `scripts/fit_evidence.py` to Erica's own list
of topics (`knowledge/prerequisites/curriculum.txt`) on courses under the MIT and Apache licences; no published set of
labelled pairs was used. That list is incomplete, so what it does not hold is not always wrong: `UNLISTED` lifts all
probabilities, and what an author states outright keeps a weight set by hand, with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from knowledge.model import Evidence
from knowledge.prerequisites.curriculum import USUAL


class Sign(StrEnum):
    """Kinds of evidence for a prerequisite, in the words a person reads."""

    KIND = "is a kind of"
    HEAD = "head of the name"
    INSIDE = "part of the name"
    DEFINITION = "its definition uses it"
    FORMULA = "its formula uses it"
    PART = "part that its definition names"
    BUILDS_ON = "builds on"
    IT_BUILDS_ON = "builds on it, its section says"
    PART_OF = "part of"
    RECALLED = "recalled while teaching"
    STATED = "the lesson says that it is needed"
    LINKED = "linked back to"
    TITLE = "named first in the title they share"
    LEADS_UP = "named in the passages that lead up to it"
    WITHIN = "what the passages that lead up to it are about"
    USUAL = USUAL
    LEANS = "passages that teach it lean on the other"


WEIGHTS = {
    Sign.KIND: 3.8,
    Sign.HEAD: 8.4,
    Sign.INSIDE: 6.5,
    Sign.DEFINITION: 4.4,
    Sign.FORMULA: 2.0,  # by hand: the list knows six pairs; of the 25 in four courses a reader found 19 right
    Sign.PART: 5.6,
    Sign.TITLE: 4.8,
    Sign.LEADS_UP: 1.6,
    Sign.LEANS: 0.9,
    Sign.BUILDS_ON: 4.5,  # by hand, above the fitted 3.6: eight examples, and the text says it in so many words
    Sign.RECALLED: 2.5,  # by hand: fitted at 1.5 to 3.0 on a dozen examples, by what else was extracted
    Sign.STATED: 4.0,  # by hand: the author's own word; the list holds half of what lessons say they need
    Sign.LINKED: 1.8,  # by hand: of 26 links that the list knows one points the wrong way, but others at something else
    Sign.USUAL: 2.7,  # by hand: general knowledge of the field, where the text names the two together
    Sign.WITHIN: 1.6,  # as what is named there; of two that the list knows neither is right, so it only stands in
    # by hand: the fit gives these nothing; they may still tip what other signs say
    Sign.IT_BUILDS_ON: 0.5,
    Sign.PART_OF: 0.3,
}
"""Log-odds of a sign at strength 1."""
GENERALITY, ORDER, AGAINST = 0.25, 0.3, 0.56
BREADTH = 6.0
"""By hand: what rested on "image" and "learning" alone in a library of four courses goes from 184 edges to 50; of 112
pairs that the list has two go too, and as many links back are found."""
FITTED_CONSTANT = -1.62
UNLISTED = 0.73
"""Of 60 pairs that the list does not hold, a reader found 23 right: log-odds of a right pair, with and without them."""
CONSTANT = FITTED_CONSTANT + UNLISTED


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a pair beside its signs."""

    generality: float
    """Log ratio of the documents that name the earlier and the later one, -2..2."""
    order: float
    """How much earlier the courses teach the earlier one, -1..1."""
    against: float
    """Strength of the signs for the reverse, added up."""
    breadth: float = 0.0
    """How far the earlier one is a word that stands everywhere alike, 0..1."""


def probability(signs: Iterable[Evidence], pair: Circumstances) -> float:
    """Return the probability that the pair is a prerequisite, 0..1, four decimals."""
    log_odds = CONSTANT + GENERALITY * pair.generality + ORDER * pair.order - AGAINST * pair.against
    log_odds -= BREADTH * pair.breadth
    log_odds += sum(WEIGHTS[Sign(sign.kind)] * sign.weight for sign in signs)
    return round(1.0 / (1.0 + math.exp(-log_odds)), 4)
