"""The attack suite in each tier this machine can build, and in no box at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.attack_run import in_a_weak_box, in_the_box
from tests.sandbox.attacks import all_attempts
from tutor.sandbox import Sandbox, Tier, owners
from tutor.sandbox.guest import kernel

pytestmark = pytest.mark.slow
_ROOT = Path(__file__).resolve().parents[2]
_NEEDED = ("tests/__init__.py", "tests/sandbox", "tutor/__init__.py", "tutor/sandbox")


def _wrong(found: list[dict[str, Any]]) -> list[str]:
    assert {row["name"] for row in found} == {attempt.name for attempt in all_attempts()}
    return [f"{row['name']}: {row['came_to']}" for row in found if row["broke"] or not row["right"]]


def test_attempts_are_many_and_each_has_a_name_of_its_own() -> None:
    names = [attempt.name for attempt in all_attempts()]
    assert len(names) == len(set(names)) >= 80


@pytest.mark.timeout(600)
def test_every_attack_is_held_off_in_the_strongest_tier_here(bare: Sandbox) -> None:
    assert _wrong(in_the_box(use_cgroups=True)) == []


def _python_for_everyone() -> str | None:
    """A Python that an unprivileged user can start: this one may lie below root's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [os.path.realpath(sys.executable), f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    open_to_all = [
        c for c in candidates if all(os.stat(p).st_mode & 0o001 for p in [c, *Path(c).parents] if Path(c).exists())
    ]
    return next((c for c in open_to_all if Path(c).exists()), None)


@pytest.fixture
def copy_for_everyone() -> Iterator[Path]:
    """The parts that the attacks need where any user can read them: this checkout may lie below root's home."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in _NEEDED:
            source = _ROOT / name
            for file in source.rglob("*.py") if source.is_dir() else [source]:
                target = copy / file.relative_to(_ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield copy


@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="the test above already ran without root's rights")
def test_every_attack_is_held_off_for_an_unprivileged_user(copy_for_everyone: Path) -> None:
    found = _as_an_ordinary_user(copy_for_everyone, 65534)
    assert {row["tier"] for row in found} == {Tier.B.value}
    assert _wrong(found) == []


def _as_an_ordinary_user(copy: Path, uid: int, *options: str) -> list[dict[str, Any]]:
    """What came of every attempt in a process of another user, who owns nothing here."""
    python, setpriv = _python_for_everyone(), shutil.which("setpriv")
    if python is None or setpriv is None:
        pytest.skip("no Python that an ordinary user can start, or no setpriv")
    packages = os.pathsep.join([str(copy), *(p for p in sys.path if p.endswith("site-packages"))])
    environment = {"PYTHONPATH": packages, "HOME": "/nonexistent", "PATH": os.environ["PATH"]}
    words = [setpriv, "--reuid", str(uid), "--regid", str(uid), "--clear-groups", python, "-B"]
    done = subprocess.run(
        [*words, "-m", "tests.sandbox.attack_run", *options],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


WITHOUT_NAMESPACES = {
    # /tmp and /dev/shm are the machine's there, so they stay closed; a cell's own folders have other names.
    "shared memory folder": "error",
    "many files": "error",
    "inodes": "error",
    # What sockets hold counts for nobody, and its children count among its user's: stopped by time.
    "memory in pipes": "wall",
    "a fork bomb of orphans": "wall",
}


@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user, whose processes are counted alone")
def test_without_namespaces_nothing_gets_out_either_and_every_attack_ends(copy_for_everyone: Path) -> None:
    if kernel.landlock_version() < owners.NEEDED_LANDLOCK:
        pytest.skip("this kernel's Landlock is too old for tier C, which then refuses")
    found = _as_an_ordinary_user(copy_for_everyone, 65532, "--owners-machine")
    assert {row["tier"] for row in found} == {Tier.C.value}
    assert [row["name"] for row in found if row["broke"]] == []
    other = {row["name"]: row["came_to"].partition(":")[0] for row in found if not row["right"]}
    assert other.items() <= WITHOUT_NAMESPACES.items()


def test_a_weak_box_is_broken_out_of_by_every_control() -> None:
    held = [row["name"] for row in in_a_weak_box() if not row["broke"]]
    assert held == []
    assert sum(attempt.control for attempt in all_attempts()) >= 12
