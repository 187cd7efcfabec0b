"""A library that an older Erica made, brought up to date before it is read."""

from __future__ import annotations

from pathlib import Path

from knowledge.catalog_writer import CatalogWriter
from knowledge.errors import LibraryError, LibraryUnusable
from knowledge.library_folder import CATALOG_NAME
from knowledge.lock import WriterLock


def bring_up_to_date(folder: Path) -> None:
    """Give the catalog in this folder the tables of this version; takes the writer's lock for that moment.

    Raises:
        LibraryUnusable: another process is writing, or the folder cannot be written to.
    """
    try:
        lock = WriterLock.acquire(folder)
        try:
            CatalogWriter(folder / CATALOG_NAME, {}).close()
        finally:
            lock.release()
    except LibraryError as error:
        raise LibraryUnusable(
            f"The library in {folder} was made by an older Erica, and cannot be brought up to date now: {error} "
            "Then try again, or read the course into another folder: erica ingest PATH"
        ) from error
