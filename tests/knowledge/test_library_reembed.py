from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import EmbedderUnavailable, EmbeddingMismatch, LibraryNotFound
from knowledge.library import Library, LibraryWriter
from tests.fakes import HashingEmbedder
from tests.knowledge.material import LESSON, contents, document_of, put, replace, snapshot_of

VECTORS = ("chunk_vectors", "concept_vectors")


@pytest.fixture
def taught(folder: Path, lesson: LibraryWriter) -> Path:
    replace(lesson, snapshot_of(document_of("first.md", LESSON)[1]))
    lesson.close()
    return folder


def test_another_embedder_takes_over_with_all_vectors(taught: Path) -> None:
    other, told = HashingEmbedder("other", dimension=32), list[tuple[int, int]]()
    before = contents(taught)
    with Library.open(taught) as reader:
        old = reader.chunk_vectors()
        LibraryWriter.reembed(taught, other, progress=lambda done, of: told.append((done, of)))
        reader.check_embedder(other)
        found = old.search(other.embed(["attention layers of Transformer models"])[0], 1)  # follows by itself
        assert reader.catalog.chunks([found[0][0]])[0].text == LESSON[2]
    after = contents(taught)
    assert {name: rows for name, rows in after.items() if name not in (*VECTORS, "chunks")} == {
        name: rows for name, rows in before.items() if name not in (*VECTORS, "chunks")
    }
    assert {len(vector) for name in VECTORS for _, _, vector in after[name]} == {4 * 32}
    assert told[-1][0] == told[-1][1] == len(after["chunks"]) + len(after["concepts"])
    with LibraryWriter.open(taught, other.signature) as writer:
        assert writer.concepts_are_current
        assert replace(writer, snapshot_of(document_of("first.md", LESSON)[1])) == []
        tokens = [chunk.tokens for chunk in writer.catalog.document_chunks(writer.catalog.documents()[0].id)]
        assert tokens == [other.tokenizer.count(chunk.embedded_text) for chunk in document_of("first.md", LESSON)[1]]


def test_what_it_would_cut_off_is_not_embedded(taught: Path) -> None:
    before = contents(taught)
    with pytest.raises(EmbeddingMismatch, match=r"reads 10 tokens.*first\.md"):
        LibraryWriter.reembed(taught, HashingEmbedder("short", max_tokens=10))
    assert contents(taught) == before


def test_an_embedder_that_fails_half_way_changes_nothing(taught: Path) -> None:
    before = contents(taught)

    class Failing(HashingEmbedder):
        def embed(self, texts):
            if self.embedded:
                raise EmbedderUnavailable("gone")
            return super().embed(texts)

    with pytest.raises(EmbedderUnavailable):
        LibraryWriter.reembed(taught, Failing("failing"))
    assert contents(taught) == before
    with LibraryWriter.open(taught, HashingEmbedder().signature) as writer:
        put(writer, "b.md", LESSON)


def test_nothing_is_made_where_there_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFound):
        LibraryWriter.reembed(tmp_path / "nothing", HashingEmbedder())
    assert not (tmp_path / "nothing").exists()
