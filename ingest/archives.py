"""Zipped documents (.pptx, .docx, .epub) opened within limits, before any parser sees them.

Knows how a zip file can do harm: by its size unpacked, its number of entries, its names, its entity declarations.
Nothing is ever unpacked to disk, and archives inside an archive stay closed.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from ingest.errors import IngestError, TooLarge, UnreadableSource

MOST_ENTRIES = 10_000
MOST_UNPACKED_BYTES = 300_000_000
MOST_XML_BYTES = 100_000_000
"""One XML part unpacked: a parsed tree takes about ten times that in memory."""
MOST_RATIO = 300
"""Times that an entry may grow when it is unpacked; XML of real documents grows up to about 50 times."""

_SMALL_BYTES = 10_000_000
"""Unpacked size below which the ratio does not matter."""
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(r"\.(?:xml|rels|vml|opf|ncx)$", re.I)
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\x00")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENTITY = re.compile(rb"<!ENTITY")
_STEP_BYTES = 65_536
_DAMAGE = (
    KeyError, ValueError, OverflowError, EOFError, RuntimeError, OSError, zipfile.BadZipFile, zlib.error, struct.error
)  # fmt: skip
"""What the standard library raises over a broken zip file; RuntimeError includes NotImplementedError."""
_AGAIN = "Open it in the program that made it and save it again."


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose entries are within the limits by what it says of them; reading holds it to that."""

    name: str
    entries: zipfile.ZipFile
    doctypes: bool

    @property
    def paths(self) -> frozenset[str]:
        """Return the paths of its entries."""
        return frozenset(self.entries.namelist())

    def read(self, path: str) -> bytes:
        """Return the bytes of one entry, never more than its stated size.

        Raises:
            UnreadableSource: not there, damaged, packed in an unknown way, or markup that declares entities.
        """
        # A whole `ZipFile.read` unpacks an entry before it looks at the size that was stated for it.
        try:
            with self.entries.open(path) as entry:
                content = b"".join(iter(lambda: entry.read(_STEP_BYTES), b""))
        except _DAMAGE as error:
            raise UnreadableSource(self.name, f"{path} in it cannot be unpacked ({error})", _AGAIN) from error
        declared = _ENTITY if self.doctypes else _DECLARATION
        if _MARKUP.search(path) and declared.search(content.replace(b"\0", b"")):
            raise UnreadableSource(self.name, f"{path} in it declares entities, as no program writes it", _AGAIN)
        return content

    def repacked(self) -> io.BytesIO:
        """Return the archive once more with every entry read under the limits, for a parser that knows none."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as stored:
            for path in dict.fromkeys(self.entries.namelist()):
                if not path.endswith("/"):
                    stored.writestr(zipfile.ZipInfo(path), self.read(path))
        out.seek(0)
        return out


def open_archive(content: bytes, name: str, *, doctypes: bool = False) -> Archive:
    """Return the archive, every entry of which claims to be within the limits.

    Args:
        content: the file.
        name: as the person named it, for errors.
        doctypes: whether markup may name a document type (EPUB does); entities may be declared in no case.

    Raises:
        UnreadableSource: damaged, encrypted, no zip file, or with names that lead out of it.
        TooLarge: past a limit; names it.
    """
    if content.startswith(_COMPOUND_FILE):
        raise old_office(content, name)
    try:
        entries = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise UnreadableSource(name, f"it is damaged or of another format ({error})", _AGAIN) from error
    _check_entries(entries, name)
    return Archive(name, entries, doctypes)


def _check_entries(archive: zipfile.ZipFile, name: str) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise TooLarge(name, f"it holds {len(entries)} entries, over {MOST_ENTRIES}", "Leave it out, or split it.")
    for entry in entries:
        if _OUTSIDE.search(entry.filename):
            raise UnreadableSource(name, f"an entry is named to lie outside of it: {entry.filename!a}", _AGAIN)
        if entry.flag_bits & 1:
            raise UnreadableSource(name, f"{entry.filename} in it is encrypted", "Save a copy without a password.")
        grows = entry.file_size > _SMALL_BYTES and entry.file_size > MOST_RATIO * max(1, entry.compress_size)
        if grows or (_MARKUP.search(entry.filename) and entry.file_size > MOST_XML_BYTES):
            raise TooLarge(name, f"{entry.filename} in it unpacks to {entry.file_size / 1e6:.0f} MB", "Leave it out.")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_UNPACKED_BYTES:
        raise TooLarge(
            name,
            f"it unpacks to {total / 1e6:.0f} MB, over {MOST_UNPACKED_BYTES / 1e6:.0f} MB",
            "Shrink the pictures and films in it, or split it.",
        )


def old_office(content: bytes, name: str) -> IngestError:
    """Return what to say of a file in the format of Office 97, which also wraps what is locked by a password."""
    if _ENCRYPTED_PACKAGE in content:
        return UnreadableSource(name, "it is locked by a password", "Save a copy of it without one.")
    return UnreadableSource(
        name,
        "it is in the format of Office 97",
        "Save it as .pptx or .docx; in a shell: soffice --headless --convert-to pptx FILE (or docx).",
    )
