"""`erica quiz` and `erica review` over a small library: asked, answered, graded, remembered, exported, removed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.tutor.lesson_course import shared_library
from tutor.cli import main
from tutor.exits import OK, UNAVAILABLE, USAGE
from tutor.learner import EvidenceKind, Learner, Shown, Subject
from tutor.quiz_book import QuizBook

LESSON = ("--lesson", "01/01-vectors.md")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from shared_library(tmp_path_factory)


@pytest.fixture
def erica(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command with these lines typed; return exit code, output and messages."""
    monkeypatch.setenv("ERICA_LIBRARY", str(library.folder))
    monkeypatch.setenv("ERICA_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_a_right_and_a_wrong_answer_are_told_explained_and_counted(erica):
    code, out, _ = erica("quiz", *LESSON, "--limit", "1", typed="11\n")
    assert code == OK
    assert "1 of 1: What is the dot product of (1, 2) and (3, 4)?" in out
    assert "Right. Answer: 11" in out
    assert "[Vectors, Check yourself]" in out
    assert "\n1 right\nIn code: Cosine similarity of all pairs. `erica problem cosine-similarity-matrix`" in out
    assert "0 right" in erica("quiz", *LESSON, "--limit", "1", typed="12\n")[1]


def test_an_empty_line_passes_a_question_over_and_the_end_of_input_ends_the_quiz(erica):
    _, out, _ = erica("quiz", "kernel", "--limit", "3", typed="\n")
    assert "1 of " in out
    assert "2 of " in out
    assert "3 of " not in out
    assert out.endswith("0 right\n")


def test_the_questions_come_as_json_with_their_answers(erica):
    code, out, _ = erica("quiz", "dot product", "--json")
    questions = json.loads(out)["questions"]
    assert code == OK
    assert {question["concept"] for question in questions} == {"dot product"}
    assert all(question["source"]["chunk"] and question["explanation"] for question in questions)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a concept or a lesson"),
        (("vector", *LESSON), "name a concept or a lesson"),
        (("--lesson", "none.md"), "no document “none.md”"),
        (("dot produkt",), "Did you mean “dot product”"),
    ],
)
def test_what_cannot_be_asked_is_said_with_the_remedy(erica, arguments, words):
    code, _, told = erica("quiz", *arguments)
    assert code == USAGE
    assert words in told


def test_what_was_answered_is_due_later_can_be_exported_and_is_gone_when_deleted(erica):
    erica("quiz", "dot product", "--limit", "1", typed="11\n")
    kept = json.loads(erica("review", "--export")[1])
    assert [one["concept"] for one in kept["evidence"]] == ["dot product"]
    assert erica("review")[1] == "There is nothing to ask.\n"
    assert "removed" in erica("review", "--delete")[1]
    assert json.loads(erica("review", "--export")[1])["evidence"] == []


def test_what_is_due_is_asked(erica, library, tmp_path):
    questions = json.loads(erica("quiz", "dot product", "--json")[1])["questions"]
    concept = next(one for one in library.catalog.concepts() if one.name == "dot product")
    learner = Learner.open(tmp_path / "state", clock=lambda: 1_000.0)
    learner.record(Shown(Subject(concept.id, concept.name), EvidenceKind.ANSWER, right=False))
    learner.close()
    due = json.loads(erica("review", "--json")[1])["questions"]
    assert due == questions[:1]
    assert "1 of 1:" in erica("review", typed="11\n")[1]


def test_no_item_can_write_to_the_terminal(erica, monkeypatch):
    honest = QuizBook.of_lesson
    hostile = "\x1b[2Jdone"
    monkeypatch.setattr(
        QuizBook,
        "of_lesson",
        lambda book, path: [replace(item, stem=hostile, explanation=hostile) for item in honest(book, path)],
    )
    assert "\x1b" not in erica("quiz", *LESSON, "--limit", "1", typed="11\n")[1]


def test_a_named_model_writes_questions_first_and_what_it_wrote_badly_is_counted(erica, library, monkeypatch):
    from knowledge.models.ladder import EXTRACTIVE, ChosenModel, Ladder, ModelOffer
    from knowledge.models.scripted import ScriptedChatModel

    model = ScriptedChatModel(['{"right": 1}'])
    offer = ModelOffer("embedded:scripted", "scripted", True, "")
    monkeypatch.setattr(Ladder, "choose", lambda _, key: ChosenModel(offer, None if key == EXTRACTIVE else model))
    code, out, err = erica("quiz", "embedding", "--model", "embedded:scripted", "--limit", "1", "--json")
    assert code == OK
    assert [question["origin"] for question in json.loads(out)["questions"]] == ["generated"]
    assert "scripted: question 1 of 1\nscripted wrote 0 questions; 1 refused (" in err
    assert erica("quiz", "embedding", "--model", EXTRACTIVE)[0] == UNAVAILABLE
