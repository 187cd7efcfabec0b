"""Presentation MathML to LaTeX, for pages that keep no source of their formulas (MathJax 3 and 4 by default).

The elements that MathJax, KaTeX and pandoc write are known; any other gives what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.html_tree import Node

_LETTERS = dict(
    zip(
        "αβγδεϵζηθϑικλμνξπρστυφϕχψωΓΔΘΛΞΠΣΥΦΨΩ",
        (
            "alpha beta gamma delta varepsilon epsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma "
            "tau upsilon varphi phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
        ).split(),
        strict=True,
    )
)
_SIGNS = dict(
    zip(
        "≤≥≠≈≡∼∝∈∉⊂⊆∪∩∀∃∇∂∞∑∏∫√→←↔⇒⇔↦×⋅·∘⊙⊗⊕±∓−∥∣…⋯⋮⋱⟨⟩ℓ∅∗⊤⊥≜≪≫∧∨¬",
        (
            "leq geq neq approx equiv sim propto in notin subset subseteq cup cap forall exists nabla partial infty "
            "sum prod int surd to leftarrow leftrightarrow Rightarrow Leftrightarrow mapsto times cdot cdot circ odot "
            "otimes oplus pm mp - parallel mid ldots cdots vdots ddots langle rangle ell emptyset ast top bot "
            "triangleq ll gg land lor neg"
        ).split(),
        strict=True,
    )
)
_COMMANDS = {**_LETTERS, **_SIGNS, "‖": "|", "ℝ": "mathbb{R}", "ℕ": "mathbb{N}", "ℤ": "mathbb{Z}", "𝔼": "mathbb{E}"}
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b")
_FUNCTIONS = frozenset("arg cos cosh cot det dim exp gcd inf ker lim ln log max min Pr sin sinh sup tan tanh".split())
_ACCENTS = {
    "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "¯": "bar", "‾": "overline", "―": "overline", "→": "vec",
    "⃗": "vec", "˙": "dot", "¨": "ddot", "⏞": "overbrace", "⏟": "underbrace", "_": "underline",
}  # fmt: skip
_VARIANTS = {
    "bold": "mathbf", "bold-italic": "boldsymbol", "double-struck": "mathbb", "script": "mathcal",
    "fraktur": "mathfrak", "sans-serif": "mathsf", "monospace": "mathtt", "-tex-calligraphic": "mathcal",
    "-tex-mathit": "mathit",
}  # fmt: skip


def latex(math: Node) -> str:
    """Return the formula of a `math` element as LaTeX: its author's where it is annotated, else made from its parts."""
    for node in math.descend():
        if node.tag == "annotation" and "tex" in node.get("encoding").lower():
            return _tidy(node.text)
    if math.get("alttext"):
        return _tidy(_unstyled(math.get("alttext")))
    return _tidy(_row(math))


def _unstyled(tex: str) -> str:
    r"""Return TeX without the `{\displaystyle ...}` that encyclopedias put around it."""
    match = re.fullmatch(r"\{\\(?:displaystyle|textstyle)\s+(.*)\}", tex.strip(), re.S)
    return match[1] if match else tex


def _tidy(tex: str) -> str:
    return "\n".join(" ".join(line.split()) for line in tex.strip().splitlines() if line.strip())


def _row(node: Node) -> str:
    """Return the parts of an element side by side."""
    if not any(node.elements()):
        return _symbols("".join(child for child in node.children if isinstance(child, str)))
    parts = [_part(child) for child in node.elements()]
    return " ".join(part for part in parts if part)


def _part(node: Node) -> str:
    tag = node.tag.rpartition(":")[2]
    if tag in ("annotation", "annotation-xml", "mspace", "mphantom"):
        return r"\quad" if tag == "mspace" and node.get("width").startswith(("1em", "2em")) else ""
    if tag in ("mi", "mn", "mo", "mtext", "ms"):
        return _token(tag, node)
    made = _MADE.get(tag)
    return _row(node) if made is None else made(list(node.elements()), node)


