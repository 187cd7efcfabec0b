"""Text frames of slides (DrawingML paragraphs) as pieces: bullets as lists, code in its own font as code, formulas.

Knows one text frame at a time; where it stands on the slide is the reader's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.decoding import without_controls
from ingest.document import BlockKind
from ingest.markup import Piece
from ingest.office import DRAWING, MARKUP, Element, alternative, code_language, is_monospaced
from ingest.omml import MATH, latex

_STRAIGHT = str.maketrans("“”„‘’‚–\u00a0", "\"\"\"'''- ")
"""What an office program turns the characters of code into as it is typed."""
_PLACED_FIELDS = frozenset(["slidenum", "datetime", "footer", "header"])
_SCRIPT = re.compile(r"[\w+−-]{1,4}")
_DEEPEST_LIST = 8


@dataclass(frozen=True, slots=True)
class _Paragraph:
    kind: BlockKind
    text: str
    level: int = 0
    mark: str = ""


def frame_pieces(body: Element, *, bulleted: bool) -> list[Piece]:
    """Return what a text body (`a:p` elements below it) says.

    Args:
        body: a `p:txBody` or `a:txBody`.
        bulleted: whether its paragraphs have bullets unless they say otherwise, as in the body of a layout.
    """
    inherited = body.find(f"{DRAWING}lstStyle//{DRAWING}latin")
    font = inherited.get("typeface", "") if inherited is not None else ""
    filled = [p for p in body.findall(f"{DRAWING}p") if _spoken(p).strip()]
    bulleted = bulleted and len(filled) > 1
    paragraphs = [_paragraph(p, font, bulleted=bulleted) for p in body.findall(f"{DRAWING}p")]
    return list(_joined(paragraphs))


def plain_text(body: Element) -> str:
    """Return the words of a text body on one line, formulas between dollar signs."""
    return " ".join(" ".join(_spoken(p) for p in body.findall(f"{DRAWING}p")).split())


def _paragraph(element: Element, font: str, *, bulleted: bool) -> _Paragraph:
    formulas = [found for found in element.iter(f"{MATH}oMathPara", f"{MATH}oMath") if not _inside_math(found)]
    text = _spoken(element)
    if formulas and not _runs_text(element).strip():
        return _Paragraph(BlockKind.FORMULA, f"$$\n{' '.join(map(latex, formulas))}\n$$")
    if text.strip() and _all_code(element, font):
        return _Paragraph(BlockKind.CODE, _code(element))
    properties = element.find(f"{DRAWING}pPr")
    level = min(int(properties.get("lvl", "0") or 0), _DEEPEST_LIST) if properties is not None else 0
    mark = _mark(properties, bulleted=bulleted or level > 0)
    flowing = " ".join(text.split())
    return _Paragraph(BlockKind.LIST if mark else BlockKind.PROSE, flowing, level, mark)


def _mark(properties: Element | None, *, bulleted: bool) -> str:
    if properties is not None:
        if properties.find(f"{DRAWING}buNone") is not None:
            return ""
        if properties.find(f"{DRAWING}buAutoNum") is not None:
            return "1."
        if any(properties.find(f"{DRAWING}{name}") is not None for name in ("buChar", "buBlip")):
            return "-"
    return "-" if bulleted else ""


def _joined(paragraphs: Sequence[_Paragraph]) -> Iterator[Piece]:
    """Yield runs of list items and of code lines as one piece each; an empty line stays in code that goes on."""
    for kind, run in groupby(_with_blank_code(paragraphs), key=lambda paragraph: paragraph.kind):
        if kind is BlockKind.LIST:
            yield Piece(kind, "\n".join(_items(list(run))))
        elif kind is BlockKind.CODE:
            code = "\n".join(paragraph.text for paragraph in run).strip("\n")
            yield Piece(kind, code, code_language(code))
        else:
            yield from (Piece(kind, paragraph.text) for paragraph in run if paragraph.text)


def _with_blank_code(paragraphs: Sequence[_Paragraph]) -> Iterator[_Paragraph]:
    blank = 0
    last: BlockKind | None = None
    for paragraph in paragraphs:
        if not paragraph.text.strip():
            blank += 1
            continue
        if last is paragraph.kind is BlockKind.CODE:
            yield from [_Paragraph(BlockKind.CODE, "")] * blank
        blank, last = 0, paragraph.kind
        yield paragraph


def _items(run: Sequence[_Paragraph]) -> Iterator[str]:
    least = min(paragraph.level for paragraph in run)
    numbers: dict[int, int] = {}
    for paragraph in run:
        level = paragraph.level - least
        numbers = {known: number for known, number in numbers.items() if known <= level}
        mark = paragraph.mark
        if mark != "-":
            numbers[level] = numbers.get(level, 0) + 1
            mark = f"{numbers[level]}."
        else:
            numbers.pop(level, None)
        yield f"{'   ' * level}{mark} {paragraph.text}"


# --- runs -------------------------------------------------------------------------------------------------------


def _spoken(element: Element) -> str:
    """Return a paragraph's text, formulas between dollar signs, words of code between backticks."""
    return "".join(_pieces_of(element))


