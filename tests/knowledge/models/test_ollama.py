import dataclasses
import json
from collections.abc import Iterator

import pytest

from knowledge.chat_model import ChatModel, Message, ModelName, Role, Rung
from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models.ollama import OllamaEntry, OllamaModel, installed_chat_models, ollama_url
from knowledge.models.pacing import ModelLimits
from tests.doubles.ollama_server import CLOUD, LLAMA_1B, NOMIC_EMBED, QWEN_7B, QWEN_HALF_B, OllamaDouble
from tests.doubles.scripted_server import Fault, Served

ASKED = [Message(Role.SYSTEM, "You are a tutor."), Message(Role.USER, "What is a norm?")]
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
QUICK = ModelLimits(first_token_s=0.3, next_token_s=0.3, heartbeat_s=0.05)


@pytest.fixture
def server() -> Iterator[OllamaDouble]:
    with OllamaDouble(models=[QWEN_7B, LLAMA_1B, QWEN_HALF_B, NOMIC_EMBED, CLOUD]) as double:
        yield double


def model(server: OllamaDouble, name: str = QWEN_7B.name, limits: ModelLimits | None = None) -> ChatModel:
    return OllamaModel(name, host=server.url, limits=limits)


def test_an_answer_streams_piece_by_piece(server: OllamaDouble) -> None:
    server.will_say("A norm is a length.")
    pieces = [piece for piece in model(server).stream(ASKED, max_tokens=50) if piece]
    assert pieces == ["A ", "norm ", "is ", "a ", "length."]


def test_the_server_is_told_what_the_answer_may_cost(server: OllamaDouble) -> None:
    list(OllamaModel(QWEN_7B.name, host=server.url, context_tokens=2048).stream(ASKED, max_tokens=50))
    (body,) = server.bodies("/api/chat")
    assert body["messages"] == [
        {"role": "system", "content": "You are a tutor."},
        {"role": "user", "content": "What is a norm?"},
    ]
    assert body["options"]["num_predict"] == 50
    assert body["options"]["num_ctx"] == 2048
    assert body["think"] is False
    assert body["keep_alive"] == "10m"


def test_an_answer_ends_at_its_limit_of_tokens(server: OllamaDouble) -> None:
    server.will_say("one two three four five")
    assert "".join(model(server).stream(ASKED, max_tokens=2)) == "one two "


def test_a_models_thinking_is_no_part_of_its_answer(server: OllamaDouble) -> None:
    server.will_say(dataclasses.replace(Served.of("A length."), thinking="The student asks about norms."))
    assert "".join(model(server).stream(ASKED, max_tokens=50)) == "A length."


def test_a_structured_answer_is_asked_for_by_schema_and_decoded(server: OllamaDouble) -> None:
    server.will_say('{"n": 2}')
    assert model(server).complete(ASKED, SCHEMA, max_tokens=50) == {"n": 2}
    assert server.bodies("/api/chat")[0]["format"] == SCHEMA


@pytest.mark.parametrize(
    ("said", "complaint"),
    [('{"n": "two"}', r"schema at \$\.n"), ("Sure! Here it is", "JSON"), ("[" * 100_000, "JSON"), ("", "JSON")],
)
def test_an_answer_outside_its_schema_is_a_failure(server: OllamaDouble, said: str, complaint: str) -> None:
    server.will_say(Served((said,)))
    with pytest.raises(ModelFailed, match=complaint):
        model(server).complete(ASKED, SCHEMA, max_tokens=10_000)


def test_a_structured_answer_that_was_cut_off_says_so(server: OllamaDouble) -> None:
    server.will_say('{ "n": 2 }')
    with pytest.raises(ModelFailed, match="cut off at 2 tokens"):
        model(server).complete(ASKED, SCHEMA, max_tokens=2)


def test_a_missing_model_is_told_with_the_command_that_gets_it(server: OllamaDouble) -> None:
    with pytest.raises(ModelUnavailable, match="ollama pull mistral:7b"):
        list(model(server, "mistral:7b").stream(ASKED, max_tokens=5))


def test_a_missing_server_is_told_with_the_command_that_starts_it() -> None:
    with OllamaDouble() as gone:
        url = gone.url
    with pytest.raises(ModelUnavailable, match="ollama serve"):
        list(OllamaModel("any", host=url).stream(ASKED, max_tokens=5))
    with pytest.raises(ModelUnavailable, match="ollama serve"):
        installed_chat_models(url)


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (Fault.HANG, r"silent for 0\.3 s"),
        (Fault.HANG_MIDWAY, r"silent for 0\.3 s"),
        (Fault.CUT_MIDWAY, "broke off"),
        (Fault.END_MIDWAY, "broke off in the middle"),
        (Fault.ERROR_MIDWAY, "unexpected EOF"),
        (Fault.ERROR_500, "more system memory"),
        (Fault.NONSENSE, "does not answer as Ollama does"),
        (Fault.WRONG_SHAPE, "does not answer as Ollama does"),
        (Fault.FLOOD, "far more than the 50 tokens"),
    ],
)
def test_every_way_to_break_is_a_failure_that_says_which(server: OllamaDouble, fault: Fault, complaint: str) -> None:
    server.will_say(Served(fault=fault))
    with pytest.raises(ModelFailed, match=complaint):
        list(model(server, limits=QUICK if "silent" in complaint else None).stream(ASKED, max_tokens=50))


