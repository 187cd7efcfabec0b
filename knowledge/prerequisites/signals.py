"""What speaks for two names belonging together, and for one of them coming first. Pure: usages in, numbers out.

Signals of belonging do not change when the names change places; signals of order change their sign. So the two
questions, whether and which way, are answered apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

from knowledge.concepts import normalise, singular
from knowledge.prerequisites.usage import Usage

LESSONS_APART = 5.0
"""Lessons between two first places that count three quarters of any larger gap."""
MOST_NATS, MOST_WORDS = 4.0, 3.0
"""Where differences of rarity and of length stop counting more."""


class Order(StrEnum):
    """Signals that the first name comes before the second: above 0 they say so, below 0 the reverse."""

    GENERALITY = "named in more lessons"
    TAUGHT_FIRST = "named earlier in the course"
    DISTANCE = "reference distance: the second's surroundings name the first"
    DEFINED_BY = "passages that define the second name the first"
    STATED = "the course's own edge: cues, definitions, links"
    HEAD = "the second's name ends with the first"
    INSIDE = "the second's name holds the first"
    LENGTH = "shorter name"
    RARITY = "commoner words"
    COMPANY = "stands among what is usually learned earlier"
    LEVEL = "resembles what is usually learned earlier"


class Belonging(StrEnum):
    """Signals that two names belong together, 0 and up."""

    SAME_PASSAGES = "named in the same passages"
    SAME_LESSONS = "named in the same lessons"
    STATED = "joined by the course's own edge"
    SHARED_WORDS = "share words"
    COMPANY = "stand in passages alike"
    MEANING = "similar meaning"


OrderSignals = Mapping[Order, float]
BelongingSignals = Mapping[Belonging, float]


def order_signals(
    first: Usage,
    second: Usage,
    *,
    distance: float = 0.0,
    stated: float = 0.0,
    company: float = 0.0,
    level: float = 0.0,
) -> OrderSignals:
    """Return what speaks for `first` coming before `second`.

    Args:
        first: one name's usage.
        second: the other's.
        distance: reference distance from second to first, -1..1 (`reference_distance`).
        stated: confidence of the edge from first to second, less that of the reverse.
        company: log-odds, from the passages that name them, that the first is learned earlier (`company`).
        level: log-odds, from names alone, that the first is learned earlier (`levels`).
    """
    ends, inside = _in_name(first.words, second.words)
    reverse_ends, reverse_inside = _in_name(second.words, first.words)
    return {
        Order.GENERALITY: _generality(first, second),
        Order.TAUGHT_FIRST: _taught_first(first, second),
        Order.DISTANCE: distance,
        Order.DEFINED_BY: _share(second.defining, first.chunks) - _share(first.defining, second.chunks),
        Order.STATED: stated,
        Order.HEAD: float(ends - reverse_ends),
        Order.INSIDE: float(inside - reverse_inside),
        Order.LENGTH: _within(len(second.words) - len(first.words), MOST_WORDS),
        Order.RARITY: _rarity(first, second),
        Order.COMPANY: company,
        Order.LEVEL: level,
    }


def belonging_signals(
    first: Usage, second: Usage, *, stated: float = 0.0, company: float = 0.0, meaning: float = 0.0
) -> BelongingSignals:
    """Return what speaks for the two belonging together.

    Args:
        first: one name's usage.
        second: the other's.
        stated: the higher confidence of an edge between them, either way.
        company: cosine of the passages that name them (`company`), 0..1.
        meaning: cosine of the embedded names, 0..1.
    """
    one, other = ({singular(word) for word in usage.words} for usage in (first, second))
    return {
        Belonging.SAME_PASSAGES: _overlap(first.chunks, second.chunks),
        Belonging.SAME_LESSONS: _overlap(first.documents, second.documents),
        Belonging.STATED: stated,
        Belonging.SHARED_WORDS: len(one & other) / max(1, min(len(one), len(other))),
        Belonging.COMPANY: company,
        Belonging.MEANING: meaning,
    }


def _generality(first: Usage, second: Usage) -> float:
    """Return the log ratio of the lessons that name them; 0 where one is in none: silence says nothing."""
    if not (first.known and second.known):
        return 0.0
    return math.log((len(first.documents) + 2) / (len(second.documents) + 2))


def _rarity(first: Usage, second: Usage) -> float:
    """Return how much rarer the second's words are, in nats; 0 where a word of either is in no passage."""
    if first.rarity is None or second.rarity is None:
        return 0.0
    return _within(second.rarity - first.rarity, MOST_NATS)


def _taught_first(first: Usage, second: Usage) -> float:
    """Return how much earlier the first is named, -1..1, over the courses that name both."""
    both = sorted(first.first.keys() & second.first.keys())
    gaps = [math.tanh((second.first[course] - first.first[course]) / LESSONS_APART) for course in both]
    return sum(gaps) / len(gaps) if gaps else 0.0


def _share(passages: frozenset[int], naming: frozenset[int]) -> float:
    """Return which share of the passages names the other; one more is counted, since two say less than ten."""
    return len(passages & naming) / (len(passages) + 1)


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the cosine of two sets, a little less for small ones."""
    return len(one & other) / (math.sqrt(len(one) * len(other)) + 1)


def _within(value: float, most: float) -> float:
    return max(-most, min(most, value))


def _in_name(short: Sequence[str], long: Sequence[str]) -> tuple[bool, bool]:
    """Return whether the longer name ends with the shorter one, and whether it holds it elsewhere."""
    inner, outer = [normalise(word) for word in short], [normalise(word) for word in long]
    if not inner or len(inner) >= len(outer):
        return False, False
    starts = [start for start in range(len(outer) - len(inner) + 1) if outer[start : start + len(inner)] == inner]
    ends = len(outer) - len(inner) in starts
    return ends, bool(starts) and not ends
