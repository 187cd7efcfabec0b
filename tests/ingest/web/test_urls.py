"""One page has one address, and a site is what lies below one folder."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.links import suffix_of, worth_asking
from ingest.web.urls import folder_of, is_web, normal, path_below


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Host.Example:443/a/../b/./c#frag", "https://host.example/b/c"),
        ("http://host.example", "http://host.example/"),
        ("http://host.example//a//b/", "http://host.example/a/b/"),
        ("http://host.example/a/..", "http://host.example/"),
        ("http://host.example/a?utm_source=x&id=3&gclid=9&utm_medium=y", "http://host.example/a?id=3"),
        ("http://host.example/a?b=1&a=2", "http://host.example/a?b=1&a=2"),
        ("http://host.example/%7euser/a b%2fc/é", "http://host.example/~user/a%20b%2Fc/%C3%A9"),
        ("http://host.example/100%", "http://host.example/100%25"),
        ("http://host.example:8080/?", "http://host.example:8080/"),
        ("  http://host.example/x  ", "http://host.example/x"),
    ],
)
def test_urls_have_one_spelling(url: str, expected: str) -> None:
    assert normal(url) == expected


@given(st.text(max_size=60), st.text(max_size=30))
def test_the_spelling_is_final(path: str, query: str) -> None:
    with contextlib.suppress(ValueError):
        once = normal(f"http://host.example/{path}?{query}")
        assert normal(once) == once


def test_places_below_a_root() -> None:
    assert folder_of("https://h/course/intro.html?x=1") == "https://h/course/"
    assert folder_of("https://h/") == "https://h/"
    assert path_below("https://h/course/", "https://h/course/a/b.html") == "a/b.html"
    assert path_below("https://h/course/", "https://h/course/") == "./"
    assert path_below("https://h/course/a.html", "https://h/course/a.html") == "a.html"
    assert path_below("https://h/", "https://h/") == "./"


@pytest.mark.parametrize(
    ("text", "web"), [("https://h/", True), ("ftp://h/", True), ("a/b.md", False), ("C:\\x", False)]
)
def test_what_a_person_means_by_an_argument(text: str, web: bool) -> None:
    assert is_web(text) is web


@pytest.mark.parametrize(
    ("url", "worth"),
    [
        ("https://h/a", True), ("https://h/a/", True), ("https://h/a.html", True), ("https://h/a.pdf", True),
        ("https://h/a.ipynb", True), ("https://h/v1.2/", True), ("https://h/p?id=3", True), ("https://h/a.png", False),
        ("https://h/a.zip", False), ("https://h/_sources/a.md", False), ("https://h/genindex.html", False),
        ("https://h/search.html", True), ("https://h/modindex/", False), ("https://h/w?action=edit", False),
        ("https://h/a/a/a/a/a/", False), ("https://h/feed/", False),
    ],
)  # fmt: skip
def test_what_is_worth_asking_for(url: str, worth: bool) -> None:
    assert worth_asking(url) is worth


def test_suffixes_of_urls() -> None:
    assert suffix_of("https://h/a.PDF?x=.html") == ".pdf"
    assert suffix_of("https://h/v1.2") == ""
