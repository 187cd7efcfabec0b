"""What a cell has put out so far, as a page shows it: streams as text, figures, values, errors; pure.

Follows a notebook's rules: a carriage return begins its line anew (progress bars), `clear_output` forgets, an update
replaces what was shown under its name. All of it comes from the student's process: text is shown without control
characters, images only as images, and HTML or SVG is kept apart as `active`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from knowledge.wording import printable
from tutor.sandbox import Output

MOST_ITEMS = 300
MOST_CHARS = 40_000
"""Of one text; what a page can show at once. The beginning and the end are kept."""
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_IMAGES = ("image/png", "image/jpeg")
_ACTIVE = ("text/html", "image/svg+xml")


class Kind(StrEnum):
    """How an item is shown."""

    STDOUT = "stdout"
    STDERR = "stderr"
    TEXT = "text"
    MARKDOWN = "markdown"
    IMAGE = "image"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Shown:
    """One item below a cell. `image` holds the bytes of an image; `active` HTML or SVG, to be isolated."""

    kind: Kind
    text: str = ""
    image: bytes = b""
    active: str = ""
    name: str = ""
    """The display's name by which a later message may replace it."""


class OutputSoFar:
    """Takes the messages of one cell as they come. Not safe for several threads at once."""

    def __init__(self) -> None:
        self._items: list[Shown] = []
        self._clear_next = False

    def take(self, output: Output) -> None:
        """Fold in one message; one of a form that no cell sends changes nothing."""
        content = output.content
        if output.kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self._items.clear()
            return
        if output.kind == "update_display_data":
            self._update(content)
            return
        if self._clear_next:
            self._items.clear()
            self._clear_next = False
        if output.kind == "stream":
            self._stream(Kind.STDERR if content.get("name") == "stderr" else Kind.STDOUT, str(content.get("text", "")))
        elif output.kind == "error":
            self._add(Shown(Kind.ERROR, _words("".join(map(str, _listed(content.get("traceback")))))))
        else:
            self._add(_item(content))

    @property
    def items(self) -> tuple[Shown, ...]:
        """What is shown now."""
        return tuple(self._items)

    def _add(self, item: Shown | None) -> None:
        if item is not None and len(self._items) < MOST_ITEMS:
            self._items.append(item)

    def _stream(self, kind: Kind, text: str) -> None:
        before = self._items[-1] if self._items and self._items[-1].kind is kind else None
        if before is None:
            self._add(Shown(kind, _words(_overwritten(text))))
        else:
            self._items[-1] = replace(before, text=_words(_overwritten(before.text + text)))

    def _update(self, content: Mapping[str, Any]) -> None:
        new = _item(content)
        for index, item in enumerate(self._items):
            if new is not None and new.name and item.name == new.name:
                self._items[index] = new


def _item(content: Mapping[str, Any]) -> Shown | None:
    """Return the richest form of a value that may be shown, with its active form beside it."""
    forms = content.get("data")
    if not isinstance(forms, dict):
        return None
    transient = content.get("transient")
    name = str(transient.get("display_id", "")) if isinstance(transient, dict) else ""
    active = next((str(forms[mime]) for mime in _ACTIVE if mime in forms), "")
    plain = _words(str(forms.get("text/plain", "")))
    image = next((found for mime in _IMAGES if mime in forms and (found := _decoded(forms[mime]))), b"")
    if image:
        return Shown(Kind.IMAGE, plain, image, active, name)
    rich = forms.get("text/markdown") or forms.get("text/latex")
    if isinstance(rich, str):
        return Shown(Kind.MARKDOWN, _words(rich), b"", active, name)
    return Shown(Kind.TEXT, plain, b"", active, name)


def _decoded(form: object) -> bytes:
    """Return the image's bytes; none where they are not what they are called."""
    try:
        content = base64.b64decode(str(form), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) else b""


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _overwritten(text: str) -> str:
    """Return the text as a terminal leaves it: what follows a carriage return replaces its line."""
    if "\r" not in text:
        return text
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        parts = [part for part in line.split("\r") if part]
        trailing = "\r" if line.endswith("\r") else ""  # the next write begins this line anew
        lines.append((parts[-1] if parts else "") + trailing)
    return "\n".join(lines)


def _words(text: str) -> str:
    """Return foreign text as it may be shown; a carriage return at the end is kept for the write that follows it."""
    trailing = "\r" if text.endswith("\r") else ""
    clean = printable(_ANSI.sub("", text)).removesuffix("\r") + trailing
    if len(clean) <= MOST_CHARS:
        return clean
    half = MOST_CHARS // 2
    return f"{clean[:half]}\n… some output is left out here …\n{clean[-half:]}"
