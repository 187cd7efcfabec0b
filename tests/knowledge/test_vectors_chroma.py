"""Chroma as an index over the catalog: it agrees with the exact one, never shows orphans, and can be built again."""

from __future__ import annotations

import gc
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace as changed
from pathlib import Path

import numpy as np
import pytest

from knowledge import chroma_index, vectors
from knowledge.chroma_index import ChromaIndex, ChromaStore, _collection_name, _find
from knowledge.errors import LibraryUnusable
from knowledge.library import Library, LibraryWriter
from knowledge.vectors import ExactIndex, VectorTable
from tests.fakes import HashingEmbedder
from tests.knowledge.material import COURSE, LESSON, document_of, put, replace, snapshot_of
from tests.knowledge.test_vectors import put_vectors, unit_rows

pytestmark = pytest.mark.slow  # importing chromadb takes seconds

CHUNKS, CONCEPTS = VectorTable.CHUNKS, VectorTable.CONCEPTS


@pytest.fixture
def store(folder: Path) -> Iterator[ChromaStore]:
    opened = ChromaStore(folder)
    yield opened
    opened.close()


def held(library: Library, store: ChromaStore, table: VectorTable = CHUNKS) -> set[str]:
    with store.client() as client:
        collection = _find(client, _collection_name(library.catalog, table))
        return set() if collection is None else set(collection.get(include=[])["ids"])


def both(library: Library, store: ChromaStore, table: VectorTable = CHUNKS) -> tuple[ExactIndex, ChromaIndex]:
    return ExactIndex(library.catalog, table), ChromaIndex(library.catalog, table, store)


def agree(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    """Equal ids in equal order; cosines up to the rounding of single precision."""
    assert [one for one, _ in found] == [one for one, _ in expected]
    assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in expected], abs=2e-6)


def test_chroma_and_the_exact_index_agree(writer: LibraryWriter, store: ChromaStore) -> None:
    rng = np.random.default_rng(11)
    rows = unit_rows(rng, 300)
    put_vectors(writer, "a.md", rows[:200])
    put_vectors(writer, "b.md", rows[200:])
    writer.sync_vectors()
    exact, chroma = both(writer, store)
    for asked in unit_rows(rng, 20):
        agree(chroma.search(asked, 10), exact.search(asked, 10))


def test_a_library_that_outgrows_the_exact_scan_uses_chroma(
    writer: LibraryWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 10)
    rows = unit_rows(np.random.default_rng(2), 12)
    put_vectors(writer, "a.md", rows[:10])
    assert isinstance(writer.chunk_vectors(), ExactIndex)
    put_vectors(writer, "b.md", rows[10:])
    assert isinstance(writer.chunk_vectors(), ExactIndex)  # nothing to search in Chroma yet
    writer.sync_vectors()
    index = writer.chunk_vectors()
    assert isinstance(index, ChromaIndex)
    assert index.search(rows[11], 1)[0][1] == pytest.approx(1.0)


def test_an_index_that_lags_behind_is_never_wrong(writer: LibraryWriter, store: ChromaStore) -> None:
    rows = unit_rows(np.random.default_rng(4), 30)
    put_vectors(writer, "a.md", rows[:10])
    exact, chroma = both(writer, store)
    for asked in rows:
        agree(chroma.search(asked, 5), exact.search(asked, 5))  # no collection at all
    writer.sync_vectors()
    put_vectors(writer, "b.md", rows[10:])
    for asked in rows:
        agree(chroma.search(asked, 5), exact.search(asked, 5))
    writer.remove_document(document_of("a.md", [])[0].id)
    for asked in rows:
        agree(chroma.search(asked, 8), exact.search(asked, 8))
    assert len(held(writer, store)) == 10  # the orphans are still there, and were not shown
    writer.sync_vectors()
    assert held(writer, store) == {one for one, _ in exact.search(rows[0], 99)}


