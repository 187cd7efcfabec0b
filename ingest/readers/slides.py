"""PowerPoint decks (.pptx) to text, slide by slide: the title, what stands below it in reading order, the notes.

Slides are counted as PowerPoint counts them. Hidden and empty slides, and what of a damaged deck could not be read, are
noted. Animations, transitions and colours say nothing here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from ingest.archives import old_office, open_archive
from ingest.decoding import title_from_name, without_controls
from ingest.document import BlockKind, ReadDocument, TextBuilder
from ingest.errors import UnreadableSource
from ingest.markup import Piece
from ingest.numbers import ranges
from ingest.office import damage
from ingest.slide_layout import reading_order
from ingest.slide_pictures import Picture, ornaments, pictures, videos
from ingest.slide_shapes import Shape, shape_pieces, shapes
from ingest.slide_text import frame_pieces
from ingest.videos import Video
from knowledge.model import Slide as Place
from knowledge.model import SourceKind

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

NOTES = "Speaker notes"
"""The heading of what the speaker wrote below a slide."""

_AGAIN = "Open it in PowerPoint or LibreOffice and save it again."
_NO_TITLE = re.compile(r"^(?:|(?:powerpoint|presentation|untitled|slide|microsoft)\b.*|.*\.\w{2,5})$", re.I)
_LONGEST_TITLE = 120
_TITLE_BAND = 0.22
"""Share of the slide's height in which the text of a slide without a title placeholder may be its title."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What one slide holds."""

    number: int
    title: str = ""
    pieces: Sequence[Piece] = ()
    notes: Sequence[Piece] = ()
    pictures: Sequence[Picture] = ()
    videos: Sequence[Video] = ()


@dataclass(slots=True)
class _Passed:
    """Slides that give no text, by their numbers."""

    hidden: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)

    def notes(self, total: int) -> tuple[str, ...]:
        said = (
            (self.hidden, "hidden, left out"),
            (self.empty, "without text"),
            (self.damaged, "left out, they are damaged"),
        )
        return tuple(f"{len(found)} of {total} slides {words}: {ranges(found)}" for found, words in said if found)


def read(content: bytes, name: str) -> ReadDocument:
    """Return the deck's text.

    Raises:
        UnreadableSource: damaged, locked by a password, or of another format.
        TooLarge: it unpacks to more than any deck.
        EmptySource: no slide has text.
    """
    deck = _deck(open_archive(content, name).repacked(), name)
    passed = _Passed()
    found = list(_slides(deck, passed))
    first = next((one.title for one in found if one.title), "")
    title = _stated(deck) or first or title_from_name(name)
    total = len(deck.slides)
    return _document(name, title, found, passed.notes(total))


def read_old(content: bytes, name: str) -> NoReturn:
    """Refuse a deck in the format of PowerPoint 97 with the words that tell how to convert it.

    Raises:
        UnreadableSource: always.
    """
    raise old_office(content, name)


def _deck(package: io.BytesIO, name: str) -> Presentation:
    from pptx.package import Package
    from pptx.parts.presentation import PresentationPart

    try:
        part = Package.open(package).main_document_part
        slides = part.presentation.slides if isinstance(part, PresentationPart) else None  # finds each slide's part
    except Exception as error:  # the parser's own bugs over damaged files included: it holds nothing of ours
        reason = " ".join(str(error).split())[:200]
        raise UnreadableSource(name, f"it is damaged or no PowerPoint deck ({reason})", _AGAIN) from error
    if slides is None:
        raise UnreadableSource(name, "it is an Office file, but no deck of slides", "Give it the suffix of its format.")
    presentation: Presentation = part.presentation
    return presentation


def _slides(deck: Presentation, passed: _Passed) -> Iterator[_Read]:
    """Yield the slides that hold something."""
    area = float(deck.slide_width or 0) * float(deck.slide_height or 0)
    height = float(deck.slide_height or 0)
    for number, reference in enumerate(deck.slides._sldIdLst, start=1):
        try:
            slide = deck.part.related_slide(reference.rId)
            if slide.element.get("show") in ("0", "false"):
                passed.hidden.append(number)
                continue
            one = _slide(slide, number, area, height)
        except damage():
            passed.damaged.append(number)
            continue
        if one.title or one.pieces or one.notes:
            yield one
        else:
            passed.empty.append(number)
            if one.pictures or one.videos:
                yield one


def _slide(slide: Slide, number: int, area: float, height: float) -> _Read:
    shown = list(shapes(slide))
    heads = [shape for shape in shown if shape.is_title and shape.words] or _titling(shown, height)
    rest = [shape for shape in shown if shape not in heads]
    ordered = [rest[at] for at in reading_order([shape.box for shape in rest])]
    return _Read(
        number,
        without_controls(" ".join(shape.words for shape in heads)),
        [piece for shape in ordered for piece in shape_pieces(shape, slide)],
        _notes(slide),
        pictures(slide, shown, area),
        videos(slide, shown),
    )


def _titling(shown: Sequence[Shape], height: float) -> list[Shape]:
    """Return the one short text at the top of a slide that was made without a title."""
    top = min(
        (shape for shape in shown if shape.words), key=lambda shape: (shape.box.top, shape.box.left), default=None
    )
    if top is None or top.box.bottom > _TITLE_BAND * height or len(top.words) > _LONGEST_TITLE or top.body is None:
        return []
    beside = [one for one in shown if one is not top and one.words and one.box.top < top.box.bottom]
    lines = [piece for piece in frame_pieces(top.body, bulleted=False) if piece.text]
    return [top] if len(lines) == 1 and lines[0].kind is BlockKind.PROSE and not beside else []


def _notes(slide: Slide) -> list[Piece]:
    if not slide.has_notes_slide:
        return []
    frame = slide.notes_slide.notes_text_frame
    body: Any = None if frame is None else frame._txBody
    return [] if body is None else frame_pieces(body, bulleted=False)


def _stated(deck: Presentation) -> str:
    """Return the title in the deck's properties, unless it is one that the program filled in."""
    try:
        title = " ".join(without_controls(deck.core_properties.title or "").split())
    except damage():
        return ""
    return "" if _NO_TITLE.match(title) or len(title) > _LONGEST_TITLE else title


def _document(name: str, title: str, found: Sequence[_Read], notes: tuple[str, ...]) -> ReadDocument:
    builder = TextBuilder()
    repeated = ornaments(one.pictures for one in found)
    for one in found:
        place = Place(one.number)
        path = (title, one.title) if one.title and one.title != title else (title,)
        if one.title:
            alone = not (one.pieces or one.notes)
            head = one.title if alone else f"## {one.title}"
            builder.add(head, BlockKind.PROSE if alone else BlockKind.HEADING, place, path)
        for piece in one.pieces:
            builder.add(piece.text, piece.kind, place, path, language=piece.language)
        for picture in one.pictures:
            if picture.digest not in repeated:
                builder.add_figure(
                    place, caption=picture.caption, alt=picture.alt, reference=picture.name, image=picture.image
                )
                if picture.alt != picture.caption:
                    builder.add(picture.alt, BlockKind.PROSE, place, path)
        for video in one.videos:
            builder.add_video(video)
        if one.notes:
            builder.add(f"### {NOTES}", BlockKind.HEADING, place, (*path, NOTES))
            for piece in one.notes:
                builder.add(piece.text, piece.kind, place, (*path, NOTES), language=piece.language)
    return builder.document(name, title, SourceKind.SLIDES, notes)
