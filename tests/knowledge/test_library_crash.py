"""Law 3: a writer that is killed at any instant leaves a library that opens, with each document wholly in or out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.chroma_index import ChromaStore, _collection_name, _find
from knowledge.library import Library, LibraryWriter
from knowledge.vectors import VectorTable
from tests.fakes import HashingEmbedder
from tests.knowledge.material import LESSON, contents, put, replace, snapshot_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SIGNATURE = HashingEmbedder().signature
LESSONS: Sequence[tuple[str, Sequence[str]]] = (
    ("a.md", LESSON),
    ("b.md", LESSON[1:]),
    ("a.md", [*LESSON[:2], "A changed ending."]),
    ("c.md", LESSON[:1]),
)

WRITER = """
import os, signal, sys
from pathlib import Path
from knowledge.library import LibraryWriter
from tests.fakes import HashingEmbedder
from tests.knowledge.material import put, replace, snapshot_of
from tests.knowledge.test_library_crash import LESSONS

statements_left = int(sys.argv[2])

def before_each_statement(statement):
    global statements_left
    statements_left -= 1
    if statements_left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

library = LibraryWriter.open(Path(sys.argv[1]), HashingEmbedder().signature)
library._writer._db.set_trace_callback(before_each_statement)
for path, passages in LESSONS:
    put(library, path, passages)
    print("put", flush=True)
chunks = [chunk for document in library.catalog.documents() for chunk in library.catalog.document_chunks(document.id)]
replace(library, snapshot_of(chunks))
print("concepts", flush=True)
print("statements", int(sys.argv[2]) - statements_left, flush=True)
"""

LEVELLER = """
import os, signal, sys
from pathlib import Path
from knowledge import chroma_index
from knowledge.library import LibraryWriter
from tests.fakes import HashingEmbedder

chroma_index.BATCH = 2
calls_left = int(sys.argv[2])

def counted(call):
    def counting(*arguments, **named):
        global calls_left
        calls_left -= 1
        if calls_left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return counting

from chromadb.api.models.Collection import Collection
Collection.add, Collection.delete = counted(Collection.add), counted(Collection.delete)
library = LibraryWriter.open(Path(sys.argv[1]), HashingEmbedder().signature)
library.sync_vectors()
"""


def run(program: str, folder: Path, limit: int) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(limit)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode, done.stdout.split()


def built(folder: Path, puts: int, *, concepts: bool) -> dict[str, list[object]]:
    """Return what a library holds after this many puts, made without any crash."""
    with LibraryWriter.open(folder, SIGNATURE) as library:
        for path, passages in LESSONS[:puts]:
            put(library, path, passages)
        if concepts:
            listed = library.catalog.documents()
            chunks = [chunk for document in listed for chunk in library.catalog.document_chunks(document.id)]
            replace(library, snapshot_of(chunks))
        return contents(library)


def test_a_writer_killed_between_any_two_statements_leaves_what_it_reported(tmp_path: Path) -> None:
    code, words = run(WRITER, tmp_path / "whole", 10**9)
    assert code == 0
    statements = int(words[-1])
    for step in range(8):
        limit = statements * step // 8 + step % 3
        folder = tmp_path / f"killed-{limit}"
        code, words = run(WRITER, folder, limit)
        assert code == -9
        with Library.open(folder) as library:
            found = contents(library)
        reported = built(tmp_path / f"expected-{limit}", words.count("put"), concepts="concepts" in words)
        assert found == reported, f"killed before statement {limit} of {statements}"
        with LibraryWriter.open(folder, SIGNATURE) as library:
            assert library.concepts_are_current == ("put" not in words)


@pytest.mark.parametrize("calls", [0, 1, 3])
def test_an_index_whose_levelling_was_killed_shows_no_orphan_and_is_levelled_next(tmp_path: Path, calls: int) -> None:
    folder = tmp_path / "library"
    with LibraryWriter.open(folder, SIGNATURE) as library:
        for path, passages in LESSONS:
            put(library, path, passages)
        library.sync_vectors()
        library.remove_document(library.catalog.documents()[1].id)
        put(library, "d.md", [f"{passage} again" for passage in LESSON])
        expected = {chunk_id for (chunk_id,) in library.catalog._rows("SELECT id FROM chunks")}
    assert run(LEVELLER, folder, calls)[0] == -9
    store = ChromaStore(folder)
    with Library.open(folder) as library:
        from knowledge.chroma_index import ChromaIndex

        asked = HashingEmbedder().embed(["attention"])[0]
        found = ChromaIndex(library.catalog, VectorTable.CHUNKS, store).search(asked, 100)
        assert {chunk_id for chunk_id, _ in found} == expected
    store.close()
    LibraryWriter.open(folder, SIGNATURE).close()
    with store.client() as client, Library.open(folder) as library:
        collection = _find(client, _collection_name(library.catalog, VectorTable.CHUNKS))
        assert collection is not None
        assert set(collection.get(include=[])["ids"]) == expected
    store.close()
