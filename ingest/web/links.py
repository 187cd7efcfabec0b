"""Where a page leads: the addresses of its links in order, and what the page says its own address is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ingest.html_tree import page_text, parse
from ingest.readers import reader_for
from ingest.readers.html import announced_title
from ingest.web.urls import normal

MOST_LINKS = 5_000
"""Links of one page that count."""

_LONGEST = 2_000
_IDLE = re.compile(
    r"/(?:_sources|_static|_images|_modules|_downloads?|wp-admin|wp-json|wp-login\.php|cgi-bin|feed|tag|author)(?:/|$)|"
    r"/(?:genindex|py-modindex|modindex|404)(?:\.html?|/)?$",
    re.I,
)
"""Pages that programs make of the others: sources, indices, feeds."""
_ACTION = re.compile(
    r"(?:^|&)(?:action|oldid|diff|replytocom|share|print|printable|login|logout|download|rev|do)(?:=|&|$)", re.I
)
_READABLE_PAGES = frozenset(("", ".html", ".htm", ".xhtml", ".php", ".asp", ".aspx", ".jsp"))
_MOST_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Leads:
    """What a page says about addresses."""

    title: str
    links: tuple[str, ...]
    """Normal URLs in the order of the page, each once; the page's own is not among them."""
    canonical: str
    """What the page calls its own address, empty where it says nothing."""


def leads(content: bytes, url: str) -> Leads:
    """Return where a page leads.

    Raises:
        IngestError: it cannot be read as a page.
    """
    source, _ = page_text(content, url)
    root = parse(source, url)
    base, canonical = url, ""
    found: dict[str, None] = {}
    for node in root.descend():
        address = node.get("href").strip()
        if not address or len(address) > _LONGEST:
            continue
        if node.tag == "base" and base == url:
            base = _joined(url, address) or url
        elif node.tag == "link" and "canonical" in node.get("rel").lower().split():
            canonical = canonical or _joined(url, address)
        elif node.tag == "a" and not address.startswith("#") and "download" not in node.attributes:
            target = _joined(base, address)
            if target and target != url and len(found) < MOST_LINKS:
                found[target] = None
    return Leads(announced_title(root), tuple(found), canonical)


def _joined(base: str, address: str) -> str:
    try:
        return normal(urljoin(base, address))
    except ValueError:
        return ""


def worth_asking(url: str) -> bool:
    """Return whether a URL may hold something to learn from, as far as can be told without asking."""
    parts = urlsplit(url)
    if _IDLE.search(parts.path) or _ACTION.search(parts.query):
        return False
    steps = [step for step in parts.path.split("/") if step]
    if any(steps.count(step) > _MOST_REPEATS for step in steps):
        return False
    suffix = suffix_of(url)
    return suffix in _READABLE_PAGES or reader_for(f"x{suffix}") is not None


def is_search(content: bytes) -> bool:
    """Return whether a page only searches the others, as Sphinx makes one for each site."""
    return b"searchindex.js" in content[:30_000]


def suffix_of(url: str) -> str:
    """Return the suffix of a URL's last step in lower case, empty where it is none: `/v1.2/` has no suffix."""
    last = urlsplit(url).path.rpartition("/")[2]
    suffix = re.search(r"\.([A-Za-z][A-Za-z0-9]{0,7})$", last)
    return suffix[0].lower() if suffix else ""
