"""Every reference passes and every named fault fails, for every seed tried.

The bundled references and faults are ours, so they run in this process: breadth in seconds.
tests/tutor/test_judge.py takes some of them through the judge and its boxes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.problems.in_process import EXACT, TORCH, called, cases_of, plain, space_of
from tutor import problems
from tutor.answers import difference
from tutor.problems import Problem
from tutor.trial import wrong_in

ALL = [pytest.param(n, marks=pytest.mark.slow) if n in TORCH else n for n in problems.names()]


def fault_of(problem: Problem, function: Any, row: Mapping[str, Any]) -> str:
    """What is wrong with the function's answer to the case, or ""."""
    began = time.perf_counter()
    got, changed = called(function, row["args"])
    if time.perf_counter() - began > row.get("wall_s", problem.rules.wall_s):
        return "too slow"
    if row["check"] and got.error is None:
        return str(row["check"](row["name"], row["args"], got.value))
    return wrong_in(problem, got, row["want"], changed)


@pytest.mark.parametrize("name", ALL)
def test_the_reference_gives_what_every_case_expects(name: str) -> None:
    problem = problems.find(name)
    rows = cases_of(problem, seed=3, timed=True)
    assert len(rows) >= 8
    assert 2 <= sum(row.get("visible", False) for row in rows) < len(rows)
    function = space_of(problem.reference)[problem.function]
    assert {row["name"]: fault for row in rows if (fault := fault_of(problem, function, row))} == {}


@pytest.mark.parametrize("seed", [11, 2**31])
@pytest.mark.parametrize("name", ALL)
def test_every_named_fault_fails(name: str, seed: int) -> None:
    problem = problems.find(name)
    rows = cases_of(problem, seed)
    survivors = [
        mutant.name
        for mutant in problem.mutants
        if not any(fault_of(problem, space_of(mutant.of(problem.reference))[problem.function], row) for row in rows)
    ]
    assert survivors == []


@pytest.mark.parametrize("name", ALL)
def test_cases_come_from_the_seed_alone(name: str) -> None:
    problem = problems.find(name)
    once, again, other = (cases_of(problem, seed) for seed in (5, 5, 6))
    for row, same in zip(once, again, strict=True):
        assert difference([plain(a) for a in row["args"]], [plain(a) for a in same["args"]], EXACT) == ""
    pairs = list(zip(once, other, strict=True))
    assert any(difference([plain(x) for x in a["args"]], [plain(x) for x in b["args"]], EXACT) for a, b in pairs)


def test_there_are_at_least_twenty_four_of_every_difficulty_and_none_is_without_an_editorial() -> None:
    every = [problems.find(name) for name in problems.names()]
    assert len(every) >= 24
    assert {problem.difficulty for problem in every} == set(problems.DIFFICULTIES)
    for problem in every:
        assert "**Time**" in problem.editorial, problem.name
        assert len(problem.concepts) >= 3, problem.name
        assert len(problem.hints) == 3, problem.name
