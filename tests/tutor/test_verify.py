"""Cells of lessons and courses are labelled by what running them gave, and by nothing else."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.model import Chunk
from tests.courses.material import cells_of as cells_on_disk
from tests.courses.material import listed_lessons
from tests.tutor.examples import CLIP_CODE, CLIP_WHY, NOTEBOOK, retrieval
from tests.tutor.test_runnable import notebook
from tutor.cell_runner import SandboxRunner
from tutor.cli import main
from tutor.events import StepFinished, TextStreamed
from tutor.extractive import ExtractiveComposer
from tutor.lesson import CellStatus, LessonCell
from tutor.outcomes import outcome_of
from tutor.plan import plan_lesson
from tutor.run_cache import CellRun, RunCache
from tutor.runnable import CodeCell
from tutor.sandbox import CellResult, Output, Sandbox, SandboxUnavailable, Verdict
from tutor.verify import STILL_TO_BE_RUN, Verifier, VerifyingComposer, verify_documents

GREEN = CellRun(CellStatus.VERIFIED, "in the sandbox", ("torch.Size([2, 2])",))


class FakeRunner:
    """Gives every cell the same run, after `gate` where there is one; remembers what it was given."""

    def __init__(self, run: CellRun = GREEN, gate: threading.Event | None = None) -> None:
        self.given: list[CodeCell] = []
        self.closed = False
        self._run = run
        self._gate = gate

    def run(self, cell: CodeCell, cancel: threading.Event | None = None) -> CellRun:
        self.given.append(cell)
        while self._gate is not None and not self._gate.wait(0.01):
            if cancel is not None and cancel.is_set():
                return CellRun(CellStatus.NOT_RUN, "it was stopped", lasting=False)
        return self._run

    def close(self) -> None:
        self.closed = True


def chunks_of(document_id: str) -> list[Chunk]:
    return [CLIP_CODE] if document_id == CLIP_CODE.document_id else [CLIP_WHY]


def shown(verifier: Verifier, wait_s: float) -> tuple[list[LessonCell], int]:
    """The cells of a lesson, and how often its reader was given the word while they ran."""
    composer = VerifyingComposer(ExtractiveComposer(), verifier, chunks_of, wait_s)
    events = list(composer.compose(plan_lesson(retrieval())))
    cells = [cell for event in events if isinstance(event, StepFinished) for cell in event.step.cells]
    return cells, sum(event == TextStreamed("") for event in events)


@pytest.fixture
def cache(tmp_path: Path) -> RunCache:
    return RunCache(tmp_path)


# --- lessons ---


def test_a_lessons_cell_is_run_once_and_then_known(cache: RunCache) -> None:
    runner = FakeRunner()
    verifier = Verifier(cache, lambda: runner)
    [first], _ = shown(verifier, wait_s=10)
    assert (first.code, first.status, first.outputs) == (CLIP_CODE.text, CellStatus.VERIFIED, GREEN.outputs)
    [second], _ = shown(verifier, wait_s=10)
    [other], _ = shown(Verifier(cache, lambda: pytest.fail("nothing is to be run")), wait_s=10)
    assert second == other == first
    assert [cell.code for cell in runner.given] == [CLIP_CODE.text]
    verifier.close()
    assert runner.closed


def test_a_slow_cell_does_not_hold_up_its_lesson_and_is_there_the_next_time(cache: RunCache) -> None:
    gate = threading.Event()
    runner = FakeRunner(gate=gate)
    verifier = Verifier(cache, lambda: runner)
    [cell], words = shown(verifier, wait_s=0.05)
    assert (cell.status, cell.reason) == (CellStatus.NOT_RUN, STILL_TO_BE_RUN)
    assert words >= 1
    gate.set()
    [cell], _ = shown(verifier, wait_s=10)
    assert cell.status is CellStatus.VERIFIED
    assert len(runner.given) == 1
    verifier.close()


def test_without_time_nothing_is_started(cache: RunCache) -> None:
    [cell], _ = shown(Verifier(cache, lambda: pytest.fail("nothing is to be run")), wait_s=0)
    assert (cell.status, cell.reason) == (CellStatus.NOT_RUN, STILL_TO_BE_RUN)


def test_closing_stops_the_cell_that_runs(cache: RunCache) -> None:
    runner = FakeRunner(gate=threading.Event())
    verifier = Verifier(cache, lambda: runner)
    future = verifier.begin(CodeCell("while True: pass", "python"))
    verifier.close()
    assert runner.closed
    assert future.result(0).status is CellStatus.NOT_RUN


def test_a_machine_without_a_sandbox_says_so_at_each_cell(cache: RunCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.sandbox.box.shutil.which", lambda _: None)
    verifier = Verifier(cache)
    [cell], _ = shown(verifier, wait_s=30)
    assert cell.status is CellStatus.NOT_RUN
    assert "apt-get install bubblewrap" in cell.reason
    verifier.close()
    assert cache.get(CodeCell(cell.code, cell.language).key) is None


# --- what a result says ---


def failed(name: str, words: str, verdict: Verdict = Verdict.ERROR) -> CellResult:
    error = Output("error", {"ename": name, "evalue": words, "traceback": [], "line": 2})
    return CellResult(verdict, reason="the code raised an error", outputs=(error,))


@pytest.mark.parametrize(
    ("result", "status", "says"),
    [
        (failed("TypeError", "no list"), CellStatus.FAILED, "TypeError: no list (line 2)"),
        (failed("AssertionError", ""), CellStatus.FAILED, "AssertionError (line 2)"),
        (failed("ModuleNotFoundError", "No module named 'jax'"), CellStatus.NOT_RUN, "No module named 'jax'"),
        (failed("URLError", "<urlopen error>"), CellStatus.NOT_RUN, "network"),
        (failed("OSError", "We couldn't connect to 'https://x'"), CellStatus.NOT_RUN, "network"),
        (failed("AssertionError", "Torch not compiled with CUDA enabled"), CellStatus.NOT_RUN, "GPU"),
        (CellResult(Verdict.WALL, reason="it ran longer than 30 s"), CellStatus.FAILED, "longer than 30 s"),
        (CellResult(Verdict.ENDED_EARLY, reason="it left"), CellStatus.FAILED, "it left"),
        (CellResult(Verdict.REFUSED, reason="no box"), CellStatus.NOT_RUN, "no box"),
        (CellResult(Verdict.COMPLETED, stdout="2\n"), CellStatus.VERIFIED, "in the sandbox"),
    ],
)
def test_only_a_completed_run_is_verified(result: CellResult, status: CellStatus, says: str) -> None:
    run = outcome_of(result, "x = 1\nf(x)")
    assert run.status is status
    assert says in run.reason


def test_a_process_cannot_call_itself_verified() -> None:
    forged = Output("display_data", {"data": {"text/plain": "verified: completed"}})
    assert outcome_of(CellResult(Verdict.CRASH, outputs=(forged,)), "1").status is CellStatus.FAILED


@pytest.mark.parametrize(
    ("printed", "code", "status"),
    [
        ("loss nan", "print(loss)", CellStatus.FAILED),
        ("tensor([nan, 1.])", "print(x)", CellStatus.FAILED),
        ("-inf", "print(np.log(0))", CellStatus.FAILED),
        ("-inf", "print(float('-inf'))", CellStatus.VERIFIED),  # the code means it
        ("True", "print(np.isnan(x))", CellStatus.VERIFIED),
        ("information, nano, finance", "print(words)", CellStatus.VERIFIED),
        ("   a    b\n0  1  NaN", "df.head()", CellStatus.VERIFIED),  # how a table shows a missing entry
    ],
)
def test_a_number_that_is_none_is_no_success_unless_the_code_means_it(
    printed: str, code: str, status: CellStatus
) -> None:
    assert outcome_of(CellResult(Verdict.COMPLETED, stdout=printed), code).status is status


def test_text_and_figures_are_kept_within_limits_and_without_control_characters() -> None:
    figure = Output("display_data", {"data": {"image/png": "iVBOR", "text/plain": "<Figure>"}})
    huge = Output("display_data", {"data": {"image/png": "x" * 500_000}})
    value = Output("execute_result", {"data": {"text/plain": "\x1b[1m42"}})
    run = outcome_of(CellResult(Verdict.COMPLETED, stdout="y" * 9_000, outputs=(figure, huge, value)), "1")
    assert [len(text) for text in run.outputs] == [4_002, 5]
    assert run.figures == ("iVBOR",)


# --- whole documents ---


def test_what_was_verified_is_taken_from_the_cache_and_what_failed_is_tried_again(cache: RunCache) -> None:
    chunks = notebook("x = 1", "print(x)")
    bad = CellRun(CellStatus.FAILED, "NameError")

    def verify(runner: FakeRunner, *, again: bool = False) -> list[CellStatus]:
        found = verify_documents([NOTEBOOK], lambda _: chunks, cache, runner, again=again)
        return [cell.run.status for cell in found]

    first, second, third, fourth = FakeRunner(bad), FakeRunner(), FakeRunner(bad), FakeRunner(bad)
    assert verify(first) == [CellStatus.FAILED] * 2
    assert verify(second) == [CellStatus.VERIFIED] * 2
    assert verify(third) == [CellStatus.VERIFIED] * 2
    assert verify(fourth, again=True) == [CellStatus.FAILED] * 2
    assert [len(runner.given) for runner in (first, second, third, fourth)] == [2, 2, 0, 2]


# --- in the sandbox ---


@pytest.fixture(scope="module")
def runner() -> Iterator[SandboxRunner]:
    try:
        Sandbox.open(preload=()).close()
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    opened = SandboxRunner()
    yield opened
    opened.close()


INFONCE_WITHOUT_EXPONENTIAL = """
import torch
import torch.nn.functional as F

