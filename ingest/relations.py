"""Facts of all documents in, the concept graph out: the one place where documents meet.

Pure and deterministic: the same facts in course order give the same snapshot, whatever order they were ingested in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ingest.candidates import Candidate, accept, gather
from ingest.facts import DocumentFacts
from ingest.identity import Identities, identify, shown
from ingest.mentions import Names, as_mentions, locate
from ingest.prerequisites import Course, kinship, prerequisite_edges, prerequisite_signs
from knowledge.concepts import normalise
from knowledge.graph import acyclic
from knowledge.model import Concept, ConceptSnapshot, Merge, Quote, Relation

SALIENCE_SCALE = 6.0
"""Raw salience at which a concept reaches 1 - 1/e."""


def consolidate(facts: Sequence[DocumentFacts]) -> ConceptSnapshot:
    """Return the concepts of the documents, how they relate, and where they are mentioned.

    Args:
        facts: of all documents, in course order; `Concept.introduced_at` counts documents in this order.
    """
    candidates = gather(facts)
    identities = identify(facts, candidates)
    groups = _groups(candidates, identities)
    concepts = {root: whole for root, whole in groups.items() if accept(whole, shown(whole))}
    names = _names(concepts, candidates, identities)
    located = locate(facts, names)
    introduced = {root: concept.first_taught or (len(facts), 0) for root, concept in concepts.items()}
    for chunk in located:
        for root in chunk.counts:
            if concepts[root].first_taught is None:
                introduced[root] = min(introduced[root], chunk.place)
    display = {root: shown(concept) for root, concept in concepts.items()}
    ids = {root: Concept.id_for(root) for root in concepts}
    course = Course(facts, names, concepts, display, introduced, located)
    signs = prerequisite_signs(course)
    edges, cut = acyclic(prerequisite_edges(course, signs, ids), {ids[root]: display[root] for root in concepts})
    return ConceptSnapshot(
        concepts=_as_concepts(course, edges, ids),
        relations=(*edges, *kinship(course, ids)),
        mentions=as_mentions(located, ids),
        merges=_merges(candidates, identities, concepts, ids),
        cut=cut,
    )


def _groups(candidates: Mapping[str, Candidate], identities: Identities) -> dict[str, Candidate]:
    """Return one candidate a concept: the names that were joined, their evidence added up."""
    groups: dict[str, Candidate] = {}
    for key, candidate in candidates.items():
        if key in identities.senses or not key:
            continue
        root = identities.root(key)
        whole = groups.setdefault(root, Candidate(root))
        whole.surfaces.update(candidate.surfaces)
        whole.headings += candidate.headings
        whole.titles += candidate.titles
        whole.sections.extend(candidate.sections)
        whole.definitions.extend(candidate.definitions)
        whole.emphases += candidate.emphases
        whole.captions += candidate.captions
        whole.aliased += candidate.aliased
        whole.total += candidate.total
        whole.documents = max(whole.documents, candidate.documents)
        if candidate.first_taught is not None:
            whole.taught_at(candidate.first_taught)
    return groups


def _names(concepts: Mapping[str, Candidate], candidates: Mapping[str, Candidate], identities: Identities) -> Names:
    acronyms = frozenset(
        key for key, candidate in candidates.items() if shown(candidate).isupper() and shown(candidate).isalpha()
    )
    return Names(identities, frozenset(concepts), acronyms)


def _as_concepts(course: Course, edges: Sequence[Relation], ids: Mapping[str, str]) -> tuple[Concept, ...]:
    depth = _depths(edges)
    deepest = max(depth.values(), default=1)
    last = max(1, len(course.facts) - 1)
    concepts = []
    for root, candidate in course.concepts.items():
        best = max(
            candidate.definitions, key=lambda entry: (entry.strength, (-entry.place[0], -entry.place[1])), default=None
        )
        late = min(1.0, course.introduced[root][0] / last)
        concepts.append(
            Concept(
                id=ids[root],
                name=course.shown[root],
                aliases=tuple(sorted(surface for surface in candidate.surfaces if surface != course.shown[root])),
                definition=None if best is None else Quote(best.chunk_id, best.quote),
                salience=round(1.0 - math.exp(-candidate.raw_salience / SALIENCE_SCALE), 4),
                difficulty=round(0.5 * late + 0.5 * depth.get(ids[root], 0) / deepest, 4),
                introduced_at=course.introduced[root],
            )
        )
    return tuple(sorted(concepts, key=lambda concept: (concept.introduced_at, concept.name, concept.id)))


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
    candidates: Mapping[str, Candidate],
    identities: Identities,
    concepts: Mapping[str, Candidate],
    ids: Mapping[str, str],
) -> tuple[Merge, ...]:
    merges = [
        Merge(ids[identities.root(key)], shown(candidates[key]), reason)
        for key, reason in identities.reasons.items()
        if identities.root(key) in concepts and key in candidates
    ]
    return tuple(sorted(merges, key=lambda merge: (merge.concept_id, normalise(merge.surface), merge.surface)))
