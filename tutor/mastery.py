"""How likely a learner has mastered a concept, after each answer: Bayesian knowledge tracing. Pure.

Corbett and Anderson, "Knowledge tracing: modeling the acquisition of procedural knowledge", User Modeling and
User-Adapted Interaction 4 (1994), equations 1 to 3. Knows four probabilities; refuses to know what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass

MASTERED = 0.95
"""Mastery from which a concept counts as known; the criterion of Corbett and Anderson."""
PREREQUISITE_CREDIT = 0.3
"""Share of a right answer's gain that what the concept directly needs is credited with; wrong answers blame nothing."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """The probabilities of the model, each 0..1."""

    initial: float = 0.2
    """of knowing a concept before the first answer"""
    learn: float = 0.15
    """of coming to know it by answering and reading the explanation"""
    slip: float = 0.1
    """of a wrong answer in spite of knowing"""


DEFAULT = Tracing()


def after_answer(mastery: float, right: bool, guess: float, tracing: Tracing = DEFAULT) -> float:
    """Return the mastery after an answer.

    Args:
        mastery: before, 0..1.
        right: whether the answer was right.
        guess: probability of a right answer without knowing, 0..1: one in the number of options for a choice.
        tracing: the other probabilities.
    """
    known = mastery * ((1 - tracing.slip) if right else tracing.slip)
    unknown = (1 - mastery) * (guess if right else 1 - guess)
    posterior = known / (known + unknown) if known + unknown else mastery
    return posterior + (1 - posterior) * tracing.learn


def after_credit(mastery: float, guess: float, tracing: Tracing = DEFAULT) -> float:
    """Return the mastery of a prerequisite after a right answer on what needs it: a share of the gain, never a loss."""
    return mastery + PREREQUISITE_CREDIT * max(0.0, after_answer(mastery, True, guess, tracing) - mastery)
