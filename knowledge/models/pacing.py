"""When a model counts as hung, and how a caller stays able to stop it.

An answer is read in a thread of its own, so the caller gets the word every fraction of a second, even while the model
still reads its prompt. Knows nothing of any protocol.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from knowledge.errors import ModelFailed

_CHARACTERS_PER_TOKEN = 32  # far above any tokenizer's average: only a server that ignores the limit gets there
_JOIN_S = 0.5


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """How long to wait for a model. A model is hung when it stays silent past these times, however long it talks.

    Raises:
        ValueError: a time is not above zero.
    """

    connect_s: float = 1.0
    first_token_s: float = 180.0
    """Until the first token: loading the model and reading the prompt are in it."""
    next_token_s: float = 60.0
    heartbeat_s: float = 0.25

    def __post_init__(self) -> None:
        times = (self.connect_s, self.first_token_s, self.next_token_s, self.heartbeat_s)
        if min(times) <= 0:
            raise ValueError(f"every limit must be above 0 s, got {times}")

    @property
    def longest_silence_s(self) -> float:
        """Return the longest silence that any part of an answer may hold."""
        return max(self.first_token_s, self.next_token_s)


def paced(
    answer: Generator[str, None, None],
    stop: Callable[[], None],
    limits: ModelLimits,
    *,
    who: str,
    max_tokens: int,
) -> Generator[str, None, None]:
    """Yield the pieces of `answer`, and an empty string at each heartbeat that brought none.

    Args:
        answer: read to its end in another thread; an empty piece is a sign of life.
        stop: makes `answer` end at once, from any thread; called when the reading ends, however it ends.
        limits: what counts as hung.
        who: the model's name for the messages.
        max_tokens: what the model was told; one that writes far past it is cut off.

    Raises:
        ModelFailed: the model was silent past its limit or talked past its end. Errors of `answer` come as they are.
    """
    pieces: SimpleQueue[str | _End] = SimpleQueue()
    over = threading.Event()
    reader = threading.Thread(target=_read, args=(answer, pieces, over), name=f"reads {who}", daemon=True)
    reader.start()
    room = max_tokens * _CHARACTERS_PER_TOKEN + 1024
    allowed_s, heard_at = limits.first_token_s, time.monotonic()
    try:
        while True:
            try:
                piece = pieces.get(timeout=limits.heartbeat_s)
            except Empty:
                if time.monotonic() - heard_at > allowed_s:
                    raise ModelFailed(f"{who} was silent for {allowed_s:g} s, so it was stopped.") from None
                yield ""
                continue
            if isinstance(piece, _End):
                if piece.error is not None:
                    raise piece.error
                return
            room -= len(piece)
            if room < 0:
                raise ModelFailed(f"{who} wrote far more than the {max_tokens} tokens it was asked for.")
            allowed_s, heard_at = limits.next_token_s, time.monotonic()
            yield piece
    finally:
        over.set()
        stop()
        reader.join(_JOIN_S)


@dataclass(frozen=True, slots=True)
class _End:
    """The last thing a reader says: how the answer ended."""

    error: Exception | None = None


def _read(answer: Generator[str, None, None], pieces: SimpleQueue[str | _End], over: threading.Event) -> None:
    """Pass on what `answer` says until it is `over`: a shut socket still gives what the server goes on sending."""
    try:
        with closing(answer):
            for piece in answer:
                if over.is_set():
                    break
                pieces.put(piece)
    except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
        pieces.put(_End(error))
    else:
        pieces.put(_End())
