"""An HTTP server on 127.0.0.1 that plays scripted replies and breaks on command. Model servers are built on it."""

from __future__ import annotations

import json
import select
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, TypeAlias

Json: TypeAlias = dict[str, Any]


class Fault(StrEnum):
    """How an answer goes wrong. The midway ones come after half of the pieces."""

    HANG = "accepts the request and says nothing"
    HANG_MIDWAY = "falls silent"
    CUT_MIDWAY = "drops the connection"
    END_MIDWAY = "ends the stream politely, without its last word"
    ERROR_MIDWAY = "reports an error inside the stream"
    ERROR_500 = "answers with status 500"
    NONSENSE = "sends a line that is no JSON"
    WRONG_SHAPE = "sends JSON of another kind"
    FLOOD = "never stops talking"


@dataclass(frozen=True)
class Served:
    """One scripted answer, a piece for each token."""

    pieces: tuple[str, ...] = ("A ", "vector ", "has ", "a ", "length.")
    fault: Fault | None = None
    thinking: str = ""

    @classmethod
    def of(cls, text: str, fault: Fault | None = None) -> Served:
        words = text.split(" ")
        return cls((*(f"{word} " for word in words[:-1]), words[-1]), fault)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def first_half(self) -> tuple[str, ...]:
        return self.pieces[: len(self.pieces) // 2]


class Refused(Exception):
    """The server answers with a status and a body instead of a stream."""

    def __init__(self, status: int, body: Json | str) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@dataclass
class ScriptedServer:
    """A server to start with `with`. Subclasses add routes: a method and path, and what answers there."""

    script: deque[Served] = field(default_factory=deque)
    requests: list[tuple[str, Json]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client closed the connection in the middle of an answer."""
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = _Listener(("127.0.0.1", 0), _Handler)
        self._server.double = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def will_say(self, *answers: Served | str) -> None:
        self.script.extend(Served.of(answer) if isinstance(answer, str) else answer for answer in answers)

    def bodies(self, path: str) -> list[Json]:
        return [body for asked, body in self.requests if asked == path]

    def routes(self) -> dict[tuple[str, str], Callable[[Json], Json | Iterator[Json | str]]]:
        """What answers where: a JSON object at once, or a stream of them (a str goes out as it is)."""
        raise NotImplementedError

    def framed(self, line: Json | str) -> str:
        """One line of a stream as it goes over the wire."""
        return (line if isinstance(line, str) else json.dumps(line)) + "\n"

    def next_answer(self) -> Served:
        answer = self.script.popleft() if self.script else Served()
        if answer.fault is Fault.ERROR_500:
            raise Refused(500, {"error": "model requires more system memory (9.1 GiB) than is available (3.2 GiB)"})
        return answer

    def played(
        self, answer: Served, tokens: int, piece: Callable[[str], Json], error: Callable[[str], Json]
    ) -> Iterator[Json | str]:
        """The pieces of an answer up to its fault; a fault that ends the stream raises."""
        fault = answer.fault
        if fault is Fault.HANG:
            raise _Hung
        for text in answer.first_half if fault in _MIDWAY else answer.pieces[:tokens]:
            yield piece(text)
        if fault is Fault.ERROR_MIDWAY:
            yield error("an error was encountered while running the model: unexpected EOF")
        if fault in _MIDWAY:
            raise _MIDWAY[fault]
        if fault in _BAD_LINES:
            yield _BAD_LINES[fault]
        while fault is Fault.FLOOD and not self.closing.is_set():
            yield piece("more and more " * 50)


class _Hung(Exception):
    """The server says nothing more and keeps the connection."""


class _Dropped(Exception):
    """The connection goes away without a word."""


class _Ended(Exception):
    """The stream ends as if it were whole."""


_MIDWAY = {
    Fault.HANG_MIDWAY: _Hung,
    Fault.CUT_MIDWAY: _Dropped,
    Fault.END_MIDWAY: _Ended,
    Fault.ERROR_MIDWAY: _Ended,
}
_BAD_LINES = {Fault.NONSENSE: "<html>gateway time-out</html>", Fault.WRONG_SHAPE: "[1, 2, 3]"}


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    double: ScriptedServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests; anything else is a fault of the double and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"))

    def log_message(self, format: str, *arguments: object) -> None:
        """Tests stay quiet."""

    def _answer(self, body: Json) -> None:
        double = self.server.double
        double.requests.append((self.path, body))
        double.headers.append(dict(self.headers))
        route = double.routes().get((self.command, self.path))
        try:
            if route is None:
                raise Refused(404, "404 page not found")
            answer = route(body)
            if isinstance(answer, dict):
                self._send(200, answer)
            else:
                self._stream(answer)
        except Refused as refusal:
            self._send(refusal.status, refusal.body)

    def _send(self, status: int, body: Json | str) -> None:
        raw = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _stream(self, lines: Iterable[Json | str]) -> None:
        """Send `lines` as they come; the header goes out with the first, as it does with real servers."""
        started = False
        try:
            for line in lines:
                if not started:
                    started = True
                    self.send_response(200)
                    self.send_header("Content-Type", "application/x-ndjson")
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                self._chunk(self.server.double.framed(line).encode())
            self._chunk(b"")
        except _Ended:
            self._chunk(b"")
        except _Dropped:
            self.close_connection = True
        except _Hung:
            self.close_connection = True
            self._wait_for_hangup()
        except ConnectionError:
            self.close_connection = True
            self.server.double.hung_up.set()

    def _wait_for_hangup(self) -> None:
        """Return when the client has closed the connection, or the test is over."""
        double = self.server.double
        while not double.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.02)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                double.hung_up.set()
                return

    def _chunk(self, raw: bytes) -> None:
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()