def test_a_failed_answer_does_not_spoil_the_next(server: OllamaDouble) -> None:
    server.will_say(Served(fault=Fault.CUT_MIDWAY), "Whole again.")
    asked = model(server)
    with pytest.raises(ModelFailed):
        list(asked.stream(ASKED, max_tokens=50))
    assert "".join(asked.stream(ASKED, max_tokens=50)) == "Whole again."


def test_closing_the_stream_hangs_up_so_that_the_server_stops(server: OllamaDouble) -> None:
    server.will_say(Served(fault=Fault.FLOOD))
    stream = model(server).stream(ASKED, max_tokens=100_000)
    assert next(piece for piece in stream if piece)
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert server.hung_up.wait(5)


def test_a_server_that_still_reads_the_prompt_can_be_stopped_too(server: OllamaDouble) -> None:
    server.will_say(Served(fault=Fault.HANG))
    stream = model(server).stream(ASKED, max_tokens=50)
    assert next(piece == "" for piece in stream if server.requests)
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert server.hung_up.wait(5)


def test_chat_models_are_listed_with_their_sizes_and_embedders_are_not(server: OllamaDouble) -> None:
    assert installed_chat_models(server.url) == [
        OllamaEntry("qwen2.5:7b-instruct", 7.6, remote=False),
        OllamaEntry("llama3.2:1b", 1.2, remote=False),
        OllamaEntry("qwen2.5:0.5b", pytest.approx(0.494, abs=1e-3), remote=False),
        OllamaEntry("gpt-oss:120b-cloud", 116.8, remote=True),
    ]


def test_an_old_server_without_capabilities_is_read_by_kind_of_network_and_size_of_file() -> None:
    old = [
        dataclasses.replace(QWEN_7B, capabilities=None, parameter_size=""),
        dataclasses.replace(NOMIC_EMBED, capabilities=None),
    ]
    with OllamaDouble(models=old) as server:
        (entry,) = installed_chat_models(server.url)
    assert entry.name == QWEN_7B.name
    assert entry.parameters_b == pytest.approx(7.6, rel=0.1)


def test_the_address_comes_from_the_setting_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert ollama_url() == "http://127.0.0.1:11434"
    monkeypatch.setenv("OLLAMA_HOST", "0.0.0.0")
    assert ollama_url() == "http://127.0.0.1:11434"
    assert ollama_url("https://example.org") == "https://example.org"


def test_a_proxy_of_the_environment_is_not_asked_for_a_server_of_this_machine(
    server: OllamaDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.will_say("Direct.")
    assert "".join(model(server).stream(ASKED, max_tokens=5)) == "Direct."


def test_a_model_says_who_it_is_without_asking_anyone() -> None:
    named = OllamaModel("qwen2.5:7b-instruct", host="127.0.0.1:1")
    assert named.model_name == ModelName(Rung.OLLAMA, "qwen2.5:7b-instruct")
    assert named.context_tokens == 8192


def test_the_double_pulls_embeds_and_generates_as_the_real_client_expects(server: OllamaDouble) -> None:
    from ollama import Client, ResponseError

    server.pullable["phi4:latest"] = dataclasses.replace(QWEN_7B, name="phi4:latest")
    with Client(host=server.url) as client:
        statuses = [step.status for step in client.pull("phi4:latest", stream=True)]
        assert statuses[-1] == "success"
        assert client.show("phi4").capabilities == ["completion", "tools"]
        assert len(client.embed("nomic-embed-text", ["a", "b"]).embeddings) == 2
        server.will_say("Once.", "Streamed too.")
        whole = client.generate("phi4", "Say it")
        assert (whole.response, whole.done_reason) == ("Once.", "stop")
        assert "".join(part.response or "" for part in client.generate("phi4", "Again", stream=True)) == "Streamed too."
        with pytest.raises(ResponseError, match="file does not exist"):
            list(client.pull("nothing", stream=True))
        with pytest.raises(ResponseError, match="does not support chat"):
            client.chat("nomic-embed-text", [{"role": "user", "content": "hello"}])


@pytest.mark.slow
def test_langchain_talks_to_the_same_double(server: OllamaDouble) -> None:
    from langchain_ollama import ChatOllama, OllamaEmbeddings

    chat = ChatOllama(model=QWEN_7B.name, base_url=server.url)
    server.will_say("A norm is a length.", "Streamed.", json.dumps({"n": 3}))
    assert chat.invoke("What is a norm?").content == "A norm is a length."
    assert "".join(str(part.content) for part in chat.stream("What is a norm?")) == "Streamed."
    structured = chat.with_structured_output(SCHEMA | {"title": "Answer"}, method="json_schema")
    assert structured.invoke("How many?") == {"n": 3}
    embedder = OllamaEmbeddings(model=NOMIC_EMBED.name, base_url=server.url)
    assert len(embedder.embed_query("a norm")) == 8
    for left_open in (chat._client, embedder._client):  # they have no public way to be closed
        assert left_open is not None
        left_open.close()
