"""Facts of all documents in, the concept graph out: the one place where documents meet.

Pure and deterministic: the same facts in course order give the same snapshot, whatever order they were ingested in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.acceptance import accepted
from ingest.candidates import Candidate, DefinitionAt, gather
from ingest.coursework import Course
from ingest.facts import DocumentFacts
from ingest.identity import Identities, identify
from ingest.kinship import kinship
from ingest.mentions import ChunkConcepts, Names, as_mentions, credit_longer_headings, locate
from ingest.naming import Named, name_concepts, shown
from ingest.prerequisites import prerequisite_edges, prerequisite_signs
from knowledge.concepts import normalise
from knowledge.graph import acyclic
from knowledge.model import Concept, Quote, Relation
from knowledge.prerequisites.curriculum import usual_order
from knowledge.snapshot import ConceptSnapshot, Merge

MANY_WORDS = 4
"""Concepts that a definition uses from which on it is not taken to get harder."""
LEAST_DEFINITION = 0.4
"""Least strength of a sentence that is shown as a concept's definition."""
SALIENCE_SCALE = 6.0
"""Raw salience at which a concept reaches 1 - 1/e."""


def consolidate(
    facts: Sequence[DocumentFacts], *, usual: Mapping[tuple[str, str], int] | None = None
) -> ConceptSnapshot:
    """Return the concepts of the documents, how they relate, and where they are mentioned.

    Args:
        facts: of all documents, in course order; `Concept.introduced_at` counts documents in this order.
        usual: what is usually learned before what; Erica's own list unless given.
    """
    found = _gathered(facts, usual_order() if usual is None else usual)
    course, ids = found.course, {root: Concept.id_for(root) for root in found.named}
    signs = prerequisite_signs(course)
    names = {ids[root]: name for root, name in course.shown.items()}
    edges, cut = acyclic(prerequisite_edges(course, signs, ids), names)
    return ConceptSnapshot(
        concepts=_as_concepts(course, edges, ids),
        relations=(*edges, *kinship(course, ids)),
        mentions=as_mentions(course.located, ids),
        merges=_merges(found.candidates, found.identities, found.named, ids),
        cut=cut,
    )


