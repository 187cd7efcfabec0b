"""`erica remove` and `erica rebuild`, what a broken ingest prints, and names of folders that are none."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.report import Broken, Embedded, Failed, IngestReport, Planned, Progress, Reading, Stopping, Stored
from ingest.tally import Tally
from ingest.terminal import ingest_progress, report_lines
from knowledge.errors import LibraryUnusable
from knowledge.library import LibraryWriter
from tutor.cli import main

pytestmark = pytest.mark.usefixtures("own_folders")


def report_of(capsys: pytest.CaptureFixture[str], *command: str) -> dict[str, Any]:
    code = main([*command, "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {**report, "exit": code}


def test_remove_takes_a_file_and_then_the_course(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest", str(course)])
    capsys.readouterr()
    assert main(["remove", "04-clip.md"]) == 0
    said = capsys.readouterr().out
    assert "removed 1: 04-clip.md" in said
    report = report_of(capsys, "remove", "small course")
    assert (report["exit"], len(report["removed"]), report["chunks"], report["concepts"]) == (0, 3, 0, 0)
    assert main(["sources"]) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_name_is_an_error_with_the_nearest(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest", str(course)])
    assert main(["remove", "04-clips.md"]) == 1
    assert "Nearest: 04-clip.md" in capsys.readouterr().err


def test_rebuild_says_what_it_did_and_changes_nothing(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["ingest", str(course)])
    capsys.readouterr()
    report = report_of(capsys, "rebuild")
    assert (report["exit"], len(report["unchanged"]), report["embedded"]) == (0, 4, 0)
    assert "read again: 4 files; from the library's own text: 0 documents" in report["notes"]


@pytest.mark.parametrize("command", [["remove", "x"], ["rebuild"], ["sources"]])
def test_without_a_library_each_names_the_remedy(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 1
    assert "erica ingest PATH" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_of_a_folder_is_wrong_usage(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sources", "--library", name])
    assert stopped.value.code == 2
    assert "the name of the folder is empty" in capsys.readouterr().err


def test_a_broken_ingest_prints_its_report_all_the_same(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = LibraryWriter.put_document

    def full(self: LibraryWriter, *arguments: Any, **named: Any) -> None:
        if self.catalog.counts().documents == 2:
            raise LibraryUnusable("No space is left.")
        stored(self, *arguments, **named)

    monkeypatch.setattr(LibraryWriter, "put_document", full)
    assert main(["ingest", str(course), "--json"]) == 1
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert (report["added"], report["error"]) == (["01-vectors.md", "02-embeddings.md"], "No space is left.")
    assert "erica: No space is left." in printed.err
    assert main(["ingest", str(course)]) == 1
    assert "broken off; nothing was stored before" in capsys.readouterr().err


STORY = (
    Planned(3, 1, 0, 3_000),
    Reading("a.md", 1, 3),
    Embedded(512, 170.4),
    Stored("a\x1b[2J.md", 512, 2, 0.1, 1_000),
    Failed("b.md", "it is empty. Add text to it.", 1_000),
    Stopping(2, 40),
)


@pytest.mark.parametrize("on_terminal", [False, True])
def test_long_work_looks_alive(
    on_terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: on_terminal)
    monkeypatch.setenv("TERM", "xterm")
    with ingest_progress(quiet=False) as take:
        for event in STORY:
            take(event)
    said = capsys.readouterr().err
    assert "\x1b[2J" not in said
    assert "b.md: it is empty. Add text to it." in said
    assert "stopping: 2 documents (40 chunks)" in said
    assert "Ctrl-C again drops them" in said.replace("\n", " ")
    if on_terminal:
        assert "2/3 files" in said
        assert "512 chunks, 170/s" in said
    else:
        assert "ingest: embedded 512 passages, 170/s" in said


def test_with_json_only_an_interrupt_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with ingest_progress(quiet=True) as take:
        for event in STORY:
            take(event)
        take(Broken(Tally().report(None)))
    printed = capsys.readouterr()
    assert printed.err.startswith("ingest: stopping: 2 documents")
    assert printed.err.count("\n") == 1
    assert json.loads(printed.out)["added"] == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "about 1 s"), (42.0, "about 42 s"), (600.0, "about 10 min"), (9_000.0, "about 2.5 h")]
)
def test_an_estimate_is_told_in_round_words(seconds: float, words: str) -> None:
    import dataclasses

    report: IngestReport = dataclasses.replace(Tally().report(None), dry_run=True, estimated_s=seconds)
    assert words in "\n".join(report_lines(report, Path("library")))


def test_every_event_is_shown_somehow() -> None:
    from typing import get_args

    with ingest_progress(quiet=False) as take:
        for kind in get_args(Progress):
            if kind not in {type(event) for event in STORY} | {Broken}:
                take(kind(*[0] * len(kind.__dataclass_fields__)))
