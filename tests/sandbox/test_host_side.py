"""What the host does with what it hears: requests checked, messages taken in, verdicts given, files collected."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.sandbox import (
    CEILING,
    CellRequest,
    Limits,
    Output,
    RequestUnusable,
    Verdict,
    artifacts,
    box,
    libraries_used,
    probe,
)
from tutor.sandbox.child import Ending
from tutor.sandbox.guest import wire
from tutor.sandbox.outputs import Intake, Overflow
from tutor.sandbox.verdicts import Signs, verdict_of

LIMITS = Limits()
OK = {"status": "ok"}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Limits(wall_s=0), "wall_s"),
        (lambda: Limits(pids=-1), "pids"),
        (lambda: CellRequest("1", Limits(memory_mb=CEILING.memory_mb + 1)), "memory_mb is"),
        (lambda: CellRequest("1", Limits(cpu_s=1e9)), "cpu_s"),
        (lambda: CellRequest("x" * (2 << 20)), "1 MiB"),
        (lambda: CellRequest("a\x00b"), "NUL"),
        (lambda: CellRequest("1", files={"../x": b""}), "'../x'"),
        (lambda: CellRequest("1", files={"": b""}), "''"),
        (lambda: CellRequest("1", files={"x": bytes(200 << 20)}), "half"),
    ],
)
def test_a_request_that_no_cell_can_have_is_refused_with_the_field(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(RequestUnusable, match=says):
        make()


def _status(exit_status: int = 0, by: int = 0) -> Ending:
    return Ending(by if by else exit_status << 8, cpu_s=0.1)


@pytest.mark.parametrize(
    ("signs", "verdict"),
    [
        (Signs(told=OK, ending=_status()), Verdict.COMPLETED),
        (Signs(told=OK, ending=_status(1)), Verdict.ENDED_EARLY),
        (Signs(told=OK, ending=_status(by=signal.SIGSEGV)), Verdict.CRASH),
        (Signs(told=OK, ending=None), Verdict.CRASH),
        (Signs(told=OK, ending=None, must_end=False), Verdict.COMPLETED),
        (Signs(told=None, ending=_status()), Verdict.ENDED_EARLY),
        (Signs(told=None, ending=_status(by=signal.SIGXFSZ)), Verdict.DISK),
        (Signs(told=None, ending=_status(by=signal.SIGKILL)), Verdict.CRASH),
        (Signs(told=None, ending=Ending(signal.SIGKILL, 100.0)), Verdict.CPU),
        (Signs(told=None, ending=None, box_lost=True), Verdict.CANCELLED),
        (Signs(told={"status": "error"}, ending=_status()), Verdict.ERROR),
        (Signs(told={"status": "error", "sign": "disk"}, ending=_status()), Verdict.DISK),
        (Signs(told={"status": "error", "sign": "completed"}, ending=_status()), Verdict.ERROR),
        (Signs(told={"status": "exit"}, ending=_status()), Verdict.ENDED_EARLY),
        (Signs(told={"status": "completed"}, ending=_status()), Verdict.ERROR),
        (Signs(told=OK, ending=_status(), stopped=(Verdict.WALL, "")), Verdict.WALL),
        (Signs(told=OK, ending=_status(), out_of_memory=True), Verdict.MEMORY),
        (Signs(told=OK, ending=_status(), out_of_tasks=True), Verdict.PIDS),
    ],
)
def test_the_verdict_follows_what_was_seen(signs: Signs, verdict: Verdict) -> None:
    assert verdict_of(signs, LIMITS)[0] is verdict


_told = st.none() | st.fixed_dictionaries(
    {"status": st.sampled_from(["ok", "error", "exit", "completed", 1, None])},
    optional={"sign": st.sampled_from(["memory", "wall", 3]), "reason": st.text(max_size=5)},
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a loaded machine is no failure
@given(told=_told, status=st.integers(0, 0xFFFF), stopped=st.sampled_from([None, Verdict.WALL, Verdict.OUTPUT]))
def test_no_word_of_the_process_outweighs_what_the_kernel_saw(
    told: dict[str, object] | None, status: int, stopped: Verdict | None
) -> None:
    signs = Signs(stopped=(stopped, "") if stopped else None, told=told, ending=Ending(status, 0.1))
    verdict = verdict_of(signs, LIMITS)[0]
    if verdict is Verdict.COMPLETED:
        assert (status, stopped, told) == (0, None, {**(told or {}), "status": "ok"})


def _message(kind: str, data: object) -> bytes:
    return wire.compose({"type": kind, "content": {"data": data}})


def test_active_content_is_dropped_whatever_the_process_says() -> None:
    intake = Intake(CellRequest("1"))
    intake.messages(
        _message("display_data", {"text/html": "<script>", "text/plain": "x", "text/evil": "y", "image/png": 1})
    )
    assert intake.outputs == [Output("display_data", {"data": {"text/plain": "x"}})]
    assert intake.notes == ["HTML or SVG output was left out"]


def test_images_past_the_limit_are_dropped() -> None:
    intake = Intake(CellRequest("1", Limits(images=1)))
    for _ in range(3):
        intake.messages(_message("display_data", {"image/png": "AAAA"}))
    assert sum("image/png" in o.content["data"] for o in intake.outputs) == 1


def test_more_output_than_allowed_overflows_and_only_the_beginning_is_kept() -> None:
    intake = Intake(CellRequest("1", Limits(output_bytes=100, kept_bytes=10)))
    intake.stream(intake.stdout, b"x" * 100)
    assert intake.stdout.text == "x" * 10
    with pytest.raises(Overflow):
        intake.stream(intake.stderr, b"y")


def test_a_character_cut_between_two_reads_is_whole() -> None:
    intake = Intake(CellRequest("1"))
    for byte in "é€".encode():
        intake.stream(intake.stdout, bytes([byte]))
    assert intake.stdout.text == "é€"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # as above
@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_in_any_pieces_are_taken_in(content: bytes, size: int) -> None:
    pieces, whole = Intake(CellRequest("1")), Intake(CellRequest("1"))
    for start in range(0, len(content), size):
        pieces.messages(content[start : start + size])
    whole.messages(content)
    assert pieces.outputs == whole.outputs
    json.dumps([o.content for o in whole.outputs])


def test_an_endless_line_overflows() -> None:
    intake = Intake(CellRequest("1"))
    part = b"x" * (1 << 20)
    for _ in range(6):
        intake.messages(part)
    with pytest.raises(Overflow):
        intake.messages(part)


def test_files_are_collected_by_descriptor_and_nothing_is_followed(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "a" / "b" / "c" / "d" / "e").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (work / "plain.txt").write_text("1")
    (work / "a" / "in.txt").write_text("2")
    (work / "a/b/c/d/e/deep.txt").write_text("3")
    (work / "link").symlink_to(tmp_path / "secret")
    (work / "folder-link").symlink_to(tmp_path)
    os.mkfifo(work / "queue")
    (work / "given.txt").write_text("4")
    folder = os.open(work, os.O_RDONLY)
    try:
        found = artifacts.collect(folder, frozenset({"given.txt"}))
    finally:
        os.close(folder)
    assert {f.path: f.content for f in found.files} == {"plain.txt": b"1", "a/in.txt": b"2"}
    assert len(found.notes) == 4


def test_too_large_and_too_many_files_are_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "MOST_FILES", 2)
    with open(tmp_path / "a", "wb") as sparse:
        sparse.truncate(artifacts.MOST_BYTES + 1)
    for name in "bcd":
        (tmp_path / name).write_text(name)
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        found = artifacts.collect(folder)
    finally:
        os.close(folder)
    assert [f.path for f in found.files] == ["b", "c"]
    assert [note.split()[0] for note in found.notes] == ["'a'", "'d'"]


def test_libraries_a_code_needs_are_found_by_its_imports() -> None:
    assert libraries_used("import torch.nn as nn\nfrom numpy import array\nimport json") == ("numpy", "torch")
    assert libraries_used("def (") == ()


def test_our_own_packages_are_covered_where_they_lie_among_the_libraries(tmp_path: Path) -> None:
    (tmp_path / "tutor").mkdir()
    (tmp_path / "numpy").mkdir()
    libraries = box.Libraries("/usr/bin/python3", "/usr", (str(tmp_path),))
    assert libraries.packages_shown() == ["/box/packages/0"]
    assert libraries.to_cover() == ["/box/packages/0/tutor"]


def test_our_checkout_is_covered_at_every_place_where_the_box_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "checkout/.venv/site-packages"
    (packages / "tutor").mkdir(parents=True)
    monkeypatch.setattr(box, "_OUR_ROOT", tmp_path / "checkout")
    libraries = box.Libraries("/usr/bin/python3", str(tmp_path), (str(packages),))
    moved = "/box/python/checkout"  # the temporary folder lies below /tmp
    assert libraries.to_cover() == [f"{moved}/.venv/site-packages/tutor", "/box/packages/0/tutor", moved]


@pytest.mark.parametrize(
    ("prefix", "packages", "python_shown", "packages_shown"),
    [
        ("/usr", "/usr/lib/python3/dist-packages", "/usr", "/usr/lib/python3/dist-packages"),
        ("/usr", "/usr/lib64/python3.12/site-packages", "/usr", "/usr/lib64/python3.12/site-packages"),
        ("/usr/local", "/tmp/c/.venv/lib/site-packages", "/usr/local", "/box/packages/0"),
        ("/home/ada/python", "/home/student/v/site-packages", "/home/ada/python", "/box/packages/0"),
        ("/opt/conda", "/opt/conda/lib/site-packages", "/opt/conda", "/opt/conda/lib/site-packages"),
        ("/tmp/conda", "/tmp/conda/lib/site-packages", "/box/python", "/box/python/lib/site-packages"),
        ("/home/student/conda", "/dev/shm/site-packages", "/box/python", "/box/packages/0"),
        ("/home/students/conda", "/tmpfs/site-packages", "/home/students/conda", "/box/packages/0"),
    ],
)
def test_nothing_is_shown_where_a_cell_has_its_own_folders(
    prefix: str, packages: str, python_shown: str, packages_shown: str
) -> None:
    libraries = box.Libraries(f"{prefix}/bin/python3", prefix, (packages,))
    assert (libraries.python_shown(), libraries.packages_shown()) == (f"{python_shown}/bin/python3", [packages_shown])
    assert not any(f"{place}/".startswith(f"{own}/") for place in libraries.shown().values() for own in box.WRITABLE)


def test_a_complaint_of_a_known_kind_comes_with_its_remedy() -> None:
    assert "apparmor_restrict_unprivileged_userns" in probe.remedy_for("bwrap: setting up uid map: Permission denied")
    assert "systempaths=unconfined" in probe.remedy_for("PermissionError: mount /proc: Operation not permitted")
    assert probe.remedy_for("something new") == "something new"


def test_only_a_memory_file_of_our_own_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tier = probe.Tier.B
    assert not probe.held_since_boot(tier)
    probe._remember(tier)
    assert probe.held_since_boot(tier)
    assert not probe.held_since_boot(probe.Tier.A)
    file = probe._memory_file(tier)
    file.chmod(0o666)
    assert not probe.held_since_boot(tier)
    file.chmod(0o600)
    file.write_text('{"held": "another boot"}')
    assert not probe.held_since_boot(tier)


def test_without_bubblewrap_the_remedy_is_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.sandbox.probe.shutil.which", lambda _: None)
    assert "apt-get install bubblewrap" in (probe.obstacle() or "")
