"""The first process of a child's namespaces: builds its private file system, starts the student, tells how it ended.

It is ours, so what it says of the student's end (exit status, processor time) can be believed: the student can
neither signal it (signals from inside a pid namespace do not reach its first process), nor trace it (not dumpable,
and the filter has no ptrace), nor write to its socket.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import socket
import traceback
from typing import Any, NoReturn

from . import confine, kernel, student, wire

STUDENT_UID = 1000
PRIVATE = "/cell"
TALK = 3  # the student's descriptor for messages, after the three standard ones
_PAST_THE_TARGETS = 16
_EVERY_DESCRIPTOR = 1 << 20


def run(control: socket.socket, descriptors: list[int], configuration: dict[str, Any]) -> NoReturn:
    """Run to the end of the child. `descriptors` are the student's talk socket, stdout and stderr."""
    status = 1
    try:
        kernel.die_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if configuration["isolated"]:
            kernel.set_dumpable(True)  # else the maps below would belong to root
            _map_user(configuration["uid"])
        else:
            kernel.adopt_orphans()  # there is no namespace to end: what the student leaves has to be found again
        wire.send_packet(control, {"hello": True})  # the kernel adds our pid; the host places us, then says go
        order, _ = wire.receive_packet(control)
        if order is not None:
            _serve(control, descriptors, order, configuration)
        status = 0
    except BaseException as error:  # noqa: BLE001 - the process ends here; the host is told why in any case
        wire.send_packet(control, {"failed": f"{type(error).__name__}: {error}"[:500]})
    finally:
        os._exit(status)


def _map_user(outer_uid: int) -> None:
    for file, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{STUDENT_UID} {outer_uid} 1"),
        ("gid_map", f"{STUDENT_UID} {outer_uid} 1"),
    ):
        with open(f"/proc/self/{file}", "w") as table:
            table.write(line)


def _serve(
    control: socket.socket, descriptors: list[int], order: dict[str, Any], configuration: dict[str, Any]
) -> None:
    if configuration["isolated"]:
        _mount_private(order["disk_bytes"], order["inodes"], configuration["writable"])
    else:
        configuration = _in_folder(configuration, order["folder"])
    work = os.open(configuration["writable"][0], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    wire.send_packet(control, {"built": True}, (work,))
    os.close(work)
    kernel.set_dumpable(False)
    pid = os.fork()
    if pid == 0:
        control.close()
        _student(descriptors, order, configuration)
    for descriptor in descriptors:
        os.close(descriptor)
    kernel.drop_capabilities()
    status = _wait_for(pid)
    if configuration["isolated"]:
        _end_everything()
    else:
        _end_children()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wire.send_packet(control, {"ended": status, "cpu_s": round(used.ru_utime + used.ru_stime, 3)})
    wire.receive_packet(control)  # the host may still read files; it hangs up when it is done


def _mount_private(disk_bytes: int, inodes: int, folders: list[str]) -> None:
    """One tmpfs behind the home, temporary and shared-memory folders, so that one cap covers them all."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", PRIVATE, "tmpfs", flags, f"size={disk_bytes},nr_inodes={inodes},mode=755")
    for number, folder in enumerate(folders):
        source = f"{PRIVATE}/{number}"
        os.mkdir(source, 0o700)
        kernel.mount(source, folder, "", kernel.MS_BIND)
    kernel.mount("proc", "/proc", "proc", flags | kernel.MS_NOEXEC)


def _in_folder(configuration: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return the configuration of a child whose own folders lie on the machine's disk."""
    home, tmp, shm = (f"{folder}/{name}" for name in ("home", "tmp", "shm"))
    own = {"HOME": home, "TMPDIR": tmp, "MPLCONFIGDIR": f"{tmp}/.matplotlib"}
    return {
        **configuration,
        "writable": [home, tmp, shm],
        "environment": {**configuration["environment"], **own},
    }


def _student(descriptors: list[int], order: dict[str, Any], configuration: dict[str, Any]) -> NoReturn:
    """Becomes the student: everything is given up before the first byte of theirs is read."""
    try:
        os.setsid()
        talk, out, err = descriptors
        null = os.open("/dev/null", os.O_RDONLY)
        sources = [fcntl.fcntl(source, fcntl.F_DUPFD, _PAST_THE_TARGETS) for source in (null, out, err, talk)]
        for target, source in enumerate(sources):
            os.dup2(source, target, inheritable=target < TALK)
        os.closerange(TALK + 1, _EVERY_DESCRIPTOR)
        confine.confine(order, configuration)
        kernel.set_dumpable(True)  # of its own memory it may see everything
        os.chdir(configuration["writable"][0])
        channel = socket.socket(fileno=TALK)
    except BaseException as error:  # noqa: BLE001 - the student's process ends here, and standard error says why
        os.write(2, f"the sandbox could not be closed: {type(error).__name__}: {error}\n".encode())
        os._exit(confine.NOT_CONFINED)
    try:
        os._exit(student.live(channel, order, configuration["environment"]))
    except BaseException:  # noqa: BLE001 - the process ends here, and standard error says why
        os.write(2, traceback.format_exc().encode(errors="backslashreplace"))
        os._exit(1)


def _wait_for(pid: int) -> int:
    """Reaps whatever ends, until the student does; returns its raw wait status."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            return status


def _end_children() -> None:
    """Kill every child, and what those leave behind, which becomes a child; the host looks for deeper ones."""
    while True:
        with open(f"/proc/self/task/{os.getpid()}/children") as listed:
            children = [int(pid) for pid in listed.read().split()]
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def _end_everything() -> None:
    """Kills what the student left running; nobody in this namespace outlives the student."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return
