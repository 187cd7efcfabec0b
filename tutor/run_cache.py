"""What running cells gave, kept by the hash of what was run; one SQLite file in the state folder.

A cache: a file that cannot be read is begun anew, and losing it costs time alone. Several processes may use it at once.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.lesson import CellStatus

MOST_RUNS = 5_000
_WAIT_S = 5.0
_SCHEMA = """CREATE TABLE IF NOT EXISTS cell_runs (
    key TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT NOT NULL, outputs TEXT NOT NULL, figures TEXT NOT NULL,
    code TEXT NOT NULL, made_at REAL NOT NULL) WITHOUT ROWID"""
_OLDER = "DROP TABLE IF EXISTS runs"  # of a version that kept no repaired code


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one run of a cell came to. `lasting` is false where the next run may well give something else."""

    status: CellStatus
    reason: str
    outputs: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    """PNG images in base64."""
    lasting: bool = True
    code: str = ""
    """What ran instead, where the cell was repaired."""


class RunCache:
    """Runs by key. Safe to use from several threads: each call opens the file for itself."""

    def __init__(self, folder: Path) -> None:
        """Keep the runs in `folder`, which is made with the first one."""
        self._file = folder / "cell-runs.sqlite"

    def get(self, key: str) -> CellRun | None:
        """Return the run of that key, or None where there is none."""
        if not self._file.exists():
            return None
        try:
            with self._opened() as database:
                row = database.execute(
                    "SELECT status, reason, outputs, figures, code FROM cell_runs WHERE key = ?", (key,)
                )
                found = row.fetchone()
        except sqlite3.DatabaseError:
            return None  # damaged or busy: the cell is run again
        if found is None:
            return None
        status, reason, outputs, figures, code = found
        return CellRun(CellStatus(status), reason, tuple(json.loads(outputs)), tuple(json.loads(figures)), code=code)

    def put(self, key: str, run: CellRun) -> None:
        """Keep the run, and the newest `MOST_RUNS` of all. A file that is damaged is replaced."""
        if not run.lasting:
            return
        try:
            self._put(key, run)
        except sqlite3.OperationalError:
            return  # busy, full or not writable: nothing is lost but time
        except sqlite3.DatabaseError:
            self._file.unlink(missing_ok=True)
            self._put(key, run)

    def _put(self, key: str, run: CellRun) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        texts = (str(run.status), run.reason, json.dumps(run.outputs), json.dumps(run.figures), run.code)
        row = (key, *texts, time.time())
        newest = "SELECT key FROM cell_runs ORDER BY made_at DESC LIMIT -1 OFFSET ?"
        with self._opened() as database:
            database.execute(_SCHEMA)
            database.execute(_OLDER)
            database.execute("INSERT OR REPLACE INTO cell_runs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            database.execute(f"DELETE FROM cell_runs WHERE key IN ({newest})", (MOST_RUNS,))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the file."""
        with contextlib.closing(sqlite3.connect(self._file, timeout=_WAIT_S)) as database, database:
            yield database
