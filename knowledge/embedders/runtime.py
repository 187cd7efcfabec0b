"""What runs a model's arithmetic, and the embedder built on it: tokens in batches of one length, unit vectors out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge.embedders.tokenizing import EmbedderTokenizer
from knowledge.embedding import EmbeddingSignature
from knowledge.weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knowledge.embedding import Vectors


class Backend(StrEnum):
    """The closed set of ways to run the model."""

    OPENVINO_BF16 = "openvino-bf16"
    OPENVINO = "openvino-fp32"
    ONNXRUNTIME = "onnxruntime-fp32"
    TORCH_BF16 = "torch-bf16"
    TORCH = "torch-fp32"

    @property
    def lean(self) -> bool:
        """Whether it runs without torch, from the exported model."""
        return self not in (Backend.TORCH, Backend.TORCH_BF16)


class Runtime(Protocol):
    """A loaded model. `run` may be called from several threads."""

    @property
    def batch_tokens(self) -> int:
        """Most tokens of a batch, padding included, that it runs well."""
        ...

    @property
    def at_once(self) -> int:
        """How many batches it runs at the same time, each on a core of its own; 1 where one takes every core."""
        ...

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Return one vector a row, shape (batch, dimension), float32; their length is not relied on."""
        ...


class LocalEmbedder:
    """The `knowledge.embedding.Embedder` of weights on this machine. Safe to share between threads.

    Texts past `tokenizer.max_tokens` are cut there. Prompts that a model's card asks to put before queries are not
    added: questions and chunks are embedded alike.

    Args:
        weights: the model's files; verified before the first use.
        load: makes the runtime, once, on the first `embed`.
    """

    def __init__(self, weights: Weights, load: Callable[[Weights, EmbedderTokenizer], Runtime]) -> None:
        self.weights = weights
        self._load = load
        self._runtime: Runtime | None = None
        self._lock = threading.Lock()

    @cached_property
    def signature(self) -> EmbeddingSignature:
        """What names this embedder's vectors. Reading it loads no weights."""
        return EmbeddingSignature(self.weights.name, self.weights.dimension, self.weights.sha256)

    @cached_property
    def tokenizer(self) -> EmbedderTokenizer:
        """The tokenizer that the embedder itself uses."""
        return EmbedderTokenizer(self.weights.folder, self.weights.max_sequence)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 unit vectors, shape (len(texts), dimension), in the order of `texts`.

        Raises:
            EmbedderUnavailable: the weights are missing, altered, or a package does not import.
        """
        if not texts:
            return np.empty((0, self.signature.dimension), dtype=np.float32)
        return embed_with(self._loaded(), self.tokenizer, texts)

    def _loaded(self) -> Runtime:
        with self._lock:
            if self._runtime is None:
                self.weights.verify()
                self._runtime = self._load(self.weights, self.tokenizer)
            return self._runtime


def embed_with(runtime: Runtime, tokenizer: EmbedderTokenizer, texts: Sequence[str]) -> Vectors:
    """Return the unit vectors of `texts` (at least one), in their order, shape (len(texts), dimension)."""
    batches = list(tokenizer.batches(texts, runtime.batch_tokens))
    if len(batches) == 1 or runtime.at_once == 1:
        parts = [runtime.run(batch.ids, batch.mask) for batch in batches]
    else:
        with ThreadPoolExecutor(min(runtime.at_once, len(batches)), thread_name_prefix="batch") as threads:
            parts = list(threads.map(lambda batch: runtime.run(batch.ids, batch.mask), batches))
    vectors = np.empty((len(texts), parts[0].shape[1]), dtype=np.float32)
    vectors[[row for batch in batches for row in batch.rows]] = np.concatenate(parts)
    # In single precision here: a runtime that computes in bf16 leaves lengths off by up to 1/256.
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def cores() -> int:
    """Return how many processor cores this process may keep busy: its affinity and its cgroup's quota, at most 8."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        quota, period = "max", "1"  # no cgroup here, or an older kind
    if quota != "max":
        usable = min(usable, max(1, round(int(quota) / int(period))))
    return max(1, min(usable, 8))
