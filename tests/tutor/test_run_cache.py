"""Runs are kept by key; losing or damaging the file costs time and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor import run_cache
from tutor.lesson import CellStatus
from tutor.run_cache import CellRun, RunCache

RUN = CellRun(CellStatus.VERIFIED, "in the sandbox", ("42",), ("iVBOR",))


def test_a_run_comes_back_as_it_was_in_another_process_too(tmp_path: Path) -> None:
    RunCache(tmp_path / "state").put("key", RUN)
    assert RunCache(tmp_path / "state").get("key") == RUN
    assert RunCache(tmp_path / "state").get("other") is None


def test_asking_makes_no_file(tmp_path: Path) -> None:
    assert RunCache(tmp_path / "state").get("key") is None
    assert not (tmp_path / "state").exists()


def test_what_may_change_by_itself_is_not_kept(tmp_path: Path) -> None:
    cache = RunCache(tmp_path)
    cache.put("key", CellRun(CellStatus.NOT_RUN, "no sandbox", lasting=False))
    assert cache.get("key") is None


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "cell-runs.sqlite"
    file.write_bytes(b"no database" * 1000)
    cache = RunCache(tmp_path)
    assert cache.get("key") is None
    cache.put("key", RUN)
    assert cache.get("key") == RUN


def test_the_oldest_runs_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_cache, "MOST_RUNS", 3)
    clock = iter(range(100))
    monkeypatch.setattr("tutor.run_cache.time.time", lambda: float(next(clock)))
    cache = RunCache(tmp_path)
    for key in "abcde":
        cache.put(key, RUN)
    assert [key for key in "abcde" if cache.get(key)] == ["c", "d", "e"]
