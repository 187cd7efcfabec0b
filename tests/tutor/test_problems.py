"""A problem's folder is read whole or refused with the file and the remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tutor import problems
from tutor.problems import BUNDLED, Mutant, ProblemUnusable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED / "clip-loss", tmp_path / "mine"))


def test_bundled_problems_are_found_by_name_and_by_folder(folder: Path) -> None:
    assert problems.find("clip-loss").title == problems.find(str(folder)).title
    assert {"bilinear-flow-warp", "clip-loss"} <= set(problems.names())


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ProblemUnusable, match="clip-loss"):
        problems.find("clap-loss")


@pytest.mark.parametrize("name", ["statement.md", "starter.py", "reference.py", "cases.py"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ProblemUnusable, match=name):
        problems.load(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 'x'", "function"),
        ("title = 'x'\nfunction = 'a b'", "no name"),
        ("title = 'x'\nfunction = 'f'\nscore = 1", "score"),
        ("title = 'x'\nfunction = 'f'\ndifficulty = 'brutal'", "brutal"),
        ("title = 'x'\nfunction = 'f'\n[rules]\natoll = 1", "atoll"),
        ("title = 'x'\nfunction = 'f'\n[rules]\natol = true", "atol"),
        ("title = 'x'\nfunction = 'f'\n[rules]\nwall_s = -1", "wall_s"),
        ("title = ", "problem.toml"),
    ],
)
def test_a_wrong_table_is_refused_with_the_place(folder: Path, text: str, says: str) -> None:
    (folder / "problem.toml").write_text(text)
    with pytest.raises(ProblemUnusable, match=says):
        problems.load(folder)


def test_an_editorial_is_optional_and_read_where_it_stands(folder: Path) -> None:
    assert "**Time**" in problems.load(folder).editorial
    (folder / "editorial.md").unlink()
    assert problems.load(folder).editorial == ""


def test_a_mutant_has_to_change_exactly_one_place() -> None:
    with pytest.raises(ProblemUnusable, match="2 times"):
        Mutant("m", "a", "b").of("a + a")
    assert Mutant("m", "a", "b").of("x = a") == "x = b"
