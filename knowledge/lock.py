"""One writer at a time, across processes: a lock the operating system lets go of when its holder dies.

Two embedded Chroma writers damage the index in silence, so this lock is no courtesy.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import LibraryBusy, LibraryUnusable

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_NAME = "writer.lock"
HOLDER_NAME = "writer.json"
"""Who holds the lock, for the message to others; a file of its own, since trying for a lock may empty the lock file."""


class WriterLock:
    """The right to write to a library folder, held from `acquire` to `release`."""

    def __init__(self, folder: Path, lock: BaseFileLock) -> None:
        self._folder = folder
        self._lock = lock

    @classmethod
    def acquire(cls, folder: Path, *, wait_s: float = 0.0) -> WriterLock:
        """Return the lock, taken; waits up to `wait_s` seconds for another holder to finish.

        Raises:
            LibraryBusy: another process, or another part of this one, still holds it.
            LibraryUnusable: the folder cannot be written to.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(folder / LOCK_NAME, thread_local=False)
        try:
            lock.acquire(timeout=max(0.0, wait_s))
        except Timeout as error:
            raise LibraryBusy(
                f"{_holder(folder)} is writing to the library in {folder}. Wait until it is done, or let this command "
                "wait for it (--wait SECONDS)."
            ) from error
        except OSError as error:
            raise LibraryUnusable(
                f"The library folder {folder} cannot be written to ({error.strerror or error}). Check its permissions "
                "and its disk, or name another folder."
            ) from error
        held = cls(folder, lock)
        try:
            held._sign()
        except OSError as error:
            held.release()
            raise LibraryUnusable(f"The library folder {folder} cannot be written to ({error.strerror}).") from error
        return held

    def _sign(self) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        (self._folder / HOLDER_NAME).write_text(json.dumps(holder), encoding="utf-8")

    def release(self) -> None:
        """Let go of the lock; the second time does nothing."""
        if self._lock.is_locked:
            (self._folder / HOLDER_NAME).unlink(missing_ok=True)
            self._lock.release()


def _holder(folder: Path) -> str:
    """Return who signed last, in words: it may have died, or not have signed yet."""
    try:
        holder = json.loads((folder / HOLDER_NAME).read_text(encoding="utf-8"))
        return f"Process {holder['pid']} on {holder['host']} (since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):  # not written yet, or half written: the lock alone counts
        return "Another process"
