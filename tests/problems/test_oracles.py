"""Bundled references, and what cases expect, agree with independent implementations on random valid inputs.

That every reference passes and every named fault fails is held for all problems by test_faults.py beside this file.
"""

from __future__ import annotations

import ast
import warnings
from typing import Any

import numpy as np
import pytest

from tests.problems import oracles_of_embeddings, oracles_of_images
from tests.problems.in_process import called, cases_of, plain, space_of
from tutor import problems
from tutor.answers import difference
from tutor.problems import Problem, Rules

ORACLES = {**oracles_of_embeddings.ORACLES, **oracles_of_images.ORACLES}
DRAWS = 20
NOT_IN_NUMBERS = {"double precision returned", "writes into the flow"}
"""Named faults that change a type or an argument, and no number."""
SLOW = pytest.mark.slow  # they import torch


def apart(problem: Problem, got: Any, told: Any) -> str:
    """How an answer differs from the oracle's, by a tenth of the tolerance that a submission has, or ""."""
    closer = Rules(problem.rules.atol / 10, problem.rules.rtol / 10, exact_dtype=False)
    return difference(numbers(got), numbers(told), closer)


def numbers(value: Any) -> Any:
    """The value with tensors as arrays, and numbers of numpy as Python's."""
    if isinstance(value, list | tuple):
        return tuple(map(numbers, value))
    value = getattr(value, "array", value)
    return value.item() if isinstance(value, np.generic) else value


def test_every_problem_has_an_oracle() -> None:
    assert set(ORACLES) == set(problems.names())


@SLOW
@pytest.mark.parametrize("name", sorted(ORACLES))
def test_a_reference_agrees_with_an_independent_implementation(name: str) -> None:
    problem, oracle = problems.find(name), ORACLES[name]
    function = space_of(problem.reference)[problem.function]
    random = np.random.default_rng(20)
    for turn in range(DRAWS):
        args = oracle.draw(random)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got = plain(function(*args))
        assert apart(problem, got, oracle.answer(*args)) == "", f"draw {turn}: {args}"


@SLOW
@pytest.mark.parametrize("name", sorted(ORACLES))
def test_what_the_cases_expect_is_what_the_oracle_answers(name: str) -> None:
    problem, oracle = problems.find(name), ORACLES[name]
    for seed in (1, 2):
        for row in cases_of(problem, seed):
            assert apart(problem, row["want"], oracle.answer(*row["args"])) == "", row["name"]


@SLOW
@pytest.mark.parametrize("name", sorted(ORACLES))
def test_the_oracle_tells_a_faulty_solution_from_a_right_one(name: str) -> None:
    problem, oracle = problems.find(name), ORACLES[name]
    random = np.random.default_rng(21)
    drawn = [oracle.draw(random) for _ in range(DRAWS)]
    told = [oracle.answer(*args) for args in drawn]
    missed = set()
    for mutant in problem.mutants:
        function = space_of(mutant.of(problem.reference))[problem.function]
        answers = [called(function, args)[0] for args in drawn]
        if not any(a.error or apart(problem, a.value, want) for a, want in zip(answers, told, strict=True)):
            missed.add(mutant.name)
    assert missed <= NOT_IN_NUMBERS


@pytest.mark.parametrize("name", problems.names())
def test_a_problem_says_what_it_fixes_and_its_faults_are_python(name: str) -> None:
    problem = problems.find(name)
    assert "shape" in problem.statement
    assert "float32" in problem.statement
    assert "olerance" in problem.statement or problem.rules.atol <= 1e-4
    assert f"`{problem.function}(" in problem.statement
    assert len(problem.hints) == 3
    assert len({mutant.name for mutant in problem.mutants}) == len(problem.mutants) >= 8
    for mutant in problem.mutants:
        ast.parse(mutant.of(problem.reference))
