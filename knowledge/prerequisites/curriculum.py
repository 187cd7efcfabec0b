"""A list of topics and what they rest on, written for Erica: general knowledge of the field, and no course's.

It weighs where a course is silent: names that no passage holds are placed by the topics they resemble.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import networkx as nx

from knowledge.concepts import normalise

USUAL = "usually learned first, and named where it is taught"
"""The kind of evidence that says so of a stored edge."""


@lru_cache(maxsize=1)
def curriculum() -> nx.DiGraph[str]:
    """Return the topics as a graph without cycles: an edge leads from what is learned first to what rests on it.

    Raises:
        ValueError: the list contradicts itself.
    """
    text = files("knowledge.prerequisites").joinpath("curriculum.txt").read_text(encoding="utf-8")
    return read_curriculum(text)


def read_curriculum(text: str) -> nx.DiGraph[str]:
    """Return the graph that lines of the form "topic: what it rests on, and that" describe.

    Raises:
        ValueError: a topic rests on one that has no line, or on itself by a detour.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    rests: list[tuple[str, str]] = []
    for line in text.splitlines():
        topic, colon, before = (part.strip() for part in line.partition(":"))
        if colon and not line.startswith("#"):
            graph.add_node(topic)
            rests += ((one.strip(), topic) for one in before.split(",") if one.strip())
    unknown = sorted({one for one, _ in rests} - set(graph))
    if unknown:
        raise ValueError(f"no line says what these rest on: {', '.join(unknown)}")
    graph.add_edges_from(rests)
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError(f"these rest on each other: {' → '.join(edge[0] for edge in nx.find_cycle(graph))}")
    return graph


@lru_cache(maxsize=4)
def earlier_later(without: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """Return every (earlier, later) pair that the list implies, chains included, sorted.

    Args:
        without: normalised names whose pairs are left out, so that what is fitted here can be tried on them.
    """
    pairs = nx.transitive_closure_dag(curriculum()).edges
    key = {topic: normalise(topic) for topic in curriculum()}
    return tuple(sorted((one, other) for one, other in pairs if not {key[one], key[other]} & without))


@lru_cache(maxsize=1)
def usual_order() -> Mapping[tuple[str, str], int]:
    """Return every (earlier, later) pair that the list implies, by normalised names: 1 for one step, 2 for a chain."""
    steps = {(normalise(earlier), normalise(later)): 2 for earlier, later in earlier_later()}
    return steps | {(normalise(earlier), normalise(later)): 1 for earlier, later in curriculum().edges}
