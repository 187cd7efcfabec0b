"""Jupyter notebooks to text: prose, code and printed output, each with its cell; pictures and videos that it shows.

Headings run over cells. Reads what it can of a damaged notebook and says which cells it left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.decoding import decode, title_from_name, without_controls
from ingest.document import BlockKind, Image, ReadDocument, TextBuilder
from ingest.errors import UnreadableSource
from ingest.markup import Piece, pieces
from ingest.mdx import clean
from ingest.media import add_piece, decoded_image
from ingest.outline import Outline
from ingest.videos import Video, video_at
from knowledge.model import Cell, SourceKind

LONGEST_OUTPUT = 4_000
"""Characters of one cell's output that are kept: a log past that teaches nothing more."""

_RESAVE = "Open it in Jupyter and save it again."
_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_BARE_OBJECT = re.compile(r"^\s*<[^<>\n]{1,300}>\s*$")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
_FRAME = re.compile(r"<iframe\b[^<>]{0,500}?\bsrc=[\"']([^\"'<>]{1,500})[\"']", re.I)
_LONGEST_FRAME = 20_000
_MAGIC = re.compile(r"%%(?P<name>bash|sh|script|html|javascript|js|latex|writefile|perl|ruby|R|sql|svg|markdown)\b")
_MAGIC_LANGUAGES = {"sh": "bash", "script": "bash", "js": "javascript", "R": "r", "writefile": ""}


def read(content: bytes, name: str) -> ReadDocument:
    """Return the notebook's text; magics and shell lines stay in the code as written.

    Raises:
        UnreadableSource: not JSON (names line and column), or JSON that is no notebook.
        EmptySource: no cell holds anything.
    """
    text, notes = decode(content, name)
    tree = _tree(text, name)
    language = _language(tree)
    cells: list[_CellRead] = []
    left_out: list[int] = []
    for number, cell in enumerate(tree["cells"], start=1):
        try:
            cells.append(_CellRead(number, list(_cell(cell, language)), _attachments(cell), list(_shown(cell))))
        except (KeyError, TypeError, AttributeError):
            left_out.append(number)
    headings = (piece for cell in cells for piece in cell.pieces if piece.kind is BlockKind.HEADING)
    title = next((piece.text for piece in headings if piece.level == 1), "") or title_from_name(name)
    if left_out:
        notes = (*notes, f"cells left out, they are damaged: {', '.join(map(str, left_out))}")
    return _document(name, title, cells, notes)


@dataclass(frozen=True, slots=True)
class _CellRead:
    """One cell: its pieces, the pictures that its Markdown attaches, and what its outputs show besides text."""

    number: int
    pieces: list[Piece]
    attached: dict[str, Image]
    shown: list[Image | Video]


def _document(name: str, title: str, cells: list[_CellRead], notes: tuple[str, ...]) -> ReadDocument:
    outline, builder = Outline(title), TextBuilder()
    for cell in cells:
        place = Cell(cell.number)
        for at, piece in enumerate(cell.pieces):
            if piece.kind is BlockKind.HEADING:
                outline.enter(piece.level, piece.text, piece.anchor)
                builder.add(f"{'#' * piece.level} {piece.text}", piece.kind, place, outline.path)
            else:
                following = cell.pieces[at + 1] if at + 1 < len(cell.pieces) else None
                add_piece(builder, piece, place, outline.path, following=following, carried=cell.attached)
        for shown in cell.shown:
            if isinstance(shown, Video):
                builder.add_video(shown)
            else:
                builder.add_figure(place, image=shown)
    return builder.document(name, title, SourceKind.NOTEBOOK, notes)


def _tree(text: str, name: str) -> dict[str, Any]:
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableSource(name, f"it is not valid JSON at {place}: {error.msg}", _RESAVE) from error
    except RecursionError as error:
        raise UnreadableSource(name, "its JSON is nested too deeply", _RESAVE) from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        raise UnreadableSource(name, "a number in its JSON is too long", _RESAVE) from error
    version = tree.get("nbformat") if isinstance(tree, dict) else None
    if not isinstance(version, int):
        raise UnreadableSource(name, "it is JSON, but no notebook (it has no nbformat)", _RESAVE)
    if version < 4:
        tree = _upgraded(tree, name)
    if not isinstance(tree.get("cells"), list):
        raise UnreadableSource(name, "it has no list of cells", _RESAVE)
    return dict(tree)


