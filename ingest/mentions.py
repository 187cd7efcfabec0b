"""Where concepts are named, and what each place does for them.

Knows how names are found in runs of words (longest first) and how a chunk's part in teaching shows: a definition, its
heading, frequency, code. Refuses to know how names became concepts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.candidates import NAMED_HEADING, STRONG_DEFINITION, TITLE_WEIGHT, Candidate, first_chunks, token_keys
from ingest.facts import ChunkFacts, DocumentFacts
from ingest.headings import TEACHES
from ingest.identity import Identities
from ingest.terms import LONGEST_NAME, blank, in_capitals, runs
from ingest.wordlists import CONNECTORS, GENERAL
from knowledge.concepts import normalise, singular
from knowledge.model import Mention, MentionRole

EXPLAINED_BY_COUNT = 3
"""A chunk that names a concept this often is taken to explain it."""
HEADING_WEIGHT = 0.3
MOST_HEADS = 6
INSIDE_HEADING = 0.5
ADMINISTRATION = 0.5
"""Documents below this weight only ever use concepts."""


@dataclass(slots=True)
class Names:
    """Finds concepts in text: accepted keys lead to concept roots, by way of each document's sense of acronyms."""

    identities: Identities
    concepts: frozenset[str]
    """Roots of the accepted concepts."""
    acronyms: frozenset[str]
    """Keys whose name is all capitals: they are not found in plain lower-case words."""
    _segments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        joined = (key for key in self.identities.parent if self.identities.root(key) in self.concepts)
        self._known = self.concepts.union(joined, self.identities.senses)

    def in_run(self, run: str, document: int) -> list[str]:
        """Return the roots named in a run of words, longest names first taken, from left to right."""
        keys = self._segments.get(run)
        if keys is None:
            keys = self._segments[run] = tuple(self._segment(run))
        roots = (self.identities.sense(key, document) for key in keys)
        return [root for root in roots if root in self.concepts]

    def in_text(self, text: str, document: int) -> list[str]:
        """Return the roots named in a stretch of prose, in order of first appearance."""
        found: dict[str, None] = {}
        for run in runs(blank(text)):
            found.update(dict.fromkeys(self.in_run(run, document)))
        return list(found)

    def head_of(self, text: str, document: int) -> str:
        """Return the root that the last noun phrase of a text ends with, or an empty string."""
        last = ""
        for run in runs(blank(text)):
            last = run
        return self._head(last, document) if last else ""

    def ends_with(self, text: str, root: str, document: int) -> bool:
        """Return whether the last noun phrase of a text ends with a concept's name, and no word after it."""
        last = ""
        for run in runs(blank(text)):
            last = run
        return bool(last) and self.in_run(last, document)[-1:] == [root] and self._is_last(last)

    def _is_last(self, run: str) -> bool:
        return "".join(token_keys(run)).endswith(self._segments[run][-1])

    def heads_in(self, text: str, document: int) -> list[str]:
        """Return the roots that the noun phrases of a text end with, at most six."""
        heads = (self._head(run, document) for run in list(runs(blank(text)))[:MOST_HEADS])
        return [head for head in dict.fromkeys(heads) if head]

    def _head(self, run: str, document: int) -> str:
        """Return the root a noun phrase ends with; general words after it do not count: "a contrastive approach"."""
        parts = run.split()
        while len(parts) > 1 and singular(parts[-1]) in GENERAL:
            parts.pop()
        core = " ".join(parts)
        for tried in (run, core):
            roots = self.in_run(tried, document)
            if roots and self._is_last(tried):
                return roots[-1]
        return ""

    def named(self, name: str, document: int) -> str:
        """Return the root of the concept with this name, or an empty string. "Clip" is no name of CLIP."""
        key = normalise(name)
        if not self.known(key) or (key in self.acronyms and not in_capitals(name)):
            return ""
        root = self.identities.sense(key, document)
        return root if root in self.concepts else ""

    def known(self, key: str) -> bool:
        """Return whether the key names a concept in some document."""
        return key in self._known

    def _segment(self, run: str) -> list[str]:
        parts, keys = run.split(), token_keys(run)
        minor = [part.lower() in CONNECTORS for part in parts]
        found: list[str] = []
        start = 0
        while start < len(parts):
            longest = start if minor[start] else min(len(parts), start + LONGEST_NAME + 1)
            for end in range(longest, start, -1):
                key = "".join(keys[start:end])
                if key in self._known and not minor[end - 1] and not self.is_plain(key, parts[start:end]):
                    found.append(key)
                    start = end - 1
                    break
            start += 1
        return found

    def is_plain(self, key: str, parts: Sequence[str]) -> bool:
        """Return whether the words only spell an acronym: "map" is no MAP."""
        return key in self.acronyms and not in_capitals(" ".join(parts))


