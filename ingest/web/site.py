"""What was fetched of a site, as the rest of ingest takes it: files on this machine that stand for pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IngestError
from knowledge.model import Course


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or a file of another format, with the bytes that were fetched of it."""

    url: str
    path: str
    """Its path below the course's root."""
    file: Path
    """Where its bytes are kept; the suffix tells the format."""


@dataclass(frozen=True, slots=True)
class Site:
    """A course from the web: its pages in order, read from what is kept of them."""

    course: Course
    pages: tuple[Page, ...]
    gone: frozenset[str] = frozenset()
    """URLs of pages that the server says are no more; what only could not be reached is not among them."""
    errors: tuple[IngestError, ...] = ()
    notes: tuple[str, ...] = ()
