"""Files read in processes of their own, some ahead of their turn: a hang or crash of a parser costs one file.

Knows processes, pipes, time and memory; refuses to know formats, and believes no answer (`document_json` checks it).
"""

from __future__ import annotations

import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, NoReturn, Self

from ingest.changes import unreadable
from ingest.document import ReadDocument
from ingest.document_json import decode
from ingest.errors import EmptySource, IngestError, ReaderFailed, TooLarge, UnreadableSource
from ingest.reading_process import DOCUMENT, FAILURE, FRAME, OUT_OF_MEMORY, READY, REQUEST

WORKERS: Final = 2
"""The second one is started only when the first is busy: one slow file does not hold up the others."""
AHEAD: Final = 16
"""Files that are read before their turn."""
MOST_BYTES_AHEAD: Final = 64_000_000
FILES_A_PROCESS: Final = 500
"""Files after which a process is replaced: parsers that leak do not add up over a large course."""
_START_S = 60.0
_MOST_ANSWER_BYTES = 1_000_000_000
_PIECE_BYTES = 1 << 20
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX")
"""Of our environment; keys of model servers and the like are no parser's business."""
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Each thread that a library starts takes address space, which is limited."""
_BOOT = (
    "import json, struct, sys\n"
    "path, memory, parent = json.loads(sys.argv[1])\n"
    "sys.path[:] = path\n"
    "try:\n"
    "    from ingest.reading_process import main\n"
    "except Exception as error:\n"
    "    said = repr(error).encode()\n"
    f"    sys.stdout.buffer.write(struct.pack('{FRAME.format}', {FAILURE}, len(said), 0) + said)\n"
    "    sys.exit(1)\n"
    "main(memory, parent)\n"
)
_LEAVE_OUT = "Save it again in the program that made it, split it, or leave it out."
_ERRORS = {error.__name__: error for error in (UnreadableSource, EmptySource, TooLarge)}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader may use for one file."""

    time_s: float = 120.0
    """For a file of up to 10 MB; a larger one has as much more time as it is larger."""
    memory_bytes: int = 2_000_000_000

    def time_for(self, size: int) -> float:
        """Return the seconds that a file of this many bytes may take."""
        return self.time_s * max(1.0, size / 10_000_000)


@dataclass(frozen=True, slots=True)
class FileRead:
    """What came of reading one file: a document or the error, the hash of the bytes that were read, the seconds."""

    read: ReadDocument | IngestError
    content_hash: str
    seconds: float


