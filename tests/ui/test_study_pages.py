"""The day's page and the walkthroughs in process: what they offer, what opens, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from knowledge.library import Library
from tests.ui.map_site import course_map
from tests.ui.site import DEADLINE_S, Site, labels, shown
from tests.ui.study_site import study_site
from tutor import daily_export, walkthroughs
from tutor.desk import bundled_problems
from tutor.learner import Subject
from tutor.markdown import escape

WALK = walkthroughs.read(walkthroughs.BUNDLED / "clip-from-scratch")


def today_of(build) -> None:  # AppTest runs the bare source
    from tutor.ui import daily

    services = build()
    daily.draw(services, services.desk)


def walks_of(build) -> None:
    from tutor.ui import walkthrough

    services = build()
    walkthrough.draw(services, services.desk)


def practice_of(build) -> None:
    from tutor.ui import practice

    practice.draw(build())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("study")
    course_map(folder)
    with Library.open(folder / "library") as opened:
        yield opened


@pytest.fixture
def study(tmp_path: Path, library: Library) -> Iterator[Site]:
    import streamlit as st

    st.cache_resource.clear()
    made = study_site(tmp_path, library)
    yield made
    made.jobs.close()
    made.conversations.close()
    st.cache_resource.clear()


def opened(study: Site, page, **query: str) -> AppTest:
    session = AppTest.from_function(page, default_timeout=DEADLINE_S, kwargs={"build": study.build})
    session.query_params.update(query)
    return session.run()


def name_of(session: AppTest) -> str:
    return str(session.session_state["erica_student"])


def editor_of(session: AppTest) -> str:
    return str(session.get("bidi_component")[0].proto.json)


def hand_in(study: Site, session: AppTest, problem: str, code: str, *, only_visible: bool = False) -> AppTest:
    """Hand in as the editor's second button does, or run the examples alone as the first does."""
    walk = next((one for one in WALK.problems if one.name == problem), None) or bundled_problems()[problem]
    study.services.workbench.submit(name_of(session), walk, code, only_visible=only_visible)
    return session.run()


def press(session: AppTest, key: str) -> AppTest:
    return session.button(key=key).click().run()


# --- today ---


def test_the_day_has_a_topic_with_its_place_and_a_problem_with_its_editor(study: Site) -> None:
    page = opened(study, today_of)
    text = shown(page)
    day = study.services.desk.day(name_of(page), date.today())
    assert day.topic is not None
    assert day.problem is not None
    assert page.title[0].value == "Today"
    assert daily_export.long_date(day) in text
    assert escape(day.topic.subject.name)[1:] in text
    assert f"?source={day.topic.chunk_id}" in text
    assert day.problem.problem.title in text.replace("\\", "")
    assert day.problem.problem.function in editor_of(page)
    assert "streak" not in text.lower()
    assert page.get("download_button")


def test_what_the_judge_passes_is_kept_and_changes_nothing_of_the_day(study: Site) -> None:
    page = opened(study, today_of)
    day = study.services.desk.day(name_of(page), date.today())
    assert day.problem is not None
    solved = day.problem.problem.name
    page = hand_in(study, page, solved, "x = 'wrong'")
    assert "solved" not in shown(page)
    page = hand_in(study, page, solved, "x = 'right'")
    assert "green-badge[solved]" in shown(page)
    assert study.services.desk.solutions(name_of(page))[solved].code == "x = 'right'"
    assert study.services.desk.day(name_of(page), date.today()) == day


def test_that_the_solution_was_shown_outlives_the_session(study: Site) -> None:
    page = opened(study, today_of)
    day = study.services.desk.day(name_of(page), date.today())
    assert day.problem is not None
    problem = day.problem.problem
    for _ in range(4):
        page = press(page, f"hint-{problem.name}")
    assert not study.services.desk.saw_solution(name_of(page), problem)
    page = press(page, f"hint-{problem.name}")
    assert study.services.desk.saw_solution(name_of(page), problem)


def test_other_days_can_be_looked_at_and_none_to_come(study: Site) -> None:
    page = press(opened(study, today_of), "daily-before")
    before = date.today() - timedelta(days=1)
    assert f"{before.day} {before:%B %Y}" in page.title[0].value
    assert press(page, "daily-today").title[0].value == "Today"
    for wanted in ((date.today() + timedelta(days=9)).isoformat(), "no date", "9999-99-99", "0001-01-01"):
        assert opened(study, today_of, date=wanted).title[0].value == "Today"


