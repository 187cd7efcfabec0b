"""Law 3 on a real folder: an ingest that is killed anywhere, again and again, loses nothing and leaves nothing half."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.errors import LibraryNotFound
from knowledge.library import Library, LibraryWriter
from tests.fakes import HashingEmbedder
from tests.ingest import mixed_course
from tests.ingest.test_pipeline_changes import chroma_ids
from tests.knowledge.material import contents

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 44
KILLS_A_LIBRARY = 4
EVENTS = ("Consolidating", "Levelling")
"""What happens at the end of a run; a third of the kills wait for one of them, so that none escapes chance."""

# Forks a process for each ingest after everything is imported: a kill then falls into the ingest, not into imports.
SERVER = """
import os, sys
from pathlib import Path
import chromadb, numpy, yaml
import knowledge.chroma_index, knowledge.vectors
from ingest.pipeline import ingest
from tests.fakes import HashingEmbedder
def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())  # at once: a kill must not cut a line
for line in sys.stdin:
    course, folder = line.rstrip("\\n").split("\\t")
    if os.fork() == 0:
        say("pid", os.getpid())
        def show(event):
            say(type(event).__name__, getattr(event, "path", ""))
        report = ingest([Path(course)], Path(folder), HashingEmbedder(), progress=show)
        say("end", len(report.failed))
        os._exit(0)
    os.wait()
    say("gone")
"""


@dataclass
class Ended:
    """How an ingest went: whether it came to its end, what it reported as stored, its last event, its seconds."""

    done: bool
    stored: set[str]
    last: str
    seconds: float


class Ingests:
    """Runs ingests in processes of their own, and kills them."""

    def __init__(self, course: Path) -> None:
        self._course = course
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._rest = b""

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()

    def run(self, folder: Path, *, kill_after_s: float | None = None, event: str = "pid") -> Ended:
        """Ingest; kill it so many seconds after an event, unless it ended before."""
        assert self._server.stdin is not None
        self._server.stdin.write(f"{self._course}\t{folder}\n".encode())
        began = time.monotonic()
        deadline = pid = None
        ended = Ended(False, set(), "", 0.0)
        while True:
            line = self._line(deadline)
            if line is None:
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                deadline = None
                continue
            word, _, rest = line.partition(" ")
            if word == "pid":
                pid, began = int(rest), time.monotonic()
            if word == "gone":
                return ended
            if word == event and kill_after_s is not None and deadline is None:
                deadline = time.monotonic() + kill_after_s
            if word == "Stored":
                ended.stored.add(rest)
            if word == "end":
                assert rest == "0"
                ended.done = True
            ended.last, ended.seconds = word, time.monotonic() - began

    def _line(self, deadline: float | None) -> str | None:
        """Return the next line, or None at the deadline."""
        assert self._server.stdout is not None
        while b"\n" not in self._rest:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([self._server.stdout], [], [], left)[0]:
                return None
            piece = os.read(self._server.stdout.fileno(), 65_536)
            assert piece, "the server ended"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode()


@pytest.fixture
def ingests(tmp_path: Path) -> Iterator[Ingests]:
    mixed_course.write(tmp_path / "course")
    running = Ingests(tmp_path / "course")
    yield running
    running.close()


def parts(everything: dict[str, list[tuple[object, ...]]]) -> dict[object, tuple[object, ...]]:
    """What belongs to each document, by its path: text, passages, words' count, vectors, facts, figures."""
    chunks: dict[object, list[tuple[object, ...]]] = {}
    for row in everything["chunks"]:
        chunks.setdefault(row[1], []).append(row)
    vectors = {row[0]: row[2] for row in everything["chunk_vectors"]}
    facts = dict(everything["facts"])
    figures: dict[object, list[tuple[object, ...]]] = {}
    for row in everything["figures"]:
        figures.setdefault(row[1], []).append(row)
    return {
        document[2]: (
            document[6],
            document[8],
            chunks[document[0]],
            [vectors[row[0]] for row in chunks[document[0]]],
            json.loads(facts[document[0]]),
            figures.get(document[0]),
        )
        for document in everything["documents"]
    }


def check(folder: Path, whole: dict[object, tuple[object, ...]], reported: set[str]) -> int:
    """Assert that the library holds whole documents, all that were reported among them; return how many."""
    try:
        with Library.open(folder) as library:
            found = parts(contents(library))
    except LibraryNotFound:
        assert not reported
        return 0
    assert all(whole[path] == part for path, part in found.items())
    assert reported <= set(found)
    return len(found)


def test_an_ingest_killed_anywhere_again_and_again_ends_where_one_that_was_never_killed_does(
    ingests: Ingests, tmp_path: Path
) -> None:
    chance = random.Random(20)
    whole_run = ingests.run(tmp_path / "reference")
    assert whole_run.done
    reference, held = contents(tmp_path / "reference"), chroma_ids(tmp_path / "reference")
    whole = parts(reference)
    assert len(whole) == 60
    kills, library, last_events = 0, 0, set()
    while kills < KILLS:
        library += 1
        folder = tmp_path / f"library-{library}"
        reported: set[str] = set()
        left = whole_run.seconds
        for number in range(KILLS_A_LIBRARY):
            event = chance.choice(EVENTS) if number % 3 == 2 else "pid"
            after_s = chance.random() * (left if event == "pid" else 0.3 * whole_run.seconds)
            ended = ingests.run(folder, kill_after_s=after_s, event=event)
            reported |= ended.stored
            stored = check(folder, whole, reported)
            left = whole_run.seconds * max(0.2, 1 - stored / len(whole))
            last_events.add(ended.last)
            if ended.done:
                break
            kills += 1
        assert ingests.run(folder).done
        assert contents(folder) == reference, f"library {library}"
        assert chroma_ids(folder) == held
    assert {"Stored", *EVENTS} <= last_events, last_events


def test_two_ingests_at_once_lose_nothing(ingests: Ingests, tmp_path: Path) -> None:
    course, folder = tmp_path / "course", tmp_path / "library"
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from ingest.pipeline import ingest\nfrom tests.fakes import HashingEmbedder\n"
        "ingest([Path(sys.argv[1])], Path(sys.argv[2]), HashingEmbedder(), wait_s=float(sys.argv[3]))\n"
    )

    def begin(unit: str, wait_s: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program, str(course / unit), str(folder), wait_s]
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    with LibraryWriter.open(folder, HashingEmbedder().signature):
        refused = begin("unit0", "0")
        assert refused.wait() == 1
        assert refused.stderr is not None
        said = refused.stderr.read()
        assert f"LibraryBusy: Process {os.getpid()} on" in said
        assert "--wait SECONDS" in said
        refused.stderr.close()
    both = [begin("unit1", "120"), begin("unit2", "120")]
    for process in both:
        assert process.stderr is not None
        assert process.wait() == 0, process.stderr.read()
        process.stderr.close()
    with Library.open(folder) as library:
        assert library.catalog.counts().documents == 24
        embedder, index = HashingEmbedder(), library.chunk_vectors()
        for document in library.catalog.documents():
            for chunk in library.catalog.document_chunks(document.id):
                cosines = dict(index.search(embedder.embed([chunk.embedded_text])[0], 1_000))
                assert cosines[chunk.id] == pytest.approx(1.0, abs=1e-4)
    assert {table: len(ids) for table, ids in chroma_ids(folder).items()}["chunk_vectors"] == len(
        contents(folder)["chunk_vectors"]
    )
