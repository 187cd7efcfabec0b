"""What an embedder is. Adapters live beside this module and load their weights on first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbeddingSignature:
    """Names what made a vector. Vectors of different signatures are never compared.

    The runtime (torch, ONNX Runtime, OpenVINO; fp32 or bf16) is left out: adapters are accepted only where their
    vectors keep a cosine of at least 0.9999 to the reference weights.
    """

    name: str
    dimension: int
    weights_sha256: str


class Tokenizer(Protocol):
    """Counts and finds the embedder's own tokens; cheap to load, needs no model."""

    @property
    def max_tokens(self) -> int:
        """Most tokens of text the embedder reads, its special tokens already taken off."""
        ...

    @property
    def adds_up(self) -> bool:
        """Whether a text has as many tokens as its parts together, where they are parted at white space."""
        ...

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the character span of each token of `text`, in order, without truncation."""
        ...

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`, special tokens not counted, without truncation."""
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors. Construction is cheap; the first `embed` loads the weights."""

    @property
    def signature(self) -> EmbeddingSignature:
        """What names this embedder's vectors. Reading it loads no weights."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that the embedder itself uses."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 unit vectors, shape (len(texts), dimension), in the order of `texts`.

        Raises:
            EmbedderUnavailable: the weights are missing, altered, or a package does not import.
        """
        ...
