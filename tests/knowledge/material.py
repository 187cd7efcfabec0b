"""A small course to store, and a look at everything a library holds, without the numbers that rows happen to have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from knowledge.catalog import Catalog
from knowledge.library import Library, LibraryWriter
from knowledge.library_folder import CATALOG_NAME
from knowledge.model import (
    Chunk,
    ChunkKind,
    Concept,
    Course,
    Evidence,
    Heading,
    Mention,
    MentionRole,
    Quote,
    Relation,
    RelationKind,
    SourceDocument,
    SourceKind,
)
from knowledge.snapshot import ConceptSnapshot, CutEdge, Merge
from knowledge.vectors import concept_text
from tests.fakes import HashingEmbedder

COURSE = Course("course-one", "/courses/one", "Machine Learning")
# Sentences of the Hugging Face LLM course (Apache-2.0), chapters 1 to 3, lightly cut.
LESSON = (
    "The pipeline() function connects a model with its necessary preprocessing and postprocessing steps.",
    "Transfer learning is the act of initializing a model with another model's weights.",
    "A key feature of Transformer models is that they are built with special layers called attention layers.",
    "from torch.utils.data import DataLoader\nloader = DataLoader(dataset, batch_size=8)",
)


def document_of(
    path: str, passages: Sequence[str], *, course: Course = COURSE, position: int = 0
) -> tuple[SourceDocument, list[Chunk]]:
    """Return a document of these passages and one chunk for each."""
    title, uri = path.removesuffix(".md"), f"{course.root}/{path}"
    document_id = SourceDocument.id_for(uri)
    chunks: list[Chunk] = []
    start, seen = 0, dict[str, int]()
    for number, passage in enumerate(passages):
        heads = (title, f"Part {number // 2 + 1}")
        occurrence = seen[passage] = seen.get(passage, -1) + 1
        code = passage.startswith(("from ", "import "))
        chunks.append(
            Chunk(
                Chunk.id_for(document_id, heads, passage, occurrence),
                document_id,
                number,
                start,
                start + len(passage),
                passage,
                Heading(heads, f"part-{number // 2 + 1}"),
                heads,
                ChunkKind.CODE if code else ChunkKind.PROSE,
                "python" if code else "",
                len(passage.split()),
            )
        )
        start += len(passage) + 2
    text = "\n\n".join(passages)
    content_hash = f"hash of {text}"
    return (
        SourceDocument(document_id, course.id, path, uri, title, SourceKind.MARKDOWN, text, content_hash, position),
        chunks,
    )


def put(
    writer: LibraryWriter, path: str, passages: Sequence[str], *, course: Course = COURSE, position: int = 0
) -> tuple[SourceDocument, list[Chunk]]:
    """Store a document as an ingest does: only unknown chunks are embedded."""
    document, chunks = document_of(path, passages, course=course, position=position)
    known = writer.known_vectors([chunk.id for chunk in chunks])
    unknown = [chunk for chunk in chunks if chunk.id not in known]
    embedded = HashingEmbedder().embed([chunk.embedded_text for chunk in unknown])
    vectors = {chunk.id: vector for chunk, vector in zip(unknown, embedded, strict=True)}
    writer.put_document(course, document, chunks, f'{{"of":"{path}"}}', vectors)
    return document, chunks


def snapshot_of(chunks: Iterable[Chunk]) -> ConceptSnapshot:
    """Return concepts as a pure function of chunks: every long word is one, alphabetical neighbours need each other."""
    ordered = sorted(chunks, key=lambda chunk: (chunk.document_id, chunk.position))
    places: dict[str, list[Chunk]] = {}
    for chunk in ordered:
        for word in sorted({word.strip(".,()").lower() for word in chunk.text.split() if len(word) > 8}):
            places.setdefault(word, []).append(chunk)
    words = sorted(places)
    concepts = tuple(
        Concept(
            Concept.id_for(word),
            word,
            (f"{word} thing",) if index % 2 else (),
            Quote(places[word][0].id, places[word][0].text[:20]),
            1 / (1 + index),
            0.5,
            (0, places[word][0].position),
        )
        for index, word in enumerate(words)
    )
    pairs = list(pairwise(concepts))
    relations = tuple(
        Relation(
            early.id,
            late.id,
            RelationKind.PREREQUISITE if index % 3 else RelationKind.RELATED,
            0.25 + index / 1000,
            (Evidence("order", 0.5), Evidence("cue", 0.25, Quote(places[late.name][0].id, late.name))),
        )
        for index, (early, late) in enumerate(pairs)
    )
    mentions = tuple(
        Mention(concept.id, chunk.id, MentionRole.DEFINES if n == 0 else MentionRole.USES, n + 1)
        for concept in concepts
        for n, chunk in enumerate(places[concept.name])
    )
    merges = tuple(Merge(concept.id, f"{concept.name}s", "plural") for concept in concepts[:2])
    cut = tuple(
        CutEdge(Relation(late.id, early.id, RelationKind.PREREQUISITE, 0.1), "it would close a cycle")
        for early, late in pairs[:1]
    )
    return ConceptSnapshot(concepts, relations, mentions, merges, cut)


def replace(writer: LibraryWriter, snapshot: ConceptSnapshot) -> list[str]:
    """Store concepts as an ingest does; return the ids of those that had to be embedded."""
    known = writer.known_concept_vectors(snapshot.concepts)
    unknown = [concept for concept in snapshot.concepts if concept.id not in known]
    embedded = HashingEmbedder().embed([concept_text(concept) for concept in unknown])
    writer.replace_concepts(snapshot, {one.id: vector for one, vector in zip(unknown, embedded, strict=True)})
    return [concept.id for concept in unknown]


_TABLES: Mapping[str, str] = {
    "courses": "*",
    "documents": "*",
    "facts": "*",
    "chunks": 'id, document_id, position, start, "end", text, locator, heading_path, kind, language, tokens',
    "chunk_vectors": "id, made_from, vector",
    "concepts": "*",
    "concept_vectors": "id, made_from, vector",
    "names": "*",
    "relations": "*",
    "cut_edges": "*",
    "mentions": "*",
    "merges": "*",
    "figures": "*",
    "pictures": "*",
    "videos": "*",
    "moves": "*",
}


def contents(library: Library | Path) -> dict[str, list[Any]]:
    """Return every row of every table, sorted, and every word of the lexical index with the place it stands at."""
    if isinstance(library, Path):
        catalog = Catalog(library / CATALOG_NAME)
        try:
            return _contents(catalog)
        finally:
            catalog.close()
    return _contents(library.catalog)


def _contents(catalog: Catalog) -> dict[str, list[Any]]:
    with catalog.reading() as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        found = {table: sorted(db.execute(f"SELECT {columns} FROM {table}")) for table, columns in _TABLES.items()}
        db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab('main', 'chunks_fts', 'instance')")
        words = "SELECT chunks.id, col, term, offset FROM words LEFT JOIN chunks ON number = doc"
        found["words"] = sorted(db.execute(words), key=str)
        assert all(chunk_id is not None for chunk_id, *_ in found["words"]), "words of a chunk that is gone"
        lengths = db.execute("SELECT COUNT(*) FROM chunks_fts_docsize").fetchone()
        assert lengths[0] == len(found["chunks"])
    return found
