from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import ModelFailed
from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import FakeTutor
from tutor.conversation import FILE_NAME, Conversations, TurnState
from tutor.draft import draft_from_json
from tutor.events import Event, LessonFinished, TextStreamed
from tutor.jobs import AlreadyAnswering, Job, Jobs
from tutor.style import Style

DEADLINE_S = 20.0
SETTINGS = RetrievalSettings()


@pytest.fixture
def conversations(tmp_path: Path):
    opened = Conversations.open(tmp_path)
    yield opened
    opened.close()


class Gated:
    """Answers with the fake tutor's events, waiting at the gate after `free` of them; tells when it was closed."""

    def __init__(self, free: int, error: Exception | None = None) -> None:
        self.free = free
        self.error = error
        self.gate, self.waiting, self.closed = threading.Event(), threading.Event(), threading.Event()

    def ask(
        self, question: str, *, settings: RetrievalSettings, model: str = "auto", style: Style | None = None
    ) -> Iterator[Event]:
        del style
        try:
            for number, event in enumerate(FakeTutor(Path("/course")).ask(question, settings=settings, model=model)):
                if number == self.free:
                    self.waiting.set()
                    assert self.gate.wait(DEADLINE_S)
                    if self.error:
                        raise self.error
                yield event
        finally:
            self.closed.set()


def started(jobs: Jobs, conversations: Conversations) -> tuple[Job, str]:
    conversation = conversations.start("What is CLIP?").id
    return jobs.start(conversation, "What is CLIP?", SETTINGS), conversation


def test_an_answer_is_made_and_kept_whole(conversations):
    jobs = Jobs(FakeTutor(Path("/course")).ask, conversations)
    job, conversation = started(jobs, conversations)
    assert job.wait(DEADLINE_S)
    [turn] = conversations.turns(conversation)
    assert turn.state is TurnState.FINISHED
    assert turn.tail == ""
    assert draft_from_json(turn.body).lesson is not None
    assert job.draft.lesson is not None
    assert jobs.running(conversation) is None


def test_what_streams_is_seen_by_the_page_and_reaches_the_disk(conversations, tmp_path):
    tutor = Gated(free=30)
    clock = iter(range(10_000))
    jobs = Jobs(tutor.ask, conversations, clock=lambda: float(next(clock)))  # a second between events: always flush
    job, conversation = started(jobs, conversations)
    assert tutor.waiting.wait(DEADLINE_S)
    assert jobs.running(conversation) is job
    assert job.begun
    assert job.draft.text
    beside = sqlite3.connect(tmp_path / FILE_NAME)
    [(state, body, tail)] = beside.execute("SELECT state, body, tail FROM turns")
    beside.close()
    assert state == "streaming"
    assert draft_from_json(body, tail) == draft_from_json(_json_of(job), job.draft.text)
    tutor.gate.set()
    assert job.wait(DEADLINE_S)


def _json_of(job: Job) -> str:
    from tutor.draft import draft_to_json

    return draft_to_json(job.draft)


def test_stop_keeps_what_was_streamed_and_closes_the_model(conversations):
    tutor = Gated(free=30)
    jobs = Jobs(tutor.ask, conversations)
    job, conversation = started(jobs, conversations)
    assert tutor.waiting.wait(DEADLINE_S)
    seen = job.draft
    jobs.stop(conversation)
    assert not job.running  # at once, though the model is still busy with its next word
    [turn] = conversations.turns(conversation)
    assert turn.state is TurnState.STOPPED
    assert draft_from_json(turn.body, turn.tail).text == seen.text
    assert not tutor.closed.is_set()
    tutor.gate.set()
    assert tutor.closed.wait(DEADLINE_S)
    assert conversations.turns(conversation) == [turn]


def test_a_new_question_may_follow_a_stop_before_the_old_worker_has_ended(conversations):
    slow = Gated(free=3)
    answers = iter([slow.ask, FakeTutor(Path("/course")).ask])

    def ask(
        question: str, *, settings: RetrievalSettings, model: str = "auto", style: Style | None = None
    ) -> Iterator[Event]:
        del style
        return next(answers)(question, settings=settings, model=model)

    jobs = Jobs(ask, conversations)
    job, conversation = started(jobs, conversations)
    assert slow.waiting.wait(DEADLINE_S)
    with pytest.raises(AlreadyAnswering):
        jobs.start(conversation, "And?", SETTINGS)
    job.stop()
    second = jobs.start(conversation, "And?", SETTINGS)
    assert second.wait(DEADLINE_S)
    slow.gate.set()
    assert slow.closed.wait(DEADLINE_S)
    assert [t.state for t in conversations.turns(conversation)] == [TurnState.STOPPED, TurnState.FINISHED]


