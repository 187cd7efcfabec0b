"""Pictures of course material, with the words that stand for them. Values; the bytes of a picture are kept apart."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import Locator, stable_id


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in a document, and where it stands."""

    id: str
    document_id: str
    position: int
    """Counts the document's figures from 0."""
    locator: Locator
    caption: str
    """The author's caption, empty where there is none."""
    alt: str
    """The text given for those who do not see it, empty where there is none."""
    at: int
    """Offset in the document's text where the figure stands."""
    reference: str
    """Path or address as the source names it; empty for a picture inside the file."""
    media_type: str
    """Such as `image/png`; empty where the library keeps no bytes."""
    picture: str
    """SHA-256 of the bytes, hexadecimal; empty where the library keeps none."""

    @staticmethod
    def id_for(document_id: str, name: str, occurrence: int) -> str:
        """Return the id of a figure.

        Args:
            document_id: where it stands.
            name: what tells it from others: its reference, the hash of its bytes, or its words.
            occurrence: how many figures of that name stand before it in the document.
        """
        return stable_id("figure", document_id, name, str(occurrence))
