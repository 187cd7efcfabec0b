"""The double of the Ollama server with a real model behind it: what it says is computed, not scripted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from knowledge.chat_model import Message, Role
from knowledge.models.gguf import GGUFModel
from tests.doubles.ollama_server import Installed, OllamaDouble
from tests.doubles.scripted_server import Json

MOST_TOKENS = 64
"""Where the client sets no limit."""


@dataclass
class OllamaOverModel(OllamaDouble):
    """An Ollama whose every chat model is `weights`; a schema is held by the model's own grammar."""

    weights: GGUFModel = field(kw_only=True)

    def _lines(self, model: Installed, body: Json, prompt: str, says: Any) -> Iterator[Json | str]:
        turns = body.get("messages") or [{"role": "user", "content": prompt}]
        messages = [Message(Role(turn["role"]), turn["content"]) for turn in turns]
        limit = (body.get("options") or {}).get("num_predict", -1)
        return self._computed(model, messages, body.get("format") or None, limit if limit > 0 else MOST_TOKENS, says)

    def _computed(
        self, model: Installed, messages: list[Message], schema: Json | None, limit: int, says: Any
    ) -> Iterator[Json | str]:
        pieces = 0
        if schema is not None:
            whole = json.dumps(self.weights.complete(messages, schema, max_tokens=limit))
            yield self._line(model) | says(whole) | {"done": False}
        else:
            with closing(self.weights.stream(messages, max_tokens=limit)) as stream:
                for piece in filter(None, stream):
                    pieces += 1
                    yield self._line(model) | says(piece) | {"done": False}
        counts = {"prompt_eval_count": sum(len(one.content.split()) for one in messages), "eval_count": pieces}
        reason = "length" if pieces >= limit else "stop"
        yield self._line(model) | says("") | {"done": True, "done_reason": reason} | counts
