import threading
from collections.abc import Generator

import pytest

from knowledge.errors import ModelFailed
from knowledge.models.pacing import ModelLimits, paced

QUICK = ModelLimits(connect_s=0.2, first_token_s=0.2, next_token_s=0.1, heartbeat_s=0.02)


def test_pieces_come_as_they_are_and_in_order() -> None:
    answer = (piece for piece in ["a", "", "b"])
    assert list(paced(answer, lambda: None, QUICK, who="it", max_tokens=9)) == ["a", "", "b"]


@pytest.mark.parametrize("said", [[], ["a"]])
def test_silence_past_the_limit_is_a_hang(said: list[str]) -> None:
    silence = threading.Event()

    def answer() -> Generator[str, None, None]:
        yield from said
        silence.wait()

    with pytest.raises(ModelFailed, match=r"it was silent for 0\.[12] s"):
        list(paced(answer(), silence.set, QUICK, who="it", max_tokens=9))
    assert silence.is_set()


def test_the_caller_gets_the_word_while_the_model_is_silent_and_can_stop_it() -> None:
    silence = threading.Event()

    def answer() -> Generator[str, None, None]:
        silence.wait()
        yield "too late"

    stream = paced(answer(), silence.set, ModelLimits(heartbeat_s=0.01), who="it", max_tokens=9)
    assert next(stream) == ""
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert silence.is_set()


def test_an_error_of_the_answer_reaches_the_caller_after_the_text_before_it() -> None:
    def answer() -> Generator[str, None, None]:
        yield "a"
        raise KeyError("b")

    stream = paced(answer(), lambda: None, QUICK, who="it", max_tokens=9)
    assert next(stream) == "a"
    with pytest.raises(KeyError):
        next(stream)


def test_a_model_that_ignores_its_limit_is_cut_off() -> None:
    stopped = threading.Event()

    def answer() -> Generator[str, None, None]:
        while not stopped.is_set():
            yield "x" * 500

    with pytest.raises(ModelFailed, match="far more than the 10 tokens"):
        list(paced(answer(), stopped.set, QUICK, who="it", max_tokens=10))


def test_nothing_starts_before_the_first_piece_is_asked_for() -> None:
    begun = threading.Event()

    def answer() -> Generator[str, None, None]:
        begun.set()
        yield "a"

    stream = paced(answer(), lambda: None, QUICK, who="it", max_tokens=9)
    assert not begun.is_set()
    assert list(stream) == ["a"]


def test_a_limit_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0 s"):
        ModelLimits(next_token_s=0)


def test_a_reader_that_is_never_short_of_words_ends_with_its_caller() -> None:
    ended = threading.Event()

    def answer() -> Generator[str, None, None]:
        try:
            while True:
                yield "more"
        finally:
            ended.set()

    stream = paced(answer(), lambda: None, QUICK, who="it", max_tokens=10_000)
    assert next(stream) == "more"
    stream.close()
    assert ended.wait(5)
