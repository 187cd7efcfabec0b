"""Why one concept should be understood before another: signs gathered from the text, weighed, and joined.

A sign is a definition that uses another concept, a kind or part named, a phrase ("builds on", "recall"), a link back, a
heading inside another concept's lesson, or that passages teaching one lean on the other and not the reverse. Being named
together is no sign. Name similarity gives kinship, never direction, except that a longer name rests on its head
("multi-head attention" on "attention").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.candidates import Candidate, token_keys
from ingest.facts import CueKind, DocumentFacts
from ingest.lessons import resolve_links
from ingest.mentions import TEACHING, ChunkConcepts, Names
from knowledge.concepts import opposed
from knowledge.model import Evidence, MentionRole, Quote, Relation, RelationKind

MOST_PREREQUISITES = 6
LEAST_CONFIDENCE = 0.3
MOST_KIN = 6

DEFINITION_USES, GENUS, HEAD_OF_NAME, IN_NAME, LINK_BACK, LEANS_ON, INSIDE_LESSON = (
    0.45,
    0.6,
    0.45,
    0.3,
    0.35,
    0.45,
    0.3,
)
EXPLICIT = frozenset({"is a kind of", "builds on", "head of the name"})
"""Signs that count even where the course introduces the two the other way round."""
AGAINST_ORDER = 0.6


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
    by_chunk: dict[tuple[int, int], ChunkConcepts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_chunk = {chunk.place: chunk for chunk in self.located}


Signs = dict[tuple[str, str], list[Evidence]]


def prerequisite_signs(course: Course) -> Signs:
    """Return the signs for each (earlier, later) pair of roots."""
    signs: Signs = defaultdict(list)
    for source in (_definition_signs, _name_signs, _cue_signs, _link_signs, _leaning_signs):
        for pair, evidence in source(course):
            if pair[0] != pair[1] and not any(known.kind == evidence.kind for known in signs[pair]):
                signs[pair].append(evidence)
    return {pair: found for pair, found in signs.items() if found}


def confidence(evidence: Iterable[Evidence]) -> float:
    """Return how sure signs together make an edge, 0..1: one minus the product of the doubts (noisy or)."""
    doubt = 1.0
    for sign in evidence:
        doubt *= 1.0 - sign.weight
    return round(1.0 - doubt, 4)


def prerequisite_edges(course: Course, signs: Signs, ids: Mapping[str, str]) -> list[Relation]:
    """Return the prerequisite edges that the signs carry: at most `MOST_PREREQUISITES` a concept, surest first."""
    by_target: dict[str, list[Relation]] = defaultdict(list)
    for (earlier, later), evidence in signs.items():
        sure = confidence(evidence)
        if course.introduced[earlier] > course.introduced[later]:
            explicit = [sign for sign in evidence if sign.kind in EXPLICIT]
            sure = round(AGAINST_ORDER * confidence(explicit), 4)
        if sure >= LEAST_CONFIDENCE:
            by_target[later].append(
                Relation(ids[earlier], ids[later], RelationKind.PREREQUISITE, sure, tuple(evidence))
            )
    return [
        edge
        for later in sorted(by_target)
        for edge in sorted(by_target[later], key=lambda edge: (-edge.confidence, edge.source_id))[:MOST_PREREQUISITES]
    ]


def _definition_signs(course: Course) -> Iterable[tuple[tuple[str, str], Evidence]]:
    for later, candidate in course.concepts.items():
        best = sorted(candidate.definitions, key=lambda entry: (-entry.strength, entry.place))[:2]
        for entry in best:
            quote = Quote(entry.chunk_id, entry.quote)
            document = entry.place[0]
            genus = course.names.in_text(entry.genus, document)
            for earlier in course.names.in_text(entry.quote, document)[:8]:
                if genus and earlier == genus[-1]:
                    yield (earlier, later), Evidence("is a kind of", round(GENUS * entry.strength, 3), quote)
                else:
                    yield (
                        (earlier, later),
                        Evidence("its definition uses it", round(DEFINITION_USES * entry.strength, 3), quote),
                    )


def name_parts(course: Course, root: str) -> tuple[str, list[str]]:
    """Return the concept that is the head of a concept's name (or empty), and those elsewhere in the name."""
    keys = token_keys(course.shown[root])
    head, inside = "", []
    for start in range(len(keys)):
        for end in range(len(keys), start, -1):
            part = course.names.identities.root("".join(keys[start:end]))
            if part == root or part not in course.concepts or end - start == len(keys):
                continue
            if end == len(keys):
                head = head or part
            elif part not in inside:
                inside.append(part)
    return head, inside


