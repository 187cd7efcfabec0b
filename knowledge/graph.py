"""The prerequisite graph: what to learn first, in which order, and why.

Knows prerequisite edges by neighbourhood, so that an answer costs what the neighbourhood costs and not what the
library costs; refuses to know how concepts or edges are found, stored or worded. networkx does the graph work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Protocol

import networkx as nx

from knowledge.model import Concept, Relation
from knowledge.snapshot import CutEdge

ORDER_LAYERS = 3
"""How many prerequisite steps `order` looks back for chains that leave the ordered concepts and come back."""


class PrerequisiteSource(Protocol):
    """Where the graph reads from. All three take ids and leave out what they do not know."""

    def prerequisites_of(self, concept_ids: Sequence[str]) -> Sequence[Relation]:
        """Return the PREREQUISITE edges whose target is among the ids."""
        ...

    def unlocked_by(self, concept_ids: Sequence[str]) -> Sequence[Relation]:
        """Return the PREREQUISITE edges whose source is among the ids."""
        ...

    def concepts(self, ids: Sequence[str] | None = None) -> Sequence[Concept]:
        """Return the concepts with these ids."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A concept reached from the seeds; `distance` counts prerequisite steps to the nearest seed (seed = 0)."""

    concept_id: str
    distance: int
    needed_by: tuple[str, ...]
    """Ids of the kept concepts that directly need it, sorted."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What the budget kept, seeds first and then nearest first, and what it left out, nearest first."""

    kept: tuple[Kept, ...]
    left_out: tuple[Kept, ...]


