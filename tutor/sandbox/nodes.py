"""Cells on other machines: the same requests and results, as JSON, through an actor of ours on each node of Ray.

Ray carries words and isolates nothing: a student's code is a string until the node's own sandbox runs it, and never a
function of Ray's. Token authentication is switched on here, and without a token nothing is connected to: whoever
reaches an open Ray cluster runs what they like on it. Needs the extra `nodes`.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from .box import PREFERRED_LIBRARIES
from .outputs import OnOutput
from .sandbox import Sandbox
from .spec import CellRequest, CellResult, Limits, Output, SandboxUnavailable, Tier, Verdict, WrittenFile

_AUTH_MODE = "RAY_AUTH_MODE"
_AT_ONCE = 32  # calls one node's actor answers at a time, those that stop a cell among them
_START_WITHIN_S = 180.0
_LOOK_EVERY_S = 0.1
_INSTALL = "nodes need Ray; run: pip install 'erica-tutor[nodes]'"


def request_to_json(request: CellRequest) -> str:
    """Return the request as one JSON object."""
    whole = {**vars(request), "limits": asdict(request.limits), "files": _encoded(request.files.items())}
    return json.dumps(whole)


def request_from_json(text: str) -> CellRequest:
    """Return the request of `request_to_json`. RequestUnusable where it asks for what no cell can have."""
    whole: dict[str, Any] = json.loads(text)
    return CellRequest(**{**whole, "limits": Limits(**whole["limits"]), "files": dict(_decoded(whole["files"]))})


def result_to_json(result: CellResult) -> str:
    """Return the result as one JSON object, its files included."""
    outputs = [[output.kind, dict(output.content)] for output in result.outputs]
    files = _encoded((file.path, file.content) for file in result.files)
    return json.dumps({**vars(result), "outputs": outputs, "files": files})


def result_from_json(text: str) -> CellResult:
    """Return the result of `result_to_json`."""
    whole: dict[str, Any] = json.loads(text)
    whole |= {"verdict": Verdict(whole["verdict"]), "tier": Tier(whole["tier"]), "notes": tuple(whole["notes"])}
    whole["outputs"] = tuple(Output(kind, content) for kind, content in whole["outputs"])
    whole["files"] = tuple(WrittenFile(path, content) for path, content in _decoded(whole["files"]))
    return CellResult(**whole)


def _encoded(files: Any) -> list[tuple[str, str]]:
    return [(name, base64.b64encode(content).decode("ascii")) for name, content in files]


def _decoded(files: Sequence[Sequence[str]]) -> list[tuple[str, bytes]]:
    return [(name, base64.b64decode(content)) for name, content in files]


class NodeBox:
    """What lives on a node: its sandbox, spoken to in JSON. Made by Ray, one a node."""

    def __init__(self, preload: Sequence[str]) -> None:
        self._sandbox = Sandbox.open(preload=preload)
        self._stops: dict[str, threading.Event] = {}

    def about(self) -> str:
        """Return the tier of its sandbox and the name of its machine."""
        return json.dumps({"tier": str(self._sandbox.tier), "machine": os.uname().nodename})

    def run(self, name: str, asked: str) -> Iterator[str]:
        """Yield each output as it comes (`output`), then the result (`result`)."""
        stop = self._stops.setdefault(name, threading.Event())
        heard: queue.SimpleQueue[Output] = queue.SimpleQueue()
        with ThreadPoolExecutor(1) as worker:
            running = worker.submit(self._sandbox.run, request_from_json(asked), on_output=heard.put, cancel=stop)
            while not running.done() or not heard.empty():
                with contextlib.suppress(queue.Empty):
                    output = heard.get(timeout=_LOOK_EVERY_S)
                    yield json.dumps({"output": [output.kind, dict(output.content)]})
            self._stops.pop(name, None)
            yield json.dumps({"result": result_to_json(running.result())})

    def stop(self, name: str) -> None:
        """Stop the run of that name, also one that has not begun."""
        self._stops.setdefault(name, threading.Event()).set()


@dataclass
class _Node:
    """One node as this process sees it."""

    node_id: str
    machine: str
    tier: Tier
    actor: Any
    running: int = 0


class Nodes:
    """The sandboxes of a cluster's nodes. Use `connect`; a context manager. Safe to use from several threads."""

    def __init__(self, nodes: list[_Node]) -> None:
        self._nodes = nodes
        self._lock = threading.Lock()

    @classmethod
    def connect(cls, address: str, preload: Sequence[str] = PREFERRED_LIBRARIES) -> Nodes:
        """Return the nodes of the cluster at `address` (`host:6379`) whose sandboxes hold.

        Raises:
            SandboxUnavailable: no Ray here, no token, no such cluster, or no node whose sandbox holds; says which.
        """
        ray = _ray()
        try:
            ray.init(address=address, namespace="erica", log_to_driver=False, logging_level="ERROR")
            cluster = [node for node in ray.nodes() if node["Alive"]]
        except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise SandboxUnavailable(f"no cluster at {address} can be used: {_first_line(error)}") from error
        found, troubles = [], []
        for node, actor in [(node, _actor(ray, node["NodeID"], preload)) for node in cluster]:
            try:
                about = json.loads(ray.get(actor.about.remote(), timeout=_START_WITHIN_S))
                found.append(_Node(node["NodeID"], about["machine"], Tier(about["tier"]), actor))
            except ray.exceptions.RayError as error:
                troubles.append(f"{node['NodeManagerHostname']}: {_first_line(error)}")
        if not found:
            ray.shutdown()
            raise SandboxUnavailable(f"no node of {address} has a sandbox that holds: {'; '.join(troubles)}")
        return cls(found)

    def tiers(self) -> list[tuple[str, Tier, int]]:
        """Return each node's machine, the tier of its sandbox, and how many cells run on it for us."""
        with self._lock:
            return [(node.machine, node.tier, node.running) for node in self._nodes]

    def run(
        self, request: CellRequest, *, on_output: OnOutput | None = None, cancel: threading.Event | None = None
    ) -> CellResult:
        """Run the cell on the node with the fewest; see `Sandbox.run`. A node that is lost is not asked again.

        A cell whose node is lost while it runs is `cancelled` and can be run again; it is never run twice by itself.
        """
        import ray

        node = self._least_busy()
        if node is None:
            return CellResult(Verdict.REFUSED, "every node is gone; connect again")
        try:
            return _followed(node.actor, request, on_output, cancel or threading.Event())
        except ray.exceptions.RayError as error:
            with self._lock:
                self._nodes = [other for other in self._nodes if other is not node]
            reason = f"its node {node.machine} was lost while the code ran; run it again ({_first_line(error)})"
            return CellResult(Verdict.CANCELLED, reason, tier=node.tier)
        finally:
            with self._lock:
                node.running -= 1

    def _least_busy(self) -> _Node | None:
        with self._lock:
            node = min(self._nodes, key=lambda each: each.running, default=None)
            if node is not None:
                node.running += 1
            return node

    def close(self) -> None:
        """End our actors, their sandboxes with them, and the connection."""
        import ray

        with self._lock:
            nodes, self._nodes = self._nodes, []
        for node in nodes:
            ray.kill(node.actor)
        ray.shutdown()

    def __enter__(self) -> Nodes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ray() -> Any:
    """Return Ray with token authentication on, whatever its default; SandboxUnavailable without it or a token."""
    os.environ.setdefault(_AUTH_MODE, "token")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if os.environ[_AUTH_MODE] != "token":
        raise SandboxUnavailable(f"{_AUTH_MODE} is {os.environ[_AUTH_MODE]!r}; cells are sent only where it is 'token'")
    given = [name for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH") if os.environ.get(name)]
    if not given and not os.path.exists(os.path.expanduser("~/.ray/auth_token")):
        raise SandboxUnavailable("no token for the cluster; run: ray get-auth-token --generate, the same on every node")
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SandboxUnavailable(_INSTALL) from error
    return ray


def _actor(ray: Any, node_id: str, preload: Sequence[str]) -> Any:
    """Start our actor on exactly that node; it takes no share of the node's processors from other work."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(node_id, soft=False)
    made = ray.remote(NodeBox).options(num_cpus=0, max_concurrency=_AT_ONCE, scheduling_strategy=here)
    return made.remote(list(preload))


def _followed(actor: Any, request: CellRequest, on_output: OnOutput | None, cancel: threading.Event) -> CellResult:
    import ray

    name, done = secrets.token_hex(16), threading.Event()

    def pass_on_stop() -> None:
        while not done.wait(_LOOK_EVERY_S):
            if cancel.is_set():
                actor.stop.remote(name)
                return

    watching = threading.Thread(target=pass_on_stop, name="node-cancel", daemon=True)
    watching.start()
    try:
        for told in actor.run.options(num_returns="streaming").remote(name, request_to_json(request)):
            message = json.loads(ray.get(told))
            if "result" in message:
                return result_from_json(message["result"])
            if on_output is not None:
                on_output(Output(*message["output"]))
    finally:
        done.set()
        watching.join()
    return CellResult(Verdict.CANCELLED, "its node gave no result")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1][:300] if lines else type(error).__name__
