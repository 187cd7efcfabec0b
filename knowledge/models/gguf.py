"""A chat model from a GGUF file, run in a process of its own on this machine.

Knows how to start, reach, stop and replace that process (`gguf_process`); what is said over the wire is the
OpenAI-compatible protocol, spoken by `openai_compatible`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from knowledge.chat_model import Message, ModelName, Rung
from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models.openai_compatible import Endpoint, completion_body, streamed_text
from knowledge.models.pacing import ModelLimits, paced
from knowledge.models.structured import decoded
from knowledge.models.wire import Hangup, quoted

RUNTIME_HINT = "Install its runtime with `pip install 'erica-tutor[embedded]'`."
_WORKER = (sys.executable, "-P", str(Path(__file__).with_name("gguf_process.py")))
_MAGIC = b"GGUF"
_FAREWELL_S = 0.3  # a dying process closes its connections a moment before it is gone


@dataclass(frozen=True, slots=True)
class GGUFOptions:
    """How an embedded model is run."""

    context_tokens: int = 4096
    idle_s: int = 600
    """Unasked for this long, the weights leave memory; the next question loads them again."""
    load_s: float = 120.0
    dedicated_machine: bool = False
    """True lets its threads spin while they wait: faster alone, far slower beside any other work."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process that serves the model, and where what it complained of is kept."""

    process: subprocess.Popen[str]
    endpoint: Endpoint
    complaints: IO[bytes]

    def why_it_ended(self) -> str | None:
        """Return how the process ended, or None where it lives on."""
        try:
            code = self.process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            return None
        return _ending(code, self.complaints)


class GGUFModel:
    """The model in `path`. Building it is free: the process starts with the first question and ends with this one.

    Safe to ask from several threads: one answer is made at a time, the others wait for it.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        options: GGUFOptions | None = None,
        limits: ModelLimits | None = None,
        worker: Sequence[str] = _WORKER,
    ) -> None:
        """Remember what to run. `worker` is the command of the process, another one only in tests."""
        self._path = path
        self._name = name or path.stem
        self._options = options or GGUFOptions()
        self._limits = limits or ModelLimits()
        self._command = tuple(worker)
        self._starting = threading.Lock()
        self._worker: _Worker | None = None
        self._loading: subprocess.Popen[str] | None = None
        self._started = ExitStack()  # every process of ours and what it holds
        weakref.finalize(self, self._started.close)

    @property
    def model_name(self) -> ModelName:
        """Return the catalogue's name of the model, or its file's."""
        return ModelName(Rung.EMBEDDED, self._name)

    @property
    def context_tokens(self) -> int:
        """Return the context that is set aside for it."""
        return self._options.context_tokens

    @property
    def process_id(self) -> int | None:
        """Return the process that holds the model now, or None."""
        worker = self._worker
        return worker.process.pid if worker and worker.process.poll() is None else None

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        """Yield the answer as it is made; see `ChatModel.stream`."""
        return self._paced(messages, max_tokens, None)

    def complete(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> object:
        """Return JSON that fits `schema`; see `ChatModel.complete`. A grammar holds the model to it."""
        return decoded("".join(self._paced(messages, max_tokens, schema)), schema, self._name)

    def close(self) -> None:
        """End the process and give its memory back. The model stays usable: the next question starts another."""
        loading = self._loading
        if loading is not None:
            loading.kill()  # whoever waits for it holds the lock
        with self._starting:
            self._worker = None
            self._started.close()

    def _paced(
        self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, object] | None
    ) -> Generator[str, None, None]:
        hangup = Hangup()
        answer = self._answer(messages, max_tokens, schema, hangup)
        return paced(answer, hangup, self._limits, who=self._name, max_tokens=max_tokens)

    def _answer(
        self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, object] | None, hangup: Hangup
    ) -> Generator[str, None, None]:
        worker = self._running()
        body = completion_body(self._name, worker.endpoint.url, messages, max_tokens, schema)
        try:
            yield from streamed_text(worker.endpoint, body, self._limits, hangup)
        except (ModelFailed, ModelUnavailable) as error:
            ending = worker.why_it_ended()
            if ending is None:
                raise
            raise ModelFailed(
                f"{self._name} broke off: its process {ending}. The next question starts it again."
            ) from error

    def _running(self) -> _Worker:
        """Return a worker that lives, started now where there is none."""
        with self._starting:
            if self._worker is None or self._worker.process.poll() is not None:
                self._worker = self._start()
            return self._worker

    def _start(self) -> _Worker:
        self._check_startable()
        key = secrets.token_urlsafe(24)
        complaints = self._started.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=os.environ | ({} if self._options.dedicated_machine else {"OMP_WAIT_POLICY": "passive"}),
            text=True,
            encoding="utf-8",
        )
        self._started.callback(_end, process)
        watchdog = threading.Timer(self._options.load_s, process.kill)
        watchdog.daemon = True
        watchdog.start()
        self._loading = process
        try:
            url = self._introduce(process, key)
        finally:
            self._loading = None
            watchdog.cancel()
        if url is None:
            ending = _ending(_end(process), complaints)
            raise ModelFailed(f"{self._name} could not be loaded from {self._path}: its process {ending}.")
        return _Worker(process, Endpoint(f"{url}/v1", lambda: key), complaints)

    def _check_startable(self) -> None:
        try:
            with self._path.open("rb") as file:
                is_gguf = file.read(len(_MAGIC)) == _MAGIC
        except OSError as error:
            raise ModelUnavailable(f"The model file {self._path} cannot be read: {error.strerror}.") from error
        if not is_gguf:
            raise ModelUnavailable(f"{self._path} is no GGUF file, so it cannot be run as a model.")
        if self._command == _WORKER and not runtime_present():
            raise ModelUnavailable(f"The embedded model {self._name} cannot run here. {RUNTIME_HINT}")

    def _introduce(self, process: subprocess.Popen[str], key: str) -> str | None:
        """Return the address that the new process says it serves at, or None where it ended instead."""
        assert process.stdin is not None
        assert process.stdout is not None
        settings = {
            "model": str(self._path.resolve()),
            "key": key,
            "context_tokens": self._options.context_tokens,
            "idle_s": self._options.idle_s,
        }
        try:
            print(json.dumps(settings), file=process.stdin, flush=True)
        except BrokenPipeError:
            return None
        line = process.stdout.readline()
        return str(json.loads(line)["url"]) if line else None


def runtime_present() -> bool:
    """Return whether the runtime of embedded models is installed; nothing is imported to find out."""
    return importlib.util.find_spec("xllamacpp") is not None


def _end(process: subprocess.Popen[str]) -> int:
    """Return the exit code of `process`, ended now if it still ran."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # it ended before it read its settings
                pipe.close()
    return process.wait()


def _ending(code: int, complaints: IO[bytes]) -> str:
    """Return how a process with exit code `code` ended, in words, with its last complaint."""
    lines: list[str] = []
    if not complaints.closed:
        complaints.seek(0)
        lines = complaints.read()[-4000:].decode("utf-8", errors="replace").strip().splitlines()
    said = f" ({quoted(lines[-1])})" if lines else ""
    if code == -getattr(signal, "SIGKILL", 9):
        return f"was killed, often for want of memory{said}"
    return f"ended with code {code}{said}"
