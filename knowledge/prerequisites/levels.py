"""How early a name is usually learned, read from its vector: what is known of some names, generalised to all.

A logistic model of pairs (Bradley and Terry, 1952): the log-odds that one name comes before another are the difference
of their levels, and a level is a linear function of the name's vector. It is fitted anew for the embedder in use, to
the curriculum and to the library's own edges, in about a second; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knowledge.embedding import Vectors

SHRINKAGE = 0.03
"""Weight of the squared length of the model: chosen by cross-validation over held-out topics of the curriculum."""
COURSE_SHARE = 0.25
"""What a library's own edges weigh, all together, beside the curriculum's: both orders have to be heard."""
_STEPS = 12


@dataclass(frozen=True)
class Levels:
    """Gives each vector a level; the higher, the later it is usually learned."""

    direction: NDArray[np.float64]
    """Shape (dimension,)."""

    def of(self, vectors: Vectors) -> NDArray[np.float64]:
        """Return the level of each row of `vectors`, shape (rows,)."""
        found: NDArray[np.float64] = vectors.astype(np.float64) @ self.direction
        return found


def fit_levels(
    vectors: Mapping[str, NDArray[np.float32]],
    curriculum: Sequence[tuple[str, str]],
    course: Sequence[tuple[str, str, float]] = (),
) -> Levels:
    """Return the levels that put the first name of most pairs below the second.

    Newton's method on the mean log-loss with a ridge, which has one minimum: the order of the pairs does not matter.

    Args:
        vectors: unit vector of every name in the pairs.
        curriculum: (earlier, later), each counting the same.
        course: (earlier, later, confidence) of the library's own edges.

    Raises:
        ValueError: there are no pairs.
    """
    if not curriculum and not course:
        raise ValueError("levels need at least one pair")
    pairs = [*curriculum, *((earlier, later) for earlier, later, _ in course)]
    names = {name: row for row, name in enumerate(sorted({name for pair in pairs for name in pair}))}
    rows = np.stack([vectors[name] for name in names]).astype(np.float64)  # (names, dimension)
    first, second = np.array([(names[earlier], names[later]) for earlier, later in pairs]).T
    share = COURSE_SHARE if curriculum and course else float(bool(course))
    sure = np.array([confidence for _, _, confidence in course])
    counts = np.concatenate(
        [np.full(len(curriculum), (1 - share) / max(1, len(curriculum))), share * sure / max(1e-9, sure.sum())]
    )
    direction = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        level = rows @ direction
        right = 1.0 / (1.0 + np.exp(level[first] - level[second]))
        # pairs act on differences of rows: sums over them are taken among the names, which are far fewer
        pull = np.bincount(second, counts * (1.0 - right), len(rows)) - np.bincount(
            first, counts * (1.0 - right), len(rows)
        )
        stiff = counts * right * (1.0 - right)
        laplacian = np.zeros((len(rows), len(rows)))
        np.add.at(laplacian, (first, second), -stiff)
        np.add.at(laplacian, (second, first), -stiff)
        laplacian[np.diag_indices(len(rows))] -= laplacian.sum(axis=1)
        slope = rows.T @ pull - SHRINKAGE * direction
        curve = rows.T @ laplacian @ rows + SHRINKAGE * np.eye(len(direction))
        direction = direction + np.linalg.solve(curve, slope)
    return Levels(direction)
