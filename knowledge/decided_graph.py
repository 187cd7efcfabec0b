"""The edges that stand after decisions: extracted ones on their new ends, decided ones before all others, no cycle.

Knows edges over an overlay of concepts; refuses to know what else was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import networkx as nx

from knowledge.decisions import STANDING, Recorded
from knowledge.graph import acyclic
from knowledge.model import Concept, Evidence, Relation, RelationKind
from knowledge.overlay import EdgeKey, Overlay
from knowledge.snapshot import CutEdge

DECISION = "decision"
"""The kind of evidence of an edge that a person decided."""
_SYMMETRIC = (RelationKind.CONTRASTS_WITH, RelationKind.RELATED)
_SUREST = 1.0


def decided_relations(
    overlay: Overlay, concepts: Sequence[Concept], edges: Mapping[EdgeKey, Recorded]
) -> tuple[tuple[Relation, ...], tuple[CutEdge, ...], dict[Recorded, str]]:
    """Return the relations, the prerequisites cut to keep them without cycles, and the decisions that cannot stand.

    A decided prerequisite that would close a cycle of earlier decided ones cannot; extracted ones give way.

    Args:
        overlay: with the extracted relations.
        concepts: those that stand.
        edges: the decision on each edge; ids may be of concepts that are merged since.
    """
    names = {concept.id: concept.name for concept in concepts}
    owners = overlay.owners()
    extracted = (*overlay.extracted.relations, *(entry.relation for entry in overlay.extracted.cut))
    pool: dict[EdgeKey, Relation] = {}
    for relation in extracted:
        _join(pool, _placed(relation, owners, names))
    standing, rejected = _decided(edges, owners, names)
    refused = _refused(standing, names)
    decided = [key for key, one in standing.items() if one not in refused]
    for key in rejected:
        pool.pop(key, None)
    for source, kind, target in decided:
        found = pool.get((source, kind, target))
        signs = [sign for sign in found.evidence if sign.kind != DECISION] if found else []
        evidence = (*signs, Evidence(DECISION, _SUREST))
        pool[source, kind, target] = Relation(source, target, kind, _SUREST, evidence)
    kept, cut = without_cycles(pool.values(), set(decided), names)
    others = [edge for edge in pool.values() if edge.kind is not RelationKind.PREREQUISITE]
    return (*kept, *others), cut, refused


def _placed(relation: Relation, owners: Mapping[str, str], names: Mapping[str, str]) -> Relation | None:
    """Return a relation on the concepts that its ends belong to now; None where one is gone, or both are one."""
    source, target = owners.get(relation.source_id), owners.get(relation.target_id)
    if source is None or target is None or source == target:
        return None
    source, _, target = _key(source, relation.kind, target, names)
    if (source, target) == (relation.source_id, relation.target_id):
        return relation
    return replace(relation, source_id=source, target_id=target)


def _key(source: str, kind: RelationKind, target: str, names: Mapping[str, str]) -> EdgeKey:
    """Return what tells an edge apart: symmetric ones are stored once, by name."""
    if kind in _SYMMETRIC:
        source, target = sorted((source, target), key=lambda one: (names[one], one))
    return source, kind, target


def _join(pool: dict[EdgeKey, Relation], relation: Relation | None) -> None:
    """Add a relation, or let it strengthen the one that says the same."""
    if relation is None:
        return
    key = (relation.source_id, relation.kind, relation.target_id)
    known = pool.get(key)
    if known is not None:
        evidence = tuple(dict.fromkeys((*known.evidence, *relation.evidence)))
        relation = replace(relation, confidence=max(known.confidence, relation.confidence), evidence=evidence)
    pool[key] = relation


def _decided(
    edges: Mapping[EdgeKey, Recorded], owners: Mapping[str, str], names: Mapping[str, str]
) -> tuple[dict[EdgeKey, Recorded], set[EdgeKey]]:
    """Return the edges decided to stand and those to stay out, by the ends they have now; the later decision wins."""
    last: dict[EdgeKey, Recorded] = {}
    for (source, kind, target), one in edges.items():
        key = _key(owners[source], kind, owners[target], names)
        last.pop(key, None)
        last[key] = one
    standing = {key: one for key, one in last.items() if one.decision.verb in STANDING}
    return standing, last.keys() - standing.keys()


def _refused(standing: Mapping[EdgeKey, Recorded], names: Mapping[str, str]) -> dict[Recorded, str]:
    """Return the decided prerequisites that would close a cycle with those decided before them, and the cycle."""
    growing: nx.DiGraph[str] = nx.DiGraph()
    refused: dict[Recorded, str] = {}
    for (source, kind, target), one in standing.items():
        if kind is not RelationKind.PREREQUISITE:
            continue
        growing.add_nodes_from((source, target))
        if nx.has_path(growing, target, source):
            way = nx.shortest_path(growing, target, source)
            chain = " → ".join(names[node] for node in (*way, way[0]))
            refused[one] = f"with decisions before it, it would close the cycle {chain}; withdraw or reject one of them"
            continue
        growing.add_edge(source, target)
    return refused


def without_cycles(
    relations: Iterable[Relation], decided: set[EdgeKey], names: Mapping[str, str]
) -> tuple[tuple[Relation, ...], tuple[CutEdge, ...]]:
    """Return the prerequisites without cycles, decided ones whatever their rivals' confidence, and those cut."""
    ranked = [
        replace(edge, confidence=edge.confidence + _SUREST)
        if (edge.source_id, edge.kind, edge.target_id) in decided
        else edge
        for edge in relations
        if edge.kind is RelationKind.PREREQUISITE
    ]
    kept, cut = acyclic(ranked, names)
    return tuple(replace(edge, confidence=min(_SUREST, edge.confidence)) for edge in kept), cut
