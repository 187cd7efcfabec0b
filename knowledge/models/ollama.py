"""Chat models that a local (or configured) Ollama server runs, through Ollama's own client.

Knows Ollama's protocol and words; refuses to decide which model to use (that is `ladder`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.chat_model import Message, ModelName, Rung
from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models.pacing import ModelLimits, paced
from knowledge.models.structured import decoded
from knowledge.models.wire import Hangup, client_options, explained, quoted, server_url

if TYPE_CHECKING:
    from ollama import ChatResponse, Client

_DEFAULT_PORT = 11434
_NOT_FOUND = 404
_KEEP_ALIVE = "10m"  # a lesson is several prompts with reading between: the server's own 5 minutes end too early
_TEMPERATURE = 0.2
_EMBEDDING_FAMILIES = {"bert", "nomic-bert", "nomic-bert-moe", "xlm-roberta", "clip"}
_SMALLEST_LOCAL_BYTES = 10_000_000  # an entry below this is a pointer to someone else's computer
_BYTES_PER_PARAMETER = 0.62  # of a 4-bit (Q4_K_M) file: 4.68 GB for 7.6 B
_UNITS = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}  # in billions


@dataclass(frozen=True, slots=True)
class OllamaEntry:
    """A chat model that a server has. `remote` ones are run by someone else, reached through it."""

    name: str
    parameters_b: float
    remote: bool


def ollama_url(host: str | None = None) -> str:
    """Return the server's address: `host`, else `OLLAMA_HOST`, else 127.0.0.1:11434.

    Raises:
        ModelUnavailable: the address is malformed.
    """
    return server_url(host or os.environ.get("OLLAMA_HOST") or "127.0.0.1", default_port=_DEFAULT_PORT)


class OllamaModel:
    """One model of an Ollama server. Building it is free; each answer is one connection of its own."""

    def __init__(
        self, name: str, *, host: str | None = None, limits: ModelLimits | None = None, context_tokens: int = 8192
    ) -> None:
        self._name = name
        self._url = ollama_url(host)
        self._limits = limits or ModelLimits()
        self._context_tokens = context_tokens

    @property
    def model_name(self) -> ModelName:
        """Return the name under which the server knows it."""
        return ModelName(Rung.OLLAMA, self._name)

    @property
    def context_tokens(self) -> int:
        """Return the context that is asked of the server with each prompt."""
        return self._context_tokens

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        """Yield the answer as it is made; see `ChatModel.stream`."""
        return self._paced(messages, max_tokens, None)

    def complete(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> object:
        """Return JSON that fits `schema`; see `ChatModel.complete`. The server holds the model to it by a grammar."""
        return decoded("".join(self._paced(messages, max_tokens, schema)), schema, self._name)

    def _paced(
        self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, object] | None
    ) -> Generator[str, None, None]:
        hangup = Hangup()
        answer = self._answer(messages, max_tokens, schema, hangup)
        return paced(answer, hangup, self._limits, who=self._name, max_tokens=max_tokens)

    def _answer(
        self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, object] | None, hangup: Hangup
    ) -> Generator[str, None, None]:
        options = {"num_predict": max_tokens, "num_ctx": self._context_tokens, "temperature": _TEMPERATURE}
        prompt = [{"role": message.role.value, "content": message.content} for message in messages]
        last: ChatResponse | None = None
        with _explained(self._name, self._url), _client(self._url, self._limits, hangup) as client:
            for part in client.chat(
                model=self._name,
                messages=prompt,
                stream=True,
                think=False,  # else a thinking model spends `max_tokens` before its first word
                format=None if schema is None else dict(schema),
                options=options,
                keep_alive=_KEEP_ALIVE,
            ):
                last = part
                yield part.message.content or ""
        if last is None or not last.done:
            raise ModelFailed(f"{self._name} broke off in the middle of its answer.")
        if schema is not None and last.done_reason == "length":
            raise ModelFailed(f"{self._name} was cut off at {max_tokens} tokens, before its JSON was whole.")


def installed_chat_models(host: str | None = None, limits: ModelLimits | None = None) -> list[OllamaEntry]:
    """Return the chat models of the server, in its own order; models that only embed are left out.

    Raises:
        ModelUnavailable: no server there.
        ModelFailed: what is there does not answer as Ollama does.
    """
    url, limits = ollama_url(host), limits or ModelLimits()
    with _explained("Ollama", url), _client(url, limits) as client:
        return [
            OllamaEntry(model.model, _parameters_b(model), _is_remote(model))
            for model in client.list().models
            if model.model and _chats(client, model)
        ]


def _client(url: str, limits: ModelLimits, hangup: Hangup | None = None) -> Client:
    from ollama import Client

    return Client(host=url, **client_options(url, limits, hangup))


@contextmanager
def _explained(name: str, url: str) -> Iterator[None]:
    """Turn what Ollama's client raises into the ladder's own errors, each with what to do."""
    from ollama import ResponseError
    from pydantic import ValidationError

    absent = f"Ollama does not answer at {url}. Start it with `ollama serve`, or choose another model."
    try:
        with explained("Ollama", absent):
            yield
    except ResponseError as error:
        if error.status_code == _NOT_FOUND:
            raise ModelUnavailable(f"Ollama at {url} has no model {name}. Get it with `ollama pull {name}`.") from error
        raise ModelFailed(f"Ollama could not answer: {quoted(error.error)}") from error
    except (json.JSONDecodeError, ValidationError, UnicodeDecodeError, AttributeError) as error:
        # AttributeError: the client takes for granted that each line of an answer is an object
        raise ModelFailed(f"What answers at {url} does not answer as Ollama does.") from error


def _chats(client: Client, model: Any) -> bool:
    """Return whether `model` talks: by what the server says of it, else by the kind of network it is."""
    details = model.details
    families = {*(details.families or ()), details.family} if details else set()
    if families & _EMBEDDING_FAMILIES and "embed" in model.model:
        return False
    capabilities = client.show(model.model).capabilities
    if capabilities is None:  # a server from before capabilities were told
        return not families & _EMBEDDING_FAMILIES and "embed" not in model.model
    return "completion" in capabilities


def _is_remote(model: Any) -> bool:
    return str(model.model).endswith(("-cloud", ":cloud")) or 0 < (model.size or 0) < _SMALLEST_LOCAL_BYTES


def _parameters_b(model: Any) -> float:
    """Return the billions of parameters of `model`, from its details (`7.6B`, `494.03M`), else from its file's size."""
    stated = model.details.parameter_size if model.details else None
    found = re.fullmatch(r"\s*([\d.]+)\s*([KMBT])\s*", stated or "")
    if found:
        return float(found[1]) * _UNITS[found[2]]
    return (model.size or 0) / _BYTES_PER_PARAMETER / 1e9
