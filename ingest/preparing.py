"""A file that was read, as document, chunks, facts and figures: ready to be embedded and stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.attaching import attached
from ingest.changes import Task
from ingest.chunking import split
from ingest.document import ReadDocument
from ingest.extraction import extract
from ingest.selection import titled
from ingest.tally import Tally
from ingest.workers import FileRead
from knowledge.attachments import Attachments
from knowledge.embedding import Tokenizer
from knowledge.library import Library
from knowledge.model import Chunk, Course, SourceDocument


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be embedded and stored."""

    task: Task
    course: Course
    document: SourceDocument
    chunks: list[Chunk]
    facts: str
    attached: Attachments
    embedded: frozenset[str]
    """Ids of chunks that need no vector: the document had these passages before its file was moved."""
    seconds: float
    """That its reader took."""
    notes: tuple[str, ...]


def prepare(
    task: Task, read: ReadDocument, file: FileRead, library: Library, tokenizer: Tokenizer, tally: Tally
) -> Prepared:
    """Return what is stored of a file that was read; the time it takes is counted."""
    course, document, chunks = cut(task, read, file.content_hash, tokenizer, tally)
    was = task.moved_from
    with tally.timed("extract"):
        facts = extract(document, chunks).to_json()
        beside, about_pictures = attached(read, document.id, task.selected, was.id if was else "")
    known = _kept(library.catalog.document_chunks(was.id), chunks) if was else frozenset[str]()
    notes = (*read.notes, *about_pictures)
    return Prepared(task, course, document, chunks, facts, beside, known, file.seconds, notes)


def cut(
    task: Task, read: ReadDocument, content_hash: str, tokenizer: Tokenizer, tally: Tally
) -> tuple[Course, SourceDocument, list[Chunk]]:
    """Return the document and its chunks.

    Args:
        task: the file.
        read: what its reader gave.
        content_hash: of the bytes that were read: the file may have changed since the plan.
        tokenizer: of the embedder.
        tally: is told the seconds.
    """
    filed = titled(task.selected, read.title)
    document = SourceDocument(
        id=SourceDocument.id_for(filed.uri),
        course_id=filed.course.id,
        path=filed.path,
        uri=filed.uri,
        title=read.title,
        kind=read.kind,
        text=read.text,
        content_hash=content_hash,
        position=filed.position,
    )
    with tally.timed("chunk"):
        return filed.course, document, split(document, read.blocks, tokenizer)


def _kept(before: list[Chunk], now: list[Chunk]) -> frozenset[str]:
    """Return the ids of the chunks that the document had before, under other ids."""
    left = Counter((chunk.heading_path, chunk.text) for chunk in before)
    kept = set()
    for chunk in now:
        passage = chunk.heading_path, chunk.text
        if left[passage]:
            left[passage] -= 1
            kept.add(chunk.id)
    return frozenset(kept)
