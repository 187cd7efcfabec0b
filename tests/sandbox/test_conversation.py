"""Calls into a submission: typed values across, and every way of cheating that ends the conversation."""

from __future__ import annotations

import numpy as np
import pytest

from tests.sandbox.conftest import SHORT
from tutor.sandbox import Answer, Sandbox, Verdict

pytestmark = pytest.mark.slow


def _asked(sandbox: Sandbox, code: str, *args: object, wall_s: float = 3.0) -> Answer:
    with sandbox.converse(code, SHORT) as talk:
        return talk.call("f", args, wall_s=wall_s)


def test_a_call_is_answered_with_values_of_the_same_types(bare: Sandbox) -> None:
    answer = _asked(bare, "def f(*a): return a", 1, True, 1.5, "x", None, [1], (2,), {"k": 3}, float("inf"))
    assert answer.verdict is Verdict.COMPLETED
    assert answer.value == (1, True, 1.5, "x", None, [1], (2,), {"k": 3}, float("inf"))
    assert [type(v) for v in answer.value][:3] == [int, bool, float]


def test_arrays_keep_shape_and_type(bare: Sandbox) -> None:
    answer = _asked(bare, "import numpy\ndef f(a): return a * 2", np.arange(6, dtype=np.float32).reshape(2, 3))
    assert (answer.value.dtype, answer.value.shape) == (np.float32, (2, 3))
    assert answer.value[1, 2] == 10


def test_state_is_kept_within_a_conversation_and_not_beyond(bare: Sandbox) -> None:
    code = "n = 0\ndef f():\n    global n\n    n += 1\n    return n"
    with bare.converse(code, SHORT) as talk:
        assert [talk.call("f", []).value for _ in range(2)] == [1, 2]
    assert _asked(bare, code).value == 1


def test_an_error_is_an_answer_and_the_next_call_works(bare: Sandbox) -> None:
    with bare.converse("def f(x): return 1 / x", SHORT) as talk:
        failed = talk.call("f", [0])
        assert failed.verdict is Verdict.ERROR
        assert failed.error is not None
        assert (failed.error["ename"], failed.error["line"]) == ("ZeroDivisionError", 1)
        assert talk.call("f", [2]).value == 0.5


def test_a_missing_function_is_named(bare: Sandbox) -> None:
    answer = _asked(bare, "def g(): pass")
    assert answer.error is not None
    assert "'f'" in answer.error["evalue"]


def test_a_submission_that_fails_to_load_says_so(bare: Sandbox) -> None:
    with bare.converse("1/0", SHORT) as talk:
        assert talk.began.verdict is Verdict.ERROR
        assert talk.call("f", []).verdict is Verdict.ENDED_EARLY


_SPEAK = "import os\ndef say(text): os.write(3, text.encode() + b'\\n')\n"
CHEATS = {
    "exit": "def f(x):\n    raise SystemExit(0)",
    "os exit": "import os\ndef f(x): os._exit(0)",
    "exit while loading": "import os\nos._exit(0)\ndef f(x): return x",
    "answering ahead": _SPEAK + 'say(\'{"type":"reply","id":"0","value":1}\')\ndef f(x): return x',
    "answering ahead from a thread": _SPEAK
    + "import threading, time\ndef later():\n    while True:\n        time.sleep(0.01)\n"
    '        say(\'{"type":"reply","id":"0","value":1}\')\n'
    "threading.Thread(target=later, daemon=True).start()\ntime.sleep(0.2)\ndef f(x): return x",
    "a wrong nonce": _SPEAK + 'def f(x):\n    say(\'{"type":"reply","id":"1","value":1}\')\n    os._exit(0)',
    "not a number": _SPEAK + 'def f(x):\n    say(\'{"type":"reply","id":"1","value":NaN}\')\n    os._exit(0)',
    "closing the channel": "import os, time\ndef f(x):\n    os.close(3)\n    time.sleep(60)",
    "never answering": "import time\ndef f(x): time.sleep(60)",
    "a flood": "def f(x):\n    while True: print('x' * 10000)",
    "an enormous answer": "def f(x): return 'x' * (30 << 20)",
    "a crash": "import ctypes\ndef f(x): ctypes.string_at(0)",
    "an object with its own comparison": "class A:\n    def __eq__(self, o): return True\ndef f(x): return A()",
    "a list of another kind": "class L(list):\n    def __eq__(self, o): return True\ndef f(x): return L([1])",
    "an int of another kind": "class I(int): pass\ndef f(x): return I(1)",
    "a value that contains itself": "def f(x):\n    a = []\n    a.append(a)\n    return a",
    "killing the first process": "import os\ndef f(x):\n    os.kill(os.getppid(), 9)\n    os._exit(0)",
}


@pytest.mark.parametrize("name", CHEATS)
def test_no_cheat_gives_a_value(bare: Sandbox, name: str) -> None:
    answer = _asked(bare, CHEATS[name], 1, wall_s=1.0)
    assert answer.verdict is not Verdict.COMPLETED, answer
    assert answer.value is None