def _name_signs(course: Course) -> Iterable[tuple[tuple[str, str], Evidence]]:
    for later in course.concepts:
        head, inside = name_parts(course, later)
        if head:
            yield (head, later), Evidence("head of the name", HEAD_OF_NAME)
        for earlier in inside:
            yield (earlier, later), Evidence("part of the name", IN_NAME)


def _cue_signs(course: Course) -> Iterable[tuple[tuple[str, str], Evidence]]:
    for document, entry in enumerate(course.facts):
        for position, chunk in enumerate(entry.chunks):
            owners = course.by_chunk[document, position].owners
            for cue in chunk.cues:
                quote = Quote(chunk.chunk_id, cue.quote)
                objects = course.names.in_text(cue.object, document)[:4]
                subjects = course.names.in_text(cue.subject, document)[-1:] if cue.subject else list(owners[:1])
                for subject in subjects:
                    for other in objects:
                        if cue.kind is CueKind.IS_A:
                            yield (other, subject), Evidence("is a kind of", cue.weight, quote)
                        elif cue.kind is CueKind.PART_OF:
                            yield (subject, other), Evidence("part of", round(cue.weight * 0.7, 3), quote)
                        elif cue.kind is CueKind.NEEDS:
                            yield (other, subject), Evidence("builds on", round(cue.weight * entry.weight, 3), quote)
                        elif cue.kind is CueKind.RECALLS:
                            yield (other, subject), Evidence("recalled while teaching", cue.weight, quote)


def _link_signs(course: Course) -> Iterable[tuple[tuple[str, str], Evidence]]:
    mains = main_concepts(course)
    for link in resolve_links(course.facts):
        if link.target >= link.source:
            continue
        place = (link.source, link.position)
        named = course.names.in_text(link.text, link.source)
        owners = course.by_chunk[place].owners[:1] or mains[link.source][:1]
        for later in owners:
            for earlier in named[:2] or mains[link.target][:1]:
                quote = Quote(course.by_chunk[place].chunk_id, link.quote)
                yield (earlier, later), Evidence("linked back to", LINK_BACK, quote)


def main_concepts(course: Course) -> list[list[str]]:
    """Return for each document the concepts it teaches most, best first."""
    weight: list[Counter[str]] = [Counter() for _ in course.facts]
    for chunk in course.located:
        for root, role in chunk.roles.items():
            gain = {MentionRole.DEFINES: 3.0, MentionRole.EXPLAINS: 1.0}.get(role, 0.0)
            weight[chunk.place[0]][root] += gain * (2.0 if root in chunk.owners[:1] else 1.0)  # type: ignore[assignment]
    for document, entry in enumerate(course.facts):
        for term in entry.sections[0].terms if entry.sections else ():
            for root in course.names.in_text(term.surface, document):
                weight[document][root] += 4.0 * term.weight  # type: ignore[assignment]
    return [[root for root, gain in counter.most_common() if gain > 0] for counter in weight]


def _leaning_signs(course: Course) -> Iterable[tuple[tuple[str, str], Evidence]]:
    """Compare how often passages teaching one concept name the other (reference distance of Liang et al., EMNLP 2015)."""
    taught: dict[str, int] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for chunk in course.located:
        teaching = [root for root, role in chunk.roles.items() if role in TEACHING]
        for later in teaching:
            taught[later] += 1
            for other in chunk.counts:
                if other != later:
                    shared[other, later] += 1
    documents = len(course.facts)
    for (earlier, later), count in shared.items():
        if taught[later] < 2 or count < 2 or course.introduced[earlier] >= course.introduced[later]:
            continue
        forth = count / taught[later]
        back = shared.get((later, earlier), 0) / taught[earlier] if taught.get(earlier) else 0.0
        if forth >= 0.2 and forth - back >= 0.15:
            rarity = 1.0 - course.concepts[earlier].documents / (documents + 1)
            weight = LEANS_ON * min(1.0, (forth - back) * 1.5) * (0.4 + 0.6 * rarity)
            yield (earlier, later), Evidence("passages that teach it lean on the other", round(weight, 3))


