"""Ingesting: what is stored, what a second run does, what one bad file does to the others, what an interrupt leaves."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline import ingest
from ingest.report import Consolidating, Embedded, Failed, IngestReport, Moved, Planned, Progress, Reading, Stored
from knowledge.errors import EmbeddingMismatch, LibraryNotFound
from knowledge.library import Library
from tests.fakes import HashingEmbedder
from tests.ingest.pdfs import pdf

LESSONS = {
    "1-vectors.md": (
        "# Vectors\n\nA **vector** is a list of numbers. The **dot product** is a sum of products of vectors.\n"
    ),
    "2-attention.md": (
        "# Attention\n\n**Attention** is a weighted sum of values. It builds on the [dot product](1-vectors.md).\n\n"
        "```python\nscores = queries @ keys.T\nweights = softmax(scores / width**0.5)\nmixed = weights @ values\n```\n"
    ),
    "10-clip.md": "# CLIP\n\n**CLIP** is a model that embeds images and texts in one space. CLIP uses attention.\n",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    root.mkdir()
    for name, text in LESSONS.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def run(tmp_path: Path, course: Path) -> Callable[..., IngestReport]:
    def go(*paths: Path, embedder: HashingEmbedder | None = None, **settings: Any) -> IngestReport:
        return ingest(list(paths) or [course], tmp_path / "library", embedder or HashingEmbedder(), **settings)

    return go


def contents(folder: Path) -> dict[str, object]:
    """Everything a library says, in a form that can be compared."""
    with Library.open(folder) as library:
        catalog = library.catalog
        documents = catalog.documents()
        concepts = catalog.concepts()
        ids = [concept.id for concept in concepts]
        return {
            "courses": catalog.courses(),
            "documents": [catalog.document(document.id) for document in documents],
            "chunks": [catalog.document_chunks(document.id) for document in documents],
            "concepts": concepts,
            "prerequisites": sorted(catalog.prerequisites_of(ids), key=repr),
            "mentions": sorted(catalog.mentions_of(ids), key=repr),
            "counts": catalog.counts(),
        }


def test_a_folder_becomes_a_course_with_documents_chunks_and_concepts(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    report = run()
    assert report.added == ("1-vectors.md", "2-attention.md", "10-clip.md")
    assert (report.failed, report.removed, report.unchanged) == ((), (), ())
    with Library.open(tmp_path / "library") as library:
        catalog = library.catalog
        assert [one.title for one in catalog.courses()] == ["course"]
        assert [one.title for one in catalog.documents()] == ["Vectors", "Attention", "CLIP"]
        assert catalog.documents()[0].uri == str(course / "1-vectors.md")
        assert len(catalog.concepts()) > 0
        assert library.concepts_are_current
        counts = catalog.counts()
        assert (report.chunks, report.concepts, report.relations) == (counts.chunks, counts.concepts, counts.relations)
        hit = library.chunk_vectors().search(HashingEmbedder().embed(["CLIP\nimages and texts in one space"])[0], 1)
        assert "one space" in catalog.chunks([hit[0][0]])[0].text


def test_a_second_run_changes_nothing_and_never_touches_the_embedder(
    run: Callable[..., IngestReport], tmp_path: Path
) -> None:
    class Untouchable(HashingEmbedder):
        @property
        def tokenizer(self) -> Any:
            raise AssertionError("the tokenizer was loaded")

        def embed(self, texts: Sequence[str]) -> Any:
            raise AssertionError("the weights were loaded")

    run()
    before = contents(tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        generation = library.generation
    report = run(embedder=Untouchable())
    assert (report.unchanged, report.added, report.embedded, report.written) == (
        ("1-vectors.md", "2-attention.md", "10-clip.md"), (), 0, 0,
    )  # fmt: skip
    assert contents(tmp_path / "library") == before
    with Library.open(tmp_path / "library") as library:
        assert library.generation == generation


def test_only_what_changed_is_embedded_again(run: Callable[..., IngestReport], course: Path) -> None:
    run()
    text = LESSONS["2-attention.md"] + "\n## Heads\n\nSeveral heads attend at once.\n"
    (course / "2-attention.md").write_text(text)
    embedder = HashingEmbedder()
    report = run(embedder=embedder)
    assert (report.updated, report.unchanged) == (("2-attention.md",), ("1-vectors.md", "10-clip.md"))
    assert [one for one in embedder.embedded if "\n" in one] == ["Attention › Heads\nSeveral heads attend at once."]


def test_files_that_vanished_leave_and_what_is_left_is_as_if_made_anew(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    run()
    (course / "2-attention.md").unlink()
    (course / "3-new.md").write_text("# New\n\n**Softmax** is a function that gives probabilities.\n")
    report = run()
    assert (report.removed, report.added) == (("2-attention.md",), ("3-new.md",))
    ingest([course], tmp_path / "fresh", HashingEmbedder())
    assert contents(tmp_path / "library") == contents(tmp_path / "fresh")


EDITS = st.lists(
    st.tuples(st.sampled_from(["a.md", "b.md", "u/c.md", "u/d.md"]), st.sampled_from([*LESSONS.values(), None])),
    min_size=1,
    max_size=8,
)


@pytest.mark.slow
@given(EDITS, st.integers(0, 3))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_of_edits_gives_the_library_that_the_last_state_gives(
    tmp_path: Path, edits: list[tuple[str, str | None]], every: int
) -> None:
    for name in ("course", "library", "fresh"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    root = tmp_path / "course"
    (root / "u").mkdir(parents=True)
    (root / "0-base.md").write_text("# Base\n\n**Entropy** is a measure of surprise.\n")
    for number, (name, text) in enumerate(edits):
        if text is None:
            (root / name).unlink(missing_ok=True)
        else:
            (root / name).write_text(text)
        if number % (every + 1) == 0:
            ingest([root], tmp_path / "library", HashingEmbedder())
    ingest([root], tmp_path / "library", HashingEmbedder())
    ingest([root], tmp_path / "fresh", HashingEmbedder())
    assert contents(tmp_path / "library") == contents(tmp_path / "fresh")


def test_a_file_moved_into_another_course_is_filed_again_and_not_embedded_again(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    run(course / "1-vectors.md")
    with Library.open(tmp_path / "library") as library:
        assert [one.title for one in library.catalog.courses()] == ["Vectors"]
    embedder = HashingEmbedder()
    report = run(course, embedder=embedder)
    assert report.unchanged == ("1-vectors.md",)
    assert not any(text.startswith("Vectors\n") for text in embedder.embedded)
    with Library.open(tmp_path / "library") as library:
        assert [one.title for one in library.catalog.courses()] == ["course"]


def test_a_file_or_folder_inside_a_known_course_belongs_to_it(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    (course / "u").mkdir()
    (course / "u/x.md").write_text("# X\n\nText of x.")
    run()
    (course / "u/x.md").write_text("# X\n\nOther text of x.")
    (course / "u/y.md").write_text("# Y\n\nText of y.")
    (course / "1-vectors.md").unlink()
    report = run(course / "u")
    assert (report.updated, report.added, report.removed) == (("u/x.md",), ("u/y.md",), ())
    with Library.open(tmp_path / "library") as library:
        assert len(library.catalog.courses()) == 1
        assert [one.path for one in library.catalog.documents()][2:4] == ["u/x.md", "u/y.md"]
    assert run(course / "2-attention.md").unchanged == ("2-attention.md",)


def test_of_files_with_the_same_bytes_the_first_stands_for_all(run: Callable[..., IngestReport], course: Path) -> None:
    shutil.copy(course / "1-vectors.md", course / "9-copy.md")
    report = run()
    assert [(one.path, one.of) for one in report.duplicates] == [("9-copy.md", "1-vectors.md")]
    assert "9-copy.md" not in report.added
    (course / "1-vectors.md").unlink()
    report = run()
    assert (report.added, report.removed, report.duplicates) == ((), (), ())
    assert report.moved == (Moved("9-copy.md", "1-vectors.md"),)


def bad_files(root: Path) -> dict[str, str]:
    """Write files that cannot be taken, and return words of the reason by path."""
    (root / "empty.md").write_bytes(b"")
    (root / "blank.txt").write_bytes(b" \n\n ")
    (root / "broken.ipynb").write_bytes(b'{"cells": [\n  {"cell_type": }\n]}')
    (root / "damaged.pdf").write_bytes(b"%PDF-1.7 nothing")
    (root / "scan.pdf").write_bytes(pdf([[], []]))
    (root / "foreign.md").write_bytes("日本語の教材です。".encode("shift-jis"))
    (root / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (root / "words.srt").write_text("no cues here")
    with (root / "huge.txt").open("wb") as stream:
        stream.truncate(200_000_000)  # a hole: takes no room on the disk
    return {
        "empty.md": "it is empty", "blank.txt": "no text in it", "broken.ipynb": "line 2, column 17",
        "damaged.pdf": "damaged or no PDF", "scan.pdf": "none of its 2 pages has a text layer",
        "foreign.md": "byte 0x93 at offset 0", "binary.txt": "not valid UTF-8", "words.srt": "not a transcript",
        "huge.txt": "200 MB, the limit is 50 MB",
    }  # fmt: skip


def test_bad_files_are_reported_with_reason_and_remedy_and_the_others_go_on(
    run: Callable[..., IngestReport], course: Path
) -> None:
    expected = bad_files(course)
    seen: list[Progress] = []
    report = run(progress=seen.append)
    assert report.added == ("1-vectors.md", "2-attention.md", "10-clip.md")
    assert {one.path for one in report.failed} == set(expected)
    for one in report.failed:
        assert expected[one.path] in one.reason
        assert one.reason.endswith(".")
    assert [one for one in seen if isinstance(one, Failed)] == list(report.failed)
    assert "--max-file-mb 201" in next(one.reason for one in report.failed if one.path == "huge.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_reported(run: Callable[..., IngestReport], course: Path) -> None:
    (course / "1-vectors.md").chmod(0)
    report = run()
    assert report.failed[0].path == "1-vectors.md"
    assert "Permission denied" in report.failed[0].reason


def test_a_file_that_cannot_be_opened_is_reported(
    run: Callable[..., IngestReport], course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refuse(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "2-attention.md":
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    report = run()
    assert [one.path for one in report.failed] == ["2-attention.md"]
    assert "Permission denied" in report.failed[0].reason
    assert report.added == ("1-vectors.md", "10-clip.md")


def test_a_document_whose_file_breaks_stays_as_it_was(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    run()
    (course / "10-clip.md").write_bytes(b"\xff\xfe\xff")
    report = run()
    assert [one.path for one in report.failed] == ["10-clip.md"]
    with Library.open(tmp_path / "library") as library:
        assert [one.path for one in library.catalog.documents()][-1] == "10-clip.md"


def test_paths_that_name_nothing_are_reported(run: Callable[..., IngestReport], course: Path, tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    (tmp_path / "void/a.png").write_bytes(b"x")
    (tmp_path / "deck.odp").write_bytes(b"x")
    report = run(tmp_path / "gone", tmp_path / "void", tmp_path / "deck.odp", course)
    assert [one.path for one in report.failed] == [str(tmp_path / name) for name in ("gone", "void", "deck.odp")]
    assert ["no such file" in one.reason for one in report.failed] == [True, False, False]
    assert ".ipynb" in report.failed[1].reason
    assert len(report.added) == 3


def test_a_course_in_a_folder_that_is_passed_over_stays(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    (course / ".notes").mkdir()
    (course / ".notes/own.md").write_text("# Own\n\nNotes of my own.")
    run(course / ".notes")
    report = run(course)
    assert (len(report.added), report.removed) == (3, ())
    with Library.open(tmp_path / "library") as library:
        assert len(library.catalog.courses()) == 2


def test_an_emptied_folder_removes_nothing(run: Callable[..., IngestReport], course: Path, tmp_path: Path) -> None:
    run()
    for path in course.iterdir():
        path.unlink()
    report = run()
    assert "no file in this folder" in report.failed[0].reason
    assert "Nothing was removed" in report.failed[0].reason
    assert report.removed == ()
    assert report.chunks > 0


def test_a_megabyte_without_a_line_end_is_taken(run: Callable[..., IngestReport], tmp_path: Path) -> None:
    (tmp_path / "line.txt").write_bytes(b"word of a log " * 70_000)
    started = time.perf_counter()
    report = run(tmp_path / "line.txt", max_file_mb=10)
    assert report.failed == ()
    assert report.written > 1_000
    assert time.perf_counter() - started < 60


def test_the_limit_of_size_is_the_persons(run: Callable[..., IngestReport], course: Path) -> None:
    report = run(max_file_mb=0.0002)
    assert [one.path for one in report.failed] == ["2-attention.md"]
    assert "MB, the limit is 0.0002 MB" in report.failed[0].reason
    assert run(max_file_mb=1).failed == ()


def test_a_dry_run_counts_and_writes_nothing(run: Callable[..., IngestReport], course: Path, tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    estimate = run(dry_run=True, embedder=embedder)
    assert (estimate.dry_run, embedder.embedded) == (True, [])
    with pytest.raises(LibraryNotFound):
        Library.open(tmp_path / "library")
    done = run()
    assert (estimate.added, estimate.written, estimate.chunks) == (done.added, done.written, done.chunks)
    (course / "10-clip.md").unlink()
    (course / "1-vectors.md").write_text("# Vectors\n\nShort.")
    before = contents(tmp_path / "library")
    estimate = run(dry_run=True)
    assert contents(tmp_path / "library") == before
    done = run()
    assert (estimate.updated, estimate.removed, estimate.chunks) == (done.updated, done.removed, done.chunks)


def test_an_interrupt_keeps_what_was_read_and_the_next_run_does_the_rest(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    def interrupt(event: Progress) -> None:
        if isinstance(event, Reading) and event.number == 3:
            raise KeyboardInterrupt

    report = run(progress=interrupt)
    assert report.interrupted
    assert report.added == ("1-vectors.md", "2-attention.md")
    assert report.concepts > 0
    assert run().added == ("10-clip.md",)
    ingest([course], tmp_path / "fresh", HashingEmbedder())
    assert contents(tmp_path / "library") == contents(tmp_path / "fresh")


def test_a_crash_leaves_whole_documents_and_concepts_are_made_by_the_next_run(
    run: Callable[..., IngestReport], course: Path, tmp_path: Path
) -> None:
    class Crash(Exception):
        pass

    def crash(event: Progress) -> None:
        if isinstance(event, Stored) and event.path == "2-attention.md":
            raise Crash

    with pytest.raises(Crash):
        run(progress=crash)
    with Library.open(tmp_path / "library") as library:
        assert [one.path for one in library.catalog.documents()] == ["1-vectors.md", "2-attention.md"]
        assert not library.concepts_are_current
    run()
    ingest([course], tmp_path / "fresh", HashingEmbedder())
    assert contents(tmp_path / "library") == contents(tmp_path / "fresh")


def test_concepts_left_behind_by_a_crash_are_made_even_if_no_file_changed(
    run: Callable[..., IngestReport], tmp_path: Path
) -> None:
    def crash(event: Progress) -> None:
        if isinstance(event, Consolidating):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run(progress=crash)
    report = run()
    assert len(report.unchanged) == 3
    assert report.concepts > 0


def test_events_tell_the_story_in_order(run: Callable[..., IngestReport]) -> None:
    seen: list[Progress] = []
    run(progress=seen.append)
    assert seen[0] == Planned(3, 0, 0, sum(len(text.encode()) for text in LESSONS.values()))
    assert [one.number for one in seen if isinstance(one, Reading)] == [1, 2, 3]
    assert {one.of for one in seen if isinstance(one, Reading)} == {3}
    kinds = [type(one) for one in seen]
    assert kinds.index(Embedded) < kinds.index(Stored) < kinds.index(Consolidating)


def test_another_embedder_is_refused(run: Callable[..., IngestReport]) -> None:
    run()
    other = HashingEmbedder("another")
    with pytest.raises(EmbeddingMismatch):
        run(embedder=other)
    with pytest.raises(EmbeddingMismatch):
        run(embedder=other, dry_run=True)


def test_the_report_is_json_with_the_agreed_keys(run: Callable[..., IngestReport], course: Path) -> None:
    (course / "empty.md").write_bytes(b"")
    tree = json.loads(run().to_json())
    assert tree["added"] == ["1-vectors.md", "2-attention.md", "10-clip.md"]
    assert tree["failed"] == [{"path": "empty.md", "reason": "it is empty. Add text to it, or leave it out."}]
    assert {"unchanged", "removed", "chunks", "concepts", "relations", "seconds", "embed_seconds"} <= set(tree)
    assert isinstance(tree["chunks"], int)
