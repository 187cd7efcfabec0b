"""The tokenizer counts what the model reads, and its spans lead back to the text."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as FastTokenizer

from knowledge.embedders.probes import PROBES
from knowledge.embedders.tokenizing import EmbedderTokenizer
from knowledge.errors import EmbedderUnavailable
from knowledge.weights import find_weights

ANY_TEXT = st.text(st.characters(), max_size=300) | st.sampled_from(PROBES)  # lone surrogates among them
WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=30).map(" ".join)


@cache
def minilm() -> EmbedderTokenizer:
    weights = find_weights()
    return EmbedderTokenizer(weights.folder, weights.max_sequence)


@cache
def as_published() -> FastTokenizer:
    fast = FastTokenizer.from_file(str(find_weights().folder / "tokenizer.json"))
    fast.no_truncation()
    fast.no_padding()
    return fast


def ids(text: str) -> list[int]:
    (batch,) = minilm().batches([text], 10_000)
    return [int(token) for token in batch.ids[0][batch.mask[0] > 0]]


def test_known_words_have_their_known_ids() -> None:
    assert ids("Hello, world!") == [101, 7592, 1010, 2088, 999, 102]  # bert-base-uncased's published example


def test_two_special_tokens_are_taken_off_what_the_model_reads() -> None:
    assert minilm().max_tokens == 254


@given(st.lists(ANY_TEXT, min_size=1, max_size=4), st.sampled_from([" ", "\n", "\t", "\n\n", " \n "]))
def test_parts_have_as_many_tokens_as_the_whole_where_they_are_parted_at_white_space(
    parts: list[str], gap: str
) -> None:
    assert minilm().adds_up
    assert minilm().count(gap.join(parts)) == sum(minilm().count(part) for part in parts)


def test_a_tokenizer_of_another_kind_is_not_taken_to_add_up(tmp_path: Path) -> None:
    from tokenizers import models, pre_tokenizers

    fast = FastTokenizer(models.Unigram([("\u2581a", 0.0), ("b", 0.0)], 0))
    fast.pre_tokenizer = pre_tokenizers.Metaspace()
    fast.save(str(tmp_path / "tokenizer.json"))
    assert not EmbedderTokenizer(tmp_path, 16).adds_up


@given(ANY_TEXT)
def test_spans_lie_in_the_text_in_order_and_are_counted(text: str) -> None:
    spans = minilm().spans(text)
    assert len(spans) == minilm().count(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert all(not text[start:end].isspace() for start, end in spans)


@given(ANY_TEXT)
def test_what_is_counted_is_what_the_model_is_given(text: str) -> None:
    assert len(ids(text)) == min(minilm().count(text), minilm().max_tokens) + 2


@given(WORDS)
def test_words_of_ordinary_length_are_read_as_published(text: str) -> None:
    if max((len(word) for word in text.split()), default=0) <= 50:  # well under the limit, normalising included
        assert minilm().count(text) == len(as_published().encode(text, add_special_tokens=False))


def test_long_texts_are_counted_whole_and_read_to_the_limit() -> None:
    text = "gradient " * 1_000
    assert minilm().count(text) == 1_000
    assert len(minilm().spans(text)) == 1_000
    assert ids(text) == [101, *[17978] * 254, 102]


def test_an_endless_word_counts_as_what_is_read_of_it() -> None:
    word = "deadbeef" * 625
    assert as_published().encode(word, add_special_tokens=False).tokens == ["[UNK]"]
    assert minilm().count(word) > len(word) / 10
    assert minilm().spans(word)[-1][1] == len(word)
    assert 100 not in ids(word)  # [UNK]


def test_lone_surrogates_are_read_as_unknown_characters_in_their_place() -> None:
    text = "loss \ud83d of \udc00"
    assert ids(text) == ids("loss \ufffd of \ufffd")
    assert minilm().spans(text) == minilm().spans("loss \ufffd of \ufffd")
    assert minilm().count(text) == minilm().count("loss \ufffd of \ufffd")


def test_a_word_of_exactly_the_limit_is_read_as_published() -> None:
    word = "ab" * 50
    assert ids(word) == as_published().encode(word).ids
    assert ids(word + "a") != as_published().encode(word + "a").ids == [101, 100, 102]


@given(st.lists(ANY_TEXT, max_size=40), st.integers(1, 2_000))
def test_batches_hold_every_text_once_and_keep_their_size(texts: list[str], batch_tokens: int) -> None:
    batches = list(minilm().batches(texts, batch_tokens))
    assert sorted(row for batch in batches for row in batch.rows) == list(range(len(texts)))
    for batch in batches:
        assert batch.ids.shape == batch.mask.shape == (len(batch.rows), batch.ids.shape[1])
        assert batch.ids.size <= batch_tokens or len(batch.rows) == 1
        assert [int(read) for read in batch.mask.sum(axis=1)] == [len(ids(texts[row])) for row in batch.rows]


def test_questions_come_in_few_shapes_and_never_past_what_the_model_reads() -> None:
    shapes = {batch.ids.shape for words in range(300) for batch in minilm().batches(["loss " * words], 1_024)}
    assert shapes == {(1, length) for length in range(8, 257, 8)}
    (batch,) = EmbedderTokenizer(find_weights().folder, 13).batches(["loss " * 50], 1_024)
    assert batch.ids.shape == (1, 13)


def test_more_texts_than_a_window_keep_their_rows() -> None:
    texts = ["loss " * (number % 7) for number in range(1_100)]
    for batch in minilm().batches(texts, 64):
        assert [int(read) for read in batch.mask.sum(axis=1)] == [row % 7 + 2 for row in batch.rows]


def test_short_rows_are_filled_with_the_models_own_padding(tmp_path: Path) -> None:
    folder = find_weights().folder
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"pad_token": {"content": "[MASK]"}}))
    (batch,) = EmbedderTokenizer(tmp_path, 256).batches(["a b c", "a"], 100)
    assert batch.ids[1].tolist()[3:] == [103] * 5
    assert batch.mask[1].tolist() == [1, 1, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"model": {"type": "WordPiece"}}'])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(EmbedderUnavailable, match=r"tokenizer\.json"):
        EmbedderTokenizer(tmp_path, 256).count("text")


def test_counting_imports_no_model_runtime() -> None:
    code = (
        "import sys; from knowledge.embedders import open_embedder; e = open_embedder(); e.tokenizer.count('x'); "
        "e.signature; print([m for m in ('torch', 'onnxruntime', 'openvino', 'transformers') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == "[]"
