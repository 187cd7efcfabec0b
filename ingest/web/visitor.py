"""A guest on other people's servers: one request at a time, no faster than they wish, nothing that they forbid."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ingest.errors import TooLarge
from ingest.web.addresses import Origin, Resolver, looked_up, origin_of
from ingest.web.fetch import AGENT, Fetched, Fetcher
from ingest.web.robots import EVERYTHING, LONGEST_ROBOTS, NOTHING, Robots, parse


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a visit needs of the world, so that tests can stand in for it."""

    resolve: Resolver = looked_up
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class Visitor:
    """Asks through a fetcher, after the rules of each site.

    Args:
        fetcher: makes the requests.
        delay_s: least time between two requests, seconds; a site's robots.txt may ask for more.
        surroundings: waiting and time.
    """

    def __init__(self, fetcher: Fetcher, delay_s: float, surroundings: Surroundings) -> None:
        self._fetcher = fetcher
        self._delay_s = delay_s
        self._world = surroundings
        self._robots: dict[Origin, Robots] = {}
        self._asked_at = -1e9

    def get(self, url: str, etag: str, modified: str, allowed: Callable[[str], bool]) -> Fetched:
        """Return the answer to a request, after the pause that its site asks for. Raises as `Fetcher.get` does."""
        self._wait(origin_of(url))
        return self._fetcher.get(url, etag=etag, modified=modified, allowed=allowed)

    def allows(self, url: str) -> bool:
        """Return whether the site's robots.txt allows a URL; the first time, the site is asked for it.

        Raises:
            IngestError: the site cannot be asked.
        """
        origin = origin_of(url)
        if origin not in self._robots:
            self._robots[origin] = self._rules(origin)
        return self._robots[origin].allows(url)

    def same_site_as(self, url: str) -> Callable[[str], bool]:
        """Return the test whether a redirect stays on a URL's site, and leads to what may be asked."""
        origin = origin_of(url)
        return lambda target: origin_of(target) == origin and self.allows(target)

    def _rules(self, origin: Origin) -> Robots:
        """Return a site's robots.txt: none is no rule, one that cannot be had forbids all (RFC 9309, 2.3.1)."""
        self._wait(origin)
        try:
            answer = self._fetcher.get(f"{origin}/robots.txt")
        except TooLarge:
            return NOTHING
        if answer.status == 200:
            return parse(answer.body[:LONGEST_ROBOTS].decode("utf-8", "replace"), AGENT)
        return NOTHING if answer.status >= 500 else EVERYTHING

    def _wait(self, origin: Origin) -> None:
        pause = max(self._delay_s, self._robots.get(origin, EVERYTHING).delay_s)
        left = self._asked_at + pause - self._world.clock()
        if left > 0:
            self._world.sleep(left)
        self._asked_at = self._world.clock()
