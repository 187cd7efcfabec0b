"""A lane of cells: so many at once, students in turn, everyone's place known, and any of them can be cancelled.

Knows who waits and who runs. What running means (a cell, a session's cell, a judged submission) is a function it is
given; lanes for processors, devices and judged runs are queues of their own.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

T = TypeVar("T")

_MINUTE_S, _HOUR_S = 60.0, 3600.0


@dataclass(frozen=True)
class Quota:
    """What one student may have of a lane."""

    running: int = 2
    waiting: int = 4
    per_minute: int = 20
    per_hour: int = 300
    noun: str = "cell"  # what the lane runs, as messages call it


class QueueFull(RuntimeError):
    """The student has as much waiting, or has started as much lately, as one may; the message says when to go on."""


@dataclass(eq=False)
class Ticket(Generic[T]):
    """One piece of work in the lane. `cancelled` reaches the work itself once it runs."""

    student: str
    wall_s: float
    work: Callable[[threading.Event], T]
    cancelled: threading.Event = field(default_factory=threading.Event)
    _outcome: Future[T] = field(default_factory=Future)

    def result(self, timeout_s: float | None = None) -> T:
        """Return what the work gave.

        Raises:
            CancelledError: it was cancelled before it began.
            TimeoutError: it is not done after that many seconds.
        """
        return self._outcome.result(timeout_s)

    @property
    def done(self) -> bool:
        """Whether there is a result, or never will be one."""
        return self._outcome.done()

    def cancel(self) -> bool:
        """Take it out of the line, or stop it where it runs; return whether it never began."""
        self.cancelled.set()
        return self._outcome.cancel()

    def run(self) -> None:
        """Do the work, unless it was cancelled before."""
        if not self._outcome.set_running_or_notify_cancel():
            return
        try:
            self._outcome.set_result(self.work(self.cancelled))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is asked for
            self._outcome.set_exception(error)


class Line(Generic[T]):
    """Who is next: students in turn, and of one student's the shortest limit first. Pure but for the clock given."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, quota: Quota | None = None) -> None:
        self._clock = clock
        self._quota = quota or Quota()
        self._turns: deque[str] = deque()
        self._waiting: dict[str, list[Ticket[T]]] = {}
        self._running: dict[str, int] = {}
        self._begun: dict[str, deque[float]] = {}

    def add(self, ticket: Ticket[T]) -> None:
        """Put the ticket in the line. QueueFull where its student has too much in it."""
        self._forget()
        begun = self._begun.setdefault(ticket.student, deque())
        waiting = self._waiting.setdefault(ticket.student, [])
        waiting[:] = [other for other in waiting if not other.done]
        self._refuse_beyond_quota(begun, len(waiting))
        begun.append(self._clock())
        waiting.append(ticket)
        waiting.sort(key=lambda other: other.wall_s)  # stable: equal limits keep their order
        if ticket.student not in self._turns:
            self._turns.append(ticket.student)

    def _forget(self) -> None:
        """Drop what is older than an hour, and students of whom nothing is left."""
        oldest = self._clock() - _HOUR_S
        for student, begun in list(self._begun.items()):
            while begun and begun[0] < oldest:
                begun.popleft()
            waiting = [ticket for ticket in self._waiting.get(student, []) if not ticket.done]
            if not begun and not waiting and student not in self._running:
                del self._begun[student]
                self._waiting.pop(student, None)
                if student in self._turns:
                    self._turns.remove(student)

    def _refuse_beyond_quota(self, begun: Sequence[float], waiting: int) -> None:
        quota, now = self._quota, self._clock()
        if waiting >= quota.waiting:
            many = f"{quota.waiting} {quota.noun}s of yours are" if quota.waiting > 1 else f"a {quota.noun} of yours is"
            raise QueueFull(f"{many} waiting already; let one finish or stop it")
        minute = [when for when in begun if now - when < _MINUTE_S]
        for times, most, span_s, span in (
            (minute, quota.per_minute, _MINUTE_S, "a minute"),
            (begun, quota.per_hour, _HOUR_S, "an hour"),
        ):
            if len(times) >= most:
                wait_s = span_s - (now - times[len(times) - most])
                wait = f"{wait_s:.0f} s" if wait_s < 2 * _MINUTE_S else f"{wait_s / _MINUTE_S:.0f} minutes"
                raise QueueFull(f"{most} {quota.noun}s in {span} are the most; go on in {wait}")

    def take(self) -> Ticket[T] | None:
        """Return the next ticket, now counted as running; None where nobody may run."""
        for _ in range(len(self._turns)):
            student = self._turns[0]
            self._turns.rotate(-1)
            waiting = self._waiting[student]
            waiting[:] = [ticket for ticket in waiting if not ticket.done]
            if waiting and self._running.get(student, 0) < self._quota.running:
                self._running[student] = self._running.get(student, 0) + 1
                return waiting.pop(0)
        return None

    def finished(self, ticket: Ticket[T]) -> None:
        """Count the ticket as running no longer."""
        self._running[ticket.student] -= 1
        if not self._running[ticket.student] and not self._waiting[ticket.student]:
            self._turns.remove(ticket.student)
            del self._running[ticket.student]

    def place(self, ticket: Ticket[T]) -> int:
        """Return how many are taken before this ticket if nobody else comes; 0 also where it runs or is done."""
        own = self._waiting.get(ticket.student, [])
        if ticket not in own:
            return 0
        rounds = own.index(ticket)
        mine = self._turns.index(ticket.student)
        before = 0
        for turn, student in enumerate(self._turns):
            if student != ticket.student:
                before += min(len(self._waiting[student]), rounds + (turn < mine))
        return before + rounds


class Lane(Generic[T]):
    """Threads that do the work of a line, `slots` at once. A context manager; `close` cancels what is left."""

    def __init__(self, slots: int, name: str = "cells", quota: Quota | None = None) -> None:
        self._line: Line[T] = Line(quota=quota)
        self._changed = threading.Condition()
        self._closed = False
        self._live: set[Ticket[T]] = set()
        self._threads = [
            threading.Thread(target=self._serve, name=f"sandbox-{name}-{n}", daemon=True) for n in range(slots)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, student: str, wall_s: float, work: Callable[[threading.Event], T]) -> Ticket[T]:
        """Put work in the line; it gets an event that is set when it should stop.

        Raises:
            QueueFull: the student has too much in the line.
        """
        ticket = Ticket(student, wall_s, work)
        with self._changed:
            if self._closed:
                raise QueueFull("the sandbox is closing")
            self._line.add(ticket)
            self._live.add(ticket)
            self._changed.notify()
        return ticket

    def place(self, ticket: Ticket[T]) -> int:
        """Return how many are before this one in the line; 0 where it runs or is done."""
        with self._changed:
            return self._line.place(ticket)

    def _serve(self) -> None:
        while True:
            with self._changed:
                ticket = self._line.take()
                while ticket is None:
                    if self._closed:
                        return
                    self._changed.wait()
                    ticket = self._line.take()
            ticket.run()
            with self._changed:
                self._line.finished(ticket)
                self._live.discard(ticket)
                self._changed.notify_all()

    def close(self) -> None:
        """Cancel everything and wait for what runs to stop."""
        with self._changed:
            self._closed = True
            for ticket in self._live:
                ticket.cancel()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
