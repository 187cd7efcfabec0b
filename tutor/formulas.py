r"""Finds formulas and code in Markdown, and writes formulas in the one notation that the page reads.

Authors and models write `\( \)`, `\[ \]`, `$ $` and `$$ $$`; the page knows the last two only, and takes `$5 and $10`
for a formula. Refuses to know the rest of Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_FORMULA = 4_000
"""Longest formula looked for, in characters: a mark that never closes must not cost time quadratic in the text."""

_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<mark>`{3,}|~{3,})[^\n]*"
    r"(?:\n(?:[^\n]*\n)*?[ \t>]*(?P=mark)[`~]*[ \t]*(?=\n|\Z)|[\s\S]*)"
)
_CODE = re.compile(r"(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\s*\n)){1,4000}?(?<!`)(?P=ticks)(?!`)")
_FORMULA = re.compile(
    rf"\\\[(?P<square>[\s\S]{{1,{MAX_FORMULA}}}?)\\\]"
    rf"|\\\((?P<round>(?:[^\n]|\n(?!\s*\n)){{1,{MAX_FORMULA}}}?)\\\)"
    rf"|\$\$(?P<double>[^$]{{1,{MAX_FORMULA}}}?)\$\$(?!\$)"
    rf"|\$(?!\$)(?P<single>(?![\s$])(?:[^$\\\n]|\\.|\n(?!\s*\n)){{1,{MAX_FORMULA}}}?)(?<!\s)\$(?!\$)"
)
_ESCAPE = re.compile(r"\\[^\w\s]")
_NEXT = re.compile(r"[`~$\\]")
_SIGN = re.compile(r"[\\^_={}<>|+*/]")
_COMMAND = re.compile(r"[\\^_]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMMENT = re.compile(r"(?<!\\)%[^\n]*(?=\n)")
_BEFORE = re.compile(r"[ \t>]*")
_OPEN = re.compile(r"\\\[|\\\(|\$\$|\$(?=[^\s\d$][^\n]*\Z)|\\\Z|\$\Z")


class Kind(StrEnum):
    """What a stretch of Markdown is, as far as formulas care."""

    PLAIN = "plain"
    CODE = "code"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of Markdown; all of a text's stretches joined are the text. `shown` is what the page is to read."""

    kind: Kind
    text: str
    shown: str


def stretches(text: str) -> list[Stretch]:
    r"""Return the text cut into code, formulas and what lies between, in order, nothing lost.

    A dollar sign that opens no formula is shown as `\$`; everything else that is plain is shown as it stands.
    """
    found: list[Stretch] = []
    plain_from = position = 0
    while opening := _NEXT.search(text, position):
        start = opening.start()
        line_start = text.rfind("\n", 0, start) + 1
        stretch = _code(text, start, line_start) or _formula(text, start, line_start)
        if stretch is None:
            position = _past(text, start)
            continue
        found += [*_plain(text[plain_from:start]), stretch]
        plain_from = position = start + len(stretch.text)
    return [*found, *_plain(text[plain_from:])]


def closed(text: str) -> str:
    """Return a growing text without a formula at its end that is not closed yet."""
    parts = stretches(text)
    if not parts or parts[-1].kind is not Kind.PLAIN:
        return text
    tail = parts[-1].text
    position = 0
    while opening := _NEXT.search(tail, position):
        if _OPEN.match(tail, opening.start()):
            return text[: len(text) - len(tail) + opening.start()]
        position = _past(tail, opening.start())
    return text


def _past(text: str, start: int) -> int:
    """Return where to look on, after a character that opened nothing: past an escaped one, past a run of ticks."""
    if text[start] in "`~":
        while start < len(text) and text[start] in "`~":
            start += 1
        return start
    escape = _ESCAPE.match(text, start)
    return escape.end() if escape else start + 1


def _plain(text: str) -> list[Stretch]:
    if not text:
        return []
    return [Stretch(Kind.PLAIN, text, re.sub(r"(\\[^\w\s])|\$", lambda m: m[1] or "\\$", text))]


def _code(text: str, start: int, line_start: int) -> Stretch | None:
    """Return the fenced block or the code span whose ticks begin at `start`."""
    if text[start] not in "`~":
        return None
    fence = _FENCE.match(text, line_start)
    if fence and fence.start("mark") == start:
        return Stretch(Kind.CODE, text[start : fence.end()], text[start : fence.end()])
    span = _CODE.match(text, start)
    return Stretch(Kind.CODE, span[0], span[0]) if span else None


def _formula(text: str, start: int, line_start: int) -> Stretch | None:
    found = _FORMULA.match(text, start)
    if found is None:
        return None
    kind = found.lastgroup or ""
    content = found[kind].strip()
    before = text[line_start:start]
    own_line = kind in ("square", "double") and _BEFORE.fullmatch(before) is not None
    if not content or not _is_formula(content, kind, own_line=own_line):
        return None
    if kind == "single" and text[found.end() : found.end() + 1].isdigit() and not _COMMAND.search(content):
        return None  # `$5-$10` is two prices; `$\sim$6000` is a formula and a number
    content = _inert(content)
    if own_line:
        return Stretch(Kind.FORMULA, found[0], _block(content, before, text[found.end() :]))
    content = " ".join(_COMMENT.sub("", content).split())
    display = "\\displaystyle " if kind in ("square", "double") else ""
    return Stretch(Kind.FORMULA, found[0], f"${display}{content}$")


def _is_formula(content: str, kind: str, *, own_line: bool) -> bool:
    r"""Tell a formula from money (`$5, or 10$`) and from brackets that were escaped (`\[see below\]`, `\[1\]`)."""
    if kind == "double" or own_line or _SIGN.search(content):
        return True
    if kind == "single" and not content[0].isdigit():
        return True
    return _WORD.search(content) is None and not (kind == "square" and content.isdigit())


def _inert(content: str) -> str:
    """Return the formula written so that it cannot end early, and loads nothing where it is not read as one."""
    content = re.sub(r"\\?\$", r"\\text{\\textdollar}", content)
    content = re.sub(r"<(?=[A-Za-z/!?])", "< ", content)
    return content.replace("![", "! [").replace("](", "] (").replace("`", "'")


def _block(content: str, before: str, after: str) -> str:
    """Return a formula on lines of its own, each with what stood before it on its line (indent, quotation mark)."""
    lines = [f"{before}{line.strip()}" for line in content.splitlines() if line.strip()]
    rest_of_line = after.split("\n", 1)[0].strip()
    ending = f"\n{before}" if rest_of_line else ""
    return "\n".join(["$$", *lines, f"{before}$$"]) + ending
