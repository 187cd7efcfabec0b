"""How likely one name is a prerequisite of another, for any two names: stored edge or not, known to the course or not.

Knows where the signals come from; what they weigh is `weights`. Reads a library and never changes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.catalog import Catalog
from knowledge.graph import PrerequisiteSource
from knowledge.prerequisites.company import Company
from knowledge.prerequisites.curriculum import earlier_later
from knowledge.prerequisites.reference_distance import ReferenceDistance
from knowledge.prerequisites.signals import BelongingSignals, OrderSignals, belonging_signals, order_signals
from knowledge.prerequisites.spaces import Space
from knowledge.prerequisites.usage import Usages
from knowledge.prerequisites.weights import TEXT, WHOLE, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embedding import Embedder

MOST_COURSE_EDGES = 2_000
"""Edges of the library, surest first, that levels are fitted to."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PairScore:
    """One pair's score in 0..1, at least 0.5 where a prerequisite is to be expected, and what it comes from."""

    source: str
    target: str
    score: float
    comes_first: float
    """Probability of this order, given that the two belong together."""
    belong: float
    order: OrderSignals
    belonging: BelongingSignals


class PairScorer:
    """Scores pairs of names with one library; what was read for a name is kept."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder | None = None,
        *,
        without: frozenset[str] = frozenset(),
        edges: PrerequisiteSource | None = None,
    ) -> None:
        """Take the library, and what embeds names; without an embedder the text alone decides.

        Args:
            catalog: of the library.
            embedder: any; it need not be the library's own, since only names are compared.
            without: normalised names that the curriculum must not know, to try the scorer on them.
            edges: concepts and edges that are read instead of the library's own.
        """
        self._catalog = catalog
        self._given = edges
        self.usages = Usages(catalog)
        self.distance = ReferenceDistance(catalog, self.usages)
        usual = earlier_later(without)
        self._company = Space(Company(catalog, self.usages).of, usual)
        self._names = None if embedder is None else Space(_embedding(embedder), usual, self._course_edges)

    @property
    def weights(self) -> Weights:
        """The weights in use: those fitted with embeddings, or those of the text alone."""
        return TEXT if self._names is None else WHOLE

    def score(self, pairs: Sequence[Pair]) -> list[PairScore]:
        """Return the scores in the order of `pairs`. A name and itself belong together and have no order."""
        return [self._scored(signals) for signals in self.signals(pairs)]

    def signals(self, pairs: Sequence[Pair]) -> list[tuple[Pair, OrderSignals, BelongingSignals]]:
        """Return what speaks for each pair, before anything is weighed."""
        names = sorted({name for pair in pairs for name in pair})
        edges = self._edges(names)
        company, meaning = self._company, self._names
        if meaning is not None:
            meaning.look_at(names)
        found = []
        for source, target in pairs:
            first, second = self.usages.of(source), self.usages.of(target)
            forth, back = edges.get((source, target), 0.0), edges.get((target, source), 0.0)
            order = order_signals(
                first,
                second,
                distance=self.distance.before(first, second),
                stated=forth - back,
                company=company.ahead(source, target),
                level=0.0 if meaning is None else meaning.ahead(source, target),
            )
            belonging = belonging_signals(
                first,
                second,
                stated=max(forth, back),
                company=company.alike(source, target),
                meaning=0.0 if meaning is None else meaning.alike(source, target),
            )
            found.append(((source, target), order, belonging))
        return found

    def _scored(self, signals: tuple[Pair, OrderSignals, BelongingSignals]) -> PairScore:
        (source, target), order, belonging = signals
        first, together = self.weights.comes_first(order), self.weights.belong(belonging)
        return PairScore(
            source, target, round(self.weights.score(together, first), 6), first, together, order, belonging
        )

    def _edges(self, names: Sequence[str]) -> Mapping[Pair, float]:
        """Return the stored confidence of each pair of the names that an edge, or a chain of two, joins."""
        ids: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for concept_id in self.usages.of(name).concept_ids:
                ids[concept_id].add(name)
        into: dict[str, dict[str, float]] = defaultdict(dict)
        stored = self._given or self._catalog
        for edge in stored.prerequisites_of(sorted(ids)):
            into[edge.target_id][edge.source_id] = edge.confidence
        middle = sorted({source for sources in into.values() for source in sources} - set(into))
        for edge in stored.prerequisites_of(middle):
            into[edge.target_id][edge.source_id] = edge.confidence
        found: dict[Pair, float] = {}
        for target, called in ids.items():
            for source, confidence in _within_two(into, target).items():
                for pair in ((one, other) for one in ids.get(source, ()) for other in called):
                    found[pair] = max(found.get(pair, 0.0), confidence)
        return found

    def _course_edges(self) -> list[tuple[str, str, float]]:
        if self._given is not None:
            named = {concept.id: concept.name for concept in self._given.concepts()}
            edges = sorted(
                self._given.prerequisites_of(list(named)),
                key=lambda edge: (-edge.confidence, edge.source_id, edge.target_id),
            )
            found = [(named[edge.source_id], named[edge.target_id], edge.confidence) for edge in edges]
            return found[:MOST_COURSE_EDGES]
        query = (
            "SELECT source.name, target.name, confidence FROM relations "
            "JOIN concepts AS source ON source.id = source_id JOIN concepts AS target ON target.id = target_id "
            "WHERE kind = 'prerequisite' ORDER BY confidence DESC, source_id, target_id LIMIT ?"
        )
        with self._catalog.reading() as db:
            return [tuple(row) for row in db.execute(query, (MOST_COURSE_EDGES,))]


def _embedding(embedder: Embedder) -> Callable[[Sequence[str]], Mapping[str, NDArray[np.float32]]]:
    return lambda names: dict(zip(names, embedder.embed(names), strict=True))


def _within_two(into: Mapping[str, Mapping[str, float]], target: str) -> dict[str, float]:
    """Return what comes before the target within two steps; a chain is as sure as its edges multiplied."""
    found = dict(into.get(target, {}))
    for middle, confidence in into.get(target, {}).items():
        for source, other in into.get(middle, {}).items():
            found[source] = max(found.get(source, 0.0), confidence * other)
    return found
