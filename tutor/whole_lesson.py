"""A whole lesson in one request, for models whose context holds it: the answer, cut into its parts as it streams.

Knows how parts are told apart; what a part is worth is checked where single steps are (`tutor.worded`).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from tutor.derailed import derailed
from tutor.events import TextStreamed

_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]*(?:part[ \t]*)?(\d{1,2})\b", re.I)
_MAY_BE_HEADING = re.compile(r"[ \t]*(?:#|\Z)")
_THINKING, _THOUGHT = "<think>", "</think>"
_END = 1_000
"""A number that no part has."""


class Parts:
    """The numbered parts of one answer. They are taken in rising order; one that is missing is empty."""

    def __init__(self, deltas: Generator[str, None, None]) -> None:
        """Read a model's stream, which `close` ends."""
        self._deltas = deltas
        self._pieces: Iterator[str | int] = _pieces(_spoken(deltas))
        self._at = 0

    def part(self, number: int) -> Generator[TextStreamed, None, str]:
        """Stream the text of one part and return it; what stands before it is passed over."""
        text = ""
        while self._at <= number:
            piece = next(self._pieces, _END)
            if isinstance(piece, int):
                self._at = max(self._at, piece)
            elif self._at < number:
                yield TextStreamed("")
            else:
                text += piece
                yield TextStreamed(piece)
                if derailed(text):
                    self.close()
        return text

    def read(self) -> Generator[TextStreamed, None, None]:
        """Read the answer to its end, for later: a server that answers one question at a time is then free."""
        pieces: list[str | int] = []
        for piece in self._pieces:
            pieces.append(piece)
            yield TextStreamed("")
        self._pieces = iter(pieces)

    def close(self) -> None:
        """Stop the model; parts that were not read are empty."""
        self._pieces = iter(())
        self._deltas.close()


def _spoken(deltas: Iterator[str]) -> Iterator[str]:
    """Yield the stream after the thoughts that it may open with: they may hold headings of their own."""
    opening = ""
    for delta in deltas:
        opening += delta
        start = opening.lstrip().casefold()
        if start.startswith(_THINKING) and _THOUGHT in start:
            yield opening[opening.casefold().index(_THOUGHT) + len(_THOUGHT) :].lstrip()
            break
        if not start.startswith(_THINKING) and not _THINKING.startswith(start):
            yield opening
            break
        yield ""
    yield from deltas


def _pieces(deltas: Iterator[str]) -> Iterator[str | int]:
    """Yield the text as it comes and each heading as the number of its part; what may become a heading waits."""
    held, fresh = "", True
    for delta in deltas:
        held += delta
        while held and not (fresh and _MAY_BE_HEADING.match(held) and "\n" not in held):
            line, newline, held = held.partition("\n")
            heading = _HEADING.match(line) if fresh else None
            yield int(heading[1]) if heading else line + newline
            fresh = bool(newline)
        yield ""
    heading = _HEADING.match(held) if fresh else None
    yield int(heading[1]) if heading else held
