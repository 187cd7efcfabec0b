"""A walkthrough's step, and the page of the day, in a real browser over a real server, judged in the true sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.test_browser import Server, Watched, browser, pytestmark, serving  # noqa: F401 - fixtures, marks
from tests.ui.test_cells_browser import _sandboxed, _status, _write  # noqa: F401 - a fixture that skips
from tutor import walkthroughs

WALK = walkthroughs.read(walkthroughs.BUNDLED / "clip-from-scratch")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    yield from serving("fake_study_page.py", tmp_path)


def test_a_step_passes_the_next_opens_with_its_code_and_the_day_can_be_kept(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    page = watched.open("/today")
    page.get_by_role("heading", name="Today").wait_for()
    page.get_by_text("Topic of the day").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Keep as Markdown").click()
    assert "## Problem: " in download.value.path().read_text()

    page.set_default_timeout(120_000)  # the first box imports NumPy and torch
    page.get_by_role("link", name="Walkthroughs").click()
    page.get_by_role("button", name=WALK.title).click()
    assert page.get_by_role("button", name=WALK.steps[1].title).is_disabled()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name=WALK.steps[0].title).wait_for()
    assert page.get_by_role("button", name="Next step").count() == 0
    _write(page, WALK.steps[0].reference)
    page.get_by_role("button", name="Submit").click()
    _status(page, "Solved: every case passes")
    page.get_by_role("button", name="Next step").click()
    page.get_by_role("heading", name=WALK.steps[1].title).wait_for()
    assert "def encode" in page.locator(".cm-content").filter(has_text="def score_table").inner_text()
    page.reload()
    page.locator(".cm-content").filter(has_text="def score_table").wait_for()
    if folder := os.environ.get("ERICA_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/walkthrough.png", full_page=True)
    assert watched.elsewhere == []
    assert watched.errors == []
