import pytest

from knowledge.chat_model import ChatModel, Message, Role
from knowledge.errors import ModelFailed
from knowledge.models.scripted import Prompt, Reply, ScriptedChatModel

ASKED = [Message(Role.USER, "What is a norm?")]


def test_it_plays_its_script_in_order_and_records_what_it_was_asked() -> None:
    model: ChatModel = (scripted := ScriptedChatModel(["A norm is a length.", '{"n": 2}']))

    assert "".join(model.stream(ASKED, max_tokens=50)) == "A norm is a length."
    assert model.complete(ASKED, {"type": "object"}, max_tokens=9) == {"n": 2}
    assert scripted.prompts == [Prompt(tuple(ASKED), 50), Prompt(tuple(ASKED), 9, {"type": "object"})]


def test_a_reply_can_break_off_after_some_text() -> None:
    model = ScriptedChatModel([Reply.of("A norm is", error=ModelFailed("cut"))])
    stream = model.stream(ASKED, max_tokens=50)
    assert next(stream) + next(stream) == "A norm is"
    with pytest.raises(ModelFailed, match="cut"):
        next(stream)


def test_a_stream_that_is_closed_early_is_counted() -> None:
    model = ScriptedChatModel(["A norm is a length.", "Whole."])
    stream = model.stream(ASKED, max_tokens=50)
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # every adapter returns a generator
    assert "".join(model.stream(ASKED, max_tokens=50)) == "Whole."
    assert model.stopped_early == 1


def test_its_structured_answers_are_checked_as_a_real_models_are() -> None:
    with pytest.raises(ModelFailed, match="schema"):
        ScriptedChatModel(['{"n": "two"}']).complete(
            ASKED, {"type": "object", "properties": {"n": {"type": "integer"}}}, max_tokens=9
        )


def test_a_prompt_past_the_script_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="asked once more"):
        ScriptedChatModel().stream(ASKED, max_tokens=5)
