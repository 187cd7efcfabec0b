"""What stands in a line of a page, as Markdown: emphasis, links, inline code, formulas.

Pictures and videos that stand between words are handed back to the caller. Knows nothing of blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ingest.html_code import code_text
from ingest.html_formulas import formula, raw_formulas
from ingest.html_tree import Node
from ingest.videos import video_at

MEDIA = frozenset("img iframe video lite-youtube lite-vimeo".split())
PERMALINKS = frozenset(
    "headerlink anchor-link anchorjs-link hash-link header-anchor heading-link heading-anchor permalink toclink-anchor "
    "direct-link sl-anchor-link octicon-link anchor footnote-backref fn-backlink reversefootnote".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_LEFT_OUT = frozenset(
    "mw-editsection sr-only visually-hidden screen-reader-text screen-reader-only section-number header-section-number "
    "chapter-number footnote-reference footnote-ref copybtn cite-bracket pagebreak "
    "ltx_tag_section ltx_tag_subsection ltx_tag_subsubsection ltx_tag_equation".split()
)
_STRONG = frozenset("b strong dfn".split())
_LEANING = frozenset("i em var".split())
_CODE = frozenset("code kbd samp tt".split())
_SILENT = frozenset("script svg rt rp button input progress meter".split())
_ROOMY = frozenset(
    "p div li tr td th dt dd section article figure figcaption ul ol table pre h1 h2 h3 h4 h5 h6".split()
)
_PERMALINK_TEXT = re.compile(r"[\s¶#§🔗⚓︎️∞]*(?:permalink|link|anchor)?\s*", re.I)
_SPACES = re.compile(r"[ \t\n\r\f\u00a0]+")
_BREAK = "\x06"
_HELD = re.compile("\x05(\\d+)\x05")
_DISPLAY = re.compile(r"\$\$\n.*?\n\$\$", re.S)
_FOLLOWING_MARKS = re.compile(r"\s*[.,;:]+(?=\s|$)")


class Line:
    """Puts one run of inline content together.

    Code and formulas wait in `_held` while the white space of the text around them is folded.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self.media: list[Node] = []
        """Pictures and videos met on the way, in order."""
        self._plain = plain
        self._held: list[str] = []

    def text(self, children: Iterable[Node | str]) -> str:
        """Return the Markdown of the children; a display formula has its lines to itself, `<br>` is a line break."""
        folded = _SPACES.sub(" ", self._joined(children)).replace("\u200b", "").replace("\u00ad", "")
        folded = re.sub(f" ?{_BREAK} ?", "\n", raw_formulas(folded))
        return _HELD.sub(lambda match: self._held[int(match[1])], folded).strip()

    def _joined(self, children: Iterable[Node | str]) -> str:
        return "".join(child if isinstance(child, str) else self._element(child) for child in children)

    def _hold(self, text: str) -> str:
        self._held.append(text)
        return f"\x05{len(self._held) - 1}\x05"

    def _element(self, node: Node) -> str:
        made = formula(node)
        if made is not None:
            return self._hold(made) if made else ""
        tag = node.tag
        if tag in MEDIA:
            return self._medium(node)
        if tag == "br":
            return " " if self._plain else _BREAK
        if (tag in _SILENT and not (self._plain and tag == "button")) or node.classes & _LEFT_OUT:
            return ""
        if tag in _CODE:
            code = " ".join(code_text(node).split())
            return self._hold(code if self._plain else _ticked(code)) if code else ""
        return self._spanned(node)

    def _spanned(self, node: Node) -> str:
        tag = node.tag
        if tag == "a":
            return self._link(node)
        if tag in ("sup", "sub"):
            return self._index(node)
        inner = self._joined(node.children)
        if self._plain and tag not in _ROOMY:
            return inner
        if tag in _STRONG or tag in _LEANING:
            return _marked(inner, "**" if tag in _STRONG else "*")
        return f"“{inner}”" if tag == "q" else f" {inner} " if tag in _ROOMY else inner

    def _medium(self, node: Node) -> str:
        if node.tag == "img" and "emoji" in node.get("class"):
            return node.get("alt")
        self.media.append(node)
        return ""

    def _link(self, node: Node) -> str:
        if is_permalink(node) or _is_footnote_mark(node):
            return ""
        target = node.get("href").strip()
        if video_at(target) is not None:
            self.media.append(node)
        inner = self._joined(node.children)
        words = inner.strip()
        foreign = target.lower().startswith(("javascript:", "data:", "vbscript:", "#"))
        if self._plain or foreign or not target or not words or words.startswith("[") or words == target:
            return inner
        address = re.sub(r"[\s()<>\x00-\x20]", lambda match: f"%{ord(match[0]):02X}", target)
        lead, trail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{lead}[{words}]({self._hold(address)}){trail}"

    def _index(self, node: Node) -> str:
        if node.classes & {"reference", "footnote"} or any(map(_is_footnote_mark, node.descend())):
            return ""
        inner = self._joined(node.children).strip()
        if not inner or not inner.isalnum() or inner in ("st", "nd", "rd", "th"):
            return inner
        mark = "^" if node.tag == "sup" else "_"
        return f"{mark}{inner}" if len(inner) == 1 else f"{mark}{{{inner}}}"


