"""Collects the files a cell wrote, through a descriptor of its folder and never by a path.

A name that is a link, a device or a queue is not followed or opened; sizes are read from the open file; depth,
number and bytes are capped. What was left out is said.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from .spec import MEBIBYTE, WrittenFile

MOST_FILES = 64
MOST_BYTES = 64 * MEBIBYTE
_DEEPEST = 4
_LONGEST_SHOWN = 80
_READ_BYTES = 1 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


@dataclass
class Collection:
    """Files in name order, and notes about those left out."""

    files: list[WrittenFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bytes_left: int = MOST_BYTES
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def leave_out(self, path: str, why: str) -> None:
        """Note a file that is not handed over; the first few are named."""
        if len(self.notes) < 8:
            shown = path if len(path) <= _LONGEST_SHOWN else f"{path[:_LONGEST_SHOWN]}…"
            self.notes.append(f"{shown!r} was left out: {why}")


Seen = dict[str, tuple[int, int]]
"""Size and time of change (in nanoseconds) of files by path, as they were when they were last handed over."""


def collect(folder: int, known: frozenset[str] = frozenset(), seen: Seen | None = None) -> Collection:
    """Return the regular files below the folder; names in `known` (laid in before) and hidden ones are skipped.

    With `seen`, those that are as they were then are skipped too, and it is brought up to date.
    """
    found = Collection(seen={} if seen is None else seen)
    _collect(folder, "", found, known, 0)
    return found


def _collect(folder: int, prefix: str, found: Collection, known: frozenset[str], depth: int) -> None:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names[: 4 * MOST_FILES]:
        path = prefix + name
        if name.startswith(".") or path in known:
            continue
        try:
            kind = stat.S_IFMT(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
            if kind == stat.S_IFDIR:
                _descend(folder, name, found, known, depth, path)
            elif kind == stat.S_IFREG:
                _take(folder, name, found, path)
            else:
                found.leave_out(path, "it is not a regular file")
        except OSError as error:
            found.leave_out(path, error.strerror or "it cannot be read")


def _descend(folder: int, name: str, found: Collection, known: frozenset[str], depth: int, path: str) -> None:
    if depth >= _DEEPEST:
        found.leave_out(path, "its folder is too deep")
        return
    inner = os.open(name, _FOLDER, dir_fd=folder)
    try:
        _collect(inner, f"{path}/", found, known, depth + 1)
    finally:
        os.close(inner)


def _take(folder: int, name: str, found: Collection, path: str) -> None:
    descriptor = os.open(name, _FILE, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        state = (status.st_size, status.st_mtime_ns)
        if found.seen.get(path) == state:
            return
        found.seen[path] = state
        if not stat.S_ISREG(status.st_mode):  # changed between the look and the open
            found.leave_out(path, "it is not a regular file")
        elif len(found.files) >= MOST_FILES:
            found.leave_out(path, f"{MOST_FILES} files are the most")
        elif status.st_size > found.bytes_left:
            found.leave_out(path, f"it is larger than the {found.bytes_left // MEBIBYTE} MiB left")
        else:
            content = _read(descriptor, status.st_size)
            found.bytes_left -= len(content)
            found.files.append(WrittenFile(path, content))
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int) -> bytes:
    """At most `size` bytes, even where the file grows while it is read."""
    parts: list[bytes] = []
    while size > 0:
        part = os.read(descriptor, min(size, _READ_BYTES))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
