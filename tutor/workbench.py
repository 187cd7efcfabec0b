"""Runs what students write, in the background: cells in sessions that keep their variables, solutions before the judge.

Knows whose turn it is, which session a cell belongs to, and what to run first for it. What isolates the code is
`tutor.sandbox`'s; pages look at `LiveCell` and `LiveJudgement` and wait for nothing.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from knowledge.errors import KnowledgeError
from knowledge.wording import counted
from tutor.judge import JudgeVerdict, Watch, judge
from tutor.live_cells import LiveCell, LiveJudgement, WorkState
from tutor.problems import Problem, ProblemUnusable
from tutor.runnable import modules_named
from tutor.sandbox import (
    CellRequest,
    CellResult,
    Device,
    Lane,
    Leases,
    Limits,
    QueueFull,
    Quota,
    RequestUnusable,
    Sandbox,
    SandboxUnavailable,
    Session,
    Ticket,
    Tier,
    Variable,
    Verdict,
)

CLIP_MEMORY_MB = 2048
"""What a cell may use that works with CLIP or a language model."""
IDLE_S = 20 * 60.0
"""After so long without work the imported libraries are given back, unless a session lives among them."""
MOST_NOTEBOOKS = 200
_MOST_WITH_FILES = 4
_HEAVY = frozenset({"open_clip", "sentence_transformers", "transformers"})
_GPU_MARK = re.compile(r"\A(?:[ \t]*(?:#.*)?\n){0,3}[ \t]*#[ \t]*\|?[ \t]*gpu\b", re.I)

_log = logging.getLogger(__name__)

OpenSandbox = Callable[[Device | None], Sandbox]


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """What students may use; an instructor raises it within `tutor.sandbox.CEILING`."""

    cell: Limits = field(default_factory=Limits)
    gpu_wall_s: float = 60.0
    cells: Quota = field(default_factory=lambda: Quota(running=1, waiting=6, per_minute=30, per_hour=300))
    solutions: Quota = field(default_factory=lambda: Quota(1, 2, 6, 30, "solution"))
    slots: int = field(default_factory=lambda: max(2, os.cpu_count() or 1))
    secret: bytes = b""
    """Makes the inputs of judged cases unforeseeable."""
    passed: Callable[[str, Problem, str], None] = lambda *_: None
    """Told as soon as the judge ends: who passed which problem on all its cases, and with what code."""


@dataclass(eq=False)
class _Notebook:
    """What is kept of one student's cells of one conversation."""

    cells: OrderedDict[str, LiveCell] = field(default_factory=OrderedDict)
    ran_above: set[str] = field(default_factory=set)
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One cell that is to be run."""

    owner: str
    notebook: str
    live: LiveCell
    above: tuple[str, ...]


def marked_gpu(code: str) -> bool:
    """Return whether a comment in the cell's first lines asks for a GPU: `# gpu`."""
    return _GPU_MARK.match(code) is not None


