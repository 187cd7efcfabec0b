"""Runs every attempt in a box and prints what came of each as JSON: also started as another user, for tier B.

`--weak` runs the ones marked `control` in a plain process instead: the box that is none.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.sandbox.attacks import Attempt, all_attempts
from tutor.sandbox import CellRequest, Limits, Sandbox, probe

LIMITS = Limits(wall_s=4.0, memory_mb=160, pids=32, disk_mb=48, file_mb=16, inodes=2000, output_bytes=4 << 20)
_PROJECT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def facts_of_the_host() -> Iterator[dict[str, str]]:
    """Things worth stealing, alive while the attacks run; markers and what stands for them."""
    secret = secrets.token_hex(16)
    os.environ["ERICA_ATTACK_SECRET"] = secret
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as open_now:
        file = Path(folder, "secret.txt")
        file.write_text(secret)
        listener = open_now.enter_context(socket.create_server(("127.0.0.1", 0)))
        by_name = open_now.enter_context(socket.socket(socket.AF_UNIX))
        by_name.bind(str(Path(folder, "socket")))
        abstract = open_now.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind("\0erica-" + secret)
        for unix in (by_name, abstract):
            unix.listen()
        yield {
            "@SECRET@": secret,
            "@SECRET_FILE@": str(file),
            "@PROJECT@": str(_PROJECT),
            "@PYTHON@": os.path.realpath(sys.base_prefix),  # the box shows it where it lies
            "@PORT@": str(listener.getsockname()[1]),
            "@PID@": str(os.getpid()),
            "@ABSTRACT@": "erica-" + secret,
            "@SOCKET_FILE@": str(Path(folder, "socket")),
        }


def filled(attempt: Attempt, facts: dict[str, str]) -> str:
    code = attempt.code
    for mark, fact in facts.items():
        code = code.replace(mark, fact)
    return code


def in_the_box(use_cgroups: bool, owners_machine: bool = False) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if owners_machine:  # as on a machine that lets no ordinary user make namespaces
        probe.obstacle = lambda: "setting up uid map: Permission denied"
    opened = partial(Sandbox.open, preload=(), use_cgroups=use_cgroups, trust_cache=False)
    with facts_of_the_host() as facts, opened(owners_machine=owners_machine) as sandbox:
        for attempt in all_attempts():
            request = CellRequest(filled(attempt, facts), limits=LIMITS)
            result = sandbox.run(request)
            if str(result.verdict) not in attempt.verdicts and str(result.verdict) in ("wall", "cpu"):
                # On a busy machine four seconds may be too few to reach the limit that the attempt is about.
                result = sandbox.run(request.with_limits(wall_s=40.0))
            shown = json.dumps(result.as_json())
            found.append(
                {
                    "name": attempt.name,
                    "right": str(result.verdict) in attempt.verdicts,
                    "broke": "BROKE" in result.stdout or facts["@SECRET@"] in shown or "<script" in shown,
                    "came_to": f"{result.verdict}: {result.reason} {result.stdout[:200]} {result.stderr[:300]}",
                    "tier": str(result.tier),
                }
            )
    return found


def in_a_weak_box() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    with facts_of_the_host() as facts, tempfile.TemporaryDirectory() as folder:
        for attempt in (a for a in all_attempts() if a.control):
            words = [sys.executable, "-c", filled(attempt, facts)]
            done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=20, check=False)
            found.append({"name": attempt.name, "broke": "BROKE" in done.stdout})
    return found


if __name__ == "__main__":
    boxed = partial(in_the_box, "--no-cgroups" not in sys.argv, "--owners-machine" in sys.argv)
    outcome = in_a_weak_box() if "--weak" in sys.argv else boxed()
    sys.stdout.write(json.dumps(outcome))
