"""Relations of near transfer: what kind a concept is of, what it is part of, and what it stands beside or against."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from ingest.candidates import STRONG_DEFINITION
from ingest.coursework import Course
from ingest.evidence_weights import Sign
from ingest.facts import CueFact, CueKind
from ingest.prerequisites import definition_signs
from ingest.terms import in_capitals
from knowledge.concepts import name_like, normalise, opposed, words
from knowledge.model import Evidence, Quote, Relation, RelationKind

MOST_KIN = 6
RARE = 0.7
"""Least rarity (see `Course.rarity`) of both ends of a contrast: "unlike images" contrasts nothing."""

Kin = tuple[str, str, RelationKind, Evidence]
_CUE_KIN = {
    CueKind.IS_A: RelationKind.IS_A,
    CueKind.PART_OF: RelationKind.PART_OF,
    CueKind.CONTRAST: RelationKind.CONTRASTS_WITH,
}


Found = dict[tuple[str, str, RelationKind], list[Evidence]]


def kinship(course: Course, ids: Mapping[str, str]) -> list[Relation]:
    """Return IS_A, PART_OF, CONTRASTS_WITH and RELATED edges, at most one of a kind for a pair."""
    found: Found = defaultdict(list)
    for source in (_from_definitions, _from_names, _from_cues, _from_headings):
        for first, second, kind, evidence in source(course):
            _note(found, course, (first, second, kind), evidence)
    kin = {frozenset(edge[:2]) for edge in found if edge[2] in (RelationKind.IS_A, RelationKind.PART_OF)}
    edges = [
        Relation(ids[first], ids[second], kind, confidence(evidence), tuple(evidence))
        for (first, second, kind), evidence in found.items()
        if kind in (RelationKind.IS_A, RelationKind.PART_OF) or frozenset((first, second)) not in kin
    ]
    return _capped(edges)


def confidence(evidence: Iterable[Evidence]) -> float:
    """Return how sure signs together make an edge, 0..1: one minus the product of the doubts (noisy or)."""
    doubt = 1.0
    for sign in evidence:
        doubt *= 1.0 - sign.weight
    return round(1.0 - doubt, 4)


def _note(found: Found, course: Course, edge: tuple[str, str, RelationKind], evidence: Evidence) -> None:
    first, second, kind = edge
    if first == second:
        return
    if kind in (RelationKind.CONTRASTS_WITH, RelationKind.RELATED):
        first, second = sorted((first, second), key=lambda root: (course.shown[root], root))
    group = found[first, second, kind]
    if not any(known.kind == evidence.kind for known in group):
        group.append(evidence)


def _from_definitions(course: Course) -> Iterable[Kin]:
    for (earlier, later), evidence in definition_signs(course):
        if evidence.quote is None:
            continue
        if evidence.kind is Sign.KIND and _says_kind(course, later, earlier, evidence.quote):
            yield later, earlier, RelationKind.IS_A, evidence
        elif evidence.kind is Sign.PART and _PARTS.search(evidence.quote.text) is not None:
            yield earlier, later, RelationKind.PART_OF, evidence


_PARTS = re.compile(
    r"\b(?:consists?|composed|made\s+up|comprises?|contains?|includes?|parts?|components?|stages?|steps?|layers?|blocks?|"
    r"has|have|with|combines?)\b",
    re.IGNORECASE,
)
"""Words of having parts: a definition that only names another concept does not say that it is one."""


def _says_kind(course: Course, concept: str, kind: str, quote: Quote) -> bool:
    """Return whether a definition says that a concept is a `kind`, and not only something about one: "an AI model"."""
    found = (
        one
        for one in course.concepts[concept].definitions
        if one.quote == quote.text and one.strength >= STRONG_DEFINITION
    )
    return any(course.names.ends_with(one.genus, kind, one.place[0]) for one in found)


def _from_names(course: Course) -> Iterable[Kin]:
    for root in course.concepts:
        head, _ = course.name_parts(root)
        if head and _narrows(course, course.shown[root], head):
            yield root, head, RelationKind.IS_A, Evidence(Sign.HEAD, 0.5)


def _narrows(course: Course, name: str, head: str) -> bool:
    """Return whether a name that ends with another one names a kind of it.

    Not where the name is an activity done to it ("fine-tuning DistilBERT"), where its parts are opposites that make up
    the whole ("encoder-decoder"), or where its last word only spells an acronym ("activation map", MAP).
    """
    parts = words(name)
    if parts[0].lower().endswith("ing") and name_like(course.shown[head]):
        return False
    if any(opposed(one, other) for one, other in pairwise(parts)):
        return False
    return normalise(parts[-1]) not in course.names.acronyms or in_capitals(parts[-1])


def _from_cues(course: Course) -> Iterable[Kin]:
    for place, cue, subjects, objects in course.resolved_cues():
        kind = _CUE_KIN.get(cue.kind)
        if kind is None or (kind is not RelationKind.CONTRASTS_WITH and not _stands_for_itself(cue)):
            continue
        contrast = kind is RelationKind.CONTRASTS_WITH
        if contrast and min(course.rarity(one) for one in (*subjects, *objects[:1])) < RARE:
            continue
        sign = Evidence("stated in the text", cue.weight, Quote(course.by_chunk[place].chunk_id, cue.quote))
        for subject in subjects:
            for other in objects[:1] if contrast else objects:
                yield subject, other, kind, sign


def _stands_for_itself(cue: CueFact) -> bool:
    """Return whether a statement of kind or part names its subject, and is neither an example nor denied."""
    return bool(cue.subject) and _PASSING.search(cue.quote) is None


_PASSING = re.compile(r"\bfor (?:example|instance)\b|\bnot\s+(?:a\s+)?(?:part|kind|type|form)\b", re.IGNORECASE)


def _from_headings(course: Course) -> Iterable[Kin]:
    for first, second in _siblings(course):
        apart = opposed(course.shown[first], course.shown[second])
        kind = RelationKind.CONTRASTS_WITH if apart else RelationKind.RELATED
        yield first, second, kind, Evidence("taught side by side", 0.4)


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
