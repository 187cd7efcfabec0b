"""What of a question may mean several things, and words of it that nobody spells so.

Looks at names alone: a name that several concepts have is ambiguous unless the question says by another name which one
is meant. A word that the course never uses and that is nearly one of a concept's name was mistyped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from knowledge.catalog import Catalog
from knowledge.concepts import normalise
from knowledge.lexical import query_words
from knowledge.lookup import named
from knowledge.model import Concept
from knowledge.seeds import longest_matches, surfaces
from knowledge.stopwords import STOP_WORDS

FEWEST_LETTERS, LONG = 5, 8
"""Shorter words are never taken for another; words from `LONG` letters on may differ by two."""
_NEAR = 0.7
"""Least similarity (0 to 1, `difflib`) at which two words are compared letter by letter."""
_WORD = re.compile(r"[^\W\d_]+")


def ambiguous(catalog: Catalog, question: str) -> tuple[str, list[Concept]] | None:
    """Return the words of the question that name several concepts, with these; None where all is clear."""
    runs = [run for run in surfaces(question) if run.isupper() or run.split()[0].casefold() not in STOP_WORDS]
    keys = {surface: normalise(surface) for surface in runs}
    by_key: dict[str, list[str]] = {}
    for key, concept_id in catalog.concepts_named(list(dict.fromkeys(keys.values()))):
        by_key.setdefault(key, []).append(concept_id)
    matches = {surface: by_key[key] for surface, key in keys.items() if key in by_key}
    for surface in dict.fromkeys(surface for surface, _ in longest_matches(matches, runs)):
        senses = named(catalog, surface) if len(matches[surface]) > 1 else []
        if len(senses) > 1 and not _told(question, keys[surface], senses) and _different(senses):
            return surface, senses
    return None


def _told(question: str, key: str, senses: Sequence[Concept]) -> bool:
    """Return whether the question holds another name of one of the senses."""
    said = {normalise(surface) for surface in surfaces(question)}
    return bool(said & ({normalise(name) for sense in senses for name in (sense.name, *sense.aliases)} - {key}))


def _different(senses: Sequence[Concept]) -> bool:
    """Return whether a question can tell the senses apart: by their names, or by other names of theirs."""
    called = {tuple(sorted(normalise(name) for name in (sense.name, *sense.aliases))) for sense in senses}
    return len(called) == len(senses)


def respelled(catalog: Catalog, question: str) -> str:
    """Return the question with mistyped words of concepts' names put right; the same where there are none.

    A word is mistyped where the course never uses it, it differs by one letter (from eight letters on by two) from a
    word of a name, and the question then names a concept that it did not name before. Names in capitals are left alone.
    """
    words = list(dict.fromkeys(_WORD.findall(question)))
    doubtful = [w for w in words if len(w) >= FEWEST_LETTERS and not any(c.isupper() for c in w[1:])]
    unknown = [word for word in doubtful if word.casefold() not in STOP_WORDS and not _used(catalog, word)]
    if not unknown:
        return question
    names = (name for concept in catalog.concepts() for name in (concept.name, *concept.aliases))
    vocabulary = sorted({w.casefold() for name in names for w in _WORD.findall(name) if len(w) >= FEWEST_LETTERS})
    put_right = question
    for word in unknown:
        better = _nearest(word.casefold(), vocabulary)
        if better:
            put_right = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", better, put_right)
    return put_right if _names(catalog, put_right) - _names(catalog, question) else question


def _used(catalog: Catalog, word: str) -> bool:
    return any(catalog.occurrences(query_words(word)).values())


def _nearest(word: str, vocabulary: Sequence[str]) -> str | None:
    allowed = 2 if len(word) >= LONG else 1
    for candidate in get_close_matches(word, vocabulary, n=5, cutoff=_NEAR):
        if candidate[0] == word[0] and letters_apart(word, candidate) <= allowed:
            return candidate
    return None


def letters_apart(one: str, other: str) -> int:
    """Return how many letters have to be added, left out, exchanged or swapped with a neighbour.

    Optimal string alignment (Damerau, CACM 1964; Wagner and Fischer, JACM 1974).

    >>> letters_apart("atention", "attention"), letters_apart("lerning", "learning"), letters_apart("gna", "gan")
    (1, 1, 1)
    """
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _names(catalog: Catalog, question: str) -> set[str]:
    keys = [normalise(surface) for surface in surfaces(question) if surface not in STOP_WORDS]
    return {concept_id for _, concept_id in catalog.concepts_named(list(dict.fromkeys(keys)))}
