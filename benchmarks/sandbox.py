"""Figures of the sandbox, as ratios within one run: `python benchmarks/sandbox.py [--cells N]`.

Measures a cold start (a Python that imports what the zygote holds, in a box of its own) against the first output of a
cell in a warm zygote; throughput and failures of cells at once; memory of idle sessions; what many cells in a row
leave behind; and what one judged submission costs.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tutor import problems
from tutor.judge import judge
from tutor.sandbox import PREFERRED_LIBRARIES, CellRequest, Limits, Sandbox, usage

ROOMY = Limits(wall_s=120.0, memory_mb=2048)
_TRAIN = "import torch\nm = torch.nn.Conv2d(3, 8, 3)\nm(torch.randn(4, 3, 32, 32)).sum().backward()\nprint(1)"
_PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cells", type=int, default=200, help="how many cells in a row to look for leftovers after")
    count = parser.parse_args().cells
    python, load = platform.python_version(), os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {python}, load {load:.1f}")
    with Sandbox.open(preload=()) as bare:
        names = [name for name in PREFERRED_LIBRARIES if name not in ("torchvision", "open_clip")]
        cold = _request_to_output(bare, "\n".join(f"import {name}" for name in names) + "\nprint(1)")
    with Sandbox.open(preload=names) as sandbox:
        began = time.perf_counter()
        sandbox.warm()
        print(f"tier {sandbox.tier}; zygote with {', '.join(names)}: {time.perf_counter() - began:.1f} s")
        warm = statistics.median(_request_to_output(sandbox, "print(1)") for _ in range(20))
        print(f"first output: cold {cold * 1e3:.0f} ms, warm {warm * 1e3:.1f} ms: 1/{cold / warm:.0f}")
        _whole_cells(sandbox)
        _at_once(sandbox)
        _idle_sessions(sandbox)
        _leftovers(sandbox, count)
        _judging(sandbox)


def _request_to_output(sandbox: Sandbox, code: str) -> float:
    """Seconds from the request to the first byte of output."""
    heard: list[float] = []
    began = time.perf_counter()
    result = sandbox.run(CellRequest(code, ROOMY), on_output=lambda _: heard.append(time.perf_counter()))
    assert result.completed, result
    return heard[0] - began


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _whole_cells(sandbox: Sandbox) -> None:
    for name, code in (("print", "print(1)"), ("convolution and backward", _TRAIN), ("plot as PNG", _PLOT)):
        seconds = [_timed(lambda code=code: sandbox.run(CellRequest(code, ROOMY))) for _ in range(7)]
        print(f"whole cell, {name}: {statistics.median(seconds) * 1e3:.0f} ms")


def _at_once(sandbox: Sandbox) -> None:
    for threads in (1, 4, 16):
        with ThreadPoolExecutor(threads) as pool:
            began = time.perf_counter()
            requests = [CellRequest("import torch\nprint(torch.ones(100, 100).sum())", ROOMY)] * 32
            results = list(pool.map(sandbox.run, requests))
            seconds = time.perf_counter() - began
        failed = sum(not result.completed for result in results)
        print(f"{threads} at once: {len(results) / seconds:.1f} cells/s, {failed} failed")


def _idle_sessions(sandbox: Sandbox) -> None:
    sessions = [sandbox.session(f"idle-{n}", ROOMY, owner=str(n)) for n in range(16)]
    before = set(_namespaces())
    for session in sessions:
        assert session.run(CellRequest("import numpy as np\nx = np.zeros(1000)", ROOMY)).completed
    own = [name for name in _namespaces() if name not in before]
    memory = [usage.read(name).memory_bytes / 2**20 for name in own]
    print(f"{len(own)} idle sessions: {statistics.median(memory):.1f} MiB proportional set size each")
    for session in sessions:
        session.close()


def _namespaces() -> list[int]:
    return list(usage._processes_by_namespace())


def _leftovers(sandbox: Sandbox, count: int) -> None:
    sandbox.run(CellRequest("1"))
    before = _belongings()
    seconds = _timed(lambda: [sandbox.run(CellRequest("1")) for _ in range(count)])
    time.sleep(0.5)
    print(
        f"{count} cells in a row: {seconds / count * 1e3:.0f} ms each; left behind (descriptors, processes, mounts, "
        f"groups, threads): {[b - a for a, b in zip(before, _belongings(), strict=True)]}"
    )


def _belongings() -> list[int]:
    groups = Path("/sys/fs/cgroup").glob(f"**/erica-{os.getpid()}-*/cell-*")
    processes = sum(entry.isdigit() and _is_ours(entry) for entry in os.listdir("/proc"))
    mounts = Path("/proc/self/mounts").read_text().count("\n")
    return [len(os.listdir("/proc/self/fd")), processes, mounts, len(list(groups)), threading.active_count()]


def _is_ours(pid: str) -> bool:
    try:
        return b"guest.zygote" in Path("/proc", pid, "cmdline").read_bytes()
    except OSError:
        return False


def _judging(sandbox: Sandbox) -> None:
    for name in problems.names():
        problem = problems.find(name)
        seconds = _timed(lambda problem=problem: judge(problem, problem.reference, sandbox))
        print(f"judging {name}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