def test_levelling_deletes_orphans_and_adds_what_is_missing(writer: LibraryWriter, store: ChromaStore) -> None:
    rows = unit_rows(np.random.default_rng(6), 8)
    ids = put_vectors(writer, "a.md", rows)
    writer.sync_vectors()
    with store.client() as client:
        collection = _find(client, _collection_name(writer.catalog, CHUNKS))
        assert collection is not None
        collection.add(ids=["orphan"], embeddings=rows[:1])
        collection.delete(ids=ids[3:5])
    _, chroma = both(writer, store)
    assert "orphan" not in {one for one, _ in chroma.search(rows[0], 8)}
    put_vectors(writer, "b.md", rows[:1])
    writer.sync_vectors()
    assert held(writer, store) == {*ids, *(one.id for one in document_of("b.md", ["passage 0 of b.md"])[1])}


def test_a_concept_with_another_text_gets_its_new_vector(lesson: LibraryWriter, store: ChromaStore) -> None:
    snapshot = snapshot_of(document_of("first.md", LESSON)[1])
    replace(lesson, snapshot)
    lesson.sync_vectors()
    renamed = changed(snapshot.concepts[0], name="zebra crossing")
    replace(lesson, changed(snapshot, concepts=(renamed, *snapshot.concepts[1:])))
    asked = HashingEmbedder().embed(["zebra crossing"])[0]
    exact, chroma = both(lesson, store, CONCEPTS)
    agree(chroma.search(asked, 1), exact.search(asked, 1))
    lesson.sync_vectors()
    assert chroma.search(asked, 1)[0][0] == renamed.id
    assert len(held(lesson, store, CONCEPTS)) == len(snapshot.concepts)


def test_levelling_what_is_level_costs_nothing(lesson: LibraryWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson.sync_vectors()
    generation = lesson.generation
    monkeypatch.setattr(ChromaStore, "client", lambda self: pytest.fail("Chroma was opened"))
    lesson.sync_vectors()
    assert lesson.generation == generation


def test_a_collection_of_which_much_was_removed_is_made_anew(writer: LibraryWriter, store: ChromaStore) -> None:
    rows = unit_rows(np.random.default_rng(9), 40)
    put_vectors(writer, "a.md", rows[:25])
    put_vectors(writer, "b.md", rows[25:])
    writer.sync_vectors()
    before = _identity(writer, store)
    writer.remove_document(document_of("a.md", [])[0].id)
    writer.sync_vectors()
    assert _identity(writer, store) != before
    exact, chroma = both(writer, store)
    assert held(writer, store) == {one for one, _ in exact.search(rows[0], 99)}
    agree(chroma.search(rows[30], 3), exact.search(rows[30], 3))


def _identity(writer: LibraryWriter, store: ChromaStore) -> object:
    with store.client() as client:
        collection = _find(client, _collection_name(writer.catalog, CHUNKS))
        assert collection is not None
        return collection.id


def test_a_small_lag_is_left_for_later_and_its_vectors_are_found_all_the_same(
    writer: LibraryWriter, store: ChromaStore
) -> None:
    rows = unit_rows(np.random.default_rng(8), 45)
    first = put_vectors(writer, "a.md", rows[:40])
    writer.sync_vectors(behind=0.1)
    assert held(writer, store) == set(first)  # what was never made is made
    put_vectors(writer, "b.md", rows[40:42])
    writer.sync_vectors(behind=0.1)
    assert held(writer, store) == set(first)
    exact, chroma = both(writer, store)
    agree(chroma.search(rows[41], 3), exact.search(rows[41], 3))
    put_vectors(writer, "c.md", rows[42:])  # five of 45 now
    writer.sync_vectors(behind=0.1)
    assert held(writer, store) == {one for one, _ in exact.search(rows[0], 99)}


def test_a_deleted_index_is_built_again(folder: Path, lesson: LibraryWriter) -> None:
    lesson.sync_vectors()
    lesson.close()
    shutil.rmtree(folder / "vectors")
    with LibraryWriter.open(folder, HashingEmbedder().signature) as again:
        store = ChromaStore(folder)
        assert len(held(again, store)) == len(LESSON)
        store.close()


def filled(folder: Path, documents: int) -> None:
    """Store enough vectors that Chroma writes its index out: it keeps fewer than a thousand in its database alone."""
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        put_vectors(writer, "many.md", unit_rows(np.random.default_rng(12), documents))
        writer.sync_vectors()
        assert writer.repairs == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chroma.sqlite3", "data_level0.bin", "header.bin", "index_metadata.pickle"])
@pytest.mark.parametrize("keep", [0.0, 0.5], ids=["garbage", "cut short"])
def test_a_damaged_index_is_made_anew_and_noted(folder: Path, name: str, keep: float) -> None:
    filled(folder, 1_100)
    reader = Library.open(folder)
    asked = unit_rows(np.random.default_rng(12), 1_100)[7]
    before = ChromaIndex(reader.catalog, CHUNKS, reader._chroma()).search(asked, 1)
    for file in (folder / "vectors").rglob(name):
        size = file.stat().st_size
        file.write_bytes(file.read_bytes()[: int(size * keep)] if keep else np.random.default_rng(1).bytes(size))
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        writer.sync_vectors()
        assert ["made anew" in repair for repair in writer.repairs] == [True]
        assert len(held(writer, writer._chroma())) == 1_100
    assert ChromaIndex(reader.catalog, CHUNKS, reader._chroma()).search(asked, 1) == before
    reader.close()


def test_a_damaged_index_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(folder, 20)
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 10)
    with Library.open(folder) as library:
        assert isinstance(library.chunk_vectors(), ChromaIndex)
    (folder / "vectors" / "chroma.sqlite3").write_bytes(b"no database" * 100)
    with Library.open(folder) as library:
        assert isinstance(library.chunk_vectors(), ExactIndex)


