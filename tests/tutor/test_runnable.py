"""Which cells are run, after which others, and when a run made before still counts."""

from __future__ import annotations

import pytest

from knowledge.model import Cell, Chunk, ChunkKind
from tests.tutor.examples import NOTEBOOK
from tutor import runnable
from tutor.runnable import CodeCell, builds_on, cells_in, modules_named, why_not_run


def notebook(*codes: str, language: str = "python") -> list[Chunk]:
    return [
        Chunk(f"id{n}", NOTEBOOK.id, n, 1000 * n, 1000 * n + len(code), code, Cell(n), ("Notebook",), ChunkKind.CODE,
              language, 5)
        for n, code in enumerate(codes, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "above", "expected"),
    [
        ("print(x)", ["x = 1"], True),
        ("print(x)", ["y = 1"], False),
        ("x = 2\nprint(x)", ["x = 1"], False),
        ("x += 1", ["x = 1"], True),
        ("import torch\nprint(torch.ones(2))", ["import torch"], False),
        ("print(torch.ones(2))", ["import torch"], True),
        ("def f():\n    return scale", ["scale = 2"], True),
        ("def f(scale):\n    return scale", ["scale = 2"], False),
        ("[n for n in range(3)]", ["n = 1"], False),
        ("print(len('x'))", ["from math import *"], False),
        ("print(sqrt(2))", ["from math import *"], True),
        ("f()", ["def f(): pass"], True),
        ("def f(:", ["x = 1"], False),
        ("class A:\n    def f(self):\n        global x\n        x = 1", ["x = 2"], False),
    ],
)
def test_a_cell_needs_those_above_when_they_bind_what_it_only_reads(
    code: str, above: list[str], expected: bool
) -> None:
    assert builds_on(code, above) is expected


def test_a_notebooks_cell_comes_after_all_python_above_it_and_a_free_one_alone() -> None:
    cells = cells_in(notebook("x = 1", "!pip install torch", "y = x", "import math\nmath.pi", "print(y)"))
    assert [each.cell.above for each in cells] == [
        (),
        (),
        ("x = 1",),
        (),
        ("x = 1", "y = x", "import math\nmath.pi"),
    ]


@pytest.mark.parametrize(
    ("code", "language", "says"),
    [
        ("print(1)", "python", ""),
        ("print(1)", "", ""),
        ("ls -l", "bash", "it is bash"),
        ("$ ls -l", "", "does not say that it is Python"),
        (">>> 1 + 1\n2", "python", "interactive session"),
        ("%matplotlib inline\nx = 1", "python", "commands of a notebook"),
        ("def f(:", "python", ""),  # a mistake in Python is for the run to tell
        ("  \n", "python", "empty"),
    ],
)
def test_what_is_not_run_says_why(code: str, language: str, says: str) -> None:
    why = why_not_run(CodeCell(code, language))
    assert says in why
    assert bool(why) is bool(says)


def test_the_key_changes_with_code_context_and_versions_and_with_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = CodeCell("import numpy as np\nnp.ones(2)", "python")
    assert cell.key == CodeCell("import numpy as np\nnp.ones(2)", "python").key
    others = [CodeCell(cell.code + " ", "python"), CodeCell(cell.code, ""), CodeCell(cell.code, "python", ("x = 1",))]
    assert len({cell.key, *(other.key for other in others)}) == 4
    before, plain = cell.key, CodeCell("1 + 1", "python").key
    monkeypatch.setattr(runnable, "version_of", lambda name: "another")
    assert cell.key != before
    assert CodeCell("1 + 1", "python").key == plain


def test_modules_are_named_by_their_top_and_without_the_standard_library() -> None:
    code = "import os, torch.nn.functional as F\nfrom open_clip.loss import ClipLoss\nfrom . import mine\nimport numpy"
    assert modules_named(code) == {"torch", "open_clip", "numpy"}


def test_versions_are_found_where_module_and_distribution_differ() -> None:
    assert runnable.version_of("open_clip") == runnable.version_of("open_clip_torch") != ""
    assert runnable.version_of("no_such_module") == ""
