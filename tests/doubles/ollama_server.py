"""A double of the Ollama server, faithful in what its own client and langchain-ollama rely on.

Shapes, fields and messages follow Ollama's API document (docs/api.md, version 0.12) and its Go sources: NDJSON streams,
`done_reason` stop, length and load, `num_predict`, 404 for a model that is missing, 400 for what a model cannot do.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.scripted_server import Json, Refused, ScriptedServer, Served

_MADE = "2026-11-02T09:30:00.000000Z"
_TIMES = {"total_duration": 5_191_566_416, "load_duration": 2_154_458, "prompt_eval_duration": 383_809_000}


@dataclass(frozen=True)
class Installed:
    """A model on the server's disk."""

    name: str
    parameter_size: str = "7.6B"
    size: int = 4_683_087_332
    family: str = "qwen2"
    capabilities: tuple[str, ...] | None = ("completion", "tools")
    """None for a server from before capabilities were told."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def details(self) -> Json:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": "Q4_K_M",
        }

    def tag(self) -> Json:
        named = {"name": self.name, "model": self.name, "modified_at": _MADE}
        return named | {"size": self.size, "digest": self.digest, "details": self.details()}


QWEN_7B = Installed("qwen2.5:7b-instruct")
LLAMA_1B = Installed("llama3.2:1b", "1.2B", 1_321_098_329, "llama")
QWEN_HALF_B = Installed("qwen2.5:0.5b", "494.03M", 397_821_319)
NOMIC_EMBED = Installed("nomic-embed-text:latest", "137M", 274_302_450, "nomic-bert", ("embedding",))
CLOUD = Installed("gpt-oss:120b-cloud", "116.8B", 384, "gptoss", ("completion", "thinking"))


@dataclass
class OllamaDouble(ScriptedServer):
    """An Ollama with `models` on its disk that says what its script holds."""

    models: list[Installed] = field(default_factory=lambda: [QWEN_7B])
    pullable: dict[str, Installed] = field(default_factory=dict)

    def routes(self) -> dict[tuple[str, str], Any]:
        return {
            ("GET", "/api/version"): lambda _: {"version": "0.12.6"},
            ("GET", "/api/tags"): lambda _: {"models": [model.tag() for model in self.models]},
            ("POST", "/api/show"): self._show,
            ("POST", "/api/chat"): self._chat,
            ("POST", "/api/generate"): self._generate,
            ("POST", "/api/embed"): self._embed,
            ("POST", "/api/pull"): self._pull,
        }

    def _model(self, body: Json) -> Installed:
        wanted = body.get("model") or body.get("name") or ""
        for model in self.models:
            if wanted in {model.name, model.name.removesuffix(":latest")}:
                return model
        raise Refused(404, {"error": f"model '{wanted}' not found"})

    def _show(self, body: Json) -> Json:
        model = self._model(body)
        shown = {"modelfile": f"FROM {model.name}", "template": "{{ .Prompt }}", "details": model.details()}
        shown |= {"model_info": {"general.architecture": model.family}, "modified_at": _MADE}
        return shown if model.capabilities is None else shown | {"capabilities": list(model.capabilities)}

    def _chat(self, body: Json) -> Json | Iterator[Json | str]:
        model = self._model(body)
        able = model.capabilities or ("completion",)
        if "completion" not in able:
            raise Refused(400, {"error": f'"{model.name}" does not support chat'})
        if body.get("think") and "thinking" not in able:
            raise Refused(400, {"error": f'"{model.name}" does not support thinking'})
        if not body.get("messages"):
            return self._line(model) | {"message": _says(""), "done": True, "done_reason": "load"}
        prompt = " ".join(str(message.get("content")) for message in body["messages"])
        lines = self._lines(model, body, prompt, lambda text: {"message": _says(text)})
        return lines if body.get("stream", True) else _joined(lines)

    def _generate(self, body: Json) -> Json | Iterator[Json | str]:
        model = self._model(body)
        if not body.get("prompt"):
            return self._line(model) | {"response": "", "done": True, "done_reason": "load"}
        lines = self._lines(model, body, body["prompt"], lambda text: {"response": text})
        return lines if body.get("stream", True) else _joined(lines)

    def _lines(self, model: Installed, body: Json, prompt: str, says: Any) -> Iterator[Json | str]:
        answer = self.next_answer()  # refuses before the stream begins
        return self._played(model, answer, (body.get("options") or {}).get("num_predict", -1), prompt, says)

    def _played(self, model: Installed, answer: Served, limit: int, prompt: str, says: Any) -> Iterator[Json | str]:
        tokens = len(answer.pieces) if limit < 0 else limit
        if answer.thinking:
            yield self._line(model) | {"message": _says("") | {"thinking": answer.thinking}, "done": False}

        def piece(text: str) -> Json:
            return self._line(model) | says(text) | {"done": False}

        yield from self.played(answer, tokens, piece, lambda text: {"error": text})
        counts = {"prompt_eval_count": len(prompt.split()), "eval_count": min(tokens, len(answer.pieces))}
        reason = "length" if len(answer.pieces) > tokens else "stop"
        yield self._line(model) | says("") | {"done": True, "done_reason": reason} | _TIMES | counts

    def _embed(self, body: Json) -> Json:
        model = self._model(body)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        vectors = [_unit_vector(text) for text in texts]
        return {"model": model.name, "embeddings": vectors, "prompt_eval_count": len(texts)} | _TIMES

    def _pull(self, body: Json) -> Iterator[Json | str]:
        name = body.get("model") or body.get("name") or ""
        model = self.pullable.get(name)
        yield {"status": "pulling manifest"}
        if model is None:
            yield {"error": "pull model manifest: file does not exist"}
            return
        layer = {"status": f"pulling {model.digest[:12]}", "digest": f"sha256:{model.digest}", "total": model.size}
        for part in (1, 2, 3):
            yield layer | {"completed": model.size * part // 3}
        self.models.append(model)
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            yield {"status": status}

    def _line(self, model: Installed) -> Json:
        return {"model": model.name, "created_at": _MADE}


def _says(text: str) -> Json:
    return {"role": "assistant", "content": text}


def _joined(lines: Iterator[Json | str]) -> Json:
    """The one object of an answer that is not streamed."""
    whole: Json = {}
    text = ""
    for line in lines:
        assert isinstance(line, dict)
        text += line["message"]["content"] if "message" in line else line["response"]
        whole = line
    return whole | ({"message": _says(text)} if "message" in whole else {"response": text})


def _unit_vector(text: str) -> list[float]:
    raw = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:8]]
    length = math.sqrt(sum(x * x for x in raw))
    return [x / length for x in raw]
