"""The quiz page in process where a question is answered in code: asked, handed in, graded, and recorded once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from knowledge.library import Library
from knowledge.models.scripted import ScriptedChatModel
from tests.tutor.lesson_course import shared_library
from tests.ui.site import DEADLINE_S, Site, shown
from tests.ui.study_site import study_site
from tutor.desk import bundled_problems
from tutor.grades import CodeKey
from tutor.learner import EvidenceKind
from tutor.problems import Problem
from tutor.quiz_book import QuizRoom
from tutor.ui.quiz import MOST_QUESTIONS

CONCEPT = "dot product"
FAR_S = 1e12
"""Later than any test."""


def page_of(build, concept_id) -> None:  # AppTest runs the bare source
    import streamlit as st

    from tutor.ui import quiz, quiz_code

    services = build()
    room = services.quizzes
    if "begun" not in st.session_state:
        items = quiz_code.about(room, services, room.concepts([concept_id]))
        st.session_state["begun"] = quiz.lay_out(items)
    quiz.draw(room, services)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from shared_library(tmp_path_factory)


@pytest.fixture
def study(tmp_path: Path, library: Library) -> Iterator[Site]:
    made = study_site(tmp_path, library)
    made.services = replace(made.services, quizzes=QuizRoom(library, tmp_path))
    yield made
    made.jobs.close()
    made.conversations.close()


@pytest.fixture
def page(study: Site, library: Library) -> AppTest:
    """The quiz at its question in code."""
    (concept,) = (one.id for one in library.catalog.concepts() if one.name == CONCEPT)
    kwargs = {"build": study.build, "concept_id": concept}
    return AppTest.from_function(page_of, default_timeout=DEADLINE_S, kwargs=kwargs).run()


def problem_of(page: AppTest) -> Problem:
    (item,) = page.session_state["quiz items"]
    assert isinstance(item.key, CodeKey)
    return bundled_problems()[item.key.problem]


def hand_in(study: Site, page: AppTest, code: str, *, only_visible: bool = False) -> AppTest:
    """Hand in as the editor's buttons do."""
    owner = page.session_state["erica_student"]
    study.services.workbench.submit(owner, problem_of(page), code, only_visible=only_visible)
    return page.run()


def check(page: AppTest) -> AppTest:
    return page.button(key="quiz-check-0").click().run()


def evidence(study: Site, page: AppTest) -> list[tuple[EvidenceKind, bool, str]]:
    with study.services.desk.learner(page.session_state["erica_student"]) as learner:
        return [(one.kind, one.right, one.concept.name) for _, one in learner.evidence(FAR_S)]


def test_the_problem_is_asked_with_its_editor_and_nothing_can_be_checked_before_it_is_handed_in(study, page):
    problem = problem_of(page)
    assert "Question 1 of 1" in shown(page)
    assert problem.title in shown(page)
    assert problem.function in str(page.get("bidi_component")[0].proto.json)
    assert page.button(key="quiz-check-0").disabled
    assert page.button(key="quiz-check-0").label == "Check"
    page = hand_in(study, page, "x = 'right'", only_visible=True)
    assert page.button(key="quiz-check-0").disabled, "the examples alone are no answer"


def test_code_that_fails_is_not_right_and_code_that_passes_is_right_and_kept(study, page):
    problem = problem_of(page)
    failed = hand_in(study, page, "x = 'wrong'")
    assert not failed.button(key="quiz-check-0").disabled
    page = check(hand_in(study, failed, "x = 'right'"))
    text = shown(page)
    assert ":green-badge[right]" in text
    assert "](?source=" in text
    assert page.code[0].value == "x = 'right'"
    owner = page.session_state["erica_student"]
    assert study.services.desk.solutions(owner)[problem.name].code == "x = 'right'"
    recorded = [one for one in evidence(study, page) if one[2] == CONCEPT]
    assert recorded == [(EvidenceKind.PROBLEM, True, CONCEPT)], "one deed is one piece of evidence"
    page = page.button(key="quiz-next-0").click().run()
    assert "**1 of 1** right" in shown(page)


def test_a_wrong_answer_names_the_case_gives_nothing_away_and_is_evidence(study, page):
    problem = problem_of(page)
    page = check(hand_in(study, page, "x = 'wrong'"))
    text = shown(page)
    assert ":red-badge[not right]" in text
    assert "0 of 1 cases passed" in text
    assert "stays open under Practice" in text
    assert problem.reference.strip() not in text + "".join(one.value for one in page.code)
    assert evidence(study, page) == [(EvidenceKind.ANSWER, False, CONCEPT)]


def test_what_was_handed_in_before_the_question_was_asked_does_not_count(study, page, library):
    page = hand_in(study, page, "x = 'wrong'")
    page.session_state["quiz code before"] = (7, None)  # as if another question had been at hand
    page = page.run()
    assert page.button(key="quiz-check-0").disabled
    assert not hand_in(study, page, "x = 'wrong'").button(key="quiz-check-0").disabled


