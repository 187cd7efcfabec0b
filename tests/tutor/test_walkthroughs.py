"""The format of a walkthrough's folder, what opens when, and how code is carried from step to step."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor import problems, walkthroughs
from tutor.problems import Problem, ProblemUnusable
from tutor.walkthroughs import StageState, carried, current, read, stages

BASE = problems.find("mean-iou")


def problem(name: str, function: str, starter: str = "") -> Problem:
    body = starter or f"import numpy as np\n\n\ndef {function}(x):\n    raise NotImplementedError\n"
    return replace(BASE, name=f"w/{name}", function=function, starter=body)


WALK = walkthroughs.Walkthrough(
    "w", "W", "", "", tuple(problem(f"s{n}", f"f{n}") for n in range(3)), (problem("c", "g"), problem("d", "h"))
)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def make(toml: str, *steps: str) -> Path:
        made = tmp_path / "made"
        made.mkdir(exist_ok=True)
        (made / "walkthrough.toml").write_text(toml)
        (made / "intro.md").write_text("# Made\n")
        for step in steps:
            (made / step).mkdir(exist_ok=True)
            for file in (problems.BUNDLED / "mean-iou").iterdir():
                (made / step / file.name).write_bytes(file.read_bytes())
        return made

    return make


def test_a_folder_is_read_in_the_order_it_states(folder: Callable[..., Path]) -> None:
    made = folder('title = "T"\nsummary = "S"\nsteps = ["b", "a"]\nchallenges = ["c"]\n', "a", "b", "c")
    walk = read(made)
    assert [one.name for one in walk.problems] == ["made/b", "made/a", "made/c"]
    assert walkthroughs.names(made.parent) == ["made"]


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('summary = "S"\nsteps = ["a"]', "title is missing"),
        ('title = "T"\nsummary = "S"', "names no folder"),
        ('title = "T"\nsummary = "S"\nsteps = ["a"]\nauthor = "x"', "unknown 'author'"),
        ('title = "T"\nsummary = "S"\nsteps = ["../a"]', "no name of a folder"),
        ('title = "T"\nsummary = "S"\nsteps = [".."]', "no name of a folder"),
        ('title = "T"\nsummary = "S"\nsteps = "a"', "lists of folder names"),
        ('title = "T"\nsummary = "S"\nsteps = ["a", "a"]', "twice"),
        ('title = "T"\nsummary = "S"\nsteps = ["b"]', "problem.toml: missing"),
        ("title = ", "walkthrough.toml"),
    ],
)
def test_a_folder_of_another_form_is_refused_with_the_place(folder: Callable[..., Path], toml: str, says: str) -> None:
    with pytest.raises(ProblemUnusable, match=says.replace(".", r"\.")):
        read(folder(toml, "a"))


@given(st.sets(st.sampled_from([one.name for one in WALK.problems])))
def test_a_stage_is_open_exactly_where_all_steps_before_it_passed(done: set[str]) -> None:
    found = stages(WALK, dict.fromkeys(done, "x = 1\n"))
    for index, stage in enumerate(found):
        before = [one.name for one in WALK.steps[:index]]
        assert (stage.state is StageState.LOCKED) == (not set(before) <= done)
        if stage.state is not StageState.LOCKED:
            assert (stage.state is StageState.PASSED) == (stage.problem.name in done)
    going_on = current(found)
    assert going_on.state is not StageState.LOCKED
    assert going_on.state is StageState.OPEN or set(done) >= {one.name for one in WALK.problems}


def test_a_step_begins_with_the_code_that_passed_before_it() -> None:
    code = "import numpy as np\nimport math\n\n\ndef f0(x):\n    return math.pi * np.abs(x)\n"
    found = stages(WALK, {"w/s0": code})
    assert found[0].problem.starter == WALK.steps[0].starter
    assert found[1].problem.starter == f"{code}\n\ndef f1(x):\n    raise NotImplementedError\n"
    assert found[2].state is StageState.LOCKED
    assert [stage.slug for stage in found] == ["s0", "s1", "s2", "c", "d"]


@pytest.mark.parametrize(
    ("code", "first_lines"),
    [
        ("def f0(x):\n    return x\n", ["import numpy as np", "def f0(x):"]),
        (
            '"""Mine."""\nfrom __future__ import annotations\nx = 1\n',
            ['"""Mine."""', "from __future__ import annotations"],
        ),
        ("import torch\n\n\ndef f0(x):\n    return x\n", ["import torch", "import numpy as np"]),
    ],
)
def test_imports_join_those_there_are(code: str, first_lines: list[str]) -> None:
    made = carried(code, WALK.steps[1])
    compile(made, "carried", "exec")
    assert made.splitlines()[: len(first_lines)] == first_lines


def test_what_was_written_ahead_is_kept() -> None:
    code = "def f0(x):\n    return x\n\n\ndef f1(x):\n    return 2 * x\n"
    assert carried(code, WALK.steps[1]) == code


@given(st.lists(st.sampled_from(["import os", "import numpy as np", "x = 1", "def f9():\n    return 1"]), max_size=5))
def test_carried_code_holds_all_that_was_there_and_the_new_function_once(lines: list[str]) -> None:
    code = "\n".join(lines) + "\n"
    made = carried(code, WALK.steps[2])
    defined = [node.name for node in ast.parse(made).body if isinstance(node, ast.FunctionDef)]
    assert defined == ["f9"] * lines.count("def f9():\n    return 1") + ["f2"]
    assert made.count("import numpy as np") == max(1, code.count("import numpy as np"))
    rest = [line for line in made.splitlines() if line and line != "import numpy as np"]
    assert rest[:-2] == [line for line in code.splitlines() if line and line != "import numpy as np"]
