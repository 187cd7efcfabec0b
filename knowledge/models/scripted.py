"""A chat model that says what it was told to say: for tests of everything that talks to a model."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.chat_model import Message, ModelName, Rung
from knowledge.models.structured import decoded


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a scripted model was asked. `schema` is None for a streamed answer."""

    messages: tuple[Message, ...]
    max_tokens: int
    schema: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer: its text in pieces, then `error` where it breaks off.

    Example:
        >>> Reply.of("A norm is a length.", size=7).pieces
        ('A norm ', 'is a le', 'ngth.')
    """

    pieces: tuple[str, ...] = ()
    error: Exception | None = None

    @classmethod
    def of(cls, text: str, *, size: int = 8, error: Exception | None = None) -> Reply:
        """Return a reply of `text` in pieces of `size` characters."""
        return cls(tuple(text[i : i + size] for i in range(0, len(text), size)), error)


@dataclass(slots=True)
class ScriptedChatModel:
    """Answers from a queue of replies and records every prompt.

    A text stands for `Reply.of(text)`, an exception for a reply that is only that error. A prompt that finds the queue
    empty is an error of the test: AssertionError.
    """

    script: Iterable[str | Exception | Reply] = ()
    name: str = "scripted"
    context_tokens: int = 4096
    prompts: list[Prompt] = field(default_factory=list, init=False)
    stopped_early: int = field(default=0, init=False)
    """How many streams were closed before their last piece was taken."""
    _queue: deque[str | Exception | Reply] = field(init=False)

    def __post_init__(self) -> None:
        self._queue = deque(self.script)

    @property
    def model_name(self) -> ModelName:
        """Return the name it was given, as an embedded model's."""
        return ModelName(Rung.EMBEDDED, self.name)

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        """Yield the next reply's pieces, then raise its error if it has one."""
        self.prompts.append(Prompt(tuple(messages), max_tokens))
        return self._play(self._next())

    def complete(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> object:
        """Return the next reply decoded, checked against `schema` as a real model's answer is."""
        self.prompts.append(Prompt(tuple(messages), max_tokens, schema))
        return decoded("".join(self._play(self._next())), schema, self.name)

    def _next(self) -> Reply:
        assert self._queue, f"the script of {self.name} is at its end, and it was asked once more"
        reply = self._queue.popleft()
        if isinstance(reply, str):
            return Reply.of(reply)
        return Reply(error=reply) if isinstance(reply, Exception) else reply

    def _play(self, reply: Reply) -> Generator[str, None, None]:
        try:
            yield from reply.pieces
        except GeneratorExit:
            self.stopped_early += 1
            raise
        if reply.error is not None:
            raise reply.error
