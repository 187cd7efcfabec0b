"""Pictures and films on a slide: which of them teach, with the words that stand for them.

Knows what a picture on a slide is worth by its size and by how often the deck repeats it, not what it shows.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.document import Image
from ingest.office import DRAWING, RELATIONSHIPS, alt_text, damage, usable
from ingest.slide_shapes import PRESENTATION, Shape
from ingest.videos import FILE, Video, video_at

if TYPE_CHECKING:
    from pptx.slide import Slide

LEAST_SHARE = 0.01
"""Share of the slide's area below which a picture is an ornament."""

_REPEATED_SHARE = 0.4
_LEAST_REPEATED = 3
_LONGEST_CAPTION = 200
_CAPTION = re.compile(r"^(?:fig(?:ure|\.)|abb(?:ildung|\.)|image|source|photo|chart|diagram)\b", re.I)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a slide; `image` is None where it has a format that pages do not show."""

    image: Image | None
    name: str
    alt: str
    caption: str
    digest: str


def pictures(slide: Slide, shown: Sequence[Shape], area: float) -> list[Picture]:
    """Return the pictures among these shapes that are no ornaments; `area` is the slide's own."""
    found = []
    for shape in shown:
        blip = shape.element.find(f".//{DRAWING}blip") if shape.element.tag == f"{PRESENTATION}pic" else None
        if blip is None:
            continue
        described = next(shape.element.iter(f"{PRESENTATION}cNvPr"), None)
        alt = alt_text(described.get("descr", "")) if described is not None else ""
        caption = _caption(shape, shown)
        if shape.box.area < LEAST_SHARE * area and not caption:
            continue
        try:
            part = slide.part.related_part(blip.get(f"{RELATIONSHIPS}embed", ""))
        except damage():  # linked, not embedded, or lost: what is said of it stays
            found.append(Picture(None, "", alt, caption, ""))
            continue
        image = usable(part.blob, part.content_type)
        digest = hashlib.sha256(part.blob).hexdigest()
        found.append(Picture(image, str(part.partname).rsplit("/", 1)[-1], alt, caption, digest))
    return found


def ornaments(slides: Iterable[Sequence[Picture]]) -> frozenset[str]:
    """Return the digests of pictures that many slides repeat: logos and backgrounds."""
    per_slide = [{picture.digest for picture in one if picture.digest and not picture.caption} for one in slides]
    counts = Counter(digest for one in per_slide for digest in one)
    least = max(_LEAST_REPEATED, _REPEATED_SHARE * len(per_slide))
    return frozenset(digest for digest, count in counts.items() if count >= least)


def videos(slide: Slide, shown: Sequence[Shape]) -> list[Video]:
    """Return the films a slide embeds, and the videos its words and shapes link to."""
    found: dict[Video, None] = {}
    for shape in shown:
        films = [*shape.element.iter(f"{DRAWING}videoFile"), *shape.element.iter(f"{DRAWING}quickTimeFile")]
        for element, key in [(film, "link") for film in films] + [
            (link, "id") for name in ("hlinkClick", "hlinkHover") for link in shape.element.iter(f"{DRAWING}{name}")
        ]:
            relation = slide.part.rels.get(element.get(f"{RELATIONSHIPS}{key}", ""))
            if relation is None:
                continue
            target = relation.target_ref
            video = video_at(target)
            if video is None and key == "link":
                video = Video(FILE, target)
            if video is not None and (key == "link" or video.provider != FILE):
                found[video] = None
    return list(found)


def _caption(picture: Shape, shown: Sequence[Shape]) -> str:
    """Return the short text right below a picture, or one anywhere that calls itself a figure's, or nothing."""
    box = picture.box
    near = 0.12 * max((shape.box.bottom for shape in shown), default=0.0)
    below = [
        (shape.box.top - box.bottom, shape.words)
        for shape in shown
        if shape.body is not None
        and not shape.is_title
        and box.overlap_across(shape.box) > 0.5 * min(box.right - box.left, shape.box.right - shape.box.left)
        and -near / 2 <= shape.box.top - box.bottom <= near
        and 0 < len(shape.words) <= _LONGEST_CAPTION
    ]
    named = [entry for entry in below if _CAPTION.match(entry[1])]
    return min(named or below, default=(0.0, ""))[1]
