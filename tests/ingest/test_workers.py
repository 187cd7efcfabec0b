"""Reader processes: what a hang, a crash and a flood of memory cost, and that no answer is believed unchecked."""

from __future__ import annotations

import hashlib
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest import workers
from ingest.document import ReadDocument
from ingest.document_json import encode
from ingest.errors import EmptySource, IngestError, ReaderFailed
from ingest.readers import text
from ingest.reading_process import DOCUMENT, FRAME
from ingest.workers import FileRead, Limits, ReaderProcess, ReaderProcesses
from tests.ingest.bad_readers import BOOT

ROOT = Path(__file__).resolve().parent.parent.parent
QUICK = Limits(time_s=0.5, memory_bytes=400_000_000)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(workers, "_BOOT", BOOT)
    return tmp_path


def files(folder: Path, *names: str, content: bytes = b"Some text.") -> list[tuple[Path, str]]:
    for name in names:
        (folder / name).write_bytes(content)
    return [(folder / name, name) for name in names]


def results(asked: list[tuple[Path, str]], limits: Limits | None = None) -> dict[str, FileRead]:
    with ReaderProcesses(limits) as readers:
        return {name: result for (_, name), result in zip(asked, readers.read(asked), strict=True)}


def failure(result: FileRead) -> str:
    assert isinstance(result.read, IngestError)
    assert result.read.remedy.endswith(".")
    return result.read.reason


def test_files_come_back_in_their_order_as_their_readers_give_them(tmp_path: Path) -> None:
    asked = [(tmp_path / f"{number}.txt", f"{number}.txt") for number in range(40)]
    for file, name in asked:
        file.write_text(f"Text of {name}.\n\nMore of it.")
    with ReaderProcesses() as readers:
        found = list(readers.read(asked))
    for (file, name), result in zip(asked, found, strict=True):
        assert result.read == text.read(file.read_bytes(), name)
        assert result.content_hash == hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_a_reader_refuses_is_said_in_its_own_words(tmp_path: Path) -> None:
    found = results(files(tmp_path, "empty.md", content=b"  \n"))["empty.md"]
    assert isinstance(found.read, EmptySource)
    assert found.read.file == "empty.md"


def test_a_file_that_cannot_be_opened_is_no_trouble_for_the_others(tmp_path: Path) -> None:
    asked = [*files(tmp_path, "a.txt"), (tmp_path / "gone.txt", "gone.txt"), *files(tmp_path, "b.txt")]
    found = results(asked)
    assert "cannot be opened" in failure(found["gone.txt"])
    assert isinstance(found["b.txt"].read, ReadDocument)


@pytest.mark.slow
def test_each_bad_reader_costs_its_file_and_no_other(folder: Path) -> None:
    bad = ["a.hang", "b.crash", "c.leave", "d.eat", "e.fail", "f.descend"]
    names = [name for number, one in enumerate(bad) for name in (f"{number}.txt", one)] + ["last.txt"]
    found = results(files(folder, *names), QUICK)
    reasons = {name: failure(found[name]) for name in bad}
    assert all(isinstance(found[name].read, ReadDocument) for name in names if name.endswith(".txt"))
    assert reasons == {
        "a.hang": "its reader took more than 0.5 s",
        "b.crash": "its reader crashed (signal 11, SIGSEGV)",
        "c.leave": "its reader ended (exit code 3)",
        "d.eat": "its reader needed more than 0.4 GB of memory",
        "e.fail": reasons["e.fail"],
        "f.descend": "it is nested too deeply",
    }
    assert "KeyError: 'xref', bad_readers.py:" in reasons["e.fail"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x80\x04\x95 no pickle is read \x94.",
        FRAME.pack(DOCUMENT, 2**62, 2**62),
        FRAME.pack(DOCUMENT, 4, 0) + b"null",
        FRAME.pack(9, 0, 0),
        struct.pack(">B", DOCUMENT) + b"\xff" * 40,
        FRAME.pack(DOCUMENT, 30, 0) + b'{"title": 1, "kind": "text" }  ',
    ],
)
def test_an_answer_that_is_no_document_is_not_believed(folder: Path, answer: bytes) -> None:
    found = results(files(folder, "a.lie", content=answer))["a.lie"]
    assert isinstance(found.read, ReaderFailed)


