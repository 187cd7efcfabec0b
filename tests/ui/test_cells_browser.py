"""Cells and problems in a real browser, over a real server and the true sandbox."""

from __future__ import annotations

import pytest

from tests.ui.test_browser import Watched, browser, pytestmark, server  # noqa: F401 - fixtures, and where they run
from tutor import problems
from tutor.sandbox import Sandbox, SandboxUnavailable

_ACTIVE = """
class Page:
    def __repr__(self): return 'a page'
    def _repr_html_(self): return '<h2>inside</h2><script>parent.document.title = "out"</script>'
open('table.csv', 'w').write('a,b')
Page()
"""


@pytest.fixture(autouse=True)
def _sandboxed() -> None:
    try:
        Sandbox.open(preload=()).close()
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")


def _write(page, code: str) -> None:
    page.locator(".cm-content").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def _asked(watched: Watched, server):  # noqa: F811 - the fixture
    page = watched.open()
    box = page.get_by_placeholder("Ask about anything in the course")
    box.fill("What is CLIP?")
    server.go.write_text("")
    box.press("Enter")
    page.locator(".cm-content").first.wait_for()
    return page


def _status(page, words: str) -> None:
    page.locator('[data-part="status"]').filter(has_text=words).wait_for()


def test_a_cell_is_run_edited_run_again_stopped_and_restarted(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    page = _asked(watched, server)
    page.get_by_role("button", name="Run", exact=True).click()
    _status(page, "Ran in")
    page.get_by_text("[0 1 2 3]").wait_for()

    _write(page, "print('edited', 6 * 7)")
    page.keyboard.press("Control+Enter")
    page.get_by_text("edited 42").wait_for()
    page.get_by_text("Variables (").wait_for()

    _write(page, "n = 0\nwhile True:\n    n += 1")
    page.keyboard.press("Control+Enter")
    _status(page, "Running")
    page.get_by_role("slider", name="Max concepts").press("ArrowRight")  # a rerun of the page: the cell goes on
    page.get_by_text("11", exact=True).wait_for()
    page.get_by_role("button", name="Stop").click()  # falls into that rerun on a busy machine, and is not lost
    _status(page, "Stopped")

    _write(page, "print(n > 0)")
    page.keyboard.press("Control+Enter")
    page.get_by_text("True", exact=True).wait_for()
    page.get_by_role("button", name="Restart").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("NameError: name 'n' is not defined").wait_for()
    _status(page, "It ended with an error")

    page.reload()
    page.get_by_text("NameError: name 'n' is not defined").wait_for()
    page.get_by_role("button", name="Original code").click()
    assert "default_rng" in page.locator(".cm-content").first.inner_text()
    page.wait_for_timeout(500)
    idle_from = watched.messages
    page.wait_for_timeout(1500)
    assert watched.messages == idle_from
    assert watched.elsewhere == []
    assert watched.errors == []


def test_active_output_is_shown_only_when_asked_for_and_can_do_nothing(server, browser):  # noqa: F811
    watched = Watched(browser, server.url, "dark")
    page = _asked(watched, server)
    title = page.title()
    _write(page, _ACTIVE)
    page.keyboard.press("Control+Enter")
    page.get_by_text("a page", exact=True).wait_for()
    assert page.locator("iframe[srcdoc]").count() == 0
    page.get_by_role("button", name="Show the HTML output").click()
    frame = page.locator("iframe[srcdoc]")
    frame.wait_for()
    assert frame.get_attribute("sandbox") == ""
    page.frame_locator("iframe[srcdoc]").get_by_text("inside").wait_for()
    assert page.title() == title
    with page.expect_download() as download:
        page.get_by_role("button", name="table.csv").click()
    assert download.value.path().read_text() == "a,b"
    assert watched.elsewhere == []


def test_a_problem_is_tried_on_its_examples_and_handed_in(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    page = watched.open("/practice")
    page.get_by_role("button", name="InfoNCE").click()
    page.get_by_role("button", name="Run examples").click()
    _status(page, "0 of 3 cases pass")
    page.get_by_text("NotImplementedError").first.wait_for()
    _write(page, problems.find("info-nce").reference)
    page.get_by_role("button", name="Run examples").click()
    _status(page, "All examples pass")
    page.get_by_role("button", name="Submit").click()
    _status(page, "Solved: every case passes")
    assert page.get_by_text("hidden").count() >= 5
    page.get_by_role("button", name="← All problems").click()
    page.get_by_text("solved", exact=True).wait_for()
    assert watched.elsewhere == []
    assert watched.errors == []


def test_on_a_narrow_window_a_cell_scrolls_in_one_direction_only(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    page = _asked(watched, server)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".cm-content").first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Run", "Restart"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