def test_nothing_is_sent_home_whatever_the_environment_says(
    folder: Path, lesson: LibraryWriter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANONYMIZED_TELEMETRY", "True")
    monkeypatch.setenv("CHROMA_OTEL_COLLECTION_ENDPOINT", "http://collector.example:4317")
    monkeypatch.setenv("CHROMA_OTEL_GRANULARITY", "all")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ANONYMIZED_TELEMETRY=True\nCHROMA_OTEL_COLLECTION_ENDPOINT=http://example:1\n")
    store = ChromaStore(folder)
    with store.client() as client:
        told = client.get_settings()
        assert told.anonymized_telemetry is False
        assert told.chroma_otel_collection_endpoint == ""
        assert told.chroma_otel_granularity == "none"
    store.close()
    assert "posthog" not in sys.modules


# Chroma's client for servers never closes its connections; they are collected, and warned of, inside this test.
@pytest.mark.filterwarnings(
    "ignore:.*socket:pytest.PytestUnraisableExceptionWarning", "ignore:unclosed:ResourceWarning"
)
def test_a_chroma_server_serves_as_well(folder: Path, lesson: LibraryWriter, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(tmp_path / "server")]
    lesson.close()
    url, signature = f"http://127.0.0.1:{port}", HashingEmbedder().signature
    with pytest.raises(LibraryUnusable, match="Start it"), LibraryWriter.open(folder, signature, chroma_url=url) as on:
        on.sync_vectors()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            with LibraryWriter.open(folder, signature, chroma_url=url) as writer:
                writer.sync_vectors()
                store = ChromaStore(folder, url)
                exact, index = both(writer, store)
                asked = HashingEmbedder().embed(["attention layers"])[0]
                agree(index.search(asked, 2), exact.search(asked, 2))
                assert len(held(writer, store)) == len(LESSON)
                store.close()
        finally:
            server.terminate()
            gc.collect()
    assert not (folder / "vectors").exists()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
            time.sleep(0.05)  # another process starts: there is nothing to wait on
    pytest.fail("the Chroma server did not start")


def test_collections_of_an_embedder_no_longer_used_are_swept(
    folder: Path, writer: LibraryWriter, store: ChromaStore
) -> None:
    document, _ = put(writer, "a.md", LESSON)
    writer.sync_vectors()
    writer.remove_document(document.id)
    old = {one.name for one in _collections(store)}
    writer.close()
    with LibraryWriter.open(folder, HashingEmbedder("other", dimension=32).signature) as other:
        document, chunks = document_of("a.md", LESSON)
        rows = HashingEmbedder("other", dimension=32).embed([chunk.text for chunk in chunks])
        vectors_of = {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
        other.put_document(COURSE, document, chunks, "{}", vectors_of)
        other.sync_vectors()
        names = {one.name for one in _collections(store)}
        assert _collection_name(other.catalog, CHUNKS) in names
        assert len(old) == len(names) == 1
        assert names.isdisjoint(old)


def _collections(store: ChromaStore) -> list[chroma_index.Collection]:
    with store.client() as client:
        return list(client.list_collections())
