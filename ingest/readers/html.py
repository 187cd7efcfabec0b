"""Web pages to text: what teaches on a page, with its headings' own anchors. For saved pages and fetched ones alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.decoding import title_from_name
from ingest.document import ReadDocument, TextBuilder
from ingest.errors import EmptySource
from ingest.html_blocks import add_blocks, ids_of
from ingest.html_inline import Line, on_one_line
from ingest.html_main import main_content
from ingest.html_tree import Node, page_text, parse
from ingest.outline import Outline
from knowledge.model import SourceKind

_SITE_MARKS = re.compile(r"\s+(?:\||—|–|·|•|»|::|-)\s+")
_LONGEST_TITLE = 200
_NEEDS_SCRIPTS = re.compile(
    r"(?:enable|requires?|turn on|without) javascript|javascript (?:is )?(?:required|disabled)", re.I
)


def read(content: bytes, name: str) -> ReadDocument:
    """Return the page: its title is its main heading, else what it is announced as, without the site's name.

    Raises:
        UnreadableSource: binary, in an encoding that cannot be told, or nested past all reason.
        EmptySource: nothing on it teaches, or a script in the browser would have to write it first.
    """
    source, notes = page_text(content, name)
    root = parse(source, name, xml=source.lstrip().startswith("<?xml") or name.lower().endswith((".xhtml", ".xht")))
    ids = ids_of(root)
    announced = announced_title(root)
    region = main_content(root)
    title = next(_headings(region, "h1"), "") or announced or next(_headings(region, "h2"), "") or title_from_name(name)
    outline, builder = Outline(title), TextBuilder()
    add_blocks(region, outline, builder, ids=ids)
    try:
        document = builder.document(name, title, SourceKind.HTML, notes)
    except EmptySource as error:
        raise _empty(name, source) from error
    if _NEEDS_SCRIPTS.search(source) and sum(block.end - block.start for block in document.blocks) < len(title) + 400:
        raise _empty(name, source)
    return document


def _empty(name: str, source: str) -> EmptySource:
    if "<script" in source.lower():
        remedy = "If a browser shows text, its scripts write it: save the page from the browser, once it is shown."
        return EmptySource(name, "there is no text in the page itself", remedy)
    return EmptySource(name, "there is no text in it", "Add text to it, or leave it out.")


def _headings(node: Node, tag: str) -> Iterator[str]:
    for part in node.descend():
        if part.tag == tag:
            text = on_one_line(Line(plain=True).text(part.children))
            if text and len(text) <= _LONGEST_TITLE:
                yield text


def announced_title(root: Node) -> str:
    """Return the title that a page gives for links to it, without the name of its site; else its first main heading."""
    named: dict[str, str] = {}
    title = ""
    for node in root.descend():
        if node.tag == "meta":
            named.setdefault((node.get("property") or node.get("name")).lower(), " ".join(node.get("content").split()))
        elif node.tag == "title" and not title:
            title = " ".join(node.text.split())
    site = named.get("og:site_name", "") or named.get("application-name", "")
    shown = _without_site(named.get("og:title", "") or title, site)
    return shown[:_LONGEST_TITLE] or next(_headings(root, "h1"), "")


def _without_site(title: str, site: str) -> str:
    """Return a title without the site's name at its end or start: "Backprop | CS course" gives "Backprop"."""
    marks = list(_SITE_MARKS.finditer(title))
    if not marks:
        return title
    first, last = title[: marks[0].start()], title[marks[-1].end() :]
    if site and first.casefold() == site.casefold():
        return title[marks[0].end() :]
    if marks[-1][0].strip() == "-" and site.casefold() != last.casefold() and site:
        return title
    return title[: marks[-1].start()]
