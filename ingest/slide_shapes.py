"""The shapes of one slide: flat, with their place on it, and what each says or shows.

Groups are opened, fallbacks for older programs passed over. Knows PresentationML; what a document is made of them, the
reader decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.document import BlockKind
from ingest.markup import Piece
from ingest.office import DRAWING, MARKUP, RELATIONSHIPS, Element, alternative, damage, markdown_table
from ingest.slide_layout import Box
from ingest.slide_text import frame_pieces, plain_text

if TYPE_CHECKING:
    from pptx.slide import Slide

PRESENTATION = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

_TITLES = frozenset(["title", "ctrTitle"])
_PLACED = frozenset(["dt", "ftr", "sldNum", "hdr"])
_BODIES = frozenset(["", "obj", "body", "vertBody", "vertObj", "half", "quarter"])
_DEEPEST = 30
_MOST_CATEGORIES = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that is no group, its box in the slide's own units."""

    element: Element
    box: Box

    @property
    def placeholder(self) -> str | None:
        """Return the kind of placeholder it is, `""` for the common one; None where it is none."""
        found = next(self.element.iter(f"{PRESENTATION}ph"), None)
        return None if found is None else str(found.get("type", ""))

    @property
    def is_title(self) -> bool:
        """Return whether it is the slide's title."""
        return self.placeholder in _TITLES

    @property
    def body(self) -> Element | None:
        """Return its text body, None for pictures and frames."""
        return self.element.find(f"{PRESENTATION}txBody")

    @property
    def words(self) -> str:
        """Return the words of its text body on one line."""
        return plain_text(self.body) if self.body is not None else ""


def shapes(slide: Slide) -> Iterator[Shape]:
    """Yield the shapes that a slide shows, in the order they are painted, without dates, feet and slide numbers."""
    for shape in _below(slide, slide.shapes._spTree, (1.0, 0.0, 1.0, 0.0), 0):
        if shape.placeholder not in _PLACED and not _hidden(shape.element):
            yield shape


def shape_pieces(shape: Shape, slide: Slide) -> list[Piece]:
    """Return what a shape says: its text, its table, its chart's figures or its diagram's words."""
    if shape.body is not None:
        return frame_pieces(shape.body, bulleted=shape.placeholder in _BODIES)
    table = next(shape.element.iter(f"{DRAWING}tbl"), None)
    if table is not None:
        return _table(table)
    chart = next((e for e in shape.element.iter() if str(e.tag).endswith("/chart}chart")), None)
    if chart is not None:
        return list(_chart(slide.part.related_part(chart.get(f"{RELATIONSHIPS}id"))))
    diagram = next(shape.element.iter(f"{DIAGRAM}relIds"), None)
    if diagram is not None:
        return _diagram(slide.part.related_part(diagram.get(f"{RELATIONSHIPS}dm")).blob)
    return []


_Transform = tuple[float, float, float, float]


def _below(slide: Slide, parent: Element, transform: _Transform, depth: int) -> Iterator[Shape]:
    if depth > _DEEPEST:
        return
    for child in parent:
        if child.tag == f"{MARKUP}AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _below(slide, chosen, transform, depth + 1)
        elif child.tag == f"{PRESENTATION}grpSp":
            yield from _below(slide, child, _inside(child, transform), depth + 1)
        elif child.tag in (f"{PRESENTATION}sp", f"{PRESENTATION}pic", f"{PRESENTATION}graphicFrame"):
            yield Shape(child, _box(slide, child, transform))


def _inside(group: Element, outer: _Transform) -> _Transform:
    """Return scale and shift of what stands in a group, whose children have a coordinate system of their own."""
    frame = group.find(f"{PRESENTATION}grpSpPr/{DRAWING}xfrm")
    if frame is None:
        return outer
    off, ext = _pair(frame, "off", "x", "y"), _pair(frame, "ext", "cx", "cy")
    child_off, child_ext = _pair(frame, "chOff", "x", "y"), _pair(frame, "chExt", "cx", "cy")
    if not (off and ext and child_off and child_ext and child_ext[0] and child_ext[1]):
        return outer
    across, down = ext[0] / child_ext[0], ext[1] / child_ext[1]
    return (
        outer[0] * across,
        outer[1] + outer[0] * (off[0] - across * child_off[0]),
        outer[2] * down,
        outer[3] + outer[2] * (off[1] - down * child_off[1]),
    )


