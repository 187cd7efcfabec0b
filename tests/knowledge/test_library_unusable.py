"""Folders and files that are no library, or no longer one: each refusal names the place and what to do."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from knowledge import schema
from knowledge.connections import connect_writing
from knowledge.errors import LibraryBusy, LibraryError, LibraryNotFound, LibraryUnusable
from knowledge.library import Library, LibraryWriter
from knowledge.library_folder import CATALOG_NAME
from tests.fakes import HashingEmbedder
from tests.knowledge.material import LESSON, contents, put

SIGNATURE = HashingEmbedder().signature


def refusals(folder: Path) -> list[LibraryError]:
    with pytest.raises(LibraryError) as reading:
        Library.open(folder)
    with pytest.raises(LibraryError) as writing:
        LibraryWriter.open(folder, SIGNATURE)
    return [reading.value, writing.value]


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    for error in refusals(tmp_path):
        assert isinstance(error, LibraryUnusable)
        assert "thesis.tex" in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    assert all("is a file" in str(error) for error in refusals(file))


def test_a_folder_with_nothing_but_hidden_files_will_do(tmp_path: Path) -> None:
    (tmp_path / ".directory").write_text("")
    with pytest.raises(LibraryNotFound):
        Library.open(tmp_path)
    LibraryWriter.open(tmp_path, SIGNATURE).close()
    Library.open(tmp_path).close()


def test_what_is_no_database_is_called_damaged(folder: Path) -> None:
    content = b"not a database" * 100
    folder.mkdir()
    (folder / CATALOG_NAME).write_bytes(content)
    for error in refusals(folder):
        assert isinstance(error, LibraryUnusable)
        assert "damaged" in str(error)
        assert str(folder) in str(error)
    assert (folder / CATALOG_NAME).read_bytes() == content


def test_another_programs_database_is_not_written_to(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / CATALOG_NAME)) as db:
        db.execute("CREATE TABLE recipes (name)")
        db.commit()
    assert all("another program" in str(error) for error in refusals(folder))


def test_damage_inside_the_file_is_told_when_it_is_met(folder: Path) -> None:
    with LibraryWriter.open(folder, SIGNATURE) as writer:
        for number in range(20):
            put(writer, f"{number}.md", [f"{passage} {number}" for passage in LESSON])
    file = folder / CATALOG_NAME
    raw = bytearray(file.read_bytes())
    half = len(raw) // 2
    raw[half:] = b"\x55" * (len(raw) - half)
    file.write_bytes(raw)
    with Library.open(folder) as library, pytest.raises(LibraryUnusable, match="damaged"):
        contents_of_all(library)


def contents_of_all(library: Library) -> None:
    for document in library.catalog.documents():
        library.catalog.document(document.id)
        library.catalog.document_chunks(document.id)
    library.catalog.lexical_search("attention", 100)


def test_a_newer_library_is_refused_by_version(folder: Path) -> None:
    LibraryWriter.open(folder, SIGNATURE).close()
    with closing(sqlite3.connect(folder / CATALOG_NAME)) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    for error in refusals(folder):
        assert isinstance(error, LibraryUnusable)
        assert f"version {schema.VERSION + 1}" in str(error)
        assert "Update Erica" in str(error)


def test_a_library_whose_making_was_broken_off_is_made_again(folder: Path) -> None:
    folder.mkdir()
    connect_writing(folder / CATALOG_NAME).close()
    with pytest.raises(LibraryNotFound):
        Library.open(folder)
    with LibraryWriter.open(folder, SIGNATURE) as writer:
        put(writer, "a.md", LESSON)


def test_older_versions_are_brought_up_to_date_step_by_step(tmp_path: Path) -> None:
    with closing(connect_writing(tmp_path / "catalog")) as db:
        schema.create(db, {})
        db.execute("PRAGMA user_version = 1")
        steps = [
            lambda db: db.execute("CREATE TABLE second (x)"),
            lambda db: db.execute("INSERT INTO second VALUES (3)"),
        ]
        schema.migrate(db, 1, steps)
        assert db.execute("PRAGMA user_version").fetchone() == (3,)
        assert db.execute("SELECT x FROM second").fetchall() == [(3,)]


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        raise RuntimeError("power cut")

    with closing(connect_writing(tmp_path / "catalog")) as db:
        schema.create(db, {})
        with pytest.raises(RuntimeError):
            schema.migrate(db, 1, [lambda db: db.execute("CREATE TABLE second (x)"), broken])
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall() == []


def test_a_full_disk_is_named_and_loses_nothing(folder: Path, lesson: LibraryWriter) -> None:
    before, generation = contents(lesson), lesson.generation
    db = lesson._writer._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")  # SQLite then says what it says of a full disk
    with pytest.raises(LibraryUnusable, match="No space is left"):
        put(lesson, "large.md", [f"{passage} {number}" for number in range(50) for passage in LESSON])
    assert contents(lesson) == before
    assert lesson.generation == generation
    db.execute(f"PRAGMA max_page_count = {2**30}")
    put(lesson, "large.md", LESSON)
    assert lesson.catalog.counts().documents == 2


def test_another_programs_lock_is_told_apart_from_damage(lesson: LibraryWriter, folder: Path) -> None:
    lesson._writer._db.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(folder / CATALOG_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryBusy, match="locked"):
            lesson.remove_document(lesson.catalog.documents()[0].id)


@pytest.mark.slow
def test_a_library_on_a_read_only_mount_can_be_read(folder: Path, lesson: LibraryWriter) -> None:
    lesson.close()
    bwrap = shutil.which("bwrap")
    program = (
        "import sys\nfrom pathlib import Path\nfrom knowledge.library import Library, LibraryWriter\n"
        "from knowledge.errors import LibraryUnusable\nfrom tests.fakes import HashingEmbedder\n"
        "e = HashingEmbedder()\nfolder = Path(sys.argv[1])\n"
        "with Library.open(folder) as library:\n"
        "    print(len(library.chunk_vectors().search(e.embed(['attention'])[0], 9)))\n"
        "    print(len(library.catalog.lexical_search('attention', 9)))\n"
        "try:\n    LibraryWriter.open(folder, e.signature)\n"
        "except LibraryUnusable as error:\n    print(error)\n"
    )
    if bwrap is None:
        pytest.skip("bubblewrap makes the read-only mount, and is not installed")
    mount = [bwrap, "--ro-bind", "/", "/", "--dev", "/dev"]
    if subprocess.run([*mount, "true"], capture_output=True, check=False).returncode:
        pytest.skip("bubblewrap may not make mounts here")
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(
        [*mount, sys.executable, "-c", program, str(folder)], cwd=root, capture_output=True, text=True, check=True
    )
    vectors, words, refusal = done.stdout.splitlines()
    assert (vectors, words) == ("4", "1")
    assert "cannot be written to" in refusal
