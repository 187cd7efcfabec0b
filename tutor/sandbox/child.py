"""One child of the zygote as the host sees it: started, watched by pidfd, limited, ended, and nothing left behind.

Everything said here about a child comes from the kernel or from its first process, which is ours; the student's
messages pass through as bytes.
"""

from __future__ import annotations

import array
import contextlib
import os
import select
import signal
import socket
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import owners, usage
from .cgroups import CellGroup, CgroupHome
from .guest import wire
from .spec import CellRequest, Limits, SandboxUnavailable
from .usage import Usage
from .zygote import Zygote

_START_WITHIN_S = 20.0
_END_WITHIN_S = 10.0
_CREDENTIALS = struct.Struct("3i")
_SPARE_TASKS = 16
OUR_TASKS = 1  # the first process, inside the cell's group but not the student's


class ChildFailed(Exception):
    """The child could not be set up; the message says at which step."""


@dataclass(frozen=True)
class Ending:
    """How the student's process ended: raw wait status, and processor time of it and all it waited for."""

    status: int
    cpu_s: float

    @property
    def signal(self) -> int:
        """The signal that ended it, or 0."""
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else 0

    @property
    def exit_status(self) -> int | None:
        """The status it left with, or None where a signal ended it."""
        return os.WEXITSTATUS(self.status) if os.WIFEXITED(self.status) else None


