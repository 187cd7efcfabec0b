"""Pages of PDF files as images, a passage marked on them."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

WIDTH_PX = 1400
"""Sharp at the width of the page's column on a dense screen."""
_MARKER = (250, 230, 191)
_PDFIUM = threading.Lock()  # PDFium is not safe to call from two threads, and each session is a thread


@st.cache_data(max_entries=32, show_spinner="Drawing the page …")
def page_image(path: str, modified_ns: int, number: int, passage: str) -> bytes | None:
    """Return a page as PNG, 1,400 pixels wide; None where the file has no such page or cannot be read as PDF.

    Args:
        path: the file.
        modified_ns: when it was last changed, so that a changed file is drawn anew.
        number: the page, from 1.
        passage: words that are marked where they stand on the page; nothing is marked where they do not.
    """
    del modified_ns  # part of the cache's key alone
    import pypdfium2

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(path)
        except (pypdfium2.PdfiumError, OSError):
            return None
        try:
            if not 1 <= number <= len(document):
                return None
            page = document[number - 1]
            scale = WIDTH_PX / max(1.0, page.get_width())
            image = page.render(scale=scale).to_pil()
            boxes = _boxes(page, passage)
        except pypdfium2.PdfiumError:
            return None
        finally:
            document.close()
    written = io.BytesIO()
    _marked(image, boxes, scale).save(written, "PNG")
    return written.getvalue()


def _boxes(page: PdfPage, passage: str) -> list[tuple[float, float, float, float]]:
    """Return where the passage stands, a box a line: left, top, right, bottom in points from the page's upper left.

    Letters and digits alone are compared: readers mend spaces, hyphens and line ends.
    """
    from pypdfium2 import raw

    text = page.get_textpage()
    letters = [(chr(raw.FPDFText_GetUnicode(text, index)), index) for index in range(text.count_chars())]
    letters = [(letter, index) for letter, index in letters if letter.isalnum()]
    wanted = "".join(letter for letter in passage if letter.isalnum())
    start = "".join(letter for letter, _ in letters).find(wanted) if wanted else -1
    if start < 0:
        return []
    height = page.get_height()
    lines: list[tuple[float, float, float, float]] = []
    for _, index in letters[start : start + len(wanted)]:
        left, bottom, right, top = text.get_charbox(index, loose=True)
        box = (left, height - top, right, height - bottom)
        if lines and abs(lines[-1][3] - box[3]) < 0.5 * (box[3] - box[1]) and box[0] >= lines[-1][0]:
            last = lines[-1]
            lines[-1] = (last[0], min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            lines.append(box)
    return lines


def _marked(image: Image, boxes: list[tuple[float, float, float, float]], scale: float) -> Image:
    """Return the image as if each box had been gone over with a marker pen, `scale` pixels a point."""
    from PIL import Image as images
    from PIL import ImageChops, ImageDraw

    strokes = images.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(strokes)
    for box in boxes:
        draw.rectangle([coordinate * scale for coordinate in box], fill=_MARKER)
    return ImageChops.multiply(image.convert("RGB"), strokes)
