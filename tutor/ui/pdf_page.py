"""Pages of PDF files as images."""

from __future__ import annotations

import io
import threading

import streamlit as st

WIDTH_PX = 1400
"""Sharp at the width of the page's column on a dense screen."""
_PDFIUM = threading.Lock()  # PDFium is not safe to call from two threads, and each session is a thread


@st.cache_data(max_entries=32, show_spinner="Drawing the page …")
def page_image(path: str, modified_ns: int, number: int) -> bytes | None:
    """Return a page as PNG, 1,400 pixels wide; None where the file has no such page or cannot be read as PDF.

    Args:
        path: the file.
        modified_ns: when it was last changed, so that a changed file is drawn anew.
        number: the page, from 1.
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
            image = page.render(scale=WIDTH_PX / max(1.0, page.get_width())).to_pil()
        except pypdfium2.PdfiumError:
            return None
        finally:
            document.close()
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
