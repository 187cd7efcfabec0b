"""Cosines are those of the embedder, and a sentence is embedded once."""

from __future__ import annotations

import pytest

from tests.fakes import HashingEmbedder
from tutor import similarity
from tutor.similarity import SentenceSimilarity


def test_rows_are_texts_and_columns_the_others() -> None:
    cosines = SentenceSimilarity(HashingEmbedder())(["red circle", "loss"], ["red circle", "blue square", "loss"])
    assert [len(row) for row in cosines] == [3, 3]
    assert cosines[0][0] == pytest.approx(1.0, abs=1e-5)
    assert cosines[1][2] == pytest.approx(1.0, abs=1e-5)
    assert cosines[0][0] > cosines[0][1]


def test_nothing_is_embedded_twice_or_for_nothing() -> None:
    embedder = HashingEmbedder()
    cosines = SentenceSimilarity(embedder)
    assert cosines([], ["a"]) == []
    assert cosines(["a"], []) == [[]]
    cosines(["a", "b"], ["b", "c"])
    cosines(["c"], ["a"])
    assert sorted(embedder.embedded) == ["a", "b", "c"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "REMEMBERED", 3)
    embedder = HashingEmbedder()
    cosines = SentenceSimilarity(embedder)
    cosines(["a"], ["b", "c", "d"])
    cosines(["a"], ["b"])
    assert embedder.embedded.count("a") == 2
