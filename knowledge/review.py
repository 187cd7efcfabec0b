"""What a person should look at first: doubtful edges, merges, doubles and contradictions, by how much depends on them.

Each entry has an impact (how many concepts it touches) and a doubt in 0..1; their product orders the list. What a
person decided already is not in it. Reads the library; decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from knowledge.catalog import Catalog
from knowledge.concepts import normalise, opposed, singular, words
from knowledge.deciding import DECISION
from knowledge.decision_files import read_book
from knowledge.decisions import STANDING, Verb, in_force
from knowledge.disagreements import disagreements, shared_names
from knowledge.edge_support import supported
from knowledge.library import Library
from knowledge.model import Concept, Quote, Relation, RelationKind, place
from knowledge.snapshot import CutEdge, Merge
from knowledge.undecided import standing

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DEPENDANTS = 200
"""Concepts counted behind an edge before it counts as "very many"."""
LEAST_DOUBT = 0.15
ALIKE = 0.86
"""Least cosine of two concepts' vectors that makes them near-duplicates to ask about."""
MOST_COMPARED = 20_000
_MERGE_DOUBT = {
    "initials match in one document": 0.5,
    "the last word adds nothing to a name": 0.3,
    "other name stated in the text": 0.25,
}
"""By reason (`concepts.merge_reason`); all others are sure."""
CONTRADICTION_DOUBT, SHARED_NAME_DOUBT = 0.8, LEAST_DOUBT
"""Two definitions that cannot both hold are nearly always worth a look; a name of two things is mostly right."""
_BLOCK = 1_024


class Matter(StrEnum):
    """What an entry is about."""

    EDGE = "edge"
    CUT = "cut edge"
    MERGE = "merge"
    DUPLICATE = "near-duplicate"
    CONTRADICTION = "contradiction"
    SHARED_NAME = "shared name"


@dataclass(frozen=True, slots=True)
class Cited:
    """Words of the course, and the place they stand in."""

    text: str
    path: str
    """Of the document, below its course's root."""
    where: str
    """Title and place, as a reader would say them."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One thing to look at. `commands` say what can be decided, as arguments of `erica graph`."""

    matter: Matter
    names: tuple[str, ...]
    why: str
    impact: int
    doubt: float
    commands: tuple[tuple[str, ...], ...]
    quotes: tuple[Cited, ...] = ()
    """What the course says: the definitions to compare, or the words that support an edge best."""

    @property
    def urgency(self) -> float:
        """Impact times doubt."""
        return self.impact * self.doubt


def review(library: Library, limit: int = 20) -> list[ReviewItem]:
    """Return up to `limit` things to look at, the most urgent first.

    Concepts that a person added or approved are not asked about as doubles of others, nor about their other names.
    """
    catalog = library.catalog
    whole = standing(catalog)
    concepts = {concept.id: concept for concept in whole.concepts}
    steps = [edge for edge in whole.relations if edge.kind is RelationKind.PREREQUISITE]
    behind = _Dependants(steps)
    kept, defined = decided_about(library, STANDING), decided_about(library, (Verb.DEFINE,))
    items = [
        *_edges(steps, concepts, behind),
        *_cut(whole.cut, concepts, behind),
        *(item for item in _merges(whole.merges, concepts, behind) if normalise(item.names[1]) not in kept),
        *(item for item in _duplicates(catalog, concepts, behind) if not kept & set(map(normalise, item.names))),
        *(item for item in _contradictions(catalog, behind) if normalise(item.names[0]) not in defined),
        *(item for item in _shared_names(whole.concepts, behind) if not kept & set(map(normalise, item.names))),
    ]
    first = sorted(items, key=lambda item: (-item.urgency, item.matter, item.names))[: max(0, limit)]
    asked: dict[tuple[str, ...], Relation] = {_names(edge, concepts): edge for edge in steps}
    return [_with_words(catalog, item, asked[item.names]) if item.matter is Matter.EDGE else item for item in first]


