"""`erica graph explain`: the order in which a concept is explained, and a sentence of the course for each step."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tutor.graph_session import GraphSession, print_whole, told

if TYPE_CHECKING:
    from knowledge.edge_support import Support
    from knowledge.model import Concept

Part = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_explain(part: Part) -> None:
    """Add `erica graph explain` to the graph's commands."""
    explain = part("explain", _explain, "the order in which a concept is explained, with the words behind each step")
    explain.add_argument("concept", nargs="+")
    explain.add_argument("--depth", type=int, metavar="N", help="prerequisite depth (2)")
    explain.add_argument("--concepts", type=int, metavar="N", help="most concepts (10)")


def _explain(args: argparse.Namespace) -> int:
    from knowledge.edge_support import explanation

    def run() -> int:
        with GraphSession(args) as session:
            limits = session.settings.retrieval
            seeds = list(dict.fromkeys(session.concept(one).id for one in args.concept))
            most = max(limits.max_concepts, len(seeds))
            order, steps = explanation(session.library.catalog, seeds, limits.prerequisite_depth, most)
        return print_whole(args, _object(order, steps), _lines(order, steps))

    return told(run)


def _lines(order: list[Concept], steps: list[Support]) -> Iterator[str]:
    yield " → ".join(concept.name for concept in order)
    for step in steps:
        yield f"{step.source} before {step.target} ({step.edge.confidence:.2f}): " + _kinds(step)
        if step.quote is not None:
            yield f"    “{' '.join(step.quote.text.split())}” ({step.where})"


def _kinds(step: Support) -> str:
    return "; ".join(sign.kind for sign in step.edge.evidence)


def _object(order: list[Concept], steps: list[Support]) -> dict[str, Any]:
    return {
        "order": [concept.name for concept in order],
        "steps": [
            {
                "source": step.source,
                "target": step.target,
                "confidence": step.edge.confidence,
                "evidence": [sign.kind for sign in step.edge.evidence],
                "quote": step.quote.text if step.quote else None,
                "chunk": step.quote.chunk_id if step.quote else None,
                "place": step.where,
            }
            for step in steps
        ],
    }
