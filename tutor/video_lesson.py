"""A lesson from the transcript of a recording: chapters, summary, takeaways with their times, and the words themselves.

Everything is chosen from what was said; nothing is worded anew. Knows a catalog; refuses to know pages and players
(`tutor.ui.video`), and where other lessons stand (`tutor.related_lessons`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log, prod, sqrt
from typing import Protocol

from knowledge.model import Chunk, Concept, Mention, MentionRole, SourceDocument, TimeSpan
from knowledge.sentences import SentenceKind, sentences
from knowledge.videos import Video
from tutor.key_sentences import key_sentences
from tutor.name_finder import NameFinder
from tutor.topic_shifts import shifts

TAKEAWAYS = 7
SUMMARY_SENTENCES = 4
NAMES_IN_TITLE = 2
_LONGEST_TITLE = 70
_CLAIMS = re.compile(
    r"\b(?:is|are) (?:an?|the|called|trained|used|learned|computed)\b|"
    r"\b(?:because|therefore|never|always|only|cannot|means?|needs?|requires?|instead of|"
    r"depends?|allows?|makes?|stands for|key|important|main|advantage|problem|limit\w*)\b",
    re.I,
)
"""Words by which a speaker states something to keep: what a thing is, why, and where it ends."""
_CASE = re.compile(
    r"^(?:suppose|imagine|if|say|given|taking|when)\b|\bfor (?:example|instance)\b|\bhere\b|"
    r"\b(?:\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred)\b",
    re.I,
)
"""Words of a single case, with its numbers: an example seldom stands for the whole."""
_CLAIM_WORTH, _CONCEPT_WORTH, _DEFINITION_WORTH, _CASE_WORTH = 1.5, 1.5, 2.0, 0.4
_OPENING_SHARE, _OPENING_WORTH = 0.15, 1.5
_SECOND_NAME = 0.5
"""A second name stands in a title if it weighs at least this share of the first."""
_ROLES = tuple(MentionRole)


class Transcripts(Protocol):
    """What of `knowledge.catalog.Catalog` a video lesson is made from; each method is described there."""

    def document(self, document_id: str) -> SourceDocument | None:
        """Return a document with its text."""
        ...

    def document_chunks(self, document_id: str) -> list[Chunk]:
        """Return a document's chunks in order."""
        ...

    def mentions_in(self, chunk_ids: Sequence[str]) -> list[Mention]:
        """Return what chunks mention."""
        ...

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        """Return concepts by id."""
        ...

    def video_of(self, document_id: str) -> Video | None:
        """Return the video whose words a transcript holds."""
        ...


@dataclass(frozen=True, slots=True)
class Moment:
    """A sentence that was said, from about when to when; inside a passage, times go by its share of the characters."""

    text: str
    start_s: float
    end_s: float
    chunk_id: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Moments that were said in one go: a stretch of a chapter that lies in one chunk."""

    chunk_id: str
    moments: tuple[Moment, ...]
    concept: Concept | None
    """What it explains first of all, None where it names no concept of the course."""

    @property
    def text(self) -> str:
        """Return what was said."""
        return " ".join(moment.text for moment in self.moments)

    @property
    def start_s(self) -> float:
        """Return when it begins."""
        return self.moments[0].start_s


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of one topic, called by the concepts that it speaks of more than other chapters do."""

    title: str
    passages: tuple[Passage, ...]

    @property
    def start_s(self) -> float:
        """Return when it begins."""
        return self.passages[0].start_s

    @property
    def end_s(self) -> float:
        """Return when it ends."""
        return self.passages[-1].moments[-1].end_s


@dataclass(frozen=True, slots=True)
class VideoLesson:
    """A transcript as a lesson. `summary` and `takeaways` are sentences of it, in its order."""

    document: SourceDocument
    video: Video | None
    chapters: tuple[Chapter, ...]
    summary: tuple[Moment, ...]
    takeaways: tuple[Moment, ...]


def video_lesson(catalog: Transcripts, document_id: str) -> VideoLesson | None:
    """Return the lesson that a transcript makes, or None where the library holds no transcript of that id."""
    document = catalog.document(document_id)
    chunks = [chunk for chunk in catalog.document_chunks(document_id) if isinstance(chunk.locator, TimeSpan)]
    said = moments(chunks)
    if document is None or not said:
        return None
    mentions = catalog.mentions_in([chunk.id for chunk in chunks])
    names = NameFinder(catalog.concepts(sorted({mention.concept_id for mention in mentions})))
    starts = [0, *shifts([moment.text for moment in said])]
    stretches = [said[start:end] for start, end in zip(starts, [*starts[1:], len(said)], strict=True)]
    chapters = tuple(
        Chapter(title, tuple(_passages(stretch, mentions, names)))
        for title, stretch in zip(_titles(stretches, names), stretches, strict=True)
    )
    summary = _summary(said, names)
    takeaways = _takeaways(stretches, names, summary)
    return VideoLesson(
        document,
        catalog.video_of(document_id),
        chapters,
        tuple(said[index] for index in summary),
        tuple(said[index] for index in takeaways),
    )


