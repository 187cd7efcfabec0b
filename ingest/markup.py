"""Cleaned Markdown as a flat list of pieces: headings with anchors, paragraphs, lists, tables, code, formulas.

Block structure is markdown-it's; what it does not know (display formulas, output fences, directives) is added here.
Knows nothing of documents: a notebook runs its headings over cells, a Markdown file over its text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.document import BlockKind
from ingest.marks import MEDIA
from ingest.mdx import ANCHOR

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

LONGEST_HEADING = 200
"""Characters; a longer "heading" is a paragraph that happens to stand over a line of dashes."""

_LONGEST_FORMULA_LINES = 200
_DEEPEST_QUOTE = 5
_OPENING = re.compile(r"\$\$|\\\[|\\begin\{(?P<environment>[A-Za-z]+\*?)\}")
_AFTER_FORMULA = re.compile(r"[\s.,;:]*(?:\(\d+[a-z]?\)|\\tag\{[^}]*\}|\{#[\w:-]+\})?\s*$")
_HEADING_MARK = re.compile(r"\s*(?:\[\[(?P<double>[^\[\]]*)\]\]|\{#(?P<braced>[^\s{}]+)[^{}]*\})\s*$")
_ALERT = re.compile(r"^[ \t]*\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION|INFO)\][+-]?[ \t]*", re.M | re.I)
_EMPTY_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s*$")
_JUMP = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\[[^\]]*\]\(#[^)]*\)")
_CONTENTS = re.compile(r"[*_\s]*(?:table of contents|contents|on this page|outline)[*_:.\s]*$", re.I)
_LANGUAGES = {
    "py": "python", "python3": "python", "ipython": "python", "ipython3": "python", "sh": "bash", "shell": "bash",
    "zsh": "bash", "js": "javascript", "ts": "typescript", "yml": "yaml", "c++": "cpp", "txt": "text",
    "plaintext": "text", "plain": "text", "none": "", "no-format": "",
}  # fmt: skip
_PRINTED = frozenset("out output outputs result stdout stderr trace traceback".split())
_CALLOUTS = frozenset(
    "note tip warning important caution hint attention danger error seealso admonition exercise solution proof theorem "
    "definition lemma example remark margin sidebar dropdown figure card topic epigraph".split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text. `level` (1..6) and `anchor` belong to headings; an empty anchor is still to be made."""

    kind: BlockKind
    text: str
    language: str = ""
    level: int = 0
    anchor: str = ""


def pieces(text: str, *, indented_code: bool) -> list[Piece]:
    """Return the pieces of cleaned Markdown in order. MDX knows no indented code: pass False for it."""
    return list(_taught(_anchored(_pieces(text, indented_code=indented_code, depth=0))))


def heading_text(source: str) -> tuple[str, str]:
    """Return a heading's words without marks, and the anchor its author gave it (else empty)."""
    anchor, source = "", MEDIA.sub("", source)
    if (mark := _HEADING_MARK.search(source)) is not None:
        anchor, source = mark["double"] or mark["braced"] or "", source[: mark.start()]
    if (inside := ANCHOR.search(source)) is not None:
        anchor = anchor or inside[1]
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", ANCHOR.sub("", source))
    text = re.sub(r"\*{1,3}|`+|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)", "", text)
    return " ".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).split()), anchor


def _anchored(found: Iterator[Piece]) -> Iterator[Piece]:
    """Give an anchor that stands alone to the heading right after it, and take the marks out of all other text."""
    pending = ""
    for piece in found:
        if piece.kind is BlockKind.HEADING:
            yield Piece(piece.kind, piece.text, level=piece.level, anchor=piece.anchor or pending)
            pending = ""
            continue
        mark = ANCHOR.search(piece.text)
        if mark is None:
            yield piece
            pending = ""
            continue
        text = ANCHOR.sub("", piece.text).strip("\n")
        pending = "" if text.strip() else mark[1]
        if text.strip():
            yield Piece(piece.kind, text, piece.language)


def _taught(found: Iterator[Piece]) -> Iterator[Piece]:
    """Leave out lists that only lead to places on the same page, with the line that announces them."""
    announced: Piece | None = None
    for piece in found:
        if piece.kind is BlockKind.LIST and all(_JUMP.match(line) for line in piece.text.split("\n") if line.strip()):
            announced = None
            continue
        if announced is not None:
            yield announced
        announced = piece if piece.kind is BlockKind.PROSE and _CONTENTS.match(piece.text) else None
        if announced is None:
            yield piece
    if announced is not None:
        yield announced


def _pieces(text: str, *, indented_code: bool, depth: int) -> Iterator[Piece]:
    lines = text.split("\n")
    tokens = _parser(indented_code).parse(text)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _matching(tokens, at)
        first, last = token.map or (0, 0)
        match token.type:
            case "heading_open":
                yield from _heading(token, tokens[at + 1].content)
            case "fence" | "code_block":
                yield from _code(token, indented_code=indented_code, depth=depth)
            case "math_block":
                yield _piece(BlockKind.FORMULA, token.content)
            case "paragraph_open":
                yield _piece(BlockKind.PROSE, "\n".join(line.strip() for line in lines[first:last]))
            case "table_open":
                yield _piece(BlockKind.TABLE, "\n".join(line.strip() for line in lines[first:last]))
            case "bullet_list_open" | "ordered_list_open":
                yield from _list(lines, tokens[at:end], indented_code=indented_code, depth=depth)
            case "blockquote_open":
                yield from _quote(lines[first:last], indented_code=indented_code, depth=depth)
        at = end + 1


