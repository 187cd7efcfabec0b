"""The zygote: a process with the heavy libraries imported that forks one child per cell or session.

It runs no tensor operation and keeps one thread, because a fork of a process whose OpenMP pool was started hangs.
It holds no secret: children are copies of it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import weakref
from typing import Any

from . import first, kernel, wire
from .torchvision_guard import guard_later_imports, import_torchvision

# Modules that would otherwise be imported inside a student's first cell, by the library that needs them.
WARM_IMPORTS = {
    "numpy": ("numpy.random", "numpy.linalg", "numpy.fft", "numpy.testing"),
    "matplotlib": (
        "matplotlib.pyplot",
        "matplotlib.backends.backend_agg",
        "matplotlib.font_manager",
        "mpl_toolkits.mplot3d",
        "PIL.PngImagePlugin",
        "guest.figures",
    ),
    "torch": (
        "torch._tensor_str",
        "torch.nn.functional",
        "torch.optim",
        "torch.utils.data",
        "torch.multiprocessing",
        "torch.autograd.graph",
        "torch.autograd",
    ),
}
_NEED_TORCHVISION = ("open_clip", "torchvision")
_STANDARD = (
    "ast asyncio collections concurrent.futures contextlib csv dataclasses datetime fractions functools heapq "
    "inspect itertools json linecache math multiprocessing.pool multiprocessing.shared_memory pprint queue random re "
    "sqlite3 statistics string subprocess tempfile textwrap threading traceback typing"
).split()


def import_all(libraries: list[str]) -> dict[str, str]:
    """Import the libraries and what they load late; returns the ones that failed, each with its reason.

    Any error a package raises while it is imported means it is not there for students; the others still are.
    """
    missing: dict[str, str] = {}
    for name in [*_STANDARD, *libraries]:
        try:
            if name in _NEED_TORCHVISION:
                import_torchvision()
            importlib.import_module(name)
            for late in WARM_IMPORTS.get(name, ()):
                with contextlib.suppress(ModuleNotFoundError):
                    importlib.import_module(late)
        except Exception as error:  # noqa: BLE001 - a broken package may raise anything; it is reported by name
            missing[name] = f"{type(error).__name__}: {error}"[:500]
    return missing


def forget_exit_functions() -> None:
    """Leave to each child only the exit functions of its own, and those that end its worker processes.

    Those that the libraries registered here take 50 ms with torch, for nothing: the child's memory and files vanish.
    """
    atexit._clear()
    weakref.finalize._registered_with_atexit = False  # type: ignore[attr-defined]  # else a child's would not run
    if "multiprocessing.util" in sys.modules:
        atexit.register(sys.modules["multiprocessing.util"]._exit_function)


def threads() -> int:
    """How many threads this process has: a fork copies only one of them."""
    return len(os.listdir("/proc/self/task"))


def _become(uid: int) -> None:
    """Leaves the root user, where the box was built by it, and with it every capability."""
    if os.geteuid() == 0:
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.die_with_parent()  # a change of user had cleared what bubblewrap set
    kernel.set_dumpable(False)


def _fork(descriptors: list[int], configuration: dict[str, Any], serving: socket.socket) -> None:
    """Forks the first process of a child; the control descriptor hears why if that is refused."""
    control = socket.socket(fileno=descriptors[0])
    try:
        if threads() != 1:
            wire.send_packet(control, {"refused": f"the zygote has {threads()} threads and cannot fork safely"})
            return
        try:
            pid = kernel.fork_into(kernel.NEW_NAMESPACES) if configuration["isolated"] else os.fork()
        except OSError as error:
            wire.send_packet(control, {"refused": f"no new namespaces: {error}"})
            return
        if pid == 0:
            serving.detach()
            first.run(control, descriptors[1:], configuration)  # does not return
    finally:
        control.close()
        for descriptor in descriptors[1:]:
            os.close(descriptor)


def serve(serving: socket.socket, configuration: dict[str, Any]) -> None:
    """Forks a child for each packet of descriptors, until the host hangs up."""
    while True:
        message, descriptors = wire.receive_packet(serving)
        if message is None:
            return
        _fork(descriptors, configuration, serving)


def main() -> None:
    """Start as `python -I -S -c ... CONFIGURATION` with the socket's number in the configuration."""
    configuration: dict[str, Any] = json.loads(sys.argv[1])
    started = time.monotonic()
    serving = socket.socket(fileno=configuration["socket"])
    serving.set_inheritable(False)
    _become(configuration["uid"])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps; the host watches children by pidfd
    sys.path[:] = [entry for entry in sys.path if entry != configuration["guest"]]
    sys.path += [*configuration["site_packages"], configuration["guest"]]
    missing = import_all(configuration["preload"])
    guard_later_imports()
    forget_exit_functions()
    gc.collect()
    gc.freeze()
    seconds = round(time.monotonic() - started, 3)
    wire.send_packet(serving, {"ready": True, "missing": missing, "threads": threads(), "seconds": seconds})
    serve(serving, configuration)
