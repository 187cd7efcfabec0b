"""Figures and videos that a reader found, as they are stored: with the bytes of pictures that may be kept.

Pictures that a source only names are read from the course's folder, and from nowhere else: a course names what it
likes. What is kept is what its first bytes say it is: PNG, JPEG, GIF, WebP or AVIF.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.document import FoundFigure, ReadDocument
from ingest.document_json import MOST_PICTURE_BYTES, MOST_PICTURES, MOST_PICTURES_BYTES
from ingest.selection import Selected
from knowledge.attachments import Attachments
from knowledge.figures import Figure
from knowledge.videos import PlacedVideo, Video

_LONGEST_REFERENCE = 2_000
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def media_type(content: bytes) -> str:
    """Return what kind of picture these bytes are, by their beginning; empty where they are none that is kept."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if content[4:12] == b"ftypavif" else ""


def attached(
    read: ReadDocument, document_id: str, selected: Selected, moved_from: str
) -> tuple[Attachments, list[str]]:
    """Return what is stored beside the document, and notes about what could not be kept.

    Args:
        read: what the reader gave.
        document_id: of the document.
        selected: its file: pictures that it names are looked for beside it and at the course's root.
        moved_from: id of the document that it was before its file was moved, or empty.
    """
    pictures = _Pictures(selected)
    seen: Counter[str] = Counter()
    figures: list[Figure] = []
    for found in read.figures:
        digest, kind = pictures.kept(found)
        name = found.reference or digest or f"{found.caption}\n{found.alt}"
        occurrence = seen[name]
        seen[name] += 1
        figures.append(
            Figure(
                id=Figure.id_for(document_id, name, occurrence),
                document_id=document_id,
                position=len(figures),
                locator=found.locator,
                caption=found.caption,
                alt=found.alt,
                at=found.at,
                reference=found.reference,
                media_type=kind,
                picture=digest,
            )
        )
    videos = {(one.provider, one.key): one.at for one in reversed(read.videos)}
    placed = tuple(PlacedVideo(document_id, Video(*which), at) for which, at in videos.items())
    return Attachments(tuple(figures), pictures.content, placed, moved_from), pictures.notes()


class _Pictures:
    """The bytes of one document's pictures, within limits."""

    def __init__(self, selected: Selected) -> None:
        root = Path(selected.course.root)
        self._folder = selected.file.parent
        alone = selected.page is not None or root == selected.file  # a page's pictures stand on the web
        self._root = None if alone else Path(os.path.realpath(root))
        self.content: dict[str, bytes] = {}
        self._bytes = 0
        self._too_large: list[str] = []
        self._outside: list[str] = []

    def kept(self, found: FoundFigure) -> tuple[str, str]:
        """Return hash and kind of a figure's picture; both empty where its bytes are not kept."""
        content = found.image or self._read(found.reference)
        kind = media_type(content)
        if not kind:
            return "", ""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self.content:
            full = len(self.content) >= MOST_PICTURES or self._bytes + len(content) > MOST_PICTURES_BYTES
            if full or len(content) > MOST_PICTURE_BYTES:
                self._too_large.append(found.reference or "a picture inside the file")
                return "", ""
            self.content[digest] = content
            self._bytes += len(content)
        return digest, kind

    def notes(self) -> list[str]:
        """Return what a person should know."""
        limits = f"(at most {MOST_PICTURE_BYTES // 10**6} MB a picture, {MOST_PICTURES} a document)"
        said = (
            (self._too_large, f"kept by their words alone {limits}"),
            (self._outside, "outside the course, not read"),
        )
        return [f"{len(names)} pictures {words}: {', '.join(names[:3])}" for names, words in said if names]

    def _read(self, reference: str) -> bytes:
        file = self._file(reference)
        if file is None:
            return b""
        try:
            with file.open("rb") as stream:
                seen = os.fstat(stream.fileno())
                if not stat.S_ISREG(seen.st_mode):
                    return b""
                if seen.st_size > MOST_PICTURE_BYTES:
                    self._too_large.append(reference)
                    return b""
                return stream.read(MOST_PICTURE_BYTES)
        except OSError:  # a picture that cannot be read is one of which the words stay
            return b""

    def _file(self, reference: str) -> Path | None:
        """Return the file below the course's root that a reference names."""
        path = _path(reference)
        if not path or self._root is None:
            return None
        places: Sequence[Path] = (self._folder / path.lstrip("/"), self._root / path.lstrip("/"))
        for place in reversed(places) if path.startswith("/") else places:
            real = Path(os.path.realpath(place))
            if not real.is_relative_to(self._root):
                self._outside.append(reference)
                return None
            if real.is_file():
                return real
        return None


def _path(reference: str) -> str:
    """Return the path that a reference names; empty for an address and for what is no path."""
    if not reference or len(reference) > _LONGEST_REFERENCE or not reference.isprintable():
        return ""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return ""
    path = unquote(parts.path)
    return "" if parts.scheme or parts.netloc or "\0" in path else path