def not_in_lines(content: Node) -> set[int]:
    """Return the identities of the elements that are no part of a line: blocks, and what holds a block."""
    found: set[int] = set()
    for node in reversed(list(content.descend())):
        many_lines = node.tag == "code" and "class" in node.attributes and "\n" in node.text.strip()
        if node.tag in _BLOCKS or many_lines or any(id(child) in found for child in node.elements()):
            found.add(id(node))
    return found


def is_permalink(node: Node) -> bool:
    """Return whether a link is the mark beside a heading that gives its address."""
    if node.tag != "a" or "#" not in node.get("href"):
        return False
    return bool(node.classes & PERMALINKS or node.get("href").startswith("#")) and bool(
        _PERMALINK_TEXT.fullmatch(node.text)
    )


def _is_footnote_mark(node: Node) -> bool:
    """Return whether a link only leads to a footnote, or back from one."""
    if node.tag != "a" or not node.get("href").startswith("#"):
        return False
    if node.classes & {"footnote-reference", "footnote-ref", "footnote-backref", "footnote-back", "fn-backref"}:
        return True
    if node.get("role") in ("doc-noteref", "doc-backlink"):
        return True
    return bool(re.match(r"#(?:fn|footnote|cite_note|cite_ref|fnref)", node.get("href"), re.I)) and len(node.text) <= 5


def _marked(inner: str, mark: str) -> str:
    """Return words between emphasis marks; white space at their ends stays outside, as Markdown wants it."""
    words = inner.strip()
    if not words or words.startswith("*") or _BREAK in words:
        return inner
    start = inner.index(words)
    return f"{inner[:start]}{mark}{words}{mark}{inner[start + len(words) :]}"


def _ticked(code: str) -> str:
    if "`" not in code:
        return f"`{code}`"
    ticks = "`" * (max(len(run) for run in re.findall("`+", code)) + 1)
    return f"{ticks} {code} {ticks}"


def parted(text: str) -> Sequence[tuple[bool, str]]:
    """Return a text's stretches in order: True with a display formula, False with what stands between formulas.

    Punctuation that follows a formula stays with it.
    """
    found: list[tuple[bool, str]] = []
    at = 0
    for match in _DISPLAY.finditer(text):
        _between(found, text[at : match.start()])
        found.append((True, match[0]))
        at = match.end()
    _between(found, text[at:])
    return found


def _between(found: list[tuple[bool, str]], text: str) -> None:
    marks = _FOLLOWING_MARKS.match(text)
    if found and marks is not None:
        found[-1] = (found[-1][0], found[-1][1] + marks[0].strip())
        text = text[marks.end() :]
    if text.strip():
        found.append((False, text.strip()))


def on_one_line(text: str) -> str:
    """Return text without line breaks, for a cell of a table or a heading; display formulas shrink into the line."""
    text = text.replace("$$\n", "$$").replace("\n$$", "$$")
    return " ".join(text.split())
