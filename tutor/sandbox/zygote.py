"""The host's handle on a zygote: starts it, hands it descriptors to fork with, and notices when it is gone."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from .guest import wire
from .spec import SandboxUnavailable

_READY_WITHIN_S = 120.0  # importing torch and open_clip takes seconds, many on a loaded machine


@dataclass
class Zygote:
    """A running zygote. Its process is a child of a thread that lives as long as it does.

    The parent-death signal of bubblewrap follows the starting *thread*: started from a page's short-lived thread, the
    zygote would die with that page.
    """

    serving: socket.socket
    missing: Mapping[str, str] = field(default_factory=dict)
    started_s: float = 0.0
    pid: int = 0
    shared_bytes: int | None = None  # of a fresh child's Pss: pages it only shares with the zygote
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def start(cls, command: Callable[[int], list[str]], environment: Mapping[str, str] | None = None) -> Zygote:
        """Return a zygote that `command` starts, given the number of its socket.

        SandboxUnavailable with what it said, if it does not come up.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        zygote = cls(ours)
        launched = threading.Event()
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, after the process wrote to it
        arguments = (command(theirs.fileno()), dict(environment or {}), theirs, complaints, launched)
        threading.Thread(target=zygote._keep, args=arguments, name="sandbox-zygote", daemon=True).start()
        launched.wait()
        theirs.close()
        try:
            zygote._wait_until_ready()
        except (OSError, wire.Malformed) as error:
            zygote.close()
            complaints.seek(0)
            said = complaints.read(4000).decode("utf-8", "replace").strip()
            raise SandboxUnavailable(f"the sandbox did not start: {said or error}") from error
        finally:
            complaints.close()
        return zygote

    def _keep(
        self,
        words: list[str],
        environment: dict[str, str],
        theirs: socket.socket,
        complaints: IO[bytes],
        launched: threading.Event,
    ) -> None:
        """Start the process and stays until it ended."""
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=subprocess.STDOUT,
                pass_fds=(theirs.fileno(),),
                env=environment,
            )
            self.pid = process.pid
            launched.set()
            process.wait()
        finally:  # the program may not have started at all
            self._ended.set()
            launched.set()

    def _wait_until_ready(self) -> None:
        self.serving.settimeout(_READY_WITHIN_S)
        message, _ = wire.receive_packet(self.serving)
        self.serving.settimeout(None)
        if message is None or not message.get("ready"):
            raise OSError("it ended before it was ready")
        if message["threads"] != 1:
            raise OSError(f"it has {message['threads']} threads after its imports and cannot fork safely")
        self.missing = message["missing"]
        self.started_s = message["seconds"]

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return not self._ended.is_set()

    def wait_if_ending(self) -> None:
        """Give a zygote that was just killed the moment it takes to be seen as gone."""
        self._ended.wait(0.2)

    def fork(self, descriptors: tuple[int, ...]) -> None:
        """Asks for one child with copies of the descriptors. OSError where the zygote is gone."""
        with self._lock:
            wire.send_packet(self.serving, {"fork": True}, descriptors)

    def close(self) -> None:
        """Hangs up; the zygote and every child of it end. Waits for that."""
        with contextlib.suppress(OSError):
            self.serving.shutdown(socket.SHUT_RDWR)
        self.serving.close()
        if not self._ended.wait(5.0) and self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, 9)
            self._ended.wait(5.0)
