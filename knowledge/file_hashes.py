"""Hashes of large files, remembered while the file stays the same. Knows nothing of what the files are for.

A file counts as the same while its device, inode, size, modification time and change time are the same; the change
time cannot be set back by a program, so altered content is hashed again. Where nothing can be remembered (a cache
folder that cannot be written), every call hashes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_SETTLED_S = 2.0  # a file changed this recently may change again within one tick of its clock: do not remember it


def cache_folder() -> Path:
    """Return the folder for what can be made again: `ERICA_CACHE` where set, else the user's cache folder of Erica."""
    chosen = os.environ.get("ERICA_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("erica", appauthor=False)


def sha256_of(path: Path, clock: Callable[[], float] = time.time) -> str:
    """Return the SHA-256 of the file's bytes, hexadecimal; read from memory if the file did not change since.

    Args:
        path: the file.
        clock: seconds since 1970, as file times are.

    Raises:
        OSError: the file cannot be read.
    """
    memory = cache_folder() / "hashes.json"
    key = str(path.resolve())
    known = _load(memory)
    before = _stamp(path)
    entry = known.get(key)
    if entry is not None and entry[:-1] == before:
        return entry[-1]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    settled = clock() - path.stat().st_ctime > _SETTLED_S
    if settled and _stamp(path) == before:
        _store(memory, {**known, key: [*before, digest]})
    return digest


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` so that a reader, or a crash, sees the old file or the new one and nothing between.

    Raises:
        OSError: the folder cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _stamp(path: Path) -> list[str]:
    found = path.stat()
    return [str(part) for part in (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)]


def _load(memory: Path) -> dict[str, list[str]]:
    try:
        known = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return {}  # nothing remembered yet, or not readable: every file is hashed
    if not isinstance(known, dict):
        return {}
    return {str(key): [str(part) for part in entry] for key, entry in known.items() if isinstance(entry, list)}


def _store(memory: Path, known: dict[str, list[str]]) -> None:
    try:
        write_whole(memory, json.dumps(known, indent=0).encode())
    except OSError:
        return  # a cache that cannot be written costs time at the next start, and nothing else