class Workbench:
    """All work of all students on this machine. Safe to use from several threads; starts nothing before it is asked."""

    def __init__(
        self,
        settings: BenchSettings | None = None,
        devices: Sequence[Device] = (),
        open_sandbox: OpenSandbox | None = None,
        *,
        owners_machine: bool = False,
    ) -> None:
        """Lend out `devices`, one cell on each at a time; `owners_machine` lets tier C do where no other holds."""
        self._settings = settings or BenchSettings()
        self._open_sandbox = open_sandbox or partial(_opened, owners_machine)
        self._leases = Leases(devices)
        self._lock = threading.RLock()
        self._opening = threading.Lock()
        self._sandboxes: dict[Device | None, Sandbox] = {}
        self._warmed = False
        self._notebooks: OrderedDict[tuple[str, str], _Notebook] = OrderedDict()
        self._judgements: OrderedDict[tuple[str, str], LiveJudgement] = OrderedDict()
        self._lanes: dict[str, Lane[None]] = {}
        self._idle: threading.Timer | None = None
        self._closed = False

    # --- cells ------------------------------------------------------------------------------------------------

    def run(self, owner: str, notebook: str, cell: str, code: str, above: Sequence[str] = ()) -> LiveCell:
        """Put a cell in the line and return its run; one that runs already is returned as it is.

        Args:
            owner: the student.
            notebook: names the session whose variables the cell shares; with the owner.
            cell: names the cell on its page.
            code: what to run.
            above: code that has to run before it, once a session.

        Raises:
            QueueFull: the student has too much in the line, or has run too much lately.
        """
        with self._lock:
            kept = self._notebook(owner, notebook)
            before = kept.cells.get(cell)
            if before is not None and before.running:
                return before
            live = LiveCell(code)
            on_gpu = marked_gpu(code) and bool(self._leases.devices)
            if marked_gpu(code) and not on_gpu:
                live.note("There is no GPU here: it ran on the processor.")
            asked = _Asked(owner, notebook, live, tuple(above))
            work = self._on_gpu if on_gpu else self._in_session
            lane = self._lane("gpu" if on_gpu else "cells")
            wall_s = self._settings.gpu_wall_s if on_gpu else self._settings.cell.wall_s
            ticket = lane.submit(owner, wall_s, partial(self._guarded, live, partial(work, asked)))
            live.queued(partial(lane.place, ticket), ticket.cancel)
            kept.cells[cell] = live
            kept.cells.move_to_end(cell)
            for old in list(kept.cells.values())[:-_MOST_WITH_FILES]:
                old.drop_files()
        return live

    def latest(self, owner: str, notebook: str, cell: str) -> LiveCell | None:
        """Return the cell's last run, or None where it has not been run."""
        with self._lock:
            kept = self._notebooks.get((owner, notebook))
            return kept.cells.get(cell) if kept else None

    def restart(self, owner: str, notebook: str) -> None:
        """Stop the notebook's cells and forget its variables."""
        with self._lock:
            kept = self._notebook(owner, notebook)
            running = [live for live in kept.cells.values() if live.running]
            kept.ran_above.clear()
            kept.variables = ()
            sandbox = self._sandboxes.get(None)
        for live in running:
            live.stop()
        if sandbox is not None:
            sandbox.sessions.end(_session_key(owner, notebook))

    def variables(self, owner: str, notebook: str) -> tuple[Variable, ...]:
        """Return the notebook's variables as they were after its last cell."""
        with self._lock:
            kept = self._notebooks.get((owner, notebook))
            return kept.variables if kept else ()

    @property
    def tier(self) -> Tier | None:
        """How strong the open box is; None before the first cell."""
        sandbox = self._sandboxes.get(None)
        return sandbox.tier if sandbox else None

    def warm(self) -> None:
        """Begin to open the sandbox, so that the first cell need not wait for its libraries."""
        with self._lock:
            if self._closed or self._warmed:
                return
            self._warmed = True
        threading.Thread(target=self._warm, name="workbench-warm", daemon=True).start()

    def _warm(self) -> None:
        try:
            self._sandbox(None).warm()
        except SandboxUnavailable:
            return  # the first cell says why

    def _notebook(self, owner: str, notebook: str) -> _Notebook:
        kept = self._notebooks.setdefault((owner, notebook), _Notebook())
        self._notebooks.move_to_end((owner, notebook))
        while len(self._notebooks) > MOST_NOTEBOOKS:
            _, oldest = self._notebooks.popitem(last=False)
            for live in oldest.cells.values():
                live.stop()
        return kept

    def _guarded(self, live: LiveCell, work: Callable[[threading.Event], CellResult], cancel: threading.Event) -> None:
        """Do the work of one cell; whatever becomes of it, the page is told."""
        result = CellResult(Verdict.CANCELLED, "something went wrong here; the log of the server has the details")
        live.enter(WorkState.STARTING)
        try:
            result = work(cancel)
        except (RequestUnusable, SandboxUnavailable, OSError) as error:
            result = CellResult(Verdict.REFUSED, str(error))
        except BaseException:
            _log.exception("a cell could not be run")
            raise
        finally:
            live.finish(result)
            self._rest_later()

    def _in_session(self, asked: _Asked, cancel: threading.Event) -> CellResult:
        """Run the cell in its notebook's session, and list the variables there are then."""
        sandbox, limits = self._sandbox(None), self._limits(asked)
        session = sandbox.session(_session_key(asked.owner, asked.notebook), limits, asked.owner)
        with self._lock:
            kept = self._notebook(asked.owner, asked.notebook)
            if not session.alive:
                kept.ran_above.clear()
        result = _run(session, asked, limits, kept.ran_above, cancel)
        kept.variables = session.variables()
        return result

    def _on_gpu(self, asked: _Asked, cancel: threading.Event) -> CellResult:
        """Run the cell in a process of its own on a leased device; its memory goes back when that process ends."""
        with self._leases.lease(cancel) as device:
            if device is None:
                return CellResult(Verdict.CANCELLED, "it was stopped on request")
            sandbox, limits = self._sandbox(device), replace(self._limits(asked), wall_s=self._settings.gpu_wall_s)
            key = f"gpu/{_session_key(asked.owner, asked.notebook)}"
            asked.live.note(f"It ran on GPU {device.number} in a process of its own, so its variables are not kept.")
            try:
                return _run(sandbox.session(key, limits), asked, limits, set(), cancel)
            finally:
                sandbox.sessions.end(key)

    def _limits(self, asked: _Asked) -> Limits:
        limits = self._settings.cell
        named = modules_named(asked.live.code).union(*map(modules_named, asked.above))
        return replace(limits, memory_mb=max(limits.memory_mb, CLIP_MEMORY_MB)) if named & _HEAVY else limits

    # --- solutions --------------------------------------------------------------------------------------------

    def submit(self, owner: str, problem: Problem, code: str, *, only_visible: bool) -> LiveJudgement:
        """Put a solution before the judge, or before the visible cases alone; one that is being judged is returned.

        Raises:
            QueueFull: the student has handed in too much lately.
        """
        with self._lock:
            before = self._judgements.get((owner, problem.name))
            if before is not None and before.running:
                return before
            live = LiveJudgement(code, only_visible)
            lane = self._lane("trials" if only_visible else "solutions")
            ticket = lane.submit(owner, problem.rules.total_s, partial(self._judge, owner, live, problem))
            live.queued(partial(lane.place, ticket), ticket.cancel)
            self._judgements[owner, problem.name] = live
            self._judgements.move_to_end((owner, problem.name))
            while len(self._judgements) > MOST_NOTEBOOKS:
                self._judgements.popitem(last=False)
        return live

    def latest_judgement(self, owner: str, problem: str) -> LiveJudgement | None:
        """Return the student's last judged solution of the problem, or None."""
        with self._lock:
            return self._judgements.get((owner, problem))

    def _judge(self, owner: str, live: LiveJudgement, problem: Problem, cancel: threading.Event) -> None:
        judgement, trouble = None, "something went wrong here; the log of the server has the details"
        live.enter(WorkState.STARTING)
        try:
            sandbox = self._sandbox(None)
            live.enter(WorkState.RUNNING)
            secret, watch = self._settings.secret, Watch(live.hear, cancel)
            judgement = judge(problem, live.code, sandbox, secret, only_visible=live.only_visible, watch=watch)
            if judgement.verdict is JudgeVerdict.PASSED and not live.only_visible:
                self._settings.passed(owner, problem, live.code)
            trouble = ""
        except (KnowledgeError, ProblemUnusable, RequestUnusable, SandboxUnavailable, OSError) as error:
            trouble = str(error)
        except BaseException:
            _log.exception("a solution could not be judged")
            raise
        finally:
            live.finish(None if trouble else judgement, trouble)
            self._rest_later()

    def in_sandbox(self, owner: str, wall_s: float, work: Callable[[Sandbox], None]) -> Ticket[None]:
        """Put work with the sandbox in the line of trials, or raise QueueFull; what it raises is the ticket's."""

        def turn(_: threading.Event) -> None:
            try:
                work(self._sandbox(None))
            finally:
                self._rest_later()

        return self._lane("trials").submit(owner, wall_s, turn)

    # --- what both stand on -----------------------------------------------------------------------------------

    def _lane(self, name: str) -> Lane[None]:
        if self._closed:
            raise QueueFull("the server is ending")
        if name not in self._lanes:
            settings = self._settings
            slots = {"cells": settings.slots, "gpu": len(self._leases.devices)}.get(name, max(1, settings.slots // 2))
            self._lanes[name] = Lane(slots, name, settings.solutions if name == "solutions" else settings.cells)
        return self._lanes[name]

    def _sandbox(self, device: Device | None) -> Sandbox:
        """Return the open sandbox; the first that asks opens it while others wait."""
        with self._opening:
            with self._lock:
                if self._closed:
                    raise SandboxUnavailable("the server is ending")
                found = self._sandboxes.get(device)
                if found is not None:
                    return found
            opened = self._open_sandbox(device)
            with self._lock:
                self._sandboxes[device] = opened
            return opened

    def _rest_later(self) -> None:
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            if self._closed:
                return
            self._idle = threading.Timer(IDLE_S, self._rest)
            self._idle.daemon = True
            self._idle.start()

    def _rest(self) -> None:
        with self._lock:
            opened = list(self._sandboxes.values())
        for sandbox in opened:
            sandbox.rest()

    def close(self) -> None:
        """Stop everything and end every process."""
        with self._lock:
            self._closed = True
            if self._idle is not None:
                self._idle.cancel()
            lanes, self._lanes = list(self._lanes.values()), {}
        for lane in lanes:
            lane.close()
        with self._opening, self._lock:
            opened, self._sandboxes = list(self._sandboxes.values()), {}
        for sandbox in opened:
            sandbox.close()


def _opened(owners_machine: bool, device: Device | None) -> Sandbox:
    return Sandbox.open(device=device, owners_machine=owners_machine)


def _session_key(owner: str, notebook: str) -> str:
    return f"{owner}/{notebook}"


def _run(session: Session, asked: _Asked, limits: Limits, ran: set[str], cancel: threading.Event) -> CellResult:
    """Run the cell after the code above it that is not in `ran` yet, whose output is not shown."""
    live = asked.live
    missing = [code for code in asked.above if code not in ran]
    for code in missing:
        result = session.run(CellRequest(code, limits), cancel=cancel)
        if cancel.is_set():
            return result
        ran.add(code)
        if not result.completed:
            live.note(f"A cell above it, which it builds on, did not run: {_said(result)}")
            break
    else:
        if missing:
            live.note(f"First ran what it builds on: {counted(len(missing), 'cell')} above it in its document.")
    live.enter(WorkState.RUNNING)
    request = CellRequest(live.code, limits, active_content=True, keep_files=True)
    return session.run(request, on_output=live.hear, cancel=cancel)


def _said(result: CellResult) -> str:
    errors = [output.content for output in result.outputs if output.kind == "error"]
    return str(errors[-1].get("ename", result.verdict)) if errors else result.reason
