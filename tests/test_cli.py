"""The command line from course folder to cited lesson, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import HashingEmbedder
from tutor.cli import main
from tutor.learner import Learner, Subject
from tutor.settings import load

pytestmark = pytest.mark.usefixtures("own_folders")


def out_of(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def ingest(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    code = main(["ingest", str(path), "--json", *options])
    report: dict[str, Any] = json.loads(out_of(capsys))
    report["exit"] = code
    return report


def ask(question: str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["ask", question, "--json", *options]) == 0
    lesson: dict[str, Any] = json.loads(out_of(capsys))
    return lesson


def test_a_course_becomes_a_cited_ordered_lesson(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = ingest(course, capsys)
    assert report["exit"] == 0
    assert report["added"] == ["01-vectors.md", "02-embeddings.md", "03-contrastive.md", "04-clip.md"]
    assert report["failed"] == []
    assert report["chunks"] > 5
    lesson = ask("What is CLIP and how is it used?", capsys)
    assert lesson["schema"] == "erica.lesson/1"
    assert lesson["answered"] is True
    assert lesson["reason"] == ""
    assert lesson["model"] == {"rung": "extractive", "name": "the course's own sentences"}
    assert lesson["seeds"][0]["concept"] == "CLIP"
    order = [name.casefold() for name in lesson["order"]]
    assert order.index("embedding") < order.index("contrastive learning") < order.index("clip")
    assert {"retrieval", "plan", "first_text", "total"} <= lesson["timing_ms"].keys()


def test_every_citation_opens_at_words_that_stand_there(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    lesson = ask("What is CLIP and how is it used?", capsys)
    assert len(lesson["citations"]) >= 3
    for citation in lesson["citations"].values():
        path, _, anchor = citation["uri"].partition("#")
        text = Path(path).read_text(encoding="utf-8")
        assert citation["quote"] in text
        headings = [
            re.sub(r"[^\w\- ]", "", line.lstrip("# ").casefold()).replace(" ", "-")
            for line in text.splitlines()
            if line.startswith("#")
        ]
        assert anchor in headings
        assert citation["support"] == 1.0
    used = {key for step in lesson["steps"] for key in step["citations"]}
    marked = {key for step in lesson["steps"] for key in re.findall(r"\[(c\d+)\]", step["text"])}
    assert used == marked == lesson["citations"].keys()


def test_ingesting_again_changes_nothing_and_embeds_nothing(
    course: Path, capsys: pytest.CaptureFixture[str], embedder: HashingEmbedder
) -> None:
    first = ingest(course, capsys)
    before = len(embedder.embedded)
    again = ingest(course, capsys)
    assert again["added"] == again["removed"] == []
    assert len(again["unchanged"]) == 4
    assert len(embedder.embedded) == before
    assert (again["chunks"], again["concepts"], again["relations"]) == (
        first["chunks"],
        first["concepts"],
        first["relations"],
    )


def test_settings_reach_the_retriever(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    alone = ask("What is CLIP?", capsys, "--depth", "0")
    assert [name.casefold() for name in alone["order"]] == ["clip"]
    small = ask("What is CLIP?", capsys, "--concepts", "2", "--depth", "3")
    assert len(small["order"]) == 2
    assert len(ask("What is CLIP?", capsys, "--results", "1")["retrieval"]["hits"]) == 1


def test_what_the_owner_knows_is_only_brought_to_mind(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    learner = Learner.open(load().state)
    learner.mark(Subject("known", "Embedding"))
    learner.close()
    steps = ask("What is CLIP?", capsys)["steps"]
    entries = [line for step in steps if step["name"] == "prerequisite" for line in step["text"].split("\n")]
    reminders = [line for line in entries if "You know this already:" in line]
    assert len(reminders) == 1 < len(entries)
    assert "embedding" in reminders[0].casefold()


def test_the_same_question_gives_the_same_lesson(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    first, second = ask("What is CLIP?", capsys), ask("What is CLIP?", capsys)
    for lesson in (first, second):
        del lesson["timing_ms"]
    assert first == second


def test_the_lesson_reads_as_markdown_with_numbered_sources(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    assert main(["ask", "What is CLIP?"]) == 0
    text = out_of(capsys)
    assert "## Why CLIP matters" in text
    assert "CLIP matters because it recognises classes that no one labelled for it. [1]" in text
    assert re.search(r"^\[1\] CLIP, Why CLIP matters \(.*04-clip\.md#why-clip-matters\)", text, re.M)
    assert "[c1]" not in text


def test_sources_lists_everything_and_where_it_came_from(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    assert main(["sources", "--json"]) == 0
    rows = json.loads(out_of(capsys))["sources"]
    assert [row["path"] for row in rows] == ["01-vectors.md", "02-embeddings.md", "03-contrastive.md", "04-clip.md"]
    assert rows[3]["from"] == str(course / "04-clip.md")
    assert {row["course"] for row in rows} == {"Small course"}


def test_a_removed_file_leaves_nothing_behind(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    (course / "04-clip.md").unlink()
    (course / "course.toml").write_text('title = "Small course"\n')
    assert ingest(course, capsys)["removed"] == ["04-clip.md"]
    lesson = ask("What is CLIP?", capsys)
    assert "CLIP" not in {seed["concept"] for seed in lesson["seeds"]}


def test_dry_run_changes_nothing(course: Path, capsys: pytest.CaptureFixture[str], own_folders: Path) -> None:
    report = ingest(course, capsys, "--dry-run")
    assert len(report["added"]) == 4
    assert not (own_folders / "library").exists()


# --- bad input --------------------------------------------------------------------------------------------------


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, capsys.readouterr().err


def test_a_question_before_any_ingest_names_the_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = complaint(capsys, "ask", "What is CLIP?")
    assert code == 1
    assert "erica ingest" in said


@pytest.mark.parametrize(
    ("question", "word"), [("", "empty"), ("  \n\t ", "empty"), ("?!", "empty"), ("x" * 20_000, "20,000")]
)
def test_a_question_that_is_none_is_refused_kindly(
    course: Path, capsys: pytest.CaptureFixture[str], question: str, word: str
) -> None:
    ingest(course, capsys)
    code, said = complaint(capsys, "ask", question)
    assert code == 1
    assert word in said


def test_a_missing_path_and_an_empty_folder_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for path in (tmp_path / "nowhere", empty):
        code = main(["ingest", str(path)])
        captured = capsys.readouterr()
        assert code == 1
        assert str(path) in captured.out + captured.err or path.name in captured.out + captured.err


def test_the_rest_of_a_batch_goes_on_and_the_exit_code_says_so(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "course.toml").unlink()
    (course / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    (course / "broken.pdf").write_bytes(b"%PDF-1.7 not really")
    (course / "void.md").write_text("", encoding="utf-8")
    os.symlink(course, course / "loop")
    report = ingest(course, capsys)
    assert report["exit"] == 3
    assert len(report["added"]) == 4
    failed = {failure["path"]: failure["reason"] for failure in report["failed"]}
    assert {"broken.ipynb", "broken.pdf"} <= failed.keys()
    assert all(len(reason) > 20 for reason in failed.values())
    assert ask("What is CLIP?", capsys)["answered"]


def test_another_embedder_is_refused_with_both_names(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(course, capsys)
    monkeypatch.setattr("tutor.app.open_embedder", lambda *_, **__: HashingEmbedder("other", 32))
    code, said = complaint(capsys, "ask", "What is CLIP?")
    assert code == 1
    assert "hashing" in said
    assert "other" in said


def test_reembedding_makes_another_embedder_fit(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(course, capsys)
    before = ask("What is CLIP?", capsys)
    for place in ("knowledge.embedders.open_embedder", "tutor.app.open_embedder"):
        monkeypatch.setattr(place, lambda *_, **__: HashingEmbedder("other", 32))
    assert main(["reembed", "--model", "other"]) == 0
    capsys.readouterr()
    after = ask("What is CLIP?", capsys)
    assert after["answered"]
    assert after["order"] == before["order"]


def test_a_model_that_is_not_there_is_exit_code_four(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest(course, capsys)
    code, said = complaint(capsys, "ask", "What is CLIP?", "--model", "embedded:qwen2.5-coder-1.5b")
    assert code == 4
    assert "erica models get" in said


def test_wrong_settings_are_wrong_usage(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERICA_DEPTH", "deep")
    code, said = complaint(capsys, "ask", "What is CLIP?")
    assert code == 2
    assert "ERICA_DEPTH" in said


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "COMMAND" in out_of(capsys)


def test_config_shows_where_each_value_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0
    line = next(line for line in out_of(capsys).splitlines() if line.startswith("library"))
    assert line.endswith("ERICA_LIBRARY")


def test_terminal_control_characters_of_a_course_never_get_out(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = course / "04-clip.md"
    path.write_text(path.read_text().replace("CLIP matters because", "CLIP matters\x1b]0;owned\x07 because"))
    ingest(course, capsys)
    main(["ask", "What is CLIP?"])
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
