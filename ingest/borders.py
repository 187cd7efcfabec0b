"""Where a text may be cut, and how much it hurts: between paragraphs least, inside a word most.

Pure. Knows prose and code; knows nothing of tokens.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from knowledge.sentences import sentences

_STILL_INSIDE = re.compile(r"[)\]}]|(?:else|elif|except|finally|catch)\b|\"\"\"|'''")
_DECORATED = re.compile(r"^[ \t]*@\w[^\n]*$|^[^\n]*\\$|^[ \t]*#[^\n]*$")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*\|")
_JOINER = "\u200d"
_TRAILING = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


@dataclass(frozen=True, slots=True)
class Border:
    """A position a text may be cut at; `cost` in 0..1."""

    at: int
    cost: float


def prose_borders(text: str, start: int, end: int) -> list[Border]:
    """Return the borders inside `text[start:end]` in order: paragraphs, then lines, then sentences.

    Formulas and fenced code are whole. A line that announces what follows ("as follows:") holds on to it, the head of a
    table to its first row.
    """
    found: list[Border] = []
    for sentence in sentences(text[start:end]):
        at = start + sentence.end
        after = text[at : at + 40]
        gap = after[: len(after) - len(after.lstrip())]
        cost = 0.0 if gap.count("\n") > 1 else 0.1 if "\n" in gap else 0.3
        if text[at - 1] == ":":
            cost += 0.3
        if after.lstrip().startswith("|") and text.startswith("|", _line_start(text, at)):
            cost = 0.9 if _RULE.match(text, _line_start(text, at)) or _RULE.match(text, at + len(gap)) else 0.25
        if at < end:
            found.append(Border(at, cost))
    return found


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def code_borders(text: str, start: int, end: int) -> list[Border]:
    """Return the line ends inside `text[start:end]` in order: those before an outermost statement cost least."""
    found: list[Border] = []
    lines = text[start:end].split("\n")
    at = start
    for line, following in pairwise(lines):
        at += len(line) + 1
        body = following.lstrip()
        indent = len(following) - len(body)
        cost = min(0.5, 0.15 + 0.03 * indent)
        if _STILL_INSIDE.match(body) or _DECORATED.match(line):
            cost = 0.6
        elif not line.strip():
            cost -= 0.15
        if body and at - 1 > start:
            found.append(Border(at - 1, cost))
    return found


def fallback(text: str, start: int, furthest: int) -> int:
    """Return where to cut what has no border: at the last line end, else white space, else between characters.

    Lies in `start < at <= furthest`; the first third of the stretch is not considered, and a character is not parted
    from the marks that belong to it.
    """
    earliest = start + (furthest - start) // 3
    for blank in ("\n", " ", "\u3000"):
        at = text.rfind(blank, earliest, furthest)
        if at > start:
            return at
    at = furthest
    while at > earliest + 1 and at < len(text) and _belongs(text[at - 1], text[at]):
        at -= 1
    return at if at > start else furthest


def _belongs(before: str, character: str) -> bool:
    return before == _JOINER or character in _TRAILING or unicodedata.combining(character) != 0
