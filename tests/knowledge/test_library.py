from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace as changed
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import EmbeddingSignature
from knowledge.errors import EmbeddingMismatch, LibraryBusy, LibraryNotFound
from knowledge.library import Library, LibraryWriter
from knowledge.lock import HOLDER_NAME
from knowledge.snapshot import ConceptSnapshot
from tests.fakes import HashingEmbedder
from tests.knowledge.material import COURSE, LESSON, contents, document_of, put, replace, snapshot_of

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_written_library_can_be_read_while_it_is_written_and_after(folder: Path, embedder: HashingEmbedder) -> None:
    with LibraryWriter.open(folder, embedder.signature) as writer, Library.open(folder) as reader:
        before = reader.generation
        put(writer, "a.md", LESSON)
        assert reader.generation == writer.generation != before
        assert reader.catalog.counts().documents == 1
    with Library.open(folder) as library:
        assert library.signature == embedder.signature
        library.check_embedder(embedder)
        nearest = library.chunk_vectors().search(embedder.embed(["attention layers of Transformer models"])[0], 1)
        assert library.catalog.chunks([nearest[0][0]])[0].text == LESSON[2]


def test_opening_to_read_makes_nothing(folder: Path) -> None:
    with pytest.raises(LibraryNotFound, match="erica ingest"):
        Library.open(folder)
    assert not folder.exists()


def test_a_library_in_use_that_is_made_anew_is_read_anew(folder: Path, embedder: HashingEmbedder) -> None:
    with LibraryWriter.open(folder, embedder.signature) as writer:
        put(writer, "a.md", LESSON)
    with Library.open(folder) as library:
        search = library.chunk_vectors().search
        asked = embedder.embed(["attention"])[0]
        old = search(asked, 9)
        for file in folder.iterdir():
            file.unlink()
        with pytest.raises(LibraryNotFound, match="gone"):
            library.catalog.counts()
        with LibraryWriter.open(folder, embedder.signature) as writer:
            put(writer, "b.md", LESSON[:2])
        assert [document.path for document in library.catalog.documents()] == ["b.md"]
        assert len(search(asked, 9)) == 2 != len(old)


# --- one writer ---


def test_a_second_writer_is_told_who_writes_and_since_when(writer: LibraryWriter, folder: Path) -> None:
    with pytest.raises(LibraryBusy, match=rf"Process {os.getpid()} on .* \(since 20\d\d-.*--wait") as caught:
        LibraryWriter.open(folder, writer.signature)
    assert str(folder) in str(caught.value)
    (folder / HOLDER_NAME).write_text("{half")
    with pytest.raises(LibraryBusy, match="Another process"):
        LibraryWriter.open(folder, writer.signature)


def test_the_next_writer_may_begin_when_the_first_has_closed(folder: Path, embedder: HashingEmbedder) -> None:
    LibraryWriter.open(folder, embedder.signature).close()
    assert not (folder / HOLDER_NAME).exists()
    with LibraryWriter.open(folder, embedder.signature) as second:
        second.close()  # closing twice, here and at the end of the block, is allowed


def test_a_writer_in_another_process_is_named_and_its_death_frees_the_library(
    folder: Path, embedder: HashingEmbedder
) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom knowledge.library import LibraryWriter\n"
        "from tests.fakes import HashingEmbedder\n"
        "library = LibraryWriter.open(Path(sys.argv[1]), HashingEmbedder().signature)\n"
        "print('open', flush=True)\nsys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(LibraryBusy, match=f"Process {other.pid} "):
            LibraryWriter.open(folder, embedder.signature)
        with Library.open(folder) as reader:
            assert reader.catalog.documents() == []
        other.kill()
        other.wait()
    with LibraryWriter.open(folder, embedder.signature, wait_s=5) as writer:
        put(writer, "a.md", LESSON)


# --- what the vectors were made with ---

OTHERS = [
    lambda mine: changed(mine, name="another-model"),
    lambda mine: changed(mine, dimension=128),
    lambda mine: changed(mine, weights_sha256="f" * 64),
]


@pytest.mark.parametrize("other", OTHERS)
def test_vectors_of_another_embedder_are_refused_with_the_way_out(
    folder: Path, lesson: LibraryWriter, other: object
) -> None:
    signature: EmbeddingSignature = other(lesson.signature)
    lesson.close()
    with pytest.raises(EmbeddingMismatch, match=f"erica reembed --model {signature.name}") as caught:
        LibraryWriter.open(folder, signature)
    assert "hashing (64 dimensions" in str(caught.value)
    stranger = HashingEmbedder()
    stranger._signature = signature
    with Library.open(folder) as library, pytest.raises(EmbeddingMismatch):
        library.check_embedder(stranger)
    with LibraryWriter.open(folder, HashingEmbedder().signature) as again:  # the refusal let go of the lock
        assert again.catalog.counts().documents == 1