def test_a_name_that_tries_to_be_markup_is_shown_as_a_name(study: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    hostile = Subject("x", "<img src=x onerror=alert(1)> **bold** :red[x] $y$")
    desk = study.services.desk
    real = desk.day

    def day(name: str, wanted: date):
        found = real(name, wanted)
        return replace(found, topic=replace(found.topic, subject=hostile, quote="<b>q</b>", source=hostile.name))

    monkeypatch.setattr(desk, "day", day)
    text = shown(opened(study, today_of))
    assert "\\<img src\\=x" in text
    assert "\\*\\*bold\\*\\*" in text
    assert "\\:red" in text


# --- walkthroughs ---


def test_walkthroughs_are_listed_with_how_far_they_are(study: Site) -> None:
    page = opened(study, walks_of)
    assert "0 of 6 steps passed" in shown(page)
    assert len([label for label in labels(page) if label.startswith("**")]) == len(walkthroughs.names())


def test_only_the_first_step_is_open_at_first(study: Site) -> None:
    page = press(opened(study, walks_of), f"open-{WALK.name}")
    assert page.title[0].value == WALK.title
    stages = [page.button(key=f"stage-{problem.name.partition('/')[2]}") for problem in WALK.problems]
    assert [stage.disabled for stage in stages] == [False] + [True] * (len(stages) - 1)
    page = press(page, "walkthrough-go-on")
    assert page.title[0].value == WALK.steps[0].title
    assert "Step 1 of 6" in shown(page)
    assert "walkthrough-next" not in {button.key for button in page.button}


@pytest.mark.parametrize("slug", ["train", "zero-shot", "no-such-step"])
def test_an_address_opens_no_step_before_its_time(study: Site, slug: str) -> None:
    page = opened(study, walks_of, walkthrough=WALK.name, step=slug)
    assert page.title[0].value == WALK.title
    assert not page.get("bidi_component")


def test_a_step_opens_the_next_once_it_passes_and_its_code_goes_along(study: Site) -> None:
    page = opened(study, walks_of, walkthrough=WALK.name, step="unit-rows")
    page = hand_in(study, page, WALK.steps[0].name, "right = 1\n", only_visible=True)
    assert study.services.desk.solutions(name_of(page)) == {}
    page = hand_in(study, page, WALK.steps[0].name, "wrong = 1\n")
    assert "walkthrough-next" not in {button.key for button in page.button}
    page = hand_in(study, page, WALK.steps[0].name, "right = 'mine'\n")
    assert "green-badge[passed]" in shown(page)
    page = press(page, "walkthrough-next")
    assert page.title[0].value == WALK.steps[1].title
    assert "right = 'mine'" in editor_of(page)
    assert "score_table" in editor_of(page)
    page = press(page, "walkthrough-overview")
    assert page.button(key="walkthrough-go-on").label == "Go on with step 2"


def test_what_passed_is_found_again_by_another_session_of_the_same_browser(study: Site) -> None:
    desk = study.services.desk
    page = opened(study, walks_of)
    for step in WALK.steps:
        desk.passed(name_of(page), step, f"right = '{step.name}'\n")
    page = page.run()
    assert "6 of 6 steps passed, 0 of 2 challenges" in shown(page)
    page = press(press(page, f"open-{WALK.name}"), "walkthrough-go-on")
    assert page.title[0].value == WALK.challenges[0].title
    page = opened(study, walks_of)
    assert "6 of 6" not in shown(page)  # another browser has passed nothing


def test_the_end_says_that_it_is_whole(study: Site) -> None:
    page = opened(study, walks_of)
    for problem in WALK.problems:
        study.services.desk.passed(name_of(page), problem, "right = 1\n")
    page.query_params.update({"walkthrough": WALK.name, "step": "train"})
    page = page.run()
    assert "all steps passed" in shown(page)
    assert "right = 1" in editor_of(page)
    page.query_params.update({"step": "twin-captions"})
    assert "All of it passed." in shown(page.run())


# --- practice ---


def test_practice_remembers_what_was_solved(study: Site) -> None:
    page = opened(study, practice_of)
    assert "solved" not in shown(page)
    study.services.desk.passed(name_of(page), bundled_problems()["mean-iou"], "right = 1\n")
    page = page.run()
    assert "green-badge[solved]" in shown(page)
    assert "right = 1" in editor_of(press(page, "open-mean-iou"))
