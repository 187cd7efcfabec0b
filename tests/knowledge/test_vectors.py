from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge.library import Library, LibraryWriter
from knowledge.model import Concept, Quote
from knowledge.vectors import ExactIndex, VectorTable, best, concept_text, packed
from tests.fakes import HashingEmbedder
from tests.knowledge.material import COURSE, LESSON, document_of, put

Vectors = NDArray[np.float32]


def put_vectors(writer: LibraryWriter, path: str, vectors: Vectors) -> list[str]:
    document, chunks = document_of(path, [f"passage {number} of {path}" for number in range(len(vectors))])
    given = {chunk.id: vector for chunk, vector in zip(chunks, vectors, strict=True)}
    writer.put_document(COURSE, document, chunks, "{}", given)
    return [chunk.id for chunk in chunks]


def unit_rows(rng: np.random.Generator, count: int) -> Vectors:
    rows = rng.normal(size=(count, 64)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def by_sorting(ids: Sequence[str], vectors: Vectors, asked: Vectors, limit: int) -> list[tuple[str, float]]:
    """The oracle: cosines in double precision, all of them sorted."""
    exact = vectors.astype(np.float64) @ asked.astype(np.float64) / np.linalg.norm(asked.astype(np.float64))
    return sorted(zip(ids, exact.tolist(), strict=True), key=lambda entry: (-round(entry[1], 6), entry[0]))[:limit]


@pytest.mark.parametrize("limit", [0, 1, 7, 40, 41, 1_000])
def test_the_exact_index_finds_what_sorting_finds(writer: LibraryWriter, limit: int) -> None:
    rng = np.random.default_rng(3)
    vectors = unit_rows(rng, 40)
    ids = put_vectors(writer, "a.md", vectors)
    asked = 2.5 * unit_rows(rng, 1)[0]
    found = writer.chunk_vectors().search(asked, limit)
    expected = by_sorting(ids, vectors, asked, limit)
    assert [one for one, _ in found] == [one for one, _ in expected]
    assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in expected], abs=2e-6)


def test_equal_vectors_come_in_the_order_of_their_ids(writer: LibraryWriter) -> None:
    vectors = np.repeat(unit_rows(np.random.default_rng(1), 1), 33, axis=0)
    ids = put_vectors(writer, "a.md", vectors)
    found = writer.chunk_vectors().search(vectors[0], 5)
    assert [one for one, _ in found] == sorted(ids)[:5]
    assert {cosine for _, cosine in found} == {1.0}


def test_an_empty_library_has_no_nearest(writer: LibraryWriter) -> None:
    assert writer.chunk_vectors().search(np.ones(64, dtype=np.float32), 5) == []
    assert writer.concept_vectors().search(np.ones(64, dtype=np.float32), 5) == []


@pytest.mark.parametrize("vector", [np.zeros(64), np.full(64, np.nan), np.ones(63)])
def test_a_question_that_points_nowhere_is_refused(lesson: LibraryWriter, vector: Vectors) -> None:
    with pytest.raises(ValueError, match="vector of"):
        lesson.chunk_vectors().search(vector.astype(np.float32), 3)


def test_an_index_follows_what_is_put_and_removed_in_any_process(folder: Path, writer: LibraryWriter) -> None:
    vectors = unit_rows(np.random.default_rng(5), 6)
    with Library.open(folder) as reader:
        index = reader.chunk_vectors()
        first = put_vectors(writer, "a.md", vectors[:3])
        assert {one for one, _ in index.search(vectors[0], 9)} == set(first)
        second = put_vectors(writer, "b.md", vectors[3:])
        assert {one for one, _ in index.search(vectors[0], 9)} == {*first, *second}
        writer.remove_document(document_of("a.md", [])[0].id)
        assert {one for one, _ in index.search(vectors[0], 9)} == set(second)


def test_vectors_are_not_read_again_when_others_changed(writer: LibraryWriter) -> None:
    document, _ = put(writer, "a.md", LESSON)
    index = ExactIndex(writer.catalog, VectorTable.CHUNKS)
    asked = HashingEmbedder().embed(["attention"])[0]
    index.search(asked, 1)
    assert index._loaded is not None
    matrix = index._loaded.matrix
    writer.arrange(COURSE, ["another", document.id])
    index.search(asked, 1)
    assert index._loaded.matrix is matrix
    assert index._loaded.generation == writer.generation


def test_many_threads_may_search_at_once(writer: LibraryWriter) -> None:
    vectors = unit_rows(np.random.default_rng(8), 50)
    put_vectors(writer, "a.md", vectors)
    index = writer.chunk_vectors()
    expected = [index.search(vector, 5) for vector in vectors]
    found: dict[int, list[list[tuple[str, float]]]] = {}

    def search(number: int) -> None:
        found[number] = [index.search(vector, 5) for vector in vectors]

    threads = [threading.Thread(target=search, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(6)] == [expected] * 6


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), st.floats(-1, 1), max_size=9), st.integers(-1, 10))
def test_the_best_of_some_are_the_first_of_all_sorted(cosines: dict[str, float], limit: int) -> None:
    everything = best(cosines, len(cosines))
    assert best(cosines, limit) == everything[: max(0, limit)]
    assert dict(everything) == cosines


def test_stored_vectors_are_little_endian_single_precision() -> None:
    vector = np.zeros(4, dtype=np.float32)
    vector[1] = 1.0
    assert packed({"a": vector}, 4) == {"a": bytes.fromhex("00000000 0000803f 00000000 00000000")}
    assert packed({}, 4) == {}


def test_a_concept_is_embedded_by_its_names_and_definition() -> None:
    quote = Quote("chunk", "CLIP joins text and image.")
    concept = Concept("id", "CLIP", ("contrastive pre-training",), quote, 1.0, 0.0, (0, 0))
    assert concept_text(concept) == "CLIP (contrastive pre-training)\nCLIP joins text and image."
    assert concept_text(Concept("id", "CLIP", (), None, 1.0, 0.0, (0, 0))) == "CLIP"
