"""The figures of lessons, over a real library: a good lesson measures well, and each fault is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ingest.pipeline import ingest
from knowledge.evaluation.questions import AskedQuestion
from knowledge.library import Library
from knowledge.retriever import Retriever
from tests.conftest import COURSE
from tests.fakes import HashingEmbedder
from tutor.compose import finished, teach
from tutor.evaluation import measure_lesson, summarise
from tutor.extractive import ExtractiveComposer
from tutor.lesson import Lesson, StepName
from tutor.step_text import NEAREST

INSIDE = AskedQuestion("in", "What is CLIP and how is it used?", ("clip.md",), "", ())
OUTSIDE = AskedQuestion("out", "How do I bake bread with sourdough?", (), "", ())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("course")
    for name, text in COURSE.items():
        (root / name).write_text(text, encoding="utf-8")
    ingest([root], root.parent / "library", HashingEmbedder())
    with Library.open(root.parent / "library") as opened:
        yield opened


def lesson_of(library: Library, asked: AskedQuestion) -> Lesson:
    retriever = Retriever(library, HashingEmbedder())
    return finished(teach(lambda: retriever.retrieve(asked.question), ExtractiveComposer()))


@pytest.fixture(scope="module")
def lesson(library: Library) -> Lesson:
    return lesson_of(library, INSIDE)


def test_a_quoted_lesson_is_grounded_and_in_order(library: Library, lesson: Lesson) -> None:
    row = measure_lesson(INSIDE, lesson, library.catalog)
    assert row.answered
    assert row.citations == row.valid_citations > 3
    assert row.sentences == row.supported_sentences > 3
    assert row.edges > 0
    assert row.order_violations == 0


def test_words_that_do_not_stand_where_a_citation_points_are_counted(library: Library, lesson: Lesson) -> None:
    key, one = next(iter(lesson.citations.items()))
    forged = replace(lesson, citations={**lesson.citations, key: replace(one, quote="It never said this.")})
    row = measure_lesson(INSIDE, forged, library.catalog)
    assert row.valid_citations == row.citations - 1


def test_a_citation_of_a_place_that_was_not_retrieved_is_not_valid(library: Library, lesson: Lesson) -> None:
    bare = replace(lesson, retrieval=replace(lesson.retrieval, hits=(), passages={}))
    assert measure_lesson(INSIDE, bare, library.catalog).valid_citations == 0


def test_a_sentence_whose_place_does_not_say_it_is_not_supported(library: Library, lesson: Lesson) -> None:
    key = next(iter(lesson.citations))
    steps = [
        replace(step, text=f"Penguins breed on Antarctic ice shelves every winter. [{key}]", citations=(key,))
        if step.name is StepName.TOPIC
        else step
        for step in lesson.steps
    ]
    row = measure_lesson(INSIDE, replace(lesson, steps=tuple(steps)), library.catalog)
    assert 0 < row.supported_sentences < row.sentences


def test_a_list_is_supported_by_the_citation_that_stands_before_it(library: Library, lesson: Lesson) -> None:
    key, cited = next(iter(lesson.citations.items()))
    topic = next(step for step in lesson.steps if step.name is StepName.TOPIC)
    listed = f"It says two things: [{key}]\n\n- {cited.quote}\n\n- {cited.quote}"
    one_step = replace(lesson, steps=(replace(topic, text=listed, citations=(key,)),))
    row = measure_lesson(INSIDE, one_step, library.catalog)
    assert row.supported_sentences == row.sentences - 1 == 2


def test_an_earlier_citation_supports_no_sentence_of_its_own(library: Library, lesson: Lesson) -> None:
    (first, cited), (second, _) = list(lesson.citations.items())[:2]
    topic = next(step for step in lesson.steps if step.name is StepName.TOPIC)
    prose = f"{cited.quote} [{first}]\n\nPenguins breed on the ice. [{second}]\n\n{cited.quote}"
    one_step = replace(lesson, steps=(replace(topic, text=prose, citations=(first, second)),))
    row = measure_lesson(INSIDE, one_step, library.catalog)
    assert (row.supported_sentences, row.sentences) == (1, 3)


def test_what_we_say_ourselves_before_a_quotation_is_no_sentence_of_the_course(
    library: Library, lesson: Lesson
) -> None:
    before = measure_lesson(INSIDE, lesson, library.catalog)
    first = replace(lesson.steps[0], text=f"*{NEAREST}*\n\n> {lesson.steps[0].text}")
    row = measure_lesson(INSIDE, replace(lesson, steps=(first, *lesson.steps[1:])), library.catalog)
    assert (row.sentences, row.supported_sentences) == (before.sentences, before.supported_sentences)


def test_an_order_against_the_graph_is_counted(library: Library, lesson: Lesson) -> None:
    turned = replace(lesson, retrieval=replace(lesson.retrieval, order=lesson.retrieval.order[::-1]))
    row = measure_lesson(INSIDE, turned, library.catalog)
    assert row.order_violations == row.edges > 0


def test_facts_are_found_by_their_words_in_the_passages(library: Library, lesson: Lesson) -> None:
    passage = lesson.retrieval.hits[0].chunk.text
    asked = replace(INSIDE, facts=(passage, "Penguins breed on Antarctic ice shelves."))
    row = measure_lesson(asked, lesson, library.catalog)
    assert (row.facts, row.facts_found) == (2, 1)


def test_the_summary_tells_answers_inside_from_refusals_outside(library: Library, lesson: Lesson) -> None:
    rows = [
        measure_lesson(INSIDE, lesson, library.catalog),
        measure_lesson(OUTSIDE, lesson_of(library, OUTSIDE), library.catalog),
    ]
    measured = summarise(rows)
    assert (measured.answered_inside.value, measured.refused_outside.value, measured.refusal_auc) == (1.0, 1.0, 1.0)
    assert measured.citation_validity.value == measured.sentence_support.value == 1.0
    assert len(measured.lines()) == 11
    assert "order violations     0" in measured.lines()