def test_code_after_the_solution_was_shown_tells_nothing(study, page):
    study.services.desk.show_solution(page.session_state["erica_student"], problem_of(page))
    page = check(hand_in(study, page, "x = 'right'"))
    assert ":orange-badge[not sure]" in shown(page)
    assert evidence(study, page) == []


def test_a_solved_problem_is_not_asked_again_and_without_a_desk_there_is_no_code(study, page, library):
    from tutor.ui import quiz_code

    first = problem_of(page)
    (concept,) = (one for one in library.catalog.concepts() if one.name == CONCEPT)
    room = study.services.quizzes
    assert quiz_code.about(room, None, [concept]) == []
    assert quiz_code.about(room, replace(study.services, desk=None), [concept]) == []
    hand_in(study, page, "x = 'right'")
    assert first.name in study.services.desk.solutions(page.session_state["erica_student"])
    assert room.book.code_about([concept], {first.name}) == []


def test_a_quiz_about_a_concept_ends_with_its_question_in_code(study, library):
    def page(build) -> None:
        from tutor.ui import quiz

        services = build()
        quiz.draw(services.quizzes, services)

    (concept,) = (one.id for one in library.catalog.concepts() if one.name == "gradient")
    session = AppTest.from_function(page, default_timeout=DEADLINE_S, kwargs={"build": study.build}).run()
    session.selectbox(key="quiz-concept").set_value(concept).run().button(key="quiz-ask-concept").click().run()
    assert not session.exception
    items = session.session_state["quiz items"]
    assert 2 <= len(items) <= MOST_QUESTIONS
    assert [isinstance(item.key, CodeKey) for item in items] == [False] * (len(items) - 1) + [True]


def test_a_quiz_about_a_lesson_ends_in_code_and_leads_back_to_the_lesson(study, library):
    lessons = []

    def page(build, lessons) -> None:
        from tutor.ui import quiz

        services = build()
        quiz.draw(services.quizzes, services, lessons.append)

    kwargs = {"build": study.build, "lessons": lessons}
    session = AppTest.from_function(page, default_timeout=DEADLINE_S, kwargs=kwargs).run()
    lesson = next(one for one in library.catalog.documents() if one.path == "01/03-words.md")
    session.selectbox(key="quiz-lesson").set_value(lesson.path).run().button(key="quiz-ask-lesson").click().run()
    assert not session.exception
    assert isinstance(session.session_state["quiz items"][-1].key, CodeKey)
    session.button(key="quiz-to-lesson").click().run()
    assert lessons == [lesson.id]
    session.button(key="quiz-leave").click().run()
    assert "quiz-to-lesson" not in {button.key for button in session.button}


class HonestWriter(ScriptedChatModel):
    """Takes the first phrase that it may answer with, asks badly for it, and answers as it wrote."""

    right = ""

    def complete(self, messages, schema, *, max_tokens):
        if "question" in schema["properties"]:
            self.right = schema["properties"]["right"]["enum"][0]
            wrong = ["a spare gate", "the second screw", "an odd lever", "the blue handle"]
            return {"question": "Well?", "right": self.right, "wrong": wrong}
        options = dict(re.findall(r"^([a-d])\) (.+)$", messages[-1].content, re.M))
        return {"answer": self.right, **{one: text.lower() == self.right.lower() for one, text in options.items()}}


def test_what_a_model_writes_comes_first_and_says_who_wrote_it(study, library):
    session = with_model(study, library, HonestWriter(name="honest"))
    session.toggle(key="quiz written").set_value(True).run()
    session.selectbox(key="quiz-concept").set_value(concept_of(library)).run()
    session.button(key="quiz-ask-concept").click().run()
    assert not session.exception
    assert "written by honest, checked against its passage" in shown(session)
    assert "What stands in the blank?" in shown(session)
    assert len(session.radio[0].options) >= 3


def concept_of(library) -> str:
    return next(one.id for one in library.catalog.concepts() if one.name == "contrastive learning")


def with_model(study, library, model) -> AppTest:
    """Return the quiz page where this model may write."""
    import streamlit as st

    def page(build) -> None:
        from tutor.ui import quiz

        services = build()
        quiz.draw(services.quizzes, services)

    st.cache_resource.clear()  # the model is asked for once a minute
    study.services = replace(study.services, quiz_model=lambda: model)
    return AppTest.from_function(page, default_timeout=DEADLINE_S, kwargs={"build": study.build}).run()


def test_a_model_that_fails_is_given_up_and_one_that_is_not_wanted_is_not_asked(study, library):
    model = ScriptedChatModel(["{}", "{}"])
    session, concept = with_model(study, library, model), concept_of(library)
    session.selectbox(key="quiz-concept").set_value(concept).run()
    session.button(key="quiz-ask-concept").click().run()
    assert not model.prompts, "not wanted yet"
    session.button(key="quiz-leave").click().run()
    session.toggle(key="quiz written").set_value(True).run()
    session.selectbox(key="quiz-concept").set_value(concept).run().button(key="quiz-ask-concept").click().run()
    assert not session.exception
    assert len(model.prompts) == 2, "it is given up once it failed twice"
    assert "need no model" in session.toast[0].value