def _with_words(catalog: Catalog, item: ReviewItem, edge: Relation) -> ReviewItem:
    quote = supported(catalog, edge).quote
    return item if quote is None else replace(item, quotes=(cited(catalog, quote),))


def decided_about(library: Library, verbs: Collection[Verb]) -> set[str]:
    """Return the keys of names of the concepts about which a person decided one of these."""
    made = (one.decision for one in in_force(read_book(library).recorded).decisions)
    return {normalise(one.names[0]) for one in made if one.verb in verbs and one.kind is None}


class _Dependants:
    """How many concepts stand on one, itself included."""

    def __init__(self, steps: Iterable[Relation]) -> None:
        self._after: dict[str, list[str]] = defaultdict(list)
        for edge in steps:
            self._after[edge.source_id].append(edge.target_id)
        self._counted: dict[str, int] = {}

    def of(self, concept_id: str) -> int:
        if concept_id not in self._counted:
            seen, waiting = {concept_id}, [concept_id]
            while waiting and len(seen) < MOST_DEPENDANTS:
                for after in self._after.get(waiting.pop(), ()):
                    if after not in seen:
                        seen.add(after)
                        waiting.append(after)
            self._counted[concept_id] = min(len(seen), MOST_DEPENDANTS)
        return self._counted[concept_id]


def _edges(steps: Sequence[Relation], concepts: Mapping[str, Concept], behind: _Dependants) -> Iterator[ReviewItem]:
    for edge in steps:
        doubt = 1.0 - edge.confidence
        if doubt < LEAST_DOUBT or any(sign.kind == DECISION for sign in edge.evidence):
            continue
        names = _names(edge, concepts)
        signs = ", ".join(dict.fromkeys(sign.kind for sign in edge.evidence)) or "nothing"
        why = f"is “{names[0]}” needed for “{names[1]}”? Confidence {edge.confidence:.2f}, from {signs}"
        yield ReviewItem(
            Matter.EDGE, names, why, behind.of(edge.target_id), doubt, (("approve", *names), ("reject", *names))
        )


def _cut(cut: Sequence[CutEdge], concepts: Mapping[str, Concept], behind: _Dependants) -> Iterator[ReviewItem]:
    for entry in cut:
        edge = entry.relation
        if edge.source_id not in concepts or edge.target_id not in concepts:
            continue
        names = _names(edge, concepts)
        why = f"“{names[0]}” before “{names[1]}” was left out: {entry.reason}"
        yield ReviewItem(
            Matter.CUT,
            names,
            why,
            behind.of(edge.target_id),
            edge.confidence,
            (("approve", *names), ("reject", *names)),
        )


def _merges(merges: Sequence[Merge], concepts: Mapping[str, Concept], behind: _Dependants) -> Iterator[ReviewItem]:
    for merge in merges:
        doubt = _MERGE_DOUBT.get(merge.reason, 0.0)
        concept = concepts.get(merge.concept_id)
        if concept is None or doubt < LEAST_DOUBT:
            continue
        names = (merge.surface, concept.name)
        why = f"is “{names[0]}” another name of “{names[1]}”? Taken so because {merge.reason}"
        yield ReviewItem(
            Matter.MERGE, names, why, behind.of(concept.id), doubt, (("split", *names), ("approve", names[1]))
        )


def _duplicates(catalog: Catalog, concepts: Mapping[str, Concept], behind: _Dependants) -> Iterator[ReviewItem]:
    """Yield pairs with the same words in another order, or with nearly the same vector, that nothing sets apart."""
    for (one, other), alike in {**_alike(catalog, concepts), **_same_words(concepts.values())}.items():
        first, second = sorted((concepts[one], concepts[other]), key=lambda c: (c.salience, c.name))
        names = (first.name, second.name)
        if opposed(*names) or _contains(*names):
            continue
        why = f"are “{names[0]}” and “{names[1]}” one concept? Their names and definitions are {alike:.2f} alike"
        impact = behind.of(first.id) + behind.of(second.id)
        yield ReviewItem(Matter.DUPLICATE, names, why, impact, alike / 2, (("merge", *names), ("approve", names[0])))


