"""The judge in its boxes: bundled references pass, starters and named faults fail, cheats get nowhere.

All faults of all problems are tried in tests/problems/test_faults.py; here some go through the boxes.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import pytest

from tutor import problems
from tutor.judge import Judgement, JudgeVerdict, Watch, judge
from tutor.problems import Problem
from tutor.sandbox import Sandbox, SandboxUnavailable

pytestmark = pytest.mark.slow
NAMES = problems.names()
BOXED = ("bilinear-flow-warp", "clip-loss", "mean-iou")  # whose faults are judged here: arrays, tensors, numbers


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    try:
        opened = Sandbox.open(preload=("numpy", "torch"))
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    with opened:
        yield opened


def _judged(sandbox: Sandbox, code: str, name: str = "bilinear-flow-warp") -> Judgement:
    return judge(problems.find(name), code, sandbox)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_every_case(sandbox: Sandbox, name: str) -> None:
    judgement = judge(problems.find(name), problems.find(name).reference, sandbox)
    assert (judgement.verdict, judgement.passed) == (JudgeVerdict.PASSED, len(judgement.cases)), judgement
    assert len(judgement.cases) >= 8


@pytest.mark.parametrize("name", BOXED)
def test_the_starter_does_not_pass(sandbox: Sandbox, name: str) -> None:
    assert judge(problems.find(name), problems.find(name).starter, sandbox).verdict is JudgeVerdict.RUNTIME_ERROR


def _mutants() -> list[tuple[Problem, int]]:
    return [(problem, n) for problem in map(problems.find, BOXED) for n in range(0, len(problem.mutants), 3)]


@pytest.mark.parametrize("chosen", _mutants(), ids=lambda c: f"{c[0].name}-{c[0].mutants[c[1]].name}")
def test_every_named_fault_fails(sandbox: Sandbox, chosen: tuple[Problem, int]) -> None:
    problem, number = chosen
    judgement = judge(problem, problem.mutants[number].of(problem.reference), sandbox)
    assert judgement.verdict is JudgeVerdict.WRONG_ANSWER, judgement


CHEATS = {
    "leaving": ("import os\nos._exit(0)", JudgeVerdict.FORBIDDEN),
    "leaving in the call": ("import os\ndef warp(i, f): os._exit(0)", JudgeVerdict.FORBIDDEN),
    "exit in the call": ("def warp(i, f): raise SystemExit", JudgeVerdict.RUNTIME_ERROR),
    "a result that equals everything": (
        "class A:\n    def __eq__(self, o): return True\n    def __le__(self, o): return True\n"
        "def warp(i, f): return A()",
        JudgeVerdict.RUNTIME_ERROR,
    ),
    "an array that compares as it likes": (
        "import numpy as np\nclass A(np.ndarray):\n    def __sub__(self, o): return self * 0\n"
        "def warp(i, f): return i.view(A)",
        JudgeVerdict.RUNTIME_ERROR,
    ),
    "not a number": ("import numpy as np\ndef warp(i, f): return i * np.nan", JudgeVerdict.WRONG_ANSWER),
    "infinity": ("import numpy as np\ndef warp(i, f): return i + np.inf", JudgeVerdict.WRONG_ANSWER),
    "a list for an array": ("def warp(i, f): return i.tolist()", JudgeVerdict.WRONG_ANSWER),
    "nothing": ("def warp(i, f): return None", JudgeVerdict.WRONG_ANSWER),
    "patching what compares": (
        "import numpy as np\nnp.abs = np.isnan = lambda *a: 0\nnp.ndarray.__eq__ if 0 else None\n"
        "def warp(i, f): return i",
        JudgeVerdict.WRONG_ANSWER,
    ),
    "looking for the tests": (
        "import glob, os, sys\ndef warp(i, f):\n"
        "    found = [p for root in sys.path for p in glob.glob(root + '/**/cases.py', recursive=True)"
        " if 'erica' in p or 'tutor' in p]\n    return i if not found else 1 / 0",
        JudgeVerdict.WRONG_ANSWER,
    ),
    "a forged verdict": (
        'import os\nos.write(3, b\'{"type":"reply","id":"1","value":1,"args":[]}\\n\')\ndef warp(i, f): return i',
        JudgeVerdict.FORBIDDEN,
    ),
    "a loop": ("def warp(i, f):\n    while True: pass", JudgeVerdict.TIME),
    "an endless load": ("while True: print('x' * 10000)", JudgeVerdict.OUTPUT),
    "an integer too long to write": (
        "import sys\nsys.modules['guest.calls'].encode = lambda value, depth=0: "
        "{'kind': 'big_int', 'hex': '0x' + 'f' * 3900}\ndef warp(i, f): return 0",
        JudgeVerdict.WRONG_ANSWER,
    ),
    "a shape that overflows": (
        "import sys\nsys.modules['guest.calls'].encode = lambda value, depth=0: "
        "{'kind': 'array', 'dtype': 'float32', 'shape': [10**300, 0], 'base64': ''}\ndef warp(i, f): return 0",
        JudgeVerdict.FORBIDDEN,
    ),
    "an error of the wrong form": (
        "import sys\nsys.modules['guest.calls'].answer = lambda module, order: {'type': 'reply', 'error': 5}\n"
        "def warp(i, f): return i",
        JudgeVerdict.RUNTIME_ERROR,
    ),
    "walking the stack and the collector": (
        "import gc, sys\ndef warp(i, f):\n    frame = sys._getframe()\n    while frame:\n"
        "        for name, value in dict(frame.f_locals).items():\n"
        "            if 'want' in name or 'expect' in name: return value\n        frame = frame.f_back\n"
        "    for found in gc.get_objects():\n"
        "        if isinstance(found, dict) and ('expect' in found or 'want' in found): return found\n    return i * 0",
        JudgeVerdict.WRONG_ANSWER,
    ),
    "answers from a thread before the question": (
        "import os, threading, time\ndef talk():\n    while True:\n"
        '        os.write(3, b\'{"type":"reply","id":"0","value":1.0,"args":[]}\\n\'); time.sleep(0.01)\n'
        "threading.Thread(target=talk, daemon=True).start()\ntime.sleep(0.1)\ndef warp(i, f): return i",
        JudgeVerdict.FORBIDDEN,
    ),
    "a float that equals everything": (
        "class F(float):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0.0\n"
        "    __rsub__ = __sub__\ndef warp(i, f): return F(1)",
        JudgeVerdict.RUNTIME_ERROR,
    ),
    "a generator": ("def warp(i, f): yield i", JudgeVerdict.RUNTIME_ERROR),
    "a list in itself": ("def warp(i, f):\n    x = []\n    x.append(x)\n    return x", JudgeVerdict.RUNTIME_ERROR),
    "no function": ("def other(): pass", JudgeVerdict.RUNTIME_ERROR),
    "no Python": ("def warp(", JudgeVerdict.RUNTIME_ERROR),
}


@pytest.mark.parametrize("name", CHEATS)
def test_no_cheat_passes_a_single_case(sandbox: Sandbox, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, verdict = CHEATS[name]
    problem = problems.find("bilinear-flow-warp")
    if verdict is JudgeVerdict.TIME:
        object.__setattr__(problem.rules, "wall_s", 1.0)
    judgement = judge(problem, code, sandbox)
    assert judgement.verdict is verdict, judgement
    assert all(case.verdict is not JudgeVerdict.PASSED for case in judgement.cases if case.name != "no flow at all")


def test_a_solution_that_is_too_slow_fails_only_for_time(sandbox: Sandbox) -> None:
    problem = problems.find("bilinear-flow-warp")
    slow = problem.reference.replace(
        "    height,", "    import time; time.sleep(4 * (len(image) > 200))\n    height,", 1
    )
    judgement = judge(problem, slow, sandbox)
    assert [c.verdict for c in judgement.cases if c.verdict is not JudgeVerdict.PASSED] == [JudgeVerdict.TIME]


def test_state_does_not_reach_from_case_to_case(sandbox: Sandbox) -> None:
    code = "import numpy\nn = 0\ndef warp(i, f):\n    global n\n    n += 1\n    return i if n == 1 else None"
    reasons = {case.reason for case in _judged(sandbox, code).cases}
    assert not any("None" in reason for reason in reasons)


def test_a_hidden_case_shows_neither_values_nor_what_an_error_says(sandbox: Sandbox) -> None:
    code = "def warp(i, f): raise ValueError('the input was ' + repr(f.ravel()[:2].tolist()))"
    judgement = _judged(sandbox, code)
    hidden = [case for case in judgement.cases if not case.visible]
    assert hidden
    assert all("the input was" not in case.reason and not case.expected for case in hidden)
    assert "the input was" in judgement.cases[0].reason


def test_every_failure_has_a_reason_even_where_the_error_says_nothing(sandbox: Sandbox) -> None:
    for code in ("def warp(i, f): raise SystemExit", "raise KeyboardInterrupt", "def warp(i, f): assert False"):
        judgement = _judged(sandbox, code)
        assert all(case.reason for case in judgement.cases if case.verdict is not JudgeVerdict.PASSED), judgement
        assert judgement.reason


def test_the_examples_alone_are_tried_and_each_is_heard_as_it_is_done(sandbox: Sandbox) -> None:
    heard: list[str] = []
    problem = problems.find("bilinear-flow-warp")
    watch = Watch(lambda case: heard.append(case.name))
    judgement = judge(problem, problem.reference, sandbox, only_visible=True, watch=watch)
    assert judgement.verdict is JudgeVerdict.PASSED
    assert all(case.visible for case in judgement.cases)
    assert heard == [case.name for case in judgement.cases]


def test_a_stopped_judgement_ends_within_a_moment_wherever_it_was(sandbox: Sandbox) -> None:
    problem = problems.find("bilinear-flow-warp")
    cancel = threading.Event()
    timer = threading.Timer(0.5, cancel.set)
    timer.start()
    began = time.monotonic()
    judgement = judge(problem, "while True: pass", sandbox, watch=Watch(cancel=cancel))
    assert time.monotonic() - began < 10
    assert {case.verdict for case in judgement.cases} <= {JudgeVerdict.NOT_RUN}
    assert judgement.verdict is JudgeVerdict.NOT_RUN


def test_the_same_submission_meets_the_same_cases(sandbox: Sandbox) -> None:
    code = "def warp(i, f): return i"
    first, second = (json.dumps({**_judged(sandbox, code).as_json(), "cases": None}) for _ in range(2))
    assert first == second


def test_flow_warp_agrees_with_grid_sample() -> None:
    import numpy as np
    import torch
    import torch.nn.functional as F

    space: dict[str, object] = {}
    exec(problems.find("bilinear-flow-warp").reference, space)  # ours, bundled
    random = np.random.default_rng(0)
    image = random.random((19, 31, 3), dtype=np.float32)
    flow = random.uniform(-6, 6, (19, 31, 2)).astype(np.float32)
    y, x = torch.meshgrid(torch.arange(19), torch.arange(31), indexing="ij")
    where_x = (2 * (x + torch.from_numpy(flow[..., 0])) + 1) / 31 - 1
    where_y = (2 * (y + torch.from_numpy(flow[..., 1])) + 1) / 19 - 1
    grid = torch.stack([where_x, where_y], dim=-1)[None]
    source = torch.from_numpy(image).permute(2, 0, 1)[None]
    oracle = F.grid_sample(source, grid, padding_mode="border", align_corners=False)[0].permute(1, 2, 0).numpy()
    warp = space["warp"]
    assert callable(warp)
    assert np.abs(warp(image, flow) - oracle).max() < 1e-5


def test_clip_loss_agrees_with_open_clip(sandbox: Sandbox) -> None:
    import torch

    from knowledge.embedders.torchvision_guard import import_torchvision

    import_torchvision()
    loss = pytest.importorskip("open_clip.loss").ClipLoss()
    space: dict[str, object] = {}
    exec(problems.find("clip-loss").reference, space)  # ours, bundled
    image, text = torch.randn(2, 12, 8).unbind(0)
    unit = torch.nn.functional.normalize
    clip_loss = space["clip_loss"]
    assert callable(clip_loss)
    ours = clip_loss(image, text, 1 / 0.07)[2]
    assert torch.allclose(ours, loss(unit(image, dim=1), unit(text, dim=1), 1 / 0.07), atol=1e-5)
