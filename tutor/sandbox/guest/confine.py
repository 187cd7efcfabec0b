"""What a student's process gives up before it reads its first byte.

The order matters: limits while they may still be raised to the asked value, then capabilities, then files (Landlock
needs no_new_privileges), then system calls, which no later step may need.
"""

from __future__ import annotations

import resource
from typing import Any

from . import kernel

NOT_CONFINED = 97  # exit status of a process that could not be confined and so never ran the student's code

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_ADDRESS_SPACE_SLACK = 2 << 30  # libraries reserve far more than they touch; this is a backstop, not the limit


def confine(order: dict[str, Any], configuration: dict[str, Any]) -> None:
    """Close this process in for good. OSError where the kernel refuses a step.

    With a GPU among the devices, address space has no limit (CUDA reserves the device's and the host's memory at once)
    and a thread may write its own name in /proc, which CUDA insists on.
    """
    devices = configuration["devices"]
    _lower_limits(order, has_gpu=bool(devices))
    kernel.drop_capabilities()
    kernel.no_new_privileges()
    writable = (*configuration["writable"], *_DEVICES, *devices, *(("/proc/self",) if devices else ()))
    isolated = configuration["isolated"]
    restricted = kernel.restrict_files((*(("/proc",) if isolated else ()), *configuration["readable"]), writable)
    if not isolated and not restricted:
        raise OSError("this kernel has no Landlock, and nothing else keeps files from the cell")
    kernel.filter_system_calls(sockets=isolated)


def _lower_limits(order: dict[str, Any], has_gpu: bool) -> None:
    kernel.limit(resource.RLIMIT_CORE, 0)
    kernel.limit(resource.RLIMIT_NPROC, order["pids"])
    kernel.limit(resource.RLIMIT_NOFILE, order["open_files"])
    kernel.limit(resource.RLIMIT_FSIZE, order["file_bytes"])
    if not has_gpu:
        kernel.limit(resource.RLIMIT_AS, 3 * order["memory_bytes"] + _ADDRESS_SPACE_SLACK)
    kernel.limit(resource.RLIMIT_MEMLOCK, 1 << 16)
    kernel.limit(resource.RLIMIT_MSGQUEUE, 0)
    kernel.limit(resource.RLIMIT_SIGPENDING, 1024)
    kernel.limit(resource.RLIMIT_RTPRIO, 0)
    if order["cpu_s"] is not None:
        kernel.limit(resource.RLIMIT_CPU, order["cpu_s"], order["cpu_s"] + 1)