def course_of(facts: Sequence[DocumentFacts], *, usual: Mapping[tuple[str, str], int] | None = None) -> Course:
    """Return what relations are read from, for those who want to look at the signs before they are weighed."""
    return _gathered(facts, usual_order() if usual is None else usual).course


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The concepts of the documents, before they are related."""

    course: Course
    candidates: Mapping[str, Candidate]
    identities: Identities
    named: Mapping[str, Named]


def _gathered(facts: Sequence[DocumentFacts], usual: Mapping[tuple[str, str], int]) -> _Gathered:
    candidates = gather(facts)
    identities = identify(facts, candidates)
    named = accepted(name_concepts(candidates, identities), candidates)
    names, located = _found(facts, named, Names(identities, frozenset(named), _acronyms(candidates)))
    named = {root: one for root, one in named.items() if root in names.concepts}
    concepts = {root: one.whole for root, one in named.items()}
    course = Course(
        facts=facts,
        names=names,
        concepts=concepts,
        shown={root: one.name for root, one in named.items()},
        introduced=_introductions(concepts, located),
        located=located,
        aliases={root: one.aliases for root, one in named.items()},
        usual=usual,
    )
    return _Gathered(course, candidates, identities, named)


def _found(
    facts: Sequence[DocumentFacts], named: Mapping[str, Named], names: Names
) -> tuple[Names, list[ChunkConcepts]]:
    """Return where concepts are mentioned, without those that stand nowhere but inside longer names."""
    concepts = {root: one.whole for root, one in named.items()}
    credit_longer_headings(facts, names, concepts)
    located = locate(facts, names, concepts)
    mentioned = frozenset(root for chunk in located for root in chunk.counts)
    gone = names.concepts - mentioned
    kept = Names(names.identities, mentioned, names.acronyms)
    if not any(chunk.topic in gone or not gone.isdisjoint(chunk.owners) for chunk in located):
        return kept, located
    return kept, locate(facts, kept, {root: concepts[root] for root in mentioned})


def _introductions(concepts: Mapping[str, Candidate], located: Sequence[ChunkConcepts]) -> dict[str, tuple[int, int]]:
    """Return where each concept is first taught, or first named where nothing teaches it."""
    first: dict[str, tuple[int, int]] = {}
    for chunk in located:
        for root in chunk.counts:
            first.setdefault(root, chunk.place)
    return {root: concept.introduced or first[root] for root, concept in concepts.items()}


def _acronyms(candidates: Mapping[str, Candidate]) -> frozenset[str]:
    """Return the keys of names that headings or abbreviations write all in capitals."""
    return frozenset(
        key
        for key, candidate in candidates.items()
        if (candidate.aliased or candidate.headings)
        and any(surface.isupper() and surface.isalpha() for surface in candidate.surfaces)
        and (candidate.aliased or not shown(candidate).islower())
    )


def _as_concepts(course: Course, edges: Sequence[Relation], ids: Mapping[str, str]) -> tuple[Concept, ...]:
    depth = _depths(edges)
    deepest = max(depth.values(), default=1)
    last = max(1, len(course.facts) - 1)
    concepts = []
    for root, candidate in course.concepts.items():
        best = _best_definition(candidate)
        late = min(1.0, course.introduced[root][0] / last)
        deep = depth.get(ids[root], 0) / deepest
        wordy = 0.0 if best is None else _vocabulary(course, root, best)
        concepts.append(
            Concept(
                id=ids[root],
                name=course.shown[root],
                aliases=course.aliases[root],
                definition=None if best is None else Quote(best.chunk_id, best.quote),
                salience=round(1.0 - math.exp(-candidate.raw_salience / SALIENCE_SCALE), 4),
                difficulty=round(0.4 * late + 0.4 * deep + 0.2 * wordy, 4),
                introduced_at=course.introduced[root],
            )
        )
    return tuple(sorted(concepts, key=lambda concept: (concept.introduced_at, concept.name, concept.id)))


def _vocabulary(course: Course, root: str, definition: DefinitionAt) -> float:
    """Return how many other concepts a definition uses, 0..1: one that uses four is as hard as any."""
    used = [one for one in course.names.in_text(definition.quote, definition.place[0]) if one != root]
    return min(1.0, len(used) / MANY_WORDS)


def _best_definition(candidate: Candidate) -> DefinitionAt | None:
    """Return the strongest definition; among equals one from a lesson that teaches the concept, then the first.

    `None` where only weak ones stand: a sentence about one example is worse than none.
    """
    earnest = set(candidate.earnest)
    return min(
        (entry for entry in candidate.definitions if entry.strength >= LEAST_DEFINITION),
        key=lambda entry: (-entry.strength, entry.place[0] not in earnest, entry.place),
        default=None,
    )


def _depths(edges: Sequence[Relation]) -> dict[str, int]:
    """Return the length of the longest chain of prerequisites below each concept. The edges have no cycle."""
    needs: dict[str, list[str]] = {}
    for edge in edges:
        needs.setdefault(edge.target_id, []).append(edge.source_id)
    depth: dict[str, int] = {}
    for start in needs:
        stack = [start]
        while stack:
            node = stack[-1]
            waiting = [one for one in needs.get(node, ()) if one not in depth]
            if waiting:
                stack.extend(waiting)
                continue
            depth[node] = 1 + max((depth[one] for one in needs.get(node, ())), default=-1)
            stack.pop()
    return depth


def _merges(
    candidates: Mapping[str, Candidate], identities: Identities, named: Mapping[str, Named], ids: Mapping[str, str]
) -> tuple[Merge, ...]:
    """Return the joins by concept; the surface is the name that is not shown."""
    merges = []
    for key, reason in identities.reasons.items():
        root = identities.root(key)
        if root in named and key in candidates:
            surface = shown(candidates[key])
            other = shown(candidates[root]) if root in candidates else surface
            merges.append(Merge(ids[root], other if surface == named[root].name else surface, reason))
    return tuple(sorted(merges, key=lambda merge: (merge.concept_id, normalise(merge.surface), merge.surface)))
