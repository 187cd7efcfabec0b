"""What `course.toml` says about the videos of transcripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.course_videos import stated_videos
from ingest.videos import Video

TALK = Video("youtube", "dQw4w9WgXcQ")


@pytest.mark.parametrize(
    ("entry", "video"),
    [
        ('youtube = "dQw4w9WgXcQ"', TALK),
        ('youtube = "https://youtu.be/dQw4w9WgXcQ"', TALK),
        ('url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"', TALK),
        ('vimeo = "12345"', Video("vimeo", "12345")),
        ('url = "talks/one.mp4"', Video("file", "talks/one.mp4")),
    ],
)
def test_a_transcripts_video_is_stated_by_id_or_address(tmp_path: Path, entry: str, video: Video) -> None:
    (tmp_path / "one.vtt").touch()
    (tmp_path / "course.toml").write_text(f'title = "T"\n[[videos]]\ntranscript = "one.vtt"\n{entry}\n')
    assert stated_videos(tmp_path) == ({str(tmp_path.resolve() / "one.vtt"): video}, [])


def test_entries_that_say_nothing_are_noted_and_the_others_taken(tmp_path: Path) -> None:
    (tmp_path / "one.vtt").touch()
    (tmp_path / "course.toml").write_text(
        '[[videos]]\ntranscript = "gone.vtt"\nyoutube = "dQw4w9WgXcQ"\n'
        '[[videos]]\ntranscript = "one.vtt"\nyoutube = 3\n'
        '[[videos]]\nyoutube = "dQw4w9WgXcQ"\n[[videos]]\ntranscript = "one.vtt"\nyoutube = "dQw4w9WgXcQ"\n'
    )
    found, notes = stated_videos(tmp_path)
    assert list(found.values()) == [TALK]
    assert len(notes) == 3
    assert "gone.vtt, which does not exist" in notes[0]


@pytest.mark.parametrize("text", ["", "videos = 3", "videos = [1, 2]", "not toml", '[videos]\na = "b"'])
def test_what_is_no_list_of_videos_is_no_trouble(tmp_path: Path, text: str) -> None:
    (tmp_path / "course.toml").write_text(text)
    assert stated_videos(tmp_path)[0] == {}


def test_without_a_course_file_nothing_is_stated(tmp_path: Path) -> None:
    assert stated_videos(tmp_path) == ({}, [])
