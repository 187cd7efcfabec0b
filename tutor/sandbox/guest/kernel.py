"""Linux system calls that Python has no function for, each failing with OSError.

Knows numbers and structures of namespaces, mounts, capabilities, Landlock and seccomp. Decides nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterator, Sequence

from .bpf import program, this_architecture

# linux/sched.h
NEW_NAMESPACES = 0x7E020000  # mount, cgroup, uts, ipc, user, pid and network at once
# sys/mount.h
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND = 2, 4, 8, 4096
# linux/prctl.h
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 38, 36
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63

_CLONE = {"x86_64": 56, "aarch64": 220}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446

# The calls keep the interpreter's lock (PyDLL): `clone` must return into a Python that nobody else runs.
_libc = ctypes.PyDLL(None, use_errno=True)
_python = ctypes.pythonapi


def _checked(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def _syscall(what: str, number: int, *arguments: object) -> int:
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), what)


def _prctl(what: str, option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero), what)


def fork_into(namespaces: int) -> int:
    """Forks into new namespaces; 0 in the child, which is the first process of a new pid namespace.

    One raw `clone` instead of fork, unshare and fork again: a page table of some hundred MB is copied once less.
    glibc's own fork handlers do not run, so the child may do little more than fork the ordinary way.
    """
    number = _CLONE[os.uname().machine]
    _python.PyOS_BeforeFork()
    none = ctypes.c_long(0)
    pid = int(_libc.syscall(ctypes.c_long(number), ctypes.c_ulong(namespaces | signal.SIGCHLD), none, none, none, none))
    if pid == 0:
        _python.PyOS_AfterFork_Child()
        return 0
    error = ctypes.get_errno()
    _python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(error, f"clone: {os.strerror(error)}")
    return pid


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mounts; needs capabilities in a mount namespace of its own."""
    result = _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _checked(result, f"mount {target}")


def set_dumpable(dumpable: bool) -> None:
    """Whether processes of the same user may look into this one."""
    _prctl("PR_SET_DUMPABLE", _PR_SET_DUMPABLE, int(dumpable))


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that forked it ends."""
    _prctl("PR_SET_PDEATHSIG", _PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Descendants whose parent died become children of this process."""
    _prctl("PR_SET_CHILD_SUBREAPER", _PR_SET_CHILD_SUBREAPER, 1)


def no_new_privileges() -> None:
    """No program started from here on gains rights (set-uid bits are ignored)."""
    _prctl("PR_SET_NO_NEW_PRIVS", _PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every capability, and the bounding set where this process may."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) != 0:
            break  # EINVAL: past the kernel's last one; EPERM: there was no right to lose
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    nothing = ctypes.create_string_buffer(struct.pack("=6I", 0, 0, 0, 0, 0, 0))
    _checked(_libc.capset(header, nothing), "capset")


def limit(kind: int, soft: int, hard: int | None = None) -> None:
    """Lowers a resource limit; one that is lower already stays."""
    current = resource.getrlimit(kind)[1]
    hard = soft if hard is None else hard
    if current != resource.RLIM_INFINITY:
        soft, hard = min(soft, current), min(hard, current)
    resource.setrlimit(kind, (soft, hard))


def filter_system_calls(sockets: bool = True) -> None:
    """Installs the filter of `bpf` for this process and all it starts; without `sockets` only pairs of them."""
    architecture = this_architecture()
    if architecture is None:
        raise OSError(f"no system-call filter is known for {os.uname().machine}")
    code = program(architecture, sockets)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    structure = ctypes.create_string_buffer(header, len(header))
    set_mode_filter = 1
    _syscall("seccomp", architecture.seccomp, ctypes.c_uint(set_mode_filter), ctypes.c_uint(0), structure)


# linux/landlock.h: rights by the ABI version that brought them
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_RIGHTS_OF_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = 0x1 | 0x2 | 0x4 | 0x4000 | 0x8000  # execute, write, read, truncate, ioctl on devices
_NO_NETWORK, _SCOPED = 3, 3  # bind and connect of TCP; abstract sockets and signals


def landlock_version() -> int:
    """Return the kernel's Landlock ABI, or 0 where it has none."""
    version_only = 1
    found = _libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(version_only))
    return max(0, int(found))


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def restrict_files(reading: Sequence[str], writing: Sequence[str]) -> bool:
    """Whether Landlock now allows reading below `reading`, everything below `writing`, and nothing else.

    False where the kernel has no Landlock: the mounts say the same in that case. Needs `no_new_privileges`.
    """
    version = landlock_version()
    if version == 0:
        return False
    handled = max(rights for abi, rights in _RIGHTS_OF_ABI.items() if abi <= version)
    attributes = struct.pack("=QQQ", handled, _NO_NETWORK if version >= 4 else 0, _SCOPED if version >= 6 else 0)
    attributes = attributes[: 8 if version < 4 else 16 if version < 6 else 24]
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    rules = _syscall("landlock", _LANDLOCK_CREATE, buffer, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    try:
        for path, rights in [*((p, _READING) for p in reading), *((p, handled) for p in writing)]:
            if os.path.exists(path):
                _allow_beneath(rules, path, rights & handled)
        _syscall("landlock", _LANDLOCK_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    finally:
        os.close(rules)
    return True


def _allow_beneath(rules: int, path: str, rights: int) -> None:
    with _opened(path) as target:
        allowed = rights if os.path.isdir(path) else rights & _ON_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, target), 12)
        path_beneath = ctypes.c_int(1)
        _syscall("landlock", _LANDLOCK_ADD, ctypes.c_int(rules), path_beneath, rule, ctypes.c_uint(0))
