"""The system-call filter, assembled here as classic BPF so that no package is needed.

Knows the numbers of the calls it denies on x86-64 and aarch64 and the layout of `struct seccomp_data`
(linux/seccomp.h). Refuses to know why a cell would want one: a call is denied because it reaches other processes,
mounts, namespaces, the network or rarely used parts of the kernel, never because of what its arguments point to.

Shape of the program: a wrong architecture is killed (32-bit entry points have other numbers); numbers newer than
this table are answered ENOSYS, so a kernel from next year opens nothing; each denied call is answered EPERM.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

# linux/filter.h, linux/bpf_common.h
_LOAD_WORD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_GREATER = 0x25
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06
_OP_BYTES = 8

# linux/seccomp.h
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_ALLOW = 0x7FFF0000
_OFFSET_NUMBER = 0
_OFFSET_ARCHITECTURE = 4
_OFFSET_ARGUMENTS = 16

NEWEST_KNOWN_CALL = 462  # mseal, Linux 6.10; the numbers above it are unknown to this table
NAMESPACE_FLAGS = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
_AF_UNIX = 1
_TERMINAL_CONTROLS = (0x5412, 0x541C, 0x541D, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD

# name: (x86-64, aarch64); None where the architecture has no such call
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    # wide or historically weak parts of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "seccomp": (317, 277),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "lookup_dcookie": (212, 18),
    "remap_file_pages": (216, 234),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
    "vhangup": (153, 58),
    "nfsservctl": (180, 42),
    # the machine
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "iopl": (172, None),
    "ioperm": (173, None),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "clock_settime": (227, 112),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    # memory that no process's Pss shows, and queues that outlive a process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}

# Sending and receiving with MSG_OOB reaches a corner of AF_UNIX that had exploitable faults (CVE-2025-38236) and that
# nothing uses: name: (x86-64, aarch64, which argument holds the flags).
_MSG_OOB = 1
_WITH_FLAGS = {
    "sendto": (44, 206, 3),
    "recvfrom": (45, 207, 3),
    "sendmsg": (46, 211, 2),
    "recvmsg": (47, 212, 2),
    "sendmmsg": (307, 269, 3),
    "recvmmsg": (299, 243, 3),
}


@dataclass(frozen=True)
class Architecture:
    """One instruction set: its audit number, its column in the table, and the calls with rules of their own."""

    audit: int
    column: int
    seccomp: int
    clone: int
    clone3: int
    socket: int
    socketpair: int
    ioctl: int
    prlimit64: int


ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, 0, 317, 56, 435, 41, 53, 16, 302),
    "aarch64": Architecture(0xC00000B7, 1, 277, 220, 435, 198, 199, 29, 261),
}


def this_architecture() -> Architecture | None:
    """Return the machine's architecture, or None where no filter is known for it."""
    return ARCHITECTURES.get(platform.machine())


def denied_numbers(architecture: Architecture) -> dict[str, int]:
    """Name and number of each call that is denied whatever its arguments are."""
    numbers = {name: columns[architecture.column] for name, columns in _DENIED.items()}
    return {name: number for name, number in numbers.items() if number is not None}


def _op(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _load(offset: int) -> bytes:
    return _op(_LOAD_WORD, offset)


def _load_argument(index: int) -> bytes:
    """Load the low half of an argument: each argument checked here is an int to the kernel."""
    return _load(_OFFSET_ARGUMENTS + 8 * index)


def _answer(error: int) -> bytes:
    return _op(_RETURN, _ERRNO | error)


def _for_call(number: int, *body: bytes) -> bytes:
    """Run `body` for one call. The body has to return: the accumulator no longer holds the call's number."""
    block = b"".join(body)
    return _op(_JUMP_EQUAL, number, 0, len(block) // _OP_BYTES) + block


def program(architecture: Architecture, sockets: bool = True) -> bytes:
    """Return the filter as an array of `struct sock_filter`, ready for `seccomp(SECCOMP_SET_MODE_FILTER)`.

    Without `sockets` none can be made but connected pairs: where the machine's own sockets have names in sight (a
    user's services listen on such), the filter cannot see which of them a call would reach.
    """
    allow = _op(_RETURN, _ALLOW)
    deny = _answer(errno.EPERM)
    only_unix = (_load_argument(0), _op(_JUMP_EQUAL, _AF_UNIX, 0, 1), allow, _answer(errno.EACCES))
    parts = [
        _load(_OFFSET_ARCHITECTURE),
        _op(_JUMP_EQUAL, architecture.audit, 1, 0),
        _op(_RETURN, _KILL_PROCESS),
        _load(_OFFSET_NUMBER),
        _op(_JUMP_GREATER, NEWEST_KNOWN_CALL, 0, 1),  # the x32 numbers of x86-64 are above it as well
        _answer(errno.ENOSYS),
        _for_call(architecture.clone3, _answer(errno.ENOSYS)),  # its flags are behind a pointer; glibc falls back
        _for_call(architecture.clone, _load_argument(0), _op(_JUMP_ANY_BIT, NAMESPACE_FLAGS, 0, 1), deny, allow),
        # Not even a network namespace keeps AF_VSOCK in.
        _for_call(architecture.socket, *(only_unix if sockets else (_answer(errno.EACCES),))),
        _for_call(architecture.socketpair, *only_unix),
        _for_call(architecture.prlimit64, _load_argument(0), _op(_JUMP_EQUAL, 0, 0, 1), allow, deny),
        _for_call(
            architecture.ioctl,
            _load_argument(1),
            *(_op(_JUMP_EQUAL, request, 0, 1) + deny for request in _TERMINAL_CONTROLS),
            allow,
        ),
    ]
    for *numbers, index in _WITH_FLAGS.values():
        test = _op(_JUMP_ANY_BIT, _MSG_OOB, 0, 1)
        parts.append(_for_call(numbers[architecture.column], _load_argument(index), test, deny, allow))
    parts += [_for_call(number, deny) for number in denied_numbers(architecture).values()]
    return b"".join([*parts, allow])
