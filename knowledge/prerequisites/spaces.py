"""One way of seeing names as vectors: how alike two of them are there, and which is usually learned earlier.

Names may be seen by what they mean (`Embedder`) or by the company they keep in a library (`company`). A name that a way
does not see says nothing: its signals are 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from knowledge.prerequisites.levels import Levels, fit_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

Listed = Sequence[tuple[str, str]]
Own = Sequence[tuple[str, str, float]]
Vectors = Mapping[str, "NDArray[np.float32]"]


class Space:
    """Unit vectors of names, and levels fitted to them when the first one is asked for."""

    def __init__(self, see: Callable[[Sequence[str]], Vectors], usual: Listed, own: Callable[[], Own] = tuple) -> None:
        """Take what sees names, and the pairs (earlier, later) that levels are fitted to.

        Args:
            see: returns the unit vectors of the names it knows.
            usual: pairs of a list.
            own: returns pairs of the library with their confidence.
        """
        self._see = see
        self._usual = usual
        self._own = own
        self._seen: dict[str, NDArray[np.float32] | None] = {}
        self._levels: Levels | None = None
        self._fitted = False

    def look_at(self, names: Sequence[str]) -> None:
        """See these names at once: asking for many together is faster."""
        missing = [name for name in dict.fromkeys(names) if name not in self._seen]
        if missing:
            found = self._see(missing)
            self._seen.update((name, found.get(name)) for name in missing)

    def alike(self, one: str, other: str) -> float:
        """Return the cosine of two names, 0 where it is negative or one of them is not seen."""
        first, second = self._vector(one), self._vector(other)
        return 0.0 if first is None or second is None else max(0.0, float(first @ second))

    def ahead(self, one: str, other: str) -> float:
        """Return how much earlier, in log-odds, the first name is usually learned; 0 where one is not seen."""
        first, second = self._vector(one), self._vector(other)
        if first is None or second is None:
            return 0.0
        if not self._fitted:
            self._levels, self._fitted = self._fit(), True
        return 0.0 if self._levels is None else float(self._levels.of(second - first))

    def _vector(self, name: str) -> NDArray[np.float32] | None:
        self.look_at([name])
        return self._seen[name]

    def _fit(self) -> Levels | None:
        own = self._own()
        pairs = [*self._usual, *((earlier, later) for earlier, later, _ in own)]
        self.look_at([name for pair in pairs for name in pair])
        seen = {name: vector for name, vector in self._seen.items() if vector is not None}
        usual = [pair for pair in self._usual if seen.keys() >= set(pair)]
        return fit_levels(seen, usual, own) if usual or own else None
