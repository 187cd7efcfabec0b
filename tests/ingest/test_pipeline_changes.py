"""What comes, changes, moves and goes: nothing is left behind, nothing is embedded twice, old citations still lead."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest import rates, run
from ingest.pipeline import ingest
from ingest.rebuilding import rebuild
from ingest.removal import remove
from ingest.report import Broken, IngestReport, Moved, Progress, Reading, Stopping, Stored
from knowledge.chroma_index import ChromaStore
from knowledge.errors import LibraryUnusable
from knowledge.library import Library, LibraryWriter
from knowledge.library_folder import LOG_NAME, OLD_LOG_NAME
from knowledge.model import SourceKind
from knowledge.videos import Video, link_at
from tests.fakes import HashingEmbedder
from tests.knowledge.material import contents

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
TALK = "dQw4w9WgXcQ"
LESSONS = {
    "1-vectors.md": "# Vectors\n\nA **vector** is a list of numbers.\n\n![An arrow](arrow.png)\n",
    "2-attention.md": (
        "# Attention\n\n**Attention** is a weighted sum of [vectors](1-vectors.md).\n\n"
        f"<Youtube id=\"{TALK}\"/>\n\n## Heads\n\nSeveral attention heads attend at once.\n"
    ),
    "talk.vtt": "WEBVTT\n\n00:00:01.000 --> 00:00:44.000\nAttention is all you need.\n\n"
    "00:12:34.000 --> 00:12:40.000\nThe heads attend to vectors.\n",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    root.mkdir()
    for name, text in LESSONS.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / "arrow.png").write_bytes(PNG)
    (root / "course.toml").write_text(
        f'title = "Attention course"\n[[videos]]\ntranscript = "talk.vtt"\nyoutube = "{TALK}"\n'
    )
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def go(folder: Path, root: Path) -> Callable[..., IngestReport]:
    def ingesting(*paths: Path, embedder: HashingEmbedder | None = None, **settings: Any) -> IngestReport:
        return ingest(list(paths) or [root], folder, embedder or HashingEmbedder(), **settings)

    return ingesting


def chroma_ids(folder: Path) -> dict[str, set[str]]:
    """Every id that Chroma holds, by what it holds them for."""
    store = ChromaStore(folder)
    with store.client() as client:
        found = {one.name.split("-")[2]: set(one.get(include=[])["ids"]) for one in client.list_collections()}
    store.close()
    return found


def document(folder: Path, path: str) -> str:
    with Library.open(folder) as library:
        return next(one.id for one in library.catalog.documents() if one.path == path)


def test_a_file_that_came_and_went_leaves_nothing_behind(
    go: Callable[..., IngestReport], root: Path, folder: Path
) -> None:
    go()
    before, held = contents(folder), chroma_ids(folder)
    (root / "5-gone.md").write_text(
        "# Softmax\n\n**Softmax** is a function that turns scores into probabilities. Attention uses softmax.\n\n"
        "![A curve](curve.png)\n\n<Youtube id=\"aaaaaaaaaaa\"/>\n"
    )  # fmt: skip
    (root / "curve.png").write_bytes(PNG + b"curve")
    go()
    between = contents(folder)
    assert all(
        len(between[table]) > len(before[table]) for table in ("chunks", "concepts", "figures", "pictures", "videos")
    )
    (root / "5-gone.md").unlink()
    assert go().removed == ("5-gone.md",)
    assert contents(folder) == before
    assert chroma_ids(folder) == held


def test_removing_by_name_is_as_if_it_had_never_been_there(
    go: Callable[..., IngestReport], root: Path, folder: Path
) -> None:
    (root / "course.toml").unlink()
    shutil.move(root / "talk.vtt", root.parent / "talk.vtt")
    go()
    before, held = contents(folder), chroma_ids(folder)
    other = root.parent / "other"
    other.mkdir()
    (other / "a.md").write_text("# Entropy\n\n**Entropy** is a measure of surprise. Attention has little entropy.\n")
    go(other)
    report = remove([str(other)], folder, HashingEmbedder())
    assert report.removed == ("a.md",)
    assert contents(folder) == before
    assert chroma_ids(folder) == held


def test_all_removed_is_an_empty_library(go: Callable[..., IngestReport], root: Path, folder: Path) -> None:
    go()
    remove(["attention course"], folder, HashingEmbedder())
    assert all(rows == [] for rows in contents(folder).values())
    assert set().union(*chroma_ids(folder).values()) == set()


def test_figures_and_videos_are_stored_and_lead_to_the_second(go: Callable[..., IngestReport], folder: Path) -> None:
    assert go().figures == 1
    lesson, talk = document(folder, "2-attention.md"), document(folder, "talk.vtt")
    with Library.open(folder) as library:
        catalog = library.catalog
        [figure] = catalog.figures(document(folder, "1-vectors.md"))
        assert (figure.alt, figure.reference) == ("An arrow", "arrow.png")
        assert catalog.figure_image(figure.id) == ("image/png", PNG)
        video = catalog.video_of(talk)
        assert video == Video("youtube", TALK)
        assert [one.document_id for one in catalog.embeddings_of_video(video.provider, video.key)] == [lesson]
        said = next(chunk for chunk in catalog.document_chunks(talk) if "heads" in chunk.text)
        assert link_at(video, said.locator.start_s) == f"https://www.youtube.com/watch?v={TALK}&t=754s"  # type: ignore[union-attr]  # a transcript's places are times


def test_what_course_toml_says_of_videos_is_taken_up_without_reading_anything_again(
    go: Callable[..., IngestReport], root: Path, folder: Path
) -> None:
    go()
    (root / "course.toml").write_text('title = "T"\n[[videos]]\ntranscript = "talk.vtt"\nvimeo = "12345"\n')
    assert go().updated == ()
    with Library.open(folder) as library:
        assert library.catalog.video_of(document(folder, "talk.vtt")) == Video("vimeo", "12345")


# --- moved


def test_a_renamed_file_keeps_its_vectors_and_what_was_cited_is_found(
    go: Callable[..., IngestReport], root: Path, folder: Path, tmp_path: Path
) -> None:
    go()
    with Library.open(folder) as library:
        cited = library.catalog.document_chunks(document(folder, "2-attention.md"))
    (root / "unit").mkdir()
    (root / "2-attention.md").rename(root / "unit/3-heads.md")
    embedder = HashingEmbedder()
    report = go(embedder=embedder)
    assert report.moved == (Moved("unit/3-heads.md", "2-attention.md"),)
    assert (report.added, report.removed) == ((), ())
    assert not any(text.startswith("Attention") and "\n" in text for text in embedder.embedded)
    with Library.open(folder) as library:
        found = library.catalog.chunks([chunk.id for chunk in cited])
        assert [chunk.text for chunk in found] == [chunk.text for chunk in cited]
        assert {chunk.document_id for chunk in found} == {document(folder, "unit/3-heads.md")}
    ingest([root], tmp_path / "fresh", HashingEmbedder())
    assert {**contents(folder), "moves": []} == contents(tmp_path / "fresh")
    assert go().embedded == 0


def test_a_whole_course_that_was_moved_is_filed_again_and_not_embedded_again(
    go: Callable[..., IngestReport], root: Path, folder: Path, tmp_path: Path
) -> None:
    go()
    shutil.move(root, tmp_path / "elsewhere")
    embedder = HashingEmbedder()
    report = go(tmp_path / "elsewhere", embedder=embedder)
    assert {(one.path, one.was) for one in report.moved} == {(name, name) for name in LESSONS}
    assert (report.duplicates, embedder.embedded) == ((), [])
    with Library.open(folder) as library:
        assert [course.root for course in library.catalog.courses()] == [str(tmp_path / "elsewhere")]


def test_a_copy_beside_the_original_is_a_duplicate_and_no_move(
    go: Callable[..., IngestReport], root: Path, tmp_path: Path
) -> None:
    go()
    shutil.copytree(root, tmp_path / "copy")
    report = go(tmp_path / "copy")
    assert (len(report.duplicates), report.moved) == (3, ())


# --- naming what is to go


def test_names_are_paths_addresses_and_titles_and_unknown_ones_name_the_nearest(
    go: Callable[..., IngestReport], root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.errors import UnknownSource
    from ingest.sources import Named

    go()
    monkeypatch.chdir(root)
    with Library.open(folder) as library:
        named = Named.of(library.catalog)
    for name in ("1-vectors.md", "./1-vectors.md", str(root / "1-vectors.md"), "../course/1-vectors.md"):
        assert [one.path for one in named.find(name)] == ["1-vectors.md"]
    for name in (".", str(root), f"{root}/", "Attention course", " attention COURSE"):
        assert [one.path for one in named.find(name)] == list(LESSONS)
    with pytest.raises(UnknownSource, match=r"1-vector.md: nothing of this name .* Nearest: 1-vectors.md"):
        named.find("1-vector.md")
    for name in ("", "zzz", "/nowhere", "https://example.org/"):
        with pytest.raises(UnknownSource):
            named.find(name)


def test_an_unknown_name_among_others_removes_nothing(go: Callable[..., IngestReport], folder: Path) -> None:
    from ingest.errors import UnknownSource

    go()
    before = contents(folder)
    with pytest.raises(UnknownSource):
        remove(["1-vectors.md", "nonsense"], folder, HashingEmbedder())
    assert contents(folder) == before


# --- made anew


def test_a_rebuild_of_a_sound_library_changes_nothing_and_embeds_nothing(
    go: Callable[..., IngestReport], folder: Path
) -> None:
    go()
    before, held = contents(folder), chroma_ids(folder)
    embedder = HashingEmbedder()
    report = rebuild(folder, embedder)
    assert (contents(folder), chroma_ids(folder), embedder.embedded) == (before, held, [])
    assert len(report.unchanged) == 3
    assert "read again: 3 files; from the library's own text: 0 documents" in report.notes


def test_a_rebuild_mends_words_facts_and_index_even_where_the_files_are_gone(
    go: Callable[..., IngestReport], root: Path, folder: Path
) -> None:
    go()
    before, held = contents(folder), chroma_ids(folder)
    shutil.rmtree(root)
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        with writer._writer._change() as db:
            db.execute("INSERT INTO chunks_fts (chunks_fts) VALUES ('delete-all')")
            db.execute("UPDATE facts SET json = '{}'")
            db.execute("DELETE FROM concepts")
        shutil.rmtree(folder / "vectors")
    embedder = HashingEmbedder()
    report = rebuild(folder, embedder)
    after = contents(folder)
    assert after == before
    assert chroma_ids(folder) == held
    assert "read again: 0 files; from the library's own text: 3 documents" in report.notes


# --- told while it runs, and afterwards


def test_the_log_says_what_each_file_gave_and_is_put_aside_when_it_is_large(
    go: Callable[..., IngestReport], root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "empty.md").touch()
    (root / "bad\nname.md").write_bytes(b"")
    go()
    lines = (folder / LOG_NAME).read_text().splitlines()
    assert "3 to read, 0 unchanged, 0 to remove (process " in "".join(lines)
    stored = next(line for line in lines if "1-vectors.md" in line)
    assert stored.partition(" ")[2].startswith("stored 1-vectors.md: 1 chunk, 1 figure, read in ")
    assert any("failed empty.md: it is empty." in line for line in lines)
    assert any("failed bad name.md" in line for line in lines)
    assert "done in" in lines[-1]
    monkeypatch.setattr("ingest.journal.MOST_BYTES", 100)
    go()
    assert (folder / OLD_LOG_NAME).read_text().splitlines() == lines
    assert len((folder / LOG_NAME).read_text().splitlines()) < len(lines)


def test_a_log_that_cannot_be_written_is_noted_and_stops_nothing(go: Callable[..., IngestReport], folder: Path) -> None:
    folder.mkdir()
    (folder / LOG_NAME).mkdir()
    report = go()
    assert len(report.added) == 3
    assert any("ingest.log cannot be written" in note for note in report.notes)


def test_an_interrupt_while_a_batch_is_embedded_is_answered_at_once(go: Callable[..., IngestReport]) -> None:
    seen: list[Progress] = []

    def interrupt(event: Progress) -> None:
        seen.append(event)
        if isinstance(event, Reading) and event.number == 3:
            raise KeyboardInterrupt

    report = go(progress=interrupt)
    kinds = [type(event) for event in seen]
    assert seen[kinds.index(Stopping)] == Stopping(2, 3)
    assert kinds.index(Stopping) < kinds.index(Stored)
    assert (report.interrupted, len(report.added)) == (True, 2)


def test_a_run_that_an_error_ends_tells_what_was_done_before_it(
    go: Callable[..., IngestReport], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Progress] = []
    stored = LibraryWriter.put_document

    def full(self: LibraryWriter, *arguments: Any, **named: Any) -> None:
        if self.catalog.counts().documents == 2:
            raise LibraryUnusable("No space is left.")
        stored(self, *arguments, **named)

    monkeypatch.setattr(LibraryWriter, "put_document", full)
    with pytest.raises(LibraryUnusable, match="No space is left"):
        go(progress=seen.append)
    assert isinstance(seen[-1], Broken)
    report = seen[-1].report
    assert (len(report.added), report.error) == (2, "No space is left.")
    assert '"error": "No space is left."' in report.to_json()
    assert "ended by LibraryUnusable: No space is left." in (folder / LOG_NAME).read_text()


def test_a_dry_run_says_about_how_long_from_the_speed_of_the_last_run(
    go: Callable[..., IngestReport], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go(dry_run=True).estimated_s is None
    monkeypatch.setattr(rates, "LEAST_MEASURED", 2)
    embedder = HashingEmbedder()
    tried = go(dry_run=True, embedder=embedder).estimated_s
    assert tried is not None
    assert 0 < len(embedder.embedded) < 10
    report = go()
    (root / "4-more.md").write_text("# More\n\nMore text.\n")
    estimate = go(dry_run=True)
    assert estimate.estimated_s is not None
    assert estimate.estimated_s < report.seconds
    assert go(root / "1-vectors.md", dry_run=True).estimated_s == 0


def test_space_is_given_back_when_much_was_removed(go: Callable[..., IngestReport], root: Path, folder: Path) -> None:
    for number in range(60):
        words = " ".join(f"word{number}x{other}" for other in range(900))
        (root / f"long-{number}.md").write_text(f"# Long {number}\n\n{words}.\n")
    go()
    full = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    remove([f"long-{number}.md" for number in range(60)], folder, HashingEmbedder())
    left = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert left < full / 2


def test_a_compaction_without_room_is_noted_and_loses_nothing(
    go: Callable[..., IngestReport], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(self: LibraryWriter, **_: Any) -> None:
        raise LibraryUnusable("No space is left.")

    go()
    monkeypatch.setattr(run.LibraryWriter, "compact", no_room)
    (root / "1-vectors.md").unlink()
    report = go()
    assert report.removed == ("1-vectors.md",)
    assert any("not given back yet" in note for note in report.notes)


def test_a_transcript_is_one(go: Callable[..., IngestReport], folder: Path) -> None:
    go()
    with Library.open(folder) as library:
        assert [one.kind for one in library.catalog.documents()][-1] is SourceKind.TRANSCRIPT
