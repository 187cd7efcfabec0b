"""The bundled walkthroughs: every reference passes, every fault fails, no hint leaks, and code carries over.

As in tests/problems, references and faults are ours and run in this process; one step each goes through the boxes
in tests/walkthroughs/test_through_the_judge.py.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from tests.problems.in_process import EXACT, cases_of, plain, space_of, tried_here
from tests.problems.test_faults import fault_of
from tutor import walkthroughs
from tutor.answers import difference
from tutor.hints import ladder
from tutor.leaks import leaks
from tutor.problems import DIFFICULTIES, Problem
from tutor.walkthroughs import StageState, Walkthrough

NAMES = walkthroughs.names()


@cache
def walk_of(name: str) -> Walkthrough:
    return walkthroughs.read(walkthroughs.BUNDLED / name)


PROBLEMS = {problem.name: problem for name in NAMES for problem in walk_of(name).problems}
each_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


def as_opened(problem: Problem) -> Problem:
    """The problem as the page gives it to a learner who did the steps before as the references do."""
    walk = walk_of(problem.name.partition("/")[0])
    passed = {step.name: step.reference for step in walk.steps}
    return next(stage.problem for stage in walkthroughs.stages(walk, passed) if stage.problem.name == problem.name)


@each_problem
def test_the_reference_gives_what_every_case_expects(problem: Problem) -> None:
    rows = cases_of(problem, seed=3, timed=True)
    assert len(rows) >= 7
    assert 2 <= sum(row.get("visible", False) for row in rows) < len(rows)
    function = space_of(problem.reference)[problem.function]
    assert {row["name"]: fault for row in rows if (fault := fault_of(problem, function, row))} == {}


@pytest.mark.parametrize("seed", [11, 2**31])
@each_problem
def test_every_named_fault_fails(problem: Problem, seed: int) -> None:
    rows = cases_of(problem, seed)
    assert len(problem.mutants) >= 4
    survivors = [
        mutant.name
        for mutant in problem.mutants
        if not any(fault_of(problem, space_of(mutant.of(problem.reference))[problem.function], row) for row in rows)
    ]
    assert survivors == []


@each_problem
def test_cases_come_from_the_seed_alone(problem: Problem) -> None:
    once, again = (cases_of(problem, 5) for _ in range(2))
    for row, same in zip(once, again, strict=True):
        assert difference([plain(a) for a in row["args"]], [plain(a) for a in same["args"]], EXACT) == ""


@each_problem
def test_no_hint_before_the_last_gives_the_solution_away(problem: Problem) -> None:
    problem = as_opened(problem)
    arguments = re.search(r"def \w+\((.*?)\):", problem.starter)
    assert arguments
    head = f"def {problem.function}({arguments[1]}):\n"
    attempts = [problem.starter, f"{head}    return None\n", *(m.of(problem.reference) for m in problem.mutants[:4])]
    firsts = set()
    for attempt in attempts:
        hints = ladder(problem, attempt, tried_here(problem, attempt))
        firsts.add(hints[0].words)
        assert len({hint.words for hint in hints}) == len(hints)
        assert re.findall(r"(\d)\. ", hints[2].words)[:3] == ["1", "2", "3"]
        for hint in hints[:-1]:
            assert leaks(f"{hint.words}\n```python\n{hint.code}```", problem) == [], hint
    assert len(firsts) >= 4


@each_problem
def test_a_statement_says_what_it_fixes(problem: Problem) -> None:
    assert f"`{problem.function}(" in problem.statement
    assert "## Your task" in problem.statement
    assert "shape" in problem.statement
    assert problem.difficulty in DIFFICULTIES
    assert len(problem.concepts) >= 3
    assert len(problem.hints) == 3
    assert "**Time**" in problem.editorial


@pytest.mark.parametrize("name", NAMES)
def test_every_step_builds_on_the_code_of_the_one_before(name: str) -> None:
    """The learner's file, carried from step to step and filled in, passes as the reference does."""
    walk = walk_of(name)
    assert 4 <= len(walk.steps) <= 6
    assert len(walk.challenges) == 2
    assert walk.intro.startswith(f"# {walk.title}\n")
    passed: dict[str, str] = {}
    for number, step in enumerate(walk.steps):
        found = walkthroughs.stages(walk, passed)
        states = [stage.state for stage in found]
        assert states[: number + 1] == [StageState.PASSED] * number + [StageState.OPEN]
        assert set(states[number + 1 :]) <= {StageState.LOCKED}
        starter = found[number].problem.starter
        before = walk.steps[number - 1].reference.rstrip() if number else ""
        assert starter.startswith(before)
        assert starter.count("raise NotImplementedError") == 1
        assert starter.count("import numpy as np") == 1
        added = step.reference[len(before) :] if number else step.reference
        written = f"{before}\n{added}"
        rows = cases_of(step, seed=8)
        assert not [row["name"] for row in rows if fault_of(step, space_of(written)[step.function], row)]
        passed[step.name] = step.reference
    assert [stage.state for stage in walkthroughs.stages(walk, passed)[-2:]] == [StageState.OPEN] * 2


def _bytes(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    return sum(map(_bytes, value)) if isinstance(value, list | tuple) else 8


@each_problem
def test_cases_fit_between_the_boxes(problem: Problem) -> None:
    """All that the judge sends and hears of a problem stays far below what a box may say (about 14 MB)."""
    rows = cases_of(problem, 1, timed=True)
    assert sum(_bytes(row["args"]) + _bytes(row["want"]) for row in rows) < 4_000_000
