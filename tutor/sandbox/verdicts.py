"""Says how a cell ended, from what the host and the kernel saw; pure.

The student's own word (`told`) decides only between ways of having failed at nothing else: it can turn no stop,
signal or exit into `completed`.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .child import Ending
from .spec import Limits, Verdict


@dataclass(frozen=True)
class Signs:
    """What was seen of one cell."""

    stopped: tuple[Verdict, str] | None = None  # by the host, with its reason
    told: Mapping[str, Any] | None = None  # the process's own `done`
    ending: Ending | None = None  # of the student's process, from our first process
    must_end: bool = True  # a cell alone ends with its process; a session's process goes on
    out_of_memory: bool = False  # the kernel killed for the group's limit
    out_of_tasks: bool = False  # the kernel refused a fork for the group's limit
    box_lost: bool = False  # the zygote is gone
    walked_out: bool = False  # it said it was done and was gone before it was asked to leave


_TOLD = {
    "memory": (Verdict.MEMORY, "the code asked for more memory than it may use"),
    "disk": (Verdict.DISK, "the code wrote more than it may store"),
    "pids": (Verdict.PIDS, "the code started more processes or threads than it may"),
}


def verdict_of(signs: Signs, limits: Limits) -> tuple[Verdict, str]:
    """Return the verdict and its reason in one sentence ("" when completed)."""
    limit = _of_limits(signs, limits)
    if limit is not None:
        return limit
    if signs.box_lost and (signs.ending is None):
        return Verdict.CANCELLED, "the sandbox was stopped from outside while the code ran; run it again"
    if signs.ending is not None and (signs.told is None or signs.told.get("status") == "ok"):
        ended = _of_ending(signs.ending, limits, signs.told is not None, signs.walked_out)
        if ended is not None:
            return ended
    unseen_end = signs.must_end and signs.ending is None
    if signs.told is None or (unseen_end and signs.told.get("status") == "ok"):
        return Verdict.CRASH, "its process was killed from outside"
    return _of_word(signs.told)


def _of_limits(signs: Signs, limits: Limits) -> tuple[Verdict, str] | None:
    if signs.out_of_memory:
        return Verdict.MEMORY, f"it used more than {limits.memory_mb} MiB of memory"
    if signs.stopped is None and signs.out_of_tasks:
        return Verdict.PIDS, f"it started more than {limits.pids} processes and threads"
    return signs.stopped


def _of_ending(ending: Ending, limits: Limits, told: bool, walked_out: bool) -> tuple[Verdict, str] | None:
    """Return what the kernel's word about the process's end says; None where it ended as it should."""
    if ending.signal in (signal.SIGXCPU, signal.SIGKILL) and ending.cpu_s >= limits.cpu_limit_s:
        return Verdict.CPU, f"it used more than {limits.cpu_limit_s:g} s of processor time"
    if ending.signal == signal.SIGXFSZ:
        return Verdict.DISK, f"it wrote a file of more than {limits.file_mb} MiB"
    if ending.signal:
        known = ending.signal in set(signal.Signals)
        name = signal.Signals(ending.signal).name if known else f"signal {ending.signal}"
        return Verdict.CRASH, f"its process crashed ({name})"
    if not told or walked_out or ending.exit_status != 0:
        return (
            Verdict.ENDED_EARLY,
            f"its process left with exit status {ending.exit_status} before the code was through",
        )
    return None


def _of_word(told: Mapping[str, Any]) -> tuple[Verdict, str]:
    status, sign = told.get("status"), told.get("sign")
    if status == "ok":
        return Verdict.COMPLETED, ""
    if status == "exit":
        return Verdict.ENDED_EARLY, str(told.get("reason", "the code called exit"))[:200]
    if isinstance(sign, str) and sign in _TOLD:
        return _TOLD[sign]
    return Verdict.ERROR, "the code raised an error"
