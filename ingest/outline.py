"""Where in a text one stands: the headings above, and an anchor for each that is unique in the document."""

from __future__ import annotations

import re

from knowledge.model import Heading


class Outline:
    """The headings in force while a text is read from its start. The document's title stands above all."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._open: list[tuple[int, str]] = []
        self._taken: dict[str, int] = {}
        self._titled = False
        self._anchor = ""

    def enter(self, level: int, text: str, anchor: str = "") -> None:
        """Begin a section. The first heading of level 1 that reads as the title is the title, not a section of it."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        if level == 1 and text == self._title and not self._titled:
            self._titled = True
        else:
            self._open.append((level, text))
        self._anchor = self._unique(anchor or slug(text))

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above, outermost first, the title first of all."""
        return (self._title, *(text for _, text in self._open))

    @property
    def locator(self) -> Heading:
        """The section one stands in; its anchor is empty before the first heading."""
        return Heading(self.path, self._anchor)

    def _unique(self, anchor: str) -> str:
        """Return the anchor, with `-1`, `-2` ... behind it where it was given before, as GitHub does."""
        seen = self._taken.get(anchor)
        if seen is None:
            self._taken[anchor] = 0
            return anchor
        while f"{anchor}-{seen + 1}" in self._taken:
            seen += 1
        self._taken[anchor] = seen + 1
        self._taken[f"{anchor}-{seen + 1}"] = 0
        return f"{anchor}-{seen + 1}"


def slug(text: str) -> str:
    """Return the anchor GitHub makes of a heading: lower case, punctuation gone, spaces as hyphens."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") or "section"
