"""Pictures and videos that HTML tags and JSX components in Markdown show, as marks in the cleaned text.

Knows single tags and what follows a picture; every scan is bounded, because course files are not trusted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

from ingest.marks import figure_mark, video_mark
from ingest.videos import VIMEO, Video, video_at, youtube

_LONGEST_CAPTION = 2_000
_NEXT_TAG = re.compile(r"\s*<(?P<close>/?)(?P<name>[A-Za-z][\w-]*)(?P<attributes>[^<>]{0,1000})>")
_CAPTION_CLASS = re.compile(r"class\s*=\s*[\"'][^\"']*caption", re.I)
_COMPONENT = re.compile(r"(?:Lite)?(?:You[Tt]ube|Vimeo)(?:Embed|Video|Player)?|ReactPlayer|Video(?:Player)?")
_LEAST_PX = 40


def picture_mark(values: Mapping[str, str], text: str, start: int) -> str:
    """Return the mark of the `img` tag at `start` with these attributes; nothing for an icon."""
    sizes = (values.get("width", ""), values.get("height", ""))
    if any(size.isdecimal() and int(size) < _LEAST_PX for size in sizes):
        return ""
    source, alt = values.get("src", "") or values.get("data-src", ""), values.get("alt", "").strip()
    caption = _caption(text, start)
    source = "" if source.startswith("data:") else source
    return figure_mark(source, alt, caption) if source or alt or caption else ""


def film_mark(values: Sequence[tuple[str, str]]) -> str:
    """Return the mark of the video that an `iframe` or a `video` shows; nothing for other frames."""
    sources = [value for key, value in values if key in ("src", "data-src")]
    found = next((video for source in sources if (video := video_at(source)) is not None), None)
    return video_mark(found) if found is not None else ""


def component_mark(name: str, values: Mapping[str, str]) -> str:
    """Return the mark of the video that a component such as `<Youtube id="..."/>` embeds; nothing for others."""
    if not _COMPONENT.fullmatch(name):
        return ""
    key = values.get("id") or values.get("videoId") or values.get("videoid") or ""
    found = video_at(values.get("url") or values.get("src") or values.get("href") or "")
    if found is None and key:
        found = youtube(key) if "imeo" not in name else Video(VIMEO, key) if key.isdecimal() else None
    return video_mark(found) if found is not None else ""


def _caption(text: str, position: int) -> str:
    """Return what a `figcaption`, or an element of a class for captions, says right after a picture."""
    end = position + _LONGEST_CAPTION
    while (tag := _NEXT_TAG.match(text, position, end)) is not None:
        name = tag["name"].lower()
        if not tag["close"] and (name == "figcaption" or _CAPTION_CLASS.search(tag["attributes"])):
            close = text.find(f"</{tag['name']}", tag.end(), tag.end() + _LONGEST_CAPTION)
            words = re.sub(r"<[^<>]{0,500}>", " ", text[tag.end() : max(close, tag.end())])
            return html.unescape(" ".join(words.split()))
        if tag["close"] and name == "figure":
            return ""
        position = tag.end()
    return ""
