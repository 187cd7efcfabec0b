"""What was fetched of a site, kept in the library: reading it again needs no network.

web/<course id>/
├── pages.json     each page with its validators, hash, time and links
└── <hash>.<suffix> the bytes, named by their content

The index is written after the bytes it names, in one step: what is cut off in the middle is fetched again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ingest.errors import UnreadableSource
from knowledge.library_folder import WEB_NAME

INDEX = "pages.json"
SCHEMA = 1

_FILE = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was fetched last."""

    url: str
    file: str
    """Name of the file with its bytes."""
    content_hash: str
    """SHA-256 of the bytes, hexadecimal."""
    fetched_at: str
    """UTC, ISO 8601."""
    etag: str = ""
    modified: str = ""
    title: str = ""
    links: tuple[str, ...] = ()


def folder_for(library_folder: Path, course_id: str) -> Path:
    """Return where a library keeps what was fetched of a course."""
    return library_folder / WEB_NAME / course_id


class Snapshots:
    """The kept pages of one site.

    Args:
        folder: where they are; made with the first page.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = ""
        self.title = ""
        self.pages: dict[str, Kept] = {}
        """By URL, in the order of the site."""

    @classmethod
    def open(cls, folder: Path) -> Snapshots:
        """Return what is kept in a folder; nothing where there is none, or where its index is damaged."""
        kept = Snapshots(folder)
        try:
            tree = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            if tree["schema"] == SCHEMA:
                kept.root, kept.title = str(tree["root"]), str(tree["title"])
                kept.pages = {page.url: page for page in map(_page, tree["pages"]) if kept.path(page).is_file()}
        except FileNotFoundError:
            return kept
        except (OSError, ValueError, KeyError, TypeError):
            return Snapshots(folder)  # what is lost are bytes that the site still has
        return kept

    def path(self, page: Kept) -> Path:
        """Return where a page's bytes are."""
        return self.folder / page.file

    def put(self, content: bytes, suffix: str) -> tuple[str, str]:
        """Keep bytes; return the file's name and their hash.

        Raises:
            UnreadableSource: they cannot be written.
        """
        digest = hashlib.sha256(content).hexdigest()
        name = f"{digest[:32]}{suffix}"
        path = self.folder / name
        try:
            if not path.is_file() or path.stat().st_size != len(content):
                self.folder.mkdir(parents=True, exist_ok=True)
                _write(path, content)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        return name, digest

    def save(self) -> None:
        """Write the index.

        Raises:
            UnreadableSource: it cannot be written.
        """
        tree = {
            "schema": SCHEMA,
            "root": self.root,
            "title": self.title,
            "pages": [asdict(page) for page in self.pages.values()],
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / INDEX, json.dumps(tree, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def sweep(self) -> None:
        """Delete the bytes that no page names any more."""
        named = {page.file for page in self.pages.values()} | {INDEX}
        for entry in list(self.folder.iterdir()) if self.folder.is_dir() else ():
            if entry.name not in named and (_FILE.fullmatch(entry.name) or entry.suffix == ".part"):
                entry.unlink(missing_ok=True)


def _page(tree: dict[str, Any]) -> Kept:
    """Return an entry of the index; what it names is a file of ours, in the same folder."""
    values = {field.name: tree[field.name] for field in fields(Kept)}
    values["links"] = tuple(map(str, values["links"]))
    if not all(isinstance(value, str) for name, value in values.items() if name != "links"):
        raise TypeError("an entry of the index is not text")
    if not _FILE.fullmatch(values["file"]):
        raise ValueError(f"not a file of the index: {values['file']!r}")
    return Kept(**values)


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _unwritable(folder: Path, error: OSError) -> UnreadableSource:
    return UnreadableSource(
        str(folder), f"what was fetched cannot be kept ({error.strerror or error})", "Check the disk and permissions."
    )
