"""Bytes of a text file to text, and a title from a file's name."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath

from ingest.errors import EmptySource, UnreadableSource

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufdd0-\ufdef\ud800-\udfff]")
_NOT_LETTERS = re.compile(r"[^\x00-\x7f\w‘’“”–—…•€™°±²³·«»¿¡§©®µ×÷½¼¾‰ ]")
_LIKELY_BINARY = 0.02
"""Share of control characters above which a file is no text."""
_FEW = 8
_FALLBACK = "cp1252"
_FALLBACK_SHARE = 0.2
"""Share of non-ASCII bytes up to which Windows-1252 is believed: Western text is mostly ASCII."""


def decode(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return a file's text with line feeds as line ends and no control characters, and notes about its encoding.

    A byte order mark decides; else UTF-8; else Windows-1252 where the text stays plausible, which is noted.

    Raises:
        EmptySource: there is nothing but white space.
        UnreadableSource: the bytes are no text, or in an encoding that cannot be told; names the byte offset.
    """
    text, notes = _decoded(content, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text, removed = _CONTROL.subn("", text)
    if removed > max(_FEW, _LIKELY_BINARY * len(text)):
        raise UnreadableSource(name, "it is binary, not text", "Give it the suffix of its format, or leave it out.")
    if not text.strip():
        raise EmptySource(name, "there is no text in it", "Add text to it, or leave it out.")
    return text, notes


def without_controls(text: str) -> str:
    """Return text from inside a format (JSON escapes, PDF strings) without what no text file can hold."""
    return _CONTROL.sub("", text)


def _decoded(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if content.startswith(mark)), (b"", "utf-8"))
    try:
        return content[len(mark) :].decode(encoding), ()
    except UnicodeDecodeError as error:
        offset = error.start + len(mark)
        fallback = None if mark else _windows_text(content)
        if fallback is None:
            raise UnreadableSource(
                name,
                f"it is not valid {encoding.upper()} (byte 0x{content[offset]:02X} at offset {offset})",
                "Save it as UTF-8; in a shell: iconv -f ENCODING -t UTF-8 FILE.",
            ) from error
        return fallback, (f"not UTF-8 (byte 0x{content[offset]:02X} at offset {offset}), read as Windows-1252",)


def _windows_text(content: bytes) -> str | None:
    """Return the bytes as Windows-1252 where that gives letters and typographic marks, else None."""
    foreign = sum(byte > 0x7F for byte in content)
    if foreign > _FALLBACK_SHARE * len(content):
        return None
    try:
        text = content.decode(_FALLBACK)
    except UnicodeDecodeError:
        return None
    return None if _NOT_LETTERS.search(text) else text


def title_from_name(name: str) -> str:
    """Return a title made from a path: `notes/03_back-prop.md` gives "Back prop", `unit2/1.md` gives "Unit2 1"."""
    path = PurePosixPath(name.replace("\\", "/"))
    stem = re.sub(r"^\d+(?:[._ -]+|$)", "", path.stem)
    if not stem or stem.lower().lstrip("_") in ("index", "readme"):
        stem = f"{path.parent.name} {path.stem if path.stem.isdigit() else ''}".strip() or path.stem
    words = " ".join(re.sub(r"[-_]+", " ", stem).split()) or name
    return words[0].upper() + words[1:]
