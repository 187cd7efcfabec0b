"""The headings in force on each page of a PDF: those met in its text, and bookmarks that no line of it says."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.pdf_headings import Bookmark


class Sections:
    """Where one stands while a PDF is read page by page. The document's title stands above all."""

    def __init__(self, title: str, bookmarks: Sequence[Bookmark], found: frozenset[int]) -> None:
        """`found` are the numbers of the bookmarks that stand in the text as headings."""
        self._title = title
        self._open: list[tuple[int, str]] = []
        self._slide = ""
        self._deck = False
        self._shared: tuple[str, ...] | None = None
        self._unseen: dict[int, list[Bookmark]] = {}
        for number, bookmark in enumerate(bookmarks):
            if number not in found:
                self._unseen.setdefault(bookmark.page, []).append(bookmark)

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above, outermost first, the title first of all."""
        above = self._shared if self._shared is not None else tuple(text for _, text in self._open)
        above = above[1:] if above[:1] == (self._title,) else above
        own = (self._slide,) if self._slide and self._slide not in (self._title, *above[-1:]) else ()
        return (self._title, *above, *own)

    def turn(self, page: int, *, deck: bool) -> None:
        """Begin a page. Where bookmarks of one level begin on it unseen, only what is above all of them is sure."""
        self._slide, self._deck, self._shared = "", deck, None
        unseen = self._unseen.get(page, ())
        for number, bookmark in enumerate(unseen):
            self._close(bookmark.level + 1)
            if number and bookmark.level <= unseen[number - 1].level:
                self._shared = tuple(text for _, text in self._open)
            self._open.append((bookmark.level + 1, bookmark.title))

    def enter(self, level: int, text: str) -> None:
        """Begin a section; on a slide, it ends with the slide."""
        if self._deck:
            self._slide = text
            return
        self._shared = None
        self._close(level)
        if text != self._title:
            self._open.append((level, text))

    def _close(self, level: int) -> None:
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
