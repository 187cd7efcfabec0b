"""What a site's robots.txt allows us: groups, longest match and wildcards after RFC 9309.

Our own parser: the standard library's takes the first rule that matches and knows no wildcards, so that it fetches
what `Disallow: /*.pdf$` forbids.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_ROBOTS = 500_000
"""Bytes of robots.txt that count (RFC 9309 asks for at least 500 kibibytes); what follows is not read."""
MOST_DELAY_S = 30.0
"""Seconds between requests up to which a site's wish is followed."""

_LONGEST_RULE = 1_000
_MOST_RULES = 5_000


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for us. `delay_s` is the pause the site asks for between requests, seconds."""

    rules: tuple[tuple[bool, str], ...] = ()
    """Whether it allows, and the pattern of paths."""
    delay_s: float = 0.0

    def allows(self, url: str) -> bool:
        """Return whether a URL may be fetched: the longest pattern that matches decides, allowing ones on a tie."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        matching = [(len(pattern), allows) for allows, pattern in self.rules if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


EVERYTHING = Robots()
NOTHING = Robots(((False, "/"),))


def parse(text: str, agent: str) -> Robots:
    """Return the rules for an agent: those of the groups that name it, else those for all (`*`)."""
    groups: dict[bool, tuple[list[tuple[bool, str]], list[float]]] = {True: ([], []), False: ([], [])}
    met: set[bool] = set()
    speaking: set[bool] = set()
    in_rules = False
    for line in text[:LONGEST_ROBOTS].splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            speaking = set() if in_rules else speaking
            in_rules = False
            if value == "*" or agent.lower() == re.split(r"[/\s]", value.lower())[0]:
                speaking.add(value != "*")
        elif key in ("allow", "disallow", "crawl-delay"):
            in_rules = True
            for named in speaking:
                met.add(named)
                _take(groups[named], key, value)
    rules, delays = groups[True in met]
    return Robots(tuple(rules), min(MOST_DELAY_S, max(delays, default=0.0)))


def _take(group: tuple[list[tuple[bool, str]], list[float]], key: str, value: str) -> None:
    rules, delays = group
    if key == "crawl-delay":
        if re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", value):
            delays.append(float(value))
    elif value and len(value) <= _LONGEST_RULE and len(rules) < _MOST_RULES:
        rules.append((key == "allow", value))


def _matches(pattern: str, path: str) -> bool:
    """Return whether a pattern with `*` and a closing `$` matches the start of a path; linear in both."""
    ends = pattern.endswith("$")
    first, *others = _stretches(pattern.removesuffix("$"))
    if not path.startswith(first):
        return False
    at = len(first)
    for number, stretch in enumerate(others, start=1):
        if ends and number == len(others):
            return len(path) - len(stretch) >= at and path.endswith(stretch)
        at = path.find(stretch, at)
        if at == -1:
            return False
        at += len(stretch)
    return not ends or at == len(path)


def _stretches(pattern: str) -> Sequence[str]:
    return pattern.split("*")
