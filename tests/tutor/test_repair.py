"""A model mends a failed cell once; only a green run of what it wrote is shown, under a name of its own."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import pytest

from knowledge.chat_model import Message, ModelName, Rung
from knowledge.errors import ModelFailed
from tests.tutor.examples import CLIP_CODE, NOTEBOOK
from tests.tutor.test_verify import FakeRunner, chunks_of, shown
from tutor.cell_runner import SandboxRunner
from tutor.lesson import CellStatus
from tutor.repair import MOST_CHARACTERS, RepairingRunner
from tutor.run_cache import CellRun, RunCache
from tutor.runnable import CodeCell
from tutor.sandbox import Sandbox, SandboxUnavailable
from tutor.verify import Verifier, verify_documents

CELL = CodeCell("import math\nprint(math.sqroot(9))", "python", ("x = 1",))
WHY = "AttributeError: module 'math' has no attribute 'sqroot' (line 2)"
MENDED = "import math\nprint(math.sqrt(9))"


class ScriptedModel:
    """Answers with one text, a few characters at a time; keeps what it was asked."""

    model_name = ModelName(Rung.EMBEDDED, "mender-1.5b")
    context_tokens = 4096

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        assert 0 < max_tokens < 4096
        self.asked.append("\n".join(message.content for message in messages))
        for start in range(0, len(self.answer), 7):
            yield self.answer[start : start + 7]

    def complete(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> object:
        raise AssertionError("cells are mended as text")


class BrokenModel(ScriptedModel):
    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        del messages, max_tokens
        yield ""
        raise ModelFailed("it broke off")


class OnlyGreen:
    """Fails every cell but the mended one."""

    def __init__(self, green: str = MENDED) -> None:
        self.ran: list[str] = []
        self._green = green

    def run(self, cell: CodeCell, cancel: threading.Event | None = None) -> CellRun:
        del cancel
        self.ran.append(cell.code)
        if cell.code == self._green:
            return CellRun(CellStatus.VERIFIED, "in the sandbox", ("3.0",))
        return CellRun(CellStatus.FAILED, WHY)

    def close(self) -> None:
        self.ran.append("closed")


def fenced(code: str) -> str:
    return f"Here it is:\n```python\n{code}\n```\nGood luck."


def test_what_the_model_wrote_is_run_and_shown_as_repaired() -> None:
    model, boxed = ScriptedModel(fenced(MENDED)), OnlyGreen()
    run = RepairingRunner(boxed, lambda: model).run(CELL)
    assert boxed.ran == [CELL.code, MENDED]
    assert (run.status, run.code, run.outputs) == (CellStatus.REPAIRED, MENDED, ("3.0",))
    assert WHY in run.reason
    assert "mender-1.5b" in run.reason
    assert all(part in model.asked[0] for part in (CELL.code, WHY, "x = 1"))


@pytest.mark.parametrize(
    ("answer", "ran"),
    [
        (fenced("print('another')"), 2),  # it does not run green either: once is all
        (fenced(CELL.code), 1),
        ("I would use math.sqrt.", 1),
        ("```python\nprint('cut off", 1),
        ("", 1),
    ],
)
def test_anything_else_leaves_the_cell_failed_for_its_own_reason(answer: str, ran: int) -> None:
    boxed = OnlyGreen()
    run = RepairingRunner(boxed, lambda: ScriptedModel(answer)).run(CELL)
    assert run == CellRun(CellStatus.FAILED, WHY)
    assert len(boxed.ran) == ran


def test_without_a_model_or_with_one_that_breaks_off_nothing_changes() -> None:
    for mender in (lambda: None, lambda: BrokenModel("")):
        assert RepairingRunner(OnlyGreen(), mender).run(CELL) == CellRun(CellStatus.FAILED, WHY)


def test_a_green_cell_asks_no_model_and_a_stopped_or_long_one_neither() -> None:
    def none() -> None:
        raise AssertionError("asked")

    stopped = threading.Event()
    stopped.set()
    assert RepairingRunner(OnlyGreen(CELL.code), none).run(CELL).status is CellStatus.VERIFIED
    assert RepairingRunner(OnlyGreen(), none).run(CELL, stopped).status is CellStatus.FAILED
    long = CodeCell("#" * (MOST_CHARACTERS + 1), "python")
    assert RepairingRunner(OnlyGreen(), none).run(long).status is CellStatus.FAILED


def test_a_lesson_shows_the_code_that_ran_and_the_cache_keeps_it(tmp_path: Path) -> None:
    cache = RunCache(tmp_path)
    repaired = CellRun(CellStatus.REPAIRED, "mended", ("3.0",), code=MENDED)
    verifier = Verifier(cache, lambda: FakeRunner(repaired))
    first, _ = shown(verifier, 20.0)
    verifier.close()
    again, _ = shown(Verifier(cache), 0.0)
    assert [(cell.code, cell.status) for cell in first] == [(MENDED, CellStatus.REPAIRED)]
    assert again == first
    runner = FakeRunner()
    found = list(verify_documents([NOTEBOOK], chunks_of, cache, runner))
    assert [cell.cached for cell in found if cell.chunk == CLIP_CODE] == [True]
    assert runner.given == []


@pytest.mark.slow
def test_a_repair_is_run_in_the_true_sandbox() -> None:
    try:
        Sandbox.open(preload=()).close()
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    runner = RepairingRunner(SandboxRunner(), lambda: ScriptedModel(fenced(MENDED)))
    try:
        run = runner.run(CodeCell(CELL.code, "python"))
    finally:
        runner.close()
    assert (run.status, run.outputs) == (CellStatus.REPAIRED, ("3.0",))
    assert WHY in run.reason
