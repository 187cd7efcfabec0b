r"""Formulas of a page as LaTeX between dollar signs, whatever shows them: MathJax 2 to 4, KaTeX, MathML, pictures.

Knows how programs write formulas into pages; the raw `\( \)` and `\[ \]` of a text are recognised here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.html_mathml import latex
from ingest.html_tree import Node

_RENDERED = frozenset(
    "mathjax mathjax_preview mathjax_display mathjax_svg mathjax_svg_display mathjax_chtml mathjax_chtml_display "
    "mjx-chtml mathjax_mathml mathjax_processing mathjax_hover_frame mjx_assistive_mathml katex-html".split()
)
"""What MathJax 2 and KaTeX draw beside the source of a formula."""
_PICTURES = frozenset("math latex tex mwe-math-fallback-image-inline mwe-math-fallback-image-display".split())
_MARKED = frozenset("math arithmatex tex latex".split())
_DELIMITERS = (("\\(", "\\)", False), ("\\[", "\\]", True), ("$$", "$$", True), ("$", "$", False))
_RAW = re.compile(
    r"(?<!\\)\\\((?P<inline>(?:(?!\\\().){1,1000}?)\\\)|"
    r"(?<!\\)\\\[(?P<display>(?:(?!(?<!\\)\\\[).){1,4000}?)\\\]|"
    r"\$\$(?P<dollars>[^$]{1,4000}?)\$\$|"
    r"(?P<environment>\\begin\{(?P<name>equation|align|gather|multline|eqnarray|alignat)(?P<star>\*?)\}"
    r"(?:(?!\\begin\{(?P=name)).){1,4000}?\\end\{(?P=name)(?P=star)\})",
    re.S,
)
"""Between an opening and its closing stands no other opening: the work stays linear in the text."""
_ONE_FORMULA = re.compile(r"\s*\\begin\{(?:equation|displaymath|math)\*?\}(.*)\\end\{\w+\*?\}\s*", re.S)


def formula(node: Node) -> str | None:
    """Return the formula that an element is, `$..$` in a line or `$$..$$` on its own; empty where it only draws one
    that stands beside it; None where it is no formula.
    """
    by_tag = _BY_TAG.get(node.tag)
    if by_tag is not None:
        return by_tag(node)
    return _by_class(node, node.classes) if "class" in node.attributes else None


def drop_drawings(content: Node) -> None:
    """Take out what MathJax 2 drew, on a page that holds the sources of its formulas in scripts beside them."""
    if content.first("script") is None:
        return
    for node in content.descend():
        node.children = [
            child
            for child in node.children
            if isinstance(child, str) or not child.classes & _RENDERED or child.first("script") is not None
        ]


def raw_formulas(text: str) -> str:
    """Return text with the formulas that stand in it between backslashed brackets set between dollar signs."""
    if "\\" not in text and "$$" not in text:
        return text
    return _RAW.sub(_raw, text)


def _raw(match: re.Match[str]) -> str:
    if match["inline"] is not None:
        return _wrapped(match["inline"], display=False)
    return _wrapped(match["display"] or match["dollars"] or match["environment"], display=True)


def _wrapped(tex: str, *, display: bool) -> str:
    """Return TeX between dollar signs, without delimiters that it has already."""
    tex = tex.strip().removeprefix("% <![CDATA[").removesuffix("%]]>").strip()
    for opening, closing, shows in _DELIMITERS:
        if tex.startswith(opening) and tex.endswith(closing) and len(tex) >= len(opening) + len(closing):
            tex, display = tex[len(opening) : -len(closing)].strip(), display or shows
            break
    if (match := _ONE_FORMULA.fullmatch(tex)) is not None:
        tex, display = match[1].strip(), display or not tex.startswith(r"\begin{math}")
    tex = re.sub(r"\n\s*\n+", "\n", tex).replace("$", "")
    if not tex:
        return ""
    return f"$$\n{tex}\n$$" if display else f"${' '.join(tex.split())}$"


def _by_class(node: Node, classes: frozenset[str]) -> str | None:
    if classes & _RENDERED:
        return _drawn(node, display=any(name.endswith("display") for name in classes))
    if classes & {"katex", "katex-display"}:
        return _annotated(node, display="katex-display" in classes)
    if "katex-error" in classes:
        return _wrapped(node.text, display=False)
    if classes & _MARKED and node.tag in ("span", "div", "p", "eq", "eqn"):
        return _marked(node, classes)
    return None


def _container(node: Node) -> str | None:
    """Return the formula of MathJax 3 or 4: its source where it is kept, else from the MathML for screen readers."""
    display = node.get("display") == "true"
    for part in node.descend():
        if part.get("data-latex") and part.tag in ("mjx-container", "mjx-math", "math"):
            return _wrapped(part.get("data-latex"), display=display)
    math = node.first("math")
    return _wrapped(latex(math), display=display) if math is not None else ""


def _drawn(node: Node, *, display: bool) -> str:
    """Return the formula of a drawing that MathJax 2 keeps MathML in, where nothing else on the page holds it."""
    math = node.first("math")
    script = node.first("script")
    return _wrapped(latex(math), display=display) if math is not None and script is None else ""


def _annotated(node: Node, *, display: bool) -> str | None:
    math = node.first("math")
    return _wrapped(latex(math), display=display) if math is not None else None


def _picture(node: Node) -> str | None:
    if not node.classes & _PICTURES or not node.get("alt").strip():
        return None
    tex = re.sub(r"^\{\\displaystyle (.*)\}$", r"\1", node.get("alt").strip(), flags=re.S)
    return _wrapped(tex, display="mwe-math-fallback-image-display" in node.classes)


def _marked(node: Node, classes: frozenset[str]) -> str | None:
    """Return the formula of an element that a generator marks as one, with its source as the only thing in it."""
    inner = [child for child in node.elements() if child.tag not in ("wbr", "br", "a")]
    if inner:
        return None
    text = node.text.strip()
    delimited = any(text.startswith(opening) and text.endswith(closing) for opening, closing, _ in _DELIMITERS)
    environment = text.startswith("\\begin{")
    if delimited or environment or classes & {"inline", "display"}:
        return _wrapped(text, display="display" in classes or environment)
    return None


_BY_TAG: dict[str, Callable[[Node], str | None]] = {
    "script": lambda node: _wrapped(node.text, display="mode=display" in node.get("type")),
    "math": lambda node: _wrapped(latex(node), display=node.get("display") == "block"),
    "mjx-container": _container,
    "img": _picture,
}
