"""Where names and words stand in a course's passages: for concepts and definitions that people add.

Knows writing (plurals, hyphens, capitals of acronyms); refuses to know where passages come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.concepts import words
from knowledge.model import MentionRole

_BETWEEN = r"[\s\-‐-–_/]{1,3}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as far as looking for words needs it; `place` is (document, chunk) in course order."""

    chunk_id: str
    text: str
    heading: str
    place: tuple[int, int]


class Passages(Protocol):
    """A course's passages. Both may give more than asked for, but nothing less."""

    def naming(self, surface: str) -> Iterable[Passage]:
        """Return the passages in which the words of this name stand one after the other."""
        ...

    def of(self, path: str) -> Iterable[Passage]:
        """Return the passages of the documents with this path below their course's root."""
        ...


def occurrences(passages: Passages, surfaces: Sequence[str]) -> list[tuple[Passage, MentionRole, int]]:
    """Return the passages that name one of the surfaces, in course order, with what they do for it and how often."""
    found: dict[str, Passage] = {}
    for surface in surfaces:
        found.update((passage.chunk_id, passage) for passage in passages.naming(surface))
    pattern = pattern_of(surfaces)
    named = []
    for passage in sorted(found.values(), key=lambda passage: (passage.place, passage.chunk_id)):
        count = len(pattern.findall(passage.text))
        if pattern.search(passage.heading):
            named.append((passage, MentionRole.EXPLAINS, max(1, count)))
        elif count:
            named.append((passage, MentionRole.USES, count))
    return named


def pattern_of(surfaces: Sequence[str]) -> re.Pattern[str]:
    """Return what matches these names in a text: any hyphenation, a plural; capitals count for acronyms alone.

    >>> bool(pattern_of(["self attention"]).search("Self-attentions mix")), bool(pattern_of(["AP"]).search("an ap"))
    (True, False)
    """
    forms = []
    for surface in sorted(set(surfaces), key=lambda one: (-len(one), one)):
        parts = [re.escape(word) for word in words(surface)]
        if parts:
            whole = _BETWEEN.join(parts) + "(?:e?s)?"
            forms.append(whole if surface.isupper() else f"(?i:{whole})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms) or '(?!)'})(?!\w)")


def quoted_in(passages: Passages, quote: str, path: str) -> tuple[str, str]:
    """Return the id of the first chunk of the document that holds the words, and them as they stand there.

    White space and line breaks do not count. Two empty texts where no chunk holds them.
    """
    parts = [re.escape(part) for part in quote.split()]
    pattern = re.compile(r"\s+".join(parts) or "(?!)")
    for passage in sorted(passages.of(path), key=lambda passage: passage.place):
        found = pattern.search(passage.text)
        if found:
            return passage.chunk_id, found[0]
    return "", ""
