"""Word documents (.docx) to text with sections: headings by their styles, lists, tables, formulas, code, pictures.

Footnotes stand below the paragraph that refers to them. Page layout, comments and tracked deletions say nothing here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from ingest.archives import old_office, open_archive
from ingest.decoding import title_from_name, without_controls
from ingest.document import BlockKind, Image, ReadDocument, TextBuilder
from ingest.docx_styles import WORD, Style, Styles
from ingest.docx_text import Paragraph, paragraph, raw_text, typed
from ingest.errors import UnreadableSource
from ingest.markup import LONGEST_HEADING
from ingest.office import MARKUP, Element, alternative, code_language, damage, markdown_table, usable
from ingest.outline import Outline
from ingest.videos import FILE, video_at
from knowledge.model import SourceKind

if TYPE_CHECKING:
    from docx.document import Document

_AGAIN = "Open it in Word or LibreOffice and save it again."
_DEEPEST = 20
_CONTENTS = re.compile(r"^(?:toc \d|table of figures|toc heading)$", re.I)
_CAPTIONED = re.compile(r"^(?:fig(?:ure|\.)|abb(?:ildung|\.))\s*\d", re.I)
_SOURCE = re.compile(r"src=\"([^\"]{1,500})\"")
_NO_TITLE = re.compile(r"^(?:|(?:word|microsoft|untitled|document)\b.*|.*\.\w{2,5})$", re.I)


def read(content: bytes, name: str) -> ReadDocument:
    """Return the document: its title is the paragraph in the style Title, else the first heading of level 1.

    Raises:
        UnreadableSource: damaged, locked by a password, or of another format.
        TooLarge: it unpacks to more than any document.
        EmptySource: there are no words in it.
    """
    document = _opened(content, name)
    try:
        source = _Source(document)
        found = list(_blocks(document.element.body, source, 0))
    except damage() as error:
        raise UnreadableSource(name, f"its text is damaged ({error})", _AGAIN) from error
    return _document(name, found, source)


def read_old(content: bytes, name: str) -> NoReturn:
    """Refuse a document in the format of Word 97 with the words that tell how to convert it.

    Raises:
        UnreadableSource: always.
    """
    raise old_office(content, name)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a table, in order."""

    style: Style
    held: Paragraph
    table: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Source:
    """The parts of a Word file besides its text."""

    document: Document
    styles: Styles = field(init=False)
    numbering: dict[tuple[str, str], int] = field(default_factory=dict)
    _notes: dict[tuple[str, str], Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = {relation.reltype.rsplit("/", 1)[-1]: relation for relation in self.document.part.rels.values()}
        self.styles = Styles(_root(parts.get("styles")), _root(parts.get("numbering")))
        for kind in ("footnote", "endnote"):
            root = _root(parts.get(f"{kind}s"))
            for note in root.findall(f"{WORD}{kind}") if root is not None else ():
                self._notes[kind, note.get(f"{WORD}id", "")] = note

    def note(self, key: tuple[str, str]) -> str:
        """Return the words of a foot- or endnote."""
        element = self._notes.get(key)
        if element is None:
            return ""
        words = (paragraph(one, numbering=self.numbering).text for one in element.iter(f"{WORD}p"))
        return " ".join(filter(None, words))

    def image(self, relation: str) -> tuple[Image | None, str]:
        """Return a picture and its name in the file."""
        try:
            part = self.document.part.related_parts[relation]
        except KeyError:
            return None, ""
        return usable(part.blob, part.content_type), str(part.partname).rsplit("/", 1)[-1]

    def address(self, link: str) -> str:
        """Return where a link leads; of the markup of an embedded video, its source."""
        relation = self.document.part.rels.get(link)
        if relation is not None:
            return str(relation.target_ref) if relation.is_external else ""
        embedded = _SOURCE.search(html.unescape(link))
        return embedded[1] if embedded else ""


def _opened(content: bytes, name: str) -> Document:
    import docx

    package = open_archive(content, name).repacked()
    try:
        return docx.Document(package)
    except Exception as error:  # the parser's own bugs over damaged files included: it holds nothing of ours
        reason = " ".join(str(error).split())[:200]
        raise UnreadableSource(name, f"it is damaged or no Word document ({reason})", _AGAIN) from error


def _root(relation: Any) -> Element | None:
    """Return the XML of a part that the document leads to."""
    from docx.oxml.parser import parse_xml

    if relation is None or relation.is_external:
        return None
    return parse_xml(relation.target_part.blob)


# --- blocks -----------------------------------------------------------------------------------------------------


def _blocks(parent: Element, source: _Source, depth: int) -> Iterator[_Block]:
    if depth > _DEEPEST:
        return
    for child in parent:
        if child.tag == f"{WORD}p":
            yield from _paragraph(child, source, depth)
        elif child.tag == f"{WORD}tbl":
            yield from _table(child, source, depth)
        elif child.tag == f"{MARKUP}AlternateContent":
            chosen = alternative(child)
            if chosen is not None:
                yield from _blocks(chosen, source, depth + 1)
        elif child.tag in (f"{WORD}sdt", f"{WORD}sdtContent", f"{WORD}ins", f"{WORD}customXml"):
            gallery = child.find(f"{WORD}sdtPr/{WORD}docPartObj/{WORD}docPartGallery")
            if gallery is None or gallery.get(f"{WORD}val") != "Table of Contents":
                yield from _blocks(child, source, depth + 1)


def _paragraph(element: Element, source: _Source, depth: int) -> Iterator[_Block]:
    style = source.styles.of(element)
    if _CONTENTS.match(style.name):
        return
    held = paragraph(element, numbering=source.numbering)
    if style.code and held.text and not held.formula:
        held.code = typed(raw_text(element))
    notes = tuple(f"[^{source.numbering[key]}]: {words}" for key in held.notes if (words := source.note(key)))
    yield _Block(style, held, notes=notes)
    for box in held.boxes:
        yield from _blocks(box, source, depth + 1)


def _table(element: Element, source: _Source, depth: int) -> Iterator[_Block]:
    """Yield a table; one of a single cell is a frame around its text."""
    rows = [
        [cell for child in row for cell in ([child] if child.tag == f"{WORD}tc" else child.iter(f"{WORD}tc"))]
        for row in element.findall(f"{WORD}tr")
    ]
    if sum(map(len, rows)) == 1:
        yield from _blocks(rows[0][0], source, depth + 1)
        return
    inside = [[list(_blocks(cell, source, depth + 1)) for cell in row] for row in rows]
    texts = [[" ".join(_shown(block) for block in cell) for cell in row] for row in inside]
    if texts:
        yield _Block(Style(), Paragraph(), table=markdown_table(texts))
    for block in (block for row in inside for cell in row for block in cell):
        if block.held.pictures or block.notes:
            yield _Block(Style(), Paragraph(pictures=block.held.pictures), notes=block.notes)


def _shown(block: _Block) -> str:
    return block.table.replace("\n", " ") or block.held.text


# --- the document -----------------------------------------------------------------------------------------------


def _document(name: str, found: list[_Block], source: _Source) -> ReadDocument:
    title = _title(found, source) or title_from_name(name)
    writer = _Writer(Outline(title), source)
    for at, block in enumerate(found):
        writer.write(block, found[at + 1] if at + 1 < len(found) else None)
    writer.flush()
    return writer.builder.document(name, title, SourceKind.DOCX)


def _title(found: list[_Block], source: _Source) -> str:
    by_style = next((b.held.text for b in found if b.style.name.lower() == "title" and b.held.text), "")
    if by_style:
        return by_style[:LONGEST_HEADING]
    try:
        stated = " ".join(without_controls(source.document.core_properties.title or "").split())
    except damage():
        stated = ""
    first = next((b.held.text for b in found if b.style.level == 1 and b.held.text), "")
    return first or ("" if _NO_TITLE.match(stated) or len(stated) > LONGEST_HEADING else stated)


@dataclass(slots=True)
class _Writer:
    """Puts blocks into a document: list items and lines of code together, captions to their pictures."""

    outline: Outline
    source: _Source
    builder: TextBuilder = field(default_factory=TextBuilder)
    _kind: BlockKind | None = None
    _lines: list[str] = field(default_factory=list)
    _counts: dict[int, int] = field(default_factory=dict)
    _caption: str = ""

    def write(self, block: _Block, following: _Block | None) -> None:
        style, held = block.style, block.held
        if style.level and held.text and len(held.text) <= LONGEST_HEADING:
            self.flush()
            self.outline.enter(style.level, held.text)
            self._add(f"{'#' * style.level} {held.text}", BlockKind.HEADING)
        elif style.name.lower() == "title" and held.text:
            self.flush()
            self.outline.enter(1, held.text)
            self._add(f"# {held.text}", BlockKind.HEADING)
        elif held.code or (self._kind is BlockKind.CODE and style.code and not held.pictures):
            self._gather(BlockKind.CODE)
            self._lines.append(held.code)
        elif style.item and held.text:
            self._gather(BlockKind.LIST)
            self._lines.append(self._item(style, held.text))
        elif held.text or block.table:
            self.flush()
            formula = f"$$\n{held.formula}\n$$" if held.formula else ""
            kind = BlockKind.TABLE if block.table else BlockKind.FORMULA if formula else BlockKind.PROSE
            self._add(block.table or formula or held.text, kind)
        self._media(block, following)
        for note in block.notes:
            self.flush()
            self._add(note, BlockKind.PROSE)
        self._caption = held.text if style.caption or _CAPTIONED.match(held.text) else ""

    def flush(self) -> None:
        """Write the lines that were gathered."""
        if self._kind is not None:
            text = "\n".join(self._lines).strip("\n")
            self._add(text, self._kind, code_language(text) if self._kind is BlockKind.CODE else "")
        self._kind, self._lines = None, []
        self._counts.clear()

    def _gather(self, kind: BlockKind) -> None:
        if self._kind is not kind:
            self.flush()
        self._kind = kind

    def _item(self, style: Style, text: str) -> str:
        mark = style.item
        for deeper in [level for level in self._counts if level > style.item_level]:
            del self._counts[deeper]
        if mark != "-":
            self._counts[style.item_level] = self._counts.get(style.item_level, 0) + 1
            mark = f"{self._counts[style.item_level]}."
        return f"{'   ' * style.item_level}{mark} {text}"

    def _media(self, block: _Block, following: _Block | None) -> None:
        if block.held.pictures or block.held.links:
            self.flush()
        caption = self._caption
        if following is not None and (following.style.caption or _CAPTIONED.match(following.held.text)):
            caption = following.held.text
        for relation, alt in block.held.pictures:
            image, reference = self.source.image(relation)
            self.builder.add_figure(self.outline.locator, caption=caption, alt=alt, reference=reference, image=image)
            if alt and alt != caption:
                self._add(alt, BlockKind.PROSE)
        for link in block.held.links:
            video = video_at(self.source.address(link))
            if video is not None and video.provider != FILE:
                self.builder.add_video(video)

    def _add(self, text: str, kind: BlockKind, language: str = "") -> None:
        self.builder.add(text, kind, self.outline.locator, self.outline.path, language=language)
