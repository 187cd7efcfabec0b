"""Every reference passes and every named fault fails, for every seed tried.

The bundled references and faults are ours, so they run in this process: breadth in seconds.
tests/tutor/test_judge.py takes some of them through the judge and its boxes.
"""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tutor import problems
from tutor.answers import difference
from tutor.problems import Problem, Rules
from tutor.sandbox import PlainTensor

TORCH = ("clip-loss", "info-nce")
ALL = [pytest.param(n, marks=pytest.mark.slow) if n in TORCH else n for n in problems.names()]
TIMED = ("in time",)


def plain(value: Any) -> Any:
    """The value as it would come out of a box: tensors as plain ones."""
    if type(value).__module__ == "torch":
        return PlainTensor(value.detach().numpy())
    return type(value)(map(plain, value)) if isinstance(value, list | tuple) else value


def space_of(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(source, space)
    return space


def cases_of(problem: Problem, seed: int, timed: bool = False) -> list[dict[str, Any]]:
    """The problem's cases with what each has to give; the reference answers without a warning."""
    author = space_of(f"{problem.reference}\n\n{problem.cases}")
    rows = [row for row in author["cases"](seed) if timed or not row["name"].endswith(TIMED)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for row in rows:
            row["check"] = author["check"] if row.get("check") else None
            want = author[problem.function](*copy.deepcopy(row["args"]))
            row["want"] = plain(row.get("expect", want))
    return rows


def fault_of(problem: Problem, function: Any, row: Mapping[str, Any]) -> str:
    """What is wrong with the function's answer to the case, or ""."""
    args = copy.deepcopy(row["args"])
    began = time.perf_counter()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            got = plain(function(*args))
        except Exception as error:  # noqa: BLE001 -- a fault may raise anything; it is the answer here
            return f"{type(error).__name__}: {error}"
    if time.perf_counter() - began > row.get("wall_s", problem.rules.wall_s):
        return "too slow"
    wrong = row["check"](row["name"], row["args"], got) if row["check"] else difference(got, row["want"], problem.rules)
    changed = difference([plain(a) for a in args], [plain(a) for a in row["args"]], Rules(0, 0, True))
    return str(wrong or (changed and "input changed"))


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
    exact = Rules(0, 0, True)
    for row, same in zip(once, again, strict=True):
        assert difference([plain(a) for a in row["args"]], [plain(a) for a in same["args"]], exact) == ""
    pairs = list(zip(once, other, strict=True))
    assert any(difference([plain(x) for x in a["args"]], [plain(x) for x in b["args"]], exact) for a, b in pairs)


def test_there_are_at_least_twenty_four_of_every_difficulty_and_none_is_without_an_editorial() -> None:
    every = [problems.find(name) for name in problems.names()]
    assert len(every) >= 24
    assert {problem.difficulty for problem in every} == set(problems.DIFFICULTIES)
    for problem in every:
        assert "**Time**" in problem.editorial, problem.name
        assert len(problem.concepts) >= 3, problem.name
        assert len(problem.hints) == 3, problem.name
