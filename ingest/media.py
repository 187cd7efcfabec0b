"""Figures and videos of Markdown: carried through the cleaning of a text as marks, then taken out of its pieces.

A mark holds its own content in letters that mean nothing to Markdown, so that no block is broken by it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping

from ingest.document import BlockKind, Image, TextBuilder
from ingest.marks import MEDIA
from ingest.markup import Piece
from ingest.videos import Video, video_at
from knowledge.model import Locator

LARGEST_IMAGE = 8_000_000
"""Bytes of a picture that a source carries in itself."""

_IMAGE = re.compile(
    r"!\[(?P<alt>[^\[\]]{0,2000})\]\(\s*<?(?P<source>[^()\s<>]{0,2000})>?(?:\s+(?:\"(?P<title>[^\"]{0,2000})\"|'[^']*'))?\s*\)"
)
_LINKED = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?(?:\[[^\[\]]*\]\((?P<target>[^()\s]+)\)|<?(?P<bare>https?://[^\s<>()]+)>?)[ \t.]*$", re.M
)
_CAPTION = re.compile(
    r"^\s*(?:[*_]{1,2}(?P<marked>[^*_\n].{2,600}?)[*_]{1,2}\s*$|(?P<named>(?:fig(?:ure|\.)|image)\s*\d.{0,600}))",
    re.I | re.S,
)
_ORNAMENT = re.compile(r"badge|shields\.io|avatar|emoji|colab-?(?:badge|research)|\blogo\b|visitor", re.I)
_EMPTY_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s*$\n?", re.M)


def add_piece(
    builder: TextBuilder,
    piece: Piece,
    locator: Locator,
    path: tuple[str, ...],
    *,
    following: Piece | None = None,
    carried: Mapping[str, Image] | None = None,
) -> None:
    """Append a piece of Markdown to a text, and note the figures and videos in it.

    Args:
        builder: takes the text, the figures and the videos.
        piece: of `ingest.markup`.
        locator: its place.
        path: the headings above it.
        following: the piece after it, which may be a picture's caption.
        carried: pictures inside the source, by the name that it calls them by.
    """
    text = piece.text
    if piece.kind not in (BlockKind.CODE, BlockKind.OUTPUT, BlockKind.FORMULA):
        for found in _media(text, following):
            _note(builder, found, locator, carried or {})
        text = MEDIA.sub("", text)
        if text != piece.text:
            text = _EMPTY_ITEM.sub("", text).strip("\n")
    builder.add(text, piece.kind, locator, path, language=piece.language)


def decoded_image(content: object, media_type: str) -> Image | None:
    """Return a picture from base64 (or, of SVG, from its text) of a notebook; None where it is none or too large."""
    text = content if isinstance(content, str) else "".join(map(str, content)) if isinstance(content, list) else ""
    if not text or len(text) > LARGEST_IMAGE * 4 // 3:
        return None
    if media_type == "image/svg+xml":
        return Image(text.encode(), media_type)
    try:
        return Image(base64.b64decode(text, validate=False), media_type)
    except (binascii.Error, ValueError):
        return None


def _media(text: str, following: Piece | None) -> Iterator[Mapping[str, str]]:
    """Yield figures and videos in the order in which they stand."""
    found = [(match.start(), json.loads(bytes.fromhex(match[1]))) for match in MEDIA.finditer(text)]
    for match in _IMAGE.finditer(text):
        caption = match["title"] or _caption(text[match.end() :], following)
        found.append((match.start(), {"source": match["source"], "alt": match["alt"], "caption": caption}))
    for match in _LINKED.finditer(text):
        video = video_at(match["target"] or match["bare"])
        if video is not None:
            found.append((match.start(), {"provider": video.provider, "key": video.key}))
    for _, one in sorted(found, key=lambda entry: entry[0]):
        yield one


def _caption(rest: str, following: Piece | None) -> str:
    """Return the words in italics, or those that begin `Figure 3`, that come right after a picture."""
    after = MEDIA.sub("", _IMAGE.sub("", rest)).strip()
    if not after and following is not None and following.kind is BlockKind.PROSE:
        after = MEDIA.sub("", following.text).strip()
    match = _CAPTION.match(after)
    return " ".join((match["marked"] or match["named"]).split()) if match else ""


def _note(builder: TextBuilder, found: Mapping[str, str], locator: Locator, carried: Mapping[str, Image]) -> None:
    if "provider" in found:
        builder.add_video(Video(found["provider"], found["key"]))
        return
    source, alt, caption = found["source"], found["alt"].strip(), found["caption"].strip()
    if _ORNAMENT.search(source) and not caption:
        return
    name = source.removeprefix("attachment:")
    image = carried.get(name)
    reference = "" if source.startswith(("attachment:", "data:")) else source
    if image or reference or alt or caption:
        builder.add_figure(locator, caption=caption, alt=alt, reference=reference, image=image)
