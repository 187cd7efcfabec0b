from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import lexical
from knowledge.library import LibraryWriter
from tests.knowledge.material import LESSON, put


def texts(writer: LibraryWriter, query: str, limit: int = 10) -> list[str]:
    found = writer.catalog.lexical_search(query, limit)
    return [chunk.text for chunk in writer.catalog.chunks([chunk_id for chunk_id, _ in found])]


def test_the_best_match_comes_first_with_a_larger_score(lesson: LibraryWriter) -> None:
    found = lesson.catalog.lexical_search("What are attention layers of Transformer models?", 10)
    assert lesson.catalog.chunks([found[0][0]])[0].text == LESSON[2]
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0


def test_words_match_in_other_forms_and_without_accents(writer: LibraryWriter) -> None:
    put(writer, "a.md", ["Initializing a naïve model", "Warping images"])
    assert texts(writer, "initialized") == ["Initializing a naïve model"]
    assert texts(writer, "naive") == texts(writer, "nai\u0308ve") == ["Initializing a naïve model"]
    assert texts(writer, "an image is warped") == ["Warping images"]


def test_names_in_code_are_found_by_the_words_inside_them(writer: LibraryWriter) -> None:
    put(writer, "a.md", [LESSON[3], LESSON[0]])
    assert texts(writer, "loading data in batches, data first") == [LESSON[3]]
    put(writer, "b.md", ["from transformers import TrainingArguments"])
    assert texts(writer, "an argument") == ["from transformers import TrainingArguments"]
    assert texts(writer, "DataLoader") == [LESSON[3]]
    assert texts(writer, "What is batch_size?") == [LESSON[3]]


def test_a_snake_case_name_outranks_its_scattered_words(writer: LibraryWriter) -> None:
    apart = "the size of a batch, and what a batch costs in size"
    put(writer, "a.md", [apart, "set batch_size first, and what it costs"])
    assert texts(writer, "batch_size")[0].startswith("set batch_size")


def test_a_question_of_stop_words_alone_still_finds_them(writer: LibraryWriter) -> None:
    put(writer, "a.md", ["to be or not to be", "attention layers"])
    assert texts(writer, "to be or not to be") == ["to be or not to be"]
    assert lexical.query_words("what is attention") == ["attention"]


@pytest.mark.parametrize("query", ["", " ", "\x00", '"', "* - ^ : ()", "🙂", "\ud800"])
def test_a_query_without_words_finds_nothing(lesson: LibraryWriter, query: str) -> None:
    assert lesson.catalog.lexical_search(query, 5) == []


@pytest.mark.parametrize(
    "query",
    [
        'attention" OR "',
        "attention NEAR/2 (layers AND NOT models)",
        "title: attention*",
        "{title headings}: attention",
        "'; DROP TABLE chunks; -- attention",
        "attention\x00layers",
        "attention 🙂 layers",
        "^attention + layers",
        "attention " + "x" * 20_000,
        "attention " + " ".join(f"word{number}" for number in range(3_000)),
        "attention " * 2_000,
    ],
)
def test_whatever_is_asked_is_only_words(lesson: LibraryWriter, query: str) -> None:
    assert LESSON[2] in texts(lesson, query)
    assert lesson.catalog.counts().chunks == len(LESSON)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200), st.integers(-1, 3))
def test_no_text_breaks_a_search(lesson: LibraryWriter, query: str, limit: int) -> None:
    assert len(lesson.catalog.lexical_search(query, limit)) <= max(0, limit)


def test_scores_are_okapi_bm25(writer: LibraryWriter) -> None:
    """Against the formula of Robertson and Zaragoza 2009, eq. 3.15, with FTS5's k1 = 1.2, b = 0.75 and IDF."""
    passages = [
        "flow warps image",
        "image image image of a cat",
        "gradient descent",
        "loss falls",
        "cat sleeps long now",
    ]
    put(writer, "t.md", passages)
    counted = [Counter(passage.split()) for passage in passages]
    # a chunk's length counts every column: here the title "t" and the heading "Part n"
    lengths = [sum(counter.values()) + 3 for counter in counted]
    mean = sum(lengths) / len(lengths)
    having = sum("image" in counter for counter in counted)
    idf = math.log((len(passages) - having + 0.5) / (having + 0.5))
    expected = {
        passage: idf * counter["image"] * 2.2 / (counter["image"] + 1.2 * (0.25 + 0.75 * length / mean))
        for passage, counter, length in zip(passages, counted, lengths, strict=True)
        if counter["image"]
    }
    found = dict(writer.catalog.lexical_search("image", 10))
    by_text = {chunk.text: found[chunk.id] for chunk in writer.catalog.chunks(list(found))}
    assert by_text == pytest.approx(expected)


def test_equal_chunks_come_in_the_order_of_their_ids(writer: LibraryWriter) -> None:
    put(writer, "a.md", ["same words here", "other", "same words here"])
    found = writer.catalog.lexical_search("same words", 5)
    assert [score for _, score in found] == pytest.approx([found[0][1]] * 2)
    assert [chunk_id for chunk_id, _ in found] == sorted(chunk_id for chunk_id, _ in found)
