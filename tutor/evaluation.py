"""What lessons are worth, counted: are they grounded, in order, and plain about what the course does not cover.

Takes finished lessons and the library they were made of; knows no retriever and no model. Nothing here is asked of a
model: every figure can be worked out again from the lesson and the library.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from knowledge.evaluation.measures import Measured, auc, bootstrap
from knowledge.evaluation.questions import AskedQuestion
from knowledge.model import Retrieval
from knowledge.sentences import SentenceKind, sentences
from knowledge.stopwords import content_words
from tutor.citations import SUPPORTED
from tutor.lesson import CellStatus, Lesson, StepName
from tutor.step_text import NEAREST

if TYPE_CHECKING:
    from knowledge.catalog import Catalog

FACT_SHARE = 0.6
"""Share of a fact's content words that the retrieved passages hold, from which on it counts as found."""
_STATING_STEPS = frozenset(
    {StepName.ANSWER, StepName.WHY, StepName.PREREQUISITE, StepName.TOPIC, StepName.HOW, StepName.APPLICATIONS}
)
_MARK = re.compile(r"\[(c\d+)\]")
_MARKS = re.compile(r"(?:\[c\d+\]\s*)+")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question's figures. Counts are of the whole lesson."""

    id: str
    inside: bool
    """Whether the course answers the question, as its file says."""
    answered: bool
    coverage: float
    citations: int
    valid_citations: int
    """Citations whose words stand verbatim in the chunk they name, which the retrieval gave."""
    sentences: int
    supported_sentences: int
    """Sentences that cite a chunk which holds at least `tutor.citations.SUPPORTED` of their content words."""
    removed: int
    edges: int
    order_violations: int
    """Prerequisite edges of the library between concepts of the lesson, and those that the lesson's order breaks."""
    facts: int
    facts_found: int
    cells: int
    verified_cells: int
    failed_cells: int
    words: int
    first_text_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class AnswerMeasures:
    """Figures over all questions, each with its bootstrap interval over questions; nan where there is nothing."""

    answered_inside: Measured
    refused_outside: Measured
    refusal_auc: float
    """How often a question that the course answers has more coverage than one it does not."""
    citation_validity: Measured
    sentence_support: Measured
    order_violations: int
    facts_found: Measured
    cells_verified: Measured
    words: float
    first_text_ms: float
    """Median of the answered ones, and so the next."""
    total_ms: float

    def lines(self) -> list[str]:
        """Return the figures as lines of text, one each."""
        return [f"{one.name.replace('_', ' '):20} {_shown(getattr(self, one.name))}" for one in fields(self)]


def _shown(value: float | Measured) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def measure_lesson(asked: AskedQuestion, lesson: Lesson, catalog: Catalog) -> AnswerRow:
    """Return the figures of one lesson."""
    given = _given(lesson.retrieval)
    cited = lesson.citations
    chunks = {chunk.id: chunk for chunk in catalog.chunks([citation.chunk_id for citation in cited.values()])}
    valid = [
        one.chunk_id in given and one.chunk_id in chunks and one.quote in chunks[one.chunk_id].text
        for one in cited.values()
    ]
    held = {key: content_words(chunks[c.chunk_id].embedded_text) for key, c in cited.items() if c.chunk_id in chunks}
    said = list(_said(lesson, held))
    edges, broken = _order(lesson.retrieval, catalog)
    found = [fact for fact in asked.facts if _holds(lesson.retrieval, fact)]
    cells = [cell.status for step in lesson.steps for cell in step.cells]
    return AnswerRow(
        id=asked.id,
        inside=bool(asked.gold),
        answered=lesson.answered,
        coverage=lesson.retrieval.coverage,
        citations=len(valid),
        valid_citations=sum(valid),
        sentences=len(said),
        supported_sentences=sum(said),
        removed=len(lesson.removed),
        edges=edges,
        order_violations=broken,
        facts=len(asked.facts),
        facts_found=len(found),
        cells=len(cells),
        verified_cells=cells.count(CellStatus.VERIFIED),
        failed_cells=cells.count(CellStatus.FAILED),
        words=sum(len(step.text.split()) for step in lesson.steps),
        first_text_ms=lesson.timing_ms.get("first_text", float("nan")),
        total_ms=lesson.timing_ms.get("total", float("nan")),
    )


