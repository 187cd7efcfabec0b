"""One reader for each format: bytes and a name in, a document out. No reader knows of files, stores or models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from ingest.document import ReadDocument
from ingest.readers import docx, epub, html, markdown, notebook, pdf, slides, text, transcript

Reader = Callable[[bytes, str], ReadDocument]

READERS: Mapping[str, Reader] = {
    ".md": markdown.read,
    ".mdx": markdown.read,
    ".markdown": markdown.read,
    ".ipynb": notebook.read,
    ".srt": transcript.read,
    ".vtt": transcript.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".docm": docx.read,
    ".doc": docx.read_old,
    ".epub": epub.read,
    ".pptx": slides.read,
    ".pptm": slides.read,
    ".ppsx": slides.read,
    ".ppt": slides.read_old,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".txt": text.read,
    ".text": text.read,
}
"""By suffix, in lower case."""


def reader_for(name: str | PurePath) -> Reader | None:
    """Return the reader of a file by its suffix, or None where there is none."""
    return READERS.get(PurePath(name).suffix.lower())
