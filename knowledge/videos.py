"""Videos that lessons embed and transcripts are the words of. Values and addresses; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from knowledge.model import Chunk, TimeSpan

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


def opening_in_videos(video_of: Callable[[str], Video | None], chunks: Iterable[Chunk]) -> dict[str, str]:
    """Return by chunk id the addresses that open the video of a transcript at the second where the passage is said.

    Passages that are not speech, and transcripts whose video is not known, are left out.

    Args:
        video_of: gives the video that a document, by its id, is the transcript of.
        chunks: the passages.
    """
    spoken = [(chunk, chunk.locator) for chunk in chunks if isinstance(chunk.locator, TimeSpan)]
    videos = {document_id: video_of(document_id) for document_id in {chunk.document_id for chunk, _ in spoken}}
    links = {chunk.id: link_at(video, span.start_s) for chunk, span in spoken if (video := videos[chunk.document_id])}
    return {chunk_id: link for chunk_id, link in links.items() if link}
