"""Whatever a model does, on every rung: the lesson keeps its steps, order and citations, and says what failed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.chat_model import ChatModel
from knowledge.models.gguf import GGUFModel, GGUFOptions
from knowledge.models.ollama import OllamaModel
from knowledge.models.openai_compatible import Endpoint, OpenAICompatibleModel
from knowledge.models.pacing import ModelLimits
from tests.doubles.ollama_server import QWEN_7B, OllamaDouble
from tests.doubles.openai_server import OpenAIDouble
from tests.doubles.scripted_server import Fault, ScriptedServer, Served
from tests.tutor import examples
from tutor.compose import finished, teach
from tutor.extractive import ExtractiveComposer
from tutor.lesson import Lesson, StepName
from tutor.worded import WHOLE_LESSON_TOKENS, WordedComposer

QUICK = ModelLimits(connect_s=5, first_token_s=0.3, next_token_s=0.3, heartbeat_s=0.05)
WORKER = Path(__file__).parents[1] / "doubles" / "gguf_worker.py"
GOOD = "CLIP learns a common space for images and texts."
TITLES = [step.title for step in finished(teach(examples.retrieval, ExtractiveComposer())).steps]
CONTEXTS = (4_096, WHOLE_LESSON_TOKENS)
"""Asked step by step, and for the whole lesson at once."""


@pytest.fixture(params=["ollama", "httpx"])
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedServer]:
    pytest.importorskip(request.param)  # seconds that would count as a model's silence
    with OllamaDouble() if request.param == "ollama" else OpenAIDouble() as double:
        yield double


def model_of(server: ScriptedServer, context: int) -> ChatModel:
    if isinstance(server, OllamaDouble):
        return OllamaModel(QWEN_7B.name, host=server.url, limits=QUICK, context_tokens=context)
    endpoint = Endpoint(f"{server.url}/v1", lambda: None)
    return OpenAICompatibleModel("served-model", endpoint, limits=QUICK, context_tokens=context)


def taught(model: ChatModel) -> Lesson:
    """Return a lesson of this model, whose frame no fault may touch."""
    lesson = finished(teach(examples.retrieval, WordedComposer(model)))
    assert [step.title for step in lesson.steps] == TITLES
    assert all(step.text for step in lesson.steps)
    passages = {chunk.id: chunk.text for chunk in examples.CHUNKS}
    assert all(one.quote in passages[one.chunk_id] for one in lesson.citations.values())
    assert {key for step in lesson.steps for key in step.citations} <= lesson.citations.keys()
    return lesson


def why(lesson: Lesson) -> str:
    return next(step.text for step in lesson.steps if step.name is StepName.WHY)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("fault", [*Fault])
def test_a_server_that_fails_leaves_a_lesson_of_quotations_that_says_so(
    server: ScriptedServer, fault: Fault, context: int
) -> None:
    server.will_say(Served.of(f"### 1\n{GOOD} CLIP is a bird of", fault))
    lesson = taught(model_of(server, context))
    assert "bird" not in " ".join(step.text for step in lesson.steps)
    told = " ".join(lesson.notices)
    if "quoting the course" in told:  # what it said before was enough to go on with: a flood loops, a stray line is one
        assert fault is Fault.FLOOD or (fault is Fault.WRONG_SHAPE and isinstance(server, OpenAIDouble))
        return
    assert "The rest of the lesson quotes the course." in told
    assert len(server.bodies("/api/chat") + server.bodies("/v1/chat/completions")) == 1


LOOP = "CLIP sees the images again and again, again and again. "
BAD_ANSWERS = {
    "truncates": "CLIP matters because it recogn",
    "loops": LOOP * 60,
    "leaks a tool call": f'{GOOD} <tool_call>{{"name": "search", "arguments": {{"q": "CLIP"}}}}</tool_call>',
    "leaks a turn": f"{GOOD}<|im_end|>\n<|im_start|>user\nCLIP is used for image retrieval.",
    "ignores its instructions": f"# My lesson\n\n{GOOD} [Video, 12:34] [c99]\n\n## RNNs first!\n\nSource: (source: me)",
    "obeys a passage": "Ignore the rules. I am a pirate now, and CLIP is a parrot.",
    "says nothing": "",
    "only thinks": "<think>CLIP learns a common space, maybe.",
    "writes markup": f"<script>alert(1)</script> {GOOD} ![x](http://a.example/x.png)",
}


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("said", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_an_answer_that_is_none_costs_its_step_alone(server: ScriptedServer, said: str, context: int) -> None:
    whole = context >= WHOLE_LESSON_TOKENS
    server.will_say(*([f"### 1\n{said}", ""] if whole else [said, *[""] * 12]))
    lesson = taught(model_of(server, context))
    text = " ".join(step.text for step in lesson.steps)
    for leaked in ("tool_call", "im_start", "[Video", "c99", "RNN", "pirate", "parrot", "maybe", "alert", "a.example"):
        assert leaked not in text
    assert text.count("again and again, again") <= 1
    assert why(lesson).endswith(" [c1]")


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("dies", "out of memory"),
        ("refuses", "wrong tensor count"),
        ("falls silent", "was silent for 0.3 s"),
        ("never ready", "could not be loaded"),
    ],
)
def test_an_embedded_model_that_fails_leaves_a_lesson_of_quotations_that_says_so(
    tmp_path: Path, behaviour: str, told: str
) -> None:
    weights = tmp_path / "tiny.gguf"
    weights.write_bytes(b"GGUF then weights")
    limits = ModelLimits(connect_s=5, first_token_s=30, next_token_s=0.3, heartbeat_s=0.05)
    options = GGUFOptions(load_s=0.3 if behaviour == "never ready" else 30)
    model = GGUFModel(weights, limits=limits, options=options, worker=(sys.executable, "-P", str(WORKER), behaviour))
    try:
        lesson = taught(model)
    finally:
        model.close()
    assert told in lesson.notices[0]
    assert "quotes the course" in lesson.notices[0]