def moments(chunks: Sequence[Chunk]) -> list[Moment]:
    """Return the sentences of a transcript's chunks in order, each with its time."""
    found: list[Moment] = []
    for chunk in chunks:
        if not isinstance(chunk.locator, TimeSpan):
            continue
        start_s, length_s = chunk.locator.start_s, chunk.locator.end_s - chunk.locator.start_s
        for sentence in sentences(chunk.text):
            text = " ".join(chunk.text[sentence.start : sentence.end].split())
            if sentence.kind in (SentenceKind.PROSE, SentenceKind.ITEM) and text:
                first, last = (at / max(1, len(chunk.text)) for at in (sentence.start, sentence.end))
                found.append(Moment(text, start_s + first * length_s, start_s + last * length_s, chunk.id))
    return found


def _passages(stretch: Sequence[Moment], mentions: Sequence[Mention], names: NameFinder) -> Iterator[Passage]:
    for chunk_id in dict.fromkeys(moment.chunk_id for moment in stretch):
        said = tuple(moment for moment in stretch if moment.chunk_id == chunk_id)
        times = names.counts(" ".join(moment.text for moment in said))
        here = [
            (_ROLES.index(mention.role), -times[mention.concept_id], mention.concept_id)
            for mention in mentions
            if mention.chunk_id == chunk_id and times[mention.concept_id]
        ]
        yield Passage(chunk_id, said, names.concepts[min(here)[-1]] if here else None)


def _titles(stretches: Sequence[Sequence[Moment]], names: NameFinder) -> list[str]:
    """Return a title for each stretch: what it names often and other stretches seldom (tf-idf), else how it begins.

    Longer names say more, so that an occurrence counts as often as the root of its words.
    """
    times = [names.counts(" ".join(moment.text for moment in stretch)) for stretch in stretches]
    spread = Counter(concept_id for each in times for concept_id in each)
    titles: list[str] = []
    for each, stretch in zip(times, stretches, strict=True):
        weights = {
            concept_id: count * log(1.2 * len(stretches) / spread[concept_id]) * sqrt(len(called.split()))
            for concept_id, count in each.items()
            if (called := names.concepts[concept_id].name)
        }
        ranked = sorted(weights, key=lambda concept_id: (-weights[concept_id], concept_id))
        chosen: list[str] = []
        for concept_id in ranked:
            name = names.concepts[concept_id].name
            worth_it = not chosen or weights[concept_id] >= _SECOND_NAME * weights[ranked[0]]
            if len(chosen) < NAMES_IN_TITLE and worth_it and not any(_within(name, other) for other in chosen):
                chosen.append(name)
        joined = " and ".join(chosen)
        titles.append(joined[:1].upper() + joined[1:] if chosen else _beginning(stretch[0].text))
    return titles


def _within(one: str, other: str) -> bool:
    """Return whether one name stands in the other: a title says nothing twice."""
    one, other = one.casefold(), other.casefold()
    return one in other or other in one


def _beginning(text: str) -> str:
    if len(text) <= _LONGEST_TITLE:
        return text.rstrip(".")
    return text[: _LONGEST_TITLE + 1].rpartition(" ")[0] + " …"


def _summary(said: Sequence[Moment], names: NameFinder) -> list[int]:
    """Return the indices of the sentences that stand for the whole talk; its opening says what it is about."""
    worth = _worth(said, names)
    opening = len(said) * _OPENING_SHARE
    most = min(SUMMARY_SENTENCES, 1 + len(said) // 8)
    texts = [moment.text for moment in said]
    return key_sentences(texts, most, worth=lambda at: worth(at) * (_OPENING_WORTH if at < opening else 1.0))


def _takeaways(stretches: Sequence[Sequence[Moment]], names: NameFinder, summary: Sequence[int]) -> list[int]:
    """Return the indices of sentences that define or claim something, the longer chapters giving more of them."""
    said = [moment for stretch in stretches for moment in stretch]
    texts = [moment.text for moment in said]
    worth = _worth(said, names)
    chosen: list[int] = []
    start = 0
    for stretch in stretches:
        share = max(1, round(TAKEAWAYS * len(stretch) / len(said)))
        inside = [worth(at) if start <= at < start + len(stretch) else 0.0 for at in range(len(said))]
        chosen += key_sentences(texts, share, taken=[*summary, *chosen], worth=inside.__getitem__)
        start += len(stretch)
    return sorted(chosen)


def _worth(said: Sequence[Moment], names: NameFinder) -> Callable[[int], float]:
    """Return what tells how much a sentence states: claims and definitions most, one case with its numbers least."""
    defined = [" ".join(c.definition.text.split()) for c in names.concepts.values() if c.definition]

    def worth(index: int) -> float:
        text = said[index].text
        factors = (
            (_CLAIMS.search(text) is not None, _CLAIM_WORTH),
            (bool(names.counts(text)), _CONCEPT_WORTH),
            (any(text in one or one in text for one in defined), _DEFINITION_WORTH),
            (_CASE.search(text) is not None, _CASE_WORTH),
        )
        return prod(factor for holds, factor in factors if holds)

    return worth
