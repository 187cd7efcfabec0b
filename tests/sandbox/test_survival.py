"""Nothing is left behind, whoever is killed; and the next cell works."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.conftest import SHORT, run
from tutor.sandbox import CellRequest, Limits, Sandbox, Verdict

pytestmark = pytest.mark.slow
_ROOT = Path(__file__).resolve().parents[2]


def _descendants(pid: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(entry)] = int(Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while grown := {p for p, parent in parents.items() if parent in found} - found:
        found |= grown
    return found - {pid}


def _groups() -> set[str]:
    return {str(p) for p in Path("/sys/fs/cgroup").glob(f"**/erica-{os.getpid()}-*/cell-*")}


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _belongings() -> tuple[int, int, int]:
    return len(os.listdir("/proc/self/fd")), len(_descendants(os.getpid())), len(_groups())


def test_many_cells_of_every_end_leave_nothing_behind(bare: Sandbox) -> None:
    run(bare, "1")
    before = _belongings()
    mounts = Path("/proc/self/mounts").read_text().count("\n")
    daemon = "import os\nif os.fork() == 0:\n  os.setsid()\n  import time; time.sleep(60)"
    ends = ["1", "1/0", "import os; os._exit(3)", "import os; os.abort()", daemon]
    for number in range(200):
        run(bare, ends[number % len(ends)])
    assert _within(5.0, lambda: _belongings() == before), (before, _belongings())
    assert Path("/proc/self/mounts").read_text().count("\n") == mounts


def test_a_killed_zygote_gives_no_wrong_verdict_and_the_next_cell_works() -> None:
    before = _descendants(os.getpid())
    with Sandbox.open(preload=()) as sandbox:
        sandbox.warm()
        own = _descendants(os.getpid()) - before
        started = threading.Event()

        def kill_when_started() -> None:
            started.wait(10)
            for pid in own:  # bubblewrap and the zygote
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_when_started)
        killer.start()
        request = CellRequest("import time\nprint('go')\ntime.sleep(30)", Limits(wall_s=20))
        result = sandbox.run(request, on_output=lambda _: started.set())
        killer.join()
        assert result.verdict is Verdict.CANCELLED, result
        assert run(sandbox, "1 + 1").completed


def test_a_session_killed_from_outside_says_so_and_starts_afresh(bare: Sandbox) -> None:
    session = bare.session("killed", SHORT)
    before = _descendants(os.getpid())
    session.run(CellRequest("x = 1", SHORT))
    own = _descendants(os.getpid()) - before

    def kill(_output: object) -> None:
        for pid in own:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    result = session.run(CellRequest("import time\nprint('go')\ntime.sleep(30)", SHORT), on_output=kill)
    assert result.verdict is Verdict.CRASH
    assert session.run(CellRequest("1", SHORT)).completed
    session.close()


_HOST = """
import sys
from tutor.sandbox import CellRequest, Limits, Sandbox
with Sandbox.open(preload=()) as sandbox:
    request = CellRequest("import time; print('running'); time.sleep(100)", Limits(wall_s=90))
    sandbox.run(request, on_output=lambda o: print(o.content["text"], flush=True))
"""


def test_a_killed_host_takes_every_process_with_it_and_its_groups_are_swept() -> None:
    host = subprocess.Popen([sys.executable, "-c", _HOST], cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    assert host.stdout.readline() == "running\n"
    processes = _descendants(host.pid)
    assert len(processes) >= 3
    host.kill()
    host.wait()
    host.stdout.close()
    assert _within(5.0, lambda: not any(Path(f"/proc/{pid}").exists() for pid in processes))
    with Sandbox.open(preload=()):
        assert list(Path("/sys/fs/cgroup").glob(f"**/erica-{host.pid}-*")) == []


def test_a_sandbox_opened_in_a_thread_outlives_the_thread() -> None:
    opened: list[Sandbox] = []

    def open_it() -> None:
        sandbox = Sandbox.open(preload=())
        sandbox.warm()
        opened.append(sandbox)

    thread = threading.Thread(target=open_it)
    thread.start()
    thread.join()
    with opened[0] as sandbox:
        time.sleep(0.1)  # the parent-death signal would have come at once
        assert sandbox.zygote_alive


def test_a_closed_sandbox_refuses() -> None:
    sandbox = Sandbox.open(preload=())
    sandbox.close()
    assert run(sandbox, "1").verdict is Verdict.REFUSED
