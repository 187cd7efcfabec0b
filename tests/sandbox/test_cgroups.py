"""Which control group is chosen, and what its files are read to say, on a folder laid out as the kernel's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.sandbox import Limits, cgroups
from tutor.sandbox.cgroups import CellGroup


@pytest.fixture
def mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cgroups, "_MOUNT", tmp_path)
    monkeypatch.setattr(cgroups, "_OWN_GROUPS", tmp_path / "own")
    return tmp_path


def _group(folder: Path, handed_down: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.subtree_control").write_text(handed_down)
    return folder


def test_version_2_takes_the_nearest_ancestor_that_hands_both_controllers_down(mount: Path) -> None:
    (mount / "own").write_text("0::/user.slice/app.slice/shell.scope\n")
    _group(mount, "cpu memory pids\n")
    _group(mount / "user.slice", "memory\n")
    nearest = _group(mount / "user.slice/app.slice", "memory pids\n")
    _group(mount / "user.slice/app.slice/shell.scope", "")
    assert [(version, set(places.values())) for version, places in cgroups._places()] == [(2, {nearest}), (2, {mount})]


def test_version_1_needs_both_controllers(mount: Path) -> None:
    (mount / "own").write_text("4:memory:/a\n3:cpu,cpuacct:/\n2:pids:/\n0::/\n")
    (mount / "memory/a").mkdir(parents=True)
    assert list(cgroups._places()) == []
    (mount / "pids").mkdir()
    assert [(v, p["memory"]) for v, p in cgroups._places()] == [(1, mount / "memory/a")]


def test_without_control_groups_there_is_no_home(mount: Path) -> None:
    assert cgroups.open_home() is None
    (mount / "own").write_text("0::/\n")
    assert cgroups.open_home() is None


def test_a_folder_that_is_no_control_group_is_left_as_it_was(mount: Path) -> None:
    (mount / "own").write_text("0::/\n")
    _group(mount, "memory pids")
    group = cgroups.CgroupHome({"memory": mount, "pids": mount}, 2).new_group()
    group.remove()
    assert not list(mount.glob("cell-*"))


def test_version_2_limits_swap_too_and_reads_the_kernels_counts(tmp_path: Path) -> None:
    group = CellGroup({"memory": tmp_path, "pids": tmp_path}, 2)
    group.limit(Limits(memory_mb=2, pids=5), spare_tasks=1)
    written = {name: (tmp_path / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max")}
    assert written == {"memory.max": "2097152", "memory.swap.max": "0", "pids.max": "6"}
    assert (group.ran_out_of_memory(), group.ran_out_of_tasks(), group.cpu_s()) == (False, False, 0.0)
    (tmp_path / "memory.events").write_text("low 0\noom 3\noom_kill 1\n")
    (tmp_path / "pids.events").write_text("max 2\n")
    (tmp_path / "cpu.stat").write_text("usage_usec 1500000\n")
    (tmp_path / "memory.peak").write_text("4096\n")
    assert (group.ran_out_of_memory(), group.ran_out_of_tasks()) == (True, True)
    assert (group.cpu_s(), group.peak_bytes()) == (1.5, 4096)


def test_homes_of_processes_that_are_gone_are_swept(tmp_path: Path) -> None:
    gone, ours = tmp_path / "erica-999999999-1", tmp_path / f"erica-{os.getpid()}-1"
    (gone / "cell-1").mkdir(parents=True)
    ours.mkdir()
    cgroups._sweep([tmp_path])
    assert (gone.exists(), ours.exists()) == (False, True)