# --- near transfer ----------------------------------------------------------------------------------------------


def kinship(course: Course, ids: Mapping[str, str]) -> list[Relation]:
    """Return IS_A, PART_OF, CONTRASTS_WITH and RELATED edges, at most one of a kind for a pair."""
    found: dict[tuple[str, str, RelationKind], list[Evidence]] = defaultdict(list)

    def note(first: str, second: str, kind: RelationKind, evidence: Evidence) -> None:
        if first == second:
            return
        if kind in (RelationKind.CONTRASTS_WITH, RelationKind.RELATED):
            first, second = sorted((first, second), key=lambda root: (course.shown[root], root))
        group = found[first, second, kind]
        if not any(known.kind == evidence.kind for known in group):
            group.append(evidence)

    for (general, special), signs in _definition_kinds(course):
        note(special, general, RelationKind.IS_A, signs)
    for root in course.concepts:
        head, _ = name_parts(course, root)
        if head:
            note(root, head, RelationKind.IS_A, Evidence("head of the name", 0.5))
    for document, entry in enumerate(course.facts):
        for position, chunk in enumerate(entry.chunks):
            owners = course.by_chunk[document, position].owners
            for cue in chunk.cues:
                if cue.kind in (CueKind.NEEDS, CueKind.RECALLS):
                    continue
                quote = Quote(chunk.chunk_id, cue.quote)
                objects = course.names.in_text(cue.object, document)[:3]
                subjects = course.names.in_text(cue.subject, document)[-1:] if cue.subject else list(owners[:1])
                for subject in subjects:
                    for other in objects[:1] if cue.kind is CueKind.CONTRAST else objects:
                        kind = {
                            CueKind.IS_A: RelationKind.IS_A,
                            CueKind.PART_OF: RelationKind.PART_OF,
                            CueKind.CONTRAST: RelationKind.CONTRASTS_WITH,
                        }[cue.kind]
                        note(subject, other, kind, Evidence("stated in the text", cue.weight, quote))
    for first, second in _siblings(course):
        kind = (
            RelationKind.CONTRASTS_WITH if opposed(course.shown[first], course.shown[second]) else RelationKind.RELATED
        )
        note(first, second, kind, Evidence("taught side by side", 0.4))
    edges = [
        Relation(ids[first], ids[second], kind, confidence(evidence), tuple(evidence))
        for (first, second, kind), evidence in found.items()
    ]
    return _capped(edges)


def _definition_kinds(course: Course) -> Iterable[tuple[tuple[str, str], Evidence]]:
    for pair, evidence in _definition_signs(course):
        if evidence.kind == "is a kind of" and pair[0] != pair[1]:
            yield pair, evidence


def _siblings(course: Course) -> Iterable[tuple[str, str]]:
    """Yield neighbours among the sections below one heading, each standing for the concept it is about."""
    for document, entry in enumerate(course.facts):
        below: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for section in entry.sections:
            strong = [term for term in section.terms if term.weight >= 0.8]
            roots = course.names.in_text(strong[0].surface, document) if strong and len(section.path) > 1 else []
            if len(roots) == 1 and roots[0] not in below[section.path[:-1]]:
                below[section.path[:-1]].append(roots[0])
        for group in below.values():
            for index, first in enumerate(group):
                for second in group[index + 1 : index + 3]:
                    yield first, second


def _capped(edges: Sequence[Relation]) -> list[Relation]:
    """Keep the surest edges: at most `MOST_KIN` of a kind at either end."""
    held: Counter[tuple[str, RelationKind]] = Counter()
    kept = []
    for edge in sorted(edges, key=lambda edge: (-edge.confidence, edge.kind, edge.source_id, edge.target_id)):
        ends = ((edge.source_id, edge.kind), (edge.target_id, edge.kind))
        if edge.kind is RelationKind.RELATED and any(held[end] >= MOST_KIN for end in ends):
            continue
        held.update(ends)
        kept.append(edge)
    return kept
