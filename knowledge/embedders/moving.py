"""An embedder that starts quickly and moves long work over to another one that starts slowly and runs faster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, EmbeddingSignature, Tokenizer, Vectors

_LONG_WORK = 8  # texts in one call that make it work on a course, not a question


class MovingEmbedder:
    """Embeds with `everyday` until moving has paid, then long work with what `faster` returns; questions stay.

    The rule for moving is that of renting skis: once as much time went into long work as the faster embedder needs
    to start, start it. However long the work turns out to be, this takes at most about twice the time of the better
    choice made in hindsight (Karlin, Manasse, Rudolph and Sleator, 1988, on competitive algorithms).

    Args:
        everyday: starts quickly.
        faster: asked once, when moving would pay; None if there is nothing to move to.
        start_s: seconds the faster one needs before its first vector.
        clock: seconds that only ever rise.
    """

    def __init__(
        self,
        everyday: Embedder,
        faster: Callable[[], Embedder | None],
        start_s: float,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._everyday = everyday
        self._long_work: Embedder | None = None  # None until decided
        self._faster = faster
        self._start_s = start_s
        self._clock = clock
        self._spent_s = 0.0
        self._lock = threading.Lock()

    @property
    def signature(self) -> EmbeddingSignature:
        """What names this embedder's vectors. Reading it loads no weights."""
        return self._everyday.signature

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that the embedder itself uses."""
        return self._everyday.tokenizer

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 unit vectors, shape (len(texts), dimension), in the order of `texts`.

        Raises:
            EmbedderUnavailable: the weights are missing, altered, or a package does not import.
        """
        if len(texts) < _LONG_WORK:
            return self._everyday.embed(texts)
        embedder = self._for_long_work()
        start = self._clock()
        vectors = embedder.embed(texts)
        with self._lock:
            self._spent_s += self._clock() - start
        return vectors

    def _for_long_work(self) -> Embedder:
        with self._lock:
            if self._long_work is None:
                if self._spent_s < self._start_s:
                    return self._everyday
                self._long_work = self._faster() or self._everyday
            return self._long_work
