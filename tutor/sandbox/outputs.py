"""Takes in what a student's process says: bytes of its streams, and lines of its messages.

All of it is untrusted. A line that is no message of a known kind is dropped and counted; active content is dropped
unless it was asked for, whatever the process says; numbers and sizes are capped.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

from .guest import wire
from .spec import MEBIBYTE, CellRequest, Output

SHOWN_KINDS = ("display_data", "execute_result", "update_display_data", "error", "clear_output")
_ACTIVE = ("text/html", "image/svg+xml", "application/javascript")
_MIMES = ("text/plain", "text/markdown", "text/latex", "image/png", "image/jpeg", *_ACTIVE[:2])
LONGEST_LINE = 6 * MEBIBYTE
_MOST_MESSAGES = 1000
_WORDS_BYTES = 4 * MEBIBYTE  # of messages, besides their images

OnOutput = Callable[[Output], None]


class Overflow(Exception):
    """The process said more than it may."""


class Stream:
    """One of the two streams, decoded as it comes; only the beginning is kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []

    def take(self, content: bytes) -> str:
        """Keep the bytes and returns them as text."""
        text = self._decoder.decode(content)
        self._parts.append(text)
        return text

    @property
    def text(self) -> str:
        """What was kept."""
        return "".join(self._parts)


class Intake:
    """Everything one order's child has said so far."""

    def __init__(self, request: CellRequest, on_output: OnOutput | None = None) -> None:
        self.stdout, self.stderr = Stream("stdout"), Stream("stderr")
        self.outputs: list[Output] = []
        self.notes: list[str] = []
        self._request = request
        self._on_output = on_output
        self._written = 0
        self._kept = 0
        self._line = bytearray()
        self._said = 0
        self._images = 0
        self._message_limit = request.limits.image_bytes * 4 // 3 + _WORDS_BYTES

    def stream(self, stream: Stream, content: bytes) -> None:
        """Bytes of a stream. Overflow once both together exceed the limit."""
        limits = self._request.limits
        self._written += len(content)
        room = limits.kept_bytes - self._kept
        if room > 0:
            self._kept += min(room, len(content))
            text = stream.take(content[:room])
            if text and self._on_output is not None:
                self._on_output(Output("stream", {"name": stream.name, "text": text}))
        if self._written > limits.kept_bytes:
            self._note(f"output was cut after {limits.kept_bytes} bytes")
        if self._written > limits.output_bytes:
            raise Overflow(f"it wrote more than {limits.output_bytes // MEBIBYTE} MiB of output")

    def messages(self, content: bytes) -> list[dict[str, Any]]:
        """Bytes of the message channel; returns the whole messages among them that are not outputs to show."""
        self._said += len(content)
        self._line += content
        if self._said > self._message_limit or len(self._line) > LONGEST_LINE:
            raise Overflow("it sent more messages than a cell may show")
        *lines, rest = self._line.split(b"\n")
        self._line = bytearray(rest)
        others = []
        for line in lines:
            try:
                message = wire.parse(bytes(line))
            except wire.Malformed:
                self._note("a malformed message of the cell's process was dropped")
                continue
            if not self._show(message):
                others.append(message)
        return others

    def pending(self) -> bool:
        """Whether part of a line has come in."""
        return bool(self._line)

    def _show(self, message: dict[str, Any]) -> bool:
        """Keep the message if it is one to show. False for other kinds."""
        kind, content = message.get("type"), message.get("content")
        if kind not in SHOWN_KINDS:
            return False
        if not isinstance(content, dict) or len(self.outputs) >= _MOST_MESSAGES:
            self._note("some messages of the cell's process were dropped")
            return True
        if "data" in content or kind in ("display_data", "execute_result", "update_display_data"):
            content = {**content, "data": self._permitted(content.get("data"))}
        output = Output(str(kind), content)
        self.outputs.append(output)
        if self._on_output is not None:
            self._on_output(output)
        return True

    def _permitted(self, data: object) -> dict[str, str]:
        """Return the forms of a value that may be shown."""
        kept: dict[str, str] = {}
        for mime, form in data.items() if isinstance(data, dict) else ():
            if mime not in _MIMES or not isinstance(form, str):
                continue
            if mime in _ACTIVE and not self._request.active_content:
                self._note("HTML or SVG output was left out")
                continue
            if mime.startswith("image/"):
                self._images += 1
                if self._images > self._request.limits.images:
                    self._note("further images were left out")
                    continue
            kept[mime] = form
        return kept

    def _note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)
