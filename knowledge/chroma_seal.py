"""Whether the files of an embedded Chroma are as its last writer left them.

Chroma reads its files without checking them: garbage in one ends the process, or finds the wrong vectors in silence.
Knows files; refuses to know what is in them.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

SEAL_KEY = "vectors sealed"
"""The setting under which the catalog keeps the seal of its own folder's index."""
BEING_WRITTEN = ""
"""The seal of an index that is being changed: after a crash it stays, and the index is made anew."""
_WRITTEN_OUT = "index_metadata.pickle"
_DATABASE = "chroma.sqlite3"
"""Changes whenever it is opened, so it is left out of the seal; SQLite can tell by itself that it is damaged."""


def seal(folder: Path) -> str:
    """Return a hash over the names and bytes of the index files in this folder; searching leaves them as they are.

    An index that has not been written out yet is made from the database whenever it is opened: its files say nothing.
    """
    digest = hashlib.sha256()
    written = [place for place in folder.glob("*/") if (place / _WRITTEN_OUT).is_file()]
    for file in sorted(file for place in written for file in place.rglob("*") if file.is_file()):
        name = file.relative_to(folder).as_posix().encode()
        digest.update(len(name).to_bytes(8, "big") + name)
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def intact(folder: Path, sealed: str | None) -> bool:
    """Return whether Chroma can be trusted with this folder.

    Args:
        folder: of an embedded Chroma; one that is not there is intact.
        sealed: what `seal` returned last; None where it never did.
    """
    if not (folder / _DATABASE).is_file():
        return not folder.exists() or not any(folder.iterdir())
    try:
        with closing(sqlite3.connect(f"{(folder / _DATABASE).absolute().as_uri()}?mode=ro", uri=True)) as db:
            sound = db.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False
    return sound and sealed in (None, seal(folder))
