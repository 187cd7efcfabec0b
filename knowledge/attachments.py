"""What is stored in one transaction with a document, beside its text: figures, videos, and where it stood before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.figures import Figure
from knowledge.videos import PlacedVideo


@dataclass(frozen=True, slots=True)
class Attachments:
    """What belongs to a document and goes with it."""

    figures: tuple[Figure, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Bytes by SHA-256, for every figure that names one."""
    videos: tuple[PlacedVideo, ...] = ()
    moved_from: str = ""
    """Id of the stored document whose file was moved here: it goes, and its chunks' ids lead to these from now on."""


NOTHING = Attachments()
