"""The commands around code: run a file, say what the sandbox can do, verify a course's cells.

Thin faces like `tutor.cli`, which registers them. Nothing here runs or imports what is in the files it is given.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.exits import FAILED, OK, PARTIAL, UNAVAILABLE, USAGE, complain, print_json

if TYPE_CHECKING:
    from tutor.sandbox import CellResult, Device, Limits, Output
    from tutor.settings import Settings
    from tutor.verify import VerifiedCell

_RUN_KEYS = ("verdict", "stdout", "stderr", "outputs", "wall_s", "cpu_s", "peak_mb", "tier")
_OWNERS = "it ran without user namespaces (tier C), as the setting owners_machine allows: only for your own code"
_NO_GPU = "there is no GPU here, so it ran on the processor"


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands of this module to the `erica` parser's commands."""
    run = commands.add_parser("run", help="run a Python file in the sandbox")
    run.add_argument("file", type=Path, metavar="FILE.py")
    run.add_argument("--gpu", action="store_true", help="run on a GPU where there is one; on the processor otherwise")
    run.add_argument("--wall", type=_positive, default=30.0, metavar="S", help="most seconds it may take (30)")
    run.add_argument("--memory", type=_whole, default=1024, metavar="MB", help="most memory it may use (1024)")
    run.add_argument("--nodes", metavar="HOST:PORT", help="run on the least busy node of this Ray cluster")
    run.add_argument("--json", action="store_true", help="print the result as one JSON object")
    run.set_defaults(command=_run)

    verify = commands.add_parser("verify", parents=[common], help="run the code cells of what was ingested")
    verify.add_argument("--no-repair", action="store_true", help="let no model mend what fails")
    verify.add_argument("--again", action="store_true", help="run those too that were verified before")
    verify.add_argument("--json", action="store_true", help="print every cell and what it came to as one JSON object")
    verify.set_defaults(command=_verify)

    sandbox = commands.add_parser("sandbox", help="attack the sandbox and say what held, why, and what to install")
    sandbox.add_argument("--nodes", metavar="HOST:PORT", help="list the nodes of this Ray cluster and their tiers")
    sandbox.add_argument("--json", action="store_true")
    sandbox.set_defaults(command=_sandbox)


