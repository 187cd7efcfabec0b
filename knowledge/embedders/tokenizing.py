"""The embedder's own tokens, from its `tokenizer.json` alone. Imports `tokenizers` on first use, never torch.

Two things differ from the file as it is published. Truncation and padding are off: the file of all-MiniLM-L6-v2 cuts
at 128 tokens. And a word of more than 100 characters, which WordPiece would turn into a single [UNK], is read in
pieces of 100 characters: `count` then says what the model really reads, and an endless word (base64, a long
path, a script without spaces) keeps a meaning instead of counting as one token that says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from tokenizers import Tokenizer as FastTokenizer

_WINDOW = 512
"""Texts encoded and sorted at a time: enough for even batches, little enough to keep the encodings small."""

_LENGTH_STEP = 8
"""Lengths are padded to a multiple of it: OpenVINO compiles for each new shape, and question lengths all differ."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of about one length. `rows` are their places in the caller's sequence; the arrays are (batch, length)."""

    rows: list[int]
    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


class EmbedderTokenizer:
    """The `knowledge.embedding.Tokenizer` of a model folder; loads in about 20 ms, on first use.

    Args:
        folder: holds `tokenizer.json`.
        max_sequence: most tokens the model reads, special tokens included.
    """

    def __init__(self, folder: Path, max_sequence: int) -> None:
        self._folder = folder
        self._max_sequence = max_sequence

    @property
    def max_tokens(self) -> int:
        """Most tokens of text the embedder reads, its special tokens already taken off."""
        return self._max_sequence - self._fast.num_special_tokens_to_add(False)

    @property
    def adds_up(self) -> bool:
        """Whether a text has as many tokens as its parts together: so where words are apart before all else."""
        return self._fast_and_adds_up[1]

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return the character span of each token of `text`, in order, without truncation.

        Starts never decrease; spans repeat where one character is several tokens (a Hangul syllable), and white
        space lies between them. Cutting inside a word can change how many tokens its halves are: count again.
        """
        return self._fast.encode(_encodable(text), add_special_tokens=False).offsets

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`, special tokens not counted, without truncation."""
        return len(self._fast.encode_batch_fast([_encodable(text)], add_special_tokens=False)[0])

    def batches(self, texts: Sequence[str], batch_tokens: int) -> Iterator[Batch]:
        """Yield `texts` as padded batches, cut to what the model reads, longest first within a window of texts.

        Args:
            texts: any number of texts.
            batch_tokens: most tokens of a batch, padding included; a longer text makes a batch of its own.
        """
        for first in range(0, len(texts), _WINDOW):
            encodings = self._encode(texts[first : first + _WINDOW])
            order = sorted(range(len(encodings)), key=lambda row: -len(encodings[row]))
            while order:
                length = min(-(-len(encodings[order[0]]) // _LENGTH_STEP) * _LENGTH_STEP, self._max_sequence)
                size = max(1, batch_tokens // length)
                taken, order = order[:size], order[size:]
                yield self._padded([encodings[row] for row in taken], [first + row for row in taken], length)

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        encodings = self._fast.encode_batch_fast([_encodable(text) for text in texts], add_special_tokens=False)
        whole = []
        for encoding in encodings:
            encoding.truncate(self.max_tokens)
            whole.append(self._fast.post_process(encoding, None, True))
        return whole

    def _padded(self, encodings: Sequence[Encoding], rows: list[int], length: int) -> Batch:
        ids = np.full((len(encodings), length), self._pad_id, dtype=np.int64)
        mask = np.zeros((len(encodings), length), dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        return Batch(rows, ids, mask)

    @property
    def _fast(self) -> FastTokenizer:
        return self._fast_and_adds_up[0]

    @cached_property
    def _fast_and_adds_up(self) -> tuple[FastTokenizer, bool]:
        try:
            from tokenizers import Regex, Tokenizer, pre_tokenizers
            from tokenizers.models import WordPiece
        except ImportError as error:
            raise EmbedderUnavailable(
                f"The package tokenizers does not import ({error}): pip install tokenizers"
            ) from error

        path = self._folder / "tokenizer.json"
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EmbedderUnavailable(f"{path} cannot be read: {error}") from error
        try:
            fast = Tokenizer.from_str(text)
        except Exception as error:  # the binding raises bare Exception for any fault in the file
            raise EmbedderUnavailable(f"{path} is not a tokenizer: {error}") from error
        fast.no_truncation()
        fast.no_padding()
        adds_up = isinstance(fast.model, WordPiece) and isinstance(fast.pre_tokenizer, pre_tokenizers.BertPreTokenizer)
        if isinstance(fast.model, WordPiece) and fast.pre_tokenizer is not None:
            pieces = pre_tokenizers.Split(Regex(f".{{{fast.model.max_input_chars_per_word}}}"), "isolated")
            fast.pre_tokenizer = pre_tokenizers.Sequence([fast.pre_tokenizer, pieces])
        return fast, adds_up

    @cached_property
    def _pad_id(self) -> int:
        """The id that fills short rows. It is masked, but some models derive positions from it."""
        path = self._folder / "tokenizer_config.json"
        try:
            declared = json.loads(path.read_bytes()).get("pad_token")
        except FileNotFoundError:
            declared = None
        except (OSError, ValueError, AttributeError) as error:
            raise EmbedderUnavailable(f"{path} cannot be read as JSON: {error}") from error
        token = declared.get("content") if isinstance(declared, dict) else declared
        known = self._fast.token_to_id(token) if isinstance(token, str) else None
        return 0 if known is None else known


def _encodable(text: str) -> str:
    """Return `text` with lone surrogates, which are no Unicode text, replaced one for one: spans stay true."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
