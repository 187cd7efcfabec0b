"""A cited place as it stands in its document: the passage, marked, between what comes before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from knowledge.model import Chunk, ChunkKind, Page, SourceDocument, SourceKind, TimeSpan, clock, fragment, place
from tutor.markdown import bare, escape, fit
from tutor.render import fenced
from tutor.ui.state import Services

KIND_NAMES = {
    SourceKind.MARKDOWN: "Markdown",
    SourceKind.NOTEBOOK: "Notebook",
    SourceKind.TRANSCRIPT: "Transcript",
    SourceKind.PDF: "PDF",
    SourceKind.TEXT: "Text",
    SourceKind.HTML: "Web page",
    SourceKind.SLIDES: "Slides",
    SourceKind.DOCX: "Word document",
    SourceKind.EPUB: "E-book",
}
_MARKDOWN = (
    SourceKind.MARKDOWN, SourceKind.NOTEBOOK, SourceKind.HTML, SourceKind.SLIDES, SourceKind.DOCX, SourceKind.EPUB
)  # fmt: skip


def draw_document(services: Services, document_id: str) -> None:
    """Draw the beginning of this document, or say that the library no longer has it."""
    draw(services, services.tutor.opening(document_id) or "")


def draw(services: Services, chunk_id: str) -> None:
    """Draw the place of this chunk, or say that the library no longer has it."""
    view = services.tutor.source(chunk_id)
    if view is None:
        st.title("This place is gone", anchor=False)
        st.markdown("The library holds no such passage any more: its document was changed or removed since.")
        return
    document, chunk = view.document, view.chunk
    st.title(escape(document.title), anchor=False)
    where = _place(chunk).removeprefix(f"{document.title} › ")
    st.markdown(f"**{escape(where)}** :gray[· {KIND_NAMES[document.kind]} · {escape(document.path)}]")
    if document.kind is SourceKind.PDF and isinstance(chunk.locator, Page):
        _pdf_page(document, chunk, chunk.locator)
    if view.before:
        _turn_to(view.before[0], "Earlier in this document")
        with st.container(key="around-before"):
            _chunks(document, view.before)
    with st.container(key="cited-passage"):
        st.caption("The cited passage")
        _chunk(document, chunk)
    if view.after:
        with st.container(key="around-after"):
            _chunks(document, view.after)
        _turn_to(view.after[-1], "Later in this document")
    _original(document, chunk)


def _place(chunk: Chunk) -> str:
    if isinstance(chunk.locator, TimeSpan):
        return f"{clock(chunk.locator.start_s)} to {clock(chunk.locator.end_s)}"
    return place(chunk.locator)


def _original(document: SourceDocument, chunk: Chunk) -> None:
    """Link the original where a browser can open it; files of this machine are named, as pages may not open them."""
    if document.uri.startswith(("https://", "http://")):
        mark = fragment(chunk.locator)
        st.link_button("Open the original", f"{document.uri}#{mark}" if mark else document.uri)
    else:
        with st.expander("Where the file is"):
            st.code(document.uri, language=None)


def _pdf_page(document: SourceDocument, chunk: Chunk, page: Page) -> None:
    from tutor.ui.pdf_page import page_image

    path = Path(document.uri)
    if not path.is_file():
        st.caption("The PDF file is no longer where it was read; its text is below.")
        return
    image = page_image(str(path), path.stat().st_mtime_ns, page.number, chunk.text)
    if image is None:
        st.caption("The page cannot be drawn; its text is below.")
    else:
        st.image(image, caption=f"Page {page.number}", width="stretch")


def _turn_to(chunk: Chunk, label: str) -> None:
    st.markdown(f"[{label}](?source={quote(chunk.id, safe='')}) :gray[· {escape(_place(chunk))}]")


def _chunks(document: SourceDocument, chunks: Sequence[Chunk]) -> None:
    for chunk in chunks:
        _chunk(document, chunk)


def _chunk(document: SourceDocument, chunk: Chunk) -> None:
    if isinstance(chunk.locator, TimeSpan):
        st.caption(clock(chunk.locator.start_s))
    if chunk.kind is not ChunkKind.PROSE and not chunk.text.lstrip().startswith(("```", "~~~")):
        st.markdown(fenced(chunk.text, chunk.language))
    elif document.kind in _MARKDOWN:
        st.markdown(fit(chunk.text, top_heading=2), anchors=False)
    else:
        st.markdown(bare(chunk.text))
