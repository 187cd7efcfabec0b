"""`erica eval retrieval` and `erica eval answers` from folder and questions to figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutor.cli import main
from tutor.lesson_json import lesson_from_json

pytestmark = pytest.mark.usefixtures("own_folders")
QUESTIONS = [
    {"id": "q1", "question": "What is CLIP and how is it used?", "gold": ["04-clip.md"]},
    {"id": "q2", "question": "What is an embedding?", "gold": ["02-embeddings.md"], "answers": ["A vector."]},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in QUESTIONS), encoding="utf-8")
    return path


def test_retrieval_prints_measures_writes_the_run_and_compares_with_one(
    course: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.jsonl"
    assert main(["eval", "retrieval", str(course), str(questions), "--run", str(run), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["questions"] == 2
    assert report["measures"]["Hit@5"]["value"] == 1.0
    ranked = {row["id"]: row["ranked"] for row in map(json.loads, run.read_text(encoding="utf-8").splitlines())}
    assert "04-clip.md" in ranked["q1"][:2]
    assert main(["eval", "retrieval", str(course), str(questions), "--against", str(run)]) == 0
    assert "against the other run 0.000 [0.000, 0.000]" in capsys.readouterr().out


def test_answers_measures_lessons_inside_and_refusals_outside(
    course: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside, rows = tmp_path / "outside.jsonl", tmp_path / "rows.jsonl"
    outside.write_text('{"id": "o1", "question": "How do I bake sourdough bread?"}', encoding="utf-8")
    options = ["--outside", str(outside), "--rows", str(rows), "--json"]
    assert main(["eval", "answers", str(course), str(questions), *options]) == 0
    measures = json.loads(capsys.readouterr().out)["measures"]
    assert measures["citation_validity"]["value"] == 1.0
    assert measures["refused_outside"]["value"] == 1.0
    assert [json.loads(row)["inside"] for row in rows.read_text(encoding="utf-8").splitlines()] == [True, True, False]


def test_rows_that_are_there_are_not_measured_again_and_lessons_are_kept(
    course: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, lessons = tmp_path / "rows.jsonl", tmp_path / "lessons"
    whole = ["eval", "answers", str(course), str(questions), "--rows", str(rows), "--lessons", str(lessons), "--json"]
    assert main(whole) == 0
    measured = capsys.readouterr().out
    first, second = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    assert lesson_from_json((lessons / "q1.json").read_text(encoding="utf-8")).question == QUESTIONS[0]["question"]
    (lessons / "q1.json").unlink()
    rows.write_text(first + second[:40], encoding="utf-8")  # as if it had been broken off while the second was written
    assert main(whole) == 0
    again = json.loads(capsys.readouterr().out)["measures"]
    assert rows.read_text(encoding="utf-8").startswith(first)
    assert json.loads(second)["id"] == json.loads(rows.read_text(encoding="utf-8").splitlines()[1])["id"]
    assert not (lessons / "q1.json").exists()
    assert again["citation_validity"] == json.loads(measured)["measures"]["citation_validity"]


def test_rows_of_other_questions_are_not_counted(
    course: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, other = tmp_path / "rows.jsonl", tmp_path / "other.jsonl"
    other.write_text(json.dumps(QUESTIONS[1] | {"id": "q3"}), encoding="utf-8")
    for asked, count in ((questions, 2), (other, 1)):
        assert main(["eval", "answers", str(course), str(asked), "--rows", str(rows), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["questions"] == count
    assert len(rows.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"model": "other"}', "not a row of extractive"),
        ('{"model": "extractive", "id": "q1"}', "`inside` is missing"),
        ("[]", "no JSON object"),
    ],
)
def test_a_file_of_other_rows_is_refused_before_anything_is_read(
    line: str, said: str, course: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(line + "\n", encoding="utf-8")
    assert main(["eval", "answers", str(course), str(questions), "--rows", str(rows)]) != 0
    shown = capsys.readouterr().err
    assert "line 1" in shown
    assert said in shown
    assert rows.read_text(encoding="utf-8") == line + "\n"


def test_the_persons_own_library_is_not_touched(
    course: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "retrieval", str(course), str(questions)]) == 0
    capsys.readouterr()
    assert main(["sources"]) == 1
    assert "erica ingest" in capsys.readouterr().err
