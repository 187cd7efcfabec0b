"""The company a name keeps: the mean of the passages that name it, as the library's own vectors of them have it.

"You shall know a word by the company it keeps" (Firth, 1957). Says nothing of a name that no passage holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from knowledge.catalog import Catalog
from knowledge.prerequisites.usage import Usage, Usages
from knowledge.vectors import VectorTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PASSAGES = 100
"""Passages read for a name, evenly over all that name it: on held-out topics as good as all of them."""
MOST_AT_LARGE = 1_000
"""Passages that stand for the library at large."""


class Company:
    """Reads the company of names in one library."""

    def __init__(self, catalog: Catalog, usages: Usages) -> None:
        """Take the library and where names stand in it; nothing is read yet."""
        self._catalog = catalog
        self._usages = usages

    def of(self, names: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return a unit vector for each name, less what all passages have in common; names without one are left out."""
        found = {name: self._kept(self._usages.of(name)) for name in dict.fromkeys(names)}
        return {name: vector for name, vector in found.items() if vector is not None}

    def _kept(self, usage: Usage) -> NDArray[np.float32] | None:
        if not usage.known:
            return None
        rows = self._passages(_evenly(sorted(usage.chunks), MOST_PASSAGES))
        if not len(rows):
            return None
        mean: NDArray[np.float32] = rows.mean(axis=0) - self._at_large
        length = float(np.linalg.norm(mean))
        return mean / np.float32(length) if length > 0 else None

    @cached_property
    def _at_large(self) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = self._passages(_evenly(sorted(self._usages.places), MOST_AT_LARGE)).mean(axis=0)
        return mean

    def _passages(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the stored vectors of these chunks, shape (those that have one, dimension)."""
        query = (
            f"SELECT vector FROM {VectorTable.CHUNKS} AS kept JOIN chunks ON chunks.id = kept.id "
            "WHERE chunks.number IN (SELECT value FROM json_each(?)) ORDER BY chunks.number"
        )
        with self._catalog.reading() as db:
            blobs = [blob for (blob,) in db.execute(query, (json.dumps(list(numbers)),))]
        rows = np.frombuffer(b"".join(blobs), "<f4").reshape(len(blobs), -1 if blobs else 0)
        return rows.astype(np.float32)


def _evenly(numbers: Sequence[int], most: int) -> Sequence[int]:
    """Return at most so many of the numbers, evenly over all."""
    return numbers if len(numbers) <= most else [numbers[place * len(numbers) // most] for place in range(most)]
