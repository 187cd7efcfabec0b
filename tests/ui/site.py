"""One server's services and the sessions that open it, in process, over the fake tutor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import FakeTutor
from tutor.conversation import Conversations
from tutor.jobs import Jobs
from tutor.ui.state import Services

DEADLINE_S = 20
QUESTION = "What is CLIP?"


def page_of(build) -> None:  # AppTest runs the bare source: annotations would name what it does not import
    from tutor.ui.app import main

    main(build)


def conversation_of(session: AppTest) -> str:
    """Return the id in the session's URL; what was set by a test is a list, what was set by the page a text."""
    value = session.query_params["c"]
    return value if isinstance(value, str) else value[0]


class Site:
    """One server's services, and sessions that open it."""

    def __init__(self, folder: Path, between: Callable[[], None] = lambda: None) -> None:
        self.tutor = FakeTutor(folder, between)
        self.conversations = Conversations.open(folder)
        self.jobs = Jobs(self.tutor.ask, self.conversations)
        self.services = Services(self.tutor, self.conversations, self.jobs, RetrievalSettings(), "auto")
        self.built = 0

    def build(self) -> Services:
        self.built += 1
        return self.services

    def open(self, **query: str) -> AppTest:
        session = AppTest.from_function(page_of, default_timeout=DEADLINE_S, kwargs={"build": self.build})
        session.query_params.update(query)
        return session.run()

    def ask(self, session: AppTest, question: str = QUESTION) -> AppTest:
        """Ask, wait until the answer is whole, and draw the page again."""
        session.chat_input[0].set_value(question).run()
        return self.settle(session)

    def settle(self, session: AppTest) -> AppTest:
        job = self.jobs.running(conversation_of(session))
        if job is not None:
            assert job.wait(DEADLINE_S)
        return session.run()

    def turns(self, session: AppTest):
        return self.conversations.turns(conversation_of(session))


def shown(session: AppTest) -> str:
    assert not session.exception
    return "\n".join(element.value for kind in ("title", "markdown", "caption") for element in session.get(kind))


def labels(session: AppTest) -> list[str]:
    return [button.label for button in session.button]