def test_a_document_that_a_reader_forges_is_checked_like_any_other(folder: Path) -> None:
    head, pictures = encode(text.read(b"Some text.", "a.txt"))
    forged = head.replace(b'"blocks":[[0,10', b'"blocks":[[0,99')
    assert forged != head
    answer = FRAME.pack(DOCUMENT, len(forged), len(pictures)) + forged + pictures
    assert "gave no document" in failure(results(files(folder, "a.lie", content=answer))["a.lie"])


def test_what_a_parser_prints_is_no_answer(folder: Path) -> None:
    assert isinstance(results(files(folder, "a.chatter"))["a.chatter"].read, ReadDocument)


def test_a_large_file_has_more_time() -> None:
    assert Limits(120).time_for(1_000) == 120
    assert Limits(120).time_for(50_000_000) == 600


def test_a_process_is_replaced_after_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FILES_A_PROCESS", 2)
    monkeypatch.setattr(workers, "WORKERS", 1)
    started: list[int] = []
    monkeypatch.setattr(workers, "ReaderProcess", lambda limits: started.append(1) or ReaderProcess(limits))
    assert all(
        isinstance(one.read, ReadDocument) for one in results(files(folder, *map("{}.txt".format, range(5)))).values()
    )
    assert len(started) == 3


def test_no_process_is_started_for_nothing() -> None:
    with ReaderProcesses() as readers:
        assert list(readers.read([])) == []
        assert readers._all == set()


def test_an_interrupt_of_the_terminal_does_not_reach_a_reader(tmp_path: Path) -> None:
    process = ReaderProcess(Limits())
    try:
        first = process.read(b"Some text.", "a.txt", ".txt")
        os.kill(process._process.pid, signal.SIGINT)
        assert process.read(b"Some text.", "a.txt", ".txt") == first
    finally:
        process.close()


def test_a_process_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ingest").mkdir()
    (tmp_path / "ingest/__init__.py").write_text("raise ImportError('half an installation')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    found = results(files(tmp_path, "a.txt"))["a.txt"]
    assert "does not start (ImportError('half an installation'))" in failure(found)


def test_closing_ends_a_reader_that_hangs(folder: Path) -> None:
    began = time.monotonic()
    with ReaderProcesses(Limits(60)) as readers:
        reading = readers.read(files(folder, "a.txt", "b.hang"))
        next(reading)
        processes = list(readers._all)
    assert all(not process.alive for process in processes)
    assert time.monotonic() - began < 30


def test_secrets_of_the_environment_are_no_parsers_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERICA_OPENAI_KEY", "sk-secret")
    process = ReaderProcess(Limits())
    try:
        process.read(b"Some text.", "a.txt", ".txt")
        environment = Path(f"/proc/{process._process.pid}/environ")
        if environment.exists():
            assert b"PATH=" in environment.read_bytes()
            assert b"sk-secret" not in environment.read_bytes()
    finally:
        process.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of processor time ends it")
def test_a_reader_that_hangs_dies_with_the_ingest(tmp_path: Path) -> None:
    (tmp_path / "a.hang").write_bytes(b"x")
    program = (
        "import sys\nfrom pathlib import Path\nfrom ingest import workers\nfrom tests.ingest.bad_readers import BOOT\n"
        "workers._BOOT = BOOT\nreaders = workers.ReaderProcesses()\nreaders.start()\n"
        "(process,) = readers._all\nprint(process._process.pid, flush=True)\n"
        f"list(readers.read([(Path({str(tmp_path / 'a.hang')!r}), 'a.hang')]))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as ingest:
        assert ingest.stdout is not None
        reader = int(ingest.stdout.readline())
        ingest.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{reader}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":  # dead, and left to whoever adopts it
            return
    pytest.fail("the reader outlived the ingest")
