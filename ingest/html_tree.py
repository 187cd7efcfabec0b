"""The bytes of a web page to a tree of its elements, without what no reader of the page ever sees.

Parsing is Lexbor's (HTML5, as browsers do it). Scripts, styles, templates, comments and hidden elements are left
behind here; formulas that a page keeps in scripts or hidden MathML stay. Knows nothing of what a page is about.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.decoding import decode, without_controls
from ingest.errors import UnreadableSource

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

DEEPEST = 120
"""Levels of the tree; what lies deeper is lifted up to here, as browsers do from 512 on."""
MOST_TAGS = 1_000_000
DEEPEST_OPEN = 2_000
"""Tags open at once in the source; more is no page, and the parser's time grows with the square of it."""
MOST_REOPENED = 1_000_000
"""Formatting tags left open are opened again in each paragraph that follows: the sum over all tags."""
MOST_SCOPE_STEPS = 20_000_000
"""Open tags summed over all tags: how far a parser may have to look back in all."""
LONGEST_ATTRIBUTE = 8_000

_UNSEEN = frozenset(
    "style template noscript canvas object embed applet map select datalist textarea dialog frameset noframes "
    "param track audio area clipboard-copy".split()
)
_CHILDLESS = frozenset("svg iframe img br hr wbr input source meta link".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_UNCOUNTED = _VOID | frozenset(
    "p li dt dd tr td th thead tbody tfoot option optgroup colgroup rp rt html head body caption".split()
)
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_RAW = frozenset("script style textarea title xmp iframe noembed noframes".split())
_TAG = re.compile(r"<(?:(?P<close>/)?(?P<tag>[a-zA-Z][^\s/>]{0,60})|(?P<comment>!--))")
_NOT_SHOWN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:.-]{0,60})((?:\s+[\w:.-]{1,60}(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))?)*)\s*/>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0c\r\x1b")

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})[\"']", re.I)
_CHARSETS = re.compile(
    r"(?:utf-?(?:8|16|32)|iso-?8859|iso-2022|windows|cp\d|latin|us-ascii|ascii|big5|gb|euc|shift|sjis|koi8|mac|tis|hz)",
    re.I,
)
_LATIN = re.compile(r"(?:iso-?8859-?1|latin-?1|us-ascii|ascii)", re.I)


@dataclass(slots=True)
class Node:
    """An element: its tag in lower case, its attributes, and what stands in it, text as strings."""

    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """The element's classes in lower case."""
        return frozenset(self.get("class").lower().split())

    def get(self, name: str) -> str:
        """Return an attribute's value, empty where it has none."""
        return self.attributes.get(name, "")

    def elements(self) -> Iterator[Node]:
        """Yield the elements that stand directly in this one."""
        return (child for child in self.children if isinstance(child, Node))

    def descend(self) -> Iterator[Node]:
        """Yield this element and all in it, in the order of the page."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.children:
                waiting.extend([child for child in reversed(node.children) if not isinstance(child, str)])

    def first(self, *tags: str) -> Node | None:
        """Return the first element in this one with one of these tags, itself included."""
        return next((node for node in self.descend() if node.tag in tags), None)

    @property
    def text(self) -> str:
        """All text in the element as it stands in the source."""
        parts: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                parts.append(node)
            else:
                waiting.extend(reversed(node.children))
        return "".join(parts)

    def without(self, left_out: set[int]) -> list[Node | str]:
        """Take out the elements with these identities, wherever in this one they stand, and return what is left."""
        for node in self.descend():
            node.children = [child for child in node.children if id(child) not in left_out]
        return self.children


def page_text(content: bytes, name: str, charset: str = "") -> tuple[str, tuple[str, ...]]:
    """Return a page's source as text, and notes about its encoding.

    A byte order mark decides, then whether the bytes are UTF-8 (few other texts are by chance), then what the server
    (`charset`) and the page itself declare.

    Raises:
        EmptySource: nothing but white space.
        UnreadableSource: no text, or in an encoding that cannot be told.
    """
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(content, name)
    if (wide := _wide(content)) is not None:
        return decode(content.decode(wide, "replace").encode(), name)
    head = content[:4_000]
    if sum(head.count(byte) for byte in _CONTROLS) > max(8, len(head) // 50):
        raise UnreadableSource(name, "it is binary, no page", "Give it the suffix of its format, or leave it out.")
    found = _META.search(head) or _XML.search(head)
    declared = [one for one in (charset, found[1].decode("ascii", "replace") if found else "") if _CHARSETS.match(one)]
    try:
        content.decode("utf-8")
        foreign = next((one for one in declared if one.lower().startswith(("iso-2022", "hz"))), "")
    except UnicodeDecodeError:
        foreign = next((one for one in declared if not one.lower().replace("-", "").startswith("utf8")), "")
    text = _in_charset(content, foreign) if foreign else None
    return decode(content if text is None else text.encode(), name)


def parse(source: str, name: str, *, xml: bool = False) -> Node:
    """Return the page's root element (`html`).

    Args:
        source: the page.
        name: the source as a person named it.
        xml: XHTML, as in EPUB: any element may be closed by `/>`.

    Raises:
        UnreadableSource: its tags are nested or repeated past all reason.
    """
    from selectolax.lexbor import LexborHTMLParser

    if xml:
        source = _CDATA.sub(lambda match: match[1].replace("&", "&amp;").replace("<", "&lt;"), source)
        source = _SELF_CLOSED.sub(_opened, source)
    _check(source, name)
    root = LexborHTMLParser(source).root
    return Node("html", {}) if root is None else _tree(root)


def _opened(match: re.Match[str]) -> str:
    tag, attributes = match[1], match[2]
    return f"<{tag}{attributes}>" if tag.lower() in _VOID else f"<{tag}{attributes}></{tag}>"


# --- encodings --------------------------------------------------------------------------------------------------


def _wide(content: bytes) -> str | None:
    """Return UTF-16 where every second byte of the start is zero, as it is of English without a mark."""
    head = content[:400]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _in_charset(content: bytes, charset: str) -> str | None:
    """Return the bytes in a declared encoding, or None where it is unknown or plainly not theirs."""
    try:
        text = content.decode("cp1252" if _LATIN.fullmatch(charset) else charset, "replace")
    except LookupError:
        return None
    return None if text.count("\ufffd") > max(8, len(text) // 100) else text


# --- what a parser must not be given ----------------------------------------------------------------------------


def _check(source: str, name: str) -> None:
    """Refuse pages that make a parser's work or memory explode; one pass over the tags, nothing is parsed."""
    opened: Counter[str] = Counter()
    depth = formatting = tags = steps = reopened = 0
    for tag, closes in _tags(source):
        tags += 1
        steps += depth
        reopened += formatting
        if depth > DEEPEST_OPEN or tags > MOST_TAGS or steps > MOST_SCOPE_STEPS or reopened > MOST_REOPENED:
            raise UnreadableSource(
                name, f"its tags are nested or repeated past all reason (at tag {tags})", "Save the page again."
            )
        if tag in _UNCOUNTED or (closes and not opened[tag]):
            continue
        step = -1 if closes else 1
        opened[tag] += step
        depth += step
        formatting += step if tag in _FORMATTING else 0


