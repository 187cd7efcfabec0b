"""A site's rules are followed as RFC 9309 reads them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.robots import EVERYTHING, MOST_DELAY_S, parse

RULES = """
# for all
User-agent: *
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Disallow: /tmp*/x
Crawl-delay: 2.5

User-agent: OtherBot
User-agent: ThirdBot/2.0
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True), ("/private", False), ("/private/a", False), ("/privately", False), ("/private/open/b", True),
        ("/a.pdf", False), ("/a.pdf?x=1", True), ("/tmp/x", False), ("/tmp1/a/x/y", False), ("/tmp1/y", True),
    ],
)  # fmt: skip
def test_the_longest_pattern_decides(path: str, allowed: bool) -> None:
    assert parse(RULES, "Erica").allows(f"https://h{path}") is allowed


def test_a_group_that_names_us_is_the_only_one_that_counts() -> None:
    rules = "User-agent: erica\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: ERICA/1.0\nDisallow: /b"
    robots = parse(rules, "Erica")
    assert [robots.allows(f"https://h{path}") for path in ("/a", "/b", "/c")] == [False, False, True]
    assert not parse(RULES, "OtherBot").allows("https://h/")
    assert not parse(RULES, "ThirdBot").allows("https://h/")
    assert parse("User-agent: ericaceae\nDisallow: /", "Erica") == EVERYTHING


def test_delays_are_followed_up_to_a_limit() -> None:
    assert parse(RULES, "Erica").delay_s == 2.5
    assert parse("User-agent: *\nCrawl-delay: 99999", "Erica").delay_s == MOST_DELAY_S
    assert parse("User-agent: *\nCrawl-delay: soon", "Erica").delay_s == 0


def test_an_empty_rule_forbids_nothing() -> None:
    assert parse("User-agent: *\nDisallow:", "Erica").allows("https://h/a")


def test_a_pattern_made_to_take_for_ever_takes_no_time() -> None:
    robots = parse("User-agent: *\nDisallow: /" + "*a" * 400 + "b", "Erica")
    began = time.thread_time()
    assert robots.allows("https://h/" + "a" * 1500)
    assert time.thread_time() - began < 0.5


@given(st.text(max_size=300))
def test_any_text_gives_rules(text: str) -> None:
    assert parse(f"User-agent: *\n{text}", "Erica").allows("https://h/a") in (True, False)
