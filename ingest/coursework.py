"""What relations are read from: the facts of all documents beside the concepts found in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log2, tanh

from ingest.candidates import STRONG_HEADING, Candidate, token_keys
from ingest.facts import CueFact, CueKind, DocumentFacts
from ingest.mentions import ChunkConcepts, Names
from knowledge.concepts import normalise
from knowledge.prerequisites.author_order import is_authors_order
from knowledge.prerequisites.curriculum import curriculum, usual_order

FEW_DOCUMENTS = 8
"""In fewer documents than these, being named in many of them says nothing."""
STATED_WEIGHT = 0.65
"""Least weight of a phrase that says what the whole lesson needs."""
LESSONS_APART = 5.0
"""Lessons apart that count three quarters of any larger gap."""
_PREFIXED = re.compile(r"(?:pre|non|un|re|co|anti|semi|sub|super|auto|de|post|inter|intra|meta)-", re.IGNORECASE)
SPECIFIC = 0.35
"""Share of the highest inverse document frequency from which on a concept says as much as any."""


@dataclass(slots=True)
class Course:
    """What the signs are read from: concepts with their names and places, and where they are mentioned."""

    facts: Sequence[DocumentFacts]
    names: Names
    concepts: Mapping[str, Candidate]
    """Accepted candidates by root."""
    shown: Mapping[str, str]
    introduced: Mapping[str, tuple[int, int]]
    located: Sequence[ChunkConcepts]
    aliases: Mapping[str, tuple[str, ...]]
    usual: Mapping[tuple[str, str], int] = field(default_factory=usual_order)
    """What is usually learned before what (`curriculum.usual_order`)."""
    by_chunk: dict[tuple[int, int], ChunkConcepts] = field(default_factory=dict)
    _first: dict[str, dict[str, float]] = field(default_factory=dict)
    _topics: dict[str, str] = field(default_factory=dict)
    _naming: Counter[str] = field(default_factory=Counter)
    _documents: Counter[str] = field(default_factory=Counter)
    _taught: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.by_chunk = {chunk.place: chunk for chunk in self.located}
        self._first = self._first_places()
        self._topics = self._listed()
        self._naming = Counter(root for chunk in self.located for root in chunk.counts)
        pairs = {(root, chunk.place[0]) for chunk in self.located for root in chunk.counts}
        self._documents = Counter(root for root, _ in pairs)
        self._taught = Counter(root for chunk in self.located for root in {*chunk.core, *chunk.owners[:1]})

    def _first_places(self) -> dict[str, dict[str, float]]:
        """Return by root and ordered stretch where it is first taught, or named where nothing teaches it, in lessons.

        A stretch is a course whose order is its author's; of other courses, each lesson by itself.
        """
        paths: dict[str, list[str]] = {}
        for entry in self.facts:
            paths.setdefault(entry.course_id, []).append(entry.path)
        ordered = {course_id for course_id, found in paths.items() if is_authors_order(found)}

        def stretch(document: int) -> str:
            entry = self.facts[document]
            return entry.course_id if entry.course_id in ordered else entry.document_id

        def lessons(document: int, position: int) -> float:
            return document + position / max(1, len(self.facts[document].chunks))

        first: dict[str, dict[str, float]] = {}
        for chunk in self.located:
            for root in chunk.counts:
                first.setdefault(root, {}).setdefault(stretch(chunk.place[0]), lessons(*chunk.place))
        for root, candidate in self.concepts.items():
            taught: dict[str, float] = {}
            for document in sorted(candidate.earnest):
                taught.setdefault(stretch(document), lessons(document, candidate.teaching[document][0]))
            first.setdefault(root, {}).update(taught)
        return first

    def taught_before(self, earlier: str, later: str) -> float:
        """Return how much earlier one concept is taught than another, -1..1: the mean over the courses that name both.

        Courses stand in no order among themselves, so places are compared within each alone; in a course whose files
        nobody put in order, within each lesson. 0 where nothing has both.
        """
        one, other = self._first[earlier], self._first[later]
        gaps = [tanh((other[where] - one[where]) / LESSONS_APART) for where in sorted(one.keys() & other.keys())]
        return sum(gaps) / len(gaps) if gaps else 0.0

    def usually_before(self, earlier: str, later: str) -> int:
        """Return 1 where Erica's own list of topics has the one right before the other, 2 by a chain, else 0."""
        one, other = self._topics.get(earlier), self._topics.get(later)
        return self.usual.get((one, other), 0) if one is not None and other is not None else 0

    def _listed(self) -> dict[str, str]:
        """Return by root the topic of Erica's list that a concept is, where it is one."""
        listed = {normalise(topic) for topic in curriculum()}
        found: dict[str, str] = {}
        for root in self.concepts:
            keys = (normalise(name) for name in (self.shown[root], *self.aliases[root]))
            topic = next((key for key in keys if key in listed), None)
            if topic is not None:
                found[root] = topic
        return found

    def resolved_cues(self) -> Iterable[tuple[tuple[int, int], CueFact, list[str], list[str]]]:
        """Yield the cues whose ends both name concepts: place, cue, roots of the subject, roots of the object."""
        for document, entry in enumerate(self.facts):
            for position, chunk in enumerate(entry.chunks):
                topic = self.by_chunk[document, position].topic
                for cue in chunk.cues:
                    subjects = [self.names.head_of(cue.subject, document)] if cue.subject else [topic]
                    if cue.kind is CueKind.NEEDS and not cue.subject and cue.weight >= STATED_WEIGHT:
                        subjects = list(dict.fromkeys((topic, *self.title_roots(document))))
                    if cue.kind is CueKind.PART_OF:
                        objects = self.names.heads_in(cue.object, document)
                        subjects = self.names.heads_in(cue.subject, document) if cue.subject else subjects
                    else:
                        objects = self.names.heads_in(cue.object, document)
                    subjects, objects = [one for one in subjects if one], [one for one in objects if one]
                    if subjects and objects:
                        yield (document, position), cue, subjects, objects

    def title_roots(self, document: int) -> list[str]:
        """Return the concepts that a document's title names as what it teaches."""
        sections = self.facts[document].sections
        terms = [term for term in sections[0].terms if term.weight >= STRONG_HEADING] if sections else []
        roots = (root for term in terms for root in self.names.in_text(term.surface, document))
        return [root for root in dict.fromkeys(roots) if document in self.concepts[root].earnest]

    def is_part(self, part: str, whole: str) -> bool:
        """Return whether a concept is first taught in a lesson on another one, and after that one was introduced."""
        inner, outer = self.introduced[part], self.introduced[whole]
        return inner > outer and inner[0] in self.concepts[whole].teaching and inner[0] in self.concepts[whole].earnest

    def same_part(self, document: int, one: int, other: int) -> bool:
        """Return whether two chunks of a document stand below the same heading of the second level."""
        entry = self.facts[document]
        paths = [entry.sections[entry.chunks[position].section].path[:2] for position in (one, other)]
        return paths[0] == paths[1]

    def named_at_large(self, root: str) -> float:
        """Return the share of all passages that name a concept: what has to be exceeded to say something."""
        return self._naming[root] / max(1, len(self.located))

    def rarity(self, root: str) -> float:
        """Return how much it says that a concept is named, from 1 down to 0 for a word that stands everywhere alike.

        Inverse document frequency and what it exceeds that of words strewn at random by (residual IDF: Church and Gale,
        "Inverse document frequency: a measure of deviations from Poisson", 1995), as a share of the highest there is;
        and the share of its passages that are there to teach it, since a course may name its own subject everywhere.
        """
        if len(self.facts) < FEW_DOCUMENTS:
            return 1.0
        every, named = len(self.facts), self._naming[root]
        if not named:
            return 1.0
        observed = log2(every / self._documents[root])
        scattered = -log2(1.0 - exp(-named / every))
        specific = (2.0 * observed - scattered) / (SPECIFIC * log2(every))
        return max(0.0, min(1.0, specific + self._taught[root] / named))

    def name_parts(self, root: str) -> tuple[str, list[str]]:
        """Return the concept that is the head of a concept's name (or empty), and those elsewhere in the name."""
        head, inside = "", []
        for name in (self.shown[root], *self.aliases[root]):
            parts = _parts_of_name(name)
            keys = token_keys(" ".join(parts))
            for start in range(len(keys)):
                for end in range(len(keys), start, -1):
                    key = "".join(keys[start:end])
                    part = self.names.identities.root(key)
                    if part == root or part not in self.concepts or end - start == len(keys):
                        continue
                    if self.names.is_plain(key, parts[start:end]):
                        continue
                    if end == len(keys):
                        head = head or part
                    elif part not in inside:
                        inside.append(part)
        return head, [part for part in inside if part != head]


def _parts_of_name(name: str) -> list[str]:
    """Return the words of a name, hyphens dividing them too, except after a beginning that is no word of its own."""
    return [part for word in name.split() for part in ([word] if _PREFIXED.match(word) else word.split("-")) if part]
