"""A double of an OpenAI-compatible server: the two routes that Erica uses, as vLLM and OpenAI answer them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.scripted_server import Json, Refused, ScriptedServer, Served


@dataclass
class OpenAIDouble(ScriptedServer):
    """A server with `models` behind `key`; no key is asked for where it is empty."""

    models: list[str] = field(default_factory=lambda: ["served-model"])
    key: str = ""
    lists_models: bool = True
    redirects: bool = False

    def routes(self) -> dict[tuple[str, str], Any]:
        chat = {("POST", "/v1/chat/completions"): self._chat}
        return chat | ({("GET", "/v1/models"): self._list} if self.lists_models else {})

    def framed(self, line: Json | str) -> str:
        return f"data: {line if isinstance(line, str) else json.dumps(line)}\n\n"

    def _check_key(self) -> None:
        given = self.headers[-1].get("Authorization", "")
        if self.key and given != f"Bearer {self.key}":
            message = f"Incorrect API key provided: {given.removeprefix('Bearer ')}."
            raise Refused(401, {"error": {"message": message, "type": "invalid_request_error"}})

    def _list(self, _: Json) -> Json:
        self._check_key()
        return {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}

    def _chat(self, body: Json) -> Iterator[Json | str]:
        if self.redirects:
            raise Refused(307, "moved")
        self._check_key()
        if body["model"] not in self.models:
            message = f"The model `{body['model']}` does not exist."
            raise Refused(404, {"error": {"message": message, "type": "NotFoundError", "code": 404}})
        return self._played(self.next_answer(), body.get("max_tokens", 10_000))

    def _played(self, answer: Served, tokens: int) -> Iterator[Json | str]:
        def event(delta: Json, finish: str | None = None) -> Json:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]}

        def error(text: str) -> Json:
            return {"error": {"message": text, "type": "server_error"}}

        pieces = self.played(answer, tokens, lambda text: event({"content": text}), error)
        first = next(pieces, None)  # nothing goes out before the first token
        yield event({"role": "assistant", "content": None})
        if first is not None:
            yield first
        yield from pieces
        yield event({}, "length" if len(answer.pieces) > tokens else "stop")
        yield {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}}
        yield "[DONE]"
