"""Walkthroughs: something built step by step; each step is a judged problem that opens once the one before passed.

    walkthrough.toml   title, summary, steps, challenges (names of the folders beside it, in order)
    intro.md           what is built, and why in this order
    STEP/              a problem's folder (`tutor.problems`)

A step begins with the learner's code of the step before. A folder may come from anywhere: nothing in it is run here.
Knows what was passed by the names it is given; refuses to know learners, pages and how judging works.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from tutor.problems import Problem, ProblemUnusable, bundled, load, read_table, read_text

BUNDLED = bundled("walkthroughs")
_KEYS = {"title", "summary", "steps", "challenges"}


class StageState(StrEnum):
    """Whether a stage can be worked on."""

    PASSED = "passed"
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True)
class Walkthrough:
    """One walkthrough. The names of its problems begin with its own: `clip-from-scratch/unit-rows`."""

    name: str
    title: str
    summary: str
    intro: str
    steps: tuple[Problem, ...]
    challenges: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the steps, then the challenges."""
        return (*self.steps, *self.challenges)


@dataclass(frozen=True)
class Stage:
    """A step or a challenge as it stands for a learner. `problem` starts with the learner's own code so far."""

    number: int
    """From 1, over the steps and then over the challenges."""
    problem: Problem
    state: StageState
    challenge: bool = False

    @property
    def slug(self) -> str:
        """Return the stage's name within its walkthrough, as it stands in an address."""
        return self.problem.name.rpartition("/")[2]


def names(folder: Path = BUNDLED) -> list[str]:
    """Return the names of the walkthroughs in a folder of walkthroughs."""
    return sorted(path.parent.name for path in folder.glob("*/walkthrough.toml"))


def read(folder: Path) -> Walkthrough:
    """Return the walkthrough in the folder, checked. ProblemUnusable says which file is wrong, and how."""
    file = folder / "walkthrough.toml"
    table = read_table(file)
    if unknown := sorted(set(table) - _KEYS):
        raise ProblemUnusable(f"{file}: unknown {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    for key in ("title", "summary"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ProblemUnusable(f"{file}: {key} is missing")
    steps, challenges = (tuple(_stages(folder, file, table.get(key, []))) for key in ("steps", "challenges"))
    if not steps:
        raise ProblemUnusable(f"{file}: steps = [...] names no folder")
    slugs = [problem.name for problem in (*steps, *challenges)]
    if doubled := next((slug for slug in slugs if slugs.count(slug) > 1), ""):
        raise ProblemUnusable(f"{file}: {doubled!r} stands there twice")
    intro = read_text(folder / "intro.md")
    return Walkthrough(folder.resolve().name, table["title"], table["summary"], intro, steps, challenges)


def _stages(folder: Path, file: Path, listed: object) -> Iterator[Problem]:
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ProblemUnusable(f"{file}: steps and challenges are lists of folder names")
    for name in listed:
        if Path(name).name != name or name in (".", ".."):
            raise ProblemUnusable(f"{file}: {name!r} is no name of a folder beside it")
        yield replace(load(folder / name), name=f"{folder.resolve().name}/{name}")


def stages(walk: Walkthrough, passed: Mapping[str, str]) -> list[Stage]:
    """Return every step and challenge as it stands.

    Args:
        walk: the walkthrough.
        passed: the learner's code that the judge passed, by the problem's name.
    """
    found: list[Stage] = []
    code, way_open = "", True
    for number, step in enumerate(walk.steps, 1):
        state = _state(step, passed, way_open=way_open)
        found.append(Stage(number, _starting(step, code), state))
        way_open = state is StageState.PASSED
        code = passed.get(step.name, code)
    for number, challenge in enumerate(walk.challenges, 1):
        state = _state(challenge, passed, way_open=way_open)
        found.append(Stage(number, _starting(challenge, code), state, challenge=True))
    return found


def _state(problem: Problem, passed: Mapping[str, str], *, way_open: bool) -> StageState:
    """Return the state; what was passed behind a step that is open again stays closed until that one passes."""
    if not way_open:
        return StageState.LOCKED
    return StageState.PASSED if problem.name in passed else StageState.OPEN


def _starting(problem: Problem, code: str) -> Problem:
    return replace(problem, starter=carried(code, problem)) if code else problem


def carried(code: str, problem: Problem) -> str:
    """Return the learner's code so far with the problem's starter below it.

    Imports that the code has already are not repeated, the others join its imports; a function that the learner wrote
    ahead of time is kept in the place of the starter's.
    """
    tree, starter = ast.parse(code), ast.parse(problem.starter)
    if any(isinstance(node, ast.FunctionDef) and node.name == problem.function for node in tree.body):
        return code
    kinds = (ast.Import, ast.ImportFrom)
    present = [node for node in tree.body if isinstance(node, kinds)]
    known = {ast.unparse(node) for node in present}
    imports = [node for node in starter.body if isinstance(node, kinds)]
    lines = code.strip("\n").splitlines()
    at = present[-1].end_lineno or 0 if present else 0
    lines[at:at] = [line for node in imports if (line := ast.unparse(node)) not in known]
    below = problem.starter.splitlines()[max((node.end_lineno or 0 for node in imports), default=0) :]
    return "\n".join([*lines, "", "", *"\n".join(below).strip().splitlines(), ""])


def current(found: Sequence[Stage]) -> Stage:
    """Return the stage to go on with: the first that is open, else the last."""
    return next((stage for stage in found if stage.state is StageState.OPEN), found[-1])
