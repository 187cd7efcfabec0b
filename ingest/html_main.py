"""Which part of a page teaches: its main content, without navigation, banners, related links, comments and footers.

A page says much of this itself (`main`, `article`, roles); what it does not say is told by the names that generators
and themes give to their parts, and by how much of a part's text is links. Knows elements, not formats of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ingest.html_tree import Node

_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alertdialog menu menubar tablist toolbar tooltip "
    "doc-toc doc-pagelist doc-backlink".split()
)
_NAMED = re.compile(
    r"(?:^|[-_])(?:nav(?:bar|igation|links?)?|(?:mega|sub|wy)?-?menu|breadcrumbs?|(?:bd|left|right|site|page)?-?sidebar|"
    r"toc|tocs|tableofcontents|table-of-contents|on-this-page|page-?toc|local-?toc|pagination|pager|prev-?next|"
    r"cookies?|cookie-?banner|cookieconsent|consent|gdpr|onetrust|newsletter|subscribe|signup|sharing|share|share-?buttons|"
    r"sharedaddy|social|related(?:posts)?|recommended|recommendations|advert(?:isement)?s?|adsbygoogle|ads?|sponsor(?:ed|s)?|"
    r"promo|popup|modal|comments?|disqus|respond|footer|masthead|skip-?(?:link|to-content)|byline|"
    r"(?:post|entry|article)-?meta|author-?(?:bio|box|info)|tag-?cloud|edit-?(?:this-?)?page|last-?updated|"
    r"feedback|helpful|topbar|toolbar|announcement|search-?(?:form|box)?|mw-jump|noprint|navbox|catlinks|mw-editsection|"
    r"jp-cellcollapser|sourcelink|source-?file)(?:$|[-_\d])",
    re.I,
)
_BY_ID = re.compile(
    r"^(?:[\w-]*(?:cookie|consent|onetrust)[\w-]*|nav|navbar|navigation|menu|sidebar|toc|footer|masthead|comments?|"
    r"disqus_thread|respond|related|share|breadcrumbs?|searchbox|(?:left|right)-?sidebar|site-?(?:footer|navigation|nav))$",
    re.I,
)
_CALLOUTS = re.compile(
    r"(?:^|[-_])(?:admonition|callout|note|notes|tip|warning|footnotes?|margin|marginnote|aside)", re.I
)
_TRIED = frozenset(
    "div section aside ul ol table p form header footer nav details figure center td dl span address".split()
)
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
_LIST_OR_BOX = frozenset("div section ul ol table aside".split())
_CONTENTS = re.compile(
    r"\W*(?:table of contents|contents|on this page|in this (?:article|page|section)|outline)\W*", re.I
)
_JUNK_HEADING = re.compile(
    r"\W*(?:related(?: (?:posts?|articles?|pages?|links?|content|courses?|stories))?|"
    r"you (?:may|might) also (?:like|enjoy)|more (?:posts?|articles?|stories|from .{1,40})|recent (?:posts?|comments)|"
    r"(?:latest|popular) (?:posts?|articles?)|share (?:this|on).{0,30}|leave a (?:comment|reply)|comments?|"
    r"categories|archives|tags|navigation|this page|quick search|post navigation|subscribe.{0,40})\W*",
    re.I,
)
_JUNK_LINE = re.compile(
    r"\W*(?:(?:©|\(c\)|copyright\b).{0,140}|last (?:updated|modified|edited|update)\b.{0,60}|"
    r"(?:built|created|made|powered|generated|rendered) (?:with|by|using)\b.{0,80}|"
    r"was this (?:page|article) helpful.{0,30}|edit (?:this page|on git\w+|page)|"
    r"(?:improve|suggest an edit|report an issue|view source|show source|skip to (?:main |the )?content|"
    r"back to top|print|all rights reserved|view page source|table of contents)|\d+ min(?:ute)?s? read)\W*",
    re.I,
)
_JUMP_WORDS = re.compile(
    r"[\W_]*(?:prev(?:ious)?|next|home|up|back|top|index|contents|main page|start|menu|skip to .{1,20}|edit.{0,20}|"
    r"download .{0,20}|launch .{0,20}|open in .{0,20}|print|view on .{0,20}|(?:previous|next)\W.{0,80})?[\W_]*",
    re.I,
)
_GRID = frozenset("table tbody tr".split())
_WRAPPERS = _GRID | frozenset("div center td section form font".split())
_LONGEST_JUNK_LINE = 200
_LINKY = 0.8
"""Share of an element's characters in links from which it leads elsewhere instead of saying anything."""
_SAYS_ENOUGH = 200
"""Characters outside links from which a page without a main element is a text, and boxes of links at its ends are not:
a list of lectures is links alone, and is what its page teaches."""
_BULK = 0.7
"""Share of a page's text in one part from which the rest is its frame."""


