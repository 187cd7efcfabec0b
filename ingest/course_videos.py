"""Which video a transcript is of, where the author of a course says so in `course.toml`.

    [[videos]]
    transcript = "talks/one.vtt"
    youtube = "dQw4w9WgXcQ"        # or vimeo = "123456789", or url = "https://..."

Course files are not trusted: what is wrong in them is noted, and the rest is taken.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.course import COURSE_FILE
from ingest.videos import Video, video_at, youtube


def stated_videos(root: Path) -> tuple[Mapping[str, Video], list[str]]:
    """Return the videos by the absolute path of their transcript, and notes about entries that say nothing.

    A file that is no TOML says nothing here: finding the course's lessons has refused it already.
    """
    try:
        with (root / COURSE_FILE).open("rb") as stream:
            entries = tomllib.load(stream).get("videos", [])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return {}, []
    found: dict[str, Video] = {}
    notes: list[str] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        transcript, video = _entry(entry)
        path = os.path.realpath(root / transcript)
        if not transcript or video is None:
            notes.append(
                f"{COURSE_FILE}: [[videos]] entry {number} needs `transcript`, and `youtube`, `vimeo` or `url`"
            )
        elif not os.path.isfile(path):
            notes.append(f"{COURSE_FILE}: [[videos]] names {transcript}, which does not exist")
        else:
            found[path] = video
    return found, notes


def _entry(entry: Any) -> tuple[str, Video | None]:
    stated = {key: value for key, value in entry.items() if isinstance(value, str)} if isinstance(entry, dict) else {}
    video = youtube(stated.get("youtube", "")) or video_at(stated.get("url", "")) or video_at(stated.get("youtube", ""))
    if video is None and stated.get("vimeo"):
        video = video_at(f"https://vimeo.com/{stated['vimeo']}")
    return stated.get("transcript", ""), video
