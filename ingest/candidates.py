"""All names of a library's documents gathered by key, with what speaks for each being taught.

Knows evidence; which names are one concept is `ingest.identity`, which are concepts at all is `ingest.acceptance`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from ingest.facts import AliasFact, ChunkFacts, DocumentFacts, Sign
from ingest.terms import LONGEST_NAME, in_capitals
from ingest.wordlists import CONNECTORS
from knowledge.concepts import name_like, normalise, singular
from knowledge.model import ChunkKind
from knowledge.spelling import full_words

TITLE_BONUS = 1.0
"""What naming a whole document adds to the weight of a heading."""
STRONG_HEADING = 0.6
NAMED_HEADING = 0.45
IN_EARNEST = 0.5
SIGN_WEIGHT = {
    Sign.LEAD_IN: 0.7,
    Sign.BOLD: 1.0,
    Sign.ITALIC: 0.7,
    Sign.CAPTION: 0.3,
    Sign.CODE: 0.0,
    Sign.FORMULA: 0.8,
}
TITLE_WEIGHT = 2.5
STRONG_DEFINITION = 0.45
SURE_DEFINITION = 0.6


@dataclass(frozen=True, slots=True)
class DefinitionAt:
    """A definition with its place: document index, chunk index."""

    place: tuple[int, int]
    strength: float
    quote: str
    genus: str
    follow: str
    chunk_id: str


@dataclass(slots=True)
class Candidate:
    """A name and all that speaks for it."""

    key: str
    surfaces: Counter[str] = field(default_factory=Counter)
    headings: float = 0.0
    titles: float = 0.0
    definitions: list[DefinitionAt] = field(default_factory=list)
    emphases: float = 0.0
    aliased: int = 0
    total: int = 0
    """Occurrences in prose."""
    alone: int = 0
    """Occurrences that are no part of a longer phrase."""
    last: int = 0
    """Occurrences at the end of a phrase, where a noun stands and an adjective does not."""
    classed: int = 0
    """Occurrences right before a word for its kind: "CIFAR-10 dataset"."""
    coded: int = 0
    """Chunks that write it between backticks."""
    acted: int = 0
    """Occurrences where a verb stands: "to push"."""
    documents: int = 0
    teaching: dict[int, tuple[int, float]] = field(default_factory=dict)
    """First teaching chunk and weight of teaching, by document."""

    def count(self, surface: str, count: int, *, is_last: bool, is_whole: bool) -> None:
        """Count occurrences of one writing, at the end of a phrase and as the whole of it."""
        self.total += count
        self.surfaces[surface] += count
        self.alone += count if is_whole else 0
        self.last += count if is_last else 0

    def taught_at(self, place: tuple[int, int], weight: float) -> None:
        """Note a teaching place."""
        first, known = self.teaching.get(place[0], (place[1], 0.0))
        self.teaching[place[0]] = (min(first, place[1]), known + weight)

    @property
    def introduced(self) -> tuple[int, int] | None:
        """Return the first place of the first document that teaches it in earnest (see `earnest`)."""
        return min(((document, self.teaching[document][0]) for document in self.earnest), default=None)

    @property
    def earnest(self) -> list[int]:
        """Return the documents that teach it at least half as much as the one that does most."""
        most = max((weight for _, weight in self.teaching.values()), default=0.0)
        return [document for document, (_, weight) in self.teaching.items() if weight >= IN_EARNEST * most]

    def add(self, other: Candidate) -> None:
        """Add another name's evidence."""
        self.surfaces.update(other.surfaces)
        self.headings += other.headings
        self.titles += other.titles
        self.definitions.extend(other.definitions)
        self.emphases += other.emphases
        self.aliased += other.aliased
        self.total += other.total
        self.alone += other.alone
        self.last += other.last
        self.classed += other.classed
        self.coded += other.coded
        self.acted += other.acted
        self.documents = max(self.documents, other.documents)
        for document, (first, weight) in other.teaching.items():
            self.taught_at((document, first), weight)

    @property
    def commonest(self) -> str:
        """Return the most frequent writing of the name."""
        return max(self.surfaces.items(), key=lambda entry: (entry[1], entry[0].islower(), entry[0]))[0]

    @property
    def defined(self) -> float:
        """Return the strength of its best definition, 0 without one."""
        return max((entry.strength for entry in self.definitions), default=0.0)

    @property
    def taught(self) -> float:
        """Return how strongly the course sets out to teach this name: headings, titles, definitions, emphasis."""
        strengths = (entry.strength for entry in self.definitions if entry.strength >= STRONG_DEFINITION)
        best = sorted(strengths, reverse=True)[:2]
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


