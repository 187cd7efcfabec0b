"""A lesson as a value: planned steps with the passages they may use, then composed steps with checked citations.

Knows what a lesson consists of; refuses to know how it is retrieved, worded or shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.chat_model import ModelName
from knowledge.model import Chunk, Concept, Retrieval, SourceDocument


class StepName(StrEnum):
    """The steps of a lesson, in the order in which they are taught."""

    ANSWER = "answer"
    """what the course says to the question itself; only where it asks more than what a concept is"""
    WHY = "why"
    PREREQUISITE = "prerequisite"
    TOPIC = "topic"
    HOW = "how"
    EXAMPLE = "example"
    APPLICATIONS = "applications"
    SUMMARY = "summary"
    READING = "reading"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that a step may cite, under a key that is unique in the lesson (`c1`, `c2`, ...)."""

    key: str
    chunk: Chunk
    document: SourceDocument
    """The chunk's document, its text left out."""
    address: str = ""
    """Where it opens, if not in its document: a transcript's passage opens in the video, at its second."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What one step is about and all it may say: a step without passages says that the course has none."""

    name: StepName
    title: str
    concept: Concept | None
    passages: tuple[Passage, ...]
    mentions: tuple[Concept, ...] = ()
    """Concepts the step names: what is needed first, what comes next, or what the short answer compares."""
    known: frozenset[str] = frozenset()
    """Ids of those that the learner knows."""


@dataclass(frozen=True, slots=True)
class LessonPlan:
    """The lesson before any word of it is written. The same retrieval always gives the same plan."""

    question: str
    steps: tuple[PlannedStep, ...]
    passages: Mapping[str, Passage]
    """All passages by key."""


class CellStatus(StrEnum):
    """Whether a shown cell ran; only a green run in the sandbox is called verified."""

    VERIFIED = "verified"
    REPAIRED = "repaired"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class LessonCell:
    """A code cell shown in a lesson, taken from the cited passage, with what running it gave."""

    code: str
    language: str
    citation: str
    status: CellStatus
    reason: str
    outputs: tuple[str, ...] = ()
    """What it printed and its values, as text."""
    figures: tuple[str, ...] = ()
    """PNG images in base64."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A key resolved: where it points, the words that stand there, and how well they support the sentence.

    `support` in 0..1 is the share of the sentence's content that the quoted place holds; 1 for a verbatim quote.
    """

    key: str
    chunk_id: str
    source: str
    """The document's own title."""
    path: str
    uri: str
    """What opens the place: the document's path or URL, with the locator's fragment."""
    locator: str
    """The place in words: `page 7`, `12:34`, `cell 5`."""
    quote: str
    support: float


@dataclass(frozen=True, slots=True)
class Removed:
    """Something a model wrote that was taken out, with the reason."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class LessonStep:
    """A composed and checked step. `text` is Markdown whose citations are written `[c1]`."""

    name: StepName
    title: str
    concept: str | None
    text: str
    citations: tuple[str, ...]
    """Keys in the order of their first use in `text`."""
    cells: tuple[LessonCell, ...] = ()
    found: bool = True
    """False where the course has nothing for the step: `text` says so, and `tutor.gaps` says it for all in one line."""

    def portions(self) -> list[tuple[str, tuple[LessonCell, ...]]]:
        """Return the text with its cells after it; of several cells, each after the paragraph that names its place."""
        paragraphs = self.text.split("\n\n")
        if len(self.cells) < 2 or len(paragraphs) != len(self.cells):
            return [(self.text, self.cells)]
        return [(paragraph, (cell,)) for paragraph, cell in zip(paragraphs, self.cells, strict=True)]


@dataclass(frozen=True, slots=True)
class Sense:
    """One of the things that an ambiguous question may mean."""

    name: str
    definition: str
    """The course's own sentence; empty where it gives none."""
    where: str
    """Title and place of the definition."""
    question: str
    """The question that means this one."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A finished answer. `answered` is false where the material does not cover the question; `reason` says why."""

    question: str
    answered: bool
    reason: str
    model: ModelName
    retrieval: Retrieval
    steps: tuple[LessonStep, ...] = ()
    citations: Mapping[str, Citation] = field(default_factory=dict)
    removed: tuple[Removed, ...] = ()
    timing_ms: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    """What the reader should know, such as a model that failed and whose steps quote the course instead."""
    senses: tuple[Sense, ...] = ()
    """What to choose from, where the question may mean several things; `answered` is false then."""
