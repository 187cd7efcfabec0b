"""Cues become sentences with times; nothing said is lost, and no time lies outside the recording."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import ReadDocument
from ingest.errors import EmptySource, UnreadableSource
from ingest.readers import transcript
from knowledge.model import TimeSpan

FIXTURES = Path(__file__).parents[2] / "fixtures"


def srt(*cues: tuple[float, float, str]) -> bytes:
    def clock(seconds: float) -> str:
        whole = round(seconds * 1000)
        return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"

    return "".join(
        f"{number}\n{clock(start)} --> {clock(end)}\n{text}\n\n" for number, (start, end, text) in enumerate(cues, 1)
    ).encode()


def said(document: ReadDocument) -> list[tuple[float, float, str]]:
    found = []
    for block in document.blocks:
        assert isinstance(block.locator, TimeSpan)
        found.append((block.locator.start_s, block.locator.end_s, document.text[block.start : block.end]))
    return found


def test_sentences_of_a_real_talk_are_rebuilt_over_its_cues() -> None:
    document = transcript.read(
        (FIXTURES / "hf-llm-course-carbon-footprint.srt").read_bytes(), "t/02_the-carbon-footprint-of-transformers.srt"
    )
    assert document.title == "The carbon footprint of transformers"
    assert said(document)[0] == (5.58, 8.82, "So let's talk about the carbon footprint of transformers.")
    start_s, end_s, text = said(document)[1]
    assert text.startswith("Maybe you've seen headlines such as this one that training")
    assert (start_s, end_s) == (8.82, 16.02)


def test_a_time_inside_a_cue_is_taken_in_proportion() -> None:
    first, second = said(transcript.read(srt((10, 20, "Abcd. Efghi")), "a.srt"))
    assert first[0] == 10
    assert first[1] == pytest.approx(10 + 10 * 5 / 11, abs=0.01)
    assert second[0] == pytest.approx(10 + 10 * 6 / 11, abs=0.01)
    assert second[1] == 20


@pytest.mark.parametrize(("head", "point"), [("WEBVTT\n\nNOTE a --> b\n\n", "."), ("", ",")])
def test_a_cue_whose_times_cannot_be_read_is_told_with_its_line(head: str, point: str) -> None:
    cues = f"1\n00:00:01{point}000 --> 00:00:04{point}000\nFirst,\nx --> y.\n\n2\n00:0x:05 --> 00:00:09\nLost.\n\n"
    lost = head.count("\n") + 7
    document = transcript.read((head + cues).encode(), "talk.vtt" if head else "talk.srt")
    assert len(document.notes) == 1
    assert document.notes[0].startswith("1 cue was left out")
    assert document.notes[0].endswith(f"on line {lost}.")
    assert transcript.read(srt((1, 4, "First, x --> y.")), "talk.srt").notes == ()


def test_tags_speakers_and_sounds_are_no_speech() -> None:
    vtt = (
        "WEBVTT\n\nNOTE hidden\n\n00:01.000 --> 00:04.000\n<v Ann Lee>Welcome <i>back</i>.\n\n"
        "00:04.000 --> 00:06.000\n[Music] ♪\n\n00:06.000 --> 00:09.000\n"
        ">> DR. SMITH: Thank <c.yellow>you</c> &amp; hello.\n"
    )
    assert [text for _, _, text in said(transcript.read(vtt.encode(), "a.vtt"))] == [
        "Welcome back.",
        "Thank you & hello.",
    ]


def test_rolling_captions_are_said_once() -> None:
    cues = [
        (0, 2, "we will look at"),
        (2, 4, "we will look at\nattention today."),
        (4, 6, "attention today.\nIt is easy."),
    ]
    document = transcript.read(srt(*cues), "a.srt")
    assert " ".join(document.text.split()) == "we will look at attention today. It is easy."


def test_speech_without_punctuation_is_cut_at_pauses_and_by_time() -> None:
    cues = [(float(2 * i), 2.0 * i + 2, f"word{i} goes on and on") for i in range(30)]
    cues += [(70.0, 72.0, "after a pause")]
    found = said(transcript.read(srt(*cues), "a.srt"))
    assert all(end - start <= transcript.UNPUNCTUATED_S + 2 for start, end, _ in found)
    assert found[-1] == (70.0, 72.0, "after a pause")
    assert "\n\n" in transcript.read(srt(*cues), "a.srt").text


def test_paragraphs_end_after_their_time() -> None:
    cues = [(5.0 * i, 5.0 * i + 5, f"This is sentence {i}.") for i in range(40)]
    document = transcript.read(srt(*cues), "a.srt")
    assert document.text.count("\n\n") == 200 // 40 - 1


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"just words", UnreadableSource),
        (b"1\n00:00:01,000 -> 00:00:02\nx", UnreadableSource),
        (b"WEBVTT\n", EmptySource),
        (srt((1, 2, "[Applause]")), EmptySource),
        (b"", EmptySource),
    ],
)
def test_what_holds_no_speech_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"a\.srt"):
        transcript.read(content, "a.srt")


words = st.sampled_from("the model learns weights. Then? loss falls! and e.g. this, 3.5 times".split())


@given(
    st.lists(
        st.tuples(st.floats(0, 3), st.floats(0, 9), st.lists(words, min_size=1, max_size=9)), min_size=1, max_size=25
    )
)
def test_no_word_is_lost_and_times_run_forward_inside_the_recording(
    timed: list[tuple[float, float, list[str]]],
) -> None:
    cues = []
    now_s = 0.0
    for number, (pause_s, length_s, spoken) in enumerate(timed):
        start_s = round(now_s + pause_s, 3)
        now_s = round(start_s + length_s, 3)
        cues.append((start_s, now_s, " ".join([f"w{number}", *spoken])))
    document = transcript.read(srt(*cues), "a.srt")
    assert document.text.split() == " ".join(text for _, _, text in cues).split()
    found = said(document)
    assert all(cues[0][0] <= start_s <= end_s <= now_s + 0.001 for start_s, end_s, _ in found)
    assert [start for start, _, _ in found] == sorted(start for start, _, _ in found)


def videos(content: bytes, name: str) -> list[tuple[str, str, int]]:
    return [(video.provider, video.key, video.at) for video in transcript.read(content, name).videos]


SPOKEN = b"WEBVTT\n\n00:01.000 --> 00:04.000\nWelcome back.\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SPOKEN.replace(b"\n\n", b"\n\nNOTE video: https://youtu.be/aircAruvnKk\n\n", 1), "a.vtt"),
        (
            SPOKEN.replace(b"\n\n", b"\nKind: captions\nURL: https://www.youtube.com/watch?v=aircAruvnKk\n\n", 1),
            "a.vtt",
        ),
        (SPOKEN, "talks/But what is a network [aircAruvnKk].en.vtt"),
        (srt((1, 2, "Hello.")), "aircAruvnKk.srt"),
        (SPOKEN, "aircAruvnKk.en-US.vtt"),
    ],
)
def test_a_transcript_knows_its_video(content: bytes, name: str) -> None:
    assert videos(content, name) == [("youtube", "aircAruvnKk", 0)]


@pytest.mark.parametrize(
    "name",
    ["introduction.vtt", "00_welcome.vtt", "lecture-one.vtt", "LECTURE_001.vtt", "Week3_Intro.vtt", "deepNetTalk.srt"],
)
def test_a_name_that_is_no_id_gives_no_video(name: str) -> None:
    assert videos(SPOKEN if name.endswith("vtt") else srt((1, 2, "Hello.")), name) == []


def test_the_id_is_no_part_of_the_title() -> None:
    document = transcript.read(SPOKEN, "But what is a network [aircAruvnKk].en.vtt")
    assert document.title == "But what is a network"


# Automatic captions as a video site gives them: each line is shown twice, first with word times; `_` is a space.
ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.389 align:start position:0%
_
so<00:00:00.399><c> today</c><00:00:00.719><c> we</c><00:00:00.880><c> look</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
so today we look
_

00:00:02.399 --> 00:00:04.789 align:start position:0%
so today we look
at<00:00:02.639><c> gradient</c><00:00:03.120><c> descent</c>

00:00:04.789 --> 00:00:04.799 align:start position:0%
at gradient descent
_

00:00:04.799 --> 00:00:07.000 align:start position:0%
at gradient descent
at<00:00:05.000><c> last</c>
"""


def test_automatic_captions_are_said_once_and_in_time() -> None:
    document = transcript.read(ROLLING.replace("_", " ").encode(), "a.vtt")
    assert " ".join(document.text.split()) == "so today we look at gradient descent at last"
    assert said(document)[0][0] == 0.16
    assert said(document)[-1][1] == 7.0