def _token(tag: str, node: Node) -> str:
    text = node.text.strip() if tag != "mtext" else node.text
    if tag in ("mtext", "ms"):
        return rf"\text{{{text}}}" if text.strip() else ""
    made = _symbols(text)
    variant = _VARIANTS.get(node.get("mathvariant"))
    if variant:
        return rf"\{variant}{{{made}}}"
    if tag == "mi" and len(text) > 1 and text.isalpha() and text.isascii():
        return rf"\{text}" if text in _FUNCTIONS else rf"\mathrm{{{text}}}"
    return made


def _symbols(text: str) -> str:
    """Return characters as TeX writes them; a command is set off from a letter after it."""
    made = ""
    for sign in "".join(text.split()):
        if sign in _INVISIBLE:
            continue
        command = _COMMANDS.get(sign)
        shown = rf"\{sign}" if sign in "{}%$#&_" else sign
        if command is not None:
            shown = command if command == "-" else rf"\{command}"
        made += f" {shown}" if made and made[-1].isalpha() and "\\" in made and shown[0].isalpha() else shown
    return made


def _group(node: Node) -> str:
    made = _part(node)
    return made if len(made) == 1 else f"{{{made}}}"


def _base(node: Node) -> str:
    """Return what carries an index: braces only where it is more than one thing."""
    made = _part(node)
    return made if len(made) == 1 or re.fullmatch(r"\\[A-Za-z]+(?:\{[^{}]*\})?", made) else f"{{{made}}}"


_Parts = list[Node]


def _scripts(marks: str) -> Callable[[_Parts, Node], str]:
    def made(parts: _Parts, node: Node) -> str:
        if len(parts) <= len(marks):
            return _row(node)
        return _base(parts[0]) + "".join(f"{mark}{_group(part)}" for mark, part in zip(marks, parts[1:], strict=False))

    return made


def _accented(marks: str) -> Callable[[_Parts, Node], str]:
    """Return how a base with something over or under it is written: an accent, or limits."""
    scripts = _scripts(marks)

    def made(parts: _Parts, node: Node) -> str:
        accent = _ACCENTS.get(parts[1].text.strip()) if len(parts) == 2 else None
        if accent is None:
            return scripts(parts, node)
        return rf"\{accent}{{{_part(parts[0])}}}"

    return made


def _fraction(parts: _Parts, node: Node) -> str:
    if len(parts) != 2:
        return _row(node)
    command = "binom" if node.get("linethickness").startswith("0") else "frac"
    return rf"\{command}{{{_part(parts[0])}}}{{{_part(parts[1])}}}"


def _root(parts: _Parts, node: Node) -> str:
    if len(parts) != 2:
        return _row(node)
    return rf"\sqrt[{_part(parts[1])}]{{{_part(parts[0])}}}"


def _table(rows: _Parts, _node: Node) -> str:
    lines = []
    for row in rows:
        cells = [_row(cell) for cell in row.elements() if cell.tag == "mtd"]
        lines.append(" & ".join(cells))
    return r"\begin{matrix}" + r" \\ ".join(lines) + r"\end{matrix}"


def _fenced(parts: _Parts, node: Node) -> str:
    opening, closing = (node.attributes.get(key, sign) for key, sign in (("open", "("), ("close", ")")))
    return f"{_symbols(opening)}{', '.join(map(_part, parts))}{_symbols(closing)}"


_MADE: dict[str, Callable[[_Parts, Node], str]] = {
    "msup": _scripts("^"),
    "msub": _scripts("_"),
    "msubsup": _scripts("_^"),
    "mover": _accented("^"),
    "munder": _accented("_"),
    "munderover": _scripts("_^"),
    "mfrac": _fraction,
    "msqrt": lambda _parts, node: rf"\sqrt{{{_row(node)}}}",
    "mroot": _root,
    "mtable": _table,
    "mfenced": _fenced,
}
