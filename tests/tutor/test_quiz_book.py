"""The questions of a library: by concept, by lesson, by what is due; what an answer leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.tutor.lesson_course import shared_library
from tutor.desk import bundled_problems
from tutor.grades import ChoiceKey, CodeKey, Grade, NumberKey, Verdict
from tutor.learner import Learner, Subject
from tutor.quiz import Origin, QuizItem
from tutor.quiz_book import QuizBook, QuizRoom, answered, with_written

CLIP = "Contrastive Language-Image Pre-training"  # which the problems call by its other name
VECTORS, WORDS = "01/01-vectors.md", "01/03-words.md"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from shared_library(tmp_path_factory)


@pytest.fixture(scope="module")
def book(library: Library) -> QuizBook:
    return QuizBook(library)


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    opened = Learner.open(tmp_path, "anna", clock=lambda: 1_000_000.0)
    yield opened
    opened.close()


def concept(library: Library, name: str):
    return next(one for one in library.catalog.concepts() if one.name == name)


def right_answer(item: QuizItem) -> str:
    return " ".join(sorted(item.key.right)) if isinstance(item.key, ChoiceKey) else str(item.key.number)


def test_a_lesson_asks_its_authors_question_first_and_with_its_place(book):
    first = book.of_lesson(VECTORS)[0]
    assert first.origin is Origin.AUTHORED
    assert first.stem == "What is the dot product of (1, 2) and (3, 4)?"
    assert first.key == NumberKey("11")
    assert first.source.title == "Vectors"
    assert first.concept is not None
    assert first.concept.name == "dot product"  # so that the answer counts for something


def test_what_a_lesson_asks_is_answered_in_that_lesson(book, library):
    lesson = next(d for d in library.catalog.documents() if d.path == WORDS)
    chunks = {chunk.id for chunk in library.catalog.document_chunks(lesson.id)}
    items = book.of_lesson(lesson.path)
    assert len(items) > 5
    assert {item.source.chunk_id for item in items} <= chunks


def test_an_unknown_lesson_asks_nothing(book):
    assert book.of_lesson("no/such.md") == []


def test_a_concept_is_asked_about_by_its_lessons_own_questions_and_by_made_ones(book, library):
    items = book.of_concept(concept(library, "kernel"))
    assert [item.origin for item in items[:2]] == [Origin.AUTHORED, Origin.GENERATED]
    assert {item.concept.name for item in items} == {"kernel"}


def test_what_is_due_is_asked_once_each_and_what_is_gone_is_passed_over(book, library):
    there = concept(library, "dot product")
    subjects = [Subject("0" * 20, "gone"), Subject(there.id, there.name)]
    items = book.of_subjects(subjects)
    assert [item.concept.name for item in items] == ["dot product"]


def test_what_a_concept_needs_is_what_stands_before_it(book, library):
    embedding = concept(library, "embedding")
    assert [need.name for need in book.needs(Subject(embedding.id, embedding.name))] == ["vector"]


def test_described_concepts_are_askable_and_paths_are_all_documents(book, library):
    assert {"kernel", "batch", "gradient"} <= {subject.name for subject in book.askable()}
    assert book.paths() == [document.path for document in library.catalog.documents()]


@pytest.mark.parametrize(("right", "mastery_rises"), [(True, True), (False, False)])
def test_an_answer_is_recorded_and_its_review_is_planned(book, library, learner, right, mastery_rises):
    item = book.of_concept(concept(library, "dot product"))[0]
    before = learner.state(item.concept).mastery
    verdict, _ = answered(item, right_answer(item) if right else "999", learner)
    assert verdict is (Verdict.RIGHT if right else Verdict.WRONG)
    state = learner.state(item.concept)
    assert (state.mastery > before) is mastery_rises
    assert state.due_s is not None


def test_a_right_answer_credits_what_the_concept_needs(book, library, learner):
    embedding, vector = concept(library, "embedding"), concept(library, "vector")
    item = next(item for item in book.of_concept(embedding) if isinstance(item.key, ChoiceKey))
    needs = book.needs(item.concept)
    before = learner.state(Subject(vector.id, vector.name)).mastery
    answered(item, right_answer(item), learner, needs)
    assert learner.state(Subject(vector.id, vector.name)).mastery > before


def test_not_sure_is_evidence_of_nothing(book, library, learner):
    item = book.of_concept(concept(library, "dot product"))[0]
    verdict, _ = answered(item, "1" * 3_000, learner)
    assert verdict is Verdict.UNSURE
    assert learner.states() == []


def test_the_room_lends_learners_concepts_and_lessons(library, tmp_path):
    room = QuizRoom(library, tmp_path)
    learner = room.learner("bert")
    assert learner.name == "bert"
    learner.close()
    assert room.concepts(["0" * 20]) == []
    assert [document.path for document in room.lessons()] == room.book.paths()


# --- in code ---


def test_a_concept_is_asked_about_in_code_by_the_easiest_problem_that_is_not_solved(book, library):
    about = concept(library, CLIP)
    solved: list[str] = []
    levels = []
    while items := book.code_about([about], solved):
        (item,) = items
        problem = bundled_problems()[item.key.problem]
        assert "CLIP" in problem.concepts
        assert item.concept == Subject(about.id, about.name)
        assert item.explanation in library.catalog.chunks([item.source.chunk_id])[0].text
        solved.append(problem.name)
        levels.append(("easy", "medium", "hard").index(problem.difficulty))
    assert len(solved) == len(set(solved)) >= 2
    assert levels == sorted(levels)


def test_what_nothing_describes_is_not_asked_about_in_code(book, library):
    bare = concept(library, "contrastive learning")
    assert bare.definition is None
    assert any("contrastive learning" in problem.concepts for problem in bundled_problems().values())
    described = list(book.of_concept(bare))
    assert [item.source for item in book.code_about([bare])] == [item.source for item in described[:1]]


def test_a_concept_that_no_problem_is_about_is_not_asked_about_in_code(book, library):
    assert book.code_about([concept(library, "batch")]) == []


def test_code_is_not_sure_without_a_judge_and_code_that_fails_is_evidence(book, library, learner):
    (item,) = book.code_about([concept(library, "dot product")])
    assert isinstance(item.key, CodeKey)
    assert answered(item, "pass", learner)[0] is Verdict.UNSURE
    assert learner.states() == []
    before = learner.state(item.concept).mastery
    asked = []

    def judge(name: str, code: str) -> Grade:
        asked.append((name, code))
        return Grade(Verdict.WRONG, "1 of 2 cases passed.")

    assert answered(item, "pass", learner, judge_code=judge) == (Verdict.WRONG, "1 of 2 cases passed.")
    assert asked == [(item.key.problem, "pass")]
    assert learner.state(item.concept).mastery < before


def test_code_that_passes_is_left_to_the_desk_to_record(book, library, learner):
    (item,) = book.code_about([concept(library, "dot product")])
    verdict, _ = answered(item, "pass", learner, judge_code=lambda name, code: Grade(Verdict.RIGHT, "All passed."))
    assert verdict is Verdict.RIGHT
    assert learner.states() == []


def test_what_a_model_wrote_comes_first_and_takes_the_place_of_what_was_made_of_the_same_sentence(library, book):
    items = book.of_concept(concept(library, "embedding"))
    made = next(item for item in items if item.origin is Origin.GENERATED)
    written = replace(made, id="w", origin=Origin.MODEL)
    merged = with_written(items, [written])
    assert merged[0] is written
    assert made not in merged
    assert [item for item in items if item.source.quote != made.source.quote] == [
        item for item in merged[1:] if item.source.quote != made.source.quote
    ]
    assert with_written(items, []) == items


def test_the_sentences_of_a_lesson_stand_in_it_and_open_with_what_it_teaches(library, book):
    document = next(one for one in library.catalog.documents() if one.path == WORDS)
    chunks = {chunk.id: chunk for chunk in library.catalog.document_chunks(document.id)}
    found = book.sentences_of(WORDS)
    assert found
    for one in found:
        assert one.source.quote in chunks[one.source.chunk_id].text
        assert one.statement.concept.name.casefold() in one.statement.text.casefold()
        assert one.course[0] == chunks[one.source.chunk_id].text
        assert one.source.quote not in one.course[1:]
