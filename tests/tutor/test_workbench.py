"""Cells and solutions go through the workbench: in turn, in their own session, stopped when asked, never lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from tutor import problems
from tutor.judge import Judgement, JudgeVerdict
from tutor.learner import LearnerUnusable
from tutor.live_cells import LiveCell, WorkState
from tutor.sandbox import (
    CellRequest,
    CellResult,
    Device,
    Limits,
    Output,
    QueueFull,
    Quota,
    Sandbox,
    SandboxUnavailable,
    Tier,
    Variable,
    Verdict,
    WrittenFile,
)
from tutor.workbench import CLIP_MEMORY_MB, BenchSettings, Workbench, marked_gpu

DEADLINE_S = 20


@dataclass
class Recorder:
    """Stands for a sandbox: keeps what it is given; `hold` in a cell's code waits for the gate or a stop."""

    device: Device | None = None
    tier: Tier = Tier.A
    ran: list[tuple[str, str, Limits]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def sessions(self) -> SimpleNamespace:
        return SimpleNamespace(end=self.ended.append)

    def session(self, key: str, limits: Limits, owner: str = "") -> SimpleNamespace:
        del limits, owner

        def run(request: CellRequest, on_output=lambda _: None, cancel: threading.Event | None = None) -> CellResult:
            with self.lock:
                self.ran.append((key, request.code, request.limits))
                self.at_once += 1
                self.most_at_once = max(self.at_once, self.most_at_once)
            on_output(Output("stream", {"name": "stdout", "text": "begun\n"}))
            assert cancel is not None
            while "hold" in request.code and not cancel.is_set() and not self.gate.wait(0.01):
                pass
            with self.lock:
                self.at_once -= 1
            if cancel.is_set():
                return CellResult(Verdict.CANCELLED, "stopped")
            if "fail" in request.code:
                return CellResult(Verdict.ERROR, outputs=(Output("error", {"ename": "ValueError"}),))
            return CellResult(Verdict.COMPLETED, files=(WrittenFile("a.txt", b"a"),))

        return SimpleNamespace(run=run, alive=True, variables=lambda: (Variable("x", "int", "1"),))

    def warm(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        self.gate.set()

    @property
    def codes(self) -> list[str]:
        return [code for _, code, _ in self.ran]


class Bench:
    def __init__(self, settings: BenchSettings | None = None, devices: tuple[Device, ...] = ()) -> None:
        self.boxes: dict[Device | None, Recorder] = {}
        self.bench = Workbench(settings, devices, self.open)

    def open(self, device: Device | None) -> Sandbox:
        return self.boxes.setdefault(device, Recorder(device))  # type: ignore[return-value]  # has all that is used

    @property
    def box(self) -> Recorder:
        return self.boxes[None]

    def done(self, code: str, cell: str = "c1", owner: str = "ada", above: tuple[str, ...] = ()) -> LiveCell:
        live = self.bench.run(owner, "n", cell, code, above)
        assert live.wait(DEADLINE_S)
        return live


@pytest.fixture
def made() -> Iterator[Bench]:
    bench = Bench(BenchSettings(slots=2))
    yield bench
    for box in bench.boxes.values():
        box.gate.set()
    bench.bench.close()


def _running(live: LiveCell) -> LiveCell:
    while live.view().state is not WorkState.RUNNING or not live.view().items:
        assert not live.wait(0.01)
    return live


def test_a_run_is_followed_to_its_end_and_found_again(made: Bench) -> None:
    live = made.done("1")
    view = live.view()
    assert (view.state, [item.text for item in view.items]) == (WorkState.DONE, ["begun\n"])
    assert view.result is not None
    assert view.result.completed
    assert made.bench.latest("ada", "n", "c1") is live
    assert made.bench.latest("eve", "n", "c1") is None
    assert [v.name for v in made.bench.variables("ada", "n")] == ["x"]
    assert made.bench.variables("eve", "n") == ()


def test_students_and_conversations_have_sessions_of_their_own(made: Bench) -> None:
    made.done("1", owner="ada")
    made.done("1", owner="eve")
    assert len({key for key, _, _ in made.box.ran}) == 2


def test_a_cell_that_runs_is_not_started_twice_and_stops_when_asked(made: Bench) -> None:
    live = _running(made.bench.run("ada", "n", "c1", "hold"))
    assert made.bench.run("ada", "n", "c1", "hold") is live
    live.stop()
    assert live.wait(DEADLINE_S)
    result = live.view().result
    assert result is not None
    assert result.verdict is Verdict.CANCELLED


def test_the_place_in_the_line_is_told_and_a_waiting_cell_can_be_taken_out(made: Bench) -> None:
    first = _running(made.bench.run("ada", "n", "c1", "hold"))
    second, third = made.bench.run("ada", "n", "c2", "2"), made.bench.run("ada", "n", "c3", "3")
    assert [second.view().before, third.view().before] == [0, 1]
    second.stop()
    assert second.wait(0)
    assert second.view().result == CellResult(Verdict.CANCELLED, "it was taken out of the line")
    made.box.gate.set()
    assert third.wait(DEADLINE_S)
    assert first.wait(DEADLINE_S)
    assert made.box.codes == ["hold", "3"]


def test_what_a_cell_builds_on_is_run_once_a_session_and_said(made: Bench) -> None:
    first = made.done("x + 1", "c1", above=("x = 1", "y = 2"))
    made.done("y", "c2", above=("x = 1", "y = 2"))
    assert made.box.codes == ["x = 1", "y = 2", "x + 1", "y"]
    assert "2 cells above it" in " ".join(first.view().notes)


def test_a_cell_above_that_fails_is_named_and_the_cell_is_still_tried(made: Bench) -> None:
    live = made.done("1", above=("fail", "never reached"))
    assert made.box.codes == ["fail", "1"]
    assert live.view().notes == ("A cell above it, which it builds on, did not run: ValueError",)


def test_a_restart_ends_the_session_and_stops_what_runs(made: Bench) -> None:
    live = _running(made.bench.run("ada", "n", "c1", "hold"))
    made.bench.restart("ada", "n")
    assert live.wait(DEADLINE_S)
    assert made.box.ended == ["ada/n"]
    assert made.bench.variables("eve", "n") == ()


def test_only_the_newest_cells_of_a_conversation_keep_their_files(made: Bench) -> None:
    lives = [made.done(str(number), f"c{number}") for number in range(5)]
    kept = [len(live.view().result.files) for live in lives]  # type: ignore[union-attr]  # all are done
    assert kept == [0, 1, 1, 1, 1]
    assert "run it again" in lives[0].view().notes[-1]


def test_work_with_clip_may_use_more_memory_and_no_cell_less_than_the_setting(made: Bench) -> None:
    made.done("import torch")
    made.done("import open_clip")
    made.done("model", above=("import transformers",))
    assert [limits.memory_mb for _, _, limits in made.box.ran] == [1024] + [CLIP_MEMORY_MB] * 3


def test_a_students_quota_is_said_and_is_their_own() -> None:
    made = Bench(BenchSettings(cells=Quota(per_hour=2)))
    for cell in ("c1", "c2"):
        made.done("1", cell)
    with pytest.raises(QueueFull, match="in an hour"):
        made.bench.run("ada", "n", "c3", "1")
    made.done("1", owner="eve")
    made.bench.close()


def test_a_request_beyond_the_ceiling_is_refused_in_words() -> None:
    made = Bench(BenchSettings(cell=replace(Limits(), wall_s=10_000.0)))
    result = made.done("1").view().result
    assert result is not None
    assert result.verdict is Verdict.REFUSED
    assert "wall_s is 10000.0, the most is 600.0" in result.reason
    made.bench.close()


def test_without_a_sandbox_the_remedy_is_the_result() -> None:
    def none(_: Device | None) -> Sandbox:
        raise SandboxUnavailable("install bubblewrap")

    bench = Workbench(open_sandbox=none)
    bench.warm()
    live = bench.run("ada", "n", "c1", "1")
    assert live.wait(DEADLINE_S)
    assert live.view().result == CellResult(Verdict.REFUSED, "install bubblewrap")
    bench.close()


def test_other_work_with_the_sandbox_waits_its_turn_and_its_errors_are_the_tickets(made: Bench) -> None:
    seen: list[Sandbox] = []
    made.bench.in_sandbox("ada", 5.0, seen.append).result(DEADLINE_S)
    assert len(seen) == 1

    def failing(_: Sandbox) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        made.bench.in_sandbox("ada", 5.0, failing).result(DEADLINE_S)


@pytest.mark.parametrize(
    ("code", "marked"),
    [
        ("# gpu\nx", True),
        ("#| gpu: true\nx", True),
        ("\n# Train it\n# GPU\nx", True),
        ("x = 1  # gpu", False),
        ("# gpus are fast\nx", False),
        ("import torch\n# gpu", False),
    ],
)
def test_a_cell_is_marked_by_a_comment_at_its_beginning(code: str, marked: bool) -> None:
    assert marked_gpu(code) is marked


def test_a_marked_cell_runs_on_the_processor_with_a_note_where_there_is_no_gpu(made: Bench) -> None:
    live = made.done("# gpu\n1")
    assert made.box.codes == ["# gpu\n1"]
    assert live.view().notes == ("There is no GPU here: it ran on the processor.",)


def test_a_device_serves_one_cell_at_a_time_in_a_process_that_ends() -> None:
    made = Bench(devices=(Device(0), Device(3)))
    lives = [made.bench.run(student, "n", "c1", "# gpu\nhold", ("x = 1",)) for student in ("ada", "eve", "joe")]
    _running(lives[0])
    _running(lives[1])
    assert set(made.boxes) == {Device(0), Device(3)}
    assert not lives[2].wait(0.05)
    assert lives[2].view().state is WorkState.WAITING
    for box in made.boxes.values():
        box.gate.set()
    assert all(live.wait(DEADLINE_S) for live in lives)
    assert {box.most_at_once for box in made.boxes.values()} == {1}
    assert sum(len(box.ended) for box in made.boxes.values()) == 3
    walls = {limits.wall_s for box in made.boxes.values() for _, _, limits in box.ran}
    assert walls == {60.0}
    made.bench.close()


def test_the_same_cell_runs_on_both(made: Bench) -> None:
    with_gpu = Bench(devices=(Device(0),))
    code = "# gpu\nimport torch"
    assert made.done(code).view().result == with_gpu.done(code).view().result
    with_gpu.bench.close()


def judge_of(code: str) -> Judgement:
    verdict = JudgeVerdict.PASSED if "right" in code else JudgeVerdict.WRONG_ANSWER
    return Judgement("info-nce", verdict, (), Tier.A)


@pytest.mark.parametrize(
    ("code", "only_visible", "heard"),
    [("right", False, [("ada", "info-nce", "right")]), ("right", True, []), ("wrong", False, [])],
)
def test_what_passes_all_cases_is_told_without_a_page_that_looks(monkeypatch, code, only_visible, heard) -> None:
    monkeypatch.setattr("tutor.workbench.judge", lambda problem, code, *_, **__: judge_of(code))
    told: list[tuple[str, str, str]] = []
    bench = Bench(BenchSettings(passed=lambda owner, problem, code: told.append((owner, problem.name, code)))).bench
    judged = bench.submit("ada", problems.find("info-nce"), code, only_visible=only_visible)
    assert judged.wait(DEADLINE_S)
    assert told == heard
    bench.close()


def test_a_pass_that_could_not_be_kept_is_not_shown_as_one(monkeypatch) -> None:
    monkeypatch.setattr("tutor.workbench.judge", lambda problem, code, *_, **__: judge_of(code))

    def full(*_: object) -> None:
        raise LearnerUnusable("the disk is full")

    bench = Bench(BenchSettings(passed=full)).bench
    judged = bench.submit("ada", problems.find("info-nce"), "right", only_visible=False)
    assert judged.wait(DEADLINE_S)
    assert (judged.view().judgement, judged.view().trouble) == (None, "the disk is full")
    bench.close()


@pytest.mark.slow
def test_cells_and_solutions_run_in_the_true_sandbox() -> None:
    bench = Workbench()
    try:
        first = bench.run("ada", "n", "c1", "x = 20\nopen('x.txt', 'w').write('hello')\nx")
        assert first.wait(60)
        result = first.view().result
        if result is not None and result.verdict is Verdict.REFUSED:
            pytest.skip(result.reason)
        assert [item.text for item in first.view().items] == ["20"]
        second = bench.run("ada", "n", "c2", "x + 1")
        assert second.wait(DEADLINE_S)
        assert [item.text for item in second.view().items] == ["21"]
        files = [[file.path for file in live.view().result.files] for live in (first, second)]  # type: ignore[union-attr]
        assert files == [["x.txt"], []]
        bench.restart("ada", "n")
        again = bench.run("ada", "n", "c2", "x + 1")
        assert again.wait(DEADLINE_S)
        assert "NameError" in again.view().items[-1].text
        problem = problems.find("info-nce")
        judged = bench.submit("ada", problem, problem.reference, only_visible=True)
        assert judged.wait(60)
        view = judged.view()
        assert view.judgement is not None
        assert view.judgement.verdict is JudgeVerdict.PASSED
        assert all(case.visible for case in view.cases)
        endless = bench.submit("ada", problem, "while True: pass", only_visible=False)
        endless.stop()
        assert endless.wait(DEADLINE_S)
    finally:
        bench.close()
