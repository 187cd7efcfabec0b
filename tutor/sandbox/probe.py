"""Decides whether boxes hold on this machine, by attacking one; fails closed.

Knows what has to be there, the attacks, what each must come to, and the remedy for what is known to go wrong. That a
tier held is remembered until the machine restarts or this package, Python or bubblewrap changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .guest import bpf
from .spec import CellRequest, CellResult, Limits, SandboxUnavailable, Tier, Verdict

Run = Callable[[CellRequest], CellResult]

INSTALL_BUBBLEWRAP = (
    "bubblewrap is not installed; run: sudo apt-get install bubblewrap (Fedora: sudo dnf install bubblewrap)"
)
_USER_NAMESPACES = (
    "this system does not let an ordinary user make user namespaces. Ubuntu 23.10 and later: "
    "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap with the line "
    "'userns,'. Debian: sudo sysctl -w kernel.unprivileged_userns_clone=1. "
    "Docker: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
)
_MASKED_PROC = (
    "the container's /proc is masked, so a cell cannot have its own. "
    "Docker: docker run --security-opt systempaths=unconfined; Kubernetes: procMount: Unmasked"
)
_REMEDIES = (
    ("setting up uid map", _USER_NAMESPACES),
    ("RTM_NEWADDR", _USER_NAMESPACES),
    ("No permissions to creat", _USER_NAMESPACES),
    ("Creating new namespace failed", _USER_NAMESPACES),
    ("no new namespaces", _USER_NAMESPACES),
    ("mount /proc", _MASKED_PROC),
    ("Can't mount proc", _MASKED_PROC),
)


@dataclass(frozen=True)
class Attack:
    """Code that must fail in a known way: either a verdict, or the word HELD for each step it tries."""

    name: str
    code: str
    verdict: Verdict = Verdict.COMPLETED
    prints: str = ""


@dataclass(frozen=True)
class Outcome:
    """Whether one attack was held off, and what it came to."""

    name: str
    held: bool
    came_to: str


def _reaching_out(secret_file: str, secret: str, port: int, pid: int, covered: bool) -> str:
    """Code that tries doors that must be shut; it prints BROKE and the door for each that is open."""
    return f"""
import ctypes, importlib.util, os, socket
broke = []
def door(name):
    def use(body):
        try:
            if body() is not False:
                broke.append(name)
        except (OSError, ValueError, ImportError):
            pass
    return use
door("file of ours")(lambda: open({secret_file!r}).read())
door("host accounts")(lambda: open("/etc/shadow").read())
door("secret in environment")(lambda: any({secret!r} in v for v in os.environ.values()))
door("other processes")(lambda: "{pid}" in os.listdir("/proc") and os.path.exists("/proc/{pid}/root/etc/passwd"))
door("internet socket")(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(("127.0.0.1", {port})))
door("vsock")(lambda: socket.socket(40, socket.SOCK_STREAM))
door("netlink")(lambda: socket.socket(16, socket.SOCK_RAW))
door("write to the system")(lambda: open("/usr/erica-probe", "w"))
door("write beside the work folder")(lambda: open("/home/erica-probe", "w"))
libc = ctypes.CDLL(None, use_errno=True)
door("new namespaces")(lambda: libc.unshare(0x10000000) == 0)
door("ptrace")(lambda: libc.ptrace(0, 0, 0, 0) == 0)
door("mount")(lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0)
door("kill of the first process")(lambda: os.kill(1, 9) and False)
door("memory file")(lambda: os.memfd_create("x"))
if {covered!r}:
    door("our packages")(lambda: importlib.util.find_spec("tutor.sandbox") is not None)