def _pair(frame: Element, name: str, first: str, second: str) -> tuple[float, float] | None:
    found = frame.find(f"{DRAWING}{name}")
    return None if found is None else (float(found.get(first, 0)), float(found.get(second, 0)))


def _box(slide: Slide, element: Element, transform: _Transform) -> Box:
    """Return where a shape stands; a placeholder without a place of its own takes its layout's."""
    from pptx.shapes.shapetree import SlideShapeFactory

    try:
        proxy: Any = SlideShapeFactory(element, slide.shapes)
        left, top, width, height = (float(v or 0) for v in (proxy.left, proxy.top, proxy.width, proxy.height))
    except damage():  # a layout that is not there: the place is not known, the words still are
        left = top = width = height = 0.0
    x, y = transform[0] * left + transform[1], transform[2] * top + transform[3]
    return Box(x, y, x + abs(transform[0] * width), y + abs(transform[2] * height))


def _hidden(element: Element) -> bool:
    own = next(element.iter(f"{PRESENTATION}cNvPr"), None)
    return own is not None and own.get("hidden") in ("1", "true")


# --- frames -----------------------------------------------------------------------------------------------------


def _table(table: Element) -> list[Piece]:
    rows = [
        [plain_text(body) if (body := cell.find(f"{DRAWING}txBody")) is not None else "" for cell in _cells(row)]
        for row in table.findall(f"{DRAWING}tr")
    ]
    text = markdown_table(rows) if rows else ""
    return [Piece(BlockKind.TABLE, text)] if text else []


def _cells(row: Element) -> list[Element]:
    found: list[Element] = row.findall(f"{DRAWING}tc")
    return found


def _chart(part: Any) -> Iterator[Piece]:
    """Yield a chart's title, and its values as a table: categories down, series across."""
    chart = part.chart
    title = " ".join(chart.chart_title.text_frame.text.split()) if chart.has_title and _titled(chart) else ""
    if title:
        yield Piece(BlockKind.PROSE, title)
    for plot in chart.plots:
        categories = [str(category.label) for category in plot.categories][:_MOST_CATEGORIES]
        series = [(str(one.name), list(one.values)) for one in plot.series]
        rows = [["", *(name for name, _ in series)]]
        rows += [
            [category, *(_number(values[at]) if at < len(values) else "" for _, values in series)]
            for at, category in enumerate(categories)
        ]
        if len(rows) > 1:
            yield Piece(BlockKind.TABLE, markdown_table(rows))
        elif any(name for name, _ in series):
            yield Piece(BlockKind.PROSE, ", ".join(name for name, _ in series))


def _titled(chart: Any) -> bool:
    return bool(chart.chart_title.has_text_frame)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _diagram(blob: bytes) -> list[Piece]:
    """Return the words of a diagram (SmartArt) as a list, in the order and depth of its points."""
    from pptx.oxml import parse_xml

    root = parse_xml(blob)
    words: dict[str, str] = {}
    start = ""
    for point in root.iter(f"{DIAGRAM}pt"):
        body = point.find(f"{DIAGRAM}t")
        if point.get("type", "node") in ("node", "asst"):
            words[point.get("modelId", "")] = plain_text(body) if body is not None else ""
        elif point.get("type") == "doc":
            start = point.get("modelId", "")
    children: dict[str, list[tuple[int, str]]] = {}
    for link in root.iter(f"{DIAGRAM}cxn"):
        if link.get("type", "parOf") == "parOf":
            children.setdefault(link.get("srcId", ""), []).append(
                (int(link.get("srcOrd", "0")), link.get("destId", ""))
            )
    lines = []
    waiting = [(key, 0) for _, key in sorted(children.get(start, ()), reverse=True)]
    met: set[str] = set()
    while waiting:
        key, depth = waiting.pop()
        if key in met or key not in words:
            continue
        met.add(key)
        if words[key]:
            lines.append(f"{'  ' * min(depth, _DEEPEST)}- {words[key]}")
        waiting += [(child, depth + 1) for _, child in sorted(children.get(key, ()), reverse=True)]
    return [Piece(BlockKind.LIST, "\n".join(lines))] if lines else []
