"""A citation of what is said in a video opens the video at that second."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutor.cli import main

pytestmark = pytest.mark.usefixtures("own_folders")

TALK = """WEBVTT

00:00:01.000 --> 00:00:45.000
Welcome to the talk about retrieval and how it came about over the years.

00:12:34.500 --> 00:12:50.000
Quantisation is a way of storing weights with fewer bits. Quantisation makes a model small.
"""


def citations(course: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    main(["ingest", str(course)])
    capsys.readouterr()
    assert main(["ask", "What is quantisation, a way of storing weights with fewer bits?", "--json"]) == 0
    lesson = json.loads(capsys.readouterr().out)
    found = [one for one in lesson["citations"].values() if one["locator"] == "12:34"]
    assert found, lesson["reason"]
    return found


def test_it_opens_the_video_that_course_toml_names(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "talk.vtt").write_text(TALK)
    with (course / "course.toml").open("a") as stream:
        stream.write('\n[[videos]]\ntranscript = "talk.vtt"\nyoutube = "dQw4w9WgXcQ"\n')
    for one in citations(course, capsys):
        assert one["uri"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=754s"
        assert (one["locator"], one["path"]) == ("12:34", "talk.vtt")


def test_without_a_known_video_it_opens_the_transcript(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "talk.vtt").write_text(TALK)
    for one in citations(course, capsys):
        assert one["uri"] == f"{course / 'talk.vtt'}#t=754"
