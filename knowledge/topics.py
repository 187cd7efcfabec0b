"""Topics of a course: groups of concepts that hang together more than with the rest, for browsing.

Louvain communities (Blondel et al., 2008) of the graph of all relations, weighed by their confidence; the same
library gives the same topics. A topic is named after the concept that the course teaches most of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from knowledge.model import Concept, Relation

LEAST = 3
"""Concepts below which a group is no topic."""
MOST_GROUPED = 20_000
"""Concepts up to which topics are looked for; beyond, it would take tens of seconds."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of concepts, most taught first; `name` is the first one's."""

    name: str
    concept_ids: tuple[str, ...]


def topics(concepts: Sequence[Concept], relations: Sequence[Relation]) -> list[Topic]:
    """Return the topics in the order in which the course comes to them; concepts of none are left out."""
    if len(concepts) > MOST_GROUPED:
        return []
    known = {concept.id: concept for concept in concepts}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(known))
    for edge in sorted(relations, key=lambda edge: (edge.source_id, edge.target_id, edge.kind)):
        if edge.source_id in known and edge.target_id in known:
            before = graph.get_edge_data(edge.source_id, edge.target_id, {"weight": 0.0})["weight"]
            graph.add_edge(edge.source_id, edge.target_id, weight=before + edge.confidence)
    found = []
    for group in nx.community.louvain_communities(graph, weight="weight", seed=_SEED):
        members = sorted((known[one] for one in group), key=lambda one: (-one.salience, one.introduced_at, one.id))
        if len(members) >= LEAST:
            found.append(Topic(members[0].name, tuple(one.id for one in members)))

    def begins(topic: Topic) -> tuple[tuple[int, int], str]:
        """Order by the middle of where the topic's concepts are introduced: its first one may stand anywhere."""
        places = sorted(known[one].introduced_at for one in topic.concept_ids)
        return places[len(places) // 2], topic.name

    return sorted(found, key=begins)
