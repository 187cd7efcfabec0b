"""Fakes of our own Protocols, shared by the tests of every package."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledge.embedding import EmbeddingSignature

if TYPE_CHECKING:
    from knowledge.embedding import Vectors

DIMENSION = 64
_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"[^\W_]+")


class RegexTokenizer:
    """Words and single marks as tokens; no special tokens."""

    def __init__(self, max_tokens: int = 254) -> None:
        self._max_tokens = max_tokens

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    @property
    def adds_up(self) -> bool:
        return True

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(text)]

    def count(self, text: str) -> int:
        return sum(1 for _ in _TOKEN.finditer(text))


class HashingEmbedder:
    """Feature-hashed words as unit vectors: texts that share words are near, in every process and on every machine.

    `embedded` keeps every text it was given, so that a test can tell what was embedded again.
    """

    def __init__(self, name: str = "hashing", dimension: int = DIMENSION, max_tokens: int = 254) -> None:
        self._signature = EmbeddingSignature(name, dimension, "0" * 64)
        self._tokenizer = RegexTokenizer(max_tokens)
        self.embedded: list[str] = []

    @property
    def signature(self) -> EmbeddingSignature:
        return self._signature

    @property
    def tokenizer(self) -> RegexTokenizer:
        return self._tokenizer

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        self.embedded.extend(texts)
        dimension = self._signature.dimension
        vectors = np.zeros((len(texts), dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower()):
                digest = zlib.crc32(word.encode())
                vectors[row, digest % dimension] += 1.0 if digest >> 31 else -1.0
            if not vectors[row].any():  # no words, or words that cancel out
                vectors[row, 0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
