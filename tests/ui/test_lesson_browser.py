"""Course, lesson, quiz and talk in a real browser: read, asked, played; nothing is loaded from anywhere by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tutor.lesson_course import VIDEO_KEY
from tests.ui.test_browser import (  # noqa: F401 - fixtures, and where they run
    Server,
    Watched,
    browser,
    pytestmark,
    serving,
)

PLAYER = f"https://www.youtube-nocookie.com/embed/{VIDEO_KEY}"
FITS = "element => element.scrollWidth <= element.clientWidth"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    yield from serving("fake_lesson_page.py", tmp_path)


def test_a_course_is_read_asked_about_and_watched(server, browser):  # noqa: F811
    watched = Watched(browser, server.url)
    watched.context.route(re.compile("^https:"), lambda route: route.fulfill(content_type="text/html", body="player"))
    page = watched.open("/course")
    page.get_by_role("button", name="Begin with: Vectors").click()

    page.get_by_role("heading", name="What a vector is").wait_for()
    page.locator(".katex-display").wait_for()
    picture = page.get_by_role("img", name="Two arrows and the angle between them.")
    assert picture.evaluate("element => element.decode().then(() => element.naturalWidth)") > 0
    page.get_by_role("button", name="Quiz on this lesson").click()
    page.get_by_label("Your answer").fill("11")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("That is right").or_(page.get_by_text("right", exact=True)).first.wait_for()
    assert page.get_by_role("link", name="Vectors, Check yourself").get_attribute("href").startswith("?source=")

    page.get_by_role("link", name="Course", exact=True).click()
    page.get_by_role("button", name="Go on with: Vectors").wait_for()
    page.get_by_role("button", name="Talk", exact=True).click()
    page.get_by_role("heading", name="Key takeaways").wait_for()
    page.wait_for_function("document.querySelector('[data-testid=\"stMain\"]').scrollTop === 0")
    assert page.get_by_role("link", name="0:00").first.get_attribute("href").endswith("&t=0s")
    assert watched.elsewhere == []
    page.get_by_role("button", name="Play it here").click()
    page.frame_locator("iframe[src*=nocookie]").get_by_text("player").wait_for()
    page.get_by_role("button", name="0:00").first.wait_for()  # times move the player now
    assert watched.elsewhere == [f"{PLAYER}?start=0&autoplay=1"]

    page.get_by_role("button", name="Explain this moment").first.click()
    page.get_by_label("Chat message from user").get_by_text("Explain vector").wait_for()
    assert watched.elsewhere == [f"{PLAYER}?start=0&autoplay=1"]
    assert watched.errors == []

    narrow = Watched(browser, server.url, "dark")
    page = narrow.open()
    page.set_viewport_size({"width": 390, "height": 844})
    for title, heading in (("Talk", "Transcript by chapters"), ("Embeddings", "What an embedding is")):
        page.goto(server.url + "/course")
        button = page.get_by_role("button", name=title, exact=True)
        button.wait_for()
        assert page.locator(".stMain").evaluate(FITS)
        button.click()
        page.get_by_role("heading", name=heading).wait_for()
        assert page.locator(".stMain").evaluate(FITS)
    assert narrow.elsewhere == []
    assert narrow.errors == []
