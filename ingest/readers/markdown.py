"""Markdown and MDX lessons to text with sections, figures and videos."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from ingest.decoding import decode, title_from_name
from ingest.document import BlockKind, ReadDocument, TextBuilder
from ingest.markup import heading_text, pieces
from ingest.mdx import clean
from ingest.media import add_piece
from ingest.outline import Outline
from knowledge.model import SourceKind

_FRONT = re.compile(
    r"\A(?P<mark>---|\+\+\+)[ \t]*\n(?P<body>.{0,20000}?)^(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.M | re.S
)


def read(content: bytes, name: str) -> ReadDocument:
    """Return the lesson: its title is the first heading of level 1, else the front matter's, else the file's name.

    Raises:
        UnreadableSource: binary, or in an encoding that cannot be told.
        EmptySource: nothing but tags, front matter and white space.
    """
    text, notes = decode(content, name)
    fields, body, front_notes = front_matter(text)
    mdx = name.lower().endswith(".mdx")
    found = pieces(clean(body, jsx=mdx), indented_code=not mdx)
    first = next((piece.text for piece in found if piece.kind is BlockKind.HEADING and piece.level == 1), "")
    title = first or heading_text(str(fields.get("title") or ""))[0] or title_from_name(name)
    outline, builder = Outline(title), TextBuilder()
    for at, piece in enumerate(found):
        if piece.kind is BlockKind.HEADING:
            outline.enter(piece.level, piece.text, piece.anchor)
            builder.add(f"{'#' * piece.level} {piece.text}", piece.kind, outline.locator, outline.path)
        else:
            following = found[at + 1] if at + 1 < len(found) else None
            add_piece(builder, piece, outline.locator, outline.path, following=following)
    return builder.document(name, title, SourceKind.MARKDOWN, (*notes, *front_notes))


def front_matter(text: str) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    """Return the fields above a text, the text below them, and a note where the fields cannot be read."""
    match = _FRONT.match(text)
    if match is None:
        return {}, text, ()
    body = text[match.end() :]
    try:
        fields = tomllib.loads(match["body"]) if match["mark"] == "+++" else _yaml(match["body"])
    except (ValueError, RecursionError) as error:
        if match["mark"] == "---" and ":" not in match["body"]:
            return {}, text, ()  # two rules with text between them
        return {}, body, (f"front matter left out, it cannot be read: {str(error).splitlines()[0]}",)
    return (fields, body, ()) if isinstance(fields, dict) else ({}, text, ())


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
