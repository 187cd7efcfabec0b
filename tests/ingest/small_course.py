"""Small courses for the tests of extraction: Markdown texts as documents, split at their headings.

Lines marked [cv] are cut from the Hugging Face Community Computer Vision Course (MIT licence).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ingest.extraction import extract
from ingest.facts import DocumentFacts
from knowledge.model import (
    Chunk,
    ChunkKind,
    Concept,
    Heading,
    Relation,
    RelationKind,
    SourceDocument,
    SourceKind,
    stable_id,
)
from knowledge.snapshot import ConceptSnapshot

CLIP_LESSON = """# Contrastive Language-Image Pre-training (CLIP)

CLIP is a neural network adept at grasping visual concepts through natural language supervision. It operates by \
concurrently training a text encoder and an image encoder, focusing on a pretraining task that involves matching \
captions with corresponding images.

CLIP leverages contrastive learning. The CLIP Model can clip nothing: clip the values yourself.

## Text Encoder and Image Encoder

CLIP's design features independent encoders for images and text. The image encoder is trained with the text encoder.
"""  # [cv], third paragraph ours

CONTRASTIVE_LESSON = """# Contrastive learning

Contrastive Learning is an unsupervised deep learning method aimed at representation learning.

Contrastive learning pulls similar pairs together. In contrastive learning, pairs are compared.
"""  # [cv] first sentence


def document(path: str, text: str, position: int) -> tuple[SourceDocument, list[Chunk]]:
    """Return a Markdown text as a document with one chunk a section, code fences apart."""
    title = text.split("\n", 1)[0].lstrip("# ").strip()
    source = SourceDocument(
        stable_id(path), "course", path, f"/course/{path}", title, SourceKind.MARKDOWN, text, "hash", position
    )
    chunks: list[Chunk] = []
    headings: list[str] = [title]
    for match in re.finditer(r"^(```.*?^```[ \t]*$)|((?:(?!^```).)+?)(?=^#|^```|\Z)", text, re.M | re.S):
        piece = match.group()
        heading = re.match(r"(#+)\s+(.*)", piece)
        if heading:
            headings = [*headings[: len(heading.group(1)) - 1], heading.group(2).strip()]
        if piece.strip():
            kind = ChunkKind.CODE if match.group(1) else ChunkKind.PROSE
            path_now = tuple(headings)
            chunks.append(
                Chunk(
                    Chunk.id_for(source.id, path_now, piece, len(chunks)),
                    source.id,
                    len(chunks),
                    match.start(),
                    match.end(),
                    piece,
                    Heading(path_now, ""),
                    path_now,
                    kind,
                    "python" if kind is ChunkKind.CODE else "",
                    len(piece.split()),
                )
            )
    return source, chunks


def facts_of(*texts: str, paths: Sequence[str] = ()) -> list[DocumentFacts]:
    """Return the facts of texts that stand in course order."""
    names = paths or [f"lesson{number}.md" for number in range(len(texts))]
    return [extract(*document(path, text, n)) for n, (path, text) in enumerate(zip(names, texts, strict=True))]


def named(snapshot: ConceptSnapshot, name: str) -> Concept:
    """Return the concept that is called `name`, by its shown name or another one."""
    found = [one for one in snapshot.concepts if name in (one.name, *one.aliases)]
    assert len(found) == 1, f"{name!r} among {[one.name for one in snapshot.concepts]}"
    return found[0]


def names(snapshot: ConceptSnapshot) -> set[str]:
    return {concept.name for concept in snapshot.concepts}


def edges(snapshot: ConceptSnapshot, kind: RelationKind) -> Mapping[tuple[str, str], Relation]:
    """Return the relations of a kind by the names of their ends."""
    name = {concept.id: concept.name for concept in snapshot.concepts}
    return {(name[edge.source_id], name[edge.target_id]): edge for edge in snapshot.relations if edge.kind is kind}