def _tags(source: str) -> Iterator[tuple[str, bool]]:
    """Yield tag and whether it closes; what stands in comments and scripts are no tags."""
    at = 0
    lowered = ""
    while (match := _TAG.search(source, at)) is not None:
        at = match.end()
        if match["comment"]:
            at = source.find("-->", at)
        else:
            tag = match["tag"].lower()
            yield tag, bool(match["close"])
            if tag in _RAW and not match["close"]:
                lowered = lowered or (source.lower() if len(source.lower()) == len(source) else source)
                at = lowered.find(f"</{tag}", at)
        if at == -1:
            return


# --- the tree ---------------------------------------------------------------------------------------------------


def _tree(root: LexborNode) -> Node:
    """Return the elements as values of our own; what a person cannot see is left behind."""
    top = Node("html", {})
    parents = [top]  # one for each level of the source; deeper than DEEPEST the same one again
    node = root.child
    level = 1
    while node is not None:
        made = _element(node) if node.is_element_node else None
        if made is None and node.is_text_node:
            text = without_controls(node.text_content or "")
            if text:
                parents[-1].children.append(text)
        descended = made is not None and made.tag not in _CHILDLESS and node.child is not None
        if made is not None:
            parents[-1].children.append(made)
        if descended:
            parents.append(made if made is not None and len(parents) < DEEPEST else parents[-1])
            level += 1
            node = node.child
            continue
        while node is not None and node.next is None:
            level -= 1
            node = node.parent if level > 0 else None
            if node is not None:
                parents.pop()
        node = node.next if node is not None else None
    return top


def _element(node: LexborNode) -> Node | None:
    """Return the element without its children, or None where it is not shown."""
    tag = (node.tag or "").lower()
    if tag in _UNSEEN:
        return None
    attributes = {
        key: without_controls(value or "")
        for key, value in node.attributes.items()
        if len(value or "") <= LONGEST_ATTRIBUTE or (key == "src" and (value or "").startswith("data:image/"))
    }
    if tag == "script" and not attributes.get("type", "").lower().startswith("math/"):
        return None
    keeps_formula = tag == "math" or (tag == "span" and "mwe-math" in attributes.get("class", ""))
    if _hidden(attributes) and not keeps_formula:
        return None
    return Node(tag, attributes)


def _hidden(attributes: dict[str, str]) -> bool:
    """Return whether an element is not shown. The panels of tabs that wait for a click are content all the same."""
    if "hidden" in attributes and attributes["hidden"] != "until-found" and attributes.get("role") != "tabpanel":
        return True
    if attributes.get("aria-hidden") == "true":
        return True
    return bool(_NOT_SHOWN.search(attributes.get("style", "")))
