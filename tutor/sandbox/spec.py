"""What a cell may ask for, and what came of it: the values that cross the sandbox's door.

Standard library alone. A request that contradicts itself or exceeds the ceiling is refused when it is built.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

MEBIBYTE = 1 << 20


class RequestUnusable(ValueError):
    """The request asks for something no cell can have; the message names the field and its range."""


class Verdict(enum.StrEnum):
    """How a cell ended, said by the host alone from what the kernel reports."""

    COMPLETED = "completed"
    ERROR = "error"  # the code raised
    ENDED_EARLY = "ended_early"  # the process left before the code was through (exit, os._exit)
    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"
    OUTPUT = "output"
    PIDS = "pids"
    DISK = "disk"
    CRASH = "crash"  # killed by a signal of its own, such as a segmentation fault
    CANCELLED = "cancelled"
    REFUSED = "refused"  # it was not run at all


class Tier(enum.StrEnum):
    """How strong the box is. A and B isolate fully; C is for an owner's own machine; D runs nothing."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True)
class Limits:
    """What one cell may use. Defaults suit teaching code; `CEILING` is the most an instructor may allow."""

    wall_s: float = 30.0
    cpu_s: float | None = None  # None: threads x wall + 1, which only a crowd of processes exceeds
    memory_mb: int = 1024
    pids: int = 64  # processes and threads together
    output_bytes: int = 8 * MEBIBYTE  # written to stdout and stderr; the cell is stopped above it
    kept_bytes: int = MEBIBYTE  # of that, how much is kept and shown
    images: int = 20
    image_bytes: int = 8 * MEBIBYTE  # all images of a cell together
    file_mb: int = 64  # one file
    disk_mb: int = 256  # all private files
    inodes: int = 20_000
    open_files: int = 256
    threads: int = 2

    def __post_init__(self) -> None:
        wrong = [f"{name} has to be above 0 (it is {value})" for name, value in self._numbers() if value <= 0]
        if wrong:
            raise RequestUnusable("; ".join(wrong))

    def _numbers(self) -> list[tuple[str, float]]:
        named = [(f.name, getattr(self, f.name)) for f in fields(self)]
        return [(name, value) for name, value in named if value is not None]

    def within(self, ceiling: Limits) -> Limits:
        """Return these limits, or RequestUnusable naming each one above the ceiling."""
        highest = dict(ceiling._numbers())
        over = [f"{n} is {v}, the most is {highest[n]}" for n, v in self._numbers() if n in highest and v > highest[n]]
        if over:
            raise RequestUnusable("; ".join(over))
        return self

    @property
    def cpu_limit_s(self) -> float:
        """Processor seconds of all processes together."""
        return self.cpu_s if self.cpu_s is not None else self.threads * self.wall_s + 1

    @property
    def memory_bytes(self) -> int:
        """Memory of all processes together."""
        return self.memory_mb * MEBIBYTE


CEILING = Limits(
    wall_s=600.0,
    cpu_s=4 * 600.0,
    memory_mb=16 * 1024,
    pids=512,
    output_bytes=64 * MEBIBYTE,
    kept_bytes=16 * MEBIBYTE,
    images=200,
    image_bytes=64 * MEBIBYTE,
    file_mb=2048,
    disk_mb=4096,
    inodes=200_000,
    open_files=4096,
    threads=16,
)


@dataclass(frozen=True)
class CellRequest:
    """Code to run, under which limits. `files` are laid into the working folder first (plain names only)."""

    code: str
    limits: Limits = field(default_factory=Limits)
    name: str = ""  # how tracebacks call it; "" numbers the cells
    active_content: bool = False  # HTML and SVG forms too; only for an isolated frame
    keep_files: bool = False  # collect what the cell wrote
    files: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limits.within(CEILING)
        if len(self.code.encode("utf-8", "surrogatepass")) > MEBIBYTE:
            raise RequestUnusable("the code is longer than 1 MiB")
        if "\x00" in self.code:
            raise RequestUnusable("the code holds a NUL character")
        bad = [n for n in self.files if n in ("", ".", "..") or "/" in n or "\x00" in n or len(n.encode()) > 200]
        if bad:
            raise RequestUnusable(f"not a plain file name: {bad[0]!r}")
        if sum(map(len, self.files.values())) > self.limits.disk_mb * MEBIBYTE // 2:
            raise RequestUnusable("the files would fill more than half of the cell's disk")

    def with_limits(self, **changes: Any) -> CellRequest:
        """Return the same code under other limits."""
        return replace(self, limits=replace(self.limits, **changes))


@dataclass(frozen=True)
class WrittenFile:
    """A regular file a cell left in its working folder. `path` is relative, with `/` between its parts."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Variable:
    """One name of a session, as a page lists it."""

    name: str
    kind: str
    shown: str


@dataclass(frozen=True)
class Output:
    """One message of a cell: Jupyter's type and content, made by the student's process; shown and not believed."""

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class CellResult:
    """What a cell did. `verdict`, `reason` and the figures come from the host; streams and outputs from the student."""

    verdict: Verdict
    reason: str = ""  # one sentence for a person; "" when completed
    stdout: str = ""
    stderr: str = ""
    outputs: tuple[Output, ...] = ()
    files: tuple[WrittenFile, ...] = ()
    notes: tuple[str, ...] = ()  # what was cut or left out
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    first_output_s: float | None = None
    tier: Tier = Tier.D

    @property
    def completed(self) -> bool:
        """Whether the code ran to its end without an error."""
        return self.verdict is Verdict.COMPLETED

    def as_json(self) -> dict[str, Any]:
        """Return the result as `erica run --json` prints it; files by name and size."""
        return {
            "verdict": str(self.verdict),
            "reason": self.reason,
            "stdout": self.stdout,
            "stderr": self.stderr,
            "outputs": [{"output_type": o.kind, **o.content} for o in self.outputs],
            "files": [{"path": f.path, "bytes": len(f.content)} for f in self.files],
            "notes": list(self.notes),
            "wall_s": round(self.wall_s, 3),
            "cpu_s": round(self.cpu_s, 3),
            "peak_mb": round(self.peak_mb, 1),
            "tier": str(self.tier),
        }


class SandboxUnavailable(RuntimeError):
    """No box of the asked strength can be built here; the message is the exact remedy."""
