"""Answers being made: one worker thread each, owned by the service and keyed by conversation.

A job outlives the page that started it: the page reads its draft and asks it to stop, nothing more. What streams is
kept on disk as it comes. Knows threads and their ends; refuses to know pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from typing import Protocol, cast

from knowledge.errors import KnowledgeError
from knowledge.model import RetrievalSettings
from tutor.conversation import Conversations, TurnState
from tutor.draft import Draft, draft_to_json
from tutor.events import Event, LessonFinished, TextStreamed
from tutor.style import Style

FLUSH_S = 0.3
"""Streamed text reaches the disk this often."""
WORKERS = 2
"""Answers made at the same time; more wait their turn."""
_BUG = "Something went wrong that was not foreseen; the log of the server has the details."


class Ask(Protocol):
    """What answers a question: `Tutor.ask`. Closing the iterator stops the model."""

    def __call__(
        self, question: str, *, settings: RetrievalSettings, model: str = "auto", style: Style | None = None
    ) -> Iterator[Event]:
        """Return the events of one answer."""
        ...


class AlreadyAnswering(RuntimeError):
    """The conversation has an answer that is still being made."""


class Job:
    """One answer being made. Everything is safe to call from any thread."""

    def __init__(self, conversation_id: str, turn_id: int, conversations: Conversations) -> None:
        self.conversation_id = conversation_id
        self.turn_id = turn_id
        self._conversations = conversations
        self._lock = threading.Lock()
        self._draft = Draft()
        self._begun = False
        self._unsaved = ""
        self._ended = threading.Event()

    @property
    def draft(self) -> Draft:
        """The answer so far."""
        with self._lock:
            return self._draft

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return not self._ended.is_set()

    @property
    def begun(self) -> bool:
        """Whether it has a worker; until then it waits for another answer to end."""
        return self._begun

    def wait(self, timeout_s: float) -> bool:
        """Return whether the job ended within this time."""
        return self._ended.wait(timeout_s)

    def stop(self) -> None:
        """End the answer here for the reader; the model is closed before it can say another word."""
        self._end(TurnState.STOPPED)

    # --- the worker's side ---

    def begin(self) -> bool:
        """Return whether the job still wants to be worked on."""
        self._begun = True
        return self.running

    def take(self, event: Event, *, flush: bool) -> bool:
        """Fold in an event and save it; text waits until `flush`. Return whether to go on."""
        with self._lock:
            if not self.running:
                return False
            self._draft = self._draft.after(event)
            if isinstance(event, TextStreamed):
                self._unsaved += event.text
                if flush:
                    self._conversations.append(self.turn_id, self._unsaved)
                    self._unsaved = ""
                return True
            self._unsaved = ""
            if not isinstance(event, LessonFinished):
                self._conversations.save(self.turn_id, draft_to_json(self._draft))
                if self._draft.text:  # a notice amid a step: `save` has emptied the tail
                    self._conversations.append(self.turn_id, self._draft.text)
                return True
        self._end(TurnState.FINISHED)
        return False

    def fail(self, reason: str) -> None:
        """End the answer as failed, unless it has ended already."""
        self._end(TurnState.FAILED, reason)

    def _end(self, state: TurnState, reason: str = "") -> None:
        with self._lock:
            if self._ended.is_set():
                return
            try:
                if state is TurnState.FINISHED:
                    self._conversations.end(self.turn_id, state, body=draft_to_json(self._draft))
                else:
                    self._conversations.append(self.turn_id, self._unsaved)
                    self._conversations.end(self.turn_id, state, reason=reason)
            finally:
                self._ended.set()


class Jobs:
    """The jobs that run now. Ended ones are forgotten: the conversation has what they made."""

    def __init__(
        self,
        ask: Ask,
        conversations: Conversations,
        *,
        workers: int = WORKERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Answer by `ask`, at most `workers` questions at a time; `clock` is in seconds."""
        self._ask = ask
        self._conversations = conversations
        self._clock = clock
        self._slots = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def start(
        self,
        conversation_id: str,
        question: str,
        settings: RetrievalSettings,
        model: str = "auto",
        *,
        style: Style | None = None,
        understood_as: str | None = None,
    ) -> Job:
        """Return the job that answers a new question of the conversation.

        Args:
            conversation_id: where the question is kept, as typed.
            question: as typed.
            settings: what the person turned.
            model: key of the model.
            style: how the lesson speaks.
            understood_as: what is answered, where that is not what was typed; see `tutor.followups`.

        Raises:
            AlreadyAnswering: the conversation's last answer is still being made.
            KeyError: there is no such conversation.
            ConversationsUnusable: the question cannot be saved.
        """
        with self._lock:
            running = self._jobs.get(conversation_id)
            if running is not None and running.running:
                raise AlreadyAnswering(conversation_id)
            job = Job(conversation_id, self._conversations.ask(conversation_id, question), self._conversations)
            self._jobs[conversation_id] = job
        # A daemon, so that a model that hangs cannot keep the server from ending; what streamed is on disk.
        answer = partial(self._ask, understood_as or question, settings=settings, model=model, style=style)
        threading.Thread(target=self._work, args=(job, answer), name=f"answer-{job.turn_id}", daemon=True).start()
        return job

    def running(self, conversation_id: str) -> Job | None:
        """Return the job that makes this conversation's answer, or None."""
        with self._lock:
            job = self._jobs.get(conversation_id)
        return job if job is not None and job.running else None

    def stop(self, conversation_id: str) -> None:
        """Stop the conversation's answer where one is being made."""
        job = self.running(conversation_id)
        if job is not None:
            job.stop()

    def close(self) -> None:
        """Stop all answers."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.stop()

    def _work(self, job: Job, answer: Callable[[], Iterator[Event]]) -> None:
        try:
            try:
                with self._slots:
                    if job.begin():
                        self._answer(job, answer())
            except KnowledgeError as error:
                job.fail(str(error))
            finally:
                job.fail(_BUG)  # does nothing where the answer ended in one of the foreseen ways
        finally:
            with self._lock:
                if self._jobs.get(job.conversation_id) is job:
                    del self._jobs[job.conversation_id]

    def _answer(self, job: Job, events: Iterator[Event]) -> None:
        flushed = self._clock()
        with closing(cast("Generator[Event, None, None]", events)):  # the contract of Ask: it can be closed
            for event in events:
                now = self._clock()
                flush = now - flushed >= FLUSH_S
                if flush:
                    flushed = now
                if not job.take(event, flush=flush):
                    return
