"""Which selected files differ from what the library holds, by the hash of their bytes.

Reads bytes and parses none: a library that is up to date is told so in the time it takes to hash its files.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import EmptySource, IngestError, TooLarge, UnreadableSource
from ingest.report import Duplicate
from ingest.selection import Selected, Selection
from knowledge.model import SourceDocument


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. `stored` is what the library holds of it now."""

    selected: Selected
    content_hash: str
    stored: SourceDocument | None
    size_bytes: int = 0
    moved_from: SourceDocument | None = None
    """The document whose file had these bytes and is gone."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to be done to bring the library level with the files."""

    tasks: tuple[Task, ...]
    unchanged: tuple[str, ...]
    removed: tuple[SourceDocument, ...]
    duplicates: tuple[Duplicate, ...]
    errors: tuple[tuple[str, IngestError], ...]
    """Path and error of each file that cannot be taken."""


def compare(selection: Selection, documents: Sequence[SourceDocument], *, most_bytes: int) -> Changes:
    """Return what changed. Of files with the same bytes the first in course order stands for all.

    Args:
        selection: what was asked for.
        documents: what the library holds.
        most_bytes: files past this size are errors.
    """
    stored = {document.uri: document for document in documents}
    selected = {one.uri for one in selection.files}
    removed = [one for one in documents if one.uri not in selected and _vanished(one, selection)]
    gone = {document.id for document in removed}
    lost = {one.content_hash: one for one in reversed(documents) if one.id in gone or _is_gone(one, selected)}
    no_more = gone | {one.id for one in lost.values()}
    others = [one for one in documents if one.uri not in selected and one.id not in no_more]
    owners = {one.content_hash: (one.uri, one.path) for one in others}
    tasks: list[Task] = []
    unchanged: list[str] = []
    duplicates: list[Duplicate] = []
    errors: list[tuple[str, IngestError]] = []
    for one in selection.files:
        try:
            digest, size = _hash(one.file, most_bytes)
        except IngestError as error:
            errors.append((one.path, error))
            continue
        known = stored.get(one.uri)
        owner, owners_path = owners.setdefault(digest, (one.uri, one.path))
        if owner != one.uri:
            duplicates.append(Duplicate(one.path, owners_path))
            removed += [known] if known is not None else []
        elif known is not None and known.content_hash == digest and _filed_alike(known, one):
            unchanged.append(one.path)
        else:
            was = lost.pop(digest, None) if known is None else None
            removed = [other for other in removed if was is None or other.id != was.id]
            tasks.append(Task(one, digest, known, size, was))
    return Changes(tuple(tasks), tuple(unchanged), tuple(removed), tuple(duplicates), tuple(errors))


def _is_gone(document: SourceDocument, selected: Container[str]) -> bool:
    """Return whether a document that was not asked for was read from a file that is no more."""
    return document.uri not in selected and os.path.isabs(document.uri) and not os.path.lexists(document.uri)


def _vanished(document: SourceDocument, selection: Selection) -> bool:
    """Return whether a document stood in a folder or site that was asked for, and does no more."""
    return any(scope.lost(document) for scope in selection.scopes)


def _filed_alike(document: SourceDocument, selected: Selected) -> bool:
    return (document.course_id, document.path) == (selected.course.id, selected.path)


def _hash(file: Path, most_bytes: int) -> tuple[str, int]:
    """Return hash and size of a file."""
    try:
        size = file.stat().st_size
        if size > most_bytes:
            raise TooLarge(
                str(file),
                f"it has {size / 1e6:.4g} MB, the limit is {most_bytes / 1e6:.4g} MB",
                f"Split it, or raise the limit: --max-file-mb {size / 1e6 + 1:.0f}.",
            )
        if not size:
            raise EmptySource(str(file), "it is empty", "Add text to it, or leave it out.")
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), size
    except OSError as error:
        raise unreadable(file, error) from error


def unreadable(file: Path, error: OSError) -> UnreadableSource:
    """Return the error of a file that the system does not let us read."""
    return UnreadableSource(
        str(file),
        f"it cannot be opened ({error.strerror or error})",
        "Check that it is there and that you may read it.",
    )
