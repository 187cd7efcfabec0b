"""One order to a child and everything until its answer: streams, messages, limits, the end.

The loop runs in the caller's thread and is the only reader of the child's pipes. It never waits for end-of-file: a
grandchild may hold a stream open for as long as it lives.
"""

from __future__ import annotations

import os
import secrets
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from .child import OUR_TASKS, Child
from .guest import wire
from .outputs import Intake, Overflow, Stream
from .spec import Limits, Verdict

_TICK_S = 0.05
_SAMPLE_EVERY_S = 0.1
_SAMPLE_SHARE = 5  # a reading may cost at most a fifth of the time between readings
_GRACE_S = 1.0  # for an interrupted session to come back with its variables
_READ_BYTES = 1 << 16


class Exchange:
    """Sends an order and listens. `soft` interrupts first where a session could survive."""

    def __init__(self, child: Child, limits: Limits, intake: Intake, cancel: threading.Event, soft: bool) -> None:
        self.child = child
        self.limits = limits
        self.intake = intake
        self.stopped: tuple[Verdict, str] | None = None
        self.answer: dict[str, Any] | None = None
        self.ended = False
        self.walked_out = False
        self._first_told: dict[str, Any] | None = None
        self.unasked = False  # it sent an answer to nothing that was asked
        self.first_output_s: float | None = None
        self.peak_bytes = 0
        self.began = time.monotonic()
        self._cancel = cancel
        self._soft = soft
        self._deadline = self.began + limits.wall_s
        self._kill_at: float | None = None
        self._sample_at = self.began + _SAMPLE_EVERY_S
        self._cpu_before = child.usage().cpu_s if soft else 0.0
        self.cpu_s = 0.0
        self._awaited: tuple[str, str] = ("", "")

    def ask(self, order: dict[str, Any], answer: str) -> None:
        """Send the order and listens until a message of kind `answer` with the order's id, a stop or the end."""
        self._awaited = (answer, order["id"])
        self.child.talk.setblocking(True)
        self.child.talk.settimeout(_GRACE_S * 5)
        try:
            self.child.talk.sendall(wire.compose(order))
        except OSError:
            self.intake.notes.append("the process was gone before it could be asked")
        self.child.talk.setblocking(False)
        self._listen(lambda: self.answer is not None)
        self._sample()
        self._drain()

    def see_out(self) -> None:
        """Ask the process to leave and listen until it has ended.

        One that says it is done and is gone before it was asked to leave has not been through with its code.
        """
        told = self.answer
        if told is not None and told.get("status") == "ok" and self.stopped is None:
            self._first_told, self.answer = told, None
            if not self.ended:
                self.ask({"op": "leave", "id": secrets.token_hex(16)}, answer="leaving")
            self.walked_out = self.answer is None and self.stopped is None
            self.answer = self._first_told
        self.child.hang_up()
        self._listen(lambda: False)
        self._drain()
        if self.child.ending is not None:
            self.cpu_s = max(self.cpu_s, self.child.ending.cpu_s)

    def _listen(self, answered: Callable[[], bool]) -> None:
        if self.ended:
            return
        handlers = self._handlers()
        with selectors.DefaultSelector() as selector:
            for source in handlers:
                selector.register(source, selectors.EVENT_READ)
            while not self.ended and not answered():
                for key, _ in selector.select(_TICK_S):
                    if not self._guarded(handlers[key.fileobj]):
                        selector.unregister(key.fileobj)
                self._check()

    def _handlers(self) -> dict[Any, Callable[[], bool]]:
        return {
            self.child.stdout: lambda: self._read_stream(self.child.stdout, self.intake.stdout),
            self.child.stderr: lambda: self._read_stream(self.child.stderr, self.intake.stderr),
            self.child.talk: self._read_messages,
            self.child.control: self._read_control,
        }

    def _guarded(self, read: Callable[[], bool]) -> bool:
        try:
            return read()
        except Overflow as error:
            self._stop(Verdict.OUTPUT, str(error))
            return True

    def _read_stream(self, descriptor: int, stream: Stream) -> bool:
        """Return False at the end of the stream."""
        try:
            content = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return True
        self._mark(bool(content))
        if content and self._kill_at is None:
            self.intake.stream(stream, content)
        return bool(content)

    def _read_messages(self) -> bool:
        try:
            content = self.child.talk.recv(_READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:  # the process ended while it wrote
            return False
        self._mark(bool(content))
        for message in self.intake.messages(content):
            if self.answer is None and (message.get("type"), message.get("id")) == self._awaited:
                self.answer = message
            else:
                self.unasked = True
                self._note_contradiction(message)
        return bool(content)

    def _note_contradiction(self, message: dict[str, Any]) -> None:
        """Of two words about the same order the worse one counts: the first may have been forged."""
        first = self._first_told or self.answer
        if first is None or any(message.get(key) != first.get(key) for key in ("type", "id")):
            return
        if message.get("status") != "ok" and self._first_told is None:
            self.answer = message
        elif message.get("status") != "ok":
            self._first_told = message

    def _read_control(self) -> bool:
        self.ended = self.child.hear_ending()
        return not self.ended

    def _mark(self, something: bool) -> None:
        if something and self.first_output_s is None:
            self.first_output_s = time.monotonic() - self.began

    def _drain(self) -> None:
        """Read what has already been written, without waiting for more."""
        with selectors.DefaultSelector() as selector:
            handlers = {k: v for k, v in self._handlers().items() if not isinstance(k, socket.socket) or self.ended}
            handlers.pop(self.child.control, None)
            for source in handlers:
                selector.register(source, selectors.EVENT_READ)
            while handlers and (ready := selector.select(0)):
                for key, _ in ready:
                    if not self._guarded(handlers[key.fileobj]) or self.stopped is not None:
                        selector.unregister(key.fileobj)
                        handlers.pop(key.fileobj)

    def _check(self) -> None:
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            self._kill()
        elif self.stopped is None and self._cancel.is_set():
            self._stop(Verdict.CANCELLED, "it was stopped on request", may_survive=True)
        elif self.stopped is None and now >= self._deadline:
            self._stop(Verdict.WALL, f"it ran longer than {self.limits.wall_s:g} s", may_survive=True)
        elif self.stopped is None and not self.ended and now >= self._sample_at:
            self._sample()

    def _sample(self) -> None:
        """Read what the child uses, and stops it over a limit."""
        if self.ended:
            return
        began = time.monotonic()
        used = self.child.usage()
        cost = time.monotonic() - began
        self._sample_at = time.monotonic() + max(_SAMPLE_EVERY_S, _SAMPLE_SHARE * cost)
        self.peak_bytes = max(self.peak_bytes, used.memory_bytes)
        self.cpu_s = max(self.cpu_s, used.cpu_s - self._cpu_before)
        group = self.child.group
        if group is not None and group.ran_out_of_memory():
            self._stop(Verdict.MEMORY, f"it used more than {self.limits.memory_mb} MiB of memory")
        elif group is not None and group.ran_out_of_tasks():
            self._stop(Verdict.PIDS, f"it started more than {self.limits.pids} processes and threads")
        elif group is None and used.memory_bytes > self.limits.memory_bytes:
            self._stop(Verdict.MEMORY, f"it used more than {self.limits.memory_mb} MiB of memory")
        elif group is None and used.tasks - OUR_TASKS >= self.limits.pids:
            self._stop(Verdict.PIDS, f"it started more than {self.limits.pids} processes and threads")
        elif self.child.over_disk():
            self._stop(Verdict.DISK, f"it wrote more than {self.limits.disk_mb} MiB or {self.limits.inodes} files")
        elif self.cpu_s > self.limits.cpu_limit_s:
            self._stop(Verdict.CPU, f"it used more than {self.limits.cpu_limit_s:g} s of processor time")

    def _stop(self, verdict: Verdict, reason: str, may_survive: bool = False) -> None:
        if self.stopped is not None:
            return
        self.stopped = (verdict, reason)
        if self._soft and may_survive:
            self.child.interrupt()
            self._kill_at = time.monotonic() + _GRACE_S
        else:
            self._kill()

    def _kill(self) -> None:
        self.child.kill()
        self.ended = True
