"""Retrieval over a real library: what is found, in which order, within which budget, and what is not covered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline import ingest
from knowledge.errors import QuestionUnusable
from knowledge.library import Library
from knowledge.model import ChunkKind, Retrieval, RetrievalSettings
from knowledge.retriever import Retriever, usable_question
from tests.conftest import COURSE
from tests.fakes import HashingEmbedder

QUESTION = "What is CLIP and how is it used?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("course")
    for name, text in COURSE.items():
        (root / name).write_text(text, encoding="utf-8")
    folder = root.parent / "library"
    ingest([root], folder, HashingEmbedder())
    with Library.open(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def retriever(library: Library) -> Retriever:
    return Retriever(library, HashingEmbedder())


def names(retrieval: Retrieval) -> list[str]:
    return [item.concept.name.casefold() for item in retrieval.order]


def test_the_concept_that_the_question_names_is_its_first_seed(retriever: Retriever) -> None:
    found = retriever.retrieve(QUESTION)
    assert found.seeds[0].concept.name == "CLIP"
    assert found.seeds[0].reason == "named in the question"
    assert found.covered


def test_hits_carry_the_ranks_and_scores_that_placed_them(retriever: Retriever) -> None:
    found = retriever.retrieve(QUESTION)
    assert 0 < len(found.hits) <= 5
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)
    for hit in found.hits:
        assert (hit.cosine is None) == (hit.dense_rank is None)
        assert (hit.bm25 is None) == (hit.lexical_rank is None)
        assert hit.dense_rank is not None or hit.lexical_rank is not None
        assert hit.cosine is None or -1.001 <= hit.cosine <= 1.001


@given(depth=st.integers(0, 4), budget=st.integers(1, 8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_is_within_budget_and_depth_and_prerequisites_come_first(
    retriever: Retriever, library: Library, depth: int, budget: int
) -> None:
    found = retriever.retrieve(QUESTION, RetrievalSettings(prerequisite_depth=depth, max_concepts=budget))
    ids = [item.concept.id for item in found.order]
    assert len(ids) == len(set(ids)) <= budget
    assert all(item.distance <= depth for item in found.order)
    assert {seed.concept.id for seed in found.seeds} <= set(ids)
    for edge in library.catalog.prerequisites_of(ids):
        if edge.source_id in ids:
            assert ids.index(edge.source_id) < ids.index(edge.target_id)
    more = retriever.retrieve(QUESTION, RetrievalSettings(prerequisite_depth=depth, max_concepts=budget + 1))
    assert set(ids) <= {item.concept.id for item in more.order}


def test_what_the_budget_left_out_is_named(retriever: Retriever) -> None:
    whole = retriever.retrieve(QUESTION, RetrievalSettings(prerequisite_depth=3))
    cut = retriever.retrieve(QUESTION, RetrievalSettings(prerequisite_depth=3, max_concepts=2))
    gone = {item.concept.id for item in cut.left_out}
    assert gone == {item.concept.id for item in whole.order} - {item.concept.id for item in cut.order}
    assert gone


def test_passages_teach_the_kept_concepts_and_their_documents_are_there(retriever: Retriever) -> None:
    found = retriever.retrieve(QUESTION)
    for item in found.order:
        assert found.passages[item.concept.id]
    for group in found.passages.values():
        assert all(chunk.document_id in found.documents for chunk in group)
    assert all(document.text == "" for document in found.documents.values())


def test_hits_come_with_the_prose_beside_them_in_their_lessons(retriever: Retriever, library: Library) -> None:
    found = retriever.retrieve("What is CLIP?")
    held = {chunk.id for chunk in found.passages[found.seeds[0].concept.id]}
    for hit in found.hits:
        siblings = library.catalog.document_chunks(hit.chunk.document_id)
        at = siblings.index(hit.chunk)
        beside = [chunk for chunk in siblings[max(0, at - 1) : at + 2] if chunk.kind is ChunkKind.PROSE]
        assert held >= {chunk.id for chunk in beside}


def test_the_same_question_finds_the_same(retriever: Retriever, library: Library) -> None:
    assert retriever.retrieve(QUESTION) == Retriever(library, HashingEmbedder()).retrieve(QUESTION)


def test_without_an_embedder_words_alone_find_the_lesson(library: Library) -> None:
    found = Retriever(library, None).retrieve(QUESTION)
    assert found.seeds[0].concept.name == "CLIP"
    assert all(hit.cosine is None for hit in found.hits)
    assert found.covered


@pytest.mark.parametrize("question", ["How do penguins sleep in winter?", "Who won the football match yesterday?"])
def test_what_the_course_does_not_teach_is_not_covered(retriever: Retriever, question: str) -> None:
    found = retriever.retrieve(question)
    assert not found.covered
    assert found.coverage < 0.5


def test_a_question_of_nothing_but_what_the_course_teaches_is_covered_however_it_is_put(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.retriever.coverage", lambda *_: 0.1)
    asked = ("contrastive learning?", "What are embeddings", "contrastive learning of whales", "What is a whale?")
    assert [retriever.retrieve(question).covered for question in asked] == [True, True, False, False]


@pytest.mark.parametrize("question", ["", "   ", "?!…", "\x00\x01", "x" * 4_001])
def test_a_question_that_is_none_is_refused(question: str) -> None:
    with pytest.raises(QuestionUnusable):
        usable_question(question)


@given(st.text(min_size=1, max_size=300))
def test_a_usable_question_is_one_line_of_printable_text(text: str) -> None:
    try:
        asked = usable_question(text)
    except QuestionUnusable:
        return
    assert asked == asked.strip()
    assert all(character.isprintable() for character in asked)


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_breaks_retrieval(retriever: Retriever, text: str) -> None:
    try:
        found = retriever.retrieve(text)
    except QuestionUnusable:
        return
    assert 0.0 <= found.coverage <= 1.0


def test_langchain_gets_the_same_hits_with_their_places(retriever: Retriever) -> None:
    from knowledge.langchain_edge import as_langchain_retriever

    found = retriever.retrieve(QUESTION)
    documents = as_langchain_retriever(retriever).invoke(QUESTION)
    assert [document.id for document in documents] == [hit.chunk.id for hit in found.hits]
    assert documents[0].page_content == found.hits[0].chunk.text
    assert documents[0].metadata["source"] in {document.title for document in found.documents.values()}
    assert documents[0].metadata["uri"].partition("#")[2]


def test_a_stop_word_in_the_question_names_no_concept_with_such_an_acronym(tmp_path: Path) -> None:
    text = "# Scores\n\n**Inception score (IS)** is a measure of generated images.\n\n## Inception score\n\nIS grows.\n"
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "scores.md").write_text(text, encoding="utf-8")
    ingest([tmp_path / "course"], tmp_path / "library", HashingEmbedder())
    with Library.open(tmp_path / "library") as opened:
        retriever = Retriever(opened, None)
        named = [retriever.retrieve(question).seeds for question in ("What is a score?", "What does IS measure?")]
    assert not any(seed.reason == "named in the question" for seed in named[0])
    assert named[1][0].concept.name == "Inception score"