class _Mass(NamedTuple):
    """How much text stands in an element."""

    characters: int
    in_links: int
    links: int
    holds_main: bool
    """Whether the page's main heading or its main element is in it."""

    @property
    def said(self) -> int:
        return self.characters - self.in_links

    @property
    def linky(self) -> bool:
        return self.links > 0 and self.in_links >= _LINKY * self.characters


def main_content(root: Node) -> Node:
    """Return the element that teaches, with what only frames it taken out of it."""
    body = next((node for node in root.elements() if node.tag == "body"), root)
    region = _landmark(body)
    _Pruning(region, inside=region is not body).run()
    return region if region is not body else _bulk(body)


def _landmark(body: Node) -> Node:
    """Return the main element of a page, narrowed to its article where that is most of it; else the body."""
    masses = _masses(body)
    region = body
    for wanted, least in ((_is_main, 0.2), (_is_article, 0.5), (_is_text, 0.5)):
        found = _outermost([node for node in region.descend() if wanted(node) and masses[id(node)].characters])
        if len(found) != 1 or masses[id(found[0])].said < least * masses[id(region)].said:
            continue
        if wanted is not _is_text or region is body or masses[id(found[0])].holds_main:
            region = found[0]
    return region


def _is_main(node: Node) -> bool:
    return node.tag == "main" or node.get("role") == "main"


def _is_article(node: Node) -> bool:
    return node.tag == "article" or node.get("role") == "article" or node.get("itemprop") == "articleBody"


def _is_text(node: Node) -> bool:
    return bool(
        node.classes
        & {"entry-content", "post-content", "article-content", "markdown-body", "page-content", "mw-parser-output"}
    )


def _outermost(nodes: list[Node]) -> list[Node]:
    """Return the nodes that stand in no other of them."""
    inner = {id(part) for node in nodes for part in node.descend() if part is not node}
    return [node for node in nodes if id(node) not in inner]


def _masses(top: Node) -> dict[int, _Mass]:
    """Return how much text each element holds, by identity."""
    found: dict[int, _Mass] = {}
    for node in reversed(list(top.descend())):
        characters = in_links = links = 0
        holds_main = node.tag == "h1" or _is_main(node)
        for child in node.children:
            if isinstance(child, str):
                characters += len("".join(child.split()))
            else:
                part = found[id(child)]
                characters += part.characters
                in_links += part.in_links
                links += part.links
                holds_main = holds_main or part.holds_main
        link = node.tag == "a"
        found[id(node)] = _Mass(characters, characters if link else in_links, links + link, holds_main)
    return found


class _Pruning:
    """Takes out of a region what does not teach."""

    def __init__(self, region: Node, *, inside: bool) -> None:
        self._region = region
        self._inside = inside
        self._masses = _masses(region)
        self._said = self._masses[id(region)].said

    def run(self) -> None:
        self._prune(self._region)

    def _prune(self, node: Node) -> None:
        kept: list[Node | str] = []
        for child in node.children:
            if isinstance(child, str) or child.tag in ("pre", "math", "svg") or node.tag == "blockquote":
                kept.append(child)
            elif not self._frames(child):
                self._prune(child)
                kept.append(child)
        node.children = self._without_link_sections(kept)

    def _frames(self, node: Node) -> bool:
        """Return whether an element is part of the page's frame."""
        mass = self._masses[id(node)]
        if node.get("role") in _ROLES or node.tag in ("nav", "form"):
            return not self._is_content(node, mass)
        if node.tag not in _TRIED or self._is_content(node, mass):
            return False
        if node.tag in ("header", "footer", "aside"):
            return self._is_margin(node, mass)
        if any(_NAMED.search(name) for name in node.get("class").split()):
            return "sidebar" not in node.classes or not _titled_box(node)
        named = node.tag != "section" and "section" not in node.classes and _BY_ID.search(node.get("id"))
        return bool(named) or _is_junk_line(node, mass) or _only_jumps(node, mass)

    def _is_content(self, node: Node, mass: _Mass) -> bool:
        """Return whether an element holds what the page is about, whatever its name says."""
        if mass.said > self._said / 2:
            return True
        return mass.holds_main and node.tag != "nav" and not mass.linky

    def _is_margin(self, node: Node, mass: _Mass) -> bool:
        """Return whether a header, footer or aside belongs to the page, not to what it says."""
        named = any(_NAMED.search(name) for name in node.get("class").split())
        if node.tag == "aside":
            return not _titled_box(node) and (named or mass.linky or (not self._inside and not _is_callout(node)))
        if node.tag == "header":
            return named or mass.linky or not self._inside
        return not (self._inside and _is_callout(node))

    def _without_link_sections(self, children: list[Node | str]) -> list[Node | str]:
        """Leave out lists that only lead to places on the page or to other pages, with the heading above them."""
        kept: list[Node | str] = []
        dropping = False
        for child in children:
            if isinstance(child, str):
                kept.append(child)
                continue
            if child.tag in _HEADINGS or child.tag == "h1":
                dropping = False
            elif child.tag in _LIST_OR_BOX and _is_local_contents(child):
                _drop_announcement(kept, _CONTENTS)
                continue
            elif child.tag in _LIST_OR_BOX and self._masses[id(child)].linky:
                dropping = dropping or _drop_announcement(kept, _JUNK_HEADING)
                if dropping:
                    continue
            kept.append(child)
        return kept


