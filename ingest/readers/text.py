"""Plain text to paragraphs, each with its lines."""

from __future__ import annotations

import re

from ingest.decoding import decode, title_from_name
from ingest.document import BlockKind, ReadDocument, TextBuilder
from knowledge.model import Line, SourceKind

_BLANK = re.compile(r"\n(?:[ \t\f\v]*\n)+")


def read(content: bytes, name: str) -> ReadDocument:
    """Return the text with its paragraphs as blocks; lines are counted as in the file.

    Raises:
        UnreadableSource: binary, or in an encoding that cannot be told.
        EmptySource: nothing but white space.
    """
    text, notes = decode(content, name)
    title = title_from_name(name)
    builder = TextBuilder()
    position, line = 0, 1
    gap = ""
    while position < len(text):
        blank = _BLANK.search(text, position)
        end = blank.start() if blank else len(text)
        paragraph = text[position:end]
        last = line + paragraph.rstrip("\n").count("\n")
        builder.add(paragraph.rstrip("\n"), BlockKind.PROSE, Line(line, last), (title,), gap=gap)
        line += text.count("\n", position, blank.end() if blank else end)
        gap = blank[0] if blank else ""
        position = blank.end() if blank else end
    return builder.document(name, title, SourceKind.TEXT, notes)
