"""A snapshot of concepts with changes laid over it: names, merges, removals, additions. Nothing extracted is lost.

Extracted concepts stay as they are below; a node says which of them make up one concept, under which names. Knows
how changes combine; refuses to know who asked for them (`deciding`) and edges (`decided_graph`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from knowledge.concepts import normalise
from knowledge.model import Concept, Mention, MentionRole, Quote, RelationKind
from knowledge.snapshot import ConceptSnapshot, Merge

T = TypeVar("T")
EdgeKey = tuple[str, RelationKind, str]


class Unresolved(Exception):
    """A decision cannot be carried out; the text names what stands in its way."""


@dataclass
class Node:
    """A concept as decided so far."""

    id: str
    name: str
    others: list[str]
    parts: list[str]
    """Ids of the extracted concepts it is made of, its own first."""
    definition: Quote | None = None
    """The one that a person chose."""
    removed: str = ""
    """Where it was removed; empty while it stands."""

    @classmethod
    def made(cls, node_id: str, name: str) -> Node:
        """Return a concept that no extractor found."""
        return cls(node_id, name, [], [node_id])

    @property
    def names(self) -> list[str]:
        """The name and the others."""
        return [self.name, *self.others]


class Overlay:
    """The nodes over one snapshot."""

    def __init__(self, extracted: ConceptSnapshot) -> None:
        self.extracted = extracted
        self.touched = False
        self.nodes = {c.id: Node(c.id, c.name, list(c.aliases), [c.id]) for c in extracted.concepts}
        self.last_document = max((concept.introduced_at[0] for concept in extracted.concepts), default=0)
        self._concepts = {concept.id: concept for concept in extracted.concepts}
        self._mentions: dict[str, list[Mention]] = defaultdict(list)
        for mention in extracted.mentions:
            self._mentions[mention.concept_id].append(mention)
        self._merges = list(extracted.merges)
        self._merged: dict[str, tuple[str, Node]] = {}
        self._by_key: dict[str, list[str]] = defaultdict(list)
        for node in self.nodes.values():
            self._index(node)

    def _index(self, node: Node) -> None:
        for name in node.names:
            known = self._by_key[normalise(name)]
            if node.id not in known:
                known.append(node.id)

    # --- names

    def find(self, name: str) -> Node:
        """Return the one standing concept that this name means.

        Raises:
            Unresolved: none is called so, it was removed, or several are.
        """
        found = self._called(name)
        standing = [node for node in found if not node.removed]
        if len(standing) == 1:
            return standing[0]
        if standing:
            raise Unresolved(f"“{name}” may mean {' or '.join(sorted(node.name for node in standing))}: name one fully")
        if found:
            raise Unresolved(f"“{name}” was removed by {found[0].removed}")
        raise Unresolved(f"no concept is called “{name}”")

    def find_any(self, name: str) -> Node | None:
        """Return the concept that this name means, removed or not; None where there is none.

        Raises:
            Unresolved: several are called so.
        """
        found = self._called(name)
        if not any(not node.removed for node in found) and found:
            return found[0]
        return self.find(name) if found else None

    def _called(self, name: str) -> list[Node]:
        """Return the concepts of this name: those whose shown name it is, else those it is another name of."""
        key = normalise(name)
        known = [self.nodes[one] for one in self._by_key.get(key, ()) if one in self.nodes]
        known = [node for node in known if any(normalise(other) == key for other in node.names)]
        exact = [node for node in known if node.name == name]
        shown = [node for node in known if normalise(node.name) == key]
        return next((group for group in (exact, shown) if len(group) == 1), shown or known)

    def free_id(self, name: str) -> str:
        """Return an id for a new concept of this name."""
        key = normalise(name)
        taken = self._concepts.keys()
        return next(
            one for one in (Concept.id_for("decided " * n + key) for n in range(len(taken) + 1)) if one not in taken
        )

    # --- changes

    def add(self, node: Node, concept: Concept, places: Sequence[tuple[str, MentionRole, int]]) -> None:
        """Put a concept in that no extractor found."""
        self.touched = True
        self.nodes[node.id] = node
        self._concepts[node.id] = concept
        self._mentions[node.id] = [Mention(node.id, chunk_id, role, count) for chunk_id, role, count in places]
        self._index(node)

    def remove(self, node: Node, where: str) -> None:
        """Let a concept stand no longer; `where` says who decided so."""
        self.touched = True
        node.removed = where

    def rename(self, node: Node, name: str) -> None:
        """Show a concept under another name; the old one stays an alias."""
        self.touched = True
        node.others = [other for other in dict.fromkeys((node.name, *node.others)) if other != name]
        node.name = name
        self._index(node)

    def merge(self, first: Node, into: Node, record: Merge) -> None:
        """Make the first a part of the second."""
        self.touched = True
        del self.nodes[first.id]
        self._merged[first.id] = (into.id, first)
        into.parts += first.parts
        into.others += [name for name in first.names if name not in into.names]
        into.definition = into.definition or first.definition
        self._merges.append(record)
        self._index(into)

    def unmerge(self, name: str, node: Node) -> Node | None:
        """Take a concept out again that a person merged into this one, and return it; None if none has this name."""
        key = normalise(name)
        for part_id, (into, part) in list(self._merged.items()):
            if into != node.id or key not in map(normalise, part.names):
                continue
            del self._merged[part_id]
            self.nodes[part_id] = part
            node.parts = [one for one in node.parts if one not in part.parts]
            own = {n for one in node.parts for n in (self._concepts[one].name, *self._concepts[one].aliases)}
            node.others = [other for other in node.others if other in own or other not in part.names]
            self._merges = [m for m in self._merges if (m.concept_id, m.surface) != (node.id, part.name)]
            return part
        return None

    def hand_over(self, node: Node, part: Node, left: set[str]) -> None:
        """Take from a concept what belongs to a name that was split from it.

        Args:
            node: the concept.
            part: what was split off.
            left: ids of the chunks that name the concept without the part's name.
        """
        taken = {mention.chunk_id for mention in self._mentions[part.id]} - left
        for one in node.parts:
            self._mentions[one] = [mention for mention in self._mentions[one] if mention.chunk_id not in taken]
            definition = self._concepts[one].definition
            if definition is not None and definition.chunk_id in taken:
                self._concepts[one] = replace(self._concepts[one], definition=None)
                part.definition = definition
        keys = set(map(normalise, part.names))
        self._merges = [m for m in self._merges if m.concept_id not in node.parts or normalise(m.surface) not in keys]

    def define(self, node: Node, quote: Quote) -> None:
        """Define a concept by these words; their chunk defines it."""
        self.touched = True
        node.definition = quote

    # --- what stands

    def holder(self, node_id: str) -> Node:
        """Return the node that this one is, or was merged into; removed or not."""
        while node_id in self._merged:
            node_id = self._merged[node_id][0]
        return self.nodes[node_id]

    def owners(self) -> dict[str, str]:
        """Return by the id of a part or of a merged concept the id of the standing concept it belongs to."""
        owners = {part: node.id for node in self.nodes.values() for part in node.parts if not node.removed}
        holders = {merged: self.holder(merged) for merged in self._merged}
        return owners | {merged: node.id for merged, node in holders.items() if not node.removed}

    def lost(self, about: Mapping[T, Sequence[str]]) -> dict[T, str]:
        """Return what is about concepts of which one was removed since, or of which two became one, and why."""
        lost: dict[T, str] = {}
        for one, node_ids in about.items():
            holders = [self.holder(node_id) for node_id in node_ids]
            gone = [node for node in holders if node.removed]
            if gone:
                lost[one] = f"“{gone[0].name}” was removed by {gone[0].removed}"
            elif len({node.id for node in holders}) < len(holders):
                lost[one] = f"both ends are “{holders[0].name}” since"
        return lost

    def concepts(self) -> tuple[Concept, ...]:
        """Return the standing concepts as they are introduced."""
        standing = [self._concept(node) for node in self.nodes.values() if not node.removed]
        return tuple(sorted(standing, key=lambda concept: (concept.introduced_at, concept.name, concept.id)))

    def _concept(self, node: Node) -> Concept:
        parts = [self._concepts[one] for one in node.parts]
        first = min(parts, key=lambda part: part.introduced_at)
        defined = next((part.definition for part in parts if part.definition), None)
        apart = 1.0
        for part in parts:
            apart *= 1.0 - part.salience
        return replace(
            parts[0],
            name=node.name,
            aliases=tuple(dict.fromkeys(other for other in node.others if other != node.name)),
            definition=node.definition or defined,
            salience=parts[0].salience if len(parts) == 1 else round(1.0 - apart, 4),
            difficulty=first.difficulty,
            introduced_at=first.introduced_at,
        )

    def mentions(self) -> tuple[Mention, ...]:
        """Return where the standing concepts are mentioned, each role of a chunk once."""
        whole: list[Mention] = []
        counts: dict[tuple[str, str, MentionRole], int] = {}
        for node in self.nodes.values():
            if node.removed:
                continue
            if len(node.parts) == 1 and node.definition is None:
                whole += self._mentions[node.id]
                continue
            for part in node.parts:
                for mention in self._mentions[part]:
                    key = (node.id, mention.chunk_id, mention.role)
                    counts[key] = counts.get(key, 0) + mention.count
            if node.definition is not None:
                counts.setdefault((node.id, node.definition.chunk_id, MentionRole.DEFINES), 1)
        whole += (Mention(*key, count) for key, count in counts.items())
        return tuple(sorted(whole, key=lambda one: (one.concept_id, one.chunk_id, one.role)))

    def merges(self) -> tuple[Merge, ...]:
        """Return the joins of names, extracted and decided, of standing concepts."""
        owners = self.owners()
        kept = {replace(one, concept_id=owners[one.concept_id]) for one in self._merges if one.concept_id in owners}
        return tuple(sorted(kept, key=lambda one: (one.concept_id, normalise(one.surface), one.surface, one.reason)))
