"""All names of a library's documents gathered by key, with what speaks for each being taught.

Knows evidence; which names are one concept is `ingest.identity`, which are concepts at all is `accept`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.facts import DocumentFacts, Sign
from ingest.terms import LONGEST_NAME, is_general
from ingest.wordlists import BREAKS, CONNECTORS, WEAK
from knowledge.concepts import name_like, normalise

TITLE_BONUS = 1.0
"""What naming a whole document adds to the weight of a heading."""
STRONG_HEADING = 0.6
STRONG_DEFINITION = 0.45


@dataclass(frozen=True, slots=True)
class DefinitionAt:
    """A definition with its place: document index, chunk index."""

    place: tuple[int, int]
    strength: float
    quote: str
    genus: str
    chunk_id: str


@dataclass(slots=True)
class Candidate:
    """A name and all that speaks for it."""

    key: str
    surfaces: Counter[str] = field(default_factory=Counter)
    headings: float = 0.0
    titles: float = 0.0
    sections: list[tuple[int, int]] = field(default_factory=list)
    """Where headings name it: (document index, section index)."""
    definitions: list[DefinitionAt] = field(default_factory=list)
    emphases: float = 0.0
    captions: int = 0
    aliased: int = 0
    total: int = 0
    """Occurrences in prose."""
    documents: int = 0
    first_taught: tuple[int, int] | None = None
    in_heading_runs: int = 0
    capitalised: int = 0
    _last_document: int = -1

    def seen(self, document: int, count: int) -> None:
        """Count occurrences; documents have to come in order."""
        self.total += count
        if document != self._last_document:
            self._last_document = document
            self.documents += 1

    def taught_at(self, place: tuple[int, int]) -> None:
        """Note a teaching place; the earliest one stays."""
        if self.first_taught is None or place < self.first_taught:
            self.first_taught = place

    @property
    def taught(self) -> float:
        """Return how strongly the course sets out to teach this name: headings, titles, definitions, emphasis."""
        best = sorted((entry.strength for entry in self.definitions), reverse=True)[:2]
        return (
            1.2 * min(self.headings, 2.0)
            + min(self.titles, 1.0) * TITLE_BONUS
            + 1.3 * sum(best)
            + 0.35 * min(self.emphases, 3.0)
            + (0.4 if self.aliased else 0.0)
        )

    @property
    def raw_salience(self) -> float:
        """Return teaching, frequency and spread together, without upper bound."""
        return self.taught + 0.3 * math.log2(1 + self.total) + 0.3 * math.log2(1 + self.documents)


def token_keys(run: str) -> list[str]:
    """Return the key of each word of a run; joined, they are the key of the words together."""
    return [normalise(word) if word.lower() not in CONNECTORS else word.lower() for word in run.split()]


def gather(facts: Sequence[DocumentFacts]) -> dict[str, Candidate]:
    """Return the candidates of all documents by key. Documents have to come in course order."""
    found: dict[str, Candidate] = {}
    for document, entry in enumerate(facts):
        _gather_headings(found, document, entry)
        for position, chunk in enumerate(entry.chunks):
            place = (document, position)
            teaches = entry.weight if entry.sections[chunk.section].teaches else 0.3 * entry.weight
            for definition in chunk.definitions:
                candidate = _candidate(found, definition.surface)
                strength = round(definition.strength * teaches, 3)
                candidate.definitions.append(
                    DefinitionAt(place, strength, definition.quote, definition.genus, chunk.chunk_id)
                )
                if strength >= STRONG_DEFINITION:
                    candidate.taught_at(place)
            for term in chunk.terms:
                candidate = _candidate(found, term.surface)
                if term.sign is Sign.CAPTION:
                    candidate.captions += 1
                else:
                    candidate.emphases += teaches * (1.0 if term.sign is Sign.BOLD else 0.7)
            for alias in chunk.aliases:
                for surface in (alias.name, alias.alias):
                    _candidate(found, surface).aliased += 1
    _count_runs(found, facts)
    return found


def _candidate(found: dict[str, Candidate], surface: str) -> Candidate:
    key = normalise(surface)
    candidate = found.get(key)
    if candidate is None:
        candidate = found[key] = Candidate(key)
    candidate.surfaces[surface] += 1
    return candidate


def _gather_headings(found: dict[str, Candidate], document: int, entry: DocumentFacts) -> None:
    first_chunk: dict[int, int] = {}
    for position, chunk in enumerate(entry.chunks):
        first_chunk.setdefault(chunk.section, position)
    for number, section in enumerate(entry.sections):
        for term in section.terms:
            candidate = _candidate(found, term.surface)
            weight = term.weight * entry.weight
            candidate.headings += weight
            candidate.sections.append((document, number))
            if len(section.path) <= 1:
                candidate.titles += weight
            if weight >= STRONG_HEADING:
                candidate.taught_at((document, first_chunk.get(number, 0)))


def _count_runs(found: dict[str, Candidate], facts: Sequence[DocumentFacts]) -> None:
    """Count every window of every run; windows of two to four words become candidates by repetition alone."""
    windows: dict[str, tuple[tuple[str, str], ...]] = {}
    tallies: dict[str, Candidate] = {}
    for document, entry in enumerate(facts):
        inside: Counter[str] = Counter()
        for chunk in entry.chunks:
            if chunk.kind == "prose":
                for run, count in chunk.runs:
                    inside[run] += count
        for run, count in inside.items():
            pairs = windows.get(run)
            if pairs is None:
                pairs = windows[run] = tuple(_windows(run))
            for key, surface in pairs:
                candidate = found.get(key) or tallies.get(key)
                if candidate is None:
                    candidate = tallies[key] = Candidate(key)
                candidate.seen(document, count)
                candidate.surfaces[surface] += count
    for key, candidate in tallies.items():
        if candidate.total >= REPEATED and candidate.documents >= REPEATED_IN and key not in found:
            found[key] = candidate


REPEATED, REPEATED_IN = 8, 3
"""How often, and in how many documents, a noun phrase has to stand to be a candidate that nothing else marks."""


def _windows(run: str) -> Iterable[tuple[str, str]]:
    parts = run.split()
    keys = token_keys(run)
    minor = [part.lower() in CONNECTORS for part in parts]
    for start in range(len(parts)):
        if minor[start]:
            continue
        for end in range(start + 1, min(len(parts), start + LONGEST_NAME + 1) + 1):
            if not minor[end - 1]:
                yield "".join(keys[start:end]), " ".join(parts[start:end])


# --- acceptance -------------------------------------------------------------------------------------------------

_ADJECTIVE = ("al", "ive", "ous", "ic", "able", "ible", "ful", "less", "ed", "ly", "est", "ary")


def accept(candidate: Candidate, name: str) -> bool:
    """Return whether a candidate is a concept of the course: taught somewhere, and more than a word in passing."""
    if not candidate.key or name.lower() in BREAKS or name.lower() in WEAK:
        return False
    strong_definition = max((entry.strength for entry in candidate.definitions), default=0.0)
    if is_general(name):
        return strong_definition >= 0.8 and candidate.headings >= 0.8 and candidate.total >= 5
    if candidate.total < 2 and candidate.taught < 1.9:
        return False
    if candidate.headings >= STRONG_HEADING or strong_definition >= STRONG_DEFINITION:
        return candidate.taught + 0.3 * math.log2(1 + candidate.total) >= 1.9
    if candidate.taught >= 0.65:
        return candidate.total >= 3 and candidate.raw_salience >= 2.2
    return _repeated_phrase(candidate, name)


def _repeated_phrase(candidate: Candidate, name: str) -> bool:
    """Return whether a phrase that nothing marks is a term by repetition: several words, a noun last, in lower case."""
    parts = name.split()
    if len(parts) < 2 or len(parts) > 4 or candidate.total < REPEATED or candidate.documents < REPEATED_IN:
        return False
    if parts[0].lower() in WEAK or parts[-1].lower() in WEAK or parts[-1].lower().endswith(_ADJECTIVE):
        return False
    return not all(part[0].isupper() for part in parts) or any(name_like(part) for part in parts)
