"""Whether an answer is right, by the type of what was asked: choice, number, formula, words, code.

Knows the types of answer keys and which grader judges which; refuses to know where a question comes from or what an
answer does for a learner. A grader that cannot tell says so: UNSURE is never counted against anyone.
"""

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

MOST_ANSWER_CHARACTERS = 2_000
"""Longest answer that is read, code aside."""


def grade(key: Key, answer: str, judge_code: CodeJudge | None = None) -> Grade:
    """Return what the answer comes to under the key. Runs nothing that the answer says, except through `judge_code`.

    Args:
        key: what is right.
        answer: as typed by the learner; of a choice, the ids of the options, parted by spaces or commas.
        judge_code: judges a submission in the sandbox; without it code is UNSURE.
    """
    from tutor.grading_formulas import grade_formula
    from tutor.grading_numbers import grade_number
    from tutor.grading_words import grade_words

    if isinstance(key, CodeKey):
        return judge_code(key.problem, answer) if judge_code else Grade(Verdict.UNSURE, "No judge is here to run it.")
    if not answer.strip():
        return Grade(Verdict.WRONG, "There is no answer.")
    if len(answer) > MOST_ANSWER_CHARACTERS:
        return Grade(Verdict.UNSURE, f"An answer of more than {MOST_ANSWER_CHARACTERS} characters is not read.")
    if isinstance(key, ChoiceKey):
        return _grade_choice(key, answer)
    if isinstance(key, NumberKey):
        return grade_number(key, answer)
    return grade_formula(key, answer) if isinstance(key, FormulaKey) else grade_words(key, answer)


def _grade_choice(key: ChoiceKey, answer: str) -> Grade:
    chosen = {option.casefold() for option in answer.replace(",", " ").split()}
    right = {option.casefold() for option in key.right}
    if unknown := chosen - {option.casefold() for option in key.offered}:
        return Grade(Verdict.UNSURE, f"There is no option {', '.join(sorted(unknown))}.")
    if chosen == right:
        return Grade(Verdict.RIGHT, "That is right.")
    if chosen < right:
        return Grade(Verdict.WRONG, "There is more that is right.")
    return Grade(Verdict.WRONG, "An option that was chosen is not right.")
