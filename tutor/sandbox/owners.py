"""Tier C: cells without user namespaces, for the code of people who may use this machine anyway.

Landlock, the system-call filter and limits hold; namespaces, control groups and a user of its own do not. A cell sees
the machine's clock and load, may read the Python's own folders, and shares the user's count of processes. It is used
only where its owner asked for it (`owners_machine`), never as root, and nothing run in it counts for credit.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import usage
from .box import GUEST, LAB, SYSTEM_FILES, Libraries, guest_environment, system_folders
from .guest import kernel
from .spec import SandboxUnavailable

NEEDED_LANDLOCK = 6  # the version that keeps signals and abstract sockets in (Linux 6.12)
FOLDERS = ("home", "tmp", "shm")
_READABLE_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/loadavg")
_KILL_ROUNDS = 200
_DEEPEST = 16
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MOVED = "erica-moved-"


def require() -> None:
    """Return where tier C can be built. SandboxUnavailable says what it lacks."""
    if os.geteuid() == 0:
        raise SandboxUnavailable("without user namespaces nothing is run as root; start Erica as an ordinary user")
    version = kernel.landlock_version()
    if version < NEEDED_LANDLOCK:
        raise SandboxUnavailable(
            f"without user namespaces Landlock {NEEDED_LANDLOCK} (Linux 6.12) is needed, and this kernel has "
            f"{version or 'none'}"
        )


class Place:
    """A folder on the machine's own disk for everything of one sandbox: the way to our guest, and cells' folders."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="erica-cells-"))
        ours = self.folder / "ours"
        ours.mkdir()
        (ours / "guest").symlink_to(GUEST)  # beside the lab alone: our own modules have names of Python's
        if LAB is not None:
            (ours / "lab").symlink_to(LAB)

    def new_cell(self) -> Path:
        """Return an empty folder for one child."""
        cell = Path(tempfile.mkdtemp(prefix="cell-", dir=self.folder))
        for name in FOLDERS:
            (cell / name).mkdir()
        return cell

    def close(self) -> None:
        """Remove everything."""
        remove(self.folder)


def remove(folder: Path) -> None:
    """Remove a folder and all in it, closed or however deep; what cannot go stays in a folder only its owner sees."""
    with contextlib.suppress(OSError):
        os.chmod(folder, stat.S_IRWXU)
        top = os.open(folder, _FOLDER)
        try:
            _empty(top)
        finally:
            os.close(top)
        folder.rmdir()


def _empty(top: int) -> None:
    """Remove all below an open folder. Folders of folders are moved up first, so that no depth is too deep."""
    numbers = itertools.count()
    while names := os.listdir(top):
        for name in names:
            if not _is_folder(name, top):
                os.unlink(name, dir_fd=top)
                continue
            os.chmod(name, stat.S_IRWXU, dir_fd=top)
            inner = os.open(name, _FOLDER, dir_fd=top)
            try:
                for child in os.listdir(inner):
                    if _is_folder(child, inner):
                        os.chmod(child, stat.S_IRWXU, dir_fd=inner)
                        os.rename(child, f"{_MOVED}{next(numbers)}", src_dir_fd=inner, dst_dir_fd=top)
                    else:
                        os.unlink(child, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


def _is_folder(name: str, parent: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)


def command(place: Place, libraries: Libraries, socket_number: int, preload: Sequence[str]) -> list[str]:
    """Return the command that starts a zygote without a box of its own."""
    ours = str(place.folder / "ours")
    packages = list(libraries.site_packages)
    readable = [libraries.prefix, *packages, "/usr", *system_folders(), *SYSTEM_FILES, str(GUEST), ours]
    readable += [str(LAB)] if LAB else []
    configuration = {
        "socket": socket_number,
        "isolated": False,
        "uid": os.geteuid(),
        "guest": ours,
        "site_packages": packages,
        "readable": [*readable, *_READABLE_PROC],
        "writable": [],
        "environment": {**guest_environment(), "PYTHONPATH": os.pathsep.join(packages)},
        "preload": list(preload),
        "devices": [],
    }
    start = f"import sys; sys.path.insert(0, {ours!r}); from guest.zygote import main; main()"
    return [libraries.python, "-I", "-S", "-c", start, json.dumps(configuration)]


def environment(place: Place) -> dict[str, str]:
    """Return the zygote's own environment: nothing of the host's."""
    return {**guest_environment(), "HOME": str(place.folder), "TMPDIR": str(place.folder), "PYTHONHASHSEED": "random"}


def end(first: int) -> None:
    """Kill what the first process of a cell started, and it last: it takes in what its children leave behind."""
    for number in range(_KILL_ROUNDS):
        living = usage.descendants(first)
        if not living:
            break
        # Stopped first, so that nobody forks while the others are killed.
        _signal_all(living, signal.SIGSTOP if number < 2 else signal.SIGKILL)
        if number < 2:
            _signal_all(usage.descendants(first), signal.SIGKILL)
    _signal_all([first], signal.SIGKILL)


def _signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def disk_use(folder: Path, most_files: int) -> tuple[int, int]:
    """Return bytes on disk and number of files below the folder.

    Counting ends past `most_files`; a folder too deep to look into counts as that many.
    """
    total = count = 0
    waiting = [(str(folder), 0)]
    while waiting and count <= most_files:
        path, depth = waiting.pop()
        if depth > _DEEPEST:
            return total, most_files + 1
        with contextlib.suppress(OSError), os.scandir(path) as entries:  # removed meanwhile, or closed: then empty
            for entry in entries:
                count += 1
                total += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, depth + 1))
    return total, count
