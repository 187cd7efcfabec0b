"""The embedder around a runtime: order kept, unit vectors, loaded once, never from altered weights."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.embedders.moving import MovingEmbedder
from knowledge.embedders.runtime import LocalEmbedder, cores
from knowledge.embedders.tokenizing import EmbedderTokenizer
from knowledge.embedding import EmbeddingSignature
from knowledge.errors import EmbedderUnavailable
from knowledge.weights import find_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knowledge.embedding import Vectors

WEIGHTS = find_weights()
TEXTS = st.lists(st.text("ab cd", max_size=60), min_size=1, max_size=30)


class CountingRuntime:
    """Answers with (tokens read, sum of ids, 1): what a text was read as can be told from its vector."""

    batch_tokens = 40
    at_once = 3

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        read = mask.sum(axis=1)
        return np.stack([read, (ids * mask).sum(axis=1), np.ones_like(read)], axis=1).astype(np.float32)


@cache
def embedder() -> LocalEmbedder:
    return LocalEmbedder(WEIGHTS, lambda _weights, _tokenizer: CountingRuntime())


@given(TEXTS)
def test_vectors_come_in_the_order_of_the_texts_and_have_length_one(texts: list[str]) -> None:
    tested = embedder()
    vectors = tested.embed(texts)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    read = vectors[:, 0] / vectors[:, 2]
    assert read.round().astype(int).tolist() == [tested.tokenizer.count(text) + 2 for text in texts]


@given(TEXTS)
def test_a_text_has_the_same_vector_alone_and_among_others(texts: list[str]) -> None:
    together = embedder().embed(texts)
    alone = np.concatenate([embedder().embed([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-6)


def test_nothing_is_loaded_for_signature_tokenizer_or_no_texts() -> None:
    def refuse(*_: object) -> CountingRuntime:
        raise AssertionError("loaded")

    tested = LocalEmbedder(WEIGHTS, refuse)
    assert tested.signature == EmbeddingSignature("all-MiniLM-L6-v2", 384, WEIGHTS.sha256)
    assert tested.tokenizer.count("a b") == 2
    assert tested.embed([]).shape == (0, 384)
    with pytest.raises(AssertionError, match="loaded"):
        tested.embed(["a"])


def test_threads_that_ask_at_once_load_the_model_once() -> None:
    loads = []
    gate = threading.Barrier(4)

    def load(*_: object) -> CountingRuntime:
        loads.append(1)
        return CountingRuntime()

    tested = LocalEmbedder(WEIGHTS, load)

    def ask() -> None:
        gate.wait(timeout=10)
        tested.embed(["a question"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(loads) == 1


def test_altered_weights_are_refused_before_anything_is_loaded() -> None:
    altered = replace(WEIGHTS, pinned={**WEIGHTS.pinned, "config.json": "0" * 64})

    def refuse(*_: object) -> CountingRuntime:
        raise AssertionError("loaded")

    with pytest.raises(EmbedderUnavailable, match="not the published file"):
        LocalEmbedder(altered, refuse).embed(["a"])


def test_cores_are_a_small_positive_number() -> None:
    assert 1 <= cores() <= 8


class Stopwatch:
    """A clock that moves only when an embedder works."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class TimedEmbedder:
    """Takes a second a text and notes how many it was given."""

    def __init__(self, clock: Stopwatch) -> None:
        self.clock = clock
        self.given: list[int] = []
        self.signature = EmbeddingSignature("timed", 3, "")
        self.tokenizer = EmbedderTokenizer(WEIGHTS.folder, WEIGHTS.max_sequence)

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.given.append(len(texts))
        self.clock.now_s += len(texts)
        return np.ones((len(texts), 3), dtype=np.float32)


def test_long_work_moves_once_it_took_as_long_as_the_faster_one_starts_and_questions_stay() -> None:
    clock = Stopwatch()
    everyday, faster = TimedEmbedder(clock), TimedEmbedder(clock)
    asked = []
    tested = MovingEmbedder(everyday, lambda: asked.append(1) or faster, 20.0, clock)
    for count in (1, 10, 7, 10, 10, 1, 50):
        tested.embed(["text"] * count)
    assert everyday.given == [1, 10, 7, 10, 1]
    assert faster.given == [10, 50]
    assert len(asked) == 1


def test_questions_alone_never_start_the_slow_one() -> None:
    clock = Stopwatch()
    everyday = TimedEmbedder(clock)

    def refuse() -> TimedEmbedder:
        raise AssertionError("asked")

    tested = MovingEmbedder(everyday, refuse, 2.0, clock)
    for _ in range(50):
        tested.embed(["a question"])
    assert sum(everyday.given) == 50


def test_with_nothing_to_move_to_it_stays_and_asks_once() -> None:
    clock = Stopwatch()
    everyday = TimedEmbedder(clock)
    asked: list[int] = []
    tested = MovingEmbedder(everyday, lambda: asked.append(1), 5.0, clock)
    for _ in range(4):
        tested.embed(["text"] * 8)
    assert (everyday.given, asked) == ([8, 8, 8, 8], [1])
