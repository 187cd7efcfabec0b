"""What of a chunk is indexed by words, and how a person's words become a query that is safe to run.

Pure: gives text to SQLite's FTS5 and never talks to it. The stemmer and BM25 are FTS5's own.
"""

from __future__ import annotations

import re
import unicodedata

from knowledge.model import Chunk, ChunkKind
from knowledge.stopwords import STOP_WORDS

MAX_QUERY_WORDS = 200
"""Different words of one query that are looked up: a page of text has about as many."""

COLUMN_WEIGHTS = (1.0, 2.0, 1.0, 0.5)
"""BM25 weights of title, headings, text and code: a heading says what is taught, code repeats its names."""

_WORD = re.compile(r"[^\W_]+")
_IDENTIFIER = re.compile(r"[^\W\d_]\w*")
_HUMP = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*")
_SHORTEST_HUMP = 3


def _humps(identifier: str) -> list[str]:
    """Return the words that capitals join in a name such as `DataLoader`; empty where there are not two."""
    parts = [part for part in _HUMP.findall(identifier) if len(part) >= _SHORTEST_HUMP]
    return parts if len(parts) > 1 else []


def _with_humps(text: str) -> str:
    """Return the text, followed by the words inside its CamelCase names: "data loader" has to find `DataLoader`."""
    extra = [part for word in _WORD.findall(text) if not (word.islower() or word.isupper()) for part in _humps(word)]
    return f"{text}\n{' '.join(extra)}" if extra else text


def columns(chunk: Chunk) -> tuple[str, str, str, str]:
    """Return what FTS5 indexes of the chunk: title, headings, text, code.

    The index keeps no copy, and is told the same words again when the chunk goes: a change here needs a migration that
    indexes every chunk anew.
    """
    title, headings = " ".join(chunk.heading_path[:1]), " ".join(chunk.heading_path[1:])
    text = _with_humps(chunk.text)
    return (title, headings, text, "") if chunk.kind is ChunkKind.PROSE else (title, headings, "", text)


def query_words(question: str) -> list[str]:
    """Return the words of a question worth looking up, in order, each once; stop words only where nothing else is."""
    composed = unicodedata.normalize("NFC", question)
    unique = list(dict.fromkeys(word.casefold() for word in _WORD.findall(_with_humps(composed))))
    content = [word for word in unique if word not in STOP_WORDS]
    return (content or unique)[:MAX_QUERY_WORDS]


def match_expression(question: str) -> str:
    """Return the FTS5 query for any text: its words joined by OR, and snake_case names as phrases too; may be empty."""
    names = [name for name in _IDENTIFIER.findall(question) if "_" in name.strip("_")]
    phrases = [" ".join(_WORD.findall(name.casefold())) for name in names[:MAX_QUERY_WORDS]]
    return " OR ".join(f'"{term}"' for term in dict.fromkeys([*query_words(question), *phrases]))
