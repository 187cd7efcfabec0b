"""The tables of a catalog, and how an older one becomes this one.

Knows SQL alone; refuses to know the values in the rows (`records`) and who reads them (`catalog`).
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from knowledge.errors import LibraryUnusable

APPLICATION_ID = 0x45726963
"""The letters "Eric" in the file's header: tells a catalog from any other SQLite file."""

Migration = Callable[[sqlite3.Connection], None]

_EXTRACTED = "CREATE TABLE extracted (number INTEGER PRIMARY KEY, snapshot BLOB NOT NULL)"


_FIGURES_AND_VIDEOS = """
CREATE TABLE figures (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    locator TEXT NOT NULL,
    caption TEXT NOT NULL,
    alt TEXT NOT NULL,
    at INTEGER NOT NULL,
    reference TEXT NOT NULL,
    media_type TEXT NOT NULL,
    picture TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX figures_by_document ON figures (document_id, position);
CREATE INDEX figures_by_picture ON figures (picture);

-- bytes by their SHA-256: a picture that stands in many places is kept once
CREATE TABLE pictures (hash TEXT PRIMARY KEY, content BLOB NOT NULL);

-- stated is 1 where a person said so in course.toml, which outranks what was read
CREATE TABLE videos (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    key TEXT NOT NULL,
    stated INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (document_id, provider, key, stated)
) WITHOUT ROWID;
CREATE INDEX videos_by_key ON videos (provider, key);

-- ids that chunks had before their file was moved, for citations that were kept somewhere
CREATE TABLE moves (
    old_id TEXT PRIMARY KEY,
    chunk_id TEXT NOT NULL REFERENCES chunks (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX moves_by_chunk ON moves (chunk_id)
"""


def _keeps_what_was_extracted(db: sqlite3.Connection) -> None:
    db.execute(_EXTRACTED)


def _keeps_figures_and_videos(db: sqlite3.Connection) -> None:
    """Make the tables; a file whose hash is not known is read again by the next ingest, which fills them."""
    for statement in _statements(_FIGURES_AND_VIDEOS):
        db.execute(statement)
    db.execute("UPDATE documents SET content_hash = ''")


MIGRATIONS: Sequence[Migration] = (_keeps_what_was_extracted, _keeps_figures_and_videos)
"""The step at index `n` brings a file of version `n + 1` to version `n + 2`; it runs inside a transaction."""
VERSION = len(MIGRATIONS) + 1

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE courses (id TEXT PRIMARY KEY, root TEXT NOT NULL, title TEXT NOT NULL) WITHOUT ROWID;

-- text stands last: a listing without it never reads the pages it spills over
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    course_id TEXT NOT NULL REFERENCES courses (id),
    path TEXT NOT NULL,
    uri TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX documents_by_course ON documents (course_id, position);

CREATE TABLE facts (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    json TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    locator TEXT NOT NULL,
    heading_path TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    tokens INTEGER NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (document_id, position);

-- rowid is chunks.number; what is indexed is computed from the chunk (`lexical.columns`), so it is not stored again
CREATE VIRTUAL TABLE chunks_fts USING fts5 (
    title, headings, text, code, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);

-- numbers are never used twice, so (count, highest number) tells whether a set of vectors has changed
CREATE TABLE chunk_vectors (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE REFERENCES chunks (id) ON DELETE CASCADE,
    made_from TEXT NOT NULL DEFAULT '',
    vector BLOB NOT NULL
);

CREATE TABLE concepts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL,
    definition_chunk TEXT,
    definition TEXT,
    salience REAL NOT NULL,
    difficulty REAL NOT NULL,
    introduced_document INTEGER NOT NULL,
    introduced_chunk INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE concept_vectors (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE REFERENCES concepts (id) ON DELETE CASCADE,
    made_from TEXT NOT NULL,
    vector BLOB NOT NULL
);

CREATE TABLE names (
    surface TEXT NOT NULL,
    concept_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    PRIMARY KEY (surface, concept_id)
) WITHOUT ROWID;
CREATE INDEX names_by_concept ON names (concept_id);

CREATE TABLE relations (
    source_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (source_id, kind, target_id)
) WITHOUT ROWID;
CREATE INDEX relations_by_target ON relations (target_id, kind);

CREATE TABLE cut_edges (
    source_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    confidence REAL NOT NULL,
    evidence TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (source_id, kind, target_id)
) WITHOUT ROWID;

CREATE TABLE mentions (
    concept_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    chunk_id TEXT NOT NULL REFERENCES chunks (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (concept_id, chunk_id, role)
) WITHOUT ROWID;
CREATE INDEX mentions_by_chunk ON mentions (chunk_id);

CREATE TABLE merges (
    concept_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    surface TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (concept_id, surface, reason)
) WITHOUT ROWID;

-- one row where people decided something about concepts: what the extractors said (`knowledge.undecided`)
CREATE TABLE extracted (number INTEGER PRIMARY KEY, snapshot BLOB NOT NULL);
"""


def _statements(script: str) -> list[str]:
    lines = "".join(line for line in script.splitlines(keepends=True) if not line.startswith("--"))
    return [statement for statement in lines.split(";") if statement.strip()]


def version_of(db: sqlite3.Connection) -> int:
    """Return the version of the catalog in this file; 0 where nothing was made yet.

    Raises:
        LibraryUnusable: it is another program's database, or of a newer version of Erica.
    """
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (application or version or tables):
        raise LibraryUnusable("The database was made by another program. Name another folder for the library.")
    if version > VERSION:
        raise LibraryUnusable(
            f"The library was written by a newer Erica (its catalog has version {version}, this one reads up to "
            f"{VERSION}). Update Erica, or name another folder."
        )
    return int(version)


def create(db: sqlite3.Connection, settings: Mapping[str, str | int]) -> None:
    """Create all tables and keep the settings in an empty database: all of it or, after a crash, nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(f"{_TABLES}{_FIGURES_AND_VIDEOS}"):
            db.execute(statement)
        first = {
            # a library made anew in the same folder must not repeat the generations of the one before it
            "generation": secrets.randbits(40),
            "library_id": secrets.token_hex(8),
            "concepts_current": 1,
        }
        db.executemany("INSERT INTO meta VALUES (?, ?)", {**first, **settings}.items())
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def migrate(db: sqlite3.Connection, version: int, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a catalog of `version` to the newest one, each step in a transaction of its own.

    Args:
        db: a writing connection in autocommit mode.
        version: what `version_of` returned, from 1 on.
        steps: see `MIGRATIONS`.
    """
    for number, step in enumerate(steps[version - 1 :], start=version + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            step(db)
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
