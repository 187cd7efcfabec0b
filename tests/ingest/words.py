"""Small Word documents made by python-docx, and what it has no call for as XML."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.oxml import parse_xml

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
FOOTNOTES = f"""<?xml version="1.0"?><w:footnotes {NAMESPACES}><w:footnote w:id="2"><w:p>
<w:r><w:t>See the paper.</w:t></w:r></w:p></w:footnote></w:footnotes>"""


def document() -> Any:
    return docx.Document()


def saved(made: Any) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def add_xml(made: Any, xml: str) -> None:
    """Add an element to the end of the text as it is written in a file."""
    made.element.body.insert(-1, parse_xml(xml.replace(">", f" {NAMESPACES}>", 1)))


def add_footnotes(made: Any) -> None:
    """Add one footnote, of id 2, to the file."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        FOOTNOTES.encode(),
        made.part.package,
    )
    made.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
