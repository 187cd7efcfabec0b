"""What the processes of one pid namespace use, read from /proc: the watch where there is no control group.

Memory is the sum of Pss (proportional set size): a page shared with the zygote counts only in part, while RSS would
count the zygote's libraries once for each child.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SCAN_STALE_S = 0.05
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_STAT_UTIME, _STAT_THREADS, _STAT_RSS_PAGES = 11, 17, 21  # fields after the command's closing bracket, counted from 0


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


def descendants(root: int) -> list[int]:
    """Return the processes below `root`, at whatever depth."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:
                    parent = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:  # ended meanwhile
                continue
            children.setdefault(parent, []).append(int(entry))
    found, level = [], [root]
    while level:
        level = [child for pid in level for child in children.get(pid, [])]
        found += level
    return found


def tasks_of_user(uid: int) -> int:
    """Return how many processes and threads a user has now, in sight of this process."""
    count = 0
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.stat(f"/proc/{entry}").st_uid == uid:
                count += len(os.listdir(f"/proc/{entry}/task"))
        except OSError:  # ended meanwhile
            continue
    return count


def read(namespace: int, with_memory: bool = True) -> Usage:
    """Return what the namespace's processes use now, all together."""
    return read_all(_scan.members(namespace), with_memory)


def read_all(pids: Iterable[int], with_memory: bool = True) -> Usage:
    """Return what these processes use now, all together."""
    cpu_ticks = memory = tasks = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                values = file.read().rpartition(b")")[2].split()
            memory += _memory_bytes(pid, values) if with_memory else 0
        except OSError:  # ended meanwhile
            continue
        cpu_ticks += sum(int(value) for value in values[_STAT_UTIME : _STAT_UTIME + 4])
        tasks += int(values[_STAT_THREADS])
    return Usage(cpu_ticks / _TICKS_PER_S, memory, tasks)


def _memory_bytes(pid: int, values: list[bytes]) -> int:
    """Return the process's share of memory; all that is resident where it does not let itself be looked into."""
    try:
        return _pss_bytes(pid)
    except PermissionError:
        return int(values[_STAT_RSS_PAGES]) * _PAGE_BYTES


def _pss_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
        for line in file:
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    return 0
