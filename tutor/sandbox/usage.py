"""What the processes of one pid namespace use, read from /proc: the watch where there is no control group.

Memory is the sum of Pss (proportional set size): a page shared with the zygote counts only in part, while RSS would
count the zygote's libraries once for each child.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SCAN_STALE_S = 0.05
_STAT_UTIME, _STAT_THREADS = 11, 17  # fields after the command's closing bracket, counted from 0


@dataclass(frozen=True)
class Usage:
    """One reading. `cpu_s` counts live processes and the children they have waited for."""

    cpu_s: float = 0.0
    memory_bytes: int = 0
    tasks: int = 0


class _Scan:
    """Processes by pid namespace, read at most every 50 ms however many cells are watched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._found: dict[int, list[int]] = {}

    def members(self, namespace: int) -> list[int]:
        with self._lock:
            if namespace not in self._found or time.monotonic() - self._read_at > _SCAN_STALE_S:
                self._found = _processes_by_namespace()
                self._read_at = time.monotonic()
            return self._found.get(namespace, [])


_scan = _Scan()


def namespace_of(pid: int) -> int:
    """Return the inode of the process's pid namespace. OSError where the process is gone or not ours to look into."""
    return os.stat(f"/proc/{pid}/ns/pid").st_ino


def _processes_by_namespace() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                found.setdefault(namespace_of(int(entry)), []).append(int(entry))
            except OSError:  # ended meanwhile, or another user's
                continue
    return found


def read(namespace: int, with_memory: bool = True) -> Usage:
    """Return what the namespace's processes use now, all together."""
    cpu_ticks = memory = tasks = 0
    for pid in _scan.members(namespace):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                values = file.read().rpartition(b")")[2].split()
            memory += _pss_bytes(pid) if with_memory else 0
        except OSError:  # ended meanwhile
            continue
        cpu_ticks += sum(int(value) for value in values[_STAT_UTIME : _STAT_UTIME + 4])
        tasks += int(values[_STAT_THREADS])
    return Usage(cpu_ticks / _TICKS_PER_S, memory, tasks)


def _pss_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
        for line in file:
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    return 0
