"""Cosines of sentences by the library's embedder, each sentence embedded once. Safe to use from several threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors

REMEMBERED = 2_000
"""Sentences whose vectors are kept (1.5 kB each): the steps of a lesson, and of the next, quote the same passages."""


class SentenceSimilarity:
    """Returns cosines of texts, and remembers the vectors of the latest ones."""

    def __init__(self, embedder: Embedder) -> None:
        """Use the embedder that made the library's vectors; any would do."""
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str], others: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the cosine of each of `texts` (rows) with each of `others` (columns)."""
        if not texts or not others:
            return [[] for _ in texts]
        vectors = self._embedded([*texts, *others])
        rows: list[list[float]] = [[float(a @ b) for b in vectors[len(texts) :]] for a in vectors[: len(texts)]]
        return rows

    def _embedded(self, texts: Sequence[str]) -> list[Vectors]:
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self._embedder.embed(missing), strict=True))
        with self._lock:
            for text, vector in known.items():
                self._vectors[text] = vector
                self._vectors.move_to_end(text)
            while len(self._vectors) > REMEMBERED:
                self._vectors.popitem(last=False)
        return [known[text] for text in texts]
