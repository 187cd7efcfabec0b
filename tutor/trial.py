"""An attempt tried for its own sake: what it answers, beside what was wanted and beside what known faults answer.

The judge says whether; this says how wrong, for hints. The attempt runs in a box of its own, reference and faults in
another, and this process compares the plain values that come from both. It refuses to put anything into words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.answers import difference
from tutor.problems import Problem, ProblemUnusable, Rules
from tutor.sandbox import Answer, Conversation, Limits, Sandbox, Verdict

_BOX = Limits(wall_s=30.0, memory_mb=2048, cpu_s=60.0)
_CALL_S = 5.0
_ALIKE = Rules(atol=1e-9, rtol=1e-4)  # an attempt with a fault computes as the fault does, up to rounding
_FAULTS = """

def _fault_answer(number, args):
    space = {}
    exec(_FAULT_SOURCES[number], space)
    return space[_FUNCTION](*args)
"""


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value, or an error as (its name, what it says, its line in the attempt)."""

    value: Any = None
    error: tuple[str, str, int | None] | None = None
    stopped: str = ""  # why it gave neither: it was too slow, or left


@dataclass(frozen=True)
class Tried:
    """One case the attempt was tried on."""

    name: str
    visible: bool
    args: tuple[Any, ...]
    want: Any
    got: Outcome
    wrong: str  # in words, or ""


@dataclass(frozen=True)
class Trial:
    """What an attempt did. `loads` says why it does not even load; `slips` name known faults that answer alike."""

    loads: str = ""
    cases: tuple[Tried, ...] = ()
    slips: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Tried, ...]:
        """Return the cases that went wrong, visible ones first."""
        return tuple(sorted((case for case in self.cases if case.wrong), key=lambda case: not case.visible))


def matching_faults(
    problem: Problem, cases: Sequence[Tried], fault: Callable[[int, Tried], Outcome]
) -> tuple[str, ...]:
    """Return the names of the known faults that answer every case as the attempt did.

    Args:
        problem: whose faults are tried.
        cases: what the attempt answered; nothing matches where all of it is right.
        fault: calls the fault of that number on a case.
    """
    telling = sorted(cases, key=lambda case: not case.wrong)  # a wrong case tells faults apart soonest
    if not any(case.wrong for case in cases):
        return ()
    return tuple(
        mutant.name
        for number, mutant in enumerate(problem.mutants)
        if all(_alike(case.got, fault(number, case)) for case in telling)
    )


def _alike(a: Outcome, b: Outcome) -> bool:
    if a.stopped or b.stopped:
        return False
    if a.error is not None or b.error is not None:
        return a.error is not None and b.error is not None and a.error[0] == b.error[0]
    return not difference(a.value, b.value, _ALIKE)


def try_out(problem: Problem, attempt: str, sandbox: Sandbox) -> Trial:
    """Return what the attempt does on the problem's cases, large ones left out.

    Raises:
        ProblemUnusable: the problem's own reference or cases do not run.
        SandboxUnavailable: no box can be built.
    """
    sources = [mutant.of(problem.reference) for mutant in problem.mutants]
    author_code = f"{problem.reference}\n\n{problem.cases}\n\n_FAULT_SOURCES = {sources!r}\n_FUNCTION = "
    author_code += f"{problem.function!r}{_FAULTS}"
    seed = int.from_bytes(hashlib.sha256(attempt.encode("utf-8", "replace")).digest()[:4], "little")
    with sandbox.converse(author_code, _BOX) as author, sandbox.converse(attempt, _BOX) as learner:
        if not author.began.completed:
            raise ProblemUnusable(f"{problem.name}: reference.py or cases.py does not run: {author.began.reason}")
        if not learner.began.completed:
            return Trial(loads=_loading(learner))
        tried = tuple(_tried(problem, author, learner, seed))

        def fault(number: int, case: Tried) -> Outcome:
            return _outcome(author.call("_fault_answer", [number, list(case.args)], wall_s=_CALL_S))

        return Trial("", tried, matching_faults(problem, tried, fault))


def _loading(talk: Conversation) -> str:
    errors = [output.content for output in talk.began.outputs if output.kind == "error"]
    return f"{errors[-1].get('ename')}: {errors[-1].get('evalue')}" if errors else talk.began.reason


def _tried(problem: Problem, author: Conversation, learner: Conversation, seed: int) -> Iterator[Tried]:
    listed = author.call("cases", [seed], wall_s=_BOX.wall_s)
    if listed.verdict is not Verdict.COMPLETED or not isinstance(listed.value, list):
        raise ProblemUnusable(f"{problem.name}: cases(seed) gave no list of cases: {listed.reason}")
    for row in listed.value:
        if "wall_s" in row or row.get("kwargs"):
            continue  # large, or called in a way that faults are not
        args = tuple(row["args"])
        want = row.get("expect", None)
        if "expect" not in row:
            answer = author.call(problem.function, args, wall_s=_CALL_S)
            if answer.verdict is not Verdict.COMPLETED:
                raise ProblemUnusable(f"{problem.name}: the reference fails on {row['name']!r}: {answer.reason}")
            want = answer.value
        answer = learner.call(problem.function, args, wall_s=_CALL_S)
        got = _outcome(answer)
        changed = (
            got.error is None and not got.stopped and bool(difference(list(answer.args), list(args), Rules(0, 0, True)))
        )
        yield Tried(str(row["name"]), bool(row.get("visible")), args, want, got, wrong_in(problem, got, want, changed))
        if learner.over:
            return


def wrong_in(problem: Problem, got: Outcome, want: Any, changed: bool) -> str:
    """Return in words what is wrong with an answer, or ""."""
    if got.stopped:
        return got.stopped
    if got.error is not None:
        return f"{got.error[0]}: {got.error[1]}"
    wrong = difference(got.value, want, problem.rules)
    return wrong or ("the function changed its own input" if changed and problem.rules.inputs_unchanged else "")


def _outcome(answer: Answer) -> Outcome:
    if answer.verdict is Verdict.COMPLETED:
        return Outcome(answer.value)
    if answer.error is not None:
        line = answer.error.get("line")
        said = str(answer.error.get("evalue", ""))[:300]
        return Outcome(
            error=(str(answer.error.get("ename", "Error"))[:60], said, line if isinstance(line, int) else None)
        )
    return Outcome(stopped=answer.reason or str(answer.verdict))
