"""The reference distance of Liang, Wu, Huang and Giles ("Measuring prerequisite relations among concepts", EMNLP 2015).

One signal among others, and alone the baseline that all are held against. Passages that teach a concept stand in the
place of its page, naming in the place of linking:

    RefD(A, B) = Σ r(c, B)·w(c, A) / Σ w(c, A)  −  Σ r(c, A)·w(c, B) / Σ w(c, B)

over concepts c, where w(c, X) is the tf-idf of c in the passages that name X, and r(c, X) the share of the passages
that teach c which name X. Above 0 it says that B is a prerequisite of A.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.catalog import Catalog
from knowledge.prerequisites.usage import TEACHING, Usage, Usages

Pair = tuple[str, str]
NEAREST = 50
"""Concepts that stand for a name: those with the largest weight."""


@dataclass(frozen=True, slots=True)
class _Mentions:
    """Which concepts each chunk names, which chunks teach each, and in how many each is named."""

    in_chunk: Mapping[int, Sequence[str]]
    taught: Mapping[str, set[int]]
    spread: Mapping[str, int]


class ReferenceDistance:
    """Computes the distance between names of one library; what was read for a name is kept."""

    def __init__(self, catalog: Catalog, usages: Usages) -> None:
        """Take the library and where names stand in it; nothing is read yet."""
        self._catalog = catalog
        self._usages = usages
        self._about: dict[str, Mapping[str, float]] = {}
        self._leanings: dict[Pair, float] = {}

    def before(self, first: Usage, second: Usage) -> float:
        """Return RefD(second, first), -1..1: above 0 it says that `first` is a prerequisite of `second`."""
        return self._leaning(second, first) - self._leaning(first, second)

    @cached_property
    def _mentions(self) -> _Mentions:
        in_chunk: dict[int, list[str]] = defaultdict(list)
        taught: dict[str, set[int]] = defaultdict(set)
        teaching = {role.value for role in TEACHING}
        with self._catalog.reading() as db:
            query = "SELECT concept_id, number, role FROM mentions JOIN chunks ON chunks.id = chunk_id"
            for concept_id, number, role in db.execute(query):
                in_chunk[number].append(concept_id)
                if role in teaching:
                    taught[concept_id].add(number)
        return _Mentions(in_chunk, taught, Counter(one for ids in in_chunk.values() for one in ids))

    def _leaning(self, on: Usage, named: Usage) -> float:
        """Return how much of what surrounds `on` names `named`, 0..1."""
        pair = on.name, named.name
        if pair not in self._leanings:
            weights = self._concepts_about(on)
            total = sum(weights.values())
            share = (weight * self._refers(concept_id, named) for concept_id, weight in weights.items())
            self._leanings[pair] = sum(share) / total if total and named.chunks else 0.0
        return self._leanings[pair]

    def _refers(self, concept_id: str, named: Usage) -> float:
        if concept_id in named.concept_ids:
            return 1.0
        taught = self._mentions.taught.get(concept_id)
        return len(taught & named.chunks) / len(taught) if taught else 0.0

    def _concepts_about(self, usage: Usage) -> Mapping[str, float]:
        if usage.name not in self._about:
            known = self._mentions
            counts = Counter(one for number in usage.chunks for one in known.in_chunk.get(number, ()))
            passages = len(self._usages.places)
            weights = {
                one: (1 + math.log(count)) * math.log(passages / known.spread[one]) for one, count in counts.items()
            }
            self._about[usage.name] = dict(sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))[:NEAREST])
        return self._about[usage.name]
