"""A quiz question in code in a real browser over a real server, judged in the true sandbox."""

from __future__ import annotations

import os

from tests.ui.test_browser import Watched, browser, pytestmark  # noqa: F401 - a fixture, and where they run
from tests.ui.test_cells_browser import _sandboxed, _status, _write  # noqa: F401 - a fixture that skips
from tests.ui.test_lesson_browser import server  # noqa: F401 - a fixture
from tutor import problems

GRADIENT = problems.find("temperature-gradient")


def test_a_question_in_code_is_handed_in_twice_and_graded(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    page = watched.open("/quiz")
    page.set_default_timeout(120_000)  # the first box imports NumPy and torch
    page.get_by_role("combobox", name="A concept").click()
    page.get_by_role("option", name="gradient").click()
    page.get_by_role("button", name="Ask me", exact=True).click()
    page.get_by_text("Question 1 of").wait_for()
    while page.get_by_text(GRADIENT.title).count() == 0:
        page.get_by_role("button", name="Check").click()  # no answer is an answer, and not right
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Check").wait_for()
    check = page.get_by_role("button", name="Check")
    assert check.is_disabled()
    _write(page, GRADIENT.starter)
    page.get_by_role("button", name="Submit").click()
    _status(page, "cases pass")
    page.locator("button:enabled").filter(has_text="Check").wait_for()
    _write(page, GRADIENT.reference)
    page.get_by_role("button", name="Submit").click()
    _status(page, "Solved: every case passes")
    page.locator("button:enabled").filter(has_text="Check").click()
    page.get_by_text("All cases passed.").wait_for()
    if folder := os.environ.get("ERICA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/quiz-code.png", full_page=True)
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("right. What was asked comes back when it is due.").wait_for()
    assert watched.elsewhere == []
    assert watched.errors == []
