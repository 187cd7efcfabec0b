"""The page in a real browser, over a real server on a free loopback port: what only a browser can show."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
IN_VIEW = "element => element.getBoundingClientRect().top >= 0 && element.getBoundingClientRect().bottom <= innerHeight"
START_S, STEP_MS = 60.0, 30_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason=f"no browser: none of {', '.join(BROWSERS)} is installed"),
]


class Server:
    """A server of the page in a process of its own, started by `command(port)`."""

    def __init__(self, folder: Path, command: Callable[[int], list[str]], environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.go = folder / "go"
        self._log = (folder / "server.log").open("w+")
        self._process = subprocess.Popen(
            command(port), cwd=folder, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )

    def wait_until_healthy(self) -> None:
        import time

        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        pytest.fail(f"the server did not start within {START_S:.0f} s:\n{self.log()}")

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def running(started: Server) -> Iterator[Server]:
    try:
        started.wait_until_healthy()
        yield started
        assert "Traceback" not in started.log(), started.log()
    finally:
        started.stop()


def serving(page: str, folder: Path) -> Iterator[Server]:
    """A server of one of the pages beside this file, with our theme, that keeps what it stores in this folder."""
    (folder / ".streamlit").mkdir()
    shutil.copy(ROOT / ".streamlit" / "config.toml", folder / ".streamlit")

    def command(port: int) -> list[str]:
        script = str(ROOT / "tests" / "ui" / page)
        return [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--", str(folder)]

    yield from running(Server(folder, command, {**os.environ, "PYTHONPATH": str(ROOT)}))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The page over the fake tutor."""
    yield from serving("fake_page.py", tmp_path)


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    """The page as `erica serve` starts it, in another folder, over a library that is not there."""

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "tutor.cli", "serve", "--port", str(port), "--no-browser"]

    places = {"ERICA_LIBRARY": str(tmp_path / "library"), "ERICA_STATE": str(tmp_path / "state")}
    yield from running(Server(tmp_path, command, {**os.environ, "PYTHONPATH": str(ROOT), **places}))


@pytest.fixture
def browser():
    from playwright.sync_api import sync_playwright

    # Chromium's own sandbox refuses to start under root, as in containers.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield opened
        opened.close()


class Watched:
    """A browser context that notes each request to elsewhere, each error, and each message of the server."""

    def __init__(self, browser, home: str, scheme: str = "light") -> None:
        self.context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(STEP_MS)
        self.home = home
        self.elsewhere: list[str] = []
        self.errors: list[str] = []
        self.messages = 0
        self.context.on("request", self._request)
        self.context.on("page", self._page)

    def open(self, path: str = ""):
        page = self.context.new_page()
        page.goto(self.home + path)
        return page

    def _request(self, request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _page(self, page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        page.on("websocket", lambda ws: ws.on("framereceived", self._message))

    def _message(self, _frame: object) -> None:
        self.messages += 1


def test_a_lesson_streams_through_a_moved_slider_and_a_reload_and_cites_what_opens(server, browser):
    watched = Watched(browser, server.url)
    page = watched.open()
    page.get_by_role("heading", name="Erica - Your AI Tutor").wait_for()
    box = page.get_by_placeholder("Ask about anything in the course")
    box.fill("What is CLIP, and how is it trained?")
    box.press("Enter")

    page.get_by_role("heading", name="Embedding", exact=True).wait_for()
    page.get_by_role("button", name="Stop").wait_for()
    slider = page.get_by_role("slider", name="Max concepts")
    slider.focus()
    slider.press("ArrowRight")
    page.get_by_text("11", exact=True).wait_for()
    assert page.get_by_role("heading", name="Embedding", exact=True).is_visible()

    assert "?c=" in page.url
    page.reload()
    page.get_by_role("heading", name="Embedding", exact=True).wait_for()
    server.go.write_text("")
    page.get_by_role("heading", name="Summary").wait_for()
    page.get_by_text("View Retrieved Context").wait_for()
    assert page.get_by_role("button", name="Stop").count() == 0
    assert page.locator(".katex-display").count() == 2
    assert page.locator(".katex-error").count() == 0
    assert page.get_by_text("Not run", exact=True).is_visible()

    summary = page.get_by_text("View Retrieved Context")
    summary.focus()
    summary.click()
    page.get_by_text("Order of explanation").wait_for()
    page.get_by_text("Left out, past 10 concepts:").wait_for()

    with watched.context.expect_page() as opened:
        page.locator('a[href^="?source="][title]').nth(4).click()
    place = opened.value
    place.get_by_text("The cited passage").wait_for()
    assert "trains an image encoder and a text encoder together" in place.locator(".st-key-cited-passage").inner_text()
    place.locator(".katex-display").wait_for()  # exactly one, drawn after the text
    assert place.locator('img[src*="example.org"]').count() == 0

    assert watched.elsewhere == []
    assert watched.errors == []


def test_stop_ends_the_answer_and_nothing_is_polled_when_nothing_runs(server, browser):
    watched = Watched(browser, server.url, "dark")
    page = watched.open()
    page.get_by_role("button", name="What is CLIP?").press("Enter")
    page.get_by_role("heading", name="Embedding", exact=True).wait_for()
    page.get_by_role("button", name="Stop").press("Enter")
    page.get_by_text("You stopped this answer here").wait_for()
    page.get_by_placeholder("Ask about anything in the course").wait_for()
    page.wait_for_timeout(500)
    idle_from = watched.messages
    page.wait_for_timeout(1_500)  # six polls, were there any
    assert watched.messages == idle_from
    assert watched.elsewhere == []
    assert watched.errors == []


def test_a_narrow_window_scrolls_in_one_direction_only(server, browser):
    server.go.write_text("")
    watched = Watched(browser, server.url)
    page = watched.open()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="What is CLIP?").click()
    page.get_by_text("View Retrieved Context").wait_for()
    main = page.locator(".stMain")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth")


def test_erica_serve_says_what_to_do_where_nothing_was_ingested_yet(empty_server, browser):
    watched = Watched(browser, empty_server.url)
    page = watched.open()
    page.get_by_role("heading", name="There is no course here yet").wait_for()
    page.get_by_text("erica ingest PATH/TO/COURSE").wait_for()
    assert "127.0.0.1" in empty_server.log()
    assert watched.elsewhere == []


def test_a_new_question_comes_into_view_wherever_the_reader_was(server, browser):
    server.go.write_text("")
    page = Watched(browser, server.url).open()
    page.get_by_role("button", name="What is CLIP?").click()
    page.get_by_text("View Retrieved Context").wait_for()
    first = page.get_by_label("Chat message from user").filter(has_text="What is CLIP?")
    assert page.evaluate(IN_VIEW, first.element_handle()), "the page followed the words down"
    page.get_by_text("View Retrieved Context").click()
    page.get_by_text("Order of explanation").scroll_into_view_if_needed()
    for question in ("How do I cook rice?", "How do I cook pasta?"):
        box = page.get_by_placeholder("Ask about anything in the course")
        box.fill(question)
        box.press("Enter")
        asked = page.get_by_label("Chat message from user").filter(has_text=question)
        asked.wait_for()
        page.wait_for_function(IN_VIEW, arg=asked.element_handle())
        page.get_by_role("heading", name="Why CLIP matters").scroll_into_view_if_needed()
