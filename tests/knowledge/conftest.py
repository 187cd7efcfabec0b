"""Libraries to test with: an empty one, and one with a lesson in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.library import LibraryWriter
from tests.fakes import HashingEmbedder
from tests.knowledge.material import LESSON, put


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def writer(folder: Path, embedder: HashingEmbedder) -> Iterator[LibraryWriter]:
    with LibraryWriter.open(folder, embedder.signature) as opened:
        yield opened


@pytest.fixture
def lesson(writer: LibraryWriter) -> LibraryWriter:
    put(writer, "first.md", LESSON)
    return writer