torch.manual_seed(0)
image = F.normalize(torch.randn(8, 16), dim=1)
text = F.normalize(torch.randn(8, 16), dim=1)
logits = image @ text.T / 0.07
loss = -torch.log(logits.diag() / torch.exp(logits).sum(dim=1)).mean()
print("loss", loss.item())
"""
RAW_STRINGS = """
import torch
from torch import nn

text_encoder = nn.Sequential(nn.Embedding(100, 16), nn.Flatten(), nn.Linear(16 * 5, 8))
features = text_encoder(["a photo of a dog", "a photo of a cat"])
"""
BERT_FED_WITH_STRINGS = """
import torch
from transformers import BertConfig, BertModel

size = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, vocab_size=30)
encoder = BertModel(BertConfig(**size))
encoder(["a photo of a dog", "a photo of a cat"])
"""


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_text_given_to_bert_as_it_is_fails_at_that_line_and_token_ids_do_not(runner: SandboxRunner) -> None:
    pytest.importorskip("transformers")
    broken = runner.run(CodeCell(BERT_FED_WITH_STRINGS, "python"))
    assert broken.status is CellStatus.FAILED, broken
    assert re.fullmatch(r"AttributeError: 'list' object has no attribute .* \(line 7\)", broken.reason)
    mended = BERT_FED_WITH_STRINGS.replace('["a photo of a dog", "a photo of a cat"]', "torch.tensor([[1, 2, 3]])")
    assert runner.run(CodeCell(mended, "python")).status is CellStatus.VERIFIED


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_broken_training_cells_are_caught_with_their_reasons(runner: SandboxRunner) -> None:
    loss = runner.run(CodeCell(INFONCE_WITHOUT_EXPONENTIAL, "python"))
    assert loss.status is CellStatus.FAILED
    assert loss.reason == "it ran, but shows no finite number: loss nan"
    mended = INFONCE_WITHOUT_EXPONENTIAL.replace("logits.diag()", "torch.exp(logits.diag())")
    assert runner.run(CodeCell(mended, "python")).status is CellStatus.VERIFIED
    strings = runner.run(CodeCell(RAW_STRINGS, "python"))
    assert strings.status is CellStatus.FAILED
    assert re.fullmatch(r"TypeError: embedding\(\).* \(line 6\)", strings.reason)  # its own line, none of the library


@pytest.mark.slow
def test_a_notebooks_cells_run_in_the_order_they_stand_in(runner: SandboxRunner, cache: RunCache) -> None:
    chunks = notebook("x = [1]", "x.append(2)", "print(x)", "print(y)", "import no_such_thing\nz = 1", "print(z)")
    found = list(verify_documents([NOTEBOOK], lambda _: chunks, cache, runner))
    runs = [cell.run for cell in found]
    assert [run.status for run in runs[:3]] == [CellStatus.VERIFIED] * 3
    assert runs[2].outputs == ("[1, 2]",)
    assert runs[3].reason == "NameError: name 'y' is not defined (line 1)"
    assert runs[4].status is CellStatus.NOT_RUN
    assert (runs[5].status, "no_such_thing" in runs[5].reason) == (CellStatus.NOT_RUN, True)


@pytest.mark.slow
def test_a_cell_that_kills_its_session_is_run_once_and_blamed(runner: SandboxRunner) -> None:
    killer = "import os\nx = 1\nos._exit(3)"
    for code in ("print(x)", "print(x + 1)"):
        run = runner.run(CodeCell(code, "python", (killer,)))
        assert run.status is CellStatus.FAILED
        assert "a cell above it, which it builds on, ends the session" in run.reason
    assert runner.run(CodeCell("print(y)", "python", ("y = 5",))).outputs == ("5",)


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.usefixtures("own_folders", "runner")
def test_every_cell_of_the_bundled_course_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    course = Path(__file__).resolve().parents[2] / "courses" / "multimodal-learning"
    assert main(["ingest", str(course), "--json"]) == 0
    ingested = json.loads(capsys.readouterr().out)
    assert not [path for path in ingested["added"] if "problems" in path]
    code = main(["verify", "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    wrong = [(cell["path"], cell["place"], cell["reason"]) for cell in report["cells"] if cell["status"] != "verified"]
    assert (code, wrong) == (0, [])
    on_disk = sum(len(cells_on_disk(lesson)) for lesson in listed_lessons() if lesson.endswith((".md", ".ipynb")))
    assert report["verified"] == on_disk > 30
    assert all(cell["outputs"] for cell in report["cells"])


@pytest.mark.slow
@pytest.mark.usefixtures("own_folders", "runner")
def test_a_course_with_a_broken_cell_is_reported_with_the_place(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = course / "02-embeddings.md"
    lesson.write_text(lesson.read_text().replace("print(a @ b)", "print(a @ c)"))
    main(["ingest", str(course), "--json"])
    capsys.readouterr()
    assert main(["verify"]) == 3
    out = capsys.readouterr().out
    assert "failed: 02-embeddings.md, What an embedding is: NameError: name 'c' is not defined (line 4)" in out
    assert "1 cell: 0 verified, 0 repaired, 1 failed, 0 not run" in out
    assert main(["ingest", str(course), "--json", "--verify"]) == 3
    report, told = capsys.readouterr()
    assert json.loads(report)["unchanged"]
    assert "1 cell: 0 verified, 0 repaired, 1 failed, 0 not run" in told
