"""Addresses of videos: which provider shows it, and under which id.

Knows addresses alone: nothing is fetched, and what is no video's address is None.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from knowledge.videos import FILE, VIMEO, YOUTUBE, Video

__all__ = ["FILE", "VIMEO", "YOUTUBE", "Video", "video_at", "youtube"]

_YOUTUBE_KEY = re.compile(r"[A-Za-z0-9_-]{11}")
_YOUTUBE_HOSTS = frozenset(
    "youtube.com www.youtube.com m.youtube.com music.youtube.com youtube-nocookie.com www.youtube-nocookie.com".split()
)
_VIMEO_KEY = re.compile(r"(?:^|/)([0-9]{5,12})(?:/|$)")
_MEDIA = re.compile(r"\.(?:mp4|webm|m4v|mov|ogv|mkv|avi|wmv)$", re.I)
_LONGEST_ADDRESS = 2_000


def video_at(address: str) -> Video | None:
    """Return the video that an address or a path leads to, or None where it leads to none."""
    address = address.strip()
    if not address or len(address) > _LONGEST_ADDRESS or "\n" in address:
        return None
    try:
        parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host in _YOUTUBE_HOSTS or host in ("youtu.be", "www.youtu.be"):
        return youtube(_youtube_key(host, parts.path, parts.query))
    if host in ("vimeo.com", "www.vimeo.com", "player.vimeo.com"):
        key = _VIMEO_KEY.search(parts.path)
        return Video(VIMEO, key[1]) if key else None
    if _MEDIA.search(parts.path) and parts.scheme in ("", "http", "https"):
        return Video(FILE, address)
    return None


def youtube(key: str) -> Video | None:
    """Return the YouTube video with this id, or None where it cannot be an id: eleven letters, digits, `-` and `_`."""
    return Video(YOUTUBE, key) if _YOUTUBE_KEY.fullmatch(key) else None


def _youtube_key(host: str, path: str, query: str) -> str:
    steps = [step for step in path.split("/") if step]
    if host.endswith("youtu.be"):
        return steps[0] if steps else ""
    if len(steps) > 1 and steps[0] in ("embed", "shorts", "live", "v"):
        return steps[1]
    return parse_qs(query).get("v", [""])[0] if steps[:1] == ["watch"] else ""
