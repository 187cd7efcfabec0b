"""Course, lesson, video and quiz pages in process, over a small ingested course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from knowledge.library import Library
from knowledge.videos import Video
from tests.tutor.lesson_course import VIDEO_KEY, shared_library
from tests.ui.site import DEADLINE_S, shown
from tutor.classroom import Classroom
from tutor.grades import ChoiceKey
from tutor.lesson_text import Picture
from tutor.markdown import escape
from tutor.quiz import Option, Origin, QuizItem, Source
from tutor.quiz_book import QuizRoom
from tutor.ui.video import player_address, question_about
from tutor.ui.ways import Ways
from tutor.video_lesson import Moment, Passage, video_lesson


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from shared_library(tmp_path_factory)


@pytest.fixture
def went() -> list[tuple[str, str]]:
    """Where the page led, and with what."""
    return []


@pytest.fixture
def course(site, library, tmp_path, went):
    """Open the course page, at a lesson of this path or at the list."""
    room = Classroom(library, tmp_path)
    ways = Ways(*(lambda what, name=name: went.append((name, what)) for name in ("ask", "quiz", "concept")))

    def page(services, room, ways) -> None:
        from tutor.ui import course

        course.draw(services, room, ways)

    def open_at(path: str = "") -> AppTest:
        session = AppTest.from_function(
            page, default_timeout=DEADLINE_S, kwargs={"services": site.services, "room": room, "ways": ways}
        )
        if path:
            session.query_params["lesson"] = next(d.id for d in library.catalog.documents() if d.path == path)
        return session.run()

    return open_at


def press(session: AppTest, label: str) -> AppTest:
    return next(button for button in session.button if button.label == label).click().run()


# --- the course ---


def test_the_course_lists_its_modules_and_lessons_and_what_to_begin_with(course):
    page = course()
    text = shown(page)
    assert page.title[0].value == "Vectors to CLIP"
    assert f"## {escape('Foundations <b>bold</b>')}" in text
    assert "6 lessons · 0 of" in text
    assert "Transcript" in text
    assert "Begin with: Vectors" in [button.label for button in page.button]


def test_what_the_learner_knows_is_marked_and_the_course_goes_on_behind_it(course):
    page = press(press(course(), "Begin with: Vectors"), "I know this")
    assert "I do not know this" in [button.label for button in page.button]
    page = press(page, "← All lessons")
    assert ":green-badge[known]" in shown(page)
    assert "Go on with: Embeddings" in [button.label for button in page.button]


def test_a_long_course_draws_a_module_when_it_is_opened(course, monkeypatch):
    from tutor.ui import course as page_of_course

    monkeypatch.setattr(page_of_course, "OPEN_UP_TO", 3)
    page = course()
    assert [box.label.partition(" :gray")[0] for box in page.expander] == [
        f"**{escape('Foundations <b>bold</b>')}**",
        "**CLIP**",
    ]
    assert "Vectors" not in [button.label for button in page.button]


# --- a lesson ---


def test_a_lesson_shows_its_text_its_formula_and_its_figure_once(course):
    page = course("01/01-vectors.md")
    text = shown(page)
    assert page.title[0].value == "Vectors"
    assert "\\sum_i a_i b_i" in text
    assert "*Figure: Two arrows" not in text  # the words for a picture give way to it
    pictures = [html.proto.body for html in page.get("html") if "<img" in html.proto.body]
    assert len(pictures) == 1
    assert 'alt="Two arrows and the angle between them." src="data:image/svg+xml;base64,' in pictures[0]


def test_no_html_of_a_lesson_passes_through(course):
    for path in ("01/01-vectors.md", "02/04-clip.md"):
        page = course(path)
        assert not any("<script>alert" in html.proto.body or "<iframe" in html.proto.body for html in page.get("html"))
        assert not any(element.proto.allow_html for element in page.markdown)
    assert page.title[0].value == escape(":red[CLIP] now $x$ [c1]")


def test_the_words_for_a_picture_cannot_leave_their_place(course, library, monkeypatch):
    figure = next(f for d in library.catalog.documents() for f in library.catalog.figures(d.id))
    hostile = replace(figure, alt='"><img src="https://example.org/x.png" onerror="alert(1)')
    monkeypatch.setattr(Classroom, "parts", lambda room, document: [Picture(hostile)])
    (picture,) = [html.proto.body for html in course("01/01-vectors.md").get("html") if "<img" in html.proto.body]
    assert picture.count("<") == 1
    assert picture.count('"') == 6


def test_links_between_lessons_lead_to_their_pages_and_out_of_the_course_nowhere(course, library):
    text = shown(course("01/02-embeddings.md"))
    vectors = next(d.id for d in library.catalog.documents() if d.path == "01/01-vectors.md")
    assert f"[vectors](?lesson={vectors})" in text
    assert "passwd" not in text


def test_a_lesson_leads_to_its_quiz_the_chat_the_map_and_its_neighbours(course, went, library):
    page = course("01/02-embeddings.md")
    press(page, "Quiz on this lesson")
    press(page, "Ask about it")
    press(page, "embedding")
    concept = next(c.id for c in library.catalog.concepts() if c.name == "embedding")
    assert went == [("quiz", "01/02-embeddings.md"), ("ask", "What is embedding?"), ("concept", concept)]
    assert press(page, "← Vectors").title[0].value == "Vectors"


def test_a_lesson_that_is_gone_is_said_to_be_gone(course, site):
    page = course()
    page.query_params["lesson"] = "0" * 20
    assert "This lesson is gone" in shown(page.run())


def test_a_document_of_many_parts_is_drawn_in_portions(course, monkeypatch):
    from tutor.ui import lesson

    monkeypatch.setattr(lesson, "PARTS_AT_ONCE", 2)
    page = course("01/01-vectors.md")
    assert page.selectbox[0].options == ["Part 1 of 2", "Part 2 of 2"]
    first = shown(page)
    second = shown(page.selectbox[0].set_value(2).run())
    assert "Check yourself" in second
    assert "Check yourself" not in first


# --- a talk ---


def test_a_talk_shows_what_to_keep_and_its_words_by_chapters(course):
    page = course("02/talk.vtt")
    text = shown(page)
    assert "A talk of 4\\:30, in 3 chapters." in text
    assert text.index("In short") < text.index("Key takeaways") < text.index("Transcript by chapters")
    assert len(page.expander) == 3
    assert f"[{escape('0:00')}](https://www.youtube.com/watch?v={VIDEO_KEY}&t=0s)" in text


def test_no_player_is_there_before_it_is_asked_for_and_times_move_it_afterwards(course):
    page = course("02/talk.vtt")
    assert not page.get("iframe")
    page = press(page, "Play it here")
    (player,) = page.get("iframe")
    assert player.proto.src.startswith(f"https://www.youtube-nocookie.com/embed/{VIDEO_KEY}?start=0")
    later = [b for b in page.button if b.key and b.key.startswith("time-takeaway")][-1]
    page = later.click().run()
    minutes, seconds = later.label.split(":")
    assert f"start={60 * int(minutes) + int(seconds)}&" in page.get("iframe")[0].proto.src
    assert not press(page, "Close the player").get("iframe")


def test_explain_this_moment_asks_the_chat_about_the_passages_concept(course, went):
    press(course("02/talk.vtt"), "Explain this moment")
    assert went == [("ask", "Explain vector: A vector is an ordered list of numbers.")]


def test_a_passage_without_a_concept_is_asked_about_by_its_words():
    said = (Moment("So it goes.", 0, 1, "c"), Moment("Onions are cut small and cooked in butter.", 1, 2, "c"))
    assert question_about(Passage("c", said, None)) == "Explain this: Onions are cut small and cooked in butter."


def test_players_are_the_providers_own_and_keys_cannot_leave_their_place():
    assert player_address(Video("vimeo", "123"), 61.9).startswith("https://player.vimeo.com/video/123?dnt=1")
    assert player_address(Video("youtube", "a/../b?x#y"), 0).startswith("https://www.youtube-nocookie.com/embed/a%2F..")
    assert player_address(Video("elsewhere", "k"), 0) == ""


def test_a_recording_in_the_courses_folder_is_played_from_here(course, library, monkeypatch):
    (Path(library.folder).parent / "course" / "02" / "talk.webm").write_bytes(b"\x1aE\xdf\xa3")
    made = video_lesson(library.catalog, next(d.id for d in library.catalog.documents() if d.path.endswith(".vtt")))
    local = replace(made, video=Video("file", "talk.webm"))
    monkeypatch.setattr(Classroom, "video", lambda room, one: local)
    page = course("02/talk.vtt")
    assert page.get("video")
    assert not page.get("iframe")
    monkeypatch.setattr(Classroom, "video", lambda room, one: replace(made, video=Video("file", "/etc/x.webm")))
    assert "not where the course says" in shown(course("02/talk.vtt"))
    monkeypatch.setattr(Classroom, "video", lambda room, one: replace(made, video=None))
    assert "No video of it is known" in shown(course("02/talk.vtt"))


# --- the quiz ---


@pytest.fixture
def quiz(library, tmp_path):
    room = QuizRoom(library, tmp_path)

    def page(room) -> None:
        from tutor.ui import quiz

        quiz.draw(room)

    return AppTest.from_function(page, default_timeout=DEADLINE_S, kwargs={"room": room}).run()


def test_a_quiz_about_a_lesson_is_answered_explained_cited_and_ended(quiz, library):
    page = quiz.selectbox(key="quiz-lesson").set_value("01/01-vectors.md").run()
    page = press(page, "Ask me about it")
    assert "Question 1 of 1" in shown(page)
    assert "What is the dot product of (1, 2) and (3, 4)?" in shown(page)
    page.text_input[0].set_value("12")
    page = press(page, "Check")
    text = shown(page)
    assert ":red-badge[not right]" in text
    assert "**Answer:** 11" in text
    assert ":gray[Your answer:] 12" in text
    assert "](?source=" in text
    page = press(page, "Finish")
    assert "0 of 1" in shown(page)
    assert "due for review" in shown(press(page, "On to the next"))


def test_a_choice_is_graded_and_the_learner_is_remembered(quiz, library, tmp_path):
    kernel = next(one.id for one in library.catalog.concepts() if one.name == "kernel")
    page = press(quiz.selectbox(key="quiz-concept").set_value(kernel).run(), "Ask me")
    page.text_input[0].set_value("a picture")
    page = press(press(page, "Check"), "Next")
    assert not page.exception
    assert len(page.radio[0].options) == 4
    page.radio[0].set_value("a")
    page = press(page, "Check")
    text = shown(page)
    assert "badge[" in text
    assert text.count(":green[✓]") == 1
    assert text.count("your answer") == 1
    assert not page.radio  # what was answered stays as it was
    learner = QuizRoom(library, tmp_path).learner(page.session_state["erica_student"])
    assert len(learner.export()["evidence"]) == 2
    learner.close()


def test_a_quiz_can_be_left_and_a_lesson_without_questions_says_so(quiz):
    page = quiz.selectbox(key="quiz-lesson").set_value("02/talk.vtt").run()
    page = press(page, "Ask me about it")
    if "Question 1" not in shown(page):
        assert "no question about this" in page.info[0].value
    page = page.selectbox(key="quiz-lesson").set_value("01/01-vectors.md").run()
    page = press(press(page, "Ask me about it"), "← All quizzes")
    assert page.title[0].value == "Quiz"


def test_several_right_options_are_asked_for_graded_and_each_explained(library, tmp_path):
    options = (Option("a", "it <b>weighs</b>", "Yes."), Option("b", "it sorts", "No."), Option("c", "it mixes", "Too."))
    key = ChoiceKey(frozenset("ac"), frozenset("abc"))
    source = Source("0" * 20, "It weighs and mixes.", "A [title](x)", "here")
    item = QuizItem("q", "choice", "What does it do?", options, key, "It weighs and mixes.", source, Origin.AUTHORED)

    def page(room, item) -> None:
        import streamlit as st

        from tutor.ui import quiz

        if "begun" not in st.session_state:
            st.session_state["begun"] = quiz.lay_out([item])
        quiz.draw(room)

    kwargs = {"room": QuizRoom(library, tmp_path), "item": item}
    session = AppTest.from_function(page, default_timeout=DEADLINE_S, kwargs=kwargs).run()
    assert "Several are right" in shown(session)
    session.checkbox[0].check()
    session.checkbox[1].check()
    text = shown(press(session, "Check"))
    assert text.count(":green[✓]") == 2
    assert text.count(":red[✗]") == 1
    assert text.count("your answer") == 2
    assert all(why in text for why in ("Yes", "No", "Too"))
    assert escape("it <b>weighs</b>") in text
    assert escape("A [title](x), here") in text
