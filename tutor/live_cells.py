"""Work that a page follows while it goes on: one run of a cell, one judged solution. Safe to read from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from tutor.judge import CaseResult, Judgement
from tutor.sandbox import CellResult, Output, Verdict
from tutor.shown_output import OutputSoFar, Shown

_TAKEN_OUT = "it was taken out of the line"


class WorkState(StrEnum):
    """How far the work has come."""

    WAITING = "waiting"
    STARTING = "starting"  # the box, or the cells above that it builds on
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CellView:
    """One run of a cell as it stood when it was looked at."""

    code: str
    state: WorkState
    before: int
    """How many cells come first in the line, while it waits."""
    seconds: float
    """Since it began to run; 0 before."""
    items: tuple[Shown, ...]
    result: CellResult | None
    notes: tuple[str, ...]


class _Work:
    """What both kinds of work share: a place in the line, a beginning, and a wish to stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = WorkState.WAITING
        self._place: Callable[[], int] = lambda: 0
        self._began = 0.0
        self._done = threading.Event()
        self._take_out: Callable[[], bool] = lambda: False

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return not self._done.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Return whether it ended within this time."""
        return self._done.wait(timeout_s)

    def queued(self, place: Callable[[], int], take_out: Callable[[], bool]) -> None:
        """Tell it how its place in the line is asked for, and how it is stopped or taken out (True: it never began)."""
        self._place, self._take_out = place, take_out

    def stop(self) -> None:
        """End it where it is; what there is so far stays."""
        if self._take_out():
            self._never_began()

    def _never_began(self) -> None:
        raise NotImplementedError

    def enter(self, state: WorkState) -> None:
        """Note how far the work has come."""
        with self._lock:
            self._state = state
            self._began = time.monotonic()

    def _standing(self) -> tuple[WorkState, int, float]:
        before = self._place() if self._state is WorkState.WAITING else 0
        seconds = time.monotonic() - self._began if self._state is WorkState.RUNNING else 0.0
        return self._state, before, seconds


class LiveCell(_Work):
    """One run of a cell."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
        self._output = OutputSoFar()
        self._result: CellResult | None = None
        self._notes: list[str] = []

    def view(self) -> CellView:
        """Return the run as it stands now."""
        with self._lock:
            state, before, seconds = self._standing()
            return CellView(self.code, state, before, seconds, self._output.items, self._result, tuple(self._notes))

    def hear(self, output: Output) -> None:
        """Take in what the cell says."""
        with self._lock:
            self._output.take(output)

    def note(self, words: str) -> None:
        """Keep a sentence for the reader."""
        with self._lock:
            self._notes.append(words)

    def finish(self, result: CellResult) -> None:
        """Keep how it ended."""
        with self._lock:
            self._result = result
            self._notes += result.notes
            self._state = WorkState.DONE
        self._done.set()

    def _never_began(self) -> None:
        self.finish(CellResult(Verdict.CANCELLED, _TAKEN_OUT))

    def drop_files(self) -> None:
        """Forget the contents of its files: later runs have taken their place in memory."""
        with self._lock:
            if self._result is not None and self._result.files:
                self._result = replace(self._result, files=())
                self._notes.append("its files are kept no longer; run it again to have them")


@dataclass(frozen=True, slots=True)
class JudgementView:
    """One judged solution as it stood when it was looked at."""

    code: str
    only_visible: bool
    state: WorkState
    before: int
    cases: tuple[CaseResult, ...]
    judgement: Judgement | None
    trouble: str
    """Why there is no judgement, where it is not the solution's doing."""


class LiveJudgement(_Work):
    """One solution before the judge."""

    def __init__(self, code: str, only_visible: bool) -> None:
        super().__init__()
        self.code = code
        self.only_visible = only_visible
        self._cases: list[CaseResult] = []
        self._judgement: Judgement | None = None
        self._trouble = ""

    def view(self) -> JudgementView:
        """Return the judgement as it stands now."""
        with self._lock:
            state, before, _ = self._standing()
            cases = self._judgement.cases if self._judgement else tuple(self._cases)
            return JudgementView(self.code, self.only_visible, state, before, cases, self._judgement, self._trouble)

    def _never_began(self) -> None:
        self.finish(None, _TAKEN_OUT)

    def hear(self, case: CaseResult) -> None:
        """Take in what one case came to."""
        with self._lock:
            self._cases.append(case)

    def finish(self, judgement: Judgement | None, trouble: str = "") -> None:
        """Keep what it came to."""
        with self._lock:
            self._judgement, self._trouble = judgement, trouble
            self._state = WorkState.DONE
        self._done.set()
