"""Pictures and videos of a page: which of them teach, with the words and addresses that stand for them."""

from __future__ import annotations

import base64
import binascii
import re

from ingest.document import Image, TextBuilder
from ingest.html_tree import Node
from ingest.videos import FILE, VIMEO, Video, video_at, youtube
from knowledge.model import Locator

LARGEST_IMAGE = 5_000_000
"""Bytes of a picture that a page carries in itself."""

_SMALL = re.compile(r"(\d{1,4})(?:px)?$")
_SMALLEST_PX = 40
_ORNAMENT = re.compile(r"badge|shields\.io|avatar|gravatar|emoji|icon|logo|spinner|pixel|colab-badge", re.I)
_FILE_NAME = re.compile(
    r"\S+\.(?:png|jpe?g|gif|svg|webp|bmp)$|^(?:image|img|figure|picture|screenshot)?[\s_-]*\d*$", re.I
)
_DATA_URI = re.compile(r"data:(image/[\w.+-]{1,40})(?:;[\w=-]{1,40})*;base64,", re.I)


def add_picture(builder: TextBuilder, node: Node, locator: Locator, caption: str) -> str:
    """Note a picture and return the words that describe it, empty where its caption does or nothing is said."""
    if _is_ornament(node):
        return ""
    alt = " ".join(node.get("alt").split())
    source = node.get("src") or node.get("data-src") or node.get("data-lazy-src") or node.get("data-original")
    if source.startswith("data:") and node.get("data-src"):
        source = node.get("data-src")  # what stands there until the picture is scrolled to
    image = _carried(source)
    reference = "" if source.startswith("data:") else source
    if alt or caption or reference or image:
        builder.add_figure(locator, caption=caption, alt=alt, reference=reference, image=image)
    return alt if not caption and len(alt.split()) > 2 and not _FILE_NAME.search(alt) else ""


def _is_ornament(node: Node) -> bool:
    """Return whether a picture only decorates: a badge, an icon, a pixel that counts visitors."""
    if node.get("role") in ("presentation", "none"):
        return True
    sizes = [match for key in ("width", "height") if (match := _SMALL.match(node.get(key)))]
    if any(int(size[1]) < _SMALLEST_PX for size in sizes):
        return True
    return bool(_ORNAMENT.search(node.get("class")) or _ORNAMENT.search(node.get("src")[:300]))


def _carried(source: str) -> Image | None:
    """Return the picture that an address holds in itself."""
    match = _DATA_URI.match(source)
    if match is None or len(source) > LARGEST_IMAGE * 4 // 3:
        return None
    try:
        return Image(base64.b64decode(source[match.end() :], validate=False), match[1].lower())
    except (binascii.Error, ValueError):
        return None


def video_of(node: Node) -> Video | None:
    """Return the video that an element shows or leads to, or None where that is no video."""
    key = node.get("videoid")
    if node.tag == "lite-youtube":
        return youtube(key)
    if node.tag == "lite-vimeo":
        return Video(VIMEO, key) if key.isdecimal() else None
    if node.tag == "video":
        sources = [node.get("src"), *(part.get("src") for part in node.elements() if part.tag == "source")]
        address = next((source for source in sources if source and not source.startswith(("blob:", "data:"))), "")
        return (video_at(address) or Video(FILE, address)) if address else None
    return video_at(node.get("href") or node.get("src") or node.get("data-src"))
