r"""Untrusted Markdown made fit to show: formulas rendered, nothing loaded, nothing faked.

Course files and models write Markdown that we did not. Out comes Markdown in which formulas stand as the page reads
them, images are their descriptions, links lead to the web or to mail alone, HTML and the page's own directives are
plain text. A second parser checks the outcome; what it cannot vouch for is shown as bare text. Knows Markdown;
refuses to know lessons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.formulas import Kind, closed, stretches

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HOLE = "\ue000{}\ue001"
_HOLES = re.compile("\ue000(\\d+)\ue001")
_RESERVED = re.compile("[\ue000\ue001]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~&^=])")
_MARK = re.compile(r"[ \t]*\[(c\d+)\]")
_OPEN_MARK = re.compile(r"[ \t]*\[c?\d*\Z")

_IMAGE = re.compile(
    r"!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\]){0,2000})\](?:\((?:[^()\n]|\([^()\n]*\)){0,2000}\)|\[[^\]\n]*\])"
)
_LINK = re.compile(
    r"(?<![\\!])\[(?P<label>(?:[^\[\]\\\n]|\\.|\[[^\[\]\n]*\]){1,2000})\]"
    r"\([ \t]*(?:<(?P<angle>[^<>\n]{0,2000})>|(?P<bare>(?:[^\s()<>]|\([^\s()]*\)){0,2000}))"
    r"(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?[ \t]*\)"
)
_AUTOLINK = re.compile(r"<(?P<target>(?:https?://|mailto:)[^\s<>]+)>")
_REFERENCE = re.compile(r"(?m)^([ \t>]{0,8})\[(?=[^\]\n]+\]:)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DIRECTIVE = re.compile("(?<!\\\\):(?=[A-Za-z0-9][A-Za-z0-9_+-]*[\\[:/\ue000])")  # a hole may begin with a bracket
_HEADING = re.compile(r"(?m)^(?P<before>[ \t>]*)(?P<marks>#{1,6})(?=[ \t])")
_UNDERLINE = re.compile(r"(?m)(?<=\S)\n[ \t]{0,3}(?P<rule>=+|-+)[ \t]*$")
_WEB = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.I)


def escape(text: str) -> str:
    """Return Markdown that shows exactly these words, on one line: for names and titles."""
    return bare(" ".join(text.split()))


def bare(text: str) -> str:
    """Return Markdown that shows exactly these characters; indentation is dropped, line breaks are kept."""
    lines = (_SPECIAL.sub(r"\\\1", line.strip()) for line in _RESERVED.sub("", text).split("\n"))
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", "  \n", "\n".join(lines))


def fit(text: str, *, partial: bool = False, top_heading: int = 3, mark: Callable[[str], str] | None = None) -> str:
    """Return untrusted Markdown made fit to show; see the module docstring.

    Args:
        text: Markdown with formulas in any of the four notations.
        partial: the text is still growing: a formula or mark at its end that is not closed yet is held back.
        top_heading: the largest heading allowed, 1 to 6; larger ones are lowered to it.
        mark: called with each `c7` of a mark `[c7]`; its Markdown is trusted and stands in place of the mark.
    """
    text = _RESERVED.sub("", text.replace("\r\n", "\n"))
    if partial:
        text = _OPEN_MARK.sub("", closed(text))
    cleaning = _Cleaning(mark, top_heading)
    return cleaning.fit(text)


class _Cleaning:
    """Takes out what must stay as it is, leaving numbered holes; cleans the rest; checks; fills the holes."""

    def __init__(self, mark: Callable[[str], str] | None, top_heading: int) -> None:
        self._mark = mark
        self._top_heading = top_heading
        self._held: dict[str, str] = {}
        self._code: dict[str, str] = {}

    def fit(self, text: str) -> str:
        pieces = []
        for stretch in stretches(text):
            if stretch.kind is Kind.PLAIN:
                pieces.append(self._marks(stretch.shown))
            else:
                pieces.append(self._hold(stretch.shown, code=stretch.kind is Kind.CODE))
        cleaned = self._clean("".join(pieces))
        # Formulas, checked links and marks are ours and harmless; all else has to pass.
        if not _is_harmless(_HOLES.sub("x", _fill(cleaned, self._code))):
            return self._bare(text)
        return _fill(cleaned, self._held)

    def _bare(self, text: str) -> str:
        parts = _MARK.split(text) if self._mark else [text]
        shown = [bare(part) if index % 2 == 0 else self._marked(part) for index, part in enumerate(parts)]
        return " ".join(part for part in shown if part)

    def _marks(self, text: str) -> str:
        if self._mark is None:
            return text
        return _MARK.sub(self._attached, text)

    def _attached(self, mark: re.Match[str]) -> str:
        """Return the mark set close to its sentence, save after `!`, where it would turn into an image."""
        shown = self._marked(mark[1])
        space = " " if shown and mark.string[: mark.start()].endswith("!") else ""
        return space + self._hold(shown)

    def _marked(self, key: str) -> str:
        return self._mark(key) if self._mark else ""

    def _hold(self, shown: str, *, code: bool = False) -> str:
        hole = _HOLE.format(len(self._held))
        self._held[hole] = shown
        if code:
            self._code[hole] = shown
        return hole

    def _clean(self, text: str) -> str:
        text = _IMAGE.sub(_description, text).replace("![", "!\\[")
        text = _AUTOLINK.sub(lambda m: self._link(escape(m["target"]), m["target"]), text)
        text = _LINK.sub(lambda m: self._link(m["label"], m["bare"] if m["angle"] is None else m["angle"]), text)
        text = _DIRECTIVE.sub(r"\\:", _TAG.sub(r"\\<", _REFERENCE.sub(r"\1\\[", text)))
        text = _UNDERLINE.sub(lambda m: f"\n\n{m['rule']}" if "-" in m["rule"] else "", text)
        return _HEADING.sub(lambda m: m["before"] + "#" * max(len(m["marks"]), self._top_heading), text)

    def _link(self, label: str, target: str) -> str:
        """Return the link where it leads to the web or to mail, else its label alone."""
        if not _WEB.fullmatch(target):
            return label
        target = target.replace("(", "%28").replace(")", "%29").replace("\\", "%5C").replace("$", "%24")
        return f"{self._hold('[')}{label}{self._hold(f'](<{target}>)')}"


def _description(image: re.Match[str]) -> str:
    alt = " ".join(image["alt"].split())
    return f"*Figure: {alt}*" if alt else "*Figure*"


def _fill(text: str, held: Mapping[str, str]) -> str:
    """Return the text with holes filled; a held text may hold holes itself."""
    while True:
        filled = _HOLES.sub(lambda m: held.get(m[0], m[0]), text)
        if filled == text:
            return text
        text = filled


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # not needed to start a page

    return MarkdownIt("commonmark").enable("table")


def _is_harmless(markdown: str) -> bool:
    """Tell whether a parser finds no image, no HTML, and no link but to the web or to mail."""
    return all(_harmless(token) for token in _parser().parse(markdown))


def _harmless(token: Token) -> bool:
    if token.type in ("image", "html_inline", "html_block"):
        return False
    if token.type == "link_open" and not _WEB.fullmatch(str(token.attrs.get("href", ""))):
        return False
    return all(_harmless(child) for child in token.children or ())
