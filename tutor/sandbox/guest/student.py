"""The student's process: takes orders one at a time, runs them in one `__main__`, and shows what came of them.

It is the student's process: code that runs here can change anything in it, this module included. What it sends is
shown to people and never believed by the host.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

from . import calls, cells, show, wire

_READ_BYTES = 1 << 16


class Talk:
    """The socket to the host: orders come in and messages go out, one JSON object a line."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._lock = threading.RLock()
        self._owner = os.getpid()

    def orders(self) -> Iterator[dict[str, Any]]:
        """Each order of the host, until it hangs up."""
        pending = b""
        while True:
            line, found, rest = pending.partition(b"\n")
            if found:
                pending = rest
                yield wire.parse(line)
                continue
            received = self._channel.recv(_READ_BYTES)
            if not received:
                return
            pending += received

    def tell(self, kind: str, **content: object) -> None:
        """Send one message, whole even when several threads show something at once."""
        line = wire.compose({"type": kind, **content})
        with self._lock:
            self._channel.sendall(line)

    def is_mine(self) -> bool:
        """Return False in a process that student code forked from this one."""
        return os.getpid() == self._owner


def live(channel: socket.socket, order: dict[str, Any], environment: dict[str, str]) -> int:
    """Serve the host's orders until it hangs up; returns the exit status."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout, sys.stderr = _writer(1), _writer(2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lives as long as the process
    os.environ.update(environment)
    tempfile.tempdir = None  # asked for in the zygote, where it lay elsewhere
    _use_threads(order["threads"])
    talk = Talk(channel)
    notebook = cells.Notebook(show.Display(talk.tell))
    talk.tell("ready")
    answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "run": notebook.run,
        "variables": notebook.variables,
        "call": lambda asked: calls.answer(notebook.module, asked),
        "leave": lambda _: {"type": "leaving"},
    }
    for asked in _interruptible(talk):
        reply = answers[asked["op"]](asked)
        if not talk.is_mine():  # a fork of the student's own that ran to the end of the cell
            _flush()
            os._exit(0)
        _flush()
        talk.tell(reply.pop("type"), id=asked["id"], **reply)
    return _leave()


class _Prompt(io.TextIOWrapper):
    """A stream that holds nothing back: a dot without a newline is progress, and is seen at once."""

    def write(self, text: str, /) -> int:
        """Write and flush; return how many characters."""
        written = super().write(text)
        self.flush()
        return written


def _writer(descriptor: int) -> io.TextIOWrapper:
    binary = open(descriptor, "wb", closefd=False)  # noqa: SIM115 - it lives as long as the process
    return _Prompt(binary, encoding="utf-8", errors="backslashreplace")


def _interruptible(talk: Talk) -> Iterator[dict[str, Any]]:
    """Return the orders; an interrupt that arrives between two cells is not an error."""
    orders = talk.orders()
    while True:
        try:
            yield next(orders)
        except KeyboardInterrupt:
            orders = talk.orders()
        except StopIteration:
            return


def _use_threads(threads: int) -> None:
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads)))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # closed or replaced by the student
            stream.flush()


def _leave() -> int:
    """End as a Python program does: threads are joined, exit functions run, streams are flushed."""
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter itself calls; it has no public name
    atexit._run_exitfuncs()
    _flush()
    return 0
