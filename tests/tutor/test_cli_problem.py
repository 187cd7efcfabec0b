"""`erica problem`: listed, shown, begun, and helped on; no library is needed for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tutor import problems
from tutor.cli import main
from tutor.learner import Learner

NAME = "cosine-similarity-matrix"
PROBLEM = problems.find(NAME)
Erica = Callable[..., tuple[int, str, str]]


@pytest.fixture
def erica(own_folders: Path, capsys: pytest.CaptureFixture[str]) -> Erica:
    del own_folders

    def run(*command: str) -> tuple[int, str, str]:
        try:
            code = main(("problem", *command))
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_every_bundled_problem_is_listed_the_easy_ones_first(erica: Erica) -> None:
    code, out, _ = erica()
    rows = [line.split()[:2] for line in out.splitlines()]
    assert code == 0
    assert sorted(name for name, _ in rows) == problems.names()
    assert [level for _, level in rows] == sorted((level for _, level in rows), key=problems.DIFFICULTIES.index)


def test_a_problem_is_shown_with_what_to_do_next(erica: Erica) -> None:
    _, out, _ = erica(NAME)
    assert out.startswith(PROBLEM.statement.splitlines()[0])
    assert f"erica judge {NAME} FILE.py" in out
    assert PROBLEM.reference.splitlines()[-1].strip() not in out


def test_a_solution_is_begun_in_a_new_file_and_an_old_one_is_not_written_over(erica: Erica, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    assert erica(NAME, "--start", str(file))[0] == 0
    assert file.read_text() == PROBLEM.starter
    code, _, err = erica(NAME, "--start", str(file))
    assert code == 2
    assert "File exists" in err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("no-such-problem",), "there are: attention"),
        ((NAME, "--hint", "missing.py"), "cannot be read"),
        (("--start", "mine.py"), "name a problem"),
        ((NAME, "--hint", "mine.py", "--rung", "6"), "invalid choice"),
    ],
)
def test_what_is_not_there_is_wrong_usage(erica: Erica, command: tuple[str, ...], says: str) -> None:
    code, _, err = erica(*command)
    assert code == 2
    assert says in err


def test_hints_tell_more_rung_by_rung_and_only_the_last_is_the_solution(
    erica: Erica, own_folders: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(PROBLEM.starter)
    rungs = [erica(NAME, "--hint", str(file), "--rung", str(rung))[1] for rung in range(1, 5)]
    with_learner = Learner.open(own_folders / "state")
    assert not with_learner.seen_solutions()
    solution = erica(NAME, "--hint", str(file), "--rung", "5")[1]
    assert len({*rungs, solution}) == 5
    last = PROBLEM.reference.rstrip().splitlines()[-1]
    assert [last in told for told in [*rungs, solution]] == [False] * 4 + [True]
    assert set(with_learner.seen_solutions()) == {NAME}
    with_learner.close()


@pytest.mark.slow
def test_a_hint_depends_on_what_the_attempt_does(erica: Erica, tmp_path: Path) -> None:
    told = []
    for number, line in enumerate(("a @ b.T", "a @ b.T / np.linalg.norm(a) / np.linalg.norm(b)")):
        file = tmp_path / f"{number}.py"
        file.write_text(f"import numpy as np\n\n\ndef cosine_matrix(a, b):\n    return {line}\n")
        code, out, err = erica(NAME, "--hint", str(file))
        if "could not be tried" in err:
            pytest.skip(f"no sandbox on this machine: {err}")
        assert code == 0
        told.append(out)
    assert told[0] != told[1]
