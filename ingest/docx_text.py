"""Paragraphs of Word files as text: runs, formulas, notes, code in its font; and the pictures that stand in them.

Deleted and hidden text is left out, inserted text is kept. Knows one paragraph at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.decoding import without_controls
from ingest.docx_styles import WORD
from ingest.office import DRAWING, MARKUP, RELATIONSHIPS, Element, alt_text, alternative, is_monospaced
from ingest.omml import MATH, latex

VML = "{urn:schemas-microsoft-com:vml}"
PICTURED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

_PASSED_THROUGH = frozenset(
    f"{WORD}{name}" for name in "hyperlink ins moveTo smartTag sdt sdtContent fldSimple customXml dir bdo".split()
)
_BREAKS = {
    f"{WORD}tab": "\t",
    f"{WORD}br": "\n",
    f"{WORD}cr": "\n",
    f"{WORD}noBreakHyphen": "-",
    f"{WORD}softHyphen": "",
}
_SCRIPT = re.compile(r"[\w+−-]{1,4}")
_STRAIGHT = str.maketrans("“”„‘’‚\u00a0", "\"\"\"''' ")


@dataclass(slots=True)
class Paragraph:
    """What a paragraph holds besides its style."""

    text: str = ""
    code: str = ""
    """The text as it would be typed, where all of it stands in a font of code; else nothing."""
    formula: str = ""
    """LaTeX, where the paragraph is a formula and nothing else."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Kind (`footnote`, `endnote`) and id of the notes it refers to."""
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Relationship id and alternative text of its pictures."""
    links: list[str] = field(default_factory=list)
    """Relationship ids of its hyperlinks and embedded videos."""
    boxes: list[Element] = field(default_factory=list)
    """Text boxes that are anchored in it."""


def paragraph(element: Element, *, numbering: dict[tuple[str, str], int]) -> Paragraph:
    """Return what a `w:p` says; `numbering` gives each note the number it is referred to by."""
    found = Paragraph()
    parts: list[str] = []
    plain: list[str] = []
    fonts: list[bool] = []
    for piece, bare, mono in _pieces(element, found, numbering):
        parts.append(piece)
        plain.append(bare)
        if bare.strip():
            fonts.append(mono)
    found.text = " ".join("".join(parts).split())
    formulas = list(element.iter(f"{MATH}oMathPara")) or list(element.iter(f"{MATH}oMath"))
    if formulas and not "".join(plain).strip():
        found.formula = " ".join(filter(None, map(latex, formulas)))
    elif fonts and all(fonts) and not formulas:
        found.code = typed("".join(plain))
    return found


def typed(text: str) -> str:
    """Return text as code: with the characters that a keyboard has, and tabs as spaces."""
    return without_controls(text).translate(_STRAIGHT).expandtabs(4).rstrip()


def raw_text(element: Element) -> str:
    """Return a paragraph's characters with its own spaces and line breaks."""
    return "".join(bare for _, bare, _ in _pieces(element, Paragraph(), {}))


def _pieces(
    element: Element, found: Paragraph, numbering: dict[tuple[str, str], int]
) -> Iterator[tuple[str, str, bool]]:
    """Yield text as shown, text as typed, and whether it stands in a font of code."""
    for child in element:
        tag = child.tag
        if tag == f"{WORD}r":
            yield from _run(child, found, numbering)
        elif tag == f"{MARKUP}AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _pieces(chosen, found, numbering)
        elif tag in _PASSED_THROUGH:
            if tag == f"{WORD}hyperlink" and child.get(f"{RELATIONSHIPS}id"):
                found.links.append(child.get(f"{RELATIONSHIPS}id"))
            yield from _pieces(child, found, numbering)
        elif tag in (f"{MATH}oMath", f"{MATH}oMathPara"):
            yield f"${latex(child)}$", "", False
        elif tag in (f"{WORD}drawing", f"{WORD}pict", f"{WORD}object"):
            _drawn(child, found)


def _run(element: Element, found: Paragraph, numbering: dict[tuple[str, str], int]) -> Iterator[tuple[str, str, bool]]:
    properties = element.find(f"{WORD}rPr")
    if properties is not None and _on(properties, "vanish"):
        return
    mono = _mono(properties)
    text = ""
    for child in element:
        text += _characters(child)
        if child.tag in (f"{WORD}footnoteReference", f"{WORD}endnoteReference"):
            kind = child.tag[len(WORD) : -len("Reference")]
            key = (kind, child.get(f"{WORD}id", ""))
            found.notes.append(key)
            yield f"[^{numbering.setdefault(key, len(numbering) + 1)}]", "", False
        elif child.tag in (f"{WORD}drawing", f"{WORD}pict", f"{WORD}object"):
            _drawn(child, found)
        elif child.tag == f"{MARKUP}AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                _drawn(chosen, found)
    if text:
        yield _marked(text, properties, mono=mono), text, mono


def _characters(element: Element) -> str:
    """Return the characters that an element of a run stands for."""
    if element.tag == f"{WORD}t":
        return without_controls(element.text or "")
    if element.tag == f"{WORD}sym":
        return _symbol(element.get(f"{WORD}char", ""))
    return "" if element.get(f"{WORD}type") in ("page", "column") else _BREAKS.get(element.tag, "")


def _marked(text: str, properties: Element | None, *, mono: bool) -> str:
    raised = properties.find(f"{WORD}vertAlign") if properties is not None else None
    place = raised.get(f"{WORD}val", "") if raised is not None else ""
    if place in ("superscript", "subscript") and _SCRIPT.fullmatch(text):
        return f"{'^' if place == 'superscript' else '_'}{text}"
    bare = text.strip()
    return text.replace(bare, f"`{bare}`", 1) if mono and bare and "`" not in bare and "\n" not in bare else text


def _mono(properties: Element | None) -> bool:
    if properties is None:
        return False
    fonts = properties.find(f"{WORD}rFonts")
    style = properties.find(f"{WORD}rStyle")
    named = style.get(f"{WORD}val", "") if style is not None else ""
    return (fonts is not None and is_monospaced(fonts.get(f"{WORD}ascii", ""))) or re.search(
        r"code|verbatim|typewriter", named, re.I
    ) is not None


def _on(properties: Element, name: str) -> bool:
    found = properties.find(f"{WORD}{name}")
    return found is not None and found.get(f"{WORD}val", "1") not in ("0", "false", "off")


def _symbol(code: str) -> str:
    """Return a character that a symbol font stands for; those fonts use a private range that says nothing."""
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    return "" if 0xE000 <= value <= 0xF8FF or not 0x20 <= value < 0xD800 else chr(value)


def _drawn(element: Element, found: Paragraph) -> None:
    """Note the pictures and text boxes of a drawing."""
    described = next(element.iter(f"{PICTURED}docPr"), None)
    alt = alt_text(described.get("descr", "")) if described is not None else ""
    for blip in element.iter(f"{DRAWING}blip"):
        found.pictures.append((blip.get(f"{RELATIONSHIPS}embed", ""), alt))
    for image in element.iter(f"{VML}imagedata"):
        found.pictures.append((image.get(f"{RELATIONSHIPS}id", ""), alt))
    for video in element.iter():
        if isinstance(video.tag, str) and video.tag.endswith("}webVideoPr"):
            found.links.append(video.get("embeddedHtml", ""))
    found.boxes += element.iter(f"{WORD}txbxContent")
