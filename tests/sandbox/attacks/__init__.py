"""Hostile and broken code with what has to come of it, as data.

A snippet prints BROKE when it got what it must not get. `@PORT@` and its kin stand for facts of the host that the
runner fills in: a listening port, a file of ours, a secret of our environment, our process.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY_END = frozenset("completed error ended_early crash".split())


@dataclass(frozen=True)
class Attempt:
    """One snippet. `verdicts` are the ends that are right; `control` snippets break out of a weak box."""

    name: str
    code: str
    verdicts: frozenset[str] = ANY_END
    control: bool = False

    @classmethod
    def must_be(cls, name: str, verdicts: str, code: str) -> Attempt:
        return cls(name, code, frozenset(verdicts.split()))


def tries(name: str, body: str, control: bool = False) -> Attempt:
    """A door that has to be shut: `body` sets `got` to something true if it opens; an OSError means it did not."""
    indented = "\n".join("    " + line for line in body.strip().splitlines())
    code = f"import ctypes, os, socket, sys\ngot = False\ntry:\n{indented}\nexcept (OSError, ValueError): pass\n"
    return Attempt(name, code + "print('BROKE' if got else 'HELD')\n", frozenset({"completed", "crash"}), control)


def calls(name: str, number_x86: int, number_arm: int, *arguments: object) -> Attempt:
    """A system call that has to fail."""
    listed = "".join(f", {argument}" for argument in arguments)
    return tries(
        name,
        f"number = {number_x86} if os.uname().machine == 'x86_64' else {number_arm}\n"
        f"got = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number){listed}) >= 0",
    )


def all_attempts() -> list[Attempt]:
    from tests.sandbox.attacks import doors, exhaustion, faults, forgery, kernel, tricks

    return [
        *exhaustion.ATTEMPTS,
        *doors.ATTEMPTS,
        *kernel.ATTEMPTS,
        *forgery.ATTEMPTS,
        *faults.ATTEMPTS,
        *tricks.ATTEMPTS,
    ]