def _pieces_of(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{DRAWING}r":
            yield _run(child)
        elif child.tag == f"{DRAWING}br":
            yield "\n"
        elif child.tag == f"{DRAWING}fld":
            if not str(child.get("type", "")).startswith(tuple(_PLACED_FIELDS)):
                yield _text(child)
        elif child.tag == f"{MARKUP}AlternateContent":
            chosen = alternative(child)
            yield from _pieces_of(chosen) if chosen is not None else ()
        elif child.tag in (f"{MATH}oMathPara", f"{MATH}oMath"):
            yield f"${latex(child)}$"
        elif isinstance(child.tag, str) and child.tag.endswith("}m"):  # a14:m, the frame of a formula
            yield from _pieces_of(child)


def _run(element: Element) -> str:
    text = _text(element)
    properties = element.find(f"{DRAWING}rPr")
    if properties is None or not text.strip():
        return text
    baseline = str(properties.get("baseline", "0"))
    if baseline not in ("", "0", "0%") and _SCRIPT.fullmatch(text):
        return f"{'_' if baseline.startswith('-') else '^'}{text}"
    if is_monospaced(_font(element)) and "`" not in text:
        bare = text.strip()
        return text.replace(bare, f"`{bare}`", 1)
    return text


def _text(element: Element) -> str:
    found = element.find(f"{DRAWING}t")
    return without_controls((found.text or "") if found is not None else "").replace("\x0b", "\n")


def _runs_text(element: Element) -> str:
    return "".join(_text(run) for run in element.iter(f"{DRAWING}r") if not _inside_math(run))


def _font(run: Element) -> str:
    latin = run.find(f"{DRAWING}rPr/{DRAWING}latin")
    return str(latin.get("typeface", "")) if latin is not None else ""


def _all_code(element: Element, inherited: str) -> bool:
    """Return whether all words of a paragraph stand in a monospaced font, its own or its frame's."""
    runs = [run for run in element.findall(f"{DRAWING}r") if _text(run).strip()]
    own = element.find(f"{DRAWING}pPr/{DRAWING}defRPr/{DRAWING}latin")
    font = str(own.get("typeface", "")) if own is not None else inherited
    return bool(runs) and all(is_monospaced(_font(run) or font) for run in runs)


def _code(element: Element) -> str:
    lines = ("\n" if child.tag == f"{DRAWING}br" else _text(child) for child in element)
    properties = element.find(f"{DRAWING}pPr")
    level = int(properties.get("lvl", "0") or 0) if properties is not None else 0
    return "    " * level + "".join(lines).translate(_STRAIGHT).replace("\t", "    ").rstrip()


def _inside_math(element: Element) -> bool:
    parent = element.getparent()
    while parent is not None:
        if isinstance(parent.tag, str) and parent.tag.startswith(MATH):
            return True
        parent = parent.getparent()
    return False
