"""Small wordings that every face needs: counts with their nouns, and foreign text that cannot rewrite a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun: `1 concept`, `12 concepts`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def printable(text: str) -> str:
    """Return foreign text without control characters and direction marks."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """Return foreign text on one line, without control characters and direction marks."""
    return " ".join(printable(text).split())
