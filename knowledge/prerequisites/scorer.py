"""How likely one name is a prerequisite of another, for any two names: stored edge or not, known to the course or not.

Knows where the signals come from; what they weigh is `weights`. Reads a library and never changes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.catalog import Catalog
from knowledge.model import Relation
from knowledge.prerequisites.curriculum import USUAL, earlier_later
from knowledge.prerequisites.reference_distance import ReferenceDistance
from knowledge.prerequisites.signals import BelongingSignals, OrderSignals, belonging_signals, order_signals
from knowledge.prerequisites.usage import Usages
from knowledge.prerequisites.weights import TEXT, WHOLE, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embedding import Embedder
    from knowledge.prerequisites.levels import Levels

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

    def __init__(self, catalog: Catalog, embedder: Embedder | None = None, *, without: frozenset[str] = frozenset()):
        """Take the library, and what embeds names; without an embedder the text alone decides.

        Args:
            catalog: of the library.
            embedder: any; it need not be the library's own, since only names are compared.
            without: normalised names that the curriculum must not know, to try the scorer on them.
        """
        self._catalog = catalog
        self._embedder = embedder
        self._without = without
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._levels: Levels | None = None
        self.usages = Usages(catalog)
        self.distance = ReferenceDistance(catalog, self.usages)

    @property
    def weights(self) -> Weights:
        """The weights in use: those fitted with embeddings, or those of the text alone."""
        return TEXT if self._embedder is None else WHOLE

    def score(self, pairs: Sequence[Pair]) -> list[PairScore]:
        """Return the scores in the order of `pairs`. A name and itself belong together and have no order."""
        return [self._scored(signals) for signals in self.signals(pairs)]

    def signals(self, pairs: Sequence[Pair]) -> list[tuple[Pair, OrderSignals, BelongingSignals]]:
        """Return what speaks for each pair, before anything is weighed."""
        names = sorted({name for pair in pairs for name in pair})
        edges = self._edges(names)
        levels = self._level_of(names)
        found = []
        for source, target in pairs:
            first, second = self.usages.of(source), self.usages.of(target)
            forth, back = edges.get((source, target), 0.0), edges.get((target, source), 0.0)
            order = order_signals(
                first,
                second,
                distance=self.distance.before(first, second),
                stated=forth - back,
                level=levels[target] - levels[source],
            )
            belonging = belonging_signals(first, second, stated=max(forth, back), meaning=self._cosine(source, target))
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
        for edge in filter(self._may_know, self._catalog.prerequisites_of(sorted(ids))):
            into[edge.target_id][edge.source_id] = edge.confidence
        middle = sorted({source for sources in into.values() for source in sources} - set(into))
        for edge in filter(self._may_know, self._catalog.prerequisites_of(middle)):
            into[edge.target_id][edge.source_id] = edge.confidence
        found: dict[Pair, float] = {}
        for target, called in ids.items():
            for source, confidence in _within_two(into, target).items():
                for pair in ((one, other) for one in ids.get(source, ()) for other in called):
                    found[pair] = max(found.get(pair, 0.0), confidence)
        return found

    def _may_know(self, edge: Relation) -> bool:
        """Return whether an edge may be read: not what the list of topics says, where the list must not know names."""
        return not self._without or all(sign.kind != USUAL for sign in edge.evidence)

    # --- names as vectors

    def _embed(self, names: Sequence[str]) -> None:
        missing = [name for name in dict.fromkeys(names) if name not in self._vectors]
        if self._embedder is not None and missing:
            self._vectors.update(zip(missing, self._embedder.embed(missing), strict=True))

    def _cosine(self, one: str, other: str) -> float:
        return float(self._vectors[one] @ self._vectors[other]) if self._embedder is not None else 0.0

    def _level_of(self, names: Sequence[str]) -> Mapping[str, float]:
        """Return how early each name is usually learned; 0 for all without an embedder."""
        if self._embedder is None or not names:
            return dict.fromkeys(names, 0.0)
        import numpy as np

        self._embed(names)
        if self._levels is None:
            self._levels = self._fitted()
        found = self._levels.of(np.stack([self._vectors[name] for name in names]))
        return dict(zip(names, found.tolist(), strict=True))

    def _fitted(self) -> Levels:
        from knowledge.prerequisites.levels import fit_levels

        usual = earlier_later(self._without)
        own = self._course_edges()
        self._embed([name for pair in usual for name in pair] + [name for one in own for name in one[:2]])
        return fit_levels(self._vectors, usual, own)

    def _course_edges(self) -> list[tuple[str, str, float]]:
        query = (
            "SELECT source.name, target.name, confidence FROM relations "
            "JOIN concepts AS source ON source.id = source_id JOIN concepts AS target ON target.id = target_id "
            "WHERE kind = 'prerequisite' AND NOT (? AND evidence LIKE ?) "
            "ORDER BY confidence DESC, source_id, target_id LIMIT ?"
        )
        with self._catalog.reading() as db:
            rows = db.execute(query, (bool(self._without), f"%{USUAL}%", MOST_COURSE_EDGES))
            return [tuple(row) for row in rows]


def _within_two(into: Mapping[str, Mapping[str, float]], target: str) -> dict[str, float]:
    """Return what comes before the target within two steps; a chain is as sure as its edges multiplied."""
    found = dict(into.get(target, {}))
    for middle, confidence in into.get(target, {}).items():
        for source, other in into.get(middle, {}).items():
            found[source] = max(found.get(source, 0.0), confidence * other)
    return found
