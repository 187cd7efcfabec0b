"""Addresses that people and sites write for a video lead to its id; all others lead to none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.videos import Video, video_at


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=aircAruvnKk",
        "http://youtube.com/watch?list=PL1&v=aircAruvnKk&t=30s",
        "https://youtu.be/aircAruvnKk?t=12",
        "//www.youtube-nocookie.com/embed/aircAruvnKk?rel=0",
        "https://m.youtube.com/shorts/aircAruvnKk",
        " https://www.youtube.com/embed/aircAruvnKk?feature=oembed ",
    ],
)
def test_every_form_of_a_youtube_address_gives_the_id(address: str) -> None:
    assert video_at(address) == Video("youtube", "aircAruvnKk")


@pytest.mark.parametrize(
    ("address", "video"),
    [
        ("https://player.vimeo.com/video/76979871?h=8272103f6e", Video("vimeo", "76979871")),
        ("https://vimeo.com/76979871", Video("vimeo", "76979871")),
        ("clips/lecture-1.MP4", Video("file", "clips/lecture-1.MP4")),
        ("https://example.org/a.webm?x=1", Video("file", "https://example.org/a.webm?x=1")),
    ],
)
def test_other_places_of_videos_are_known(address: str, video: Video) -> None:
    assert video_at(address) == video


@pytest.mark.parametrize(
    "address",
    [
        "", "lesson.md", "https://www.youtube.com/watch?v=short", "https://www.youtube.com/@channel",
        "https://youtube.com.example.org/watch?v=aircAruvnKk", "javascript:alert(1).mp4", "https://[bad",
        "https://youtube.com/playlist?list=aircAruvnKk", "https://vimeo.com/about", "file:///etc/movie.mp4",
    ],
)  # fmt: skip
def test_what_is_no_video_is_none(address: str) -> None:
    assert video_at(address) is None


_HOSTS = ("", "https://youtu.be/", "https://www.youtube.com/watch?v=", "//youtube.com/embed/", "https://vimeo.com/")


@given(st.sampled_from(_HOSTS), st.text(max_size=200) | st.from_regex(r"[\w\"'<>/?&=-]{11}", fullmatch=True))
def test_whatever_an_address_holds_the_key_of_a_video_can_stand_in_a_page(host: str, rest: str) -> None:
    found = video_at(host + rest)
    keys = {"youtube": r"[A-Za-z0-9_-]{11}", "vimeo": r"[0-9]+", "file": r"(?i:(?!javascript:|data:)[^\n]+)"}
    assert found is None or re.fullmatch(keys[found.provider], found.key)