def _positive(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


# --- run --------------------------------------------------------------------------------------------------------


def _run(args: argparse.Namespace) -> int:
    from tutor.sandbox import CellResult, Limits, Tier, Verdict, devices
    from tutor.source_file import SourceUnusable, read_source

    try:
        code = read_source(args.file)
    except SourceUnusable as error:
        if args.json:
            _print_run(CellResult(Verdict.REFUSED, str(error)))
        return complain(error, USAGE)
    lent = devices.found()[:1] if args.gpu else ()
    limits = Limits(wall_s=args.wall, memory_mb=args.memory)
    name, live = args.file.name, not args.json
    if args.nodes:
        result = _run_on_node(args.nodes, code, name, limits, live=live)
    else:
        result = _run_boxed(code, name, limits, live=live, device=lent[0] if lent else None)
    if args.json:
        _print_run(result)
    without = args.gpu and not lent and result.verdict is not Verdict.REFUSED
    for note in [*result.notes, *([_NO_GPU] if without else []), *([_OWNERS] if result.tier is Tier.C else [])]:
        complain(f"note: {note}", OK)
    if result.completed:
        return OK
    return complain(f"{result.verdict}: {result.reason}", UNAVAILABLE if result.tier == "D" else FAILED)


def _print_run(result: CellResult) -> None:
    report = result.as_json()
    print_json({key: report[key] for key in _RUN_KEYS}, ascii_only=True)


def _run_boxed(code: str, name: str, limits: Limits, *, live: bool, device: Device | None) -> CellResult:
    """Return what came of the code; `refused` where there is no box for it."""
    from tutor.sandbox import (
        CellRequest,
        CellResult,
        RequestUnusable,
        Sandbox,
        SandboxUnavailable,
        Verdict,
        libraries_used,
    )
    from tutor.settings import load

    try:
        request = CellRequest(code, limits, name=name)
        owners = load().owners_machine
        with Sandbox.open(preload=libraries_used(code), device=device, owners_machine=owners) as sandbox:
            return sandbox.run(request, on_output=_show if live else None)
    except (RequestUnusable, SandboxUnavailable) as error:
        return CellResult(Verdict.REFUSED, reason=str(error))


def _run_on_node(address: str, code: str, name: str, limits: Limits, *, live: bool) -> CellResult:
    """Return what came of the code on a node of a cluster; `refused` where there is none for it."""
    from tutor.sandbox import CellRequest, CellResult, RequestUnusable, SandboxUnavailable, Verdict, libraries_used
    from tutor.sandbox.nodes import Nodes

    try:
        request = CellRequest(code, limits, name=name)
        with Nodes.connect(address, preload=libraries_used(code)) as nodes:
            return nodes.run(request, on_output=_show if live else None)
    except (RequestUnusable, SandboxUnavailable) as error:
        return CellResult(Verdict.REFUSED, reason=str(error))


def _show(output: Output) -> None:
    """Write what a cell says as it says it, without control characters that a terminal would obey."""
    from knowledge.wording import printable

    content = output.content
    if output.kind == "stream":
        stream = sys.stderr if content["name"] == "stderr" else sys.stdout
        stream.write(printable(str(content["text"])))
        stream.flush()
    elif output.kind == "error":
        sys.stderr.write(printable("".join(map(str, content.get("traceback", [])))))
    elif "data" in content:
        forms = content["data"]
        figure = next((kind for kind in forms if kind.startswith("image/")), None)
        words = f"[a figure, {figure}; --json holds it]" if figure else str(forms.get("text/plain", ""))
        sys.stdout.write(printable(words) + "\n")


# --- verify -----------------------------------------------------------------------------------------------------


def _verify(args: argparse.Namespace) -> int:
    from tutor.settings import KEYS, load

    settings = load({key.name: getattr(args, key.name, None) for key in KEYS})
    return verify_library(settings, again=args.again, repair=not args.no_repair, as_json=args.json)


def verify_library(settings: Settings, *, again: bool = False, repair: bool = True, as_json: bool = False) -> int:
    """Run the library's code cells, print what they came to, and return the exit code.

    Args:
        settings: where the library and the cache of runs are.
        again: run those too that were verified before.
        repair: have the model that is there mend what fails.
        as_json: print one JSON object with every cell, and not a line for each that is not verified.
    """
    from collections import Counter

    from knowledge.wording import counted
    from tutor.app import verify_course
    from tutor.lesson import CellStatus
    from tutor.sandbox import Sandbox, SandboxUnavailable

    try:
        Sandbox.open(preload=()).close()  # where there is none, that is said once and not for every cell
    except SandboxUnavailable as error:
        return complain(error, UNAVAILABLE)
    cells = []
    for cell in verify_course(settings, again=again, repair=repair):
        cells.append(cell)
        if not as_json and cell.run.status is not CellStatus.VERIFIED:
            print(_line(cell), flush=True)
    counts = Counter(cell.run.status for cell in cells)
    if as_json:
        totals = {status.value: counts[status] for status in CellStatus}
        print_json({**totals, "cells": [_cell_object(cell) for cell in cells]}, ascii_only=True)
    else:
        told = [f"{counts[status]} {status.value.replace('_', ' ')}" for status in CellStatus]
        print(f"{counted(len(cells), 'cell')}: {', '.join(told)}")
    return PARTIAL if counts[CellStatus.FAILED] else OK


def _line(cell: VerifiedCell) -> str:
    from knowledge.model import place
    from knowledge.wording import one_line

    where = f"{cell.document.path}, {place(cell.chunk.locator)}"
    return one_line(f"{cell.run.status.value.replace('_', ' ')}: {where}: {cell.run.reason}")


def _cell_object(cell: VerifiedCell) -> dict[str, object]:
    from knowledge.model import place

    return {
        "path": cell.document.path,
        "place": place(cell.chunk.locator),
        "code": cell.chunk.text,
        "status": cell.run.status.value,
        "reason": cell.run.reason,
        "outputs": list(cell.run.outputs),
        "cached": cell.cached,
        "repaired_code": cell.run.code,
    }


# --- sandbox ----------------------------------------------------------------------------------------------------


def _sandbox(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from tutor.sandbox import Tier, survey
    from tutor.settings import load

    if args.nodes:
        return _nodes(args.nodes, as_json=args.json)
    found = survey(load().owners_machine)
    if args.json:
        attacks = [asdict(outcome) for outcome in found.attacks]
        print_json({"tier": str(found.tier), "why": found.why, "remedy": found.remedy, "attacks": attacks})
    else:
        print(f"tier {found.tier}: {found.why}")
        for outcome in found.attacks:
            print(f"  {'held ' if outcome.held else 'BROKE'}  {outcome.name}: {outcome.came_to}")
        if found.remedy:
            print(f"  → {found.remedy}")
    return UNAVAILABLE if found.tier is Tier.D else OK


def _nodes(address: str, *, as_json: bool) -> int:
    """Print the nodes of a cluster whose sandboxes hold, each with its tier."""
    from tutor.sandbox import SandboxUnavailable
    from tutor.sandbox.nodes import Nodes

    try:
        with Nodes.connect(address, preload=()) as nodes:
            found = [{"machine": machine, "tier": str(tier)} for machine, tier, _ in nodes.tiers()]
    except SandboxUnavailable as error:
        return complain(error, UNAVAILABLE)
    if as_json:
        print_json({"nodes": found})
    else:
        print("\n".join(f"{node['machine']}: tier {node['tier']}" for node in found))
    return OK
