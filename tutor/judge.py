"""Judges a submission: one case at a time, from outside its process.

Two boxes: the author's (reference and cases) and the submission's. Neither sees the other; this process compares the
plain values that come from both and runs code of neither. What does not answer has not passed.
"""

from __future__ import annotations

import enum
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tutor.answers import difference, shown
from tutor.problems import Problem, ProblemUnusable, Rules
from tutor.sandbox import Answer, Conversation, Limits, Sandbox, SandboxUnavailable, Tier, Verdict

_MOST_SILENT = 3  # cases without an answer after which the rest is not tried
_AUTHOR = Limits(wall_s=60.0, memory_mb=4096)
_LOADING_S = 30.0  # imports of a submission
_STOPPED = "it was stopped on request"
_NEVER_FOR_CREDIT = "solutions are judged only where user namespaces isolate them (tier A or B); see `erica sandbox`"


class JudgeVerdict(enum.StrEnum):
    """What a submission, or one case of it, came to."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    FORBIDDEN = "forbidden"  # it left, or broke the rules of the conversation
    NOT_RUN = "not_run"
    REFUSED = "refused"  # there is no box to run it in


_OF_CELL = {
    Verdict.ERROR: JudgeVerdict.RUNTIME_ERROR,
    Verdict.CRASH: JudgeVerdict.RUNTIME_ERROR,
    Verdict.WALL: JudgeVerdict.TIME,
    Verdict.CPU: JudgeVerdict.TIME,
    Verdict.MEMORY: JudgeVerdict.MEMORY,
    Verdict.OUTPUT: JudgeVerdict.OUTPUT,
    Verdict.DISK: JudgeVerdict.OUTPUT,
    Verdict.REFUSED: JudgeVerdict.REFUSED,
    Verdict.CANCELLED: JudgeVerdict.NOT_RUN,
}
_USED_UP = (Verdict.WALL, Verdict.CPU, Verdict.MEMORY, Verdict.OUTPUT, Verdict.PIDS, Verdict.DISK, Verdict.CRASH)


@dataclass(frozen=True)
class Case:
    """One call and what it has to give."""

    name: str  # what it is about; all that is shown of a hidden one
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    want: Any
    visible: bool
    wall_s: float
    checked: bool  # by the author's check() instead of a comparison


@dataclass(frozen=True)
class CaseResult:
    """What one case came to. `expected` and `got` are filled for visible cases that failed."""

    name: str
    verdict: JudgeVerdict
    visible: bool
    reason: str = ""
    expected: str = ""
    got: str = ""
    wall_s: float = 0.0


@dataclass(frozen=True)
class Judgement:
    """What a submission came to: the verdict of its first case that failed, or passed."""

    problem: str
    verdict: JudgeVerdict
    cases: tuple[CaseResult, ...]
    tier: Tier
    reason: str = ""

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.verdict is JudgeVerdict.PASSED for case in self.cases)

    def as_json(self) -> dict[str, Any]:
        """Return the judgement as `erica judge --json` prints it."""
        return {
            "problem": self.problem,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "passed": self.passed,
            "total": len(self.cases),
            "cases": [
                {
                    "name": case.name,
                    "verdict": str(case.verdict),
                    "visible": case.visible,
                    "reason": case.reason,
                    "expected": case.expected,
                    "got": case.got,
                    "wall_s": round(case.wall_s, 3),
                }
                for case in self.cases
            ],
            "tier": str(self.tier),
        }


@dataclass(frozen=True)
class Watch:
    """How a caller follows a judgement: hears each case as it is done, and may cancel the rest."""

    on_case: Callable[[CaseResult], None] = lambda _: None
    cancel: threading.Event = field(default_factory=threading.Event)


def judge(
    problem: Problem,
    submission: str,
    sandbox: Sandbox,
    secret: bytes = b"",
    *,
    only_visible: bool = False,
    watch: Watch | None = None,
) -> Judgement:
    """Return what the submission came to. The same submission and secret meet the same cases.

    Args:
        problem: what is asked.
        submission: source text; never run in this process.
        sandbox: where both boxes are built.
        secret: the server's: without it inputs can be foreseen by whoever has the problem's folder.
        only_visible: try the visible cases alone, as a learner does before handing in; this is no judgement for credit.
        watch: follows and cancels.

    Raises:
        ProblemUnusable: the problem's own reference or cases do not run.
        SandboxUnavailable: no box can be built.
    """
    if sandbox.tier not in (Tier.A, Tier.B):
        return Judgement(problem.name, JudgeVerdict.REFUSED, (), sandbox.tier, _NEVER_FOR_CREDIT)
    watch = watch or Watch()
    seed = int.from_bytes(hashlib.sha256(secret + submission.encode("utf-8", "replace")).digest()[:4], "big")
    with sandbox.converse(f"{problem.reference}\n\n{problem.cases}", _AUTHOR, watch.cancel) as author:
        if author.began.verdict is Verdict.CANCELLED:
            return Judgement(problem.name, JudgeVerdict.NOT_RUN, (), sandbox.tier, _STOPPED)
        if not author.began.completed:
            raise ProblemUnusable(
                f"{problem.name}: reference.py or cases.py does not run: {_told(author.began.outputs)}"
            )
        try:
            cases = [case for case in _cases(problem, author, seed) if case.visible or not only_visible]
        except ProblemUnusable:
            if watch.cancel.is_set():
                return Judgement(problem.name, JudgeVerdict.NOT_RUN, (), sandbox.tier, _STOPPED)
            raise
        results = tuple(_run_all(_Attempt(problem, submission, sandbox, author, watch), cases))
    failed = [case for case in results if case.verdict is not JudgeVerdict.PASSED]
    verdict = failed[0].verdict if failed else JudgeVerdict.PASSED
    return Judgement(problem.name, verdict, results, sandbox.tier, failed[0].reason if failed else "")


@dataclass(frozen=True)
class _Attempt:
    """One submission at one problem, with everything that judging it needs."""

    problem: Problem
    submission: str
    sandbox: Sandbox
    author: Conversation
    watch: Watch


def _told(outputs: tuple[Any, ...]) -> str:
    errors = [output.content for output in outputs if output.kind == "error"]
    return _error_words(errors[-1]) if errors else "it said nothing"


def _error_words(error: Mapping[str, Any]) -> str:
    """Return an error as its name and what it says; errors such as SystemExit say nothing."""
    parts = [str(error.get(key, "")).strip() for key in ("ename", "evalue")]
    return ": ".join(part for part in parts if part) or "an error without a name"


def _cases(problem: Problem, author: Conversation, seed: int) -> Iterator[Case]:
    listed = author.call("cases", [seed], wall_s=_AUTHOR.wall_s)
    if listed.verdict is not Verdict.COMPLETED or not isinstance(listed.value, list) or not listed.value:
        raise ProblemUnusable(f"{problem.name}: cases(seed) gave no list of cases: {_why(listed)}")
    for row in listed.value:
        if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not isinstance(row.get("args"), list):
            raise ProblemUnusable(f"{problem.name}: each case is a dict with 'name' and 'args' (a list)")
        args, kwargs = tuple(row["args"]), dict(row.get("kwargs", {}))
        checked = bool(row.get("check", False))
        want = row.get("expect")
        if "expect" not in row and not checked:
            answer = author.call(problem.function, args, kwargs, wall_s=_AUTHOR.wall_s)
            if answer.verdict is not Verdict.COMPLETED:
                raise ProblemUnusable(f"{problem.name}: the reference fails on {row['name']!r}: {_why(answer)}")
            want = answer.value
        wall_s = float(row.get("wall_s", problem.rules.wall_s))
        yield Case(str(row["name"]), args, kwargs, want, bool(row.get("visible", False)), wall_s, checked)


def _why(answer: Answer) -> str:
    return _error_words(answer.error) if answer.error is not None else answer.reason


def _run_all(attempt: _Attempt, cases: list[Case]) -> Iterator[CaseResult]:
    for result in _results(attempt, cases):
        attempt.watch.on_case(result)
        yield result


def _results(attempt: _Attempt, cases: list[Case]) -> Iterator[CaseResult]:
    """Run the cases in order; each in a fresh process unless the problem says otherwise."""
    rules = attempt.problem.rules
    deadline = time.monotonic() + rules.total_s
    limits = Limits(wall_s=_LOADING_S, memory_mb=rules.memory_mb, cpu_s=2 * rules.total_s)
    cancel = attempt.watch.cancel
    silent = 0
    with ExitStack() as open_now:
        talk: Conversation | None = None
        for case in cases:
            lost = case.checked and bool(attempt.author.over)  # a result before was too much for check()
            if silent >= _MOST_SILENT or time.monotonic() > deadline or cancel.is_set() or lost:
                why = _STOPPED if cancel.is_set() else "not tried after the failures before it"
                yield CaseResult(case.name, JudgeVerdict.NOT_RUN, case.visible, why)
                continue
            try:
                if talk is None or rules.fresh or talk.over:
                    open_now.pop_all().close()
                    talk = open_now.enter_context(attempt.sandbox.converse(attempt.submission, limits, cancel))
            except SandboxUnavailable as error:
                yield CaseResult(case.name, JudgeVerdict.REFUSED, case.visible, str(error))
                continue
            result = _run(attempt.problem, case, talk, attempt.author)
            answered = (JudgeVerdict.PASSED, JudgeVerdict.WRONG_ANSWER, JudgeVerdict.RUNTIME_ERROR)
            silent += result.verdict not in answered or not talk.began.completed
            yield result


def _run(problem: Problem, case: Case, talk: Conversation, author: Conversation) -> CaseResult:
    if not talk.began.completed:
        verdict = _OF_CELL.get(talk.began.verdict, JudgeVerdict.FORBIDDEN)
        words = _told(talk.began.outputs) if talk.began.verdict is Verdict.ERROR else talk.began.reason
        return CaseResult(case.name, verdict, case.visible, f"the submission does not load: {words}")
    answer = talk.call(problem.function, case.args, case.kwargs, wall_s=case.wall_s)
    if answer.verdict is not Verdict.COMPLETED:
        verdict = _OF_CELL.get(answer.verdict, JudgeVerdict.FORBIDDEN)
        reason = _why(answer) if case.visible else f"on: {case.name} ({_kind_of_failure(answer)})"
        return CaseResult(case.name, verdict, case.visible, reason, wall_s=answer.wall_s)
    wrong = _checked(problem, case, answer.value, author)
    if (
        not wrong
        and problem.rules.inputs_unchanged
        and difference(list(answer.args), list(case.args), Rules(0, 0, True))
    ):
        wrong = "the function changed its own input"
    if not wrong:
        return CaseResult(case.name, JudgeVerdict.PASSED, case.visible, wall_s=answer.wall_s)
    expected, got = (shown(case.want), shown(answer.value)) if case.visible and not case.checked else ("", "")
    reason = wrong if case.visible else f"wrong on: {case.name} ({_without_values(wrong)})"
    return CaseResult(case.name, JudgeVerdict.WRONG_ANSWER, case.visible, reason, expected, got, answer.wall_s)


def _kind_of_failure(answer: Answer) -> str:
    """Return what a hidden case may tell of an error: its message could spell out the hidden arguments."""
    if answer.error is None:
        return answer.reason
    line = answer.error.get("line")
    return f"{str(answer.error.get('ename'))[:60]} on line {line if isinstance(line, int) else '?'}"


def _without_values(wrong: str) -> str:
    """Return what a hidden case may tell: the kind of difference, not the values."""
    telling = ("shape", "dtype", "finite", "input", "items", "keys", "form")
    return wrong if any(word in wrong for word in telling) else "the values differ"


def _checked(problem: Problem, case: Case, got: Any, author: Conversation) -> str:
    """Return what is wrong with the answer, or ""."""
    if not case.checked:
        return difference(got, case.want, problem.rules)
    answer = author.call("check", [case.name, list(case.args), got], wall_s=_AUTHOR.wall_s)
    if answer.verdict is Verdict.ERROR:  # a value of a kind the check did not foresee
        return "the result has the wrong form"
    if answer.verdict in _USED_UP:
        return "the result has the wrong form: checking it takes too much"
    if answer.verdict is not Verdict.COMPLETED or not isinstance(answer.value, str):
        raise ProblemUnusable(f"{problem.name}: check() does not answer: {_why(answer)}")
    return answer.value
