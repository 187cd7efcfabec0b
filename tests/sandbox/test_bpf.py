"""The filter is run here by an interpreter of its own, and its numbers are compared with the system's headers."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.sandbox.guest import bpf

ALLOW, KILL = 0x7FFF0000, 0x80000000
_any_call = st.integers(0, 2**32 - 1)
_any_argument = st.integers(0, 2**64 - 1)


def answer(program: bytes, number: int, audit: int, *arguments: int) -> int:
    """What the kernel would do: classic BPF over `struct seccomp_data`."""
    given_args = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=IIQ6Q", number, audit, 0, *given_args)
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        if code == 0x06:
            return int(operand)
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, operand)[0]
        else:
            taken = {0x15: accumulator == operand, 0x25: accumulator > operand, 0x45: bool(accumulator & operand)}[code]
            at += if_true if taken else if_false


def denied(error: int) -> int:
    return 0x00050000 | error


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> bpf.Architecture:
    return bpf.ARCHITECTURES[request.param]


def test_every_denied_call_is_denied_and_ordinary_ones_are_not(machine: bpf.Architecture) -> None:
    program = bpf.program(machine)
    for name, number in bpf.denied_numbers(machine).items():
        assert answer(program, number, machine.audit) == denied(errno.EPERM), name
    read, write, execve, futex = (0, 1, 59, 202) if machine.column == 0 else (63, 64, 221, 98)
    assert {answer(program, n, machine.audit) for n in (read, write, execve, futex)} == {ALLOW}


def test_another_architecture_is_killed(machine: bpf.Architecture) -> None:
    assert answer(bpf.program(machine), 1, 0x40000003) == KILL


def test_numbers_of_later_kernels_and_of_x32_are_unknown(machine: bpf.Architecture) -> None:
    for number in (bpf.NEWEST_KNOWN_CALL + 1, 600, 0x40000000 | 59):
        assert answer(bpf.program(machine), number, machine.audit) == denied(errno.ENOSYS)


@given(family=st.integers(0, 2**32 - 1))
def test_only_unix_sockets_can_be_made(family: int) -> None:
    for machine in bpf.ARCHITECTURES.values():
        wanted = ALLOW if family == 1 else denied(errno.EACCES)
        assert answer(bpf.program(machine), machine.socket, machine.audit, family) == wanted


@given(flags=_any_argument)
def test_a_clone_into_any_namespace_is_denied(flags: int) -> None:
    machine = bpf.ARCHITECTURES["x86_64"]
    wanted = denied(errno.EPERM) if flags & bpf.NAMESPACE_FLAGS else ALLOW
    assert answer(bpf.program(machine), machine.clone, machine.audit, flags) == wanted


@given(number=_any_call, audit=_any_call, argument=_any_argument)
def test_the_program_ends_for_every_call(number: int, audit: int, argument: int) -> None:
    for machine in bpf.ARCHITECTURES.values():
        assert answer(bpf.program(machine), number, audit, argument, argument) & 0xFFFF0000 in (ALLOW, KILL, 0x00050000)


def test_typing_into_a_terminal_is_denied_and_other_controls_are_not(machine: bpf.Architecture) -> None:
    program = bpf.program(machine)
    assert answer(program, machine.ioctl, machine.audit, 0, 0x5412) == denied(errno.EPERM)
    assert answer(program, machine.ioctl, machine.audit, 0, 0x5401) == ALLOW


@given(flags=_any_argument)
def test_out_of_band_messages_are_denied_and_others_are_not(flags: int) -> None:
    machine = bpf.ARCHITECTURES["x86_64"]
    wanted = denied(errno.EPERM) if flags & 1 else ALLOW
    assert answer(bpf.program(machine), 44, machine.audit, 3, 0, 0, flags) == wanted
    assert answer(bpf.program(machine), 47, machine.audit, 3, 0, flags) == wanted


def _header(candidates: tuple[str, ...], pattern: str) -> dict[str, int]:
    for name in candidates:
        if Path(name).exists():
            return {k: int(v) for k, v in re.findall(pattern, Path(name).read_text())}
    pytest.skip("no kernel headers on this machine")


@pytest.mark.parametrize(
    ("machine_name", "files"),
    [
        ("x86_64", ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h")),
        ("aarch64", ("/usr/include/asm-generic/unistd.h",)),
    ],
)
def test_numbers_agree_with_the_kernels_headers(machine_name: str, files: tuple[str, ...]) -> None:
    machine = bpf.ARCHITECTURES[machine_name]
    known = _header(files, r"#define __NR(?:3264)?_(\w+) (\d+)")
    ours = {**bpf.denied_numbers(machine), **{n: getattr(machine, n) for n in ("seccomp", "clone", "clone3", "socket")}}
    ours |= {n: getattr(machine, n) for n in ("socketpair", "ioctl", "prlimit64")}
    ours |= {name: row[machine.column] for name, row in bpf._WITH_FLAGS.items()}
    wrong = {name: (number, known[name]) for name, number in ours.items() if name in known and known[name] != number}
    assert wrong == {}
    assert len(set(ours) & set(known)) > 60


def test_no_number_is_denied_twice(machine: bpf.Architecture) -> None:
    numbers = list(bpf.denied_numbers(machine).values())
    assert len(numbers) == len(set(numbers))
