"""Tier C is refused unless it is asked for and can hold; its folders are removed however a cell left them."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tutor import problems
from tutor.judge import JudgeVerdict, judge
from tutor.sandbox import Sandbox, SandboxUnavailable, Tier, owners, probe
from tutor.sandbox.guest import bpf, kernel

NO_NAMESPACES = "setting up uid map: Permission denied"


@pytest.fixture(autouse=True)
def _no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "obstacle", lambda: NO_NAMESPACES)


def test_it_is_off_unless_the_owner_asks_for_it() -> None:
    with pytest.raises(SandboxUnavailable, match="setting up uid map") as caught:
        Sandbox.open(preload=())
    assert "owner" not in str(caught.value)


def test_root_never_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SandboxUnavailable, match="nothing is run as root"):
        Sandbox.open(preload=(), owners_machine=True)


@pytest.mark.parametrize(("version", "told"), [(0, "none"), (5, "5")])
def test_a_kernel_that_cannot_keep_signals_in_is_refused(
    version: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(kernel, "landlock_version", lambda: version)
    with pytest.raises(SandboxUnavailable, match=f"Linux 6.12.*has {told}$"):
        Sandbox.open(preload=(), owners_machine=True)


def test_a_system_that_no_tier_is_for_stays_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "system_obstacle", lambda: "on macOS in a Linux VM")
    monkeypatch.setattr(owners, "require", lambda: pytest.fail("tried"))
    with pytest.raises(SandboxUnavailable):
        Sandbox.open(preload=(), owners_machine=True)


def test_nothing_is_judged_in_it() -> None:
    judgement = judge(problems.find("info-nce"), "x", SimpleNamespace(tier=Tier.C))  # type: ignore[arg-type]
    assert judgement.verdict is JudgeVerdict.REFUSED
    assert (judgement.passed, len(judgement.cases), judgement.tier) == (0, 0, Tier.C)
    assert "tier A or B" in judgement.reason


def test_no_socket_can_be_made_in_it_but_a_connected_pair() -> None:
    from tests.sandbox.test_bpf import ALLOW, answer

    for machine in bpf.ARCHITECTURES.values():
        program = bpf.program(machine, sockets=False)
        assert answer(program, machine.socket, machine.audit, 1) != ALLOW
        assert answer(program, machine.socketpair, machine.audit, 1) == ALLOW


def test_a_folder_is_removed_closed_or_however_deep(tmp_path: Path) -> None:
    left = tmp_path / "left"
    (left / "closed").mkdir(parents=True)
    (left / "closed/file").write_text("x")
    (left / "link").symlink_to(tmp_path)
    outside = tmp_path / "outside"
    outside.write_text("stays")
    here = os.open(left, os.O_RDONLY)
    try:
        for _ in range(1500):
            os.mkdir("d" * 100, dir_fd=here)
            below = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
    finally:
        os.close(here)
    (left / "closed").chmod(0)
    owners.remove(left)
    assert not left.exists()
    assert outside.read_text() == "stays"


def test_disk_use_counts_files_and_does_not_follow_links_or_endless_depth(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100_000)
    (tmp_path / "link").symlink_to("/usr")
    written, files = owners.disk_use(tmp_path, 100)
    assert 100_000 <= written < 200_000
    assert files == 2
    deep = tmp_path
    for _ in range(40):
        deep /= "d"
    deep.mkdir(parents=True)
    assert owners.disk_use(tmp_path, 100)[1] == 101