@dataclass(slots=True)
class ChunkConcepts:
    """The concepts of one chunk: how often each is named, and the role."""

    place: tuple[int, int]
    chunk_id: str
    counts: Counter[str]
    roles: dict[str, MentionRole]
    owners: tuple[str, ...]
    """Concepts that the chunk's own heading names, first the heaviest."""
    topic: str
    """What the chunk is there to teach: the heading's concept where this document teaches it in earnest, else the
    document's own; empty where neither is known."""

    @property
    def core(self) -> tuple[str, ...]:
        """Return the concepts that this chunk is there to teach: its heading's or document's, and what it defines."""
        defined = (root for root, role in self.roles.items() if role is MentionRole.DEFINES)
        return tuple(dict.fromkeys((self.topic, *defined))) if self.topic else tuple(defined)


def locate(facts: Sequence[DocumentFacts], names: Names, concepts: Mapping[str, Candidate]) -> list[ChunkConcepts]:
    """Return every chunk with its concepts and their roles, in course order."""
    located: list[ChunkConcepts] = []
    taught: dict[int, list[str]] = {}
    for root, concept in concepts.items():
        for document in concept.earnest:
            taught.setdefault(document, []).append(root)
    for document, roots in taught.items():
        roots.sort(key=lambda root: (-concepts[root].teaching[document][1], root))
    for document, entry in enumerate(facts):
        owners = section_owners(entry, document, names)
        for position, chunk in enumerate(entry.chunks):
            counts: Counter[str] = Counter()
            for run, count in chunk.runs:
                for root in names.in_run(run, document):
                    counts[root] += count
            teaches = entry.weight >= ADMINISTRATION and entry.sections[chunk.section].teaches >= TEACHES
            own = owners[chunk.section] if teaches else ()
            roles = _roles(chunk, counts, own, document, names) if teaches else dict.fromkeys(counts, MentionRole.USES)
            here = taught.get(document, ())
            topic = next((root for root in own if root in here), next(iter(here), "")) if teaches else ""
            located.append(ChunkConcepts((document, position), chunk.chunk_id, counts, roles, own, topic))
    return located


def credit_longer_headings(facts: Sequence[DocumentFacts], names: Names, concepts: Mapping[str, Candidate]) -> None:
    """Count headings that name a concept inside a longer phrase as teaching it, at a part of their weight."""
    for document, entry in enumerate(facts):
        first_chunk = first_chunks(entry)
        for section in entry.sections:
            weight = INSIDE_HEADING * entry.weight * section.teaches * (TITLE_WEIGHT if len(section.path) <= 1 else 1.0)
            for term in section.terms:
                for run in runs(blank(term.surface)):
                    for root in names.in_run(run, document):
                        if term.weight >= NAMED_HEADING and normalise(term.surface) != root:
                            concepts[root].taught_at((document, first_chunk.get(section.path, 0)), weight * term.weight)


def section_owners(entry: DocumentFacts, document: int, names: Names) -> list[tuple[str, ...]]:
    """Return for each section the concepts it is about: those its heading names, else those of the heading above."""
    by_path: dict[tuple[str, ...], tuple[str, ...]] = {}
    owners: list[tuple[str, ...]] = []
    for section in entry.sections:
        own: dict[str, None] = {}
        for term in section.terms:
            if term.weight >= HEADING_WEIGHT:
                named = names.named(term.surface, document)
                own.update({named: None} if named else {})
        for run in section.runs:
            own.update(dict.fromkeys(names.in_run(run, document)))
        above = section.path[:-1]
        by_path[section.path] = tuple(own) or _nearest(by_path, above)
        owners.append(by_path[section.path])
    return owners


def _nearest(by_path: Mapping[tuple[str, ...], tuple[str, ...]], path: tuple[str, ...]) -> tuple[str, ...]:
    while path:
        if by_path.get(path):
            return by_path[path]
        path = path[:-1]
    return ()


def _roles(
    chunk: ChunkFacts, counts: Counter[str], own: Sequence[str], document: int, names: Names
) -> dict[str, MentionRole]:
    if chunk.kind == "code":
        for root in own[:1]:
            counts[root] = max(counts[root], 1)
        return dict.fromkeys(counts, MentionRole.EXEMPLIFIES)
    roles = dict.fromkeys(counts, MentionRole.USES)
    for root, count in counts.items():
        if count >= EXPLAINED_BY_COUNT or (root in own and count):
            roles[root] = MentionRole.EXPLAINS
    for root in own[:1]:
        counts[root] = max(counts[root], 1)
        roles[root] = MentionRole.EXPLAINS
    for definition in chunk.definitions:
        root = names.named(definition.surface, document) if definition.strength >= STRONG_DEFINITION else ""
        if root:
            counts[root] = max(counts[root], 1)
            roles[root] = MentionRole.DEFINES
    return roles


def as_mentions(located: Sequence[ChunkConcepts], ids: Mapping[str, str]) -> tuple[Mention, ...]:
    """Return the mentions as values, by chunk in course order and concept id."""
    return tuple(
        Mention(ids[root], chunk.chunk_id, chunk.roles[root], count)
        for chunk in located
        for root, count in sorted(chunk.counts.items(), key=lambda entry: ids[entry[0]])
    )
