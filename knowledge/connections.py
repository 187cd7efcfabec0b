"""Connections to one SQLite file: many readers at a time, in any thread, beside one writer.

Knows files, sharing and what SQLite's error codes mean to a person; refuses to know tables.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from knowledge.errors import LibraryBusy, LibraryError, LibraryNotFound, LibraryUnusable

BUSY_TIMEOUT_S: Final = 10.0
"""How long a statement waits for another connection: switching to WAL and the last checkpoint hold them."""
_PAGE_BYTES = 8_192
"""Holds five vectors of 384 dimensions where the default of 4,096 bytes holds two."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says about a file into an error that says what to do; let programming errors through."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        explanation = _explanation(error, path)
        if explanation is None:
            raise
        raise explanation from error


def _explanation(error: sqlite3.DatabaseError, path: Path) -> LibraryError | None:
    code = getattr(error, "sqlite_errorcode", None)  # absent where Python itself refused, not SQLite
    folder = path.parent
    match None if code is None else code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return LibraryUnusable(
                f"No space is left for the library in {folder}. Nothing stored was lost, and what was being stored is "
                "not in. Make room on that disk, then run the command again."
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return LibraryUnusable(
                f"The library in {folder} is damaged ({error}). Move the folder away and ingest the course again, "
                "or put back a copy of the folder."
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LibraryBusy(f"Another program keeps the library in {folder} locked. Close it, then try again.")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
            return LibraryUnusable(
                f"The library in {folder} cannot be read or written ({error}). Check that the folder is there, that "
                "it may be written to, and that its disk works and has room."
            )
        case _:
            return None


def connect_writing(path: Path) -> sqlite3.Connection:
    """Return a connection that writes, in autocommit mode; creates the file where there is none.

    A commit is on the disk when it returns (`synchronous = FULL`): what was reported done survives a power cut.
    """
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        db.close()
        raise
    return db


def _connect_reading(path: Path, *, immutable: bool) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    db = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA user_version").fetchone()  # opens the file, which connecting alone does not
    except BaseException:
        db.close()
        raise
    return db


class Connections:
    """Lends read-only connections, each to one thread at a time, and keeps them for the next.

    Where the folder cannot be written to, SQLite cannot share its log with a writer; the file is then read as it
    stands, and opened again as soon as it changes. A file that was replaced by another is opened again, too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._stamp: tuple[int, ...] = ()
        self._immutable = False
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection.

        Raises:
            LibraryNotFound: the file is gone.
            LibraryUnusable: the file cannot be read, or is damaged.
        """
        if self._closed:
            raise ValueError("the library was closed")
        with explained(self._path):
            stamp = self._look()
            if stamp != self._stamp:
                self._discard()
                self._stamp = stamp
            db = self._take() or self._connect()
            try:
                yield db
            finally:
                if self._closed or stamp != self._stamp:
                    db.close()
                else:
                    self._idle.append(db)

    def _look(self) -> tuple[int, ...]:
        try:
            seen = os.stat(self._path)
        except FileNotFoundError as error:
            raise LibraryNotFound(f"The library in {self._path.parent} is gone. Ingest the course again.") from error
        if not self._immutable:
            return seen.st_dev, seen.st_ino
        return seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_size

    def _connect(self) -> sqlite3.Connection:
        try:
            return _connect_reading(self._path, immutable=False)
        except sqlite3.OperationalError:
            if os.access(self._path.parent, os.W_OK):
                raise
            self._immutable = True
            return _connect_reading(self._path, immutable=True)

    def _take(self) -> sqlite3.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # none idle; asking first would race with other threads
            return None

    def _discard(self) -> None:
        while (db := self._take()) is not None:
            db.close()

    def close(self) -> None:
        """Close every connection; one that is lent is closed when it comes back."""
        self._closed = True
        self._discard()