def summarise(rows: Sequence[AnswerRow]) -> AnswerMeasures:
    """Return the figures over all questions."""
    inside, outside = [row for row in rows if row.inside], [row for row in rows if not row.inside]
    answered = [row for row in rows if row.answered]
    ran = [(row.verified_cells, row.verified_cells + row.failed_cells) for row in answered]
    return AnswerMeasures(
        answered_inside=_ratio((row.answered, 1) for row in inside),
        refused_outside=_ratio((not row.answered, 1) for row in outside),
        refusal_auc=auc([row.inside for row in rows], [row.coverage for row in rows]),
        citation_validity=_ratio((row.valid_citations, row.citations) for row in answered),
        sentence_support=_ratio((row.supported_sentences, row.sentences) for row in answered),
        order_violations=sum(row.order_violations for row in answered),
        facts_found=_ratio((row.facts_found, row.facts) for row in inside),
        cells_verified=_ratio(ran),
        words=_median(row.words for row in answered),
        first_text_ms=_median(row.first_text_ms for row in answered),
        total_ms=_median(row.total_ms for row in answered),
    )


def _given(retrieval: Retrieval) -> set[str]:
    """Return the ids of all chunks that a lesson of this retrieval may cite."""
    hits = {hit.chunk.id for hit in retrieval.hits}
    return hits | {chunk.id for passages in retrieval.passages.values() for chunk in passages}


def _holds(retrieval: Retrieval, fact: str) -> bool:
    wanted = content_words(fact)
    chunks = [hit.chunk for hit in retrieval.hits]
    chunks += [chunk for passages in retrieval.passages.values() for chunk in passages]
    held = set().union(*(content_words(chunk.embedded_text) for chunk in chunks)) if chunks else set()
    return bool(wanted) and len(wanted & held) >= FACT_SHARE * len(wanted)


def _said(lesson: Lesson, held: Mapping[str, set[str]]) -> Iterator[bool]:
    """Yield for each sentence of the steps that state something whether a place it cites holds its words.

    Args:
        lesson: the lesson.
        held: content words of the cited chunk by the citation's key.
    """
    for step in lesson.steps:
        if step.name not in _STATING_STEPS or not step.citations:
            continue  # such a step says that the course has nothing
        text = step.text.replace(f"*{NEAREST}*", "")  # our own words, of which the course says nothing
        spans = sentences(text)
        announced = ""
        for span, after in zip_longest(spans, spans[1:]):
            if span.kind not in (SentenceKind.PROSE, SentenceKind.ITEM):
                continue
            told = text[span.start : after.start if after else len(text)]
            marks = _MARKS.findall(told)
            # A paragraph has one mark at its end, and a list has one before it.
            whole = _MARKS.search(text[span.start :].partition("\n\n")[0])
            other = announced if span.kind is SentenceKind.ITEM else whole[0] if whole else ""
            for part, mark in zip_longest(_MARKS.split(told), marks, fillvalue=""):
                places = _MARK.findall(mark or other)
                words = content_words(part)
                if words:
                    yield any(len(words & held.get(key, set())) >= SUPPORTED * len(words) for key in places)
            if span.kind is SentenceKind.PROSE:
                announced = marks[-1] if marks else ""


def _order(retrieval: Retrieval, catalog: Catalog) -> tuple[int, int]:
    """Return how many prerequisite edges lie between the lesson's concepts, and how many the order breaks."""
    place = {item.concept.id: number for number, item in enumerate(retrieval.order)}
    edges = [edge for edge in catalog.prerequisites_of(list(place)) if edge.source_id in place]
    return len(edges), sum(place[edge.source_id] > place[edge.target_id] for edge in edges)


def _ratio(parts: Iterable[tuple[float, float]]) -> Measured:
    pairs = np.array(list(parts), dtype=float).reshape(-1, 2)

    def ratio(rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
        top, bottom = pairs[rows].sum(axis=0)
        return float(top / bottom) if bottom else float("nan")

    return bootstrap(ratio, len(pairs))


def _median(values: Iterable[float]) -> float:
    numbers = [value for value in values if not math.isnan(value)]
    return float(np.median(numbers)) if numbers else float("nan")
