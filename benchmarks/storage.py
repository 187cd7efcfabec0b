"""What storing and searching cost: `python benchmarks/storage.py 2000 --chroma`.

Chunks of 160 words drawn by Zipf's law from 20,000 made-up words, vectors of 384 dimensions around 2,000 directions.
Prints milliseconds a chunk for `put_document`, and the median and 95th percentile of each kind of search.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.chroma_index import ChromaIndex, ChromaStore
from knowledge.embedding import EmbeddingSignature
from knowledge.library import Library, LibraryWriter
from knowledge.model import (
    Chunk,
    ChunkKind,
    Concept,
    Course,
    Heading,
    Relation,
    RelationKind,
    SourceDocument,
    SourceKind,
)
from knowledge.snapshot import ConceptSnapshot
from knowledge.vectors import ExactIndex, VectorTable

DIMENSION, DIRECTIONS, CHUNK_WORDS, CHUNKS_PER_DOCUMENT, QUESTIONS = 384, 2_000, 160, 25, 60
COURSE = Course("course", "/course", "Course")


class Material:
    """Made-up documents and vectors, the same in every run."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)
        self.words = ["".join(random.Random(n).choices("abcdefghij", k=4 + n % 6)) for n in range(20_000)]
        self.directions = self.rng.normal(size=(DIRECTIONS, DIMENSION)).astype(np.float32)

    def text(self, words: int) -> str:
        return " ".join(self.words[n % len(self.words)] for n in self.rng.zipf(1.2, words))

    def vectors(self, count: int) -> np.ndarray:
        noise = self.rng.normal(size=(count, DIMENSION)).astype(np.float32)
        rows = self.directions[self.rng.integers(0, DIRECTIONS, count)] + 0.5 * noise
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def document(self, number: int, chunks: int) -> tuple[SourceDocument, list[Chunk]]:
        document_id, heads = f"document-{number}", (f"Title {number}", "Section")
        texts = [self.text(CHUNK_WORDS) for _ in range(chunks)]
        made, start = [], 0
        for position, text in enumerate(texts):
            chunk_id = Chunk.id_for(document_id, heads, text, position)
            place = Heading(heads, "section")
            end = start + len(text)
            made.append(
                Chunk(chunk_id, document_id, position, start, end, text, place, heads, ChunkKind.PROSE, "", 200)
            )
            start = end + 1
        path, text = f"{number}.md", "\n".join(texts)
        kind = SourceKind.MARKDOWN
        return SourceDocument(document_id, COURSE.id, path, f"/course/{path}", path, kind, text, "hash", number), made


def timed(label: str, call: Callable[[object], object], arguments: Sequence[object]) -> None:
    first = time.perf_counter()
    call(arguments[0])
    first = time.perf_counter() - first
    taken = []
    for argument in arguments:
        start = time.perf_counter()
        call(argument)
        taken.append(1_000 * (time.perf_counter() - start))
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(f"{label:28} p50 {statistics.median(taken):8.3f} ms   p95 {p95:8.3f} ms   first {1_000 * first:8.1f} ms")


def fill(writer: LibraryWriter, material: Material, chunks: int) -> None:
    spent, documents = 0.0, range(0, chunks, CHUNKS_PER_DOCUMENT)
    for number in documents:
        document, made = material.document(number, min(CHUNKS_PER_DOCUMENT, chunks - number))
        vectors = dict(zip([chunk.id for chunk in made], material.vectors(len(made)), strict=True))
        start = time.perf_counter()
        writer.put_document(COURSE, document, made, "{}", vectors)
        spent += time.perf_counter() - start
    print(f"put_document: {1_000 * spent / chunks:.3f} ms a chunk, {1_000 * spent / len(documents):.1f} ms a document")


def teach(writer: LibraryWriter, material: Material, count: int) -> list[str]:
    ids = [f"concept-{number}" for number in range(count)]
    concepts = tuple(Concept(one, one, (), None, 0.5, 0.5, (n, 0)) for n, one in enumerate(ids))
    edges = {(int(early), late) for late in range(1, count) for early in material.rng.integers(0, late, 3)}
    relations = tuple(Relation(ids[a], ids[b], RelationKind.PREREQUISITE, 0.5) for a, b in sorted(edges))
    vectors = dict(zip(ids, material.vectors(count), strict=True))
    start = time.perf_counter()
    writer.replace_concepts(ConceptSnapshot(concepts, relations, (), (), ()), vectors)
    print(f"replace_concepts: {count} concepts, {len(relations)} edges: {time.perf_counter() - start:.2f} s")
    return ids


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chunks", type=int)
    parser.add_argument("--concepts", type=int, default=2_000)
    parser.add_argument("--chroma", action="store_true", help="measure Chroma, too")
    chosen = parser.parse_args()
    material = Material()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "library"
        with LibraryWriter.open(folder, EmbeddingSignature("made-up", DIMENSION, "0" * 64)) as writer:
            fill(writer, material, chosen.chunks)
            ids = teach(writer, material, chosen.concepts)
            if chosen.chroma:
                start = time.perf_counter()
                writer.sync_vectors()
                print(f"sync_vectors: {time.perf_counter() - start:.2f} s")
        search(folder, material, ids, chroma=chosen.chroma)
        print(f"catalog: {(folder / 'catalog.sqlite3').stat().st_size / 1e6:.1f} MB")


def search(folder: Path, material: Material, ids: Sequence[str], *, chroma: bool) -> None:
    start = time.perf_counter()
    with Library.open(folder) as library:
        catalog = library.catalog
        print(f"open: {1_000 * (time.perf_counter() - start):.1f} ms")
        asked = list(material.vectors(QUESTIONS))
        exact = ExactIndex(catalog, VectorTable.CHUNKS)
        timed("exact, nearest 50", lambda vector: exact.search(vector, 50), asked)
        if chroma:
            index = ChromaIndex(catalog, VectorTable.CHUNKS, ChromaStore(folder))
            timed("Chroma, nearest 50", lambda vector: index.search(vector, 50), asked)
            shared = [{one for one, _ in exact.search(v, 5)} & {one for one, _ in index.search(v, 5)} for v in asked]
            print(f"Chroma, recall@5: {sum(map(len, shared)) / 5 / len(asked):.3f}")
        timed("words, best 50", lambda text: catalog.lexical_search(text, 50), [material.text(8) for _ in asked])
        found = [[one for one, _ in exact.search(vector, 50)] for vector in asked]
        timed("50 chunks", catalog.chunks, found)
        tens = [random.Random(n).sample(ids, 10) for n in range(QUESTIONS)]
        timed("prerequisites of 10", catalog.prerequisites_of, tens)
        timed("unlocked by 10", catalog.unlocked_by, tens)
        timed("generation", lambda _: library.generation, tens)


if __name__ == "__main__":
    main()
