"""A remembered hash is the file's hash, and no change of the file goes unseen."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from knowledge.file_hashes import cache_folder, sha256_of, write_whole


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ERICA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights" * 1000)
    return path


def later() -> float:
    return 4e9  # far past any file time: every file has settled


def forge(cache: Path, digest: str) -> None:
    """Write a wrong digest into the memory, so that a test sees whether memory was asked."""
    memory = json.loads((cache / "hashes.json").read_text())
    (cache / "hashes.json").write_text(json.dumps({key: [*entry[:-1], digest] for key, entry in memory.items()}))


def test_the_hash_is_that_of_the_bytes(file: Path) -> None:
    assert sha256_of(file) == hashlib.sha256(b"weights" * 1000).hexdigest()


def test_an_unchanged_file_is_not_read_again(file: Path, own_cache: Path) -> None:
    sha256_of(file, later)
    forge(own_cache, "from memory")
    assert sha256_of(file, later) == "from memory"


def test_altered_content_is_seen_even_with_size_and_time_put_back(file: Path, own_cache: Path) -> None:
    sha256_of(file, later)
    forge(own_cache, "from memory")
    before = file.stat()
    altered = b"w3ights" * 1000
    file.write_bytes(altered)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert sha256_of(file, later) == hashlib.sha256(altered).hexdigest()


def test_a_file_put_in_its_place_is_seen(file: Path, tmp_path: Path) -> None:
    sha256_of(file, later)
    other = tmp_path / "other"
    other.write_bytes(b"w3ights" * 1000)
    other.replace(file)
    assert sha256_of(file, later) == hashlib.sha256(b"w3ights" * 1000).hexdigest()


def test_a_file_changed_a_moment_ago_is_not_remembered(file: Path, own_cache: Path) -> None:
    sha256_of(file, lambda: file.stat().st_ctime + 0.5)
    assert not (own_cache / "hashes.json").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": 3}', b"\xff\xfe"])
def test_a_damaged_memory_costs_a_hash_and_nothing_else(file: Path, own_cache: Path, content: bytes) -> None:
    own_cache.mkdir()
    (own_cache / "hashes.json").write_bytes(content)
    assert sha256_of(file, later) == hashlib.sha256(b"weights" * 1000).hexdigest()


def test_a_cache_that_cannot_be_written_costs_a_hash_and_nothing_else(file: Path, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be")
    assert sha256_of(file, later) == hashlib.sha256(b"weights" * 1000).hexdigest()


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "absent")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    (folder / "name").mkdir(parents=True)
    with pytest.raises(OSError, match="name"):
        write_whole(folder / "name", b"content")
    assert [path.name for path in folder.iterdir()] == ["name"]


def test_the_users_cache_folder_is_used_where_none_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ERICA_CACHE")
    assert cache_folder().name == "erica"
