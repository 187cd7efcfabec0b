"""Cells on two nodes of a local cluster, with a token; and what crosses, which needs no cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.sandbox import CellRequest, CellResult, Limits, Output, SandboxUnavailable, Tier, Verdict, WrittenFile
from tutor.sandbox.nodes import (
    Nodes,
    request_from_json,
    request_to_json,
    result_from_json,
    result_to_json,
)

_ROOT = Path(__file__).resolve().parents[2]
_CODE = st.text(st.characters(exclude_characters="\x00"), max_size=40)


@given(_CODE, st.binary(max_size=20), st.integers(1, 600), st.booleans())
def test_a_request_crosses_as_it_was(code: str, content: bytes, wall_s: int, active: bool) -> None:
    request = CellRequest(code, Limits(wall_s=wall_s), "cell 7", active, True, {"a.bin": content})
    assert request_from_json(request_to_json(request)) == request


@given(st.text(max_size=40), st.binary(max_size=20))
def test_a_result_crosses_as_it_was(text: str, content: bytes) -> None:
    outputs = (Output("execute_result", {"data": {"text/plain": text}}),)
    result = CellResult(
        Verdict.MEMORY, "why", text, text, outputs, (WrittenFile("a", content),), ("cut",), 1.5, 0.5, 3.0, 0.1, Tier.B
    )
    assert result_from_json(result_to_json(result)) == result


def test_nothing_is_connected_to_without_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="ray get-auth-token"):
        Nodes.connect("127.0.0.1:1")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with pytest.raises(SandboxUnavailable, match="only where it is 'token'"):
        Nodes.connect("127.0.0.1:1")


def test_without_ray_the_remedy_is_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "x" * 32)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SandboxUnavailable, match=r"erica-tutor\[nodes\]"):
        Nodes.connect("127.0.0.1:1")


# In a process of its own: Ray starts threads and handlers that a test process would keep.
_ON_TWO_NODES = """
import fcntl, os, socket, struct, sys, threading
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:  # the loopback device of the new network: up
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x49))
from ray.cluster_utils import Cluster
from tutor.sandbox import CellRequest, Limits, SandboxUnavailable, Sandbox
from tutor.sandbox.nodes import Nodes

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False,
                  "node_ip_address": "127.0.0.1"})
second = cluster.add_node(num_cpus=1, node_ip_address="127.0.0.1")
cluster.wait_for_nodes()
nodes = Nodes.connect(cluster.address, preload=())
print("nodes", len(nodes.tiers()), flush=True)
small = Limits(wall_s=20.0, memory_mb=160)

heard, both = [], threading.Barrier(2, timeout=60)
def one():
    seen = []
    result = nodes.run(CellRequest("import time\\nprint('here')\\ntime.sleep(2)\\n6 * 7", small), on_output=seen.append)
    heard.append((str(result.verdict), result.stdout, result.outputs[-1].content["data"]["text/plain"], len(seen) >= 2))
threads = [threading.Thread(target=one) for _ in range(2)]
for thread in threads: thread.start()
import time; time.sleep(1.0)
print("busy", sorted(running for _, _, running in nodes.tiers()), flush=True)
for thread in threads: thread.join()
print("results", heard, flush=True)

stop = threading.Event()
result = nodes.run(CellRequest("print('go')\\nwhile True: pass", small), on_output=lambda _: stop.set(), cancel=stop)
print("stopped", result.verdict, flush=True)
code = "import os\\nprint(os.environ.get('RAY_AUTH_TOKEN'), any('ray' in name for name in os.listdir('/tmp')))"
result = nodes.run(CellRequest(code, small))
print("secret", result.stdout.strip(), flush=True)

lost = []
def long():
    lost.append(nodes.run(CellRequest("import time; print('go'); time.sleep(15)", small)))
threads = [threading.Thread(target=long) for _ in range(2)]
for thread in threads: thread.start()
time.sleep(1.5)
cluster.remove_node(second, allow_graceful=False)
for thread in threads: thread.join()
print("lost", sorted(str(each.verdict) for each in lost), len(nodes.tiers()), flush=True)
print("after", nodes.run(CellRequest("1", small)).verdict, flush=True)
import subprocess
environment = {**os.environ, "RAY_AUTH_TOKEN": "erica-test-" + "b2" * 16}
words = [sys.executable, "-c", os.environ["WITH_ANOTHER_TOKEN"], cluster.address]
other = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
print("other", other.stdout.split(" ")[0].strip() or other.stderr[-500:], flush=True)
nodes.close()
cluster.shutdown()
"""
_WITH_ANOTHER_TOKEN = """
import sys
import tempfile
from tutor.sandbox import SandboxUnavailable
from tutor.sandbox.nodes import Nodes
try: Nodes.connect(sys.argv[1], preload=())
except SandboxUnavailable as error: print("refused", error)
"""


@pytest.fixture
def token() -> Iterator[dict[str, str]]:
    pytest.importorskip("ray", reason="the extra `nodes` (Ray) is not installed, so no two nodes can be started")
    path = f"{_ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as short:  # sockets lie in it, whose paths are short
        yield {
            **os.environ,
            "PYTHONPATH": path,
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": "erica-test-" + "a1" * 16,
            "RAY_TMPDIR": short,
            "RAY_USAGE_STATS_ENABLED": "0",
            "WITH_ANOTHER_TOKEN": _WITH_ANOTHER_TOKEN,
        }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_nodes_share_cells_stop_them_and_outlive_the_loss_of_one(token: dict[str, str]) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no `unshare`, which gives the cluster a network of its own: Ray binds the machine's address")
    words = [unshare, "--net" if os.geteuid() == 0 else "-rn", sys.executable, "-c", _ON_TWO_NODES]
    done = subprocess.run(words, env=token, capture_output=True, text=True, timeout=280, check=False)
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert told.get("nodes") == "2", done.stderr[-3000:]
    assert told["busy"] == "[1, 1]"
    assert told["results"] == str([("completed", "here\n", "42", True)] * 2)
    assert told["stopped"] == "cancelled"
    assert told["secret"] == "None False"
    assert told["lost"] == "['cancelled', 'completed'] 1"
    assert told["after"] == "completed"
    assert told["other"] == "refused"
