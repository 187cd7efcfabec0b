"""A web address to a course: one page, or the pages of its site below it, fetched politely and kept.

Pages are asked breadth first, one at a time; their order is the order of the links on the first page, and below each
of those depth first. A page leaves the course only when its server says that it is no more (404, 410), or that it now
lives elsewhere; what cannot be reached stays as it was kept.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.html_tree import page_text
from ingest.readers import reader_for
from ingest.web.addresses import Origin, RefusedAddress, origin_of
from ingest.web.fetch import MOST_BYTES, MOST_REDIRECTS, REQUEST_S, Fetched, Fetcher, NoAnswer
from ingest.web.links import is_search, leads, suffix_of, worth_asking
from ingest.web.site import Page, Site
from ingest.web.snapshots import Kept, Snapshots, folder_for
from ingest.web.urls import folder_of, normal, path_below
from ingest.web.visitor import Surroundings, Visitor
from knowledge.model import Course, stable_id
from knowledge.wording import counted

MOST_SECONDS = 3_600.0
"""Seconds for a whole crawl."""
MOST_TOTAL_BYTES = 1_000_000_000
"""Bytes of a whole crawl."""
MOST_SILENT = 3
"""Pages in a row without an answer after which the rest is not asked."""

_HTML = frozenset(("text/html", "application/xhtml+xml"))
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/x-ipynb+json": ".ipynb",
    "text/markdown": ".md",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_VAGUE = frozenset(
    ("", "text/plain", "application/octet-stream", "application/json", "binary/octet-stream", "text/x-markdown")
)
_NO_MORE = frozenset((301, 308, 404, 410))
"""What says that a page is no more, or (where a redirect led out of the site) lives elsewhere for good."""
_OVERBURDENED = frozenset((429, 503))
_SAVED_EVERY = 20


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How far and how fast a site is read."""

    depth: int = 0
    """Links that are followed from the first page; 0 is that page alone."""
    max_pages: int = 200
    delay_s: float = 0.5
    """Least time between two requests, seconds; a site may ask for more in its robots.txt."""
    allow_private: bool = False
    """The named site may be on this machine or its network. Its pages still lead nowhere else there."""
    max_bytes: int = MOST_BYTES
    request_s: float = REQUEST_S


def crawl(
    url: str,
    library_folder: Path,
    settings: CrawlSettings | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
    surroundings: Surroundings | None = None,
) -> Site:
    """Return a page or site as a course, what was fetched kept in the library's folder.

    Where the first page cannot be reached and something is kept, the course is read from that, and the failure is one
    of its errors.

    Args:
        url: the first page.
        library_folder: the library; bytes are kept below `web/` in it.
        settings: how far and how fast.
        progress: called with each URL before it is asked.
        surroundings: network names, waiting and time.

    Raises:
        RefusedAddress: the address is not on the public internet, or no web address.
        IngestError: the first page cannot be had, and nothing of it is kept.
    """
    settings, surroundings = settings or CrawlSettings(), surroundings or Surroundings()
    try:
        start = normal(url)
    except ValueError as error:
        raise RefusedAddress(url[:100], f"it is no valid web address ({error})", "Check it.") from error
    origin = origin_of(start)
    with Fetcher(
        private=_named(origin) if settings.allow_private else frozenset(),
        resolve=surroundings.resolve,
        most_bytes=settings.max_bytes,
        request_s=settings.request_s,
        clock=surroundings.clock,
    ) as fetcher:
        visitor = Visitor(fetcher, settings.delay_s, surroundings)
        return _Crawl(visitor, library_folder, settings, surroundings.clock, progress).run(start)


def unreachable(url: str, error: IngestError) -> Site:
    """Return the course that an address would have been, with nothing in it but the reason."""
    return Site(Course(_course_id(url), url, url), (), frozenset(), (error,))


def _named(origin: Origin) -> frozenset[Origin]:
    """Return the origins that a person names with one: the site itself, and its encrypted twin."""
    twin = {Origin("https", origin.host, 443)} if (origin.scheme, origin.port) == ("http", 80) else set[Origin]()
    return frozenset({origin} | twin)


def kept_site(root: str, library_folder: Path) -> Site | None:
    """Return a course from the web as it was fetched last, without asking the network; None where nothing is kept."""
    kept = Snapshots.open(_folder(library_folder, root))
    return _site(kept) if kept.pages else None


def _folder(library_folder: Path, root: str) -> Path:
    return folder_for(library_folder, _course_id(root))


def _course_id(root: str) -> str:
    return stable_id("course", root)