def test_a_model_that_fails_leaves_its_words_and_its_reason(conversations):
    tutor = Gated(free=20, error=ModelFailed("The model broke off. Ask again."))
    tutor.gate.set()
    jobs = Jobs(tutor.ask, conversations)
    job, conversation = started(jobs, conversations)
    assert job.wait(DEADLINE_S)
    [turn] = conversations.turns(conversation)
    assert (turn.state, turn.reason) == (TurnState.FAILED, "The model broke off. Ask again.")
    assert draft_from_json(turn.body, turn.tail).text


def test_a_question_refused_before_any_event_fails_with_its_reason(conversations):
    jobs = Jobs(FakeTutor(Path("/course")).ask, conversations)
    conversation = conversations.start("q").id
    job = jobs.start(conversation, "Is the server there?", SETTINGS)
    assert job.wait(DEADLINE_S)
    assert "ollama serve" in conversations.turns(conversation)[0].reason


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_the_answer_and_is_not_swallowed(conversations, monkeypatch):
    seen: list[BaseException | None] = []
    reported = threading.Event()

    def hook(args: threading.ExceptHookArgs) -> None:
        seen.append(args.exc_value)
        reported.set()

    monkeypatch.setattr(threading, "excepthook", hook)
    tutor = Gated(free=5, error=ZeroDivisionError("a bug"))
    tutor.gate.set()
    job, conversation = started(Jobs(tutor.ask, conversations), conversations)
    assert job.wait(DEADLINE_S)
    assert reported.wait(DEADLINE_S)
    assert isinstance(seen[0], ZeroDivisionError)
    assert conversations.turns(conversation)[0].state is TurnState.FAILED


def test_more_answers_than_workers_wait_their_turn(conversations):
    first, second = Gated(free=2), Gated(free=2)
    answers = {"one": first, "two": second}
    jobs = Jobs(lambda question, **rest: answers[question].ask(question, **rest), conversations, workers=1)
    one = jobs.start(conversations.start("one").id, "one", SETTINGS)
    assert first.waiting.wait(DEADLINE_S)
    two = jobs.start(conversations.start("two").id, "two", SETTINGS)
    assert not two.begun
    assert not second.waiting.is_set()
    first.gate.set()
    second.gate.set()
    assert one.wait(DEADLINE_S)
    assert two.wait(DEADLINE_S)


def test_an_answer_stopped_while_it_waits_is_never_begun(conversations):
    first, asked = Gated(free=2), []

    def ask(question: str, **rest: object) -> Iterator[Event]:
        asked.append(question)
        return first.ask(question, settings=SETTINGS)

    jobs = Jobs(ask, conversations, workers=1)
    one = jobs.start(conversations.start("one").id, "one", SETTINGS)
    assert first.waiting.wait(DEADLINE_S)
    two = jobs.start(conversations.start("two").id, "two", SETTINGS)
    jobs.close()
    first.gate.set()
    assert first.closed.wait(DEADLINE_S)
    assert not one.running
    assert not two.running
    assert asked == ["one"]


def test_clearing_a_conversation_while_it_answers_leaves_it_empty(conversations):
    tutor = Gated(free=10)
    jobs = Jobs(tutor.ask, conversations)
    job, conversation = started(jobs, conversations)
    assert tutor.waiting.wait(DEADLINE_S)
    conversations.clear(conversation)
    tutor.gate.set()
    assert job.wait(DEADLINE_S)
    assert conversations.turns(conversation) == []


def test_events_end_with_the_lesson_so_that_a_job_always_ends():
    events = list(FakeTutor(Path("/course")).ask("What is CLIP?", settings=SETTINGS))
    assert isinstance(events[-1], LessonFinished)
    assert any(isinstance(event, TextStreamed) for event in events)
