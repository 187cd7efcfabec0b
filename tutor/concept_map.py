"""What the concept map shows: which concepts and edges of a library, in which state; and the desk for decisions.

Answers by neighbourhood, so that a click costs what is shown and not what the library holds. Knows no page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from knowledge.concept_sheet import Sheet, sheet
from knowledge.concepts import normalise
from knowledge.deciding import DECISION
from knowledge.decision_desk import DecisionDesk
from knowledge.decisions import Verb
from knowledge.disagreements import disagreements
from knowledge.graph import ConceptGraph
from knowledge.library import Library
from knowledge.lookup import search
from knowledge.model import Concept, Relation
from knowledge.review import Cited, ReviewItem, cited, decided_about, review
from knowledge.topics import Topic, topics
from knowledge.undecided import standing

if TYPE_CHECKING:
    from knowledge.embedding import Embedder

MOST_NAMED = 4_000
"""Concepts up to which all names are given at once; beyond, they are searched for."""
MAIN_CONCEPTS = 40


class Reach(StrEnum):
    """In which direction the map goes from the concept it is centred on."""

    NEEDS = "needs"
    UNLOCKS = "unlocks"
    BOTH = "both"


class Standing(StrEnum):
    """How a learner stands to a concept."""

    KNOWN = "known"
    READY = "ready"
    """not known, but all that it needs is"""
    NEW = "new"


@dataclass(frozen=True, slots=True)
class MapNode:
    """A concept on the map. `late` in 0..1 says how late and deep it stands in the course."""

    concept: Concept
    standing: Standing
    is_centre: bool


@dataclass(frozen=True, slots=True)
class MapView:
    """What is shown: concepts in teaching order, the edges between them that no chain implies, what was left out."""

    nodes: tuple[MapNode, ...]
    edges: tuple[Relation, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two definitions of one concept that cannot both hold, and in which words they differ."""

    why: str
    quotes: tuple[Cited, Cited]


