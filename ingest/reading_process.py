"""The process that readers run in: bytes and a name come in, a document goes out, until the pipe closes.

What a parser does wrong with a file (hang, crash, eat memory) happens here and costs that file alone. Opens no file,
and answers in JSON: see `ingest.workers` for the other end, and for what happens when no answer comes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from struct import Struct
from typing import BinaryIO

from ingest.document_json import encode
from ingest.errors import IngestError
from ingest.readers import reader_for

FRAME = Struct(">BQQ")
"""What stands before each message: its kind, and the bytes of its first and its second part."""
READY, REQUEST, DOCUMENT, FAILURE, OUT_OF_MEMORY = range(5)

_PR_SET_PDEATHSIG = 1
_SPARE_CPU_S = 5


def main(memory_bytes: int, parent: int) -> None:
    """Answer requests until the pipe closes.

    Args:
        memory_bytes: most address space of this process.
        parent: id of the process that asks; with it this one ends.
    """
    _confine(memory_bytes, parent)
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a parser prints must not stand among our answers
    _send(sink, READY)
    while (request := _receive(source)) is not None:
        name, suffix, limit_s, content = request
        _limit_cpu(limit_s)
        kind, head, body = _answer(content, name, suffix)
        _send(sink, kind, head, body)
        if kind == OUT_OF_MEMORY:
            return


def _confine(memory_bytes: int, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ValueError, OSError):  # macOS knows this limit and refuses it: time is limited there, memory is not
        if sys.platform == "linux":
            raise
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be watched
        os._exit(1)


def _limit_cpu(limit_s: float) -> None:
    """Let this file have so much time of the processor: it ends a hang that outlives the parent."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + limit_s) + _SPARE_CPU_S
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _answer(content: bytes, name: str, suffix: str) -> tuple[int, bytes, bytes]:
    try:
        reader = reader_for(f"file{suffix}")
        if reader is None:
            raise ValueError("there is no reader for this format")
        return DOCUMENT, *encode(reader(content, name))
    except IngestError as error:
        failure = (type(error).__name__, error.reason, error.remedy)
    except MemoryError:
        return OUT_OF_MEMORY, b"", b""
    except RecursionError:
        failure = ("", "it is nested too deeply", "Save it again in a simpler form, or leave it out.")
    except Exception as error:  # noqa: BLE001  # whatever a parser gets wrong about a file costs that file alone
        failure = (
            "",
            f"its reader failed ({_where(error)})",
            "Save it again in its own program, or leave it out.",
        )
    return FAILURE, json.dumps(failure).encode(), b""


def _where(error: Exception) -> str:
    """Return the error and the innermost place it came from, in one line."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f", {os.path.basename(last.tb_frame.f_code.co_filename)}:{last.tb_lineno}" if last else ""
    return f"{type(error).__name__}: {str(error)[:200]}{place}"


def _send(sink: BinaryIO, kind: int, head: bytes = b"", body: bytes = b"") -> None:
    sink.write(FRAME.pack(kind, len(head), len(body)))
    sink.write(head)
    sink.write(body)
    sink.flush()


def _receive(source: BinaryIO) -> tuple[str, str, float, bytes] | None:
    """Return name, suffix, seconds and bytes of the next file, or None where the pipe was closed."""
    start = source.read(FRAME.size)
    if len(start) < FRAME.size:
        return None
    _, head, body = FRAME.unpack(start)
    name, suffix, limit_s = json.loads(source.read(head))
    return name, suffix, limit_s, source.read(body)