class Child:
    """A child that is ready to take orders. Use `start`; always `close`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.control, control_far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.talk, talk_far = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.stdout, out_far = os.pipe2(os.O_CLOEXEC)
        self.stderr, err_far = os.pipe2(os.O_CLOEXEC)
        self._far: tuple[int, ...] = (control_far.detach(), talk_far.detach(), out_far, err_far)
        self.work: int | None = None
        self.folder: Path | None = None  # of a cell without namespaces, on the machine's disk
        self.group: CellGroup | None = None
        self.ending: Ending | None = None
        self.pid = 0
        self._first: int | None = None  # pidfd of the namespace's first process
        self._student: int | None = None  # pidfd of the student's
        self._namespace = 0
        self._shared_bytes = 0
        for channel in (self.control, self.talk):
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        os.set_blocking(self.stdout, False)
        os.set_blocking(self.stderr, False)

    @classmethod
    def start(
        cls,
        zygote: Zygote,
        request: CellRequest,
        home: CgroupHome | None,
        one_shot: bool,
        place: owners.Place | None = None,
    ) -> Child:
        """Return a child that waits for its first order; ChildFailed or SandboxUnavailable, nothing left behind."""
        child = cls(request.limits)
        child.folder = place.new_cell() if place is not None else None
        try:
            child._set_up(zygote, home, one_shot)
        except (OSError, wire.Malformed) as error:
            child.close()
            raise ChildFailed(f"the cell's box could not be built: {error}") from error
        except BaseException:
            child.close()
            raise
        return child

    def _set_up(self, zygote: Zygote, home: CgroupHome | None, one_shot: bool) -> None:
        try:
            zygote.fork(self._far)
        finally:
            self._close_far()
        self.control.settimeout(_START_WITHIN_S)
        self.talk.settimeout(_START_WITHIN_S)
        self.pid = self._heard("hello")
        self._first = os.pidfd_open(self.pid)
        self._namespace = usage.namespace_of(self.pid) if self.folder is None else 0
        if home is not None:
            self.group = home.new_group()
            self.group.limit(self.limits, OUR_TASKS)
            self.group.add(self.pid)  # before any code of the student's, so that all of it is counted
        wire.send_packet(self.control, self._order(one_shot))
        self._heard("built")
        line, student, _ = _receive(self.talk)
        if line != wire.compose({"type": "ready"}):
            raise SandboxUnavailable(f"a cell's process could not be confined: {self._complaint()}")
        self._student = os.pidfd_open(student)
        if self.group is None and zygote.shared_bytes is None:
            zygote.shared_bytes = self._used().memory_bytes
        self._shared_bytes = zygote.shared_bytes or 0
        self.talk.setblocking(False)
        self.control.setblocking(False)

    def _order(self, one_shot: bool) -> dict[str, Any]:
        limits = self.limits
        return {
            "disk_bytes": limits.disk_mb << 20,
            "inodes": limits.inodes,
            # A little above the limit: the group refuses first and counts it, or the watch sees more than there may
            # be. A refusal by this limit only the student sees, who may go on as if nothing were.
            "pids": limits.pids + OUR_TASKS + _SPARE_TASKS + self._others(),
            "open_files": limits.open_files,
            "file_bytes": limits.file_mb << 20,
            "memory_bytes": limits.memory_bytes,
            "cpu_s": int(limits.cpu_limit_s) + 1 if one_shot else None,  # a session's cells each have their own
            "threads": limits.threads,
            "folder": str(self.folder or ""),
        }

    def _others(self) -> int:
        """Return how many processes and threads the limit has to let be: in a namespace nobody else's count."""
        return 0 if self.folder is None else usage.tasks_of_user(os.geteuid())

    def _heard(self, expected: str) -> int:
        """Wait for one packet of the first process and returns the sender's pid, as the kernel knows it."""
        content, pid, descriptors = _receive(self.control)
        if not content:
            raise SandboxUnavailable("the sandbox's zygote went away while a cell was started")
        message = wire.parse(content)
        if descriptors:
            self.work = descriptors[0]
        if expected not in message:
            raise SandboxUnavailable(str(message.get("refused") or message.get("failed") or "an unknown answer"))
        return pid

    def _complaint(self) -> str:
        with contextlib.suppress(BlockingIOError):
            return os.read(self.stderr, 2000).decode("utf-8", "replace").strip()
        return "it ended without a word"

    def usage(self) -> Usage:
        """Return what all its processes use now; with a control group, memory and tasks are the kernel's to watch."""
        if self.group is not None:
            cpu_s = self.group.cpu_s()
            counted = cpu_s if cpu_s is not None else usage.read(self._namespace, with_memory=False).cpu_s
            return usage.Usage(counted, self.group.peak_bytes(), 0)
        used = self._used()
        return replace(used, memory_bytes=max(0, used.memory_bytes - self._shared_bytes))

    def _used(self) -> Usage:
        if self.folder is None:
            return usage.read(self._namespace)
        return usage.read_all([self.pid, *usage.descendants(self.pid)])

    def over_disk(self) -> bool:
        """Whether a cell that writes to the machine's disk has written more than it may; any other cannot."""
        if self.folder is None:
            return False
        written, files = owners.disk_use(self.folder, self.limits.inodes)
        return written > self.limits.disk_mb << 20 or files > self.limits.inodes

    def grow(self, limits: Limits) -> None:
        """Let it use more memory from now on; the rest of its limits stays."""
        self.limits = replace(self.limits, memory_mb=limits.memory_mb)
        if self.group is not None:
            self.group.raise_memory(self.limits)

    def interrupt(self) -> None:
        """Send the student's process what Ctrl-C would."""
        if self._student is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._student, signal.SIGINT)

    def has_unasked_words(self) -> bool:
        """Whether the student's process has sent something that nobody has read yet."""
        return bool(select.select([self.talk], [], [], 0)[0])

    def hang_up(self) -> None:
        """No more orders: the student's process ends as a program does."""
        with contextlib.suppress(OSError):
            self.talk.shutdown(socket.SHUT_WR)

    def hear_ending(self) -> bool:
        """Read what the first process says; True once the child has ended, with `ending` set where it could tell."""
        try:
            content = self.control.recv(wire.PACKET_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            return True
        if not content:
            return True
        message = wire.parse(content)
        if "ended" in message:
            self.ending = Ending(message["ended"], message["cpu_s"])
        return True

    @property
    def alive(self) -> bool:
        """Whether its namespace still has its first process."""
        return self._first is not None and not select.select([self._first], [], [], 0)[0]

    def kill(self) -> None:
        """End every process of the child and waits until they are gone."""
        if self._first is None:
            return
        if self.folder is not None:
            owners.end(self.pid)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._first, signal.SIGKILL)
        poll = select.poll()
        poll.register(self._first, select.POLLIN)
        if not poll.poll(_END_WITHIN_S * 1000):
            raise ChildFailed(f"process {self.pid} of a cell does not end although it was killed")

    def _close_far(self) -> None:
        far, self._far = self._far, ()
        for descriptor in far:
            os.close(descriptor)

    def close(self) -> None:
        """End the child and gives back everything it held: processes, mounts, group, descriptors."""
        self._close_far()
        self.control.close()
        self.talk.close()
        for descriptor in (self.stdout, self.stderr, self.work):
            if descriptor is not None and descriptor >= 0:
                os.close(descriptor)
        self.stdout = self.stderr = -1
        self.work = None
        try:
            self.kill()
        finally:
            for pidfd in (self._first, self._student):
                if pidfd is not None:
                    os.close(pidfd)
            self._first = self._student = None
            if self.group is not None:
                self.group.remove()
                self.group = None
            if self.folder is not None:
                owners.remove(self.folder)


def _receive(channel: socket.socket) -> tuple[bytes, int, list[int]]:
    """One packet: its bytes, the sender's pid in our pid namespace, and its descriptors."""
    room = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(4 * 4)
    content, ancillary, _, _ = channel.recvmsg(wire.PACKET_BYTES, room, socket.MSG_CMSG_CLOEXEC)
    pid, descriptors = 0, array.array("i")
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid = _CREDENTIALS.unpack(value[: _CREDENTIALS.size])[0]
        elif level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(value[: len(value) - len(value) % descriptors.itemsize])
    return content, pid, list(descriptors)
