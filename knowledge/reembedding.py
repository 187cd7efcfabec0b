"""All texts of a library embedded anew, a batch at a time. Knows what is embedded; storing it is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from knowledge.catalog import Catalog
from knowledge.embedding import Embedder
from knowledge.errors import EmbeddingMismatch
from knowledge.vectors import concept_text, packed, text_digest

T = TypeVar("T")

BATCH = 256
Progress = Callable[[int, int], None]
"""Is told how many texts are embedded, and of how many."""


def chunk_rows(catalog: Catalog, embedder: Embedder, progress: Progress) -> Iterator[tuple[str, int, bytes]]:
    """Yield (id, tokens, vector) of every chunk.

    Raises:
        EmbeddingMismatch: the embedder reads less than a chunk is long, so that the end of it would be lost.
        EmbedderUnavailable: the embedder cannot be loaded.
    """
    counts = catalog.counts()
    done = 0
    for document in catalog.documents():
        for chunks in _batches(catalog.document_chunks(document.id)):
            texts = [chunk.embedded_text for chunk in chunks]
            tokens = [embedder.tokenizer.count(text) for text in texts]
            if max(tokens) > embedder.tokenizer.max_tokens:
                raise EmbeddingMismatch(
                    f"{embedder.signature.name} reads {embedder.tokenizer.max_tokens} tokens at a time, and a passage "
                    f"of {document.path} has {max(tokens)}. Ingest the course into another folder with this model, "
                    "which cuts its passages anew."
                )
            ids = [chunk.id for chunk in chunks]
            vectors = packed(dict(zip(ids, embedder.embed(texts), strict=True)), embedder.signature.dimension)
            yield from zip(ids, tokens, vectors.values(), strict=True)
            done += len(chunks)
            progress(done, counts.chunks + counts.concepts)


def concept_rows(catalog: Catalog, embedder: Embedder, progress: Progress) -> Iterator[tuple[str, str, bytes]]:
    """Yield (id, what tells the text, vector) of every concept.

    Raises:
        EmbedderUnavailable: the embedder cannot be loaded.
    """
    counts = catalog.counts()
    done = counts.chunks
    for concepts in _batches(catalog.concepts()):
        texts = [concept_text(concept) for concept in concepts]
        ids = [concept.id for concept in concepts]
        vectors = packed(dict(zip(ids, embedder.embed(texts), strict=True)), embedder.signature.dimension)
        yield from zip(ids, map(text_digest, texts), vectors.values(), strict=True)
        done += len(concepts)
        progress(done, counts.chunks + counts.concepts)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
