"""Marks that stand in cleaned Markdown for figures and videos, made of code points that no text holds."""

from __future__ import annotations

import json
import re

from ingest.videos import Video

MEDIA = re.compile("\ufdd2([0-9a-f]*)\ufdd3")
"""A mark; the two code points are no characters and are removed from what is read."""


def figure_mark(source: str, alt: str, caption: str) -> str:
    """Return the mark of a picture."""
    return _mark({"source": source, "alt": alt, "caption": caption})


def video_mark(video: Video) -> str:
    """Return the mark of a video."""
    return _mark({"provider": video.provider, "key": video.key})


def _mark(content: dict[str, str]) -> str:
    return f"\ufdd2{json.dumps(content).encode().hex()}\ufdd3"
