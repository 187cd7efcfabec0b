"""A library as a langchain retriever, for people who build chains of their own. Nothing of Erica needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from knowledge.model import Hit, RetrievalSettings, SourceDocument, fragment, place

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    from knowledge.retriever import Retriever


def as_langchain_retriever(retriever: Retriever, settings: RetrievalSettings | None = None) -> BaseRetriever:
    """Return a langchain retriever whose documents are the hits for a question, best first.

    Each document carries the chunk's id, and as metadata `source` (title), `path`, `uri` (opens the place), `place` (in
    words), `score` (of the joined lists, comparable within one answer), `cosine` and `bm25` (None where that list
    did not hold it).
    """
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    class LibraryRetriever(BaseRetriever):
        """Asks the library it was made for."""

        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            found = retriever.retrieve(query, settings)
            return [
                Document(id=hit.chunk.id, page_content=hit.chunk.text, metadata=_metadata(hit, found.documents))
                for hit in found.hits
            ]

    return LibraryRetriever()


def _metadata(hit: Hit, documents: Mapping[str, SourceDocument]) -> dict[str, str | float | None]:
    document, locator = documents[hit.chunk.document_id], hit.chunk.locator
    anchor = fragment(locator)
    return {
        "source": document.title,
        "path": document.path,
        "uri": f"{document.uri}#{anchor}" if anchor else document.uri,
        "place": place(locator),
        "score": hit.score,
        "cosine": hit.cosine,
        "bm25": hit.bm25,
    }
