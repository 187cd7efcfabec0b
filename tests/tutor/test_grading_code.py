"""What a judgement is worth as a grade, and a bundled problem graded through the real judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tutor.graders import grade
from tutor.grades import CodeKey, Verdict
from tutor.grading_code import code_judge, grade_of
from tutor.judge import CaseResult, Judgement, JudgeVerdict
from tutor.problems import Problem, find
from tutor.sandbox import Tier


def judgement(*verdicts: JudgeVerdict, whole: JudgeVerdict | None = None) -> Judgement:
    cases = tuple(
        CaseResult(f"case {n}", verdict, True, "42 was expected", expected="42", got="41")
        for n, verdict in enumerate(verdicts)
    )
    failed = [verdict for verdict in verdicts if verdict is not JudgeVerdict.PASSED]
    return Judgement("name", whole or (failed[0] if failed else JudgeVerdict.PASSED), cases, Tier.A)


def test_all_cases_passed_is_right_and_one_that_failed_is_wrong_by_its_name() -> None:
    assert grade_of(judgement(JudgeVerdict.PASSED, JudgeVerdict.PASSED)).verdict is Verdict.RIGHT
    graded = grade_of(judgement(JudgeVerdict.PASSED, JudgeVerdict.WRONG_ANSWER))
    assert graded.verdict is Verdict.WRONG
    assert "1 of 2 cases" in graded.why
    assert "case 1" in graded.why
    assert "42" not in graded.why, "what a case expects is not given away"


@pytest.mark.parametrize("failure", [v for v in JudgeVerdict if v not in ("passed", "refused", "not_run")])
def test_every_way_to_fail_is_wrong(failure: JudgeVerdict) -> None:
    assert grade_of(judgement(failure)).verdict is Verdict.WRONG


@pytest.mark.parametrize("verdicts", [(), (JudgeVerdict.PASSED,)])
@pytest.mark.parametrize("whole", [JudgeVerdict.REFUSED, JudgeVerdict.NOT_RUN])
def test_what_was_not_judged_is_never_counted(verdicts: Sequence[JudgeVerdict], whole: JudgeVerdict) -> None:
    assert grade_of(judgement(*verdicts, whole=whole)).verdict is Verdict.UNSURE


def test_a_judgement_without_cases_is_never_right() -> None:
    assert grade_of(judgement()).verdict is Verdict.UNSURE


def test_a_problem_that_is_not_there_is_unsure(tmp_path: Path) -> None:
    def never(problem: Problem, submission: str) -> Judgement:
        raise AssertionError("nothing is there to judge")

    graded = grade(CodeKey("absent"), "pass", code_judge(never, tmp_path))
    assert graded.verdict is Verdict.UNSURE
    assert "absent" in graded.why


@pytest.mark.slow
def test_a_bundled_problem_is_graded_by_the_judge() -> None:
    from tutor.judge import judge
    from tutor.sandbox import Sandbox

    name = "cosine-similarity-matrix"
    with Sandbox.open(preload=["numpy"]) as sandbox:
        grader = code_judge(lambda problem, code: judge(problem, code, sandbox, b"secret"))
        assert grade(CodeKey(name), find(name).reference, grader).verdict is Verdict.RIGHT
        assert grade(CodeKey(name), find(name).starter, grader).verdict is Verdict.WRONG