class ConceptGraph:
    """Answers questions about prerequisites. Holds no edges itself, so it never grows old."""

    def __init__(self, source: PrerequisiteSource) -> None:
        self._source = source

    def expand(self, seeds: Sequence[str], depth: int, budget: int) -> Expansion:
        """Return the seeds and their prerequisites up to `depth` steps back, at most `budget` concepts.

        Nearest first; within one distance by confidence, then order of introduction, then id. The ranking never looks
        at the budget, so raising depth or budget only adds.

        Args:
            seeds: concept ids; repeats count once.
            depth: prerequisite steps to go back, 0 or more.
            budget: most concepts to keep, seeds included.

        Raises:
            ValueError: there are more seeds than `budget`, or `depth` is negative.
        """
        first = list(dict.fromkeys(seeds))
        if len(first) > budget:
            raise ValueError(f"{len(first)} seeds do not fit into a budget of {budget} concepts")
        if depth < 0:
            raise ValueError(f"depth must be 0 or more, not {depth}")
        distance = dict.fromkeys(first, 0)
        needed_by: dict[str, set[str]] = {}
        layer = first
        for step in range(1, depth + 1):
            layer = self._next_layer(layer, distance, needed_by, step)
            if not layer:
                break
        else:
            self._note_needs(layer, distance, needed_by)
        reached = list(distance)
        kept = set(reached[:budget])

        def entry(concept_id: str) -> Kept:
            needs = tuple(sorted(needed_by.get(concept_id, set()) & kept))
            return Kept(concept_id, distance[concept_id], needs)

        return Expansion(tuple(map(entry, reached[:budget])), tuple(map(entry, reached[budget:])))

    def _next_layer(
        self, layer: Sequence[str], distance: dict[str, int], needed_by: dict[str, set[str]], step: int
    ) -> list[str]:
        """Add the next layer to `distance` in rank order and return it."""
        best: dict[str, float] = {}
        for edge in self._source.prerequisites_of(layer):
            needed_by.setdefault(edge.source_id, set()).add(edge.target_id)
            if edge.source_id not in distance:
                best[edge.source_id] = max(best.get(edge.source_id, 0.0), edge.confidence)
        introduced = {concept.id: concept.introduced_at for concept in self._source.concepts(list(best))}
        ranked = sorted(introduced, key=lambda concept: (-best[concept], introduced[concept], concept))
        distance.update(dict.fromkeys(ranked, step))
        return ranked

    def _note_needs(self, layer: Sequence[str], distance: Mapping[str, int], needed_by: dict[str, set[str]]) -> None:
        """Record edges inside what was reached that start beyond the last expanded layer."""
        for edge in self._source.prerequisites_of(layer):
            if edge.source_id in distance:
                needed_by.setdefault(edge.source_id, set()).add(edge.target_id)

    def order(self, ids: Sequence[str], late: Collection[str] = ()) -> list[str]:
        """Return the ids in teaching order: prerequisites first, and otherwise as the course introduces them.

        A chain that leaves the ids and comes back within a few steps orders its ends too. Unknown ids are left out.
        Those in `late` wait for all that does not need them: what is asked comes after what it rests on, in one piece.
        """
        concepts = {concept.id: concept for concept in self._source.concepts(list(dict.fromkeys(ids)))}
        around = self._ancestry(list(concepts))
        needs = {one: nx.ancestors(around, one) & concepts.keys() for one in concepts}
        return [concept.id for concept in in_teaching_order(concepts.values(), needs, late)]

    def _ancestry(self, ids: Sequence[str]) -> nx.DiGraph[str]:
        """Return the prerequisite edges within `ORDER_LAYERS` steps back from the ids."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(ids)
        layer, seen = list(ids), set(ids)
        for _ in range(ORDER_LAYERS):
            edges = self._source.prerequisites_of(layer)
            graph.add_edges_from((edge.source_id, edge.target_id) for edge in edges)
            layer = sorted({edge.source_id for edge in edges} - seen)
            seen.update(layer)
            if not layer:
                break
        return graph

    def explain(self, source_id: str, target_id: str) -> Relation | None:
        """Return the edge that puts `source_id` before `target_id`, with its evidence; `None` if there is none."""
        edges = [edge for edge in self._source.prerequisites_of([target_id]) if edge.source_id == source_id]
        return max(edges, key=lambda edge: edge.confidence, default=None)

    def path(self, known: Collection[str], goal: str) -> list[Concept]:
        """Return what is still to be learned for `goal`, goal last, in teaching order.

        Goes back from the goal and stops at known concepts. A known goal needs nothing, and neither does an unknown
        id: the list is empty.
        """
        mastered = set(known)
        if goal in mastered:
            return []
        needs: dict[str, set[str]] = {goal: set()}
        layer = [goal]
        while layer:
            edges = [edge for edge in self._source.prerequisites_of(layer) if edge.source_id not in mastered]
            layer = sorted({edge.source_id for edge in edges} - needs.keys())
            needs.update((one, set()) for one in layer)
            for edge in edges:
                needs[edge.target_id].add(edge.source_id)
        return in_teaching_order(self._source.concepts(sorted(needs)), needs)

    def unlocks(self, ids: Collection[str]) -> list[Concept]:
        """Return the concepts outside `ids` that directly need one of them, as the course introduces them."""
        after = {edge.target_id for edge in self._source.unlocked_by(sorted(set(ids)))} - set(ids)
        return sorted(self._source.concepts(sorted(after)), key=_as_introduced)

    def frontier(self, known: Collection[str]) -> list[Concept]:
        """Return what can be learned next: unlocked by what is known, with no other prerequisite left open.

        Concepts that need nothing at all are not among them: nothing that is known leads there.
        """
        after = self.unlocks(known)
        mastered = set(known)
        needed = self._source.prerequisites_of([concept.id for concept in after])
        closed = {edge.target_id for edge in needed if edge.source_id not in mastered}
        return [concept for concept in after if concept.id not in closed]

    def reduced(self, ids: Collection[str]) -> list[Relation]:
        """Return the edges among `ids` that no longer chain among them implies: for drawing, never for reasoning.

        The transitive reduction, which a DAG has exactly one of (Aho, Garey and Ullman, 1972).
        """
        wanted = set(ids)
        edges = [edge for edge in self._source.prerequisites_of(sorted(wanted)) if edge.source_id in wanted]
        graph: nx.DiGraph[str] = nx.DiGraph((edge.source_id, edge.target_id) for edge in edges)
        kept = nx.transitive_reduction(graph)
        return [edge for edge in edges if kept.has_edge(edge.source_id, edge.target_id)]


def in_teaching_order(
    concepts: Iterable[Concept], needs: Mapping[str, Collection[str]], late: Collection[str] = ()
) -> list[Concept]:
    """Return the concepts with each after those it needs, and otherwise as the course introduces them.

    Kahn's algorithm with a heap (CACM 5(11), 1962): the first in the course of all that are free comes next.

    Args:
        concepts: what is ordered.
        needs: by concept id, the ids that come before it, without cycles; ids outside `concepts` do not count.
        late: ids that come next only where nothing else is free.
    """

    def rank(concept: Concept) -> tuple[bool, tuple[int, int], str, str]:
        return concept.id in late, *_as_introduced(concept)

    known = {concept.id: concept for concept in concepts}
    waiting = {one: sum(other in known for other in needs.get(one, ())) for one in known}
    after: dict[str, list[str]] = {}
    for one in known:
        for other in needs.get(one, ()):
            after.setdefault(other, []).append(one)
    free = [rank(known[one]) for one, count in waiting.items() if not count]
    heapify(free)
    ordered = []
    while free:
        concept_id = heappop(free)[-1]
        ordered.append(known[concept_id])
        for later in after.get(concept_id, ()):
            waiting[later] -= 1
            if not waiting[later]:
                heappush(free, rank(known[later]))
    return ordered


def _as_introduced(concept: Concept) -> tuple[tuple[int, int], str, str]:
    return concept.introduced_at, concept.name, concept.id


def acyclic(
    relations: Iterable[Relation], names: Mapping[str, str] | None = None
) -> tuple[tuple[Relation, ...], tuple[CutEdge, ...]]:
    """Return the edges without cycles, and those cut, each the weakest of a cycle it would have closed.

    Edges are taken strongest first (ties by ids), and one that would close a cycle with stronger ones is cut: the
    result does not depend on the order of `relations`.

    Args:
        relations: prerequisite edges, at most one for each pair of ends.
        names: concept names by id, for the reasons; ids stand in for missing names.
    """
    named = names or {}
    ordered = sorted(relations, key=lambda edge: (-edge.confidence, edge.source_id, edge.target_id))
    whole: nx.DiGraph[str] = nx.DiGraph((edge.source_id, edge.target_id) for edge in ordered)
    component = {node: number for number, nodes in enumerate(nx.strongly_connected_components(whole)) for node in nodes}
    growing: nx.DiGraph[str] = nx.DiGraph()
    kept: list[Relation] = []
    cut: list[CutEdge] = []
    for edge in ordered:
        if component[edge.source_id] != component[edge.target_id]:
            kept.append(edge)  # never part of a cycle
            continue
        growing.add_nodes_from((edge.source_id, edge.target_id))
        if nx.has_path(growing, edge.target_id, edge.source_id):
            way = nx.shortest_path(growing, edge.target_id, edge.source_id)
            cut.append(CutEdge(edge, _cut_reason(edge, way, named)))
            continue
        growing.add_edge(edge.source_id, edge.target_id)
        kept.append(edge)
    kept.sort(key=lambda edge: (edge.source_id, edge.target_id))
    cut.sort(key=lambda entry: (entry.relation.source_id, entry.relation.target_id))
    return tuple(kept), tuple(cut)


def _cut_reason(edge: Relation, way: Sequence[str], names: Mapping[str, str]) -> str:
    if edge.source_id == edge.target_id:
        return "a concept is no prerequisite of itself"
    chain = " → ".join(names.get(node, node) for node in (*way, way[0]))
    return f"it would close the cycle {chain}, and is the weakest edge of it ({edge.confidence:.2f})"
