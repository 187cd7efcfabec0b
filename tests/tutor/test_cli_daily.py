"""`erica daily` and `erica walkthrough` over a small library; what is submitted goes to the true judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tutor import walkthroughs
from tutor.cli import main
from tutor.judge import Judgement, JudgeVerdict
from tutor.learner import FILE_NAME, Learner
from tutor.sandbox import Tier

WALK = walkthroughs.read(walkthroughs.BUNDLED / "clip-from-scratch")
Erica = Callable[..., tuple[int, str, str]]


@pytest.fixture
def erica(own_folders: Path, course: Path, capsys: pytest.CaptureFixture[str]) -> Erica:
    del own_folders

    def run(*command: str) -> tuple[int, str, str]:
        try:
            code = main(command)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    assert run("ingest", str(course))[0] == 0
    return run


def test_a_day_is_told_and_told_again_the_same(erica: Erica) -> None:
    code, out, _ = erica("daily", "--date", "2026-11-21")
    assert code == 0
    assert out.startswith("Saturday, 21 November 2026\n\nTopic: ")
    assert "\nProblem: " in out
    assert erica("daily", "--date", "2026-11-21")[1] == out
    assert erica("daily", "--date", "2026-11-22")[1] != out


def test_a_day_as_markdown_is_whole(erica: Erica) -> None:
    _, out, _ = erica("daily", "--markdown", "--date", "2026-11-21")
    assert out.startswith("# Saturday, 21 November 2026\n")
    assert "```python\n" in out


@pytest.mark.parametrize("wrong", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_date_that_is_none_is_wrong_usage(erica: Erica, wrong: str) -> None:
    code, _, err = erica("daily", "--date", wrong)
    assert code == 2
    assert "no date such as" in err


def test_walkthroughs_are_listed_and_one_is_shown_with_its_open_step(erica: Erica) -> None:
    _, out, _ = erica("walkthrough")
    assert [line.split(":")[0] for line in out.splitlines() if not line.startswith(" ")] == walkthroughs.names()
    _, out, _ = erica("walkthrough", WALK.name)
    assert out.count("[ ] step") == 1
    assert out.count("[-]") == len(WALK.problems) - 1
    assert "## Your task" in out


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("nothing-of-this-name",), "there are: clip-from-scratch"),
        ((WALK.name, "--step", "train"), "open are: unit-rows"),
        ((WALK.name, "--submit", "missing.py"), "cannot be read"),
        (("--step", "train"), "name a walkthrough"),
    ],
)
def test_what_is_not_there_is_wrong_usage(erica: Erica, command: tuple[str, ...], says: str) -> None:
    code, _, err = erica("walkthrough", *command)
    assert code == 2
    assert says in err


def test_a_file_that_is_there_is_not_written_over(erica: Erica, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    assert erica("walkthrough", WALK.name, "--start", str(file))[0] == 0
    assert file.read_text() == WALK.steps[0].starter
    code, _, err = erica("walkthrough", WALK.name, "--start", str(file))
    assert code == 2
    assert "File exists" in err


def test_what_erica_judge_passes_of_a_bundled_problem_is_kept_as_evidence_about_its_concepts(
    erica: Erica, own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Judgement("mean-iou", JudgeVerdict.PASSED, (), Tier.A)
    monkeypatch.setattr("tutor.cli_problem.judged", lambda *_: passed)
    (tmp_path / "mine.py").write_text("mine = 1\n")
    assert erica("judge", "mean-iou", str(tmp_path / "mine.py"))[0] == 0
    learner = Learner.open(own_folders / "state")
    assert {item: one.code for item, one in learner.solutions().items()} == {"mean-iou": "mine = 1\n"}
    assert not learner.evidence(float("inf"))
    monkeypatch.setattr("tutor.cli_problem.judged", lambda *_: Judgement("info-nce", JudgeVerdict.PASSED, (), Tier.A))
    assert erica("judge", "info-nce", str(tmp_path / "mine.py"))[0] == 0
    shown = {(one.concept.name, one.item) for _, one in learner.evidence(float("inf"))}
    assert ("contrastive learning", "info-nce") in {(name.casefold(), item) for name, item in shown}
    learner.close()
    (own_folders / "state" / FILE_NAME).write_bytes(b"no database" * 100)
    code, _, err = erica("judge", "mean-iou", str(tmp_path / "mine.py"))
    assert code == 0
    assert "note: " in err


@pytest.mark.slow
def test_a_step_that_passes_opens_the_next_with_its_code(erica: Erica, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(WALK.steps[0].starter)
    code, out, err = erica("walkthrough", WALK.name, "--submit", str(file))
    if "refused" in err + out:
        pytest.skip(f"no sandbox on this machine: {err}")
    assert code == 1
    assert erica("walkthrough", WALK.name, "--step", "score-table")[0] == 2
    file.write_text(WALK.steps[0].reference)
    assert erica("walkthrough", WALK.name, "--submit", str(file))[0] == 0
    following = tmp_path / "next.py"
    assert erica("walkthrough", WALK.name, "--start", str(following))[0] == 0
    assert following.read_text().startswith(WALK.steps[0].reference)
    assert "def score_table(" in following.read_text()
