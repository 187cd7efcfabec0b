"""E-books (.epub) to text in their reading order, each chapter read as the web page that it is.

Knows the package: container, spine, table of contents, encryption. Books locked by a shop are refused; obfuscated fonts
are no lock.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from ingest.archives import Archive, open_archive
from ingest.decoding import title_from_name, without_controls
from ingest.document import FoundFigure, ReadDocument, TextBuilder
from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.html_blocks import html_blocks
from ingest.html_tree import page_text
from ingest.office import usable
from ingest.outline import Outline
from knowledge.model import Heading, SourceKind

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_MASKS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = frozenset(["application/xhtml+xml", "text/html", "application/x-dtbook+xml"])
_AGAIN = "Open it in an e-book program such as Calibre and convert it to EPUB again."
_MOST_CHAPTERS = 5_000


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package file says. Paths are those of the archive."""

    title: str
    chapters: tuple[str, ...]
    labels: Mapping[str, str]
    """Titles of the table of contents by the file they lead to."""
    types: Mapping[str, str]


def read(content: bytes, name: str) -> ReadDocument:
    """Return the book; anchors are `chapter-file#id` inside the package.

    Raises:
        UnreadableSource: damaged, locked by a shop, or no e-book.
        TooLarge: it unpacks to more than any book.
        EmptySource: no chapter has text.
    """
    archive = open_archive(content, name, doctypes=True)
    book = _book(archive, name)
    locked = _locked(archive, name) & set(book.chapters)
    if locked:
        raise UnreadableSource(
            name, f"{len(locked)} of its {len(book.chapters)} chapters are encrypted", "Take a copy without DRM."
        )
    title = book.title or title_from_name(name)
    outline, builder = Outline(title), TextBuilder()
    left_out: list[str] = []
    for chapter in book.chapters:
        try:
            source, _ = page_text(archive.read(chapter), f"{name} ({chapter})")
            if chapter in book.labels and not re.search(r"<h[1-6]\b", source, re.I):
                outline.enter(1, book.labels[chapter])
            html_blocks(source, f"{name} ({chapter})", outline, builder, xml=True, anchor_prefix=chapter)
        except EmptySource:  # covers are often a picture alone
            continue
        except IngestError as error:
            left_out.append(f"{chapter}: {error.reason}")
    notes = tuple(f"chapter left out, {reason}" for reason in left_out)
    document = builder.document(name, title, SourceKind.EPUB, notes)
    return replace(document, figures=tuple(_carried(archive, book, figure) for figure in document.figures))


def _carried(archive: Archive, book: _Book, figure: FoundFigure) -> FoundFigure:
    """Return a figure with its picture out of the archive, where it is there and can be shown."""
    if figure.image or not figure.reference or not isinstance(figure.locator, Heading):
        return figure
    path = _resolved(figure.locator.anchor.partition("#")[0], figure.reference)
    if path not in archive.paths:
        return figure
    image = usable(archive.read(path), book.types.get(path, ""))
    return figure if image is None else replace(figure, image=image.content, media_type=image.media_type)


def _locked(archive: Archive, name: str) -> frozenset[str]:
    """Return the paths that are encrypted by more than a mask over a font."""
    if _ENCRYPTION not in archive.paths:
        return frozenset()
    found = set()
    for entry in _named(_xml(archive, _ENCRYPTION, name), "EncryptedData"):
        method = next(_named(entry, "EncryptionMethod"), None)
        if method is None or method.get("Algorithm") not in _FONT_MASKS:
            found |= {unquote(reference.get("URI", "")) for reference in _named(entry, "CipherReference")}
    return frozenset(found)


# --- the package ------------------------------------------------------------------------------------------------


def _book(archive: Archive, name: str) -> _Book:
    if _CONTAINER not in archive.paths:
        raise UnreadableSource(name, "it is a zip file, but no e-book", "Give it the suffix of its format.")
    rootfile = next(_named(_xml(archive, _CONTAINER, name), "rootfile"), None)
    path = rootfile.get("full-path", "") if rootfile is not None else ""
    if path not in archive.paths:
        raise UnreadableSource(name, "its container names no package file", _AGAIN)
    package = _xml(archive, path, name)
    items = {item.get("id", ""): item for item in _named(package, "item")}
    paths = {key: _resolved(path, item.get("href", "")) for key, item in items.items()}
    chapters = []
    for reference in _named(package, "itemref"):
        key = reference.get("idref", "")
        item = items.get(key)
        if item is None or reference.get("linear") == "no" or "nav" in item.get("properties", "").split():
            continue
        if item.get("media-type", "") in _PAGES and paths[key] in archive.paths:
            chapters.append(paths[key])
    if not chapters:
        raise UnreadableSource(name, "its reading order names no chapter that is there", _AGAIN)
    title = next((" ".join((one.text or "").split()) for one in _named(package, "title")), "")
    contents = [
        paths[key]
        for key, item in items.items()
        if item.get("media-type") == "application/x-dtbncx+xml" or "nav" in item.get("properties", "").split()
    ]
    labels = {k: v for where in contents if where in archive.paths for k, v in _labels(archive, where, name)}
    types = {paths[key]: item.get("media-type", "") for key, item in items.items()}
    return _Book(without_controls(title), tuple(dict.fromkeys(chapters))[:_MOST_CHAPTERS], labels, types)


def _labels(archive: Archive, where: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield file and title of each entry of a table of contents that leads to the beginning of a file."""
    root = _xml(archive, where, name)
    for point in _named(root, "navPoint"):
        content, label = next(_named(point, "content"), None), next(_named(point, "text"), None)
        if content is not None and label is not None and "#" not in content.get("src", ""):
            yield _resolved(where, content.get("src", "")), " ".join("".join(label.itertext()).split())
    for link in _named(root, "a"):
        if link.get("href") and "#" not in link.get("href", ""):
            yield _resolved(where, link.get("href", "")), " ".join("".join(link.itertext()).split())


def _xml(archive: Archive, path: str, name: str) -> ElementTree.Element:
    content = archive.read(path)
    if b"<!ENTITY" in content.replace(b"\0", b""):
        raise UnreadableSource(name, f"{path} in it declares entities, as no program writes it", _AGAIN)
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableSource(name, f"{path} in it is no XML ({error})", _AGAIN) from error


def _named(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Yield the descendants of this name in any namespace."""
    for child in element.iter():
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name:
            yield child


def _resolved(base: str, reference: str) -> str:
    """Return the path in the archive that a reference in a file leads to."""
    try:
        path = unquote(urlsplit(reference).path)
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
