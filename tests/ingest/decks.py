"""Small PowerPoint decks made by python-pptx: titles, boxes, tables, notes, and what it has no call for as XML."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.util import Inches

TITLE_AND_BODY, TITLE_ONLY, BLANK = 1, 5, 6
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def deck() -> Any:
    return Presentation()


def saved(presentation: Any) -> bytes:
    stream = io.BytesIO()
    presentation.save(stream)
    return stream.getvalue()


def slide(presentation: Any, title: str = "", items: Sequence[tuple[int, str]] = (), notes: str = "") -> Any:
    """Add a slide with a title and a body of (level, text) items."""
    made = presentation.slides.add_slide(presentation.slide_layouts[TITLE_AND_BODY if items else TITLE_ONLY])
    made.shapes.title.text = title
    for at, (level, text) in enumerate(items):
        frame = made.placeholders[1].text_frame
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    if notes:
        made.notes_slide.notes_text_frame.text = notes
    return made


def box(made: Any, text: str, left: float, top: float, width: float = 3, height: float = 0.5, font: str = "") -> Any:
    """Add a text box; places in inches. Each line of the text is a paragraph."""
    shape = made.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    for at, line in enumerate(text.split("\n")):
        paragraph = shape.text_frame.paragraphs[0] if at == 0 else shape.text_frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        if font:
            run.font.name = font
    return shape


def add_xml(made: Any, xml: str) -> None:
    """Add a shape as it is written in a file; the namespaces are declared on it."""
    made.shapes._spTree.append(parse_xml(xml.replace(">", f" {NAMESPACES}>", 1)))


def png(width: int = 8, height: int = 8, shade: int = 120) -> bytes:
    """Return a grey picture."""
    rows = (b"\0" + bytes([shade]) * width) * height
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def with_parts(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """Return a zip file with these entries written over or added; None takes one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, old.read(entry.filename))
        for path, body in parts.items():
            if body is not None:
                new.writestr(path, body)
    return out.getvalue()
