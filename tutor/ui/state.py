"""What all sessions of the page share, built once: the tutor, the conversations, the answers being made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import streamlit as st

from knowledge.model import Concept, RetrievalSettings, SourceDocument
from tutor.classroom import Classroom
from tutor.concept_map import ConceptMap
from tutor.conversation import Conversations
from tutor.desk import Desk
from tutor.events import Event
from tutor.jobs import Jobs
from tutor.quiz_book import QuizRoom
from tutor.style import Style
from tutor.workbench import Workbench

if TYPE_CHECKING:
    from knowledge.catalog import LibraryCounts
    from knowledge.chat_model import ChatModel
    from knowledge.models.ladder import ModelOffer
    from tutor.app import SourceView

OFFERS_LIFE_S = 60
COUNTS_LIFE_S = 10


class Teacher(Protocol):
    """What the pages need of `tutor.app.Tutor`, where each method is described."""

    def ask(
        self, question: str, *, settings: RetrievalSettings, model: str = "auto", style: Style | None = None
    ) -> Iterator[Event]:
        """Yield the events of one answer."""
        ...

    def counts(self) -> LibraryCounts:
        """Return how much the library holds."""
        ...

    def course_title(self) -> str:
        """Return the courses' titles, joined."""
        ...

    def model_offers(self) -> Sequence[ModelOffer]:
        """Return the models on offer, and why others are not there."""
        ...

    def sources(self) -> Sequence[SourceDocument]:
        """Return every document in course order."""
        ...

    def source(self, chunk_id: str) -> SourceView | None:
        """Return a cited place with its surroundings."""
        ...

    def opening(self, document_id: str) -> str | None:
        """Return the id of a document's first chunk."""
        ...

    def cells_above(self, chunk_id: str) -> tuple[str, ...]:
        """Return the code that a cell of the course builds on."""
        ...

    def main_concepts(self, limit: int) -> Sequence[Concept]:
        """Return the concepts that the course teaches most."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the pages stand on."""

    tutor: Teacher
    conversations: Conversations
    jobs: Jobs
    retrieval: RetrievalSettings
    """Where the sliders stand at first."""
    model: str
    """Key of the model chosen at first."""
    workbench: Workbench = field(default_factory=Workbench)
    """Runs cells and judges solutions."""
    concept_map: ConceptMap | None = None
    """What the page of the concept map shows; without it there is no such page."""
    classroom: Classroom | None = None
    """What the pages of courses and lessons stand on; without it there are no such pages."""
    quizzes: QuizRoom | None = None
    """What the page of quizzes stands on; without it there is no such page."""
    desk: Desk | None = None
    """Where solutions are kept and days are chosen; without it there is no page of the day and no walkthrough."""
    explainer: Callable[[], ChatModel | None] = field(default=lambda: None)
    """Gives the model that explains failures, or None; ModelUnavailable where one was named that is not there."""
    quiz_model: Callable[[], ChatModel | None] = field(default=lambda: None)
    """Gives the model that may write quiz questions, or None."""
    style: Style = field(default_factory=Style)
    """How lessons speak at first."""


def build() -> Services:
    """Return the services of the settings in force.

    Raises:
        KnowledgeError: there is no library yet, or it cannot be used.
        SettingsError: a setting is unusable.
    """
    from tutor import app, settings  # seconds of imports that only the first session pays

    chosen = settings.load()
    tutor = app.build(chosen)
    conversations = Conversations.open(chosen.state)
    jobs = Jobs(tutor.ask, conversations)
    desk = Desk(tutor.library, chosen.state)
    return Services(
        tutor=tutor,
        conversations=conversations,
        jobs=jobs,
        retrieval=chosen.retrieval,
        model=chosen.model,
        workbench=app.workbench(chosen, desk.passed),
        concept_map=tutor.concept_map,
        style=chosen.style,
        explainer=lambda: tutor.chat_model(chosen.model),
        quiz_model=lambda: tutor.quiz_model(chosen.model),
        classroom=Classroom(tutor.library, chosen.state),
        quizzes=QuizRoom(tutor.library, chosen.state),
        desk=desk,
    )


@st.cache_resource(show_spinner="Opening the library …")
def shared(_build: Callable[[], Services]) -> Services:
    """Return the services, built by the first session that asks."""
    return _build()


@st.cache_resource(ttl=OFFERS_LIFE_S, show_spinner=False)
def offers(_services: Services) -> Sequence[ModelOffer]:
    """Return the models on offer; asking servers again on each rerun would make the page wait."""
    return _services.tutor.model_offers()


@st.cache_resource(ttl=COUNTS_LIFE_S, show_spinner=False)
def counts(_services: Services) -> LibraryCounts:
    """Return how much the library holds, at most some seconds old."""
    return _services.tutor.counts()


@st.cache_resource(ttl=OFFERS_LIFE_S, show_spinner=False)
def suggestions(_services: Services) -> list[str]:
    """Return the names of concepts that a newcomer may ask about."""
    return [concept.name for concept in _services.tutor.main_concepts(4)]
