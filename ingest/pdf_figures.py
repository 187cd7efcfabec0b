"""Figures of PDF pages: what is drawn above or below a caption, rendered as a picture.

Knows boxes of graphic objects and lines of captions. Calls PDFium: one thread at a time.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.document import Image
from ingest.pdf_columns import Line
from ingest.pdf_words import goes_on, joined
from ingest.slide_layout import Box

MOST_PIXELS = 1_000_000
MOST_FIGURES = 400
"""Figures of one document that are rendered; the others keep their caption."""

_FIGURE = re.compile(r"^(?:fig(?:ure|\.)|abb(?:ildung|\.))\s*[A-Z]?\d+(?:\.\d+)*\s*[.:|–—-]?\s", re.I)
_MOST_OBJECTS = 4_000
_SHARPEST = 2.0
_JPEG_FROM_BYTES = 300_000
_WHOLE_PAGE = 0.9
_LEAST_SIDE = 20.0
_NEAR = 0.06
"""Share of the page's height between a figure and its caption, at most."""
_SLIDE_SHARE = 0.06
_LEAST_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on a page; `box` is None where only its caption is known."""

    caption: str
    at_line: int
    """Index of the line that it stands before."""
    box: Box | None


@dataclass(frozen=True, slots=True)
class Graphics:
    """Boxes on one page, from the top left of the page: pictures, and all that is drawn."""

    pictures: tuple[Box, ...]
    drawn: tuple[Box, ...]


def graphics(page: Any) -> Graphics:
    """Return what a pypdfium2 page draws besides text; nothing for pages that are turned."""
    import pypdfium2.raw as pdfium

    if page.get_rotation():
        return Graphics((), ())
    left0, bottom0, right0, top0 = page.get_bbox()
    area = (right0 - left0) * (top0 - bottom0)
    pictures: list[Box] = []
    drawn: list[Box] = []
    kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_FORM)
    for number, found in enumerate(page.get_objects(filter=kinds, max_depth=2)):
        if number >= _MOST_OBJECTS:
            break
        left, bottom, right, top = found.get_bounds()
        box = Box(max(left, left0), top0 - min(top, top0), min(right, right0), top0 - max(bottom, bottom0))
        if box.right <= box.left or box.bottom <= box.top or box.area > _WHOLE_PAGE * area:
            continue
        (pictures if found.type == pdfium.FPDF_PAGEOBJ_IMAGE else drawn).append(box)
    return Graphics(tuple(pictures), tuple(drawn))


def has_caption(lines: Sequence[Line]) -> bool:
    """Return whether a page names a figure."""
    return any(_FIGURE.match(line.text) for line in lines)


def captioned(lines: Sequence[Line], drawn: Graphics, height: float, words: Counter[str]) -> Iterator[Figure]:
    """Yield the figures of a page by their captions."""
    for at, line in enumerate(lines):
        if not _FIGURE.match(line.text):
            continue
        end = at + 1
        text = line.text
        while end < len(lines) and goes_on(lines[end - 1], lines[end], 0.0) and len(text) < 1_000:
            text = joined(text, lines[end].text, words)
            end += 1
        yield Figure(text, at, _region(lines[at:end], drawn, height))


def on_slides(pages: Sequence[Graphics], areas: Sequence[float]) -> list[list[Figure]]:
    """Return the pictures of each slide that are neither ornaments nor repeated at the same place."""
    places = Counter(_place(box) for page in pages for box in set(page.pictures))
    return [
        [
            Figure("", 0, box)
            for box in dict.fromkeys(page.pictures)
            if box.area >= _SLIDE_SHARE * area and places[_place(box)] < _LEAST_REPEATS
        ]
        for page, area in zip(pages, areas, strict=True)
    ]


def rendered(page: Any, box: Box) -> Image:
    """Return a part of a page as a picture of at most `MOST_PIXELS`."""
    left0, bottom0, right0, top0 = page.get_bbox()
    scale = min(_SHARPEST, (MOST_PIXELS / max(1.0, box.area)) ** 0.5)
    height = top0 - bottom0
    crop = (box.left - left0, height - box.bottom, right0 - box.right, box.top)
    picture = page.render(scale=scale, crop=tuple(max(0.0, side) for side in crop)).to_pil()
    out = io.BytesIO()
    picture.save(out, "PNG")
    if out.tell() <= _JPEG_FROM_BYTES:
        return Image(out.getvalue(), "image/png")
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=85)
    return Image(out.getvalue(), "image/jpeg")


def _region(caption: Sequence[Line], drawn: Graphics, height: float) -> Box | None:
    """Return the box of what is drawn right above a caption, else right below it."""
    first, last = caption[0], caption[-1]
    own = Box(
        min(line.left for line in caption),
        first.baseline - first.size,
        max(line.right for line in caption),
        last.baseline,
    )
    for boxes in (drawn.pictures, drawn.drawn + drawn.pictures):
        beside = [box for box in boxes if box.overlap_across(own) > 0]
        for above in (True, False):
            region = _grown(beside, own, height, above=above)
            if region is not None:
                return region
    return None


def _grown(boxes: Sequence[Box], caption: Box, height: float, *, above: bool) -> Box | None:
    """Return the boxes that stand next to the caption, and next to those, as one."""
    edge = caption.top if above else caption.bottom
    ordered = sorted(boxes, key=lambda box: -box.bottom if above else box.top)
    region: Box | None = None
    for box in ordered:
        far = (box.bottom > edge + 2) if above else (box.top < edge - 2)
        if far:
            continue
        limit = edge if region is None else (region.top if above else region.bottom)
        if (limit - box.bottom if above else box.top - limit) > _NEAR * height:
            break
        region = (
            box
            if region is None
            else Box(
                min(region.left, box.left),
                min(region.top, box.top),
                max(region.right, box.right),
                max(region.bottom, box.bottom),
            )
        )
    if region is None or min(region.right - region.left, region.bottom - region.top) < _LEAST_SIDE:
        return None
    return region


def _place(box: Box) -> tuple[int, int, int, int]:
    return round(box.left), round(box.top), round(box.right), round(box.bottom)
