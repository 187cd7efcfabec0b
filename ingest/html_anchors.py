"""Where in a page a browser can jump to: the anchor of each heading, taken from the page itself."""

from __future__ import annotations

from urllib.parse import quote

from ingest.html_inline import is_permalink
from ingest.html_tree import Node

_MOST_IN_WRAPPER = 6
_LONGEST_SEARCH = 100
"""Characters of a heading that a browser is asked to search for."""


class Anchors:
    """The anchors of the headings in force.

    A heading without an id is opened by its words (`#:~:text=...`, a text fragment, which current browsers follow);
    one that cannot be told apart from another by its words is opened at the heading above it.

    Args:
        ids: the places of the page that an id leads to.
        prefix: what anchors begin with where the page is one of several files; then the file stands for headings
            without an id.
    """

    def __init__(self, ids: frozenset[str], prefix: str) -> None:
        self._ids = ids
        self._prefix = prefix
        self._open: list[tuple[int, str]] = [(0, prefix)]
        self._used: set[str] = set()
        self._waiting = ""

    @property
    def here(self) -> str:
        """The anchor of the section one stands in."""
        return self._open[-1][1]

    def pass_by(self, place: str) -> None:
        """Remember the id of what was just opened: it leads to a heading that comes before any text."""
        self._waiting = place or self._waiting

    def text_follows(self) -> None:
        """Forget the id of what was opened: text stands between it and the next heading."""
        self._waiting = ""

    def place_of(self, node: Node, around: Node | None) -> str:
        """Return the id that leads to a heading: its own, its permalink's, one in it, around it or right before it.

        `around` is the element that the heading stands in: some sites wrap a heading and its permalink into one.
        """
        parts = list(node.descend())
        wrapper = around is not None and len(around.children) < _MOST_IN_WRAPPER and around.tag == "div"
        near = [*parts, *(around.elements() if around is not None and wrapper else ())]
        links = (part.get("href").rpartition("#")[2] for part in near if is_permalink(part))
        inner = (part.get("id") or (part.get("name") if part.tag == "a" else "") for part in parts)
        places = (node.get("id"), *links, *inner, self._waiting)
        return next((place for place in places if self._leads(place) and place not in self._used), "")

    def _leads(self, place: str) -> bool:
        return place in self._ids or f"user-content-{place}" in self._ids

    def enter(self, level: int, place: str, words: str = "") -> None:
        """Begin a section with this id; without one, `words` are what a browser can search for."""
        self.leave(level)
        self._open.append((level, self._address(place, words) or self._open[-1][1]))

    def leave(self, level: int) -> None:
        """End the sections of this level and of those below it."""
        while len(self._open) > 1 and self._open[-1][0] >= level:
            self._open.pop()

    def _address(self, place: str, words: str) -> str:
        if place:
            self._used.add(place)
            return f"{self._prefix}#{place}" if self._prefix else place
        if self._prefix or not words or len(words) > _LONGEST_SEARCH or "$" in words or words in self._used:
            return ""
        self._used.add(words)
        return f":~:text={quote(words, safe='').replace('-', '%2D')}"
