"""Whether an answer is right, by the type of what was asked: choice, number, formula, words, code.

Knows the types of answer keys and which grader judges which; refuses to know where a question comes from or what an
answer does for a learner. A grader that cannot tell says so: UNSURE is never counted against anyone.
"""

from __future__ import annotations

from tutor.grades import ChoiceKey, CodeJudge, CodeKey, FormulaKey, Grade, Key, NumberKey, Verdict
from tutor.grading_formulas import grade_formula
from tutor.grading_numbers import grade_number
from tutor.grading_words import grade_words

MOST_ANSWER_CHARACTERS = 2_000
"""Longest answer that is read, code aside."""


def grade(key: Key, answer: str, judge_code: CodeJudge | None = None) -> Grade:
    """Return what the answer comes to under the key. Runs nothing that the answer says, except through `judge_code`.

    Args:
        key: what is right.
        answer: as typed by the learner; of a choice, the ids of the options, parted by spaces or commas.
        judge_code: judges a submission in the sandbox; without it code is UNSURE.
    """
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
