"""An ingest beside what else goes on: questions asked meanwhile, a disk that fills up, an index that is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import ingest
from knowledge.chroma_index import ChromaStore
from knowledge.errors import LibraryNotFound
from knowledge.library import Library
from knowledge.model import RetrievalSettings
from knowledge.retriever import Retriever
from tests.fakes import HashingEmbedder
from tests.ingest import mixed_course
from tests.ingest.test_pipeline_changes import chroma_ids
from tests.knowledge.material import contents

ROOT = Path(__file__).resolve().parent.parent.parent


def test_questions_asked_while_an_ingest_runs_see_whole_documents_and_no_error(tmp_path: Path) -> None:
    course, folder = tmp_path / "course", tmp_path / "library"
    mixed_course.write(course, files=42)
    ingest([course / "unit0"], folder, HashingEmbedder())
    done, asked, wrong = threading.Event(), [0], []

    def ask() -> None:
        with Library.open(folder) as library:
            retriever = Retriever(library, HashingEmbedder())
            while not done.is_set() or not asked[0]:
                found = retriever.retrieve("How does attention build on vectors?", RetrievalSettings())
                texts = {one.id: library.catalog.document(one.id) for one in library.catalog.documents()}
                for hit in found.hits:
                    document = texts.get(hit.chunk.document_id) or library.catalog.document(hit.chunk.document_id)
                    if document is None or document.text[hit.chunk.start : hit.chunk.end] != hit.chunk.text:
                        wrong.append(hit.chunk)
                asked[0] += 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        report = ingest([course], folder, HashingEmbedder())
    finally:
        done.set()
        thread.join()
    assert (wrong, len(report.failed)) == ([], 0)
    assert asked[0] > 0


# A limit of file size is what a full disk is to SQLite: the write that passes it fails.
FILLING = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
from tutor import cli
from tests.fakes import HashingEmbedder
import knowledge.embedders
knowledge.embedders.open_embedder = lambda *_, **__: HashingEmbedder()
sys.exit(cli.main(["ingest", sys.argv[1], "--library", sys.argv[2], "--json"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("limit_kb", [40, 200, 400, 700])
def test_a_disk_that_fills_up_is_named_and_what_was_stored_stays(tmp_path: Path, limit_kb: int) -> None:
    course, folder = tmp_path / "course", tmp_path / "library"
    mixed_course.write(course)
    ingest([course], tmp_path / "reference", HashingEmbedder())
    command = [sys.executable, "-c", FILLING, str(course), str(folder), str(limit_kb * 1024)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "space" in done.stderr or "room" in done.stderr
    try:
        with Library.open(folder) as library:
            stored = [one.path for one in library.catalog.documents()]
            contents(library)
    except LibraryNotFound:
        stored = []
    if done.stdout:
        assert set(json.loads(done.stdout)["added"]) == set(stored)
    else:
        assert stored == []
    assert ingest([course], folder, HashingEmbedder()).failed == ()
    assert contents(folder) == contents(tmp_path / "reference")


@pytest.mark.parametrize("loss", ["deleted", "garbage"])
def test_a_lost_index_is_made_anew_from_the_catalog_by_the_next_ingest(tmp_path: Path, loss: str) -> None:
    course, folder = tmp_path / "course", tmp_path / "library"
    mixed_course.write(course, files=7)
    ingest([course], folder, HashingEmbedder())
    held = chroma_ids(folder)
    if loss == "deleted":
        shutil.rmtree(ChromaStore(folder).folder)
    else:
        for file in ChromaStore(folder).folder.rglob("*"):
            if file.is_file():
                file.write_bytes(np.random.default_rng(3).bytes(file.stat().st_size))
    embedder = HashingEmbedder()
    report = ingest([course], folder, embedder)
    assert (len(report.unchanged), embedder.embedded) == (7, [])
    assert [note for note in report.notes if "made anew from the catalog" in note] or loss == "deleted"
    assert chroma_ids(folder) == held
