"""Conversations and their turns on disk, written as they stream.

Knows questions, answers as opaque text, and how each answer ended; refuses to know what a lesson is or who makes it.
One SQLite file (WAL). A crash leaves what was written; the next open marks such a turn interrupted.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from knowledge.errors import KnowledgeError

FILE_NAME = "conversations.sqlite3"
TITLE_CHARACTERS = 60
_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    changed_at REAL NOT NULL
) STRICT;
CREATE TABLE turns (
    id INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    tail TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX turns_by_conversation ON turns (conversation_id, id);
"""


class ConversationsUnusable(KnowledgeError):
    """The file of conversations cannot be read or written: damaged, from a newer version, or no space left."""


class TurnState(StrEnum):
    """How an answer stands. Only a running job leaves STREAMING; all others are final."""

    STREAMING = "streaming"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in the list. `changed_at` is seconds since 1970, of the newest question."""

    id: str
    title: str
    changed_at: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer so far: `body` is what was last saved whole, `tail` the text streamed since."""

    id: int
    question: str
    state: TurnState
    body: str
    tail: str
    reason: str
    """Why it failed, a sentence for a person; else empty."""


class Conversations:
    """All conversations of one state folder. Safe to share between threads.

    Raises (every method):
        ConversationsUnusable: the file cannot be read or written.
    """

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float] = time.time) -> None:
        self._connection = connection
        self._clock = clock
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, clock: Callable[[], float] = time.time) -> Conversations:
        """Return the conversations of a folder, made where it is missing; broken-off answers are marked so.

        Args:
            folder: state folder; the file in it is `conversations.sqlite3`.
            clock: seconds since 1970.
        """
        path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, path)
        except (sqlite3.Error, OSError) as error:
            raise ConversationsUnusable(f"{path}: {error}. Move the file away to start with none.") from error
        conversations = cls(connection, clock)
        # Another process may still be writing one of these: its next piece of text sets the state right again.
        with conversations._writing() as cursor:
            cursor.execute(
                "UPDATE turns SET state = ? WHERE state = ?", (TurnState.INTERRUPTED.value, TurnState.STREAMING.value)
            )
        return conversations

    def close(self) -> None:
        """Close the file. Every later call fails."""
        with self._lock:
            self._connection.close()

    # --- conversations ---

    def start(self, question: str) -> Conversation:
        """Return a new conversation titled by its first question; its id is random and safe in a URL."""
        conversation = Conversation(secrets.token_urlsafe(12), title_of(question), self._clock())
        with self._writing() as cursor:
            cursor.execute(
                "INSERT INTO conversations VALUES (?, ?, ?)",
                (conversation.id, conversation.title, conversation.changed_at),
            )
        return conversation

    def get(self, conversation_id: str) -> Conversation | None:
        """Return the conversation, or None where there is none of this id."""
        with self._writing() as cursor:
            row = cursor.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
        return Conversation(*row) if row else None

    def newest(self, limit: int) -> list[Conversation]:
        """Return at most `limit` conversations, the one with the newest question first."""
        with self._writing() as cursor:
            rows = cursor.execute(
                "SELECT * FROM conversations ORDER BY changed_at DESC, rowid DESC LIMIT ?", (limit,)
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def search(self, words: str, limit: int) -> list[Conversation]:
        """Return conversations with all these words in their title, questions or answers, newest first."""
        wanted = words.split()
        told = (
            "(title || ' ' || COALESCE((SELECT group_concat(question || ' ' || body || ' ' || tail, ' ') FROM turns "
            "WHERE conversation_id = conversations.id), '')) LIKE ? ESCAPE '!'"
        )
        where = " AND ".join([told] * len(wanted)) or "1"
        escaped = ("".join(f"!{c}" if c in "!%_" else c for c in word) for word in wanted)
        with self._writing() as cursor:
            rows = cursor.execute(
                f"SELECT * FROM conversations WHERE {where} ORDER BY changed_at DESC, rowid DESC LIMIT ?",
                (*(f"%{word}%" for word in escaped), limit),
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; an empty one is ignored."""
        if title.strip():
            with self._writing() as cursor:
                cursor.execute("UPDATE conversations SET title = ? WHERE id = ?", (title_of(title), conversation_id))

    def delete(self, conversation_id: str) -> None:
        """Remove a conversation with all its turns."""
        with self._writing() as cursor:
            cursor.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))

    def clear(self, conversation_id: str) -> None:
        """Remove all turns of a conversation and keep it."""
        with self._writing() as cursor:
            cursor.execute("DELETE FROM turns WHERE conversation_id = ?", (conversation_id,))

    # --- turns ---

    def ask(self, conversation_id: str, question: str) -> int:
        """Return the id of a new turn whose answer is to come.

        Raises:
            KeyError: there is no such conversation.
        """
        with self._writing() as cursor:
            cursor.execute("UPDATE conversations SET changed_at = ? WHERE id = ?", (self._clock(), conversation_id))
            if cursor.rowcount == 0:
                raise KeyError(conversation_id)
            cursor.execute(
                "INSERT INTO turns (conversation_id, question, state) VALUES (?, ?, ?)",
                (conversation_id, question, TurnState.STREAMING.value),
            )
            return int(cursor.lastrowid or 0)

    def append(self, turn_id: int, text: str) -> None:
        """Add text to the tail of a streaming turn."""
        with self._writing() as cursor:
            cursor.execute(
                "UPDATE turns SET tail = tail || ?, state = ? WHERE id = ?", (text, TurnState.STREAMING.value, turn_id)
            )

    def save(self, turn_id: int, body: str) -> None:
        """Put the answer so far in place of what was saved before, tail included."""
        with self._writing() as cursor:
            cursor.execute(
                "UPDATE turns SET body = ?, tail = '', state = ? WHERE id = ?",
                (body, TurnState.STREAMING.value, turn_id),
            )

    def end(self, turn_id: int, state: TurnState, *, body: str | None = None, reason: str = "") -> None:
        """Say how a turn ended; with a body it replaces what was saved, without one that stays."""
        with self._writing() as cursor:
            if body is not None:
                cursor.execute("UPDATE turns SET body = ?, tail = '' WHERE id = ?", (body, turn_id))
            cursor.execute("UPDATE turns SET state = ?, reason = ? WHERE id = ?", (state.value, reason, turn_id))

    def turns(self, conversation_id: str) -> list[Turn]:
        """Return the turns of a conversation in the order in which they were asked."""
        with self._writing() as cursor:
            rows = cursor.execute(
                "SELECT id, question, state, body, tail, reason FROM turns WHERE conversation_id = ? ORDER BY id",
                (conversation_id,),
            ).fetchall()
        return [Turn(row[0], row[1], TurnState(row[2]), *row[3:]) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        """Give a cursor inside one transaction, one thread at a time."""
        with self._lock:
            try:
                with _transaction(self._connection) as cursor:
                    yield cursor
            except sqlite3.Error as error:
                raise ConversationsUnusable(f"The conversation could not be saved or read: {error}.") from error


def title_of(question: str) -> str:
    """Return the first line of a question cut at a word, at most 60 characters and an ellipsis."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line or "Untitled"
    head, space, _ = line[: TITLE_CHARACTERS + 1].rpartition(" ")
    return (head if space else line[:TITLE_CHARACTERS]).rstrip(" ,;:.") + "…"


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Cursor]:
    cursor = connection.execute("BEGIN IMMEDIATE")
    try:
        yield cursor
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    with _transaction(connection) as cursor:
        version = cursor.execute("PRAGMA user_version").fetchone()[0]
        if version > _SCHEMA_VERSION:
            raise ConversationsUnusable(f"{path} was written by a newer Erica (schema {version}); update this one.")
        if version == 0:
            for statement in _SCHEMA.split(";\n"):
                cursor.execute(statement)
            cursor.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