@lru_cache(maxsize=65_536)
def token_keys(run: str) -> tuple[str, ...]:
    """Return the key of each word of a run; joined, they are the key of the words together."""
    keys = (normalise(word) if word.lower() not in CONNECTORS else word.lower() for word in run.split())
    return tuple(full_words(list(keys)))


def gather(facts: Sequence[DocumentFacts]) -> dict[str, Candidate]:
    """Return the candidates of all documents by key. Documents have to come in course order."""
    runs = _prose_runs(facts)
    found = _Found(_acronyms(facts, runs))
    for document, entry in enumerate(facts):
        _gather_headings(found, document, entry)
        for position, chunk in enumerate(entry.chunks):
            teaches = entry.weight * entry.sections[chunk.section].teaches
            _gather_chunk(found, (document, position), chunk, teaches)
    _count_runs(found, runs)
    for chunk in (chunk for entry in facts for chunk in entry.chunks):
        for word, count in chunk.acts:
            candidate = found.by_key.get(normalise(word))
            if candidate is not None:
                candidate.acted += count
    return found.by_key


@dataclass(slots=True)
class _Found:
    """The candidates so far. The plain word that an acronym spells is none of its writings: CLIP is no clip."""

    acronyms: frozenset[str]
    by_key: dict[str, Candidate] = field(default_factory=dict)

    def of(self, surface: str) -> Candidate:
        """Return the candidate of a name, one that nobody keeps where the name is an acronym's plain word."""
        key = normalise(surface)
        if self.is_plain(key, surface):
            return Candidate(key)
        candidate = self.by_key.get(key)
        if candidate is None:
            candidate = self.by_key[key] = Candidate(key)
        candidate.surfaces[surface] += 1
        return candidate

    def is_plain(self, key: str, surface: str) -> bool:
        return key in self.acronyms and not in_capitals(surface)


ACRONYM_COUNT = 3
"""Occurrences in capitals that make a word of a heading an acronym, where no document writes it out."""


def _acronyms(facts: Sequence[DocumentFacts], runs: Mapping[str, Mapping[int, int]]) -> frozenset[str]:
    """Return the keys of short forms in capitals that a document writes out, or that head a section and stand often."""
    spelled = {normalise(one.alias) for one in _all_aliases(facts) if one.alias.isalpha() and one.alias.isupper()}
    heads = {
        normalise(word)
        for entry in facts
        for section in entry.sections
        for term in section.terms
        for word in term.surface.split()
        if len(word) > 1 and word.isalpha() and word.isupper()
    } - spelled
    counts: Counter[str] = Counter()
    for run, documents in runs.items():
        for word in run.split():
            if word.isupper() and len(word) > 1 and (key := normalise(word)) in heads:
                counts[key] += sum(documents.values())
    return frozenset(spelled) | {key for key, count in counts.items() if count >= ACRONYM_COUNT}


def _all_aliases(facts: Sequence[DocumentFacts]) -> Iterator[AliasFact]:
    for entry in facts:
        for section in entry.sections:
            yield from section.aliases
        for chunk in entry.chunks:
            yield from chunk.aliases


def _gather_chunk(found: _Found, place: tuple[int, int], chunk: ChunkFacts, teaches: float) -> None:
    for definition in chunk.definitions:
        candidate = found.of(definition.surface)
        strength = round(definition.strength * teaches, 3)
        candidate.definitions.append(
            DefinitionAt(place, strength, definition.quote, definition.genus, definition.follow, chunk.chunk_id)
        )
        if strength >= STRONG_DEFINITION:
            candidate.taught_at(place, 1.3 * strength)
    for term in chunk.terms:
        candidate = found.of(term.surface)
        candidate.emphases += teaches * SIGN_WEIGHT[term.sign]
        candidate.coded += term.sign is Sign.CODE
    for alias in chunk.aliases:
        for surface in (alias.name, alias.alias):
            found.of(surface).aliased += 1


