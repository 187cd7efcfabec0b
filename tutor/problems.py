"""Problems as folders: what a learner is asked, and what only the judge knows.

    statement.md   the task, with everything a solution has to fix: types, shapes, borders, conventions
    starter.py     where the learner begins
    problem.toml   title, function, difficulty, concepts, hints, tolerances, limits
    editorial.md   how it is solved and what that costs; optional, shown with the solution
    reference.py   a solution that passes                      } only ever run in a box of their own,
    cases.py       cases(seed) and, if it needs one, check()   } never in this process and never near a submission
    mutants.toml   named small faults of the reference, each of which has to fail

A folder may come with a course from anywhere, so nothing in it is imported here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MOST_BYTES = 256 * 1024
DIFFICULTIES = ("easy", "medium", "hard")


def bundled(name: str) -> Path:
    """Return the folder of this name among the bundled courses: of the checkout, or inside the installed package."""
    here = Path(__file__).parent
    places = [base / "courses" / name for base in (here, here.parent)]
    return next((folder for folder in places if folder.is_dir()), places[0])


BUNDLED = bundled("problems")


class ProblemUnusable(ValueError):
    """The folder is no problem in the documented form; the message names the file and what to change."""


@dataclass(frozen=True)
class Rules:
    """How answers are compared and what a case may use; the table `[rules]` of problem.toml."""

    atol: float = 1e-6
    rtol: float = 1e-5
    exact_dtype: bool = False  # float32 is then not float64
    inputs_unchanged: bool = True  # a solution that writes into its arguments fails
    fresh: bool = True  # a process for each case: no state from case to case
    wall_s: float = 10.0  # one case
    total_s: float = 120.0  # all cases
    memory_mb: int = 1024


@dataclass(frozen=True)
class Mutant:
    """One small fault: `find` in the reference is replaced once."""

    name: str
    find: str
    replace: str

    def of(self, reference: str) -> str:
        """Return the faulty solution. ProblemUnusable where the reference does not hold the text exactly once."""
        if reference.count(self.find) != 1:
            raise ProblemUnusable(f"mutant {self.name!r}: its text stands {reference.count(self.find)} times, not once")
        return reference.replace(self.find, self.replace)


@dataclass(frozen=True)
class Problem:
    """One problem, read from its folder."""

    name: str
    title: str
    function: str
    statement: str
    starter: str
    concepts: tuple[str, ...]
    hints: tuple[str, ...]
    rules: Rules
    reference: str
    cases: str
    mutants: tuple[Mutant, ...] = ()
    difficulty: str = "medium"
    editorial: str = ""


def names(folder: Path = BUNDLED) -> list[str]:
    """Return the names of the problems in a folder of problems."""
    return sorted(p.parent.name for p in folder.glob("*/problem.toml")) if folder.is_dir() else []


def find(name_or_folder: str, folder: Path = BUNDLED) -> Problem:
    """Return the bundled problem of that name, or the one in that folder. ProblemUnusable lists the names there are."""
    for candidate in (folder / name_or_folder, Path(name_or_folder)):
        if (candidate / "problem.toml").is_file():
            return load(candidate)
    raise ProblemUnusable(
        f"no problem {name_or_folder!r}; there are: {', '.join(names(folder)) or 'none'}, or give a folder"
    )


def load(folder: Path) -> Problem:
    """Return the problem in the folder, checked."""
    table = read_table(folder / "problem.toml")
    known = {"title", "function", "difficulty", "concepts", "hints", "rules"}
    if unknown := sorted(set(table) - known):
        raise ProblemUnusable(
            f"{folder / 'problem.toml'}: unknown {unknown[0]!r}; known are {', '.join(sorted(known))}"
        )
    function = _text(table, "function", folder)
    if not function.isidentifier():
        raise ProblemUnusable(f"{folder / 'problem.toml'}: function = {function!r} is no name of a function")
    difficulty = table.get("difficulty", "medium")
    if difficulty not in DIFFICULTIES:
        raise ProblemUnusable(
            f"{folder / 'problem.toml'}: difficulty = {difficulty!r} is none of {', '.join(DIFFICULTIES)}"
        )
    mutants = read_table(folder / "mutants.toml").get("mutant", []) if (folder / "mutants.toml").is_file() else []
    return Problem(
        name=folder.resolve().name,
        title=_text(table, "title", folder),
        function=function,
        statement=read_text(folder / "statement.md"),
        starter=read_text(folder / "starter.py"),
        concepts=tuple(map(str, table.get("concepts", []))),
        hints=tuple(map(str, table.get("hints", []))),
        rules=_rules(table.get("rules", {}), folder),
        reference=read_text(folder / "reference.py"),
        cases=read_text(folder / "cases.py"),
        mutants=tuple(Mutant(str(m["name"]), str(m["find"]), str(m["replace"])) for m in mutants),
        difficulty=difficulty,
        editorial=read_text(folder / "editorial.md") if (folder / "editorial.md").is_file() else "",
    )


def _rules(table: dict[str, Any], folder: Path) -> Rules:
    kinds = {name: type(value) for name, value in vars(Rules()).items()}
    for name, value in table.items():
        if name not in kinds:
            raise ProblemUnusable(f"{folder / 'problem.toml'}: unknown rule {name!r}; known are {', '.join(kinds)}")
        right = isinstance(value, bool) == (kinds[name] is bool) and isinstance(value, int | float)
        if not right or (kinds[name] is not bool and value < 0):
            raise ProblemUnusable(
                f"{folder / 'problem.toml'}: rule {name} = {value!r} has to be a {kinds[name].__name__}"
            )
    return Rules(**{name: kinds[name](value) for name, value in table.items()})


def _text(table: dict[str, Any], key: str, folder: Path) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ProblemUnusable(f"{folder / 'problem.toml'}: {key} is missing")
    return value


def read_text(file: Path) -> str:
    """Return the text of a file of a problem. ProblemUnusable where it is missing, too long or not UTF-8."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ProblemUnusable(f"{file}: longer than {_MOST_BYTES // 1024} KiB")
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ProblemUnusable(f"{file}: missing; a problem needs it") from error
    except UnicodeDecodeError as error:
        raise ProblemUnusable(f"{file}: not UTF-8") from error


def read_table(file: Path) -> dict[str, Any]:
    """Return the table in a TOML file; ProblemUnusable as in `read_text`."""
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise ProblemUnusable(f"{file}: {error}") from error
