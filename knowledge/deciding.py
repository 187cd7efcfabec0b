"""Decisions applied to what was extracted: the concepts and edges that stand, and what became of each decision.

A pure function of the snapshot, the decisions in their order and the passages of the course. It outranks every
extractor, keeps prerequisites without cycles (law 4), and leaves no decision without a word: each is in force,
overruled by a later one, withdrawn, or in conflict with something that is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from knowledge.concepts import normalise
from knowledge.decided_graph import DECISION, decided_relations
from knowledge.decisions import STANDING, Decision, Recorded, Verb, in_force
from knowledge.model import Concept, Quote, RelationKind
from knowledge.overlay import EdgeKey, Node, Overlay, Unresolved
from knowledge.snapshot import ConceptSnapshot, Merge
from knowledge.surfaces import Passages, occurrences, quoted_in

__all__ = ["DECISION", "Decided", "Ruling", "State", "apply"]

ADDED_SALIENCE = 0.5
"""Of a concept that a person added: in the middle, as it was worth a person's while."""
_SYMMETRIC = (RelationKind.CONTRASTS_WITH, RelationKind.RELATED)


class State(StrEnum):
    """What became of a decision."""

    IN_FORCE = "in force"
    OVERRULED = "overruled"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision and what became of it; `why` is empty while it is in force."""

    recorded: Recorded
    state: State
    why: str = ""

    def __str__(self) -> str:
        decision = self.recorded.decision
        what = f"withdraw {decision.says}" if decision.withdraws else decision.says
        return f"{self.recorded.where}: {what}: {self.state}" + (f": {self.why}" if self.why else "")


@dataclass(frozen=True, slots=True)
class Decided:
    """What stands after all decisions, and what became of each, in their order."""

    snapshot: ConceptSnapshot
    rulings: tuple[Ruling, ...]

    @property
    def conflicts(self) -> tuple[Ruling, ...]:
        """The decisions that could not be carried out."""
        return tuple(ruling for ruling in self.rulings if ruling.state is State.CONFLICT)


def apply(snapshot: ConceptSnapshot, recorded: Sequence[Recorded], passages: Passages) -> Decided:
    """Return the snapshot as people decided it.

    Args:
        snapshot: what was extracted, prerequisites without cycles.
        recorded: all decisions, oldest first, withdrawals included.
        passages: the course, read only for decisions that need its words.
    """
    left = in_force(recorded)
    rulings = {gone: Ruling(gone, State.WITHDRAWN, f"withdrawn by {by.where}") for gone, by in left.withdrawn} | {
        one: Ruling(one, State.CONFLICT, "no decision before it says this") for one in left.unmatched
    }
    desk = _Desk(snapshot, passages)
    for one in left.decisions:
        desk.carry_out(one)
    decided = desk.snapshot()
    rulings |= {ruling.recorded: ruling for ruling in desk.rulings.values()}
    done = {one: Ruling(one, State.IN_FORCE) for one in recorded} | rulings
    return Decided(decided, tuple(done[one] for one in recorded))


class _Desk:
    """Carries decisions out one after the other on an overlay of the snapshot."""

    def __init__(self, snapshot: ConceptSnapshot, passages: Passages) -> None:
        self._overlay = Overlay(snapshot)
        self._passages = passages
        self._edges: dict[EdgeKey, Recorded] = {}
        self._about: dict[Recorded, tuple[str, ...]] = {}  # ids of the concepts that a decision needs to stand
        self._latest: dict[tuple[str, str], Recorded] = {}  # by what a later one of the same sort would overrule
        self.rulings: dict[Recorded, Ruling] = {}

    def carry_out(self, one: Recorded) -> None:
        try:
            self._carry_out(one, one.decision)
        except Unresolved as error:
            self.rulings[one] = Ruling(one, State.CONFLICT, str(error))

    def _carry_out(self, one: Recorded, decision: Decision) -> None:
        match decision.verb:
            case Verb.ADD | Verb.APPROVE | Verb.REMOVE | Verb.REJECT:
                if decision.kind is not None:
                    self._edge(one, decision, decision.kind)
                elif decision.verb in STANDING:
                    self._keep(one, decision)
                else:
                    self._remove(one, decision)
            case Verb.RENAME:
                self._rename(one, decision)
            case Verb.MERGE:
                self._merge(one, decision)
            case Verb.SPLIT:
                self._split(one, decision)
            case Verb.DEFINE:
                self._define(one, decision)
            case _:
                assert_never(decision.verb)

    def snapshot(self) -> ConceptSnapshot:
        """Return what stands; the extracted snapshot itself where no decision changed anything."""
        about = self._about | {one: (source, target) for (source, _, target), one in self._edges.items()}
        for one, reason in self._overlay.lost(about).items():
            self.rulings.setdefault(one, Ruling(one, State.OVERRULED, reason))
        edges = {key: one for key, one in self._edges.items() if one not in self.rulings}
        if not self._overlay.touched and not edges:
            return self._overlay.extracted
        concepts = self._overlay.concepts()
        relations, cut, refused = decided_relations(self._overlay, concepts, edges)
        for one, reason in refused.items():
            self.rulings[one] = Ruling(one, State.CONFLICT, reason)
        return ConceptSnapshot(concepts, relations, self._overlay.mentions(), self._overlay.merges(), cut)

    # --- edges

    def _edge(self, one: Recorded, decision: Decision, kind: RelationKind) -> None:
        source, target = (self._overlay.find(name).id for name in decision.names)
        if source == target:
            raise Unresolved(f"both names mean {_said(self._overlay.nodes[source].name)}")
        if kind in _SYMMETRIC:
            source, target = sorted((source, target))
        before = self._edges.pop((source, kind, target), None)
        if before is not None and (before.decision.verb in STANDING) != (decision.verb in STANDING):
            self._mark(before, one)
        self._edges[source, kind, target] = one

    # --- concepts

    def _keep(self, one: Recorded, decision: Decision) -> None:
        """Let a concept stand: one that was removed comes back, one that is not there is made."""
        name = decision.names[0]
        node = self._overlay.find_any(name)
        if node is None:
            node = Node.made(self._overlay.free_id(name), name)
            self._add(node, [name])
        node.removed = ""
        self._about[one] = (node.id,)
        self._overrule("removed", node.id, one)

    def _add(self, node: Node, surfaces: Sequence[str]) -> None:
        """Put a concept into the graph that no extractor found, with the places that name it."""
        found = occurrences(self._passages, surfaces)
        places = [place.place for place, _, _ in found]
        late = min(places)[0] / max(1, self._overlay.last_document) if places else 0.0
        concept = Concept(
            id=node.id,
            name=node.name,
            aliases=(),
            definition=None,
            salience=ADDED_SALIENCE,
            difficulty=round(min(1.0, late) / 2, 4),
            introduced_at=min(places, default=(0, 0)),
        )
        self._overlay.add(node, concept, [(place.chunk_id, role, count) for place, role, count in found])

    def _remove(self, one: Recorded, decision: Decision) -> None:
        node = self._overlay.find(decision.names[0])
        self._overlay.remove(node, one.where)
        self._latest["removed", node.id] = one

    def _rename(self, one: Recorded, decision: Decision) -> None:
        old, new = decision.names
        node = self._overlay.find(old)
        other = self._overlay.find_any(new)
        if other is not None and other is not node and normalise(other.name) == normalise(new):
            raise Unresolved(f"another concept is called {_said(other.name)} already; merge the two instead")
        self._overlay.rename(node, new)
        self._about[one] = (node.id,)

    def _merge(self, one: Recorded, decision: Decision) -> None:
        first, second = (self._overlay.find(name) for name in decision.names)
        if first is second:
            raise Unresolved(f"both names mean {_said(first.name)} already")
        reason = f"decided by {decision.author}" + (f": {decision.reason}" if decision.reason else "")
        self._overlay.merge(first, second, Merge(second.id, first.name, reason))
        self._about[one] = (second.id,)
        self._latest["merged", first.id] = one
        self._overrule("split", first.id, one)

    def _split(self, one: Recorded, decision: Decision) -> None:
        """Part a name from its concept: one that a person merged comes back whole, another is looked up in the text."""
        name, whole = decision.names
        node = self._overlay.find(whole)
        restored = self._overlay.unmerge(name, node)
        if restored is not None:
            self._about[one] = (restored.id,)
            self._latest["split", restored.id] = one
            self._overrule("merged", restored.id, one)
            return
        key = normalise(name)
        if key == normalise(node.name):
            raise Unresolved(f"{_said(node.name)} is the concept's own name; rename it first")
        if key not in {normalise(other) for other in node.others}:
            raise Unresolved(f"{_said(name)} is no other name of {_said(node.name)}")
        gone = [other for other in node.others if normalise(other) == key]
        part = Node.made(self._overlay.free_id(name), gone[0])
        node.others = [other for other in node.others if normalise(other) != key]
        self._add(part, gone)
        left = {place.chunk_id for place, _, _ in occurrences(self._passages, [node.name, *node.others])}
        self._overlay.hand_over(node, part, left)
        self._about[one] = (part.id,)
        self._latest["split", part.id] = one

    def _define(self, one: Recorded, decision: Decision) -> None:
        node = self._overlay.find(decision.names[0])
        chunk_id, words = quoted_in(self._passages, decision.quote, decision.path)
        if not chunk_id:
            raise Unresolved(f"these words do not stand in {_said(decision.path)}")
        self._overlay.define(node, Quote(chunk_id, words))
        self._overrule("defined", node.id, one)
        self._latest["defined", node.id] = one
        self._about[one] = (node.id,)

    def _overrule(self, sort: str, node_id: str, by: Recorded) -> None:
        """Mark the latest decision of a sort about a concept as overruled, where there is one."""
        before = self._latest.pop((sort, node_id), None)
        if before is not None:
            self._mark(before, by)

    def _mark(self, before: Recorded, by: Recorded) -> None:
        self.rulings[before] = Ruling(before, State.OVERRULED, f"overruled by {by.where}")


def _said(name: str) -> str:
    return f"“{name}”"
