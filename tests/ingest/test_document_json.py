"""A document crosses between processes whole; what is no document is refused, whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Block, BlockKind, FoundFigure, FoundVideo, Image, ReadDocument, TextBuilder
from ingest.document_json import MOST_PICTURE_BYTES, MOST_PICTURES, decode, encode
from knowledge.model import Cell, Heading, Line, Page, Slide, SourceKind, TimeSpan

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
NUMBERS = st.integers(1, 9_999)
PLACES = st.one_of(
    st.builds(Page, NUMBERS),
    st.builds(Slide, NUMBERS),
    st.builds(Cell, NUMBERS),
    st.builds(Line, NUMBERS, NUMBERS),
    st.builds(lambda start, long: TimeSpan(start, start + long), st.floats(0, 9_999), st.floats(0, 99)),
    st.builds(Heading, st.lists(TEXTS, max_size=4).map(tuple), TEXTS),
)


@st.composite
def documents(draw: st.DrawFn) -> ReadDocument:
    builder = TextBuilder()
    for _ in range(draw(st.integers(1, 5))):
        words = draw(TEXTS.filter(str.strip))
        path = tuple(draw(st.lists(TEXTS, max_size=3)))
        builder.add(
            words, draw(st.sampled_from(BlockKind)), draw(PLACES), path, language=draw(st.sampled_from(["", "r"]))
        )
        if draw(st.booleans()):
            image = Image(draw(st.binary(max_size=20)), "image/png")
            builder.add_figure(draw(PLACES), caption=draw(TEXTS), alt=draw(TEXTS), reference=draw(TEXTS), image=image)
    return builder.document(
        "a.md", draw(TEXTS), draw(st.sampled_from(SourceKind)), tuple(draw(st.lists(TEXTS, max_size=2)))
    )


@given(documents())
def test_a_document_comes_back_as_it_went(read: ReadDocument) -> None:
    assert decode(*encode(read)) == read


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**40) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("title", "kind", "text", "paths", "blocks", "notes", "figures", "videos")


@given(documents(), st.sampled_from(KEYS), JSON)
def test_a_forged_part_is_refused_or_makes_a_sound_document(read: ReadDocument, key: str, forged: object) -> None:
    head, pictures = encode(read)
    try:
        found = decode(json.dumps({**json.loads(head), key: forged}).encode(), pictures)
    except ValueError:
        return
    starts = [0, *(block.end for block in found.blocks)]
    for before, block in zip(starts, found.blocks, strict=False):
        assert before <= block.start < block.end <= len(found.text)
    assert all(0 <= one.at <= len(found.text) for one in (*found.figures, *found.videos))
    found.text.encode()


@given(st.binary(max_size=60))
def test_bytes_that_are_no_document_are_refused(noise: bytes) -> None:
    with pytest.raises(ValueError, match="it is no document"):
        decode(noise, b"")


def document(**parts: object) -> ReadDocument:
    block = Block(0, 4, BlockKind.PROSE, Page(1), ())
    return ReadDocument(**{"title": "T", "kind": SourceKind.PDF, "text": "Text", "blocks": (block,), **parts})  # type: ignore[arg-type]  # one part differs at a time


def test_lone_surrogates_become_question_marks_and_no_offset_moves() -> None:
    found = decode(*encode(document(text="T\ud800xt")))
    assert found.text == "T?xt"


def test_pictures_past_the_limits_are_kept_by_their_words() -> None:
    large = FoundFigure(Page(1), "Large", "", 0, image=b"x" * (MOST_PICTURE_BYTES + 1), media_type="image/png")
    small = [
        FoundFigure(Page(1), str(number), "", 0, image=b"x", media_type="image/png") for number in range(MOST_PICTURES)
    ]
    found = decode(*encode(document(figures=(large, *small))))
    assert [one.caption for one in found.figures] == ["Large", *map(str, range(MOST_PICTURES))]
    assert [bool(one.image) for one in found.figures] == [False] + [True] * (MOST_PICTURES - 1) + [False]
    assert "2 of 201 pictures are kept by their words alone" in found.notes[0]


def test_videos_come_back() -> None:
    videos = (FoundVideo("youtube", "dQw4w9WgXcQ", 2),)
    assert decode(*encode(document(videos=videos))).videos == videos
