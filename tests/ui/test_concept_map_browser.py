"""The concept map in a real browser: worked by mouse and keys, the same as a list; nothing leaves the host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.map_site import HOSTILE
from tests.ui.test_browser import (  # noqa: F401 - fixtures, and where they run
    Server,
    Watched,
    browser,
    pytestmark,
    serving,
)

ANSWER_MS = 3_000
"""Far above what a click takes (a tenth of that), far below what would be felt as broken."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    yield from serving("fake_map_page.py", tmp_path)


def box(page, name: str):
    return page.get_by_role("button", name=name).and_(page.locator(".node"))


def sheet(page, name: str):
    return page.locator(".st-key-concept-sheet").get_by_role("heading", name=name)


def test_the_map_is_worked_by_mouse_keys_and_list_and_corrected(server, browser, tmp_path):  # noqa: F811
    watched = Watched(browser, server.url)
    page = watched.open("/concepts")
    box(page, "CLIP").first.wait_for()
    assert page.locator(".node").filter(has_text="<img src=x").count() == 1
    assert page.locator('img[src="x"]').count() == 0

    box(page, "contrastive learning").first.click()
    sheet(page, "contrastive learning").wait_for(timeout=ANSWER_MS)
    assert box(page, "contrastive learning").first.get_attribute("aria-pressed") == "true"

    box(page, "contrastive learning").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => !document.querySelector('.st-key-concept-sheet h2').textContent.includes('contrastive learning')"
    )

    page.get_by_role("button", name="List", exact=True).click()
    assert page.locator('[data-part="list"] li').count() == page.locator(".node").count()
    page.locator('[data-part="list"]').get_by_role("button", name="CLIP", exact=True).click()
    sheet(page, "CLIP").wait_for(timeout=ANSWER_MS)
    page.get_by_role("button", name="Map", exact=True).click()

    page.get_by_role("button", name="Centre the map here").click()
    page.wait_for_function("() => location.search.includes('concept=')")
    page.locator(".node[data-centre]").wait_for()
    page.locator(".st-key-concept-sheet summary", has_text="contrastive learning").first.click()
    page.get_by_role("button", name="Reject").click()
    page.get_by_text("in force").wait_for()
    decided = (tmp_path / "course" / "erica.decisions").read_text()
    assert 'reject prerequisite "contrastive learning" -> "CLIP"' in decided
    undo = page.get_by_role("button", name="Undo")
    # the old one is gone
    page.wait_for_function("() => document.querySelectorAll('.st-key-map-undo-sheet').length === 1")
    undo.click()
    box(page, "contrastive learning").first.wait_for()
    assert HOSTILE in decided

    page.get_by_text("Review what is in doubt").click()
    reject = page.locator(".st-key-map-review-0-1 button")
    reject.focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-concept-review").get_by_text("in force").wait_for()
    assert reject.evaluate("element => element === document.activeElement")  # the next one, at the same place

    assert watched.elsewhere == []
    assert watched.errors == []


@pytest.mark.parametrize(("scheme", "width"), [("dark", 390), ("light", 1280)])
def test_nothing_is_cut_off_and_the_centre_is_in_view(server, browser, scheme, width):  # noqa: F811
    watched = Watched(browser, server.url, scheme)
    page = watched.open()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(server.url + "/concepts")
    box(page, "CLIP").first.wait_for()
    search = page.get_by_role("combobox", name="Find a concept")
    search.fill("clip")
    page.get_by_role("option", name="CLIP", exact=True).click()
    centre = page.locator(".node[data-centre]")
    centre.wait_for()
    assert centre.evaluate(
        "node => { const view = node.closest('.scroll').getBoundingClientRect(), at = node.getBoundingClientRect();"
        " return at.left >= view.left - 1 && at.right <= view.right + 1 && at.top >= view.top - 1 &&"
        " at.bottom <= view.bottom + 1 }"
    )
    assert page.locator(".stMain").evaluate("element => element.scrollWidth <= element.clientWidth")
    assert watched.elsewhere == []
    assert watched.errors == []
