"""`erica daily` and `erica walkthrough`: the day's problem and topic, and what is built step by step.

A thin face over `tutor.desk`. Registered by `tutor.cli`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.exits import FAILED, OK, UNAVAILABLE, USAGE, complain

if TYPE_CHECKING:
    from tutor.desk import Desk
    from tutor.settings import Settings
    from tutor.walkthroughs import Stage, Walkthrough

_MARKS = {"passed": "x", "open": " ", "locked": "-"}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `erica daily` and `erica walkthrough` to the parser's commands."""
    daily = commands.add_parser("daily", parents=[common], help="the problem and the topic of the day")
    daily.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="another day than today")
    daily.add_argument("--markdown", action="store_true", help="print it whole, as a Markdown document")
    daily.set_defaults(command=_daily)
    walk = commands.add_parser("walkthrough", parents=[common], help="build something step by step")
    walk.add_argument("name", nargs="?", help="a walkthrough; without it all are listed")
    what = walk.add_mutually_exclusive_group()
    what.add_argument("--start", type=Path, metavar="FILE.py", help="write where the open step begins into a new file")
    what.add_argument("--submit", type=Path, metavar="FILE.py", help="judge a solution of the open step")
    walk.add_argument("--step", metavar="STEP", help="another step or challenge that is open")
    walk.set_defaults(command=_walkthrough)


def _day(text: str) -> date:
    from tutor.daily import FIRST, LAST

    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no date such as 2026-11-21") from error
    if not FIRST <= day <= LAST:
        raise argparse.ArgumentTypeError(f"{text} is no date such as 2026-11-21: it lies outside {FIRST} to {LAST}")
    return day


def _settings(args: argparse.Namespace) -> Settings:
    from tutor.settings import KEYS, load

    return load({key.name: getattr(args, key.name, None) for key in KEYS})


def _with_desk(args: argparse.Namespace, run: Callable[[Desk], int]) -> int:
    from knowledge.library import Library
    from tutor.desk import Desk

    settings = _settings(args)
    with Library.open(settings.library) as library:
        return run(Desk(library, settings.state))


def _daily(args: argparse.Namespace) -> int:
    from tutor.daily_export import lines, markdown
    from tutor.learner import OWNER

    def run(desk: Desk) -> int:
        wanted = args.date or date.today()
        day, rhythm = desk.day(OWNER, wanted), desk.rhythm(OWNER, wanted)
        if args.markdown:
            print(markdown(day, rhythm), end="")
        else:
            print("\n".join(lines(day, rhythm)))
        return OK

    return _with_desk(args, run)


def _walkthrough(args: argparse.Namespace) -> int:
    from tutor.desk import bundled_walkthroughs

    every = bundled_walkthroughs()
    if args.name is not None and args.name not in every:
        return complain(f"no walkthrough {args.name!r}; there are: {', '.join(every)}", USAGE)
    if args.name is None and (args.start or args.submit or args.step):
        return complain("name a walkthrough; `erica walkthrough` lists them", USAGE)

    def run(desk: Desk) -> int:
        if args.name is None:
            return _listed(desk, every)
        stages = _stages(desk, every[args.name])
        stage = _chosen(stages, args.step)
        if stage is None:
            there = ", ".join(one.slug for one in stages if one.state != "locked")
            return complain(f"no step {args.step!r} is open; open are: {there}", USAGE)
        if args.start:
            return _started(stage, args.start)
        return _submitted(args, desk, stage) if args.submit else _shown(every[args.name], stages, stage)

    return _with_desk(args, run)


def _stages(desk: Desk, walk: Walkthrough) -> list[Stage]:
    from tutor.learner import OWNER
    from tutor.walkthroughs import stages

    return stages(walk, {item: solution.code for item, solution in desk.solutions(OWNER).items()})


def _chosen(stages: list[Stage], slug: str | None) -> Stage | None:
    from tutor.walkthroughs import StageState, current

    if slug is None:
        return current(stages)
    return next((one for one in stages if one.slug == slug and one.state is not StageState.LOCKED), None)


def _listed(desk: Desk, every: dict[str, Walkthrough]) -> int:
    for name, walk in every.items():
        stages = _stages(desk, walk)
        done = sum(one.state == "passed" for one in stages)
        print(f"{name}: {walk.title} ({done} of {len(stages)} passed)\n  {walk.summary}")
    return OK


def _shown(walk: Walkthrough, stages: list[Stage], stage: Stage) -> int:
    print(f"{walk.title}: {walk.summary}\n")
    for one in stages:
        label = f"{'challenge' if one.challenge else 'step'} {one.number}"
        print(f"[{_MARKS[one.state]}] {label:12} {one.slug:16} {one.problem.title}")
    print(f"\n{stage.problem.statement.rstrip()}\n")
    print(f"erica walkthrough {walk.name} --step {stage.slug} --start FILE.py, then the same with --submit FILE.py")
    return OK


def _started(stage: Stage, file: Path) -> int:
    from tutor.source_file import SourceUnusable, begin

    try:
        begin(file, stage.problem.starter)
    except SourceUnusable as error:
        return complain(error, USAGE)
    print(f"{file} holds where {stage.slug} begins.")
    return OK


def _submitted(args: argparse.Namespace, desk: Desk, stage: Stage) -> int:
    from tutor.cli_problem import judged, print_judgement
    from tutor.judge import JudgeVerdict
    from tutor.learner import OWNER
    from tutor.problems import ProblemUnusable
    from tutor.sandbox import SandboxUnavailable
    from tutor.source_file import SourceUnusable, read_source

    try:
        code = read_source(args.submit)
    except SourceUnusable as error:
        return complain(error, USAGE)
    try:
        report = judged(stage.problem, code, _settings(args))
    except SandboxUnavailable as error:
        return complain(f"refused: {error}", UNAVAILABLE)
    except ProblemUnusable as error:
        return complain(error, FAILED)
    print_judgement(stage.problem, report)
    if report.verdict is not JudgeVerdict.PASSED:
        return UNAVAILABLE if report.verdict is JudgeVerdict.REFUSED else FAILED
    desk.passed(OWNER, stage.problem, code)
    print("Passed. What comes next is open.")
    return OK
