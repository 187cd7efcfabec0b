import traceback
from collections.abc import Iterator

import pytest

from knowledge.chat_model import ChatModel, Message, ModelName, Role, Rung
from knowledge.errors import ModelError, ModelFailed, ModelUnavailable
from knowledge.models.openai_compatible import (
    Endpoint,
    OpenAICompatibleModel,
    api_url,
    completion_body,
    listed_models,
)
from knowledge.models.pacing import ModelLimits
from tests.doubles.openai_server import OpenAIDouble
from tests.doubles.scripted_server import Fault, Served

ASKED = [Message(Role.USER, "What is a norm?")]
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
QUICK = ModelLimits(first_token_s=0.3, next_token_s=0.3, heartbeat_s=0.05)
KEY = "sk-very-secret-0123456789"


@pytest.fixture
def server() -> Iterator[OpenAIDouble]:
    with OpenAIDouble(key=KEY) as double:
        yield double


def endpoint(server: OpenAIDouble, key: str = KEY) -> Endpoint:
    return Endpoint(api_url(server.url), lambda: key, key_hint="Set the environment variable ERICA_OPENAI_KEY.")


def model(
    server: OpenAIDouble, name: str = "served-model", key: str = KEY, limits: ModelLimits | None = None
) -> ChatModel:
    return OpenAICompatibleModel(name, endpoint(server, key), limits=limits)


def test_an_answer_streams_piece_by_piece(server: OpenAIDouble) -> None:
    server.will_say("A norm is a length.")
    pieces = [piece for piece in model(server).stream(ASKED, max_tokens=50) if piece]
    assert pieces == ["A ", "norm ", "is ", "a ", "length."]
    (body,) = server.bodies("/v1/chat/completions")
    assert body["max_tokens"] == 50
    assert body["messages"] == [{"role": "user", "content": "What is a norm?"}]


def test_a_structured_answer_is_asked_for_by_schema_and_decoded(server: OpenAIDouble) -> None:
    server.will_say('{"n": 2}')
    assert model(server).complete(ASKED, SCHEMA, max_tokens=50) == {"n": 2}
    asked = server.bodies("/v1/chat/completions")[0]["response_format"]
    assert asked["json_schema"]["schema"] == SCHEMA


@pytest.mark.parametrize(("said", "complaint"), [('{"n": "two"}', "schema"), ("Of course!", "JSON")])
def test_an_answer_outside_its_schema_is_a_failure(server: OpenAIDouble, said: str, complaint: str) -> None:
    server.will_say(said)
    with pytest.raises(ModelFailed, match=complaint):
        model(server).complete(ASKED, SCHEMA, max_tokens=50)


def test_a_structured_answer_that_was_cut_off_says_so(server: OpenAIDouble) -> None:
    server.will_say('{ "n": 2 }')
    with pytest.raises(ModelFailed, match="cut off"):
        model(server).complete(ASKED, SCHEMA, max_tokens=2)


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (Fault.HANG, r"silent for 0\.3 s"),
        (Fault.HANG_MIDWAY, r"silent for 0\.3 s"),
        (Fault.CUT_MIDWAY, "broke off"),
        (Fault.END_MIDWAY, "broke off in the middle"),
        (Fault.ERROR_MIDWAY, "unexpected EOF"),
        (Fault.ERROR_500, r"\(500\): model requires more system memory"),
        (Fault.NONSENSE, "does not answer as an OpenAI-compatible server does"),
        (Fault.FLOOD, "far more than the 50 tokens"),
    ],
)
def test_every_way_to_break_is_a_failure_that_says_which(server: OpenAIDouble, fault: Fault, complaint: str) -> None:
    server.will_say(Served(fault=fault))
    with pytest.raises(ModelFailed, match=complaint):
        list(model(server, limits=QUICK if "silent" in complaint else None).stream(ASKED, max_tokens=50))


def test_a_missing_server_and_a_missing_model_are_not_available(server: OpenAIDouble) -> None:
    with pytest.raises(ModelUnavailable, match="has no model 'another'"):
        list(model(server, "another").stream(ASKED, max_tokens=5))
    with OpenAIDouble() as gone:
        absent = endpoint(gone)
    with pytest.raises(ModelUnavailable, match="No model server answers"):
        list(OpenAICompatibleModel("any", absent, limits=QUICK).stream(ASKED, max_tokens=5))


def test_a_refused_key_says_where_it_is_set_and_no_text_ever_shows_it(server: OpenAIDouble) -> None:
    wrong = "sk-wrong-987654321"
    asked = model(server, key=wrong)
    with pytest.raises(ModelUnavailable, match=r"did not accept the key.*ERICA_OPENAI_KEY") as refusal:
        list(asked.stream(ASKED, max_tokens=5))
    assert wrong not in "".join(traceback.format_exception(refusal.value))
    assert wrong not in repr(asked) + repr(endpoint(server, wrong))


def test_an_error_that_repeats_the_key_is_shown_without_it(server: OpenAIDouble) -> None:
    server.models = []
    asked = OpenAICompatibleModel(KEY, endpoint(server), limits=QUICK)
    with pytest.raises(ModelError) as refusal:
        list(asked.stream(ASKED, max_tokens=5))
    assert f"The model `{KEY}`" not in str(refusal.value)


def test_a_redirect_is_not_followed_so_the_key_goes_nowhere_else(server: OpenAIDouble) -> None:
    server.redirects = True
    with pytest.raises(ModelUnavailable):
        list(model(server).stream(ASKED, max_tokens=5))
    assert [path for path, _ in server.requests] == ["/v1/chat/completions"]


def test_closing_the_stream_hangs_up_even_before_the_first_token(server: OpenAIDouble) -> None:
    server.will_say(Served(fault=Fault.HANG))
    stream = model(server).stream(ASKED, max_tokens=50)
    assert next(piece == "" for piece in stream if server.requests)
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert server.hung_up.wait(5)


def test_the_servers_models_are_listed_and_a_server_without_a_list_has_none(server: OpenAIDouble) -> None:
    assert listed_models(endpoint(server), QUICK) == ["served-model"]
    server.lists_models = False
    assert listed_models(endpoint(server), QUICK) == []


def test_openai_itself_is_asked_in_the_words_its_newer_models_accept() -> None:
    body = completion_body("gpt", "https://api.openai.com/v1", ASKED, 50, None)
    assert body["max_completion_tokens"] == 50
    assert "max_tokens" not in body
    assert "temperature" not in body


def test_an_address_of_a_server_gets_the_usual_path_and_one_with_a_path_keeps_it() -> None:
    assert api_url("http://127.0.0.1:8000") == "http://127.0.0.1:8000/v1"
    assert api_url("https://example.org/api/v3/") == "https://example.org/api/v3"


def test_a_model_says_who_it_is_without_asking_anyone() -> None:
    named = OpenAICompatibleModel("served-model", Endpoint("http://127.0.0.1:1/v1"))
    assert named.model_name == ModelName(Rung.OPENAI, "served-model")