def _site(kept: Snapshots, gone: frozenset[str] = frozenset(), found: _Found | None = None) -> Site:
    pages = tuple(Page(page.url, path_below(kept.root, page.url), kept.path(page)) for page in kept.pages.values())
    course = Course(_course_id(kept.root), kept.root, kept.title or kept.root)
    return Site(course, pages, gone, tuple(found.errors) if found else (), tuple(found.notes) if found else ())


@dataclass
class _Found:
    """What a crawl met besides pages."""

    errors: list[IngestError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    dead_links: int = 0
    forbidden: int = 0
    total_bytes: int = 0
    silent: int = 0


class _Crawl:
    """One run."""

    def __init__(
        self,
        visitor: Visitor,
        library_folder: Path,
        settings: CrawlSettings,
        clock: Callable[[], float],
        progress: Callable[[str], None],
    ) -> None:
        self._visitor = visitor
        self._library_folder = library_folder
        self._settings = settings
        self._clock = clock
        self._progress = progress
        self._found = _Found()
        self._kept = Snapshots(library_folder)

    def run(self, start: str) -> Site:
        began = self._clock()
        single = self._settings.depth == 0
        self._open(start if single else folder_of(start))
        try:
            first, answer = self._first(start)
        except NoAnswer as error:
            if not self._kept.pages:
                raise
            self._found.errors.append(error)
            return _site(self._kept, frozenset(), self._found)
        if first != start:
            self._open(first if single else folder_of(first))
        known = dict(self._kept.pages)
        met = self._take(first, answer, known.get(first))
        if met is None:
            raise EmptySource(first, "there is nothing there that can be read", "Name a page of the course.")
        pages = {first: met}
        try:
            if not single:
                self._follow(first, pages, known, began)
        except KeyboardInterrupt:
            self._kept.pages = {**known, **pages}
            self._kept.save()
            raise
        self._kept.pages = self._ordered(first, pages, known)
        self._kept.title = met.title or first
        self._kept.save()
        self._kept.sweep()
        self._say()
        return _site(self._kept, frozenset(self._found.gone), self._found)

    def _open(self, root: str) -> None:
        self._kept = Snapshots.open(_folder(self._library_folder, root))
        self._kept.root = root

    # --- asking

    def _first(self, start: str) -> tuple[str, Fetched]:
        """Return where the first page lives, and its answer; it may redirect to another site."""
        url = start
        for _ in range(MOST_REDIRECTS + 1):
            if not self._visitor.allows(url):
                raise UnreadableSource(
                    url, "the site's robots.txt does not allow it", "Ask its owner, or save the page."
                )
            answer = self._ask(url, self._visitor.same_site_as(url))
            if not 300 <= answer.status < 400 or answer.status == 304:
                break
            url = answer.url
        if answer.status not in (200, 304):
            raise _refused(url, answer.status)
        return answer.url, answer

    def _ask(self, url: str, allowed: Callable[[str], bool]) -> Fetched:
        """Return an answer; what is kept is only asked for if it changed."""
        self._progress(url)
        known = self._kept.pages.get(url)
        return self._visitor.get(url, known.etag if known else "", known.modified if known else "", allowed)

    # --- pages

    def _follow(self, first: str, pages: dict[str, Kept], known: dict[str, Kept], began: float) -> None:
        """Ask the pages that are linked, nearest first, then those known from before that no link led to."""
        waiting: deque[tuple[str, int]] = deque((link, 1) for link in pages[first].links)
        unlinked = deque((url, self._settings.depth) for url in known)
        asked = {first}
        while waiting or unlinked:
            url, depth = (waiting or unlinked).popleft()
            if url in asked or not self._belongs(url):
                continue
            reason = self._must_stop(len(asked), began)
            if reason:
                left = len({url, *(other for other, _ in (*waiting, *unlinked))} - asked)
                self._found.notes.append(f"{counted(left, 'page')} not asked: {reason}")
                break
            asked.add(url)
            met = self._page(url, known.get(url), asked)
            if met is None:
                continue
            pages[met.url] = met
            asked.add(met.url)
            if depth < self._settings.depth:
                waiting.extend((link, depth + 1) for link in met.links)
            if len(pages) % _SAVED_EVERY == 0:
                self._kept.pages = {**known, **pages}
                self._kept.save()

    def _belongs(self, url: str) -> bool:
        """Return whether a page is one of the site, and may and should be asked."""
        if not url.startswith(self._kept.root) or not worth_asking(url):
            return False
        if self._visitor.allows(url):
            return True
        self._found.forbidden += 1
        return False

    def _must_stop(self, asked: int, began: float) -> str:
        if asked >= self._settings.max_pages:
            return f"the limit is {self._settings.max_pages}, raise it with --max-pages"
        if self._clock() - began > MOST_SECONDS:
            return f"the crawl took {MOST_SECONDS / 60:.0f} minutes"
        if self._found.total_bytes > MOST_TOTAL_BYTES:
            return f"the site gave {MOST_TOTAL_BYTES / 1e9:.3g} GB"
        return "the site does not answer any more" if self._found.silent >= MOST_SILENT else ""

    def _page(self, url: str, known: Kept | None, asked: set[str]) -> Kept | None:
        """Return a page as it is now, or as it was kept where it cannot be had; None where it is none, or no more."""
        try:
            answer = self._ask(url, self._belongs)
            self._found.silent = self._found.silent + 1 if answer.status in _OVERBURDENED else 0
            if answer.status in (404, 410):
                self._found.dead_links += known is None
            if answer.status in _NO_MORE:
                self._found.gone.add(url)
                return None
            if answer.status not in (200, 304):
                raise _refused(url, answer.status)
            met = None if answer.url != url and answer.url in asked else self._take(answer.url, answer, known)
            if met is None or met.url != url:
                self._found.gone.add(url)
            return None if met is None or (met.url != url and met.url in asked) else met
        except NoAnswer as error:
            self._found.silent += 1
            self._found.errors.append(error)
        except IngestError as error:
            self._found.errors.append(error)
        return known

    def _take(self, url: str, answer: Fetched, known: Kept | None) -> Kept | None:
        """Keep an answer and return what is kept; None where there is no reader for it."""
        if answer.status == 304 and known is not None:
            return known
        suffix = _suffix(url, answer.media_type)
        if not suffix:
            self._found.notes.append(f"{url}: there is no reader for {answer.media_type or 'it'}")
            return None
        if suffix == ".html" and is_search(answer.body):
            return None
        self._found.total_bytes += len(answer.body)
        body, title, links = answer.body, "", list[str]()
        if suffix == ".html":
            if answer.charset:
                body = page_text(body, url, answer.charset)[0].encode()
            found = leads(body, url)
            url = found.canonical if self._is_same(url, found.canonical) else url
            title, links = found.title, [link for link in found.links if link.startswith(self._kept.root)]
        file, digest = self._kept.put(body, suffix)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Kept(url, file, digest, now, answer.etag, answer.modified, title, tuple(links))

    def _is_same(self, url: str, canonical: str) -> bool:
        """Return whether a page's own word for its address is only another spelling of it: believed no further."""
        return canonical.startswith(self._kept.root) and _stem(canonical) == _stem(url)

    def _ordered(self, first: str, pages: dict[str, Kept], known: dict[str, Kept]) -> dict[str, Kept]:
        """Return the pages in the site's order; those that were not asked this time follow as they were kept."""
        order = dict.fromkeys([first, *pages[first].links])
        waiting = [iter(pages[link].links) for link in reversed(order) if link in pages]
        while waiting:
            link = next(waiting[-1], None)
            if link is None:
                waiting.pop()
            elif link in pages and link not in order:
                order[link] = None
                waiting.append(iter(pages[link].links))
        rest = [url for url in (*pages, *known) if url not in self._found.gone]
        return {
            url: pages.get(url) or known[url] for url in dict.fromkeys([*order, *rest]) if url in pages or url in rest
        }

    def _say(self) -> None:
        if self._found.dead_links:
            self._found.notes.append(f"{counted(self._found.dead_links, 'link')} led to pages that do not exist")
        if self._found.forbidden:
            self._found.notes.append(f"{counted(self._found.forbidden, 'link')} not followed: robots.txt")


def _stem(url: str) -> str:
    """Return a URL without what two spellings of one page may differ in."""
    path = urlsplit(url).path
    return re.sub(r"(?:/index)?(?:\.html?)?/?$", "", path)


def _suffix(url: str, media_type: str) -> str:
    """Return the suffix under which an answer is kept and read; empty where there is no reader for it."""
    if media_type in _HTML:
        return ".html"
    named = suffix_of(url)
    suffix = _SUFFIXES.get(media_type) or (named if media_type in _VAGUE else "")
    if not media_type and named in ("", ".htm", ".html"):
        suffix = ".html"
    return suffix if reader_for(f"x{suffix}") is not None else ""


def _refused(url: str, status: int) -> UnreadableSource:
    remedy = (
        "Save the page from the browser." if status in (401, 403, 407) else "Check the address, or try again later."
    )
    return UnreadableSource(url, f"the server answers {status}", remedy)