def test_an_empty_library_takes_up_another_embedder(folder: Path, embedder: HashingEmbedder) -> None:
    LibraryWriter.open(folder, embedder.signature).close()
    other = HashingEmbedder("wider", dimension=32)
    with LibraryWriter.open(folder, other.signature) as writer:
        assert writer.signature == other.signature


def test_only_chunks_that_changed_have_to_be_embedded(writer: LibraryWriter) -> None:
    document, chunks = put(writer, "a.md", LESSON)
    assert writer.known_vectors([*(chunk.id for chunk in chunks), "unknown"]) == {chunk.id for chunk in chunks}
    _, edited = document_of("a.md", ["A new first passage.", *LESSON])
    unknown = {chunk.id for chunk in edited} - writer.known_vectors([chunk.id for chunk in edited])
    assert len(unknown) < len(edited)
    writer.remove_document(document.id)
    assert writer.known_vectors([chunk.id for chunk in chunks]) == set()


def test_a_chunk_without_vector_is_refused_and_nothing_changes(lesson: LibraryWriter) -> None:
    before, generation = contents(lesson), lesson.generation
    document, chunks = document_of("b.md", LESSON)
    with pytest.raises(ValueError, match="4 without a vector"):
        lesson.put_document(COURSE, document, chunks, "{}", {})
    assert contents(lesson) == before
    assert lesson.generation == generation


@pytest.mark.parametrize(
    ("vector", "message"),
    [(np.ones(3), "shape"), (np.zeros(64), "length"), (np.full(64, np.nan), "length"), (np.ones(64), "length")],
)
def test_what_is_no_unit_vector_is_refused(writer: LibraryWriter, vector: np.ndarray, message: str) -> None:
    document, chunks = document_of("b.md", LESSON[:1])
    with pytest.raises(ValueError, match=message):
        writer.put_document(COURSE, document, chunks, "{}", {chunks[0].id: vector.astype(np.float32)})


def test_only_concepts_whose_text_changed_have_to_be_embedded(lesson: LibraryWriter) -> None:
    _, chunks = document_of("first.md", LESSON)
    snapshot = snapshot_of(chunks)
    assert replace(lesson, snapshot) == [concept.id for concept in snapshot.concepts]
    first = changed(snapshot.concepts[0], aliases=("another name",))
    quieter = changed(snapshot.concepts[1], salience=0.01)
    edited = ConceptSnapshot((first, quieter, *snapshot.concepts[2:]), snapshot.relations, snapshot.mentions, (), ())
    assert replace(lesson, edited) == [first.id]
    assert lesson.catalog.concepts([first.id, quieter.id]) == [first, quieter]
    asked = HashingEmbedder().embed(["another name"])[0]
    assert lesson.concept_vectors().search(asked, 1)[0][0] == first.id


def test_compacting_waits_until_it_is_worth_it(folder: Path, writer: LibraryWriter) -> None:
    def pages() -> int:
        writer.compact(at_least=2.0)  # never: only what is on the disk counts
        return sum(file.stat().st_size for file in folder.glob("catalog.sqlite3"))

    for number in range(20):
        put(writer, f"{number}.md", [f"{passage} {number} {n}" for n in range(10) for passage in LESSON])
    writer.compact()
    full = pages()
    for document in writer.catalog.documents()[:15]:
        writer.remove_document(document.id)
    assert pages() >= full
    writer.compact(at_least=0.25)
    assert pages() < 0.7 * full


def test_removing_gives_the_disk_back_when_compacted(folder: Path, writer: LibraryWriter) -> None:
    def size() -> int:
        return sum(file.stat().st_size for file in folder.glob("catalog.sqlite3*"))

    writer.compact()
    empty = size()
    for number in range(20):
        put(writer, f"{number}.md", [f"{passage} {number} {n}" for n in range(10) for passage in LESSON])
    document_ids = [document.id for document in writer.catalog.documents()]
    writer.compact()
    full = size()
    for document_id in document_ids:
        writer.remove_document(document_id)
    writer.compact()
    assert full > 3 * empty
    assert size() <= 1.1 * empty
    assert all(rows == [] for rows in contents(writer).values())
