"""What an answer is held against, by the type of what was asked, and what it comes to. Values; they grade nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What an answer came to."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Grade:
    """A verdict and the reason for it, a sentence for a learner that does not give the answer away."""

    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class ChoiceKey:
    """The ids of the right options among all that were offered; all of them and no other have to be chosen."""

    right: frozenset[str]
    offered: frozenset[str]


@dataclass(frozen=True, slots=True)
class NumberKey:
    """A number as written, with its unit if it has one: `0.001`, `1/3`, `5 ms`, `50%`."""

    number: str
    tolerance: float = 0.0
    """Accepted deviation as a share of the key, 0..1; besides it, a correct rounding to three digits is accepted."""


@dataclass(frozen=True, slots=True)
class FormulaKey:
    """A formula in the letters of the question: `n*(n-1)/2`, or the same in LaTeX."""

    formula: str


@dataclass(frozen=True, slots=True)
class WordsKey:
    """Key facts, all of which an answer has to state; each fact in any of its phrasings."""

    facts: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(text: str) -> WordsKey:
        """Return the key that is written `phrasing|other phrasing;second fact`."""
        return WordsKey(tuple(tuple(way.strip() for way in fact.split("|")) for fact in text.split(";")))


@dataclass(frozen=True, slots=True)
class CodeKey:
    """The name of a judged problem (`tutor.problems`)."""

    problem: str


Key = ChoiceKey | NumberKey | FormulaKey | WordsKey | CodeKey
CodeJudge = Callable[[str, str], Grade]
"""Takes a problem's name and the submitted source."""
