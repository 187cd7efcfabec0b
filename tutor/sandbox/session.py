"""Sessions: one process a student and notebook, which keeps its variables between cells.

Knows which sessions live, how long they have been idle and whose they are. A cell that runs too long or is stopped
is interrupted first, so that variables survive; a process that does not heed that is killed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from .artifacts import Seen
from .cellrun import result_of, run_order
from .child import Child, ChildFailed
from .exchange import Exchange
from .outputs import Intake, OnOutput
from .spec import CellRequest, CellResult, Limits, SandboxUnavailable, Tier, Variable, Verdict
from .zygote import Zygote

IDLE_S = 15 * 60.0
MOST_PER_OWNER = 3
MOST_IN_ALL = 24  # some 11 MB each while idle
_WATCH_EVERY_S = 1.0
_IDLE_CPU_S = 5.0  # what threads left running may use between two cells
_LIST_LIMITS = Limits(wall_s=3.0, memory_mb=16 * 1024, pids=512)

Start = Callable[[Limits], tuple[Child, Zygote, Tier]]


class Session:
    """One live process and the numbers of its cells. One cell at a time; another caller waits."""

    def __init__(self, start: Start, limits: Limits, owner: str) -> None:
        self.limits = limits
        self.owner = owner
        self.used_at = time.monotonic()
        self.cells = 0
        self._start = start
        self._lock = threading.Lock()
        self._running: tuple[Child, Zygote, Tier] | None = None
        self._cpu_at_rest = 0.0
        self._seen: Seen = {}  # files handed over already

    @property
    def alive(self) -> bool:
        """Whether its process (and so its variables) is still there."""
        return self._running is not None and self._running[0].alive

    @property
    def busy(self) -> bool:
        """Whether a cell runs in it now."""
        return self._lock.locked()

    @property
    def forgotten(self) -> bool:
        """Whether it has had no process for so long that nobody will come back for it."""
        return not self.alive and not self.busy and time.monotonic() - self.used_at > 2 * IDLE_S

    def run(
        self, request: CellRequest, *, on_output: OnOutput | None = None, cancel: threading.Event | None = None
    ) -> CellResult:
        """Run a cell among the variables of the cells before it. Limits of the process are the session's own.

        A cell that may use more memory than the session so far raises it for good. The note `variables were lost`
        stands in the result where the process had to end.
        """
        with self._lock:
            try:
                child, zygote, tier = self._process()
            except (ChildFailed, SandboxUnavailable) as error:
                return CellResult(Verdict.REFUSED, reason=str(error))
            self.cells += 1
            if request.limits.memory_mb > self.limits.memory_mb:
                self.limits = replace(self.limits, memory_mb=request.limits.memory_mb)
                child.grow(self.limits)
            within = replace(request.limits, memory_mb=self.limits.memory_mb, pids=self.limits.pids)
            request = replace(request, limits=within)
            exchange = Exchange(child, within, Intake(request, on_output), cancel or threading.Event(), soft=True)
            exchange.ask(run_order(request, self.cells), answer="done")
            result = result_of(exchange, request, tier, zygote, must_end=False, seen=self._seen)
            self._rest(exchange)
            return result if self.alive else replace(result, notes=(*result.notes, "variables were lost"))

    def variables(self) -> tuple[Variable, ...]:
        """Return the session's variables; () where it has none, or does not answer in time."""
        with self._lock:
            if not self.alive or self._running is None:
                return ()
            child = self._running[0]
            exchange = Exchange(child, _LIST_LIMITS, Intake(CellRequest("")), threading.Event(), soft=True)
            exchange.ask({"op": "variables", "id": secrets.token_hex(16)}, answer="variables")
            self._rest(exchange)
        listed = (exchange.answer or {}).get("variables")
        rows = listed if isinstance(listed, list) else []
        keys = ("name", "kind", "shown")
        return tuple(Variable(*(str(row.get(key))[:200] for key in keys)) for row in rows if isinstance(row, dict))

    def restart(self) -> None:
        """End the process; the next cell starts with no variables."""
        with self._lock:
            self._end()
            self.cells = 0

    def close(self) -> None:
        """End the process, even while a cell runs in it."""
        running = self._running
        if running is not None:
            running[0].kill()
        with self._lock:
            self._end()

    def watch(self) -> None:
        """End an idle process that uses more than it may; called from time to time."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if self._running is None:
                return
            child = self._running[0]
            used = child.usage()
            over = child.group is None and used.memory_bytes > self.limits.memory_bytes
            idle_for = time.monotonic() - self.used_at
            if over or used.cpu_s - self._cpu_at_rest > _IDLE_CPU_S or idle_for > IDLE_S or not child.alive:
                self._end()
        finally:
            self._lock.release()

    def _process(self) -> tuple[Child, Zygote, Tier]:
        if self._running is not None and not self.alive:
            self._end()
        if self._running is None:
            self._running = self._start(self.limits)
        return self._running

    def _rest(self, exchange: Exchange) -> None:
        self.used_at = time.monotonic()
        if exchange.ended or exchange.answer is None:
            self._end()
        else:
            self._cpu_at_rest = exchange.child.usage().cpu_s

    def _end(self) -> None:
        running, self._running = self._running, None
        self._seen = {}
        if running is not None:
            running[0].close()


class Sessions:
    """The live sessions of a sandbox, by key."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._found: dict[str, Session] = {}
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None

    def get(self, key: str, limits: Limits, owner: str) -> Session:
        """Return the session of the key, made if there is none."""
        with self._lock:
            session = self._found.get(key)
            if session is None:
                evicted = self._make_room(owner)
                session = self._found[key] = Session(self._start, limits, owner)
            else:
                evicted = []
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="sandbox-sessions", daemon=True)
                self._watcher.start()
        for old in evicted:
            old.close()
        return session

    def _make_room(self, owner: str) -> list[Session]:
        idle = sorted((s.used_at, k) for k, s in self._found.items() if not s.busy)
        theirs = [key for _, key in idle if self._found[key].owner == owner]
        going = theirs[: max(0, len(theirs) - MOST_PER_OWNER + 1)]
        others = [key for _, key in idle if key not in going]
        going += others[: max(0, len(self._found) - len(going) - MOST_IN_ALL + 1)]
        return [self._found.pop(key) for key in going]

    def end(self, key: str) -> None:
        """End the session of the key, even while a cell runs in it; the next one of that key starts afresh."""
        with self._lock:
            session = self._found.pop(key, None)
        if session is not None:
            session.close()

    def any_alive(self) -> bool:
        """Whether a session has a process."""
        with self._lock:
            return any(session.alive or session.busy for session in self._found.values())

    def keys(self) -> list[str]:
        """Return the keys of all sessions."""
        with self._lock:
            return list(self._found)

    def _watch(self) -> None:
        while not self._closed.wait(_WATCH_EVERY_S):
            with self._lock:
                found = list(self._found.values())
            for session in found:
                session.watch()
            with self._lock:
                gone = [key for key, session in self._found.items() if session.forgotten]
                for key in gone:
                    del self._found[key]

    def close(self) -> None:
        """End all of them."""
        self._closed.set()
        with self._lock:
            found, self._found = list(self._found.values()), {}
        for session in found:
            session.close()
        if self._watcher is not None:
            self._watcher.join(timeout=5.0)
