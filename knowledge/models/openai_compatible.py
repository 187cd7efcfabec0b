"""Chat models behind the OpenAI chat-completions protocol: vLLM, LM Studio, llama-server, OpenAI itself.

Server-sent events are read here, with httpx alone. The key comes from the environment at the moment of use and is held
nowhere: no error, no repr and no file ever shows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from knowledge.chat_model import Message, ModelName, Rung
from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models.pacing import ModelLimits, paced
from knowledge.models.structured import decoded
from knowledge.models.wire import Hangup, client_options, explained, quoted, server_url

if TYPE_CHECKING:
    import httpx

_TEMPERATURE = 0.2
_OPENAI_HOST = "api.openai.com"


def api_url(text: str) -> str:
    """Return the address under which `/chat/completions` stands: `/v1` is added where `text` names only a server.

    Raises:
        ModelUnavailable: the address is malformed or holds a password.
    """
    url = server_url(text)
    return url if urlsplit(url).path else f"{url}/v1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that speaks the protocol. `key` is asked for at each call."""

    url: str
    key: Callable[[], str | None] = field(default=lambda: None, repr=False)
    absent: str = ""
    """What to tell a person where nothing answers; empty for the usual sentence."""
    key_hint: str = ""
    """Where the key is set, for the message that it was refused."""

    def client(self, limits: ModelLimits, hangup: Hangup | None = None) -> httpx.Client:
        """Return a client that carries the key."""
        import httpx

        key = self.key()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(headers=headers, **client_options(self.url, limits, hangup))

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what a failed exchange raises into the ladder's own errors, the key struck out of them."""
        absent = self.absent or f"No model server answers at {self.url}. Start it, or choose another model."
        try:
            with explained(f"The server at {self.url}", absent):
                yield
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ModelFailed(f"{self.url} does not answer as an OpenAI-compatible server does.") from error

    def check(self, response: httpx.Response, model: str) -> None:
        """Raise what the status of `response` means; return for a success."""
        if response.is_success:
            return
        status = response.status_code
        response.read()
        said = quoted(_message_of(response), secret=self.key())
        if status in {401, 403}:
            raise ModelUnavailable(f"{self.url} did not accept the key. {self.key_hint}".strip())
        if response.is_redirect or status == 404:
            raise ModelUnavailable(f"{self.url} has no model {model!r} to chat with ({status}): {said}")
        raise ModelFailed(f"{self.url} could not answer ({status}): {said}")


class OpenAICompatibleModel:
    """One model behind an endpoint. Building it is free; each answer is one connection of its own."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        *,
        limits: ModelLimits | None = None,
        context_tokens: int = 8192,
    ) -> None:
        self._name = name
        self._endpoint = endpoint
        self._limits = limits or ModelLimits()
        self._context_tokens = context_tokens

    @property
    def model_name(self) -> ModelName:
        """Return the name under which the server knows it."""
        return ModelName(Rung.OPENAI, self._name)

    @property
    def context_tokens(self) -> int:
        """Return what the settings say that the server's context holds."""
        return self._context_tokens

    def stream(self, messages: Sequence[Message], *, max_tokens: int) -> Generator[str, None, None]:
        """Yield the answer as it is made; see `ChatModel.stream`."""
        return self._paced(completion_body(self._name, self._endpoint.url, messages, max_tokens, None), max_tokens)

    def complete(self, messages: Sequence[Message], schema: Mapping[str, object], *, max_tokens: int) -> object:
        """Return JSON that fits `schema`; see `ChatModel.complete`."""
        body = completion_body(self._name, self._endpoint.url, messages, max_tokens, schema)
        return decoded("".join(self._paced(body, max_tokens)), schema, self._name)

    def _paced(self, body: dict[str, Any], max_tokens: int) -> Generator[str, None, None]:
        hangup = Hangup()
        answer = streamed_text(self._endpoint, body, self._limits, hangup)
        return paced(answer, hangup, self._limits, who=self._name, max_tokens=max_tokens)


def listed_models(endpoint: Endpoint, limits: ModelLimits) -> list[str]:
    """Return the names of the models that the server lists; empty where it keeps no list.

    Raises:
        ModelUnavailable: no server there, or the key was refused.
        ModelFailed: what is there does not speak the protocol.
    """
    with endpoint.explained(), endpoint.client(limits) as client:
        response = client.get(f"{endpoint.url}/models")
        if response.status_code in {404, 405}:
            return []
        endpoint.check(response, "")
        listed = response.json()
    entries = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(entries, list):
        raise ModelFailed(f"{endpoint.url} does not answer as an OpenAI-compatible server does.")
    return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]


def streamed_text(
    endpoint: Endpoint, body: dict[str, Any], limits: ModelLimits, hangup: Hangup
) -> Generator[str, None, None]:
    """Yield the text of a chat completion, an empty string for an event without text.

    Raises:
        ModelUnavailable: nobody there, key refused, no such model.
        ModelFailed: refused, broke off, or made no sense.
    """
    finish: str | None = None
    with (
        endpoint.explained(),
        endpoint.client(limits, hangup) as client,
        client.stream("POST", f"{endpoint.url}/chat/completions", json=body) as response,
    ):
        endpoint.check(response, body["model"])
        for event in _events(response.iter_lines()):
            if "error" in event:
                said = quoted(_error_text(event["error"]), secret=endpoint.key())
                raise ModelFailed(f"{body['model']} could not go on: {said}")
            text, reason = _delta(event, endpoint.url)
            finish = reason or finish
            yield text
    if finish is None:
        raise ModelFailed(f"{body['model']} broke off in the middle of its answer.")
    if finish == "length" and "response_format" in body:
        raise ModelFailed(f"{body['model']} was cut off before its JSON was whole: it had too few tokens.")


def completion_body(
    name: str, url: str, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, object] | None
) -> dict[str, Any]:
    """Return the request for an answer of at most `max_tokens`, as JSON that fits `schema` where one is given."""
    body: dict[str, Any] = {
        "model": name,
        "messages": [{"role": message.role.value, "content": message.content} for message in messages],
        "stream": True,
    }
    if urlsplit(url).hostname == _OPENAI_HOST:
        body["max_completion_tokens"] = max_tokens  # OpenAI's newer models refuse `max_tokens` and any temperature
    else:
        body |= {"max_tokens": max_tokens, "temperature": _TEMPERATURE}
    if schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}
    return body


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a server-sent event stream up to `[DONE]`; comments and other fields are skipped."""
    for line in lines:
        kind, _, value = line.partition(":")
        if kind == "data" and value.strip() == "[DONE]":
            return
        if kind in {"data", "error"}:
            event = json.loads(value)
            if isinstance(event, dict):
                yield {"error": event} if kind == "error" else event


def _delta(event: dict[str, Any], url: str) -> tuple[str, str | None]:
    """Return the text of one event and, in the last one, why the model stopped."""
    choices = event.get("choices") or []  # the event with the token counts has none
    if not choices:
        return "", None
    try:
        text, reason = choices[0]["delta"].get("content"), choices[0].get("finish_reason")
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise ModelFailed(f"{url} does not answer as an OpenAI-compatible server does.") from error
    return (text if isinstance(text, str) else ""), (reason if isinstance(reason, str) else None)


def _message_of(response: httpx.Response) -> str:
    """Return what the body of an error says, as JSON or as it is."""
    try:
        body = response.json()
    except ValueError:
        return response.text
    return _error_text(body.get("error", body) if isinstance(body, dict) else body)


def _error_text(error: object) -> str:
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
