"""`erica problem` and `erica judge`: a problem's task, a file to begin with, hints on an attempt, and the verdict.

A thin face over `tutor.problems`, `tutor.hints` and `tutor.judge`, registered by `tutor.cli`. Nothing here runs or
imports what is in the files it is given; the sandbox does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.exits import FAILED, OK, UNAVAILABLE, USAGE, complain, print_json

if TYPE_CHECKING:
    from tutor.judge import Judgement
    from tutor.learner import Learner
    from tutor.problems import Problem
    from tutor.settings import Settings
    from tutor.trial import Trial

_JUDGE_KEYS = ("verdict", "passed", "total", "cases", "tier")
_REFUSED = {"verdict": "refused", "passed": 0, "total": 0, "cases": [], "tier": "D"}
_RUNGS = 5


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `erica problem` and `erica judge` to the parser's commands."""
    problem = commands.add_parser("problem", parents=[common], help="show a problem, begin it, get a hint")
    problem.add_argument("name", nargs="?", metavar="PROBLEM", help="a bundled problem or a folder; without it, a list")
    what = problem.add_mutually_exclusive_group()
    what.add_argument("--start", type=Path, metavar="FILE.py", help="write where a solution begins into a new file")
    what.add_argument("--hint", type=Path, metavar="FILE.py", help="say something that helps this attempt on")
    problem.add_argument(
        "--rung",
        type=int,
        choices=range(1, _RUNGS + 1),
        default=1,
        help="how much it tells: 1 (a nudge) to 5 (all)",
    )
    problem.set_defaults(command=_problem)

    judge = commands.add_parser("judge", help="judge a solution of a problem")
    judge.add_argument("problem", metavar="PROBLEM", help="name of a bundled problem, or a problem's folder")
    judge.add_argument("file", type=Path, metavar="FILE.py")
    judge.add_argument("--json", action="store_true", help="print the judgement as one JSON object")
    judge.set_defaults(command=_judge)


# --- problem ----------------------------------------------------------------------------------------------------


def _problem(args: argparse.Namespace) -> int:
    from tutor.problems import ProblemUnusable, find
    from tutor.settings import KEYS, load
    from tutor.source_file import SourceUnusable, begin, read_source

    settings = load({key.name: getattr(args, key.name, None) for key in KEYS})
    if args.name is None:
        return complain("name a problem; `erica problem` lists them", USAGE) if args.start or args.hint else _listed()
    try:
        problem = find(args.name)
        if args.start:
            begin(args.start, problem.starter)
            print(f"{args.start} holds where {problem.title} begins.")
        elif args.hint:
            _hint(problem, read_source(args.hint), args.rung, settings)
        else:
            _shown(problem)
    except (ProblemUnusable, SourceUnusable) as error:
        return complain(error, USAGE)
    return OK


def _listed() -> int:
    from tutor.desk import bundled_problems
    from tutor.problems import DIFFICULTIES

    problems = bundled_problems().values()
    for problem in sorted(problems, key=lambda one: (DIFFICULTIES.index(one.difficulty), one.name)):
        print(f"{problem.name:28} {problem.difficulty:8} {problem.title}")
    return OK


def _shown(problem: Problem) -> None:
    from knowledge.wording import printable

    print(f"{printable(problem.statement).rstrip()}\n")
    print(f"erica problem {problem.name} --start FILE.py   writes where a solution begins")
    print(f"erica problem {problem.name} --hint FILE.py    helps an attempt on")
    print(f"erica judge {problem.name} FILE.py             says whether it is right")


def _hint(problem: Problem, attempt: str, rung: int, settings: Settings) -> None:
    """Print one rung of the ladder for this attempt; that the whole solution was shown is kept."""
    from knowledge.wording import printable
    from tutor.hints import Rung, ladder

    hint = ladder(problem, attempt, _tried(problem, attempt))[rung - 1]
    if hint.rung is Rung.SOLUTION and _is_bundled(problem):
        with _learner(settings) as learner:
            learner.see_solution(problem.name)
    print(f"{hint.rung} ({rung} of {_RUNGS}): {printable(hint.words)}")
    if hint.code:
        print(f"\n{printable(hint.code).rstrip()}")


