"""Sessions keep variables between cells, survive a stop, and end when they should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.sandbox.conftest import SHORT
from tutor.sandbox import CellRequest, Limits, Sandbox, Session, Verdict
from tutor.sandbox import session as session_module

pytestmark = pytest.mark.slow


@pytest.fixture
def session(bare: Sandbox, request: pytest.FixtureRequest) -> Iterator[Session]:
    made = bare.session(request.node.name, SHORT)
    yield made
    made.close()


def _value(session: Session, code: str) -> str:
    return str(session.run(CellRequest(code, SHORT)).outputs[-1].content["data"]["text/plain"])


def test_variables_stay_from_cell_to_cell_and_are_listed(session: Session) -> None:
    session.run(CellRequest("import math\nx = [1, 2]\ndef f(v): return v + 1", SHORT))
    assert _value(session, "f(x[1])") == "3"
    assert {(v.name, v.kind, v.shown) for v in session.variables() if v.name == "x"} == {("x", "list", "[1, 2]")}
    assert "math" not in {v.name for v in session.variables()}


def test_an_error_keeps_the_variables(session: Session) -> None:
    session.run(CellRequest("y = 5\n1/0", SHORT))
    assert _value(session, "y") == "5"


def test_errors_name_lines_of_the_cell_that_defined_the_function(session: Session) -> None:
    session.run(CellRequest("def f():\n    return 1/0", SHORT))
    text = "".join(session.run(CellRequest("f()", SHORT)).outputs[-1].content["traceback"])
    assert 'File "cell 2", line 1' in text
    assert 'File "cell 1", line 2' in text


def test_a_cell_that_runs_too_long_is_interrupted_and_the_variables_stay(session: Session) -> None:
    session.run(CellRequest("z = 7", SHORT))
    result = session.run(CellRequest("while True: pass", Limits(wall_s=0.3)))
    assert (result.verdict, result.notes) == (Verdict.WALL, ())
    assert _value(session, "z") == "7"


def test_a_cell_that_does_not_heed_the_interrupt_is_killed_and_that_is_said(session: Session) -> None:
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    result = session.run(CellRequest(code, Limits(wall_s=0.3)))
    assert result.verdict is Verdict.WALL
    assert "variables were lost" in result.notes
    assert _value(session, "1 + 1") == "2"


def test_a_cell_that_may_use_more_memory_raises_it_for_its_session(session: Session) -> None:
    hungry = "x = b'1' * (300 << 20)\nlen(x)"
    assert session.run(CellRequest(hungry, SHORT)).verdict is Verdict.MEMORY
    roomy = replace(SHORT, memory_mb=600)
    result = session.run(CellRequest(hungry, roomy))
    assert result.completed, result
    assert session.run(CellRequest("y = b'1' * (150 << 20)", SHORT)).completed


def test_each_cell_hands_over_the_files_it_wrote_and_no_others(session: Session) -> None:
    def files(code: str) -> list[str]:
        result = session.run(CellRequest(code, SHORT, keep_files=True))
        return [file.path for file in result.files]

    assert files("open('a', 'w').write('1'); open('b', 'w').write('2')") == ["a", "b"]
    assert files("1") == []
    assert files("open('b', 'w').write('33')") == ["b"]


def test_progress_without_a_newline_is_heard_at_once(session: Session) -> None:
    cancel = threading.Event()
    code = "import time\nprint('.', end='')\ntime.sleep(60)"
    assert session.run(CellRequest(code, SHORT), on_output=lambda _: cancel.set(), cancel=cancel).stdout == "."


def test_an_ended_session_starts_afresh(bare: Sandbox) -> None:
    key = "ended"
    bare.session(key, SHORT).run(CellRequest("a = 1", SHORT))
    bare.sessions.end(key)
    assert bare.session(key, SHORT).run(CellRequest("a", SHORT)).verdict is Verdict.ERROR
    bare.sessions.end(key)


def test_a_sandbox_rests_only_while_no_session_lives_and_wakes_again() -> None:
    with Sandbox.open(preload=()) as sandbox:
        session = sandbox.session("one", SHORT)
        session.run(CellRequest("1", SHORT))
        assert not sandbox.rest()
        sandbox.sessions.end("one")
        assert sandbox.rest()
        assert not sandbox.zygote_alive
        assert sandbox.run(CellRequest("1", SHORT)).completed


def test_only_so_many_sessions_live_however_many_students_there_are(
    bare: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "MOST_IN_ALL", 2)
    for number in range(4):
        bare.session(f"many-{number}", SHORT, owner=f"student {number}")
    assert bare.sessions.keys() == ["many-2", "many-3"]


def test_a_stopped_cell_is_cancelled_and_the_session_goes_on(session: Session) -> None:
    cancel = threading.Event()
    request = CellRequest("import time\nprint('go')\ntime.sleep(60)", SHORT)
    result = session.run(request, on_output=lambda _: cancel.set(), cancel=cancel)
    assert result.verdict is Verdict.CANCELLED
    assert session.alive


def test_a_restart_forgets_everything(session: Session) -> None:
    session.run(CellRequest("a = 1", SHORT))
    session.restart()
    assert session.run(CellRequest("a", SHORT)).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    "code", ["import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)", "x = bytearray(1 << 40)"]
)
def test_a_cell_that_ends_its_process_is_no_success_and_the_next_cell_works(session: Session, code: str) -> None:
    assert not session.run(CellRequest(code, SHORT)).completed
    assert _value(session, "2") == "2"


def test_sessions_do_not_share_variables(bare: Sandbox, session: Session) -> None:
    other = bare.session("another", SHORT)
    other.run(CellRequest("secret = 1", SHORT))
    assert session.run(CellRequest("secret", SHORT)).verdict is Verdict.ERROR
    other.close()


def test_a_students_oldest_idle_session_makes_room(bare: Sandbox) -> None:
    sessions = [bare.session(f"room-{n}", SHORT, owner="ada") for n in range(3)]
    for made in sessions:
        made.run(CellRequest("1", SHORT))
    newest = bare.session("room-3", SHORT, owner="ada")
    assert [made.alive for made in sessions] == [False, True, True]
    for made in [*sessions, newest]:
        made.close()


def test_an_idle_session_is_ended_by_the_watch(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.run(CellRequest("1", SHORT))
    monkeypatch.setattr(session_module, "IDLE_S", -1.0)
    session.watch()
    assert not session.alive


def test_a_variable_whose_repr_hangs_does_not_hang_the_list(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_LIST_LIMITS", Limits(wall_s=0.3))
    session.run(CellRequest("class Slow:\n    def __repr__(self):\n        while True: pass\ns = Slow()", SHORT))
    assert session.variables() == ()
