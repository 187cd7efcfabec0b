"""The rows that hang on a document, changed in the caller's transaction: chunks, words, vectors, figures, videos."""

from __future__ import annotations

import sqlite3
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from knowledge import lexical, records
from knowledge.attachments import Attachments
from knowledge.model import Chunk
from knowledge.row_changes import AMONG, listed, replace_rows, upsert
from knowledge.videos import PlacedVideo


def stored_chunks(db: sqlite3.Connection, document_id: str) -> dict[str, tuple[int, Chunk]]:
    """Return the chunks of a document by their ids, each with its number."""
    rows = db.execute(f"SELECT number, {records.CHUNK_COLUMNS} FROM chunks WHERE document_id = ?", (document_id,))
    return {row[1]: (row[0], records.chunk_from(row[1:])) for row in rows}


def put_chunks(db: sqlite3.Connection, document_id: str, chunks: Sequence[Chunk]) -> None:
    """Make these the chunks of the document, their words in the lexical index included."""
    stored = stored_chunks(db, document_id)
    wanted = {chunk.id for chunk in chunks}
    forget(db, [entry for chunk_id, entry in stored.items() if chunk_id not in wanted])
    differing = [chunk for chunk in chunks if chunk.id not in stored or stored[chunk.id][1] != chunk]
    _forget_words(db, [stored[chunk.id] for chunk in differing if chunk.id in stored])
    upsert(db, "chunks", records.CHUNK_COLUMNS, 1, map(records.chunk_row, differing))
    numbers = db.execute(f"SELECT id, number FROM chunks WHERE id {AMONG}", (listed(c.id for c in differing),))
    number_of = dict(numbers.fetchall())
    db.executemany(
        "INSERT INTO chunks_fts (rowid, title, headings, text, code) VALUES (?, ?, ?, ?, ?)",
        [(number_of[chunk.id], *lexical.columns(chunk)) for chunk in differing],
    )


def rebuild_words(db: sqlite3.Connection) -> None:
    """Index the words of all chunks anew."""
    db.execute("INSERT INTO chunks_fts (chunks_fts) VALUES ('delete-all')")
    rows = db.execute(f"SELECT number, {records.CHUNK_COLUMNS} FROM chunks ORDER BY number")
    db.executemany(
        "INSERT INTO chunks_fts (rowid, title, headings, text, code) VALUES (?, ?, ?, ?, ?)",
        ((row[0], *lexical.columns(records.chunk_from(row[1:]))) for row in rows),
    )


def forget(db: sqlite3.Connection, entries: Iterable[tuple[int, Chunk]]) -> None:
    """Delete chunks and their words; vectors and mentions go with them."""
    gone = list(entries)
    _forget_words(db, gone)
    db.executemany("DELETE FROM chunks WHERE number = ?", [(number,) for number, _ in gone])


def _forget_words(db: sqlite3.Connection, entries: Iterable[tuple[int, Chunk]]) -> None:
    db.executemany(
        "INSERT INTO chunks_fts (chunks_fts, rowid, title, headings, text, code) VALUES ('delete', ?, ?, ?, ?, ?)",
        [(number, *lexical.columns(chunk)) for number, chunk in entries],
    )


def put_chunk_vectors(db: sqlite3.Connection, document_id: str, vectors: Mapping[str, bytes]) -> None:
    """Store the vectors of chunks that have none yet: a chunk's id tells its text, so a stored one still fits."""
    missing = (
        "SELECT id FROM chunks WHERE document_id = ? "
        "AND NOT EXISTS (SELECT 1 FROM chunk_vectors WHERE chunk_vectors.id = chunks.id) ORDER BY position"
    )
    needed = [chunk_id for (chunk_id,) in db.execute(missing, (document_id,))]
    insert_vectors(db, "chunk_vectors", [(chunk_id, "") for chunk_id in needed], vectors)


def insert_vectors(
    db: sqlite3.Connection, table: str, needed: Sequence[tuple[str, str]], vectors: Mapping[str, bytes]
) -> None:
    """Store the vectors that are needed, each with what tells the text it was made from.

    Raises:
        ValueError: one of them is not given.
    """
    absent = [one for one, _ in needed if one not in vectors]
    if absent:
        raise ValueError(f"{len(absent)} without a vector, {absent[0]} first: neither given nor stored")
    db.executemany(
        f"INSERT INTO {table} (id, made_from, vector) VALUES (?, ?, ?)",
        [(one, digest, vectors[one]) for one, digest in needed],
    )