def _tried(problem: Problem, attempt: str) -> Trial | None:
    """Return what the attempt does, or None where its text says it all or there is no box to try it in."""
    from tutor.attempt_reading import is_worth_trying
    from tutor.sandbox import RequestUnusable, Sandbox, SandboxUnavailable, libraries_used
    from tutor.trial import try_out

    if not is_worth_trying(problem, attempt):
        return None
    try:
        with Sandbox.open(preload=libraries_used(problem.reference)) as sandbox:
            return try_out(problem, attempt, sandbox)
    except (SandboxUnavailable, RequestUnusable) as reason:
        complain(f"note: your attempt could not be tried, so the hint reads its text alone: {reason}", OK)
        return None


# --- judge ------------------------------------------------------------------------------------------------------


def _judge(args: argparse.Namespace) -> int:
    from tutor.judge import JudgeVerdict
    from tutor.problems import ProblemUnusable, find
    from tutor.sandbox import SandboxUnavailable
    from tutor.settings import load
    from tutor.source_file import SourceUnusable, read_source

    settings = load()
    try:
        problem, code = find(args.problem), read_source(args.file)
        report = judged(problem, code, settings)
    except (ProblemUnusable, SourceUnusable) as error:
        if args.json:
            print_json(_REFUSED, ascii_only=True)
        return complain(error, USAGE)
    except SandboxUnavailable as error:
        if args.json:
            print_json(_REFUSED, ascii_only=True)
        return complain(f"refused: {error}", UNAVAILABLE)
    if args.json:
        whole = report.as_json()
        print_json({key: whole[key] for key in _JUDGE_KEYS}, ascii_only=True)
    else:
        print_judgement(problem, report)
    if report.verdict is JudgeVerdict.PASSED:
        _keep(problem, code, settings)
        return OK
    return UNAVAILABLE if report.verdict is JudgeVerdict.REFUSED else FAILED


def _keep(problem: Problem, code: str, settings: Settings) -> None:
    """Keep what passed of a bundled problem, as evidence about its concepts where a library has them.

    Writes a note where it cannot be kept.
    """
    from knowledge.errors import LibraryNotFound
    from knowledge.library import Library
    from tutor.desk import Desk
    from tutor.learner import OWNER, LearnerUnusable

    if not _is_bundled(problem):
        return
    try:
        try:
            with Library.open(settings.library) as library:
                Desk(library, settings.state).passed(OWNER, problem, code)
        except LibraryNotFound:  # nothing was ingested yet: the problem counts as solved, and says nothing of concepts
            with _learner(settings) as learner:
                learner.solved(problem.name, code)
    except LearnerUnusable as error:
        complain(f"note: {error}", OK)


def _is_bundled(problem: Problem) -> bool:
    from tutor.problems import names

    return problem.name in names()


@contextmanager
def _learner(settings: Settings) -> Iterator[Learner]:
    from tutor.learner import Learner

    learner = Learner.open(settings.state)
    try:
        yield learner
    finally:
        learner.close()


def judged(problem: Problem, code: str, settings: Settings) -> Judgement:
    """Return the judgement of the code, in a sandbox that has imported what it and the problem need."""
    from tutor.judge import Judgement, JudgeVerdict, judge
    from tutor.judge_key import judge_key
    from tutor.sandbox import RequestUnusable, Sandbox, Tier, libraries_used

    wanted = {*libraries_used(code), *libraries_used(problem.reference), *libraries_used(problem.cases)}
    try:
        with Sandbox.open(preload=sorted(wanted)) as sandbox:
            return judge(problem, code, sandbox, judge_key(settings.state))
    except RequestUnusable as error:
        return Judgement(problem.name, JudgeVerdict.REFUSED, (), Tier.D, str(error))


def print_judgement(problem: Problem, report: Judgement) -> None:
    """Print a judgement case by case; of hidden ones, what they are about."""
    from knowledge.wording import one_line

    print(f"{problem.title}: {report.verdict}, {report.passed} of {len(report.cases)} cases passed")
    for case in report.cases:
        print(f"  {case.verdict!s:14} {case.name}")
        told = {"": case.reason, "expected": case.expected, "got": case.got}
        for label, words in told.items():
            if words:
                print(f"  {'':14} {label + ': ' if label else ''}{one_line(words)}")
    if not report.cases and report.reason:
        print(f"  {one_line(report.reason)}")
