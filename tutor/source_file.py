"""A learner's Python file as text: read as far as a cell may be long, begun anew without overwriting."""

from __future__ import annotations

from pathlib import Path

MOST_BYTES = 1 << 20
"""What a cell may be long; a byte more is read, so that the sandbox can say so itself."""


class SourceUnusable(Exception):
    """The file cannot be read or written as source text; the message names it and why."""


def read_source(file: Path) -> str:
    """Return the text of a file of Python, no more of it than a cell may hold and a byte.

    Raises:
        SourceUnusable: it cannot be read, or is no UTF-8.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise SourceUnusable(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceUnusable(f"{file} is not UTF-8 text (byte {error.start})") from error


def begin(file: Path, starter: str) -> None:
    """Write where a solution begins into a new file.

    Raises:
        SourceUnusable: it cannot be written, or is there already.
    """
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(starter)
    except OSError as error:
        raise SourceUnusable(f"{file} cannot be written: {error.strerror}") from error
