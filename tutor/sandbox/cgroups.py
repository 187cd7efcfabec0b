"""Control groups for cells: version 2 where a folder was delegated to us, version 1 as root, or none.

Knows the files of both versions. Where neither is usable, `usage` watches a cell from /proc instead.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .spec import Limits

_MOUNT = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")
_PREFIX = "erica-"
_V1_CONTROLLERS = ("memory", "pids")  # each further one costs some 8 ms to move a process into
_V2_CONTROLLERS = ("memory", "pids")
_GONE_WITHIN_S = 2.0


def _read_number(file: Path, key: str | None = None) -> int:
    """Return the file's number, or the number behind `key` in a file of `key number` lines; 0 where it says nothing."""
    try:
        text = file.read_text()
    except OSError:
        return 0
    if key is None:
        return int(text) if text.strip().isdigit() else 0
    found = [line.split()[1] for line in text.splitlines() if line.split()[:1] == [key]]
    return int(found[0]) if found else 0


def _remove(folder: Path) -> None:
    """Remove an empty group; the kernel may hold it for a moment after its last process."""
    deadline = time.monotonic() + _GONE_WITHIN_S
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                return  # swept when a sandbox opens next
            time.sleep(0.005)
        else:
            return


class CellGroup:
    """The group of one cell: its processes are counted and limited together."""

    def __init__(self, folders: dict[str, Path], version: int) -> None:
        self._folders = folders
        self._version = version

    def limit(self, limits: Limits, spare_tasks: int) -> None:
        """Set memory (swap included where it is counted) and number of tasks."""
        memory, pids = self._folders["memory"], self._folders["pids"]
        if self._version == 2:
            (memory / "memory.max").write_text(str(limits.memory_bytes))
            with contextlib.suppress(OSError):  # a kernel without swap accounting has no such file
                (memory / "memory.swap.max").write_text("0")
            (memory / "memory.oom.group").write_text("1")
        else:
            (memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))
            with contextlib.suppress(OSError):  # as above
                (memory / "memory.memsw.limit_in_bytes").write_text(str(limits.memory_bytes))
        (pids / "pids.max").write_text(str(limits.pids + spare_tasks))

    def raise_memory(self, limits: Limits) -> None:
        """Allow more memory than before. In version 1 memory with swap comes first: it may never be the lower one."""
        memory = self._folders["memory"]
        if self._version == 2:
            (memory / "memory.max").write_text(str(limits.memory_bytes))
            return
        with contextlib.suppress(OSError):  # a kernel without swap accounting has no such file
            (memory / "memory.memsw.limit_in_bytes").write_text(str(limits.memory_bytes))
        (memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))

    def add(self, pid: int) -> None:
        """Move a process in, before it has children."""
        for folder in dict.fromkeys(self._folders.values()):
            (folder / "cgroup.procs").write_text(str(pid))

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the group for memory."""
        name = "memory.events" if self._version == 2 else "memory.oom_control"
        return _read_number(self._folders["memory"] / name, "oom_kill") > 0

    def ran_out_of_tasks(self) -> bool:
        """Whether a fork failed for the group's limit."""
        return _read_number(self._folders["pids"] / "pids.events", "max") > 0

    def cpu_s(self) -> float | None:
        """Return processor seconds used so far; None where the group does not count them (version 1)."""
        if self._version == 2:
            return _read_number(self._folders["memory"] / "cpu.stat", "usage_usec") / 1e6
        return None

    def peak_bytes(self) -> int:
        """Return the most memory used at once."""
        if self._version == 2:
            return _read_number(self._folders["memory"] / "memory.peak")
        return _read_number(self._folders["memory"] / "memory.max_usage_in_bytes")

    def remove(self) -> None:
        """Remove the group after its last process ended."""
        for folder in dict.fromkeys(self._folders.values()):
            _remove(folder)


@dataclass(frozen=True)
class CgroupHome:
    """The folder (one per controller in version 1) below which this process makes its cells' groups."""

    folders: dict[str, Path]
    version: int
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_group(self) -> CellGroup:
        """Return an empty group for one cell."""
        number = next(self.numbers)
        made = {name: folder / f"cell-{number}" for name, folder in self.folders.items()}
        for folder in dict.fromkeys(made.values()):
            folder.mkdir()
        return CellGroup(made, self.version)

    def close(self) -> None:
        """Remove the home; its cells have to be gone."""
        for folder in dict.fromkeys(self.folders.values()):
            _remove(folder)


def open_home() -> CgroupHome | None:
    """Return a new home near this process's own group, or None where no group can be made and used."""
    for version, parents in _places():
        _sweep(parents.values())
        folders = {name: folder / f"{_PREFIX}{os.getpid()}-{time.monotonic_ns()}" for name, folder in parents.items()}
        home = CgroupHome(folders, version)
        try:
            for folder in dict.fromkeys(folders.values()):
                folder.mkdir()
            if version == 2:
                (folders["memory"] / "cgroup.subtree_control").write_text("+memory +pids")
            _try_out(home)
        except OSError:
            home.close()
            continue
        return home
    return None


def _try_out(home: CgroupHome) -> None:
    """Limit a group and move a process into it. OSError where either is not allowed."""
    trial = home.new_group()
    process = subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL)
    try:
        trial.limit(Limits(), 1)
        trial.add(process.pid)
    finally:
        process.kill()
        process.wait()
        trial.remove()


def _places() -> Iterator[tuple[int, dict[str, Path]]]:
    """Yield where homes may be tried, by controller: version 2 from the own group upwards, then version 1.

    In version 2 a group with processes cannot limit its children, so the place is an ancestor that hands both
    controllers down: the root group for root, the user's own service manager for a user.
    """
    try:
        lines = _OWN_GROUPS.read_text().splitlines()
    except OSError:
        return
    rows = [line.split(":", 2) for line in lines if line.count(":") >= 2]
    for path in (row[2] for row in rows if row[1] == ""):
        own = _MOUNT / path.lstrip("/")
        for folder in (own, *own.parents):
            handed_down = set(_words(folder / "cgroup.subtree_control"))
            if set(_V2_CONTROLLERS) <= handed_down and os.access(folder, os.W_OK):
                yield 2, dict.fromkeys(_V2_CONTROLLERS, folder)
            if folder == _MOUNT:
                break
    found = {name: _MOUNT / name / row[2].lstrip("/") for row in rows for name in row[1].split(",")}
    if all(found.get(name, _MOUNT / "none").is_dir() for name in _V1_CONTROLLERS):
        yield 1, {name: found[name] for name in _V1_CONTROLLERS}


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _sweep(parents: Iterable[Path]) -> None:
    """Remove homes of sandboxes whose process is gone (killed before it could clean up)."""
    for parent in dict.fromkeys(parents):
        for home in parent.glob(f"{_PREFIX}*"):
            owner = home.name.removeprefix(_PREFIX).split("-")[0]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                for group in home.glob("cell-*"):
                    with contextlib.suppress(OSError):  # still in use by someone else's sandbox in another pid view
                        group.rmdir()
                with contextlib.suppress(OSError):
                    home.rmdir()
