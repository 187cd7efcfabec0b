"""A box without libraries (fast), one with them, and where they cannot be had the reason for skipping."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tutor.sandbox import CellRequest, CellResult, Limits, Sandbox, SandboxUnavailable

SHORT = Limits(wall_s=5.0, memory_mb=160, pids=32, disk_mb=64, file_mb=32)


@pytest.fixture(scope="session")
def bare() -> Iterator[Sandbox]:
    """A sandbox whose cells find nothing imported."""
    try:
        sandbox = Sandbox.open(preload=())
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    with sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def warm() -> Iterator[Sandbox]:
    """A sandbox whose cells find the libraries of lessons imported."""
    try:
        sandbox = Sandbox.open()
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    with sandbox:
        yield sandbox


def run(sandbox: Sandbox, code: str, limits: Limits = SHORT) -> CellResult:
    """What comes of the code under short limits."""
    return sandbox.run(CellRequest(code, limits=limits))