def _gather_headings(found: _Found, document: int, entry: DocumentFacts) -> None:
    first_chunk = first_chunks(entry)
    for section in entry.sections:
        title = len(section.path) <= 1
        for number, term in enumerate(section.terms):
            candidate = found.of(term.surface)
            weight = term.weight * entry.weight * section.teaches
            candidate.headings += weight if weight >= NAMED_HEADING else 0.3 * weight
            candidate.titles += weight if title else 0.0
            if weight >= STRONG_HEADING:
                # a heading that names two teaches the first one first
                place = min(first_chunk.get(section.path, 0) + number, len(entry.chunks) - 1)
                candidate.taught_at((document, place), weight * (TITLE_WEIGHT if title else 1.0))
        for alias in section.aliases:
            for surface in (alias.name, alias.alias):
                found.of(surface).aliased += 1


def first_chunks(entry: DocumentFacts) -> dict[tuple[str, ...], int]:
    """Return the index of the first chunk at or below each heading path."""
    found: dict[tuple[str, ...], int] = {}
    for position, chunk in enumerate(entry.chunks):
        path = entry.sections[chunk.section].path
        for depth in range(len(path), 0, -1):
            if path[:depth] in found:
                break
            found[path[:depth]] = position
    return found


def _count_runs(found: _Found, runs: Mapping[str, Mapping[int, int]]) -> None:
    """Count every window of every run; windows of several words become candidates by repetition alone.

    Most windows stand in one place only: totals are counted first, and the rest for those alone that may matter.
    """
    windows = {run: tuple(_windows(run)) for run in runs}
    totals: Counter[str] = Counter()
    for run, documents in runs.items():
        count = sum(documents.values())
        for key, *_ in windows[run]:
            totals[key] += count
    tallies = dict(found.by_key)
    tallies.update(
        (key, Candidate(key)) for key, total in totals.items() if total >= REPEATED and key not in found.by_key
    )
    places: dict[str, set[int]] = {key: set() for key in tallies}
    for run, documents in runs.items():
        count = sum(documents.values())
        for key, surface, is_last, is_whole in windows[run]:
            candidate = tallies.get(key)
            if candidate is not None and not found.is_plain(key, surface):
                candidate.count(surface, count, is_last=is_last, is_whole=is_whole)
                places[key].update(documents)
        for name in _classed(run):
            candidate = tallies.get(normalise(name))
            if candidate is not None:
                candidate.classed += count
    for key, candidate in tallies.items():
        candidate.documents = len(places[key])
        if candidate.total >= REPEATED and candidate.documents >= REPEATED_IN:
            found.by_key.setdefault(key, candidate)


def _prose_runs(facts: Sequence[DocumentFacts]) -> dict[str, dict[int, int]]:
    """Return how often each run stands in the prose of each document, in order of first appearance."""
    inside: dict[str, dict[int, int]] = {}
    for document, entry in enumerate(facts):
        for chunk in entry.chunks:
            if chunk.kind == PROSE:
                for run, count in chunk.runs:
                    counts = inside.setdefault(run, {})
                    counts[document] = counts.get(document, 0) + count
    return inside


def _classed(run: str) -> Iterable[str]:
    """Yield the proper names of a run that stand right before a word for their kind."""
    parts = run.split()
    return (one for one, kind in pairwise(parts) if singular(kind) in KINDS and name_like(one))


PROSE = ChunkKind.PROSE.value
KINDS = frozenset(
    "dataset corpus benchmark model network architecture algorithm classifier optimizer method loss layer metric "
    "measure kernel transform tree block score".split()
)
"""Words for the kinds of things that have names of their own."""
REPEATED, REPEATED_IN = 8, 3
"""How often, and in how many documents, a noun phrase has to stand to be a candidate that nothing else marks."""
STANDS_ALONE = 0.35
"""Least share of a repeated phrase's occurrences outside longer phrases (the idea of C-value, Frantzi et al. 2000)."""


def _windows(run: str) -> Iterable[tuple[str, str, bool, bool]]:
    """Yield key and surface of each window, whether it ends the run, and whether it is the run."""
    parts, keys = run.split(), token_keys(run)
    if len(parts) == 1:  # as most are
        if run.lower() not in CONNECTORS:
            yield keys[0], run, True, True
        return
    minor = [part.lower() in CONNECTORS for part in parts]
    for start in range(len(parts)):
        if minor[start]:
            continue
        for end in range(start + 1, min(len(parts), start + LONGEST_NAME + 1) + 1):
            if not minor[end - 1]:
                is_last = end == len(parts)
                yield "".join(keys[start:end]), " ".join(parts[start:end]), is_last, is_last and start == 0
