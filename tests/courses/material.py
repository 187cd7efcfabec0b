"""Reads the bundled course for its tests: lessons, code cells, formulas, links, in order and with places.

Independent of `ingest` on purpose: the course is checked by code that does not share the readers' mistakes.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

COURSE = Path(__file__).resolve().parents[2] / "courses" / "multimodal-learning"
_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```[ \t]*$", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^()\s]+)\)")
_DISPLAY = re.compile(r"\$\$(.*?)\$\$", re.S)


@dataclass(frozen=True)
class CodeCell:
    """A Python cell with the place a reader would look for it."""

    place: str
    code: str


def listed_lessons() -> list[str]:
    """Return the paths that course.toml lists, in course order, relative to the course folder."""
    contents = tomllib.loads((COURSE / "course.toml").read_text(encoding="utf-8"))
    return [lesson for module in contents["modules"] for lesson in module["lessons"]]


def with_ending(ending: str) -> list[str]:
    return [lesson for lesson in listed_lessons() if lesson.endswith(ending)]


def text_of(lesson: str) -> str:
    return (COURSE / lesson).read_text(encoding="utf-8")


def cells_of(lesson: str) -> list[CodeCell]:
    """Return the Python cells of a lesson or notebook."""
    if lesson.endswith(".ipynb"):
        cells = json.loads(text_of(lesson))["cells"]
        sources = [(n, "".join(c["source"])) for n, c in enumerate(cells, 1) if c["cell_type"] == "code"]
        return [CodeCell(f"{lesson}, cell {number}", source) for number, source in sources]
    text = text_of(lesson)
    return [
        CodeCell(f"{lesson}, line {text.count(chr(10), 0, match.start()) + 1}", match["code"])
        for match in _FENCE.finditer(text)
        if match["language"] == "python"
    ]


def headings_of(lesson: str) -> list[tuple[int, str]]:
    """Return the levels and titles of the headings outside code."""
    prose = without_code(text_of(lesson))
    return [(len(marks), title.strip()) for marks, title in re.findall(r"^(#{1,6}) +(.+)$", prose, re.M)]


def without_code(text: str) -> str:
    """Return Markdown without fences and code spans: what may hold links, headings and formulas."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text))


def links_of(lesson: str) -> list[str]:
    return _LINK.findall(without_code(text_of(lesson)))


def formulas_of(text: str) -> list[str]:
    """Return display and inline formulas of Markdown text; an unclosed one raises."""
    prose = without_code(text)
    displays = _DISPLAY.findall(prose)
    rest = _DISPLAY.sub("", prose)
    inline: list[str] = []
    for paragraph in re.split(r"\n\s*\n|\n(?=[-*] )", rest):
        pieces = re.split(r"(?<!\\)\$", paragraph)
        if len(pieces) % 2 == 0:
            raise ValueError(f"a formula is not closed in: {paragraph[:120]!r}")
        inline += pieces[1::2]
    return [*displays, *inline]
