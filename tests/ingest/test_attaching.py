"""Pictures are kept by what their bytes are, and read from the course's folder and from nowhere else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import attaching
from ingest.attaching import attached, media_type
from ingest.document import FoundFigure, FoundVideo, ReadDocument
from ingest.selection import Selected
from knowledge.attachments import Attachments
from knowledge.model import Course, Page, SourceKind

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    (root / "unit").mkdir(parents=True)
    return root


def kept(root: Path, *figures: FoundFigure, videos: tuple[FoundVideo, ...] = ()) -> tuple[Attachments, list[str]]:
    read = ReadDocument("T", SourceKind.MARKDOWN, "Text", (), (), figures, videos)
    return attached(read, "document", Selected(root / "unit/a.md", Course("c", str(root), "C"), 0), "")


def named(*references: str) -> list[FoundFigure]:
    return [FoundFigure(Page(1), "", "", 0, reference) for reference in references]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x20ftypavif", "image/avif"),
        (b"<svg onload='alert(1)'/>", ""),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_what_its_first_bytes_say(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


def test_references_are_found_beside_the_file_and_at_the_root(root: Path) -> None:
    (root / "unit/one two.png").write_bytes(PNG)
    (root / "three.png").write_bytes(PNG + b"3")
    names = ("one%20two.png", "./one two.png?raw=true", "../three.png", "/three.png", "unit/../three.png")
    found, notes = kept(root, *named(*names))
    digests = [hashlib.sha256(PNG + end).hexdigest() for end in (b"", b"", b"3", b"3", b"3")]
    assert [one.picture for one in found.figures] == digests
    assert set(found.pictures) == set(digests)
    assert [one.reference for one in found.figures] == list(names)
    assert notes == []


def test_nothing_outside_the_course_is_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "unit/text.png").write_bytes(b"password = 1234")
    os.mkfifo(root / "unit/pipe.png")
    outside = ("../../secret.png", "%2e%2e/%2e%2e/secret.png", "../link.png", str(tmp_path / "secret.png"))
    others = (
        "text.png",
        "pipe.png",
        "unit",
        "gone.png",
        "https://example.org/a.png",
        "//example.org/a.png",
        "a\0b.png",
    )
    found, notes = kept(root, *named(*outside, *others, "file:///etc/passwd", "x" * 5_000))
    assert found.pictures == {}
    assert all(one.picture == one.media_type == "" for one in found.figures)
    assert notes == ["3 pictures outside the course, not read: ../../secret.png, %2e%2e/%2e%2e/secret.png, ../link.png"]


@given(st.text(max_size=40) | st.from_regex(r"(\.\./|%2e%2e/|/|unit/|link/){0,6}secret\.png", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_reference_reaches_a_picture_outside(root: Path, tmp_path: Path, reference: str) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    if not (root / "unit/link").is_symlink():
        (root / "unit/link").symlink_to(tmp_path)
    found, _ = kept(root, *named(reference))
    assert found.pictures == {}


def test_a_picture_inside_the_file_is_kept_by_its_bytes_whatever_it_is_called(root: Path) -> None:
    inside = [FoundFigure(Page(1), "Cap", "Alt", 2, "", content, "image/svg+xml") for content in (PNG, b"<svg/>", PNG)]
    found, _ = kept(root, *inside)
    assert [one.media_type for one in found.figures] == ["image/png", "", "image/png"]
    assert [(one.caption, one.alt, one.at, one.position) for one in found.figures] == [
        ("Cap", "Alt", 2, number) for number in range(3)
    ]
    assert len({one.id for one in found.figures}) == 3


def test_large_and_many_pictures_are_kept_by_their_words(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_PICTURE_BYTES", 100)
    monkeypatch.setattr(attaching, "MOST_PICTURES", 2)
    (root / "unit/large.png").write_bytes(PNG + bytes(200))
    for number in range(3):
        (root / f"unit/{number}.png").write_bytes(PNG + bytes([number]))
    found, notes = kept(root, *named("large.png", "0.png", "1.png", "2.png"))
    assert [bool(one.picture) for one in found.figures] == [False, True, True, False]
    assert "2 pictures kept by their words alone" in notes[0]


def test_a_file_that_was_named_alone_has_no_folder_to_read_from(root: Path) -> None:
    (root / "unit/a.png").write_bytes(PNG)
    file = root / "unit/a.md"
    read = ReadDocument("T", SourceKind.MARKDOWN, "Text", (), (), tuple(named("a.png")))
    found, _ = attached(read, "document", Selected(file, Course("c", str(file), "C"), 0), "")
    assert found.pictures == {}


def test_a_video_that_a_document_repeats_is_placed_where_it_stands_first(root: Path) -> None:
    videos = (FoundVideo("youtube", "a", 1), FoundVideo("vimeo", "2", 2), FoundVideo("youtube", "a", 3))
    found, _ = kept(root, videos=videos)
    assert {(one.video.provider, one.at) for one in found.videos} == {("youtube", 1), ("vimeo", 2)}
