"""The commands around code: what they print as JSON, which exit code they give, what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tutor import problems
from tutor.cli import main
from tutor.sandbox import Sandbox, SandboxUnavailable

pytestmark = pytest.mark.usefixtures("own_folders")
RUN_KEYS = {"verdict", "stdout", "stderr", "outputs", "wall_s", "cpu_s", "peak_mb", "tier"}
JUDGE_KEYS = {"verdict", "passed", "total", "cases", "tier"}


@pytest.fixture
def needs_sandbox() -> None:
    try:
        Sandbox.open(preload=()).close()
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.sandbox.box.shutil.which", lambda _: None)


def written(tmp_path: Path, code: str | bytes) -> str:
    file = tmp_path / "mine.py"
    file.write_bytes(code if isinstance(code, bytes) else code.encode())
    return str(file)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    code = main([*arguments, "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


# --- without a box ---


def test_a_machine_without_bubblewrap_runs_nothing_and_says_what_to_install(
    no_sandbox: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = tmp_path / "left-behind"
    code, report, err = run_json(capsys, "run", written(tmp_path, f"open({str(left)!r}, 'w')"))
    assert (code, report["verdict"], report["tier"], set(report)) == (4, "refused", "D", RUN_KEYS)
    assert "bubblewrap" in err
    assert not left.exists()
    code, report, err = run_json(capsys, "judge", "bilinear-flow-warp", written(tmp_path, "def warp(i, f): return i"))
    assert (code, report["verdict"], report["passed"], set(report)) == (4, "refused", 0, JUDGE_KEYS)
    assert "bubblewrap" in err
    code, report, _ = run_json(capsys, "sandbox")
    assert (code, report["tier"]) == (4, "D")
    assert "apt-get install bubblewrap" in report["remedy"]


def test_the_doctor_notes_a_missing_sandbox_with_its_remedy(
    no_sandbox: None, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["doctor", "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    [finding] = [check for check in checks if check["check"] == "sandbox"]
    assert finding["health"] == "note"
    assert "apt-get install bubblewrap" in finding["remedy"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "absent.py"), "cannot be read"),
        (("judge", "clap-loss", "absent.py"), "clip-loss"),
        (("judge", "clip-loss", "absent.py"), "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage(
    arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(list(arguments)) == 2
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_text_is_named_with_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", written(tmp_path, b"x = '\xff'")]) == 2
    assert "not UTF-8 text (byte 5)" in capsys.readouterr().err


@pytest.mark.parametrize("limit", [("--wall", "nan"), ("--wall", "0"), ("--memory", "-1"), ("--wall", "soon")])
def test_a_limit_that_is_none_is_wrong_usage(limit: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", written(tmp_path, "1"), *limit])
    assert left.value.code == 2


def test_a_limit_above_the_ceiling_is_refused_with_the_most_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, report, err = run_json(capsys, "run", written(tmp_path, "1"), "--memory", "1000000")
    assert report["verdict"] == "refused"
    assert "the most is 16384" in err


# --- in a box ---


@pytest.mark.slow
@pytest.mark.usefixtures("needs_sandbox")
class TestInABox:
    def test_what_ran_is_reported_whole(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        code, report, _ = run_json(capsys, "run", written(tmp_path, "print('hi')\n6 * 7"))
        assert (code, report["verdict"], report["stdout"], set(report)) == (0, "completed", "hi\n", RUN_KEYS)
        assert report["outputs"][0]["data"]["text/plain"] == "42"
        assert report["tier"] in {"A", "B"}
        assert report["wall_s"] > 0

    @pytest.mark.parametrize(
        ("source", "options", "verdict"),
        [
            ("1 / 0", (), "error"),
            ("import os; os._exit(0)", (), "ended_early"),
            ("while True: pass", ("--wall", "1"), "wall"),
            ("x = bytearray(400 << 20)", ("--memory", "128"), "memory"),
        ],
    )
    def test_what_was_stopped_is_told_apart(
        self, source: str, options: tuple[str, ...], verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, report, err = run_json(capsys, "run", written(tmp_path, source), *options)
        assert (code, report["verdict"]) == (1, verdict)
        assert err.startswith(f"erica: {verdict}: ")

    def test_half_a_character_in_an_output_still_prints(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, report, _ = run_json(capsys, "run", written(tmp_path, "raise ValueError('\\ud800')"))
        assert (code, report["verdict"]) == (1, "error")

    def test_a_terminal_sees_streams_values_and_errors_without_control_characters(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["run", written(tmp_path, "print('\\x1b[2Jhi')\n1 / 0")]) == 1
        out, err = capsys.readouterr()
        assert out == "[2Jhi\n"
        assert 'File "mine.py", line 2' in err
        assert "ZeroDivisionError: division by zero" in err

    def test_a_gpu_that_cannot_be_lent_is_said(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", written(tmp_path, "print('ran')"), "--gpu"]) == 0
        out, err = capsys.readouterr()
        assert out == "ran\n"
        assert "ran on the processor" in err

    def test_a_right_solution_passes_and_a_wrong_one_is_told_why(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        problem = problems.find("bilinear-flow-warp")
        code, report, _ = run_json(capsys, "judge", problem.name, written(tmp_path, problem.reference))
        assert (code, report["verdict"], set(report)) == (0, "passed", JUDGE_KEYS)
        assert report["passed"] == report["total"] == len(report["cases"]) >= 8
        folder = str(problems.BUNDLED / problem.name)
        assert main(["judge", folder, written(tmp_path, "def warp(image, flow): return image")]) == 1
        out = capsys.readouterr().out
        assert "wrong_answer" in out
        assert "expected: " in out

    def test_the_probe_names_what_it_tried(self, capsys: pytest.CaptureFixture[str]) -> None:
        code, report, _ = run_json(capsys, "sandbox")
        assert code == 0
        assert report["tier"] in {"A", "B"}
        assert len(report["attacks"]) >= 5
        assert all(attack["held"] for attack in report["attacks"])
