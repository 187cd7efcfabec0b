"""A lesson from a transcript: chapters part the words, times lie in their passages, everything chosen was said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.model import Chunk, ChunkKind, TimeSpan
from tests.tutor.lesson_course import TALK, VIDEO_KEY, shared_library
from tutor.video_lesson import VideoLesson, moments, video_lesson


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from shared_library(tmp_path_factory)


@pytest.fixture(scope="module")
def lesson(library: Library) -> VideoLesson:
    talk = next(d for d in library.catalog.documents() if d.path.endswith(".vtt"))
    made = video_lesson(library.catalog, talk.id)
    assert made is not None
    return made


def all_moments(lesson: VideoLesson) -> list:
    return [moment for chapter in lesson.chapters for passage in chapter.passages for moment in passage.moments]


def test_the_chapters_begin_where_the_talk_turns_and_are_called_after_it(lesson):
    assert [chapter.start_s for chapter in lesson.chapters] == pytest.approx(list(TALK), abs=2.0)
    assert "ector" in lesson.chapters[0].title
    assert "ontrastive" in lesson.chapters[2].title


def test_the_chapters_hold_every_word_once_and_in_order(lesson):
    said = " ".join(moment.text for moment in all_moments(lesson))
    assert said == " ".join(" ".join(text.split()) for text in TALK.values())
    assert said == " ".join(lesson.document.text.split())


def test_summary_and_takeaways_are_sentences_of_the_talk_and_not_the_same_ones(lesson):
    said = all_moments(lesson)
    assert lesson.summary
    assert lesson.takeaways
    assert set(lesson.summary) | set(lesson.takeaways) <= set(said)
    assert not set(lesson.summary) & set(lesson.takeaways)
    for chosen in (lesson.summary, lesson.takeaways):
        assert [m.start_s for m in chosen] == sorted(m.start_s for m in chosen)


def test_every_chapter_gives_a_takeaway_where_it_has_one(lesson):
    for chapter in lesson.chapters:
        assert any(chapter.start_s <= m.start_s <= chapter.end_s for m in (*lesson.takeaways, *lesson.summary))


def test_a_passage_knows_the_concept_it_explains_and_one_off_the_subject_none(lesson):
    concepts = [[passage.concept for passage in chapter.passages] for chapter in lesson.chapters]
    assert concepts[0][0] is not None
    assert concepts[0][0].name == "vector"
    assert concepts[1][0] is None


def test_the_video_is_known_and_a_document_without_times_is_no_video_lesson(library, lesson):
    assert lesson.video is not None
    assert lesson.video.key == VIDEO_KEY
    assert video_lesson(library.catalog, library.catalog.documents()[0].id) is None
    assert video_lesson(library.catalog, "0" * 20) is None


@given(st.text(min_size=1, max_size=300), st.floats(0, 1e5), st.floats(0, 100))
def test_the_moments_of_a_passage_lie_in_its_time_one_after_the_other(text, start_s, length_s):
    span = TimeSpan(start_s, start_s + length_s)
    chunk = Chunk("c", "d", 0, 0, len(text), text, span, (), ChunkKind.PROSE, "", 1)
    times = [time for moment in moments([chunk]) for time in (moment.start_s, moment.end_s)]
    assert times == sorted(times)
    assert all(span.start_s <= time <= span.end_s + 1e-6 for time in times)
