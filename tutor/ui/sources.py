"""Everything the library was made from, by course, with where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote

import streamlit as st

from knowledge.model import SourceDocument
from knowledge.wording import counted
from tutor.markdown import escape
from tutor.ui.source_view import KIND_NAMES
from tutor.ui.state import Services

FILTER_FROM = 12
"""Shorter lists are read faster than searched."""


def draw(services: Services) -> None:
    """Draw the list of all documents in the order of their courses."""
    st.title("Sources", anchor=False)
    documents = services.tutor.sources()
    st.markdown(f":gray[{counted(len(documents), 'document')} in the library, in course order.]")
    if len(documents) >= FILTER_FROM:
        wanted = st.text_input("Filter by title or path", key="source-filter").strip().casefold()
        documents = [d for d in documents if wanted in f"{d.title}\n{d.path}".casefold()]
        if not documents:
            st.markdown("No document has these words in its title or path.")
    for root, group in groupby(documents, key=_root):
        st.markdown(f"**From** {escape(root)}")
        st.markdown(_list(group))


def _root(document: SourceDocument) -> str:
    """Return the folder or address that the document's course was read from."""
    return document.uri.removesuffix(document.path).rstrip("/\\") or document.uri


def _list(documents: Iterable[SourceDocument]) -> str:
    return "\n".join(
        f"1. [{escape(document.title)}](?document={quote(document.id, safe='')})  \n"
        f"   :gray[:small[{KIND_NAMES[document.kind]} · {escape(document.path)}]]"
        for document in documents
    )