def _drop_announcement(kept: list[Node | str], words: re.Pattern[str]) -> bool:
    """Take out the heading or line right before, where it says no more than that links follow; return whether so."""
    for index in range(len(kept) - 1, -1, -1):
        one = kept[index]
        if isinstance(one, str):
            if one.strip():
                return False
            continue
        if (one.tag in _HEADINGS or one.tag in ("p", "div", "strong", "b")) and words.fullmatch(
            " ".join(one.text.split())
        ):
            del kept[index]
            return True
        return False
    return False


def _is_local_contents(node: Node) -> bool:
    """Return whether a list leads only to places on the same page."""
    if node.tag not in ("ul", "ol") and not {"contents"} & node.classes:
        return False
    links = [part for part in node.descend() if part.tag == "a" and part.get("href")]
    if len(links) < 2 or not all(link.get("href").startswith("#") for link in links):
        return False
    said = len("".join(node.text.split()))
    return sum(len("".join(link.text.split())) for link in links) >= _LINKY * said


def _titled_box(node: Node) -> bool:
    """Return whether this is a box that an author put beside the text, with a title of its own."""
    return _is_callout(node) or any("sidebar-title" in part.classes for part in node.descend())


def _is_callout(node: Node) -> bool:
    return any(_CALLOUTS.search(name) for name in node.get("class").split())


def _is_junk_line(node: Node, mass: _Mass) -> bool:
    """Return whether a short line is what programs put under a page: rights, dates, who made it."""
    if not 0 < mass.characters <= _LONGEST_JUNK_LINE:
        return False
    return bool(_JUNK_LINE.fullmatch(" ".join(node.text.split())))


def _only_jumps(node: Node, mass: _Mass) -> bool:
    """Return whether an element holds nothing but links such as previous, next and home."""
    if not mass.linky or mass.characters > _LONGEST_JUNK_LINE or node.tag == "span":
        return False
    links = [part for part in node.descend() if part.tag == "a"]
    return all(_JUMP_WORDS.fullmatch(" ".join(link.text.split())) for link in links) and any(
        link.text.strip() for link in links
    )


# --- pages without a main element -------------------------------------------------------------------------------


def _bulk(body: Node) -> Node:
    """Return the innermost element that holds nearly all that a page says, its main heading included."""
    masses = _masses(body)
    region = inner = body
    while True:
        whole = masses[id(inner)]
        bulk = (node for node in inner.elements() if masses[id(node)].said >= _BULK * max(1, whole.said))
        part = next(bulk, None)
        if part is None or part.tag not in _WRAPPERS:
            break
        if any(masses[id(node)].holds_main for node in inner.elements() if node is not part):
            break
        inner = part
        region = region if inner.tag in _GRID else inner
    if masses[id(region)].said >= _SAYS_ENOUGH:
        region.children = _unframed(region.children, masses)
    return region


def _unframed(children: Iterable[Node | str], masses: dict[int, _Mass]) -> list[Node | str]:
    """Leave out boxes of links before the first and after the last of what a page says."""
    kept = list(children)
    while (at := _edge(kept, range(len(kept)), masses)) is not None:
        del kept[at]
    while (at := _edge(kept, range(len(kept) - 1, -1, -1), masses)) is not None and not _announced(kept, at):
        del kept[at]
    return kept


def _edge(children: list[Node | str], order: range, masses: dict[int, _Mass]) -> int | None:
    """Return the index of the outermost element in this direction where it is a box of links, else None."""
    for at in order:
        child = children[at]
        if isinstance(child, str):
            if child.strip():
                return None
            continue
        mass = masses[id(child)]
        if mass.characters:
            return at if mass.linky and mass.links > 1 and not mass.holds_main else None
    return None


def _announced(children: list[Node | str], at: int) -> bool:
    """Return whether a heading or a line with a colon leads to what stands here: then the author means it."""
    before = [one for one in children[:at] if not isinstance(one, str) or one.strip()]
    last = before[-1] if before else ""
    if isinstance(last, str):
        return last.rstrip().endswith(":")
    return last.tag in _HEADINGS or last.text.rstrip().endswith(":")