def _contradictions(catalog: Catalog, behind: _Dependants) -> Iterator[ReviewItem]:
    """Yield the pairs of definitions that cannot both hold; a person settles them by saying which one counts."""
    for found in disagreements(catalog):
        name = found.concept.name
        quotes = (cited(catalog, found.first), cited(catalog, found.second))
        yield ReviewItem(
            Matter.CONTRADICTION,
            (name,),
            f"two definitions of “{name}” contradict each other: {found.why}",
            behind.of(found.concept.id),
            CONTRADICTION_DOUBT,
            tuple(("define", name, "--quote", one.text, "--at", one.path) for one in quotes),
            quotes,
        )


def _shared_names(concepts: Iterable[Concept], behind: _Dependants) -> Iterator[ReviewItem]:
    for shared in shared_names(concepts):
        names = tuple(concept.name for concept in shared.concepts)
        several = " and ".join(f"“{name}”" for name in names)
        why = f"“{shared.name}” is a name of {several}: is it right that each lesson means its own?"
        impact = sum(behind.of(concept.id) for concept in shared.concepts)
        commands = (*(("approve", name) for name in names[:1]), ("merge", *names[1::-1]))
        yield ReviewItem(Matter.SHARED_NAME, names, why, impact, SHARED_NAME_DOUBT, commands)


def cited(catalog: Catalog, quote: Quote) -> Cited:
    """Return a quote with its place in words; empty words where its passage is gone."""
    chunk = next(iter(catalog.chunks([quote.chunk_id])), None)
    document = next((one for one in catalog.documents() if chunk and one.id == chunk.document_id), None)
    if chunk is None or document is None:
        return Cited(quote.text, "", "")
    where = place(chunk.locator)
    return Cited(quote.text, document.path, document.title if where == document.title else f"{document.title}, {where}")


def _same_words(concepts: Iterable[Concept]) -> dict[tuple[str, str], float]:
    by_words: dict[frozenset[str], list[str]] = defaultdict(list)
    for concept in concepts:
        by_words[frozenset(singular(word) for word in words(concept.name))].append(concept.id)
    return {(ids[0], other): 1.0 for key, ids in by_words.items() if key for other in ids[1:]}


def _contains(first: str, second: str) -> bool:
    """Return whether one name is the other with words added: a kind of it, not a double."""
    one, other = ({singular(word) for word in words(name)} for name in (first, second))
    return normalise(first) != normalise(second) and (one < other or other < one)


def _alike(catalog: Catalog, concepts: Mapping[str, Concept]) -> dict[tuple[str, str], float]:
    """Return pairs of concepts with the cosine of their vectors, where it is high; none in very large libraries."""
    import numpy as np

    if len(concepts) > MOST_COMPARED:
        return {}
    with catalog.reading() as db:
        rows = [row for row in db.execute("SELECT id, vector FROM concept_vectors ORDER BY id") if row[0] in concepts]
    if not rows:
        return {}
    ids = [row[0] for row in rows]
    matrix: NDArray[np.float32] = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), -1)
    found: dict[tuple[str, str], float] = {}
    for start in range(0, len(ids), _BLOCK):
        cosines = matrix[start : start + _BLOCK] @ matrix.T  # (block, concepts)
        for row, column in np.argwhere(cosines >= ALIKE):
            if start + row < column:
                found[ids[start + row], ids[column]] = round(float(cosines[row, column]), 4)
    return found


def _names(edge: Relation, concepts: Mapping[str, Concept]) -> tuple[str, str]:
    return concepts[edge.source_id].name, concepts[edge.target_id].name
