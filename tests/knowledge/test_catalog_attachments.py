"""Figures, videos and moved files: stored with their document, gone with it, and found by what asks for them."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.attachments import Attachments
from knowledge.errors import LibraryUnusable
from knowledge.figures import Figure
from knowledge.library import Library, LibraryWriter
from knowledge.library_folder import CATALOG_NAME
from knowledge.lock import WriterLock
from knowledge.model import Chunk, Page, Slide, SourceDocument, SourceKind
from knowledge.videos import PlacedVideo, Video, link_at
from tests.fakes import HashingEmbedder
from tests.knowledge.material import COURSE, LESSON, contents, document_of, put

SIGNATURE = HashingEmbedder().signature
PICTURE = b"\x89PNG\r\n\x1a\n and so on"
TALK = Video("youtube", "dQw4w9WgXcQ")


def figure(document: SourceDocument, position: int, content: bytes = PICTURE) -> Figure:
    digest = hashlib.sha256(content).hexdigest() if content else ""
    name, kind = f"{position}.png", "image/png" if content else ""
    figure_id = Figure.id_for(document.id, name, 0)
    return Figure(
        figure_id, document.id, position, Slide(position + 1), f"Figure {position}", "", 0, name, kind, digest
    )


def store(
    writer: LibraryWriter, document: SourceDocument, chunks: list[Chunk], attached: Attachments, *, embed: bool = True
) -> None:
    vectors = HashingEmbedder().embed([chunk.embedded_text for chunk in chunks])
    given = {chunk.id: vector for chunk, vector in zip(chunks, vectors, strict=True)} if embed else {}
    writer.put_document(COURSE, document, chunks, "{}", given, attached)


def with_pictures(document: SourceDocument, *contents_of: bytes, videos: tuple[Video, ...] = ()) -> Attachments:
    figures = tuple(figure(document, position, content) for position, content in enumerate(contents_of))
    pictures = {one.picture: content for one, content in zip(figures, contents_of, strict=True) if content}
    return Attachments(figures, pictures, tuple(PlacedVideo(document.id, one, 5) for one in videos))


def test_figures_come_back_in_order_with_their_pictures(writer: LibraryWriter) -> None:
    document, chunks = document_of("a.md", LESSON)
    attached = with_pictures(document, PICTURE, b"", PICTURE)
    store(writer, document, chunks, attached)
    found = writer.catalog.figures(document.id)
    assert found == list(attached.figures)
    assert writer.catalog.figure_image(found[0].id) == ("image/png", PICTURE)
    assert writer.catalog.figure_image(found[1].id) is None
    assert writer.catalog.figure_image("unknown") is None
    assert len(contents(writer)["pictures"]) == 1


def test_a_picture_that_two_documents_show_goes_with_the_second(writer: LibraryWriter) -> None:
    empty = contents(writer)
    documents = []
    for path in ("a.md", "b.md"):
        document, chunks = document_of(path, LESSON)
        store(writer, document, chunks, with_pictures(document, PICTURE, videos=(TALK,)))
        documents.append(document)
    writer.remove_document(documents[0].id)
    assert len(contents(writer)["pictures"]) == 1
    writer.remove_document(documents[1].id)
    assert contents(writer) == empty


def test_figures_that_changed_take_the_place_of_the_old_and_the_same_ones_change_nothing(writer: LibraryWriter) -> None:
    document, chunks = document_of("a.md", LESSON)
    attached = with_pictures(document, PICTURE, PICTURE + b"2", videos=(TALK,))
    store(writer, document, chunks, attached)
    generation = writer.generation
    store(writer, document, chunks, attached)
    assert writer.generation == generation
    store(writer, document, chunks, with_pictures(document, PICTURE + b"3"))
    assert [one.picture for one in writer.catalog.figures(document.id)] == [hashlib.sha256(PICTURE + b"3").hexdigest()]
    assert len(contents(writer)["pictures"]) == 1
    assert writer.catalog.videos(document.id) == []


def test_a_figure_without_its_picture_or_of_another_document_is_refused(writer: LibraryWriter) -> None:
    document, chunks = document_of("a.md", LESSON)
    other, _ = document_of("b.md", LESSON)
    with pytest.raises(ValueError, match="neither given nor stored"):
        store(writer, document, chunks, Attachments((figure(document, 0),)))
    with pytest.raises(ValueError, match="another document"):
        store(writer, document, chunks, with_pictures(other, PICTURE))
    assert writer.catalog.documents() == []


def transcript(path: str) -> tuple[SourceDocument, list[Chunk]]:
    document, chunks = document_of(path, LESSON)
    return replace(document, kind=SourceKind.TRANSCRIPT), chunks


def test_a_transcript_and_the_lesson_that_embeds_its_video_find_each_other(writer: LibraryWriter) -> None:
    talk, words = transcript("talk.vtt")
    lesson, chunks = document_of("a.md", LESSON)
    store(writer, talk, words, with_pictures(talk, videos=(TALK,)))
    store(writer, lesson, chunks, with_pictures(lesson, videos=(TALK, Video("vimeo", "12345"))))
    assert writer.catalog.video_of(talk.id) == TALK
    assert writer.catalog.video_of(lesson.id) is None
    assert writer.catalog.embeddings_of_video("youtube", TALK.key) == [PlacedVideo(lesson.id, TALK, 5)]
    assert writer.catalog.embeddings_of_video("youtube", "another") == []


def test_what_a_person_states_about_a_video_outranks_what_was_read_and_outlives_it(writer: LibraryWriter) -> None:
    talk, words = transcript("talk.vtt")
    store(writer, talk, words, with_pictures(talk, videos=(TALK,)))
    stated = PlacedVideo(talk.id, Video("vimeo", "12345"), 0)
    writer.state_videos(COURSE.id, [stated])
    assert writer.catalog.video_of(talk.id) == stated.video
    store(writer, talk, words, with_pictures(talk))
    assert writer.catalog.videos(talk.id) == [stated]
    generation = writer.generation
    writer.state_videos(COURSE.id, [stated])
    assert writer.generation == generation
    writer.state_videos(COURSE.id, [])
    assert writer.catalog.videos(talk.id) == []


@pytest.mark.parametrize(
    ("video", "address"),
    [
        (TALK, "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=754s"),
        (Video("vimeo", "12345"), "https://vimeo.com/12345#t=754s"),
        (Video("file", "talks/one.mp4#t=3"), "talks/one.mp4#t=754"),
        (Video("youtube", "a&t=1s<b>"), "https://www.youtube.com/watch?v=a%26t%3D1s%3Cb%3E&t=754s"),
        (Video("other", "x"), ""),
    ],
)
def test_a_link_opens_the_video_at_the_second(video: Video, address: str) -> None:
    assert link_at(video, 754.9) == address


# --- moved files


def moved(writer: LibraryWriter, chunks: list[Chunk], was: str, path: str) -> list[Chunk]:
    document, now = document_of(path, [chunk.text for chunk in chunks])
    now = [replace(one, heading_path=old.heading_path, locator=Page(1)) for one, old in zip(now, chunks, strict=True)]
    store(writer, document, now, Attachments(moved_from=SourceDocument.id_for(f"{COURSE.root}/{was}")), embed=False)
    return now


def test_a_moved_document_keeps_its_vectors_and_old_ids_lead_to_its_chunks(writer: LibraryWriter) -> None:
    _, first = put(writer, "a.md", [*LESSON, LESSON[0]])
    vectors = {row[0]: row[2] for row in contents(writer)["chunk_vectors"]}
    second = moved(writer, first, "a.md", "b.md")
    third = moved(writer, second, "b.md", "c/d.md")
    assert [one.path for one in writer.catalog.documents()] == ["c/d.md"]
    assert writer.catalog.chunks([chunk.id for chunk in first]) == third
    assert writer.catalog.chunks([second[1].id, third[0].id, "unknown"]) == [third[1], third[0]]
    stored = {row[0]: row[2] for row in contents(writer)["chunk_vectors"]}
    assert [stored[new.id] for new in third] == [vectors[old.id] for old in first]


def test_a_file_moved_back_is_found_by_its_own_ids_and_by_those_it_had_meanwhile(writer: LibraryWriter) -> None:
    _, first = put(writer, "a.md", LESSON)
    second = moved(writer, first, "a.md", "b.md")
    back = moved(writer, second, "b.md", "a.md")
    assert writer.catalog.chunks([chunk.id for chunk in second]) == back
    assert {row[0] for row in contents(writer)["moves"]} == {chunk.id for chunk in second}


def test_history_goes_with_the_document(writer: LibraryWriter) -> None:
    empty = contents(writer)
    _, first = put(writer, "a.md", LESSON)
    moved(writer, first, "a.md", "b.md")
    writer.remove_document(SourceDocument.id_for(f"{COURSE.root}/b.md"))
    assert contents(writer) == empty


# --- older libraries


def made_older(folder: Path) -> None:
    with closing(sqlite3.connect(folder / CATALOG_NAME)) as db:
        for table in ("figures", "pictures", "videos", "moves"):
            db.execute(f"DROP TABLE {table}")
        db.execute("PRAGMA user_version = 2")
        db.commit()


def test_a_library_from_before_figures_opens_and_its_files_are_read_again(folder: Path) -> None:
    with LibraryWriter.open(folder, SIGNATURE) as writer:
        document, _ = put(writer, "a.md", LESSON)
        before = contents(writer)
    made_older(folder)
    with Library.open(folder) as library:
        assert library.catalog.figures(document.id) == []
        assert [one.content_hash for one in library.catalog.documents()] == [""]
        after = contents(library)
    assert {**after, "documents": []} == {**before, "documents": []}


def test_an_older_library_that_somebody_writes_to_is_not_touched(folder: Path) -> None:
    with LibraryWriter.open(folder, SIGNATURE) as writer:
        put(writer, "a.md", LESSON)
    made_older(folder)
    lock = WriterLock.acquire(folder)
    with pytest.raises(LibraryUnusable, match="older Erica, and cannot be brought up to date now: Process"):
        Library.open(folder)
    lock.release()
    Library.open(folder).close()