print("HELD" if not broke else "BROKE " + ", ".join(broke))
"""


_SMALL = Limits(wall_s=20.0, memory_mb=128, pids=24)  # each ends in well under a second where nobody else computes
_FIXED_ATTACKS = (
    Attack("memory", "blocks = []\nwhile True: blocks.append(bytearray(8 << 20))", Verdict.MEMORY),
    Attack("processes", "import os\nwhile True: os.fork()", Verdict.PIDS),
    Attack("output", "import os\nwhile True: os.write(1, b'x' * 65536)", Verdict.OUTPUT),
    Attack("early exit", "import os\nprint('half', flush=True)\nos._exit(0)\n", Verdict.ENDED_EARLY),
)


def obstacle() -> str | None:
    """Return what is missing before anything can be tried, with its remedy; None where nothing is."""
    missing = system_obstacle()
    return missing or (None if shutil.which("bwrap") else INSTALL_BUBBLEWRAP)


def system_obstacle() -> str | None:
    """Return what the system itself lacks for any tier; None where it lacks nothing."""
    if not sys.platform.startswith("linux"):
        return "code runs in the sandbox on Linux only; on Windows start Erica inside WSL2, on macOS in a Linux VM"
    if bpf.this_architecture() is None:
        return f"no system-call filter is known for {platform.machine()}; x86-64 and aarch64 are"
    if not hasattr(os, "pidfd_open") or not Path("/proc/self/ns/user").exists():
        return "this kernel is too old: Linux 5.10 or later is needed"
    return None


def remedy_for(complaint: str) -> str:
    """Return the complaint of a box that could not be built, with the remedy where one is known."""
    for sign, remedy in _REMEDIES:
        if sign in complaint:
            return f"{remedy} ({complaint})"
    return complaint


def attack(run: Run, tier: Tier) -> list[Outcome]:
    """Run every attack; SandboxUnavailable where the box cannot even be built.

    In tier C our own packages are in sight where they lie among the libraries: nothing is judged there.
    """
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        secret = hashlib.sha256(os.urandom(32)).hexdigest()
        Path(folder, "secret").write_text(secret)
        doors = _reaching_out(
            str(Path(folder, "secret")), secret, listener.getsockname()[1], os.getpid(), tier is not Tier.C
        )
        for attempt in (Attack("doors", doors, prints="HELD"), *_FIXED_ATTACKS):
            result = run(CellRequest(attempt.code, limits=_SMALL, name=f"probe: {attempt.name}"))
            if result.verdict is Verdict.REFUSED:
                raise SandboxUnavailable(remedy_for(result.reason))
            held = result.verdict is attempt.verdict and attempt.prints in result.stdout
            told = [result.stdout[:300], *(str(o.content.get("evalue")) for o in result.outputs)]
            said = "" if held else " ".join(told)
            words = f"{result.verdict} {result.reason} {said}"
            outcomes.append(Outcome(attempt.name, held, words.strip()))
    return outcomes


def require(run: Run, tier: Tier) -> list[Outcome]:
    """Return the outcomes of all attacks, all held off, and remember it; else SandboxUnavailable names them."""
    outcomes = attack(run, tier)
    broke = [f"{o.name} ({o.came_to})" for o in outcomes if not o.held]
    if broke:
        raise SandboxUnavailable(f"the sandbox does not hold here, so nothing is run: {'; '.join(broke)}")
    _remember(tier)
    return outcomes


def _fingerprint(tier: Tier) -> str:
    """Return a hash that changes with anything the result depends on."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    program = shutil.which("bwrap") or ""
    stamp = os.stat(program).st_mtime_ns if program else 0
    parts = [boot, tier.value, str(os.geteuid()), platform.release(), sys.version, sys.base_prefix, program, str(stamp)]
    digest = hashlib.sha256("\0".join(parts).encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _memory_file(tier: Tier) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "erica", f"sandbox-tier-{tier.value}.json")


def held_since_boot(tier: Tier) -> bool:
    """Whether the attacks were held off since the machine started; only a file of our own is believed."""
    file = _memory_file(tier)
    try:
        status = file.stat(follow_symlinks=False)
        trusted = status.st_uid == os.geteuid() and stat.S_ISREG(status.st_mode) and not status.st_mode & 0o022
        return trusted and json.loads(file.read_text()) == {"held": _fingerprint(tier)}
    except (OSError, ValueError):
        return False


def _remember(tier: Tier) -> None:
    file = _memory_file(tier)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as draft:
            json.dump({"held": _fingerprint(tier)}, draft)
        os.replace(draft.name, file)
    except OSError:
        return  # a home that cannot be written costs a second at the next start, no more
