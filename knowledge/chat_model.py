"""What a chat model is. Adapters live in `knowledge.models`; every rung of the ladder is this one Protocol."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """Who speaks in a prompt."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a prompt."""

    role: Role
    content: str


class Rung(StrEnum):
    """Kinds of model, as shown to people."""

    EXTRACTIVE = "extractive"
    EMBEDDED = "embedded"
    OPENAI = "openai-compatible"
    OLLAMA = "ollama"


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model wrote a text: its rung and its own name (`qwen2.5:7b-instruct`)."""

    rung: Rung
    name: str


class ChatModel(Protocol):
    """A chat model. Adapters import their client on first use and never retry on their own."""

    @property
    def model_name(self) -> ModelName:
        """Return which model this is."""
        ...

    @property
    def context_tokens(self) -> int:
        """Return about how many tokens prompt and answer may hold together."""
        ...

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        """Yield the answer's text as it is made. Closing the iterator stops the model.

        While the model is silent (it loads, or reads a long prompt) empty strings are yielded several times a second,
        so that a caller has the word often enough to stop it.

        Raises:
            ModelUnavailable: no server, no such model, no weights.
            ModelFailed: it broke off, hung past its time limit, or answered nonsense at the protocol level.
        """
        ...

    def complete(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> object:
        """Return the answer as JSON that fits `schema` (JSON Schema), decoded.

        Raises:
            ModelUnavailable: as for `stream`.
            ModelFailed: as for `stream`, or the answer does not fit the schema.
        """
        ...