def _upgraded(tree: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a notebook of format 1 to 3 in format 4."""
    import nbformat

    try:
        upgraded: dict[str, Any] = nbformat.convert(nbformat.from_dict(tree), 4)  # type: ignore[no-untyped-call]  # theirs
    except Exception as error:  # theirs, on a damaged notebook: NameError among them, no common base
        raise UnreadableSource(name, f"format {tree['nbformat']} cannot be brought to format 4", _RESAVE) from error
    return upgraded


def _language(tree: dict[str, Any]) -> str:
    """Return the notebook's programming language in lower case; Python where it names none."""
    metadata = tree.get("metadata") if isinstance(tree.get("metadata"), dict) else {}
    for place, key in (("kernelspec", "language"), ("language_info", "name")):
        entry = (metadata or {}).get(place)
        if isinstance(entry, dict) and isinstance(entry.get(key), str) and entry[key]:
            return str(entry[key]).lower()
    return "python"


def _cell(cell: dict[str, Any], language: str) -> Iterator[Piece]:
    source = _joined(cell["source"])
    kind = cell["cell_type"]
    if kind == "markdown":
        yield from pieces(clean(source, jsx=False), indented_code=True)
    elif kind == "code":
        magic = _MAGIC.match(source.lstrip())
        of_cell = _MAGIC_LANGUAGES.get(magic["name"], magic["name"]) if magic else language
        yield Piece(BlockKind.CODE, source.strip("\n"), of_cell)
        printed = "\n".join(filter(None, map(_printed, cell.get("outputs") or ())))
        if printed:
            yield Piece(
                BlockKind.OUTPUT, printed if len(printed) <= LONGEST_OUTPUT else f"{printed[:LONGEST_OUTPUT]} …"
            )
    elif kind == "raw" and source.strip():
        yield Piece(BlockKind.PROSE, source.strip("\n"))


def _printed(output: dict[str, Any]) -> str:
    """Return the text of an output: what was printed, a value, or an error's last line; nothing for images."""
    kind = output.get("output_type")
    if kind == "stream":
        text = _joined(output.get("text", ""))
    elif kind == "error":
        text = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
    else:
        text = _joined((output.get("data") or {}).get("text/plain", ""))
        if _BARE_OBJECT.match(text):
            return ""
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.rstrip().split("\n")]
    return "\n".join(lines).strip("\n")


def _attachments(cell: dict[str, Any]) -> dict[str, Image]:
    """Return the pictures that a Markdown cell carries, by name."""
    found = {}
    attached = cell.get("attachments")
    for key, versions in attached.items() if isinstance(attached, dict) else ():
        image = _picture(versions) if isinstance(versions, dict) else None
        if image is not None:
            found[str(key)] = image
    return found


def _shown(cell: dict[str, Any]) -> Iterator[Image | Video]:
    """Yield the pictures and videos that a code cell shows."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        versions = output.get("data") if isinstance(output, dict) else None
        if not isinstance(versions, dict):
            continue
        image = _picture(versions)
        if image is not None:
            yield image
        for source in _FRAME.findall(_joined(versions.get("text/html", ""))[:_LONGEST_FRAME]):
            video = video_at(source)
            if video is not None:
                yield video


def _picture(versions: dict[str, Any]) -> Image | None:
    """Return the first version of a picture that a page can show."""
    for media_type in _PICTURES:
        image = decoded_image(versions[media_type], media_type) if media_type in versions else None
        if image is not None:
            return image
    return None


def _joined(source: Any) -> str:
    """Return a multi-line string of the format: one string, or a list of lines."""
    text = source if isinstance(source, str) else "".join(map(str, source))
    return without_controls(_ANSI.sub("", text).replace("\r\n", "\n"))
