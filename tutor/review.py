"""When something should be asked again: spaced repetition by FSRS. Pure; the moment is always given.

Knows one card's state as opaque JSON; refuses to know what the card asks. The schedule is FSRS-6 of the package `fsrs`
(Ye, Su and Cao, "A stochastic shortest path algorithm for optimizing spaced repetition scheduling", KDD 2022), with its
default weights, a desired retention of 0.9, and no random spreading: the same answers give the same dates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from fsrs import Scheduler
    from fsrs.card import CardDict

RETENTION = 0.9
"""Probability of remembering at which a review falls due."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card between two reviews. `due_s` is in seconds since 1970; `state` belongs to the scheduler."""

    due_s: float
    state: str


def after_review(card: Card | None, right: bool, now_s: float) -> Card:
    """Return the card after an answer at this moment.

    Args:
        card: as it was before; None at the first answer.
        right: whether it was remembered.
        now_s: seconds since 1970.
    """
    from fsrs import Card as Scheduled
    from fsrs import Rating

    moment = datetime.fromtimestamp(now_s, UTC)
    if card is None:
        before = Scheduled(card_id=0, due=moment)
    else:
        before = Scheduled.from_dict(cast("CardDict", json.loads(card.state)))
    after, _ = _scheduler().review_card(before, Rating.Good if right else Rating.Again, moment)
    return Card(after.due.timestamp(), json.dumps(after.to_dict(), sort_keys=True))


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(desired_retention=RETENTION, enable_fuzzing=False)
