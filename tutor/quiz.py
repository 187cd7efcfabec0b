"""Quiz questions: what one is, how an answer to it is graded and recorded, and when it gives itself away.

Knows items, keys and their explanations with the cited place; refuses to know where items come from
(`quiz_sources`, `quiz_generated`). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.chat_model import ModelName
from knowledge.concepts import normalise
from knowledge.model import stable_id
from knowledge.stopwords import content_words
from tutor.grades import ChoiceKey, Key
from tutor.learner import Subject

LONGEST_RATIO = 2.0
"""A right option may be at most this many times as long as the longest wrong one, counted in characters."""
_ARTICLE_BEFORE_BLANK = re.compile(r"\b(?:an?)\s+_{3,}", re.I)
BLANK = "____"


class Origin(StrEnum):
    """Who made an item."""

    AUTHORED = "authored"
    """it stands in the material"""
    GENERATED = "generated"
    """made from descriptions and other sentences, without a model"""
    MODEL = "model"
    """written by a chat model about a sentence of the material, and checked"""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice; `why` explains it where the material does."""

    id: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an item's answer stands: the chunk, words of it, and its title and place in a reader's words."""

    chunk_id: str
    quote: str
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    """A question with its typed key, explained by words of the material."""

    id: str
    kind: str
    """`choice`, `number`, `words` or `code`: what the learner is asked for"""
    stem: str
    options: tuple[Option, ...]
    """Empty unless something is chosen."""
    key: Key
    explanation: str
    source: Source
    origin: Origin
    concept: Subject | None = None
    by: ModelName | None = None
    """The model that wrote it, if one did."""

    @property
    def guess(self) -> float:
        """Return the probability of answering rightly without knowing."""
        if not isinstance(self.key, ChoiceKey):
            return 0.05
        several = len(self.key.right) > 1
        return 1 / (2 ** len(self.options) - 1) if several else 1 / max(2, len(self.options))

    def to_json(self) -> dict[str, object]:
        """Return the item with its answer, as JSON can say it."""
        key = self.key
        right: object = sorted(key.right) if isinstance(key, ChoiceKey) else str(next(iter(_told(key)), ""))
        return {
            "id": self.id,
            "kind": self.kind,
            "question": self.stem,
            "options": [{"id": option.id, "text": option.text} for option in self.options],
            "answer": right,
            "explanation": self.explanation,
            "source": {"chunk": self.source.chunk_id, "title": self.source.title, "place": self.source.place},
            "quote": self.source.quote,
            "origin": self.origin.value,
            "model": self.by.name if self.by else None,
            "concept": self.concept.name if self.concept else None,
        }


def _told(key: Key) -> Sequence[str]:
    for name in ("number", "formula", "problem"):
        if hasattr(key, name):
            return [getattr(key, name)]
    facts: tuple[tuple[str, ...], ...] = getattr(key, "facts", ())
    return ["; ".join(ways[0] for ways in facts)]


def answer_text(item: QuizItem) -> str:
    """Return the right answer in words."""
    if isinstance(item.key, ChoiceKey):
        return "; ".join(option.text for option in item.options if option.id in item.key.right)
    return str(next(iter(_told(item.key)), ""))


def item_id(kind: str, stem: str, source: Source) -> str:
    """Return an item's id: the same question about the same words keeps it."""
    return stable_id("quiz", kind, stem, source.quote)


def shuffled(seed: str, options: Sequence[tuple[str, bool]]) -> tuple[tuple[Option, ...], frozenset[str]]:
    """Return the options in an order that the seed alone decides, lettered from `a`, and the ids of the right ones."""
    ordered = sorted(options, key=lambda option: stable_id(seed, option[0]))
    made = tuple(Option(chr(ord("a") + index), text) for index, (text, _) in enumerate(ordered))
    return made, frozenset(made[index].id for index, (_, right) in enumerate(ordered) if right)


def faults(item: QuizItem) -> list[str]:
    """Return what is wrong with an item by itself: give-aways, doubled options, an unfit key. Empty if nothing is."""
    found: list[str] = []
    if not item.stem.strip():
        found.append("it asks nothing")
    if _ARTICLE_BEFORE_BLANK.search(item.stem):
        found.append("the article before the blank tells the first letter of the answer")
    if isinstance(item.key, ChoiceKey):
        found.extend(_choice_faults(item, item.key))
    return found


def _shows_through(answer: str, stem: str) -> bool:
    """Return whether a content word of the answer is one of the question, or ends in one: "StyleGAN" and "GAN"."""
    asked, told = content_words(stem), content_words(answer)
    return bool(asked & told) or any(word.endswith(end) for word in told for end in asked if len(end) >= 3)


def _choice_faults(item: QuizItem, key: ChoiceKey) -> list[str]:
    found: list[str] = []
    ids = [option.id for option in item.options]
    if len(ids) < 2 or not key.right or not key.right <= set(ids) or key.offered != frozenset(ids):
        found.append("its key does not fit its options")
    if len({normalise(option.text) or option.text for option in item.options}) < len(ids):
        found.append("two options say the same")
    if item.origin is Origin.AUTHORED:
        return found
    right = [option for option in item.options if option.id in key.right]
    wrong = [option for option in item.options if option.id not in key.right]
    if any(_shows_through(option.text, item.stem) for option in right if len(option.text) < 60):
        found.append("a word of the answer stands in the question")
    longest = max((len(option.text) for option in wrong), default=0)
    if any(len(option.text) > LONGEST_RATIO * longest for option in right):
        found.append("the right option stands out by its length")
    return found