class ReaderProcess:
    """One process that reads files, one after the other; used by one thread at a time, closed from any."""

    def __init__(self, limits: Limits) -> None:
        """Start it; it is ready some 0.1 s later, and the first `read` waits for that."""
        self._limits = limits
        self.served = 0
        path = [os.path.abspath(entry) for entry in sys.path]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, json.dumps([path, limits.memory_bytes, os.getpid()])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}, **_ONE_THREAD},
            start_new_session=True,  # a Ctrl-C on the terminal goes to us alone
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._ready = False

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def read(self, content: bytes, name: str, suffix: str) -> ReadDocument:
        """Return what the reader for this suffix makes of these bytes. After `ReaderFailed` the process is gone.

        Raises:
            ReaderFailed: the reader took too long, needed too much memory, crashed, or gave no document.
            IngestError: what the reader itself says is wrong with the file.
        """
        if not self._ready:
            kind, said, _ = self._answer(b"", name, _START_S)
            if kind != READY:
                self._failed(name, f"the process of its reader does not start ({said.decode(errors='replace')[:300]})")
            self._ready = True
        limit_s = self._limits.time_for(len(content))
        head = json.dumps([name, suffix, limit_s]).encode()
        request = b"".join((FRAME.pack(REQUEST, len(head), len(content)), head, content))
        kind, said, pictures = self._answer(request, name, limit_s)
        self.served += 1
        if kind == OUT_OF_MEMORY:
            self._failed(name, f"its reader needed more than {self._limits.memory_bytes / 1e9:.3g} GB of memory")
        try:
            if kind == DOCUMENT:
                return decode(said, pictures)
            error, reason, remedy = map(str, json.loads(said)) if kind == FAILURE else ("", "no answer", "")
        except (ValueError, TypeError, RecursionError) as damaged:
            self._failed(name, f"its reader gave no document ({str(damaged)[:200]})")
        raise _ERRORS.get(error, ReaderFailed)(name, reason, remedy)

    def kill(self) -> None:
        """End the process at once; to be called from any thread."""
        self._process.kill()

    def close(self) -> None:
        """End the process and close its pipes; a second time does nothing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _failed(self, name: str, reason: str) -> NoReturn:
        self.close()
        raise ReaderFailed(name, reason, _LEAVE_OUT)

    def _answer(self, request: bytes, name: str, limit_s: float) -> tuple[int, bytes, bytes]:
        """Send a request and return kind and parts of the answer."""
        deadline = monotonic() + limit_s
        unsent, got, size = memoryview(request), bytearray(), FRAME.size
        while len(got) < size:
            ready = self._poll(bool(unsent), deadline - monotonic())
            if not ready:
                self._failed(name, f"its reader took more than {limit_s:.3g} s")
            if self._to in ready:
                try:
                    unsent = unsent[os.write(self._to, unsent[:_PIECE_BYTES]) :]
                except BrokenPipeError:  # it has died: the other pipe says how
                    unsent = unsent[:0]
            if self._from in ready:
                piece = os.read(self._from, _PIECE_BYTES)
                if not piece:
                    self._failed(name, self._last_words())
                got += piece
            if size == FRAME.size <= len(got):
                size += sum(FRAME.unpack_from(got)[1:])
                if size > _MOST_ANSWER_BYTES:
                    self._failed(name, f"its reader gave more than {_MOST_ANSWER_BYTES / 1e9:.3g} GB")
        kind, head, _ = FRAME.unpack_from(got)
        middle = FRAME.size + head
        return kind, bytes(got[FRAME.size : middle]), bytes(got[middle:size])

    def _poll(self, sends: bool, limit_s: float) -> set[int]:
        """Return the pipes that can be written to or read from, within so many seconds."""
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if sends:
            poll.register(self._to, select.POLLOUT)
        return {pipe for pipe, _ in poll.poll(max(0.0, limit_s) * 1000)}

    def _last_words(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return "its reader took too long"
        return f"its reader crashed ({_signal_name(-code)})" if code < 0 else f"its reader ended (exit code {code})"


def _signal_name(number: int) -> str:
    try:
        return f"signal {number}, {signal.Signals(number).name}"
    except ValueError:
        return f"signal {number}"


class ReaderProcesses:
    """Reads many files, each in one of a few processes, which are started when they are needed. A context manager."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="reading")
        self._lock = threading.Lock()
        self._idle: list[ReaderProcess] = []
        self._all: set[ReaderProcess] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all processes; what is being read is dropped."""
        with self._lock:
            self._closed = True
            processes = list(self._all)
        for process in processes:
            process.kill()  # a thread that waits for it now sees the end of its pipe, and closes it
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in processes:
            process.close()

    def start(self) -> None:
        """Start a process now, so that it is ready when the first file is asked for."""
        self._give_back(self._take())

    def read(self, files: Iterable[tuple[Path, str]]) -> Iterator[FileRead]:
        """Yield what each file gives, in their order; some are read while the caller is busy with those before.

        Args:
            files: (file, name to call it).
        """
        waiting: deque[tuple[Future[FileRead], int]] = deque()
        ahead = 0
        for file, name in files:
            size = _size(file)
            while waiting and (len(waiting) >= AHEAD or ahead + size > MOST_BYTES_AHEAD):
                future, freed = waiting.popleft()
                ahead -= freed
                yield future.result()
            waiting.append((self._threads.submit(self._read, file, name), size))
            ahead += size
        while waiting:
            yield waiting.popleft()[0].result()

    def _read(self, file: Path, name: str) -> FileRead:
        began = monotonic()
        try:
            content = file.read_bytes()
        except OSError as error:
            return FileRead(unreadable(file, error), "", monotonic() - began)
        digest = hashlib.sha256(content).hexdigest()
        process = self._take()
        try:
            read: ReadDocument | IngestError = process.read(content, name, file.suffix)
        except IngestError as error:
            read = error
        finally:
            self._give_back(process)
        return FileRead(read, digest, monotonic() - began)

    def _take(self) -> ReaderProcess:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if self._closed:
                raise RuntimeError("the reader processes were closed")
            process = ReaderProcess(self._limits)
            self._all.add(process)
            return process

    def _give_back(self, process: ReaderProcess) -> None:
        with self._lock:
            if process.alive and process.served < FILES_A_PROCESS and not self._closed:
                self._idle.append(process)
                return
            self._all.discard(process)
        process.close()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # it is met again, and told, when it is read
        return 0
