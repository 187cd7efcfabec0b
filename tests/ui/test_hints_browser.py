"""Hints under a problem in a real browser: from the attempt as it stands, one rung at a press, the solution last."""

from __future__ import annotations

import os

from tests.ui.test_browser import Watched, browser, pytestmark, server  # noqa: F401 - fixtures, and where they run
from tests.ui.test_cells_browser import _sandboxed, _status, _write  # noqa: F401 - a fixture that skips
from tutor import problems
from tutor.leaks import leaks

PROBLEM = problems.find("mean-iou")


def _press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_hints_climb_from_the_attempt_to_the_solution(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    page = watched.open("/practice")
    page.set_default_timeout(120_000)  # the first box imports torch
    page.get_by_role("button", name=PROBLEM.title).click()
    _press(page, "Hint 1 of 5")
    page.get_by_text("Nothing is written yet").wait_for()

    fault = PROBLEM.mutants[2]
    _write(page, fault.of(PROBLEM.reference))
    _press(page, "Run examples")
    _status(page, "cases pass")
    _press(page, "Explain what goes wrong")
    page.get_by_text(f"this slip: {fault.name}").first.wait_for()

    for rung in (2, 3, 4):
        _press(page, f"Hint {rung} of 5")
    page.get_by_text("The frame of a solution").wait_for()
    said = page.locator('[data-testid="stMarkdown"], [data-testid="stCode"]').all_inner_texts()
    assert leaks("\n".join(said), PROBLEM) == []
    if folder := os.environ.get("ERICA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/hints.png", full_page=True)
    _press(page, "Show the solution")
    page.get_by_text("Editorial").wait_for()
    assert page.get_by_role("button", name="Show the solution").count() == 0
    assert watched.elsewhere == []
    assert watched.errors == []


def test_the_list_goes_from_easy_to_hard(server, browser):  # noqa: F811
    page = Watched(browser, server.url).open("/practice")
    page.get_by_role("heading", name="Hard").wait_for()
    headings = [text.lower() for text in page.get_by_role("heading", level=2).all_inner_texts()]
    assert [text for text in headings if text in problems.DIFFICULTIES] == list(problems.DIFFICULTIES)
