"""What slides and text documents of Office have in common: fonts of code, tables, pictures, and damage.

Knows nothing of either format's own elements.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from ingest.document import Image

Element = Any
"""An lxml element: the package has no types."""

MOST_IMAGE_BYTES = 8_000_000
MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_MONOSPACED = re.compile(
    r"courier|consol|mono(?!type)|menlo|monaco|lucida (?:console|sans typewriter)|source code|fira code|cascadia|"
    r"inconsolata|andale|typewriter|hack$|ubuntu mono|roboto mono|jetbrains|terminal",
    re.I,
)
_LONGEST_PYTHON = 20_000
_PYTHON = re.compile(
    r"^\s*(?:import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|for .+ in .+:|with .+:|return\b|print\(|@\w)|"
    r"^\s*[\w.]+ ?= ?\S|^\s*[\w.]+\(.*\)\s*$",
    re.M,
)
_GENERATED = re.compile(
    r"\s*(?:description (?:automatically )?generated(?: with \w+ confidence)?|ai-generated content may be incorrect|"
    r"automatically generated)\.?\s*$",
    re.I,
)
_NO_WORDS = re.compile(
    r"^\s*$|^(?:picture|image|img|graphic|grafik|bild|screenshot|content placeholder|figure)[ _-]*\d*$|"
    r"^\S+\.(?:png|jpe?g|gif|svg|emf|wmf|tiff?|bmp|webp)$",
    re.I,
)
_SHOWN_TYPES = frozenset("image/png image/jpeg image/gif image/webp image/bmp image/tiff image/svg+xml".split())


@cache
def damage() -> tuple[type[Exception], ...]:
    """Return what the Office packages raise over a part that breaks their format."""
    from docx.exceptions import PythonDocxError
    from pptx.exc import PythonPptxError

    # lxml raises SyntaxError
    plain = (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, AssertionError, RecursionError)
    return (*plain, SyntaxError, PythonDocxError, PythonPptxError)


def is_monospaced(font: str) -> bool:
    """Return whether a font of this name gives each letter the same width, as code is set."""
    return _MONOSPACED.search(font) is not None


def code_language(code: str) -> str:
    """Return `python` for what parses as Python and reads like it, else nothing: Office files name no language."""
    if len(code) > _LONGEST_PYTHON or not _PYTHON.search(code):
        return ""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return "python"


def alternative(element: Element) -> Element | None:
    """Return the first choice of an `mc:AlternateContent`; what stands for it in older programs is a repetition."""
    choice = element.find(f"{MARKUP}Choice")
    return choice if choice is not None else element.find(f"{MARKUP}Fallback")


def alt_text(described: str) -> str:
    """Return an alternative text that a person wrote, else nothing: file names and what Office makes up go."""
    text = _GENERATED.sub("", " ".join(described.split()))
    return "" if _NO_WORDS.match(text) else text


def usable(content: bytes, media_type: str) -> Image | None:
    """Return a picture that a page can show and that is not too large to keep, else None."""
    kind = media_type.lower().replace("image/jpg", "image/jpeg")
    return Image(content, kind) if kind in _SHOWN_TYPES and 0 < len(content) <= MOST_IMAGE_BYTES else None


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, its first row as the head; nothing where no cell has text."""
    if not any(cell.strip() for row in rows for cell in row):
        return ""
    width = max(map(len, rows))
    lines = [_row([*row, *[""] * (width - len(row))]) for row in rows]
    return "\n".join([lines[0], _row(["---"] * width), *lines[1:]])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.replace('|', chr(92) + '|').split()) for cell in cells)} |"
