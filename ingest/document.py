"""What a reader gives back: readable text, and the blocks of it that teach, each with its place.

Knows nothing of formats and of chunk sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.errors import EmptySource
from ingest.videos import Video
from knowledge.model import Locator, SourceKind


class BlockKind(StrEnum):
    """What a block of text is. Headings are carried by the blocks under them and teach nothing alone."""

    HEADING = "heading"
    PROSE = "prose"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    FORMULA = "formula"
    OUTPUT = "output"
    """what a program printed"""


@dataclass(frozen=True, slots=True)
class Block:
    """A span of the document's text, `start < end`; blocks stand in order and do not overlap.

    The block of a fenced program is its code without the fence, so that it runs as it stands.
    """

    start: int
    end: int
    kind: BlockKind
    locator: Locator
    heading_path: tuple[str, ...]
    """Headings above the block, outermost first; the document's title is the first of them."""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture's bytes and what they are, such as `image/png`."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A picture in a source, with the words that stand for it and its place."""

    locator: Locator
    caption: str
    """The author's caption, empty where there is none."""
    alt: str
    """The text given for those who do not see it, empty where there is none."""
    at: int
    """Offset in the document's text where the figure stands."""
    reference: str = ""
    """Path or address as the source names it; empty for a picture inside the file."""
    image: bytes = b""
    """The picture itself where the source carries it."""
    media_type: str = ""
    """Such as `image/png`; empty where there are no bytes."""


@dataclass(frozen=True, slots=True)
class FoundVideo:
    """A video that a source embeds or is the words of."""

    provider: str
    """`youtube`, `vimeo`, or `file` for a media file by address or path."""
    key: str
    """The provider's id, or the address or path."""
    at: int
    """Offset in the document's text where it is embedded; 0 for the video that a transcript is of."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A source as text. `notes` say what a person should know: pages without text, a guessed encoding."""

    title: str
    kind: SourceKind
    text: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    figures: tuple[FoundFigure, ...] = ()
    videos: tuple[FoundVideo, ...] = ()


class TextBuilder:
    """Puts a document's text together block by block and remembers where each block stands."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._figures: list[FoundFigure] = []
        self._videos: list[FoundVideo] = []

    def add(
        self,
        text: str,
        kind: BlockKind,
        locator: Locator,
        path: tuple[str, ...],
        *,
        language: str = "",
        gap: str = "\n\n",
    ) -> None:
        """Append a block; `gap` sets it off from what stands before. Code and output get a fence around them."""
        if not text.strip():
            return
        fenced = kind in (BlockKind.CODE, BlockKind.OUTPUT)
        fence = _fence(text) if fenced else ""
        self._append(gap if self._parts else "")
        if fenced:
            self._append(f"{fence}{language or ('text' if kind is BlockKind.OUTPUT else '')}\n")
        start = self._length
        self._append(text)
        self._blocks.append(Block(start, self._length, kind, locator, path, language))
        if fenced:
            self._append(f"\n{fence}")

    def add_figure(
        self, locator: Locator, *, caption: str = "", alt: str = "", reference: str = "", image: Image | None = None
    ) -> None:
        """Note a picture that stands where the text ends now."""
        found = image or Image(b"", "")
        self._figures.append(
            FoundFigure(locator, caption, alt, self._length, reference, found.content, found.media_type)
        )

    def add_video(self, video: Video) -> None:
        """Note a video that is embedded where the text ends now; one that a document repeats is noted once."""
        if all((known.provider, known.key) != (video.provider, video.key) for known in self._videos):
            self._videos.append(FoundVideo(video.provider, video.key, self._length))

    def document(self, name: str, title: str, kind: SourceKind, notes: tuple[str, ...] = ()) -> ReadDocument:
        """Return the document. One that is headings alone teaches with its headings.

        Raises:
            EmptySource: nothing was added.
        """
        if not self._blocks:
            raise EmptySource(name, "there is no text in it", "Add text to it, or leave it out.")
        blocks = self._blocks
        if all(block.kind is BlockKind.HEADING for block in blocks):
            blocks = [replace(block, kind=BlockKind.PROSE) for block in blocks]
        return ReadDocument(
            title, kind, "".join(self._parts), tuple(blocks), notes, tuple(self._figures), tuple(self._videos)
        )

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def _fence(text: str) -> str:
    """Return a run of backticks that is longer than any in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    return fence
