"""All that extraction says of concepts at one moment, with what it joined and what it left out. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import Concept, Mention, Relation


@dataclass(frozen=True, slots=True)
class CutEdge:
    """A prerequisite edge that was left out to keep the relation acyclic, with the reason."""

    relation: Relation
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A surface form that was taken as another name of a concept, with the reason. Reversible."""

    concept_id: str
    surface: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConceptSnapshot:
    """Everything known about concepts at one moment: a pure function of the documents and of people's decisions."""

    concepts: tuple[Concept, ...]
    relations: tuple[Relation, ...]
    mentions: tuple[Mention, ...]
    merges: tuple[Merge, ...]
    cut: tuple[CutEdge, ...]