def _matching(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the token that closes the one at `at`; itself where it opens nothing."""
    if tokens[at].nesting != 1:
        return at
    return next(
        i for i in range(at + 1, len(tokens)) if tokens[i].level == tokens[at].level and tokens[i].nesting == -1
    )


def _piece(kind: BlockKind, text: str, language: str = "") -> Piece:
    return Piece(kind, "\n".join(line.rstrip() for line in text.split("\n")).strip("\n"), language)


def _heading(token: Token, content: str) -> Iterator[Piece]:
    if "\n" in content or len(content) > LONGEST_HEADING:
        yield _piece(BlockKind.PROSE, content)
        return
    text, anchor = heading_text(content)
    if text:
        yield Piece(BlockKind.HEADING, text, level=int(token.tag[1]), anchor=anchor)


def _quote(lines: Sequence[str], *, indented_code: bool, depth: int) -> Iterator[Piece]:
    """Yield what a block quote holds, without its marks; a heading inside a quote opens no section."""
    strip = re.compile(r"^[ \t]{0,3}>[ \t]?" if depth < _DEEPEST_QUOTE else r"^[ \t>]+")
    inner = _ALERT.sub("", "\n".join(strip.sub("", line, count=1) for line in lines))
    for piece in _pieces(inner, indented_code=indented_code, depth=depth + 1):
        heading = piece.kind is BlockKind.HEADING
        yield _piece(BlockKind.PROSE, f"**{piece.text}**") if heading else piece


def _list(lines: Sequence[str], tokens: Sequence[Token], *, indented_code: bool, depth: int) -> Iterator[Piece]:
    """Yield a list; code inside its items is set free of their indentation and stands as code of its own."""
    first, last = tokens[0].map or (0, 0)
    for token in tokens:
        if token.type in ("fence", "code_block") and token.map is not None:
            yield from _items(lines[first : token.map[0]])
            yield from _code(token, indented_code=indented_code, depth=depth)
            first = token.map[1]
    yield from _items(lines[first:last])


def _items(lines: Sequence[str]) -> Iterator[Piece]:
    kept = [line.rstrip() for line in lines if not _EMPTY_ITEM.match(line)]
    text = textwrap.dedent("\n".join(kept)).strip("\n")
    if text.strip():
        yield Piece(BlockKind.LIST, text)


def _code(token: Token, *, indented_code: bool, depth: int) -> Iterator[Piece]:
    content = token.content.rstrip("\n").expandtabs(4) if token.type == "code_block" else token.content.rstrip("\n")
    content = ANCHOR.sub("", content)
    words = re.findall(r"[\w+#-]+", token.info.lower())
    directive = token.info.strip().startswith("{") and not token.info.strip().startswith("{.")
    name = words[0] if words else ""
    if directive and name == "math":
        yield _piece(BlockKind.FORMULA, f"$$\n{content}\n$$")
    elif directive and name in _CALLOUTS and depth < _DEEPEST_QUOTE:
        label = token.info.partition("}")[2].strip()
        options = re.compile(r"\A(?::[\w-]+:[^\n]*\n?)*")
        inner = f"**{label}**\n\n" if label and name != "figure" else ""
        yield from _pieces(inner + options.sub("", content), indented_code=indented_code, depth=depth + 1)
    elif directive and name not in ("code-cell", "code-block", "code"):
        return
    else:
        if directive:
            name = words[-1] if len(words) > (2 if name != "code" else 1) else "python"
        language = _LANGUAGES.get(name, name)
        printed = bool(_PRINTED & set(words[:2]))
        yield Piece(BlockKind.OUTPUT if printed else BlockKind.CODE, content, "" if printed else language)


@lru_cache(maxsize=2)
def _parser(indented_code: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table").disable(["html_block", "inline"])
    if not indented_code:
        parser.disable("code")
    parser.block.ruler.before(
        "fence", "math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return parser


def _math_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Take a display formula that has its lines to itself: a block rule of markdown-it."""
    start, end = state.bMarks[first] + state.tShift[first], state.eMarks[first]
    opening = _OPENING.match(state.src, start, end)
    if opening is None or state.is_code_block(first):
        return False
    environment = opening["environment"]
    closing = f"\\end{{{environment}}}" if environment else {"$$": "$$", "\\[": "\\]"}[opening[0]]
    position = opening.end()
    for line in range(first, min(last, first + _LONGEST_FORMULA_LINES)):
        at = state.src.find(closing, position, state.eMarks[line])
        if at != -1:
            if not _AFTER_FORMULA.match(state.src, at + len(closing), state.eMarks[line]):
                return False
            if not silent:
                token = state.push("math_block", "", 0)
                token.map = [first, line + 1]
                token.content = state.getLines(first, line + 1, state.blkIndent, False)
                state.line = line + 1
            return True
        position = state.bMarks[line + 1] if line + 1 < last else end
    return False
