"""Answers in code, graded by the judge: what a judgement is worth as a grade, and the judge as a grader takes it.

Knows verdicts of the judge and the names of problems. It runs nothing itself: whoever grades says how a submission is
judged, in a sandbox of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tutor.grades import CodeJudge, Grade, Verdict
from tutor.judge import CaseResult, Judgement, JudgeVerdict
from tutor.problems import BUNDLED, Problem, ProblemUnusable, find

_NOT_JUDGED = frozenset({JudgeVerdict.REFUSED, JudgeVerdict.NOT_RUN})
_WHAT_WENT_WRONG = {
    JudgeVerdict.WRONG_ANSWER: "another result was expected",
    JudgeVerdict.RUNTIME_ERROR: "the code raised an error",
    JudgeVerdict.TIME: "it took too long",
    JudgeVerdict.MEMORY: "it used too much memory",
    JudgeVerdict.OUTPUT: "it wrote too much",
    JudgeVerdict.FORBIDDEN: "it broke the rules of the problem",
}


def code_judge(judged: Callable[[Problem, str], Judgement], folder: Path = BUNDLED) -> CodeJudge:
    """Return the judge as `graders.grade` takes it; a problem that is not there, or does not run, is UNSURE.

    Args:
        judged: judges a submission, for instance `tutor.judge.judge` with a sandbox and a secret.
        folder: where problems are found by name.
    """

    def graded(name: str, submission: str) -> Grade:
        try:
            return grade_of(judged(find(name, folder), submission))
        except ProblemUnusable as error:
            return Grade(Verdict.UNSURE, f"The problem cannot be judged: {error}")

    return graded


def grade_of(judgement: Judgement) -> Grade:
    """Return a judgement as a grade. Its reason names the first case that failed and never what a case expects."""
    if judgement.verdict in _NOT_JUDGED:
        return Grade(Verdict.UNSURE, judgement.reason or "It was not judged.")
    failed = next((case for case in judgement.cases if case.verdict is not JudgeVerdict.PASSED), None)
    if failed is None:
        passed = judgement.verdict is JudgeVerdict.PASSED and judgement.cases
        return Grade(Verdict.RIGHT, "All cases passed.") if passed else Grade(Verdict.UNSURE, "No case was judged.")
    return Grade(Verdict.WRONG, f"{judgement.passed} of {len(judgement.cases)} cases passed; {_told(failed)}.")


def _told(case: CaseResult) -> str:
    return f"in “{case.name}” {_WHAT_WENT_WRONG.get(case.verdict, 'it failed')}"
