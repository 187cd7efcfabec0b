"""Bundled references, faults and attempts run in this process: they are ours, and breadth has to be quick."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tutor.answers import difference
from tutor.problems import Problem, Rules
from tutor.sandbox import PlainTensor
from tutor.trial import Outcome, Trial, Tried, matching_faults, wrong_in

TORCH = ("clip-loss", "info-nce")
EXACT = Rules(0, 0, True)


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
    rows: list[dict[str, Any]] = [row for row in author["cases"](seed) if timed or not row["name"].endswith("in time")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for row in rows:
            row["check"] = author["check"] if row.get("check") else None
            want = author[problem.function](*copy.deepcopy(row["args"]))
            row["want"] = plain(row.get("expect", want))
    return rows


def called(function: Callable[..., Any], args: list[Any]) -> tuple[Outcome, bool]:
    """What a call came to, and whether it changed its arguments."""
    mine = copy.deepcopy(args)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = plain(function(*mine))
        except Exception as error:  # noqa: BLE001 -- an attempt may raise anything; it is the answer here
            return Outcome(error=(type(error).__name__, str(error), None)), False
    return Outcome(value), bool(difference([plain(a) for a in mine], [plain(a) for a in args], EXACT))


def tried_here(problem: Problem, attempt: str, seed: int = 1) -> Trial:
    """What `tutor.trial.try_out` would return, without boxes."""
    try:
        function = space_of(attempt)[problem.function]
    except Exception as error:  # noqa: BLE001 -- as above
        return Trial(loads=f"{type(error).__name__}: {error}")
    cases = []
    for row in cases_of(problem, seed):
        got, changed = called(function, row["args"])
        wrong = wrong_in(problem, got, row["want"], changed)
        cases.append(Tried(row["name"], row.get("visible", False), tuple(row["args"]), row["want"], got, wrong))
    faults = [space_of(mutant.of(problem.reference))[problem.function] for mutant in problem.mutants]
    return Trial("", tuple(cases), matching_faults(problem, cases, lambda n, c: called(faults[n], list(c.args))[0]))
