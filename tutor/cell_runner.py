"""Runs cells of courses in the sandbox one after another: alone, or after the cells above that they build on."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Protocol

from tutor.lesson import CellStatus
from tutor.outcomes import missing_name, outcome_of
from tutor.run_cache import CellRun
from tutor.runnable import CodeCell, names_bound
from tutor.sandbox import (
    CellRequest,
    Limits,
    RequestUnusable,
    Sandbox,
    SandboxUnavailable,
    Session,
    libraries_used,
)

LIMITS = Limits(memory_mb=2048)
_SESSION = "verify"
_MOST_NAMED = frozenset({"numpy", "torch"})
"""Imported for the first cell already: nearly every course names both, and one more zygote costs as much again."""


class Runner(Protocol):
    """Runs one cell at a time; called from one thread."""

    def run(self, cell: CodeCell, cancel: threading.Event | None = None) -> CellRun:
        """Return what the cell came to; setting `cancel` stops it."""
        ...

    def close(self) -> None:
        """End every process."""
        ...


class SandboxRunner:
    """A runner whose sandbox is opened with the first cell, and has imported what the cells so far name."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._sandbox: Sandbox | None = None
        self._unavailable = ""
        self._imported = set(_MOST_NAMED)
        self._done: list[str] = []  # what the session has run
        self._broken: dict[str, CellRun] = {}  # those of them that were not verified, by code
        self._fatal: dict[str, str] = {}  # code that ended its session, with the reason

    def run(self, cell: CodeCell, cancel: threading.Event | None = None) -> CellRun:
        """Return what the cell came to."""
        try:
            request = CellRequest(cell.code, self._limits)
            sandbox = self._ready(libraries_used("\n".join((*cell.above, cell.code))))
        except SandboxUnavailable as error:
            self._unavailable = str(error)
            return CellRun(CellStatus.NOT_RUN, f"there is no sandbox here: {error}", lasting=False)
        except RequestUnusable as error:
            return CellRun(CellStatus.NOT_RUN, str(error))
        if cell.above:
            return self._run_after(sandbox.session(_SESSION, self._limits), cell, cancel)
        return outcome_of(sandbox.run(request, cancel=cancel), cell.code)

    def _ready(self, libraries: Collection[str]) -> Sandbox:
        """Return the sandbox, whose zygote is replaced by one with more libraries where these need it."""
        if self._unavailable:
            raise SandboxUnavailable(self._unavailable)
        missing = set(libraries) - self._imported
        self._imported |= missing
        if self._sandbox is None:
            self._sandbox = Sandbox.open(preload=sorted(self._imported))
        elif missing:
            self._sandbox.preload(sorted(self._imported))
        return self._sandbox

    def _run_after(self, session: Session, cell: CodeCell, cancel: threading.Event | None) -> CellRun:
        """Run the cells above that have not been run yet, as a reader of the document would, then the cell."""
        fatal = next((self._fatal[code] for code in cell.above if code in self._fatal), "")
        if not fatal:
            fatal = self._run_those_above(session, cell, cancel)
        if fatal:
            return CellRun(CellStatus.FAILED, f"a cell above it, which it builds on, ends the session: {fatal}")
        result = session.run(CellRequest(cell.code, self._limits), cancel=cancel)
        run = outcome_of(result, cell.code)
        self._note(cell.code, run)
        missing = missing_name(result)
        blamed = next((each for code, each in self._broken.items() if missing in names_bound(code)), None)
        if missing and blamed is not None:
            return CellRun(blamed.status, f"a cell above it did not run: {blamed.reason}", lasting=blamed.lasting)
        return run

    def _note(self, code: str, run: CellRun) -> None:
        self._done.append(code)
        if run.status is not CellStatus.VERIFIED:
            self._broken[code] = run

    def _run_those_above(self, session: Session, cell: CodeCell, cancel: threading.Event | None) -> str:
        """Return "" when all were run, or what one of them came to that ended the session."""
        if not session.alive or list(cell.above[: len(self._done)]) != self._done:
            session.restart()
            self._done, self._broken = [], {}
        for code in cell.above[len(self._done) :]:
            run = outcome_of(session.run(CellRequest(code, self._limits), cancel=cancel), code)
            self._note(code, run)
            if not session.alive:
                if run.lasting:
                    self._fatal[code] = run.reason
                return run.reason
        return ""

    def close(self) -> None:
        """End every process."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()