def put_attachments(db: sqlite3.Connection, document_id: str, attached: Attachments) -> None:
    """Make these the figures and videos of the document; what a person stated about videos stays.

    Raises:
        ValueError: the bytes of a figure's picture are neither given nor stored.
    """
    figures = map(records.figure_row, attached.figures)
    of_document = ("document_id", document_id)
    before = _pictures(db, document_id)
    replace_rows(db, "figures", records.FIGURE_COLUMNS, 1, figures, of_document)
    db.executemany(
        "INSERT INTO pictures (hash, content) VALUES (?, ?) ON CONFLICT DO NOTHING", attached.pictures.items()
    )
    after = _pictures(db, document_id)
    (stored,) = db.execute(f"SELECT COUNT(*) FROM pictures WHERE hash {AMONG}", (listed(after),)).fetchone()
    if stored < len(after):
        raise ValueError(f"{len(after) - stored} pictures are neither given nor stored")
    drop_pictures(db, (before | set(attached.pictures)) - after)
    put_videos(db, document_id, attached.videos, stated=False)


def put_videos(db: sqlite3.Connection, document_id: str, videos: Iterable[PlacedVideo], *, stated: bool) -> None:
    """Make these the videos that were read of a document, or those that a person stated; the others stay."""
    others = f"SELECT {records.VIDEO_COLUMNS} FROM videos WHERE document_id = ? AND stated != ?"
    rows = [records.video_row(placed, stated=stated) for placed in videos]
    rows += db.execute(others, (document_id, int(stated))).fetchall()
    replace_rows(db, "videos", records.VIDEO_COLUMNS, 4, rows, ("document_id", document_id))


def _pictures(db: sqlite3.Connection, document_id: str) -> set[str]:
    rows = db.execute("SELECT picture FROM figures WHERE document_id = ? AND picture != ''", (document_id,))
    return {picture for (picture,) in rows}


def drop_pictures(db: sqlite3.Connection, hashes: Iterable[str]) -> None:
    """Delete those of these pictures that no figure shows any more."""
    unused = f"DELETE FROM pictures WHERE hash {AMONG} AND hash NOT IN (SELECT picture FROM figures)"
    db.execute(unused, (listed(hashes),))


def remove(db: sqlite3.Connection, document_id: str) -> None:
    """Delete a document with all that hangs on it."""
    pictures = _pictures(db, document_id)
    forget(db, stored_chunks(db, document_id).values())
    db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
    drop_pictures(db, pictures)


def take_over(db: sqlite3.Connection, old_id: str, chunks: Sequence[Chunk]) -> None:
    """Let the chunks of a document that was moved have the vectors and the history of what it was before.

    Chunks correspond where their heading path and text are the same, the first to the first.
    """
    waiting: defaultdict[tuple[tuple[str, ...], str], deque[str]] = defaultdict(deque)
    for _, old in sorted(stored_chunks(db, old_id).values(), key=lambda entry: entry[1].position):
        waiting[old.heading_path, old.text].append(old.id)
    now: dict[str, str] = {}
    for chunk in chunks:
        same = waiting[chunk.heading_path, chunk.text]
        if same:
            now[same.popleft()] = chunk.id
    db.executemany(
        "INSERT INTO chunk_vectors (id, vector) SELECT ?, vector FROM chunk_vectors WHERE id = ? "
        "ON CONFLICT (id) DO NOTHING",
        [(new, old) for old, new in now.items()],
    )
    db.executemany("UPDATE moves SET chunk_id = ? WHERE chunk_id = ?", [(new, old) for old, new in now.items()])
    upsert(db, "moves", "old_id, chunk_id", 1, now.items())


def drop_moves_of_standing(db: sqlite3.Connection, chunks: Sequence[Chunk]) -> None:
    """Forget where the ids of these chunks led: they stand again."""
    db.execute(f"DELETE FROM moves WHERE old_id {AMONG}", (listed(chunk.id for chunk in chunks),))
