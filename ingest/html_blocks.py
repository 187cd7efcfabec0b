"""A page's elements as the blocks of a document, each with the anchor that a browser jumps to.

For readers of other formats that hold HTML (an EPUB chapter, say)::

    html_blocks(source, name, outline, builder, xml=True, anchor_prefix="chapter1.xhtml") -> None

parses one HTML document and appends everything in it to the `TextBuilder`, headings entered into the `Outline`; the
anchors are then `chapter1.xhtml#id`. A page of a site, where the teaching text must first be told from the rest, is
read by `ingest.readers.html`, which calls `add_blocks` with what `ingest.html_main` found.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping

from ingest.document import BlockKind, TextBuilder
from ingest.html_anchors import Anchors
from ingest.html_code import code_text, language, printed
from ingest.html_formulas import drop_drawings, formula
from ingest.html_inline import Line, not_in_lines, on_one_line, parted
from ingest.html_media import add_picture, video_of
from ingest.html_tables import is_layout, markdown_table
from ingest.html_tree import Node, parse
from ingest.outline import Outline
from knowledge.model import Heading

LONGEST_HEADING = 200
"""Characters; a longer "heading" is a paragraph in large letters."""
LONGEST_OUTPUT = 4_000
"""Characters of one output that are kept: a log past that teaches nothing more."""
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset("ul ol menu dir".split())
_PROMPTS = frozenset(
    "prompt input_prompt output_prompt jp-inputprompt jp-outputprompt jp-inputarea-prompt jp-outputarea-prompt "
    "jp-collapser anchor-link code-header".split()
)
_BARE_LABEL = re.compile(
    r"(?:note|tip|warning|important|caution|hint|attention|danger|error|info|see also|seealso|admonition)[:.!]?", re.I
)
_SHOW_CODE = re.compile(
    r"(?:(?:click to )?(?:show|hide|see|view|toggle)?\s*(?:the )?(?:code|source|cell|content|details|output|input)s?"
    r"(?:\s+(?:cell|content|source|outputs?|inputs?))*|click (?:here )?to (?:expand|show|see).{0,40})[.:]?",
    re.I,
)
_LABELS = frozenset("admonition-title callout-title callout-title-container theorem-title custom-block-title".split())
_CAPTIONS = frozenset("caption wp-caption-text caption-text figure-caption image-caption".split())
_FIGURES = frozenset("figure wp-caption figure-wrapper".split())
_BELOW_HEADINGS = 99
"""The level of a term in a list of definitions."""


def html_blocks(
    source: str, name: str, outline: Outline, builder: TextBuilder, *, xml: bool = False, anchor_prefix: str = ""
) -> None:
    """Append all of an HTML document to a text; headings are entered into the outline.

    Args:
        source: the document's text (`ingest.html_tree.page_text` makes it of bytes).
        name: the source as a person named it.
        outline: the headings that are in force where the document begins.
        builder: takes the blocks, figures and videos.
        xml: XHTML, where any element may be closed by `/>`.
        anchor_prefix: what anchors begin with (`prefix#id`), where the document is one of several files.

    Raises:
        UnreadableSource: its tags are nested or repeated past all reason.
    """
    root = parse(source, name, xml=xml)
    body = next((node for node in root.elements() if node.tag == "body"), root)
    add_blocks(body, outline, builder, ids=ids_of(root), anchor_prefix=anchor_prefix)


def add_blocks(
    content: Node, outline: Outline, builder: TextBuilder, *, ids: frozenset[str], anchor_prefix: str = ""
) -> None:
    """Append the blocks of an element. `ids` are the places of the whole page that an anchor can lead to."""
    drop_drawings(content)
    _Walk(content, outline, builder, ids, anchor_prefix).run()


def ids_of(root: Node) -> frozenset[str]:
    """Return all places of a page that a browser can jump to."""
    named = (node.get("id") or (node.get("name") if node.tag == "a" else "") for node in root.descend())
    return frozenset(place for place in named if place)


class _Walk:
    """One pass over a page."""

    def __init__(
        self, content: Node, outline: Outline, builder: TextBuilder, ids: frozenset[str], anchor_prefix: str
    ) -> None:
        self._content = content
        self._outline = outline
        self._builder = builder
        self._ids = ids
        self._above: list[Node] = []
        self._anchors = Anchors(ids, anchor_prefix)
        self._lines: list[str] = []
        """Lines of the list that is being put together."""
        self._caption = ""
        self._blocky = not_in_lines(content)

    def run(self) -> None:
        self._block(self._content)
        self._end_list()

    @property
    def _locator(self) -> Heading:
        return Heading(self._outline.path, self._anchors.here)

    def _add(self, text: str, kind: BlockKind, language: str = "") -> None:
        if text.strip():
            self._anchors.text_follows()
            self._builder.add(text, kind, self._locator, self._outline.path, language=language)

    # --- elements

    def _block(self, node: Node) -> None:
        made = _DISPATCH.get(node.tag)
        if made is not None:
            made(self, node)
            return
        tex = formula(node)
        if tex is not None:
            self._formula(tex)
        elif node.get("role") == "heading" and node.get("aria-level").isdecimal():
            self._heading(node, int(node.get("aria-level")[:1]) or 2)
        elif not self._special(node, node.classes):
            self._container(node)

    def _special(self, node: Node, classes: frozenset[str]) -> bool:
        """Take what generators mark by a class; return whether this was such an element."""
        if not classes:
            return False
        if classes & _PROMPTS:
            return True
        if classes & _LABELS or any(name.startswith("admonitionheading") for name in classes):
            self._label(node)
            return True
        if node.tag == "div" and classes & _FIGURES and node.first("img", "svg") is not None:
            self._figure(node)
            return True
        return False

    def _container(self, node: Node) -> None:
        self._anchors.pass_by(node.get("id"))
        self._above.append(node)
        self._children(node.children)
        self._above.pop()

    def _children(self, children: Iterable[Node | str]) -> None:
        """Take what stands in an element: runs of text as paragraphs, blocks as what they are."""
        run: list[Node | str] = []
        for child in children:
            if isinstance(child, Node) and id(child) in self._blocky:
                self._paragraph(run)
                run = []
                self._block(child)
            else:
                run.append(child)
        self._paragraph(run)

    def _paragraph(self, run: list[Node | str]) -> None:
        if not run:
            return
        line = Line()
        text = line.text(run)
        if not text:
            self._note_place(run)
        for is_formula, stretch in parted(text):
            if is_formula:
                self._formula(stretch)
            else:
                self._add(stretch, BlockKind.PROSE)
        self._media(line.media)

    def _note_place(self, run: Iterable[Node | str]) -> None:
        """Remember an empty element that only marks a place."""
        for child in run:
            if isinstance(child, Node):
                self._anchors.pass_by(child.get("id") or child.get("name"))

    def _formula(self, tex: str) -> None:
        self._add(tex, BlockKind.FORMULA)

    def _label(self, node: Node) -> None:
        words = on_one_line(Line(plain=True).text(node.children))
        if words and not _BARE_LABEL.fullmatch(words):
            self._add(f"**{words}**", BlockKind.PROSE)

    def _summary(self, node: Node) -> None:
        words = on_one_line(Line(plain=True).text(node.children))
        if words and not _SHOW_CODE.fullmatch(words):
            self._add(f"**{words}**", BlockKind.PROSE)

    # --- headings

    def _headed(self, node: Node) -> None:
        self._heading(node, int(node.tag[1]))

    def _heading(self, node: Node, level: int) -> None:
        line = Line(plain=True)
        text = on_one_line(line.text(node.children))
        place = self._anchors.place_of(node, self._above[-1] if self._above else None)
        if not text:
            self._anchors.pass_by(place)
        elif len(text) > LONGEST_HEADING or any(one.tag == "blockquote" for one in self._above):
            self._add(text if len(text) > LONGEST_HEADING else f"**{text}**", BlockKind.PROSE)
        else:
            self._outline.enter(level, text)
            self._anchors.enter(level, place, text if len(self._outline.path) > 1 else "")
            self._add(f"{'#' * level} {text}", BlockKind.HEADING)
        self._media(line.media)

    # --- lists

    def _list(self, node: Node) -> None:
        self._end_list()
        if node.first(*_HEADINGS) is not None:
            self._container(node)
            return
        self._anchors.pass_by(node.get("id"))
        self._above.append(node)
        self._items(node, "")
        self._above.pop()
        self._end_list()

    def _items(self, node: Node, indent: str) -> None:
        start = node.get("start")
        number = int(start) if start.isdecimal() and len(start) < 7 else 1
        for child in node.children:
            if isinstance(child, str):
                self._item([child], indent, "- ")
            elif child.tag in _LISTS:
                self._items(child, f"{indent}  ")
            elif child.tag == "li":
                self._item(child.children, indent, f"{number}. " if node.tag == "ol" else "- ")
                number += 1
            else:
                self._item([child], indent, "- ")

    def _item(self, children: Iterable[Node | str], indent: str, mark: str) -> None:
        """Take one item; code and tables in it stand as blocks of their own, other blocks as its further lines."""
        run: list[Node | str] = []
        for child in children:
            if not (isinstance(child, Node) and id(child) in self._blocky):
                run.append(child)
                continue
            mark = self._item_line(run, indent, mark)
            run = []
            if child.tag in _LISTS:
                self._items(child, indent + " " * len(mark))
            elif child.tag in ("pre", "table", "figure", "dl", "blockquote", "details") or formula(child) is not None:
                self._end_list()
                self._block(child)
            elif not child.classes & _PROMPTS:
                self._above.append(child)
                self._item(child.children, indent, mark)
                self._above.pop()
                mark = " " * len(mark)
        self._item_line(run, indent, mark)

    def _item_line(self, run: list[Node | str], indent: str, mark: str) -> str:
        """Put a run of words into the list and return what the item's next line begins with."""
        line = Line()
        text = line.text(run).replace("$$\n", "$$").replace("\n$$", "$$")
        if not text:
            self._media(line.media)
            return mark
        first, *others = text.split("\n")
        self._lines.append(f"{indent}{mark}{first}")
        self._lines += (f"{indent}{' ' * len(mark)}{other}" for other in others)
        if line.media:
            self._end_list()
            self._media(line.media)
        return " " * len(mark)

    def _end_list(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, []
            self._add(textwrap.dedent("\n".join(lines)), BlockKind.LIST)

    def _definitions(self, node: Node) -> None:
        """Take terms and what is said of them: short ones in a line each, long ones as blocks under their term."""
        self._above.append(node)
        term = place = ""
        for child in _flat(node):
            if child.tag == "dt":
                self._add(self._strong(term), BlockKind.PROSE)
                term, place = self._named(child), child.get("id") if child.get("id") in self._ids else ""
            else:
                self._described(child, term, place)
                term = ""
        self._add(self._strong(term), BlockKind.PROSE)
        self._above.pop()

    def _described(self, node: Node, term: str, place: str) -> None:
        if any(id(part) in self._blocky and part.tag not in ("p", "dd") for part in node.descend()):
            self._anchors.enter(_BELOW_HEADINGS, place)
            self._add(self._strong(term), BlockKind.PROSE)
            self._container(node)
            self._anchors.leave(_BELOW_HEADINGS)
            return
        line = Line()
        words = " ".join(filter(None, (on_one_line(line.text([part])) for part in node.children)))
        self._add(f"**{term}**: {words}" if term and words else words or self._strong(term), BlockKind.PROSE)
        self._media(line.media)

    @staticmethod
    def _strong(term: str) -> str:
        return f"**{term}**" if term else ""

    def _named(self, node: Node) -> str:
        words = on_one_line(Line(plain=True).text(node.children))
        return f"`{words}`" if "sig" in node.classes and "`" not in words else words

    # --- code and tables

    def _code(self, node: Node) -> None:
        text = code_text(node)
        if not text.strip():
            return
        tex = formula(node)
        if tex:
            self._formula(tex)
        elif printed(node, self._above):
            self._add(text if len(text) <= LONGEST_OUTPUT else f"{text[:LONGEST_OUTPUT]} …", BlockKind.OUTPUT)
        else:
            self._add(text, BlockKind.CODE, language(node, self._above))

    def _table(self, node: Node) -> None:
        code = next((cell for cell in node.descend() if cell.tag == "td" and "code" in cell.classes), None)
        if code is None and not is_layout(node):
            line = Line()
            text = markdown_table(node, line)
            caption = next((child for child in node.elements() if child.tag == "caption"), None)
            if caption is not None:
                self._add(Line().text(caption.children), BlockKind.PROSE)
            self._add(text, BlockKind.TABLE)
            self._media(line.media)
        else:
            self._container(node if code is None else code)

    # --- pictures and videos

    def _figure(self, node: Node) -> None:
        """Take a figure: what it shows stands with its caption, which is text."""
        captions = [part for part in node.descend() if part.tag == "figcaption" or part.classes & _CAPTIONS]
        caption = " ".join(on_one_line(Line().text(part.children)) for part in captions[:1])
        outer, self._caption = self._caption, caption
        before = {id(part) for part in captions}
        self._anchors.pass_by(node.get("id"))
        self._above.append(node)
        self._children(node.without(before))
        self._above.pop()
        self._caption = outer
        self._add(caption, BlockKind.PROSE)

    def _media(self, found: Iterable[Node]) -> None:
        for node in found:
            if node.tag == "img":
                self._add(add_picture(self._builder, node, self._locator, self._caption), BlockKind.PROSE)
            elif (video := video_of(node)) is not None:
                self._builder.add_video(video)


def _flat(node: Node) -> Iterable[Node]:
    """Yield the terms and descriptions of a definition list, out of the groups they may stand in."""
    for child in node.elements():
        if child.tag in ("dt", "dd"):
            yield child
        elif child.tag == "div":
            yield from (part for part in child.elements() if part.tag in ("dt", "dd"))


_DISPATCH: Mapping[str, Callable[[_Walk, Node], None]] = {
    **dict.fromkeys(_HEADINGS, _Walk._headed),
    **dict.fromkeys(_LISTS, _Walk._list),
    "pre": _Walk._code,
    "code": _Walk._code,
    "table": _Walk._table,
    "dl": _Walk._definitions,
    "figure": _Walk._figure,
    "summary": _Walk._summary,
    "hr": lambda _walk, _node: None,
}
