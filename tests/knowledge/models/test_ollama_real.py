"""The real clients, over Ollama's protocol, in front of a real small model. Skipped where no weights are."""

from __future__ import annotations

import dataclasses
import gc
import json
from collections.abc import Iterator

import pytest

from knowledge.chat_model import Message, Role
from knowledge.errors import ModelUnavailable
from knowledge.models.gguf import GGUFModel, runtime_present
from knowledge.models.ladder import Ladder, ModelSettings
from knowledge.models.ollama import OllamaModel
from tests.doubles.ollama_over_model import OllamaOverModel
from tests.doubles.ollama_server import NOMIC_EMBED, QWEN_7B
from tests.doubles.real_weights import any_weights
from tests.tutor import examples
from tutor.compose import finished, teach
from tutor.extractive import ExtractiveComposer
from tutor.worded import WordedComposer

pytestmark = pytest.mark.slow

ASKED = [
    Message(Role.SYSTEM, "You are a tutor. Answer in one short sentence."),
    Message(Role.USER, "What is a vector?"),
]
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaOverModel]:
    path = any_weights()
    if not runtime_present() or path is None:
        pytest.skip("no embedded model here: `erica models get smollm2-135m`")
    weights = GGUFModel(path)
    with OllamaOverModel(models=[QWEN_7B, NOMIC_EMBED], weights=weights) as double:
        yield double
    weights.close()


def test_the_adapter_streams_within_its_limit_and_asks_to_keep_the_model(server: OllamaOverModel) -> None:
    pieces = [piece for piece in OllamaModel(QWEN_7B.name, host=server.url).stream(ASKED, max_tokens=12) if piece]
    assert 1 < len(pieces) <= 12
    assert server.bodies("/api/chat")[-1]["keep_alive"] == "10m"


def test_the_adapter_gets_what_fits_a_schema(server: OllamaOverModel) -> None:
    answer = OllamaModel(QWEN_7B.name, host=server.url).complete(ASKED, SCHEMA, max_tokens=40)
    assert isinstance(answer, dict)
    assert answer["answer"] in {"yes", "no"}


def test_closing_the_stream_frees_the_model_for_the_next_question(server: OllamaOverModel) -> None:
    model = OllamaModel(QWEN_7B.name, host=server.url)
    stream = model.stream([Message(Role.USER, "Tell me a long story.")], max_tokens=2_000)
    assert next(piece for piece in stream if piece)
    stream.close()
    assert server.hung_up.wait(10)
    assert "".join(model.stream(ASKED, max_tokens=4))


def test_ollamas_own_client_lists_pulls_chats_generates_and_embeds(server: OllamaOverModel) -> None:
    from ollama import Client, ResponseError

    server.pullable["tiny:latest"] = dataclasses.replace(QWEN_7B, name="tiny:latest")
    with Client(host=server.url) as client:
        progress = [step.completed for step in client.pull("tiny:latest", stream=True) if step.completed]
        assert progress == sorted(progress)
        assert "tiny:latest" in [model.model for model in client.list().models]
        said = client.chat("tiny", [{"role": "user", "content": "Say yes."}], options={"num_predict": 4})
        assert said.message.content
        assert said.done_reason in {"stop", "length"}
        parts = list(client.generate("tiny", "Say yes.", stream=True, options={"num_predict": 4}))
        assert "".join(part.response or "" for part in parts)
        assert parts[-1].done
        held = client.chat("tiny", [{"role": "user", "content": "Is 2 even?"}], format=SCHEMA)
        assert json.loads(held.message.content or "")["answer"] in {"yes", "no"}
        assert len(client.embed(NOMIC_EMBED.name, ["a", "b"]).embeddings) == 2
        with pytest.raises(ResponseError, match="not found"):
            client.chat("missing", [{"role": "user", "content": "hello"}])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # langchain's clients have no close
def test_langchain_chats_streams_and_keeps_to_a_schema(server: OllamaOverModel) -> None:
    from langchain_ollama import ChatOllama

    chat = ChatOllama(model=QWEN_7B.name, base_url=server.url, num_predict=8)
    assert chat.invoke("Say yes.").content
    assert "".join(str(part.content) for part in chat.stream("Say yes."))
    longer = ChatOllama(model=QWEN_7B.name, base_url=server.url, num_predict=40)
    structured = longer.with_structured_output(SCHEMA | {"title": "Answer"}, method="json_schema")
    assert structured.invoke("Is 2 even?")["answer"] in {"yes", "no"}  # type: ignore[index]  # a dict, by the schema
    del chat, longer, structured
    gc.collect()  # their connections end here and not in another test


def test_the_ladder_finds_it_and_a_lesson_keeps_its_frame(server: OllamaOverModel) -> None:
    with pytest.raises(ModelUnavailable, match="ollama pull nothing"):
        Ladder(ModelSettings(ollama_host=server.url)).choose("ollama:nothing")
    chosen = Ladder(ModelSettings(ollama_host=server.url, server_context_tokens=4096)).choose()
    assert chosen.model is not None
    lesson = finished(teach(examples.retrieval, WordedComposer(chosen.model)))
    quoted = finished(teach(examples.retrieval, ExtractiveComposer()))
    assert [step.title for step in lesson.steps] == [step.title for step in quoted.steps]
    texts = {chunk.id: chunk.text for chunk in examples.CHUNKS}
    assert all(one.quote in texts[one.chunk_id] for one in lesson.citations.values())
    assert not any("rest of the lesson" in notice for notice in lesson.notices)
