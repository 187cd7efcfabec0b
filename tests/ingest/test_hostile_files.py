"""A folder of broken and hostile files beside good ones, through the real pipeline: each is named, no other suffers."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ingest.readers import READERS, reader_for
from ingest.report import IngestReport, Progress, Reading
from knowledge.library import Library
from tests.fakes import HashingEmbedder
from tests.ingest.hostile import EITHER, TAKEN, Hostile, all_hostile

HOSTILE = [hostile for hostile in all_hostile() if reader_for(hostile.name) is not None]
LIMIT_S = 60.0
"""For one file, on a machine that is busy with other things: quiet, the slowest takes some seconds."""
GOOD = {
    "good/1-vectors.md": "# Vectors\n\nA **vector** is a list of numbers.\n",
    "good/2-attention.md": "# Attention\n\n**Attention** is a weighted sum of values. It builds on vectors.\n",
    "good/talk.srt": "1\n00:00:01,000 --> 00:00:04,000\nA loss is a number that training makes small.\n",
}
NAMES = {
    "names/new\nline.md": "line end",
    "names/\x1b[31mred\x07.md": "escape codes",
    "names/-rf.md": "option",
    "names/\u202efdp.md": "right-to-left override",
    "names/two..dots...md": "dots",
    "names/$(touch x);`id`.md": "shell",
    "names/%s%n{0}.md": "formats",
    f"names/{'n' * 250}.md": "long",
    "names/<script>alert(1)<.md": "markup",
}


@dataclass
class Ingested:
    """What came of the folder."""

    folder: Path
    library: Path
    report: IngestReport
    seconds: dict[str, float] = field(default_factory=dict)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    root = tmp_path_factory.mktemp("hostile")
    folder = root / "course"
    for hostile in HOSTILE:
        _write(folder / "bad" / hostile.name, hostile.make())
    for name, text in GOOD.items():
        _write(folder / name, text.encode())
    for name, what in NAMES.items():
        _write(folder / name, f"# The {what}\n\nA name is a word for a thing.\n".encode())
    _odd_entries(folder / "odd")
    began: list[tuple[str, float]] = []

    def progress(step: Progress) -> None:
        if isinstance(step, Reading):
            began.append((step.path, time.perf_counter()))

    report = ingest([folder], root / "library", HashingEmbedder(), progress=progress)
    ends = [*(at for _, at in began[1:]), time.perf_counter()]
    seconds = {path: end - at for (path, at), end in zip(began, ends, strict=True)}
    return Ingested(folder, root / "library", report, seconds)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _odd_entries(folder: Path) -> None:
    """Make what is no plain file: pipes that never end, links round in circles and out of the course, empty folders."""
    folder.mkdir()
    os.mkfifo(folder / "pipe.md")
    (folder / "folder.md").mkdir()
    (folder / "circle.md").symlink_to(folder / "circle.md")
    (folder / "above").symlink_to(folder.parent, target_is_directory=True)
    (folder / "nowhere.md").symlink_to(folder / "missing.md")
    (folder / "endless.md").symlink_to("/dev/zero")
    (folder / "passwords.md").symlink_to("/etc/passwd")


def outcome(report: IngestReport, path: str) -> str:
    """Return what the report says of a file: `TAKEN`, or why not; fails where it does not name it once."""
    taken = [one for one in report.added if one == path]
    failed = [one.reason for one in report.failed if one.path == path or one.path.endswith(f"/{path}")]
    assert len(taken) + len(failed) == 1, f"{path}: taken {len(taken)} times, failed with {failed}"
    return failed[0] if failed else TAKEN


@pytest.mark.slow
@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_a_hostile_file_is_named_with_what_came_of_it(ingested: Ingested, hostile: Hostile) -> None:
    path = f"bad/{hostile.name}"
    came = outcome(ingested.report, path)
    if hostile.reason == TAKEN:
        assert came == TAKEN
    elif hostile.reason != EITHER:
        assert re.search(hostile.reason, came), came
    assert came == TAKEN or re.search(r"\.\s\S.*\.$", came, re.S), f"no reason with a remedy: {came}"
    assert ingested.seconds.get(path, 0.0) < LIMIT_S


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_good_files_beside_them_come_in_whole(ingested: Ingested) -> None:
    assert not ingested.report.interrupted
    with Library.open(ingested.library) as library:
        documents = {one.path: library.catalog.document(one.id) for one in library.catalog.documents()}
        for name, text in GOOD.items():
            document = documents[name]
            assert document is not None
            sentence = text.strip().rsplit("\n", 1)[-1]
            assert sentence in document.text
            assert library.catalog.document_chunks(document.id)


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_every_chunk_of_them_is_found_by_its_own_vector_and_stands_where_it_says(ingested: Ingested) -> None:
    with Library.open(ingested.library) as library:
        for listed in library.catalog.documents():
            document = library.catalog.document(listed.id)
            assert document is not None
            chunks = library.catalog.document_chunks(listed.id)
            assert chunks, listed.path
            assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
        known = library.catalog.with_vectors([chunk.id for chunk in chunks])
        assert known == {chunk.id for chunk in chunks}


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_strange_names_are_names(ingested: Ingested) -> None:
    assert set(NAMES) <= set(ingested.report.added)
    assert not [entry for entry in ingested.folder.rglob("x") if entry.is_file()]


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_pipes_circles_and_links_out_of_the_course_neither_hang_nor_bring_anything_in(ingested: Ingested) -> None:
    assert not [path for path in ingested.report.added if path.startswith("odd/")]
    with Library.open(ingested.library) as library:
        assert not [one.path for one in library.catalog.documents() if "root:" in library.catalog.document(one.id).text]  # type: ignore[union-attr]  # listed just now


def test_every_format_has_its_hostile_files() -> None:
    counted = dict.fromkeys(READERS, 0)
    for hostile in HOSTILE:
        counted[Path(hostile.name).suffix] += 1
    aliases = {".markdown", ".text", ".htm", ".xhtml", ".pptm", ".ppsx", ".ppt", ".docm", ".doc"}
    assert all(count >= 4 for suffix, count in counted.items() if suffix not in aliases), counted
    assert len(HOSTILE) >= 60
    assert len({hostile.name for hostile in HOSTILE}) == len(HOSTILE)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    for file in _locked(tmp_path):
        report = ingest([tmp_path], tmp_path / "library", HashingEmbedder())
        assert "may read it" in outcome(report, file.name)


def _locked(folder: Path) -> Iterator[Path]:
    for name, mode in (("locked.md", 0o000), ("written.md", 0o200)):
        _write(folder / name, b"# A\n\nText.\n")
        (folder / name).chmod(mode)
        yield folder / name
