"""Videos that lessons embed and transcripts are the words of. Values and addresses; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from knowledge.model import Chunk, TimeSpan

if TYPE_CHECKING:
    from knowledge.catalog import Catalog

YOUTUBE = "youtube"
VIMEO = "vimeo"
FILE = "file"


@dataclass(frozen=True, slots=True)
class Video:
    """A video: `youtube` or `vimeo` with its id there, or `file` with the address or path of a media file."""

    provider: str
    key: str


@dataclass(frozen=True, slots=True)
class PlacedVideo:
    """A video that a document embeds, or, for a transcript, the video whose words it holds."""

    document_id: str
    video: Video
    at: int
    """Offset in the document's text where it is embedded; 0 for the video that a transcript is of."""


def link_at(video: Video, seconds: float) -> str:
    """Return the address that opens the video at this second; empty for a provider that is not known.

    YouTube takes `t` in seconds; Vimeo and media files take it as a fragment (W3C Media Fragments, section 4.2.1).
    """
    second = max(0, int(seconds))
    match video.provider:
        case "youtube":
            return f"https://www.youtube.com/watch?v={quote(video.key, safe='')}&t={second}s"
        case "vimeo":
            return f"https://vimeo.com/{quote(video.key, safe='')}#t={second}s"
        case "file":
            return f"{video.key.partition('#')[0]}#t={second}"
        case _:
            return ""


def opening_in_videos(catalog: Catalog, chunks: Iterable[Chunk]) -> dict[str, str]:
    """Return by chunk id the addresses that open the video of a transcript at the second where the passage is said.

    Passages that are not speech, and transcripts whose video is not known, are left out.
    """
    videos: dict[str, Video | None] = {}
    found: dict[str, str] = {}
    for chunk in chunks:
        match chunk.locator:
            case TimeSpan(start_s, _):
                if chunk.document_id not in videos:
                    videos[chunk.document_id] = catalog.video_of(chunk.document_id)
                video = videos[chunk.document_id]
                address = "" if video is None else link_at(video, start_s)
                if address:
                    found[chunk.id] = address
    return found