class ConceptMap:
    """The map of one library. Safe in several threads."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        """Take the open library, and the embedder for names that decisions make."""
        self._library = library
        self._graph = ConceptGraph(library.catalog)
        self._topics: tuple[int, list[Topic]] | None = None
        self._names: tuple[int, dict[str, str]] | None = None
        self._review: tuple[int, list[ReviewItem]] | None = None
        self.desk = DecisionDesk(library.folder, embedder)

    @property
    def generation(self) -> int:
        """A number that differs after every change."""
        return self._library.generation

    def concept(self, concept_id: str) -> Concept | None:
        """Return the concept with this id, or None."""
        return next(iter(self._library.catalog.concepts([concept_id])), None)

    def names(self) -> dict[str, str] | None:
        """Return all names by id, alphabetically; None where there are too many to choose from."""
        if self._library.catalog.counts().concepts > MOST_NAMED:
            return None
        generation = self.generation
        if self._names is None or self._names[0] != generation:
            concepts = sorted(self._library.catalog.concepts(), key=lambda one: (one.name.casefold(), one.id))
            self._names = (generation, {concept.id: concept.name for concept in concepts})
        return self._names[1]

    def search(self, text: str, limit: int = 20) -> list[Concept]:
        """Return concepts with this text in a name."""
        return search(self._library.catalog, text, limit)

    def topics(self) -> list[Topic]:
        """Return the topics of the library, found anew after a change."""
        generation = self.generation
        if self._topics is None or self._topics[0] != generation:
            whole = standing(self._library.catalog)
            self._topics = (generation, topics(whole.concepts, whole.relations))
        return self._topics[1]

    def review(self) -> list[ReviewItem]:
        """Return what a person should look at first, the most urgent first; found anew after a change."""
        generation = self.generation
        if self._review is None or self._review[0] != generation:
            self._review = (generation, review(self._library))
        return self._review[1]

    def id_of(self, name: str) -> str | None:
        """Return the id of the concept with this name, or None."""
        return next((concept_id for _, concept_id in self._library.catalog.concepts_named([name])), None)

    def around(self, concept_id: str, reach: Reach, depth: int, most: int, known: Collection[str]) -> MapView:
        """Return the surroundings of a concept.

        Args:
            concept_id: the centre; it is always shown.
            reach: direction.
            depth: steps to go, 0 or more.
            most: concepts to show, nearest first.
            known: ids of concepts that the learner knows.
        """
        found: dict[str, None] = {concept_id: None}
        left_out = 0
        if reach in (Reach.NEEDS, Reach.BOTH):
            expansion = self._graph.expand([concept_id], depth, most)
            found.update(dict.fromkeys(kept.concept_id for kept in expansion.kept))
            left_out += len(expansion.left_out)
        if reach in (Reach.UNLOCKS, Reach.BOTH):
            left_out += self._forward(concept_id, depth, most, found)
        return self._view(list(found), concept_id, left_out, known)

    def _forward(self, concept_id: str, depth: int, most: int, found: dict[str, None]) -> int:
        """Add what the concept unlocks to `found`, nearest first; return how many had to be left out."""
        layer, left_out = [concept_id], 0
        for _ in range(depth):
            after = [one.id for one in self._graph.unlocks(layer) if one.id not in found]
            room = max(0, most - len(found))
            left_out += len(after[room:])
            layer = after[:room]
            found.update(dict.fromkeys(layer))
            if not layer:
                break
        return left_out

    def of_topic(self, topic: Topic, most: int, known: Collection[str]) -> MapView:
        """Return the concepts of a topic, the most taught where there are too many."""
        return self._view(topic.concept_ids[:most], "", len(topic.concept_ids[most:]), known)

    def main(self, most: int, known: Collection[str]) -> MapView:
        """Return the concepts that the course teaches most and that depend on each other."""
        concepts = sorted(self._library.catalog.concepts(), key=lambda one: (-one.salience, one.introduced_at, one.id))
        return self._view([concept.id for concept in concepts[:most]], "", len(concepts[most:]), known)

    def _view(self, ids: Sequence[str], centre: str, left_out: int, known: Collection[str]) -> MapView:
        concepts = {concept.id: concept for concept in self._library.catalog.concepts(ids)}
        standings = self._standings(list(concepts), known)
        order = self._graph.order(list(concepts))
        nodes = tuple(MapNode(concepts[one], standings[one], one == centre) for one in order)
        return MapView(nodes, tuple(self._graph.reduced(list(concepts))), left_out)

    def _standings(self, ids: Sequence[str], known: Collection[str]) -> Mapping[str, Standing]:
        needed: dict[str, set[str]] = {one: set() for one in ids}
        if known:
            for edge in self._library.catalog.prerequisites_of(ids):
                needed[edge.target_id].add(edge.source_id)

        def standing_of(one: str) -> Standing:
            if one in known:
                return Standing.KNOWN
            return Standing.READY if known and needed[one] and needed[one] <= set(known) else Standing.NEW

        return {one: standing_of(one) for one in ids}

    def path(self, known: Collection[str], goal: str) -> list[Concept]:
        """Return what is still to learn for the goal, goal last."""
        return self._graph.path(known, goal)

    def sheet(self, concept_id: str) -> Sheet | None:
        """Return all that is known about a concept, or None where it is gone."""
        concept = self.concept(concept_id)
        return None if concept is None else sheet(self._library.catalog, concept, most_places=5)

    def contradictions(self, concept_id: str) -> list[Contradiction]:
        """Return the pairs of definitions of a concept that cannot both hold; none once a person chose one."""
        catalog, concept = self._library.catalog, self.concept(concept_id)
        if concept is None or normalise(concept.name) in decided_about(self._library, (Verb.DEFINE,)):
            return []
        return [
            Contradiction(found.why, (cited(catalog, found.first), cited(catalog, found.second)))
            for found in disagreements(catalog, [concept_id])
        ]

    def lessons_naming(self, concept_id: str) -> dict[str, str]:
        """Return the titles of the documents that name a concept, by path, in course order."""
        catalog = self._library.catalog
        chunks = catalog.chunks([mention.chunk_id for mention in catalog.mentions_of([concept_id])])
        naming = {chunk.document_id for chunk in chunks}
        return {document.path: document.title for document in catalog.documents() if document.id in naming}


def decided(edge: Relation) -> bool:
    """Return whether a person decided that the edge stands."""
    return any(sign.kind == DECISION for sign in edge.evidence)
