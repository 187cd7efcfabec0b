r"""Formulas of Office files (OMML, ECMA-376 part 1, section 22.1) as LaTeX.

Knows fractions, scripts, roots, sums and integrals, brackets, matrices, accents, limits, functions and cases; of what
it does not know it keeps the text. Nothing is evaluated, and no markup comes out that a formula renderer would run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

Element = Any
"""An lxml element: the package has no types."""

_DEEPEST = 60
"""Levels of nesting that are followed; below that a formula is its text."""
_SYMBOLS = dict(
    pair.split(":", 1)
    for pair in r"""
α:\alpha β:\beta γ:\gamma δ:\delta ε:\varepsilon ϵ:\epsilon ζ:\zeta η:\eta θ:\theta ϑ:\vartheta ι:\iota κ:\kappa
λ:\lambda μ:\mu µ:\mu ν:\nu ξ:\xi π:\pi ρ:\rho σ:\sigma ς:\varsigma τ:\tau υ:\upsilon φ:\varphi ϕ:\phi χ:\chi ψ:\psi
ω:\omega Γ:\Gamma Δ:\Delta Θ:\Theta Λ:\Lambda Ξ:\Xi Π:\Pi Σ:\Sigma Υ:\Upsilon Φ:\Phi Ψ:\Psi Ω:\Omega
∑:\sum ∏:\prod ∐:\coprod ∫:\int ∬:\iint ∭:\iiint ∮:\oint ⋃:\bigcup ⋂:\bigcap ⋁:\bigvee ⋀:\bigwedge ⨁:\bigoplus
⨂:\bigotimes ∂:\partial ∇:\nabla ∞:\infty ±:\pm ∓:\mp ×:\times ÷:\div ⋅:\cdot ·:\cdot ∙:\cdot ∗:* ∘:\circ ⊙:\odot
⊕:\oplus ⊗:\otimes ⊖:\ominus ≤:\leq ≥:\geq ≪:\ll ≫:\gg ≠:\neq ≈:\approx ≡:\equiv ∼:\sim ≃:\simeq ≅:\cong ∝:\propto
∈:\in ∉:\notin ∋:\ni ⊂:\subset ⊃:\supset ⊆:\subseteq ⊇:\supseteq ∪:\cup ∩:\cap ∖:\setminus ∅:\emptyset ∀:\forall
∃:\exists ¬:\neg ∧:\wedge ∨:\vee →:\to ←:\leftarrow ↔:\leftrightarrow ⇒:\Rightarrow ⇐:\Leftarrow ⇔:\Leftrightarrow
↦:\mapsto ↑:\uparrow ↓:\downarrow ⟶:\longrightarrow ⊤:\top ⊥:\perp ∥:\parallel ∣:\mid ‖:\| ⟨:\langle ⟩:\rangle ⌈:\lceil
⌉:\rceil ⌊:\lfloor ⌋:\rfloor …:\dots ⋯:\cdots ⋮:\vdots ⋱:\ddots ′:' ″:'' ℝ:\mathbb{R} ℕ:\mathbb{N} ℤ:\mathbb{Z}
ℚ:\mathbb{Q} ℂ:\mathbb{C} 𝔼:\mathbb{E} ℙ:\mathbb{P} ℒ:\mathcal{L} ℓ:\ell ℏ:\hbar ℜ:\Re ℑ:\Im −:- ≔::= ⁡: ⁢: ⁣:
""".split()
)
_SPECIAL = {character: f"\\{character}" for character in "#$%&_{}"} | {
    "\\": r"\backslash ",
    "~": r"\sim ",
    "^": r"\^{}",
}
_FUNCTIONS = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp max min sup inf lim limsup liminf det "
    "dim ker arg deg gcd Pr hom".split()
)
_ACCENTS = {
    "\u0302": "hat", "^": "hat", "\u0303": "tilde", "~": "tilde", "\u0304": "bar", "\u0305": "overline", "¯": "bar",
    "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec", "→": "vec", "\u0301": "acute", "\u0300": "grave",
    "\u030c": "check", "\u0306": "breve", "\u20d6": "overleftarrow",
}  # fmt: skip
_GROUPS = {"⏟": "underbrace", "⏞": "overbrace", "⎵": "underbracket", "⎴": "overbracket", "→": "overrightarrow"}
_SCRIPTS = {"double-struck": "mathbb", "script": "mathcal", "fraktur": "mathfrak", "monospace": "mathtt"}
_BRACKETS = {"{": r"\{", "}": r"\}", "": ".", "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "∥": r"\|",
             "⌈": r"\lceil", "⌉": r"\rceil", "⌊": r"\lfloor", "⌋": r"\rfloor", "〈": r"\langle", "〉": r"\rangle",
             "∣": "|"}  # fmt: skip
_NEW_ROW = r" \\ "
_PLAIN_BRACKETS = frozenset("()[]|")


def latex(element: Element) -> str:
    r"""Return the LaTeX of an `m:oMath` or `m:oMathPara` element, without dollar signs; lines joined by `\\`."""
    if _name(element) == "oMathPara":
        return _NEW_ROW.join(filter(None, map(latex, element.findall(f"{MATH}oMath"))))
    return _tidy(_all(element, 0))


def _name(element: Element) -> str:
    return element.tag[len(MATH) :] if isinstance(element.tag, str) and element.tag.startswith(MATH) else ""


def _all(element: Element | None, depth: int) -> str:
    """Return all children in their order."""
    if element is None:
        return ""
    if depth > _DEEPEST:
        return _symbols("".join(element.itertext()))
    return "".join(_one(child, depth + 1) for child in element)


def _one(element: Element, depth: int) -> str:
    name = _name(element)
    known = _WRITERS.get(name)
    if known is not None:
        return known(element, depth)
    if name.endswith("Pr") or not isinstance(element.tag, str):
        return ""
    if element.tag.endswith(("}rPr", "}ctrlPr", "}del", "}moveFrom", "}instrText")):
        return ""
    return _all(element, depth)


def _part(element: Element, name: str, depth: int) -> str:
    return _all(element.find(f"{MATH}{name}"), depth)


def _property(element: Element, name: str, default: str) -> str:
    """Return a property's value; `default` where it is not stated."""
    found = element.find(f"{MATH}{_name(element)}Pr/{MATH}{name}")
    value = None if found is None else found.get(f"{MATH}val")
    return default if value is None else str(value)


def _switched(element: Element, name: str) -> bool:
    found = element.find(f"{MATH}{_name(element)}Pr/{MATH}{name}")
    return found is not None and found.get(f"{MATH}val", "1") not in ("0", "off", "false")


# --- text -------------------------------------------------------------------------------------------------------


def _run(element: Element, _: int) -> str:
    text = "".join(child.text or "" for child in element if str(child.tag).endswith("}t"))
    if element.find(f"{MATH}rPr/{MATH}nor") is not None and re.search("[^\\W\\d_]{2}", text):
        return f"\\text{{{''.join(_SPECIAL.get(character, character) for character in text if character != chr(92))}}}"
    shown = _words(text)
    script = element.find(f"{MATH}rPr/{MATH}scr")
    command = _SCRIPTS.get(script.get(f"{MATH}val", ""), "") if script is not None else ""
    style = element.find(f"{MATH}rPr/{MATH}sty")
    if not command and style is not None and style.get(f"{MATH}val") == "b" and text.strip():
        command = "mathbf"
    return f"\\{command}{{{shown.strip()}}}" if command else shown


def _words(text: str) -> str:
    """Return the text with its names set upright: known functions as commands, others of three letters and more."""
    parts = re.split(r"([A-Za-z]{2,})", text)
    return "".join(_word(part) if at % 2 else _symbols(part) for at, part in enumerate(parts))


def _word(word: str) -> str:
    if word in _FUNCTIONS:
        return f"\\{word} "
    return f"\\mathrm{{{word}}}" if len(word) > 2 else word


def _symbols(text: str) -> str:
    return "".join(_spaced(_SYMBOLS.get(character) or _letter(character)) for character in text)


def _letter(character: str) -> str:
    """Return a mathematical letter (bold, italic, script: U+1D400..1D7FF) as the plain one it styles."""
    if 0x1D400 <= ord(character) <= 0x1D7FF:
        character = unicodedata.normalize("NFKC", character)
        return _SYMBOLS.get(character, character)
    return "" if "\u2061" <= character <= "\u2064" else _SPECIAL.get(character, character)


def _spaced(command: str) -> str:
    """Return a command with the space that ends it where a letter may follow."""
    return f"{command} " if command.startswith("\\") and command[-1].isalpha() else command


# --- structure --------------------------------------------------------------------------------------------------


def _fraction(element: Element, depth: int) -> str:
    top, below = _tidy(_part(element, "num", depth)), _tidy(_part(element, "den", depth))
    kind = _property(element, "type", "bar")
    if kind == "lin":
        return f"{{{top}}}/{{{below}}}"
    return f"\\binom{{{top}}}{{{below}}}" if kind == "noBar" else f"\\frac{{{top}}}{{{below}}}"


def _scripts(element: Element, depth: int) -> str:
    base = _base(_part(element, "e", depth))
    return base + _script("_", _part(element, "sub", depth)) + _script("^", _part(element, "sup", depth))


def _before(element: Element, depth: int) -> str:
    scripts = _script("_", _part(element, "sub", depth)) + _script("^", _part(element, "sup", depth))
    return "{}" + scripts + _base(_part(element, "e", depth))


def _script(mark: str, text: str) -> str:
    tidy = _tidy(text)
    return f"{mark}{tidy if len(tidy) == 1 else f'{{{tidy}}}'}" if tidy else ""


def _base(text: str) -> str:
    tidy = _tidy(text)
    return tidy if re.fullmatch(r"[^\\\s]|\\[A-Za-z]+(?:\{[^{}]*\})?", tidy) else f"{{{tidy}}}"


def _root(element: Element, depth: int) -> str:
    degree = "" if _switched(element, "degHide") else _tidy(_part(element, "deg", depth))
    return f"\\sqrt{f'[{degree}]' if degree else ''}{{{_tidy(_part(element, 'e', depth))}}}"


def _nary(element: Element, depth: int) -> str:
    sign = _property(element, "chr", "∫")
    low = "" if _switched(element, "subHide") else _script("_", _part(element, "sub", depth))
    high = "" if _switched(element, "supHide") else _script("^", _part(element, "sup", depth))
    return f"{_SYMBOLS.get(sign, sign)}{low}{high} {_tidy(_part(element, 'e', depth))}"


def _delimited(element: Element, depth: int) -> str:
    opening, closing = _property(element, "begChr", "("), _property(element, "endChr", ")")
    separator = _property(element, "sepChr", "|")
    inner = f" {separator} ".join(_tidy(_all(part, depth)) for part in element.findall(f"{MATH}e"))
    if inner.startswith(r"\begin{array}") and opening == "{" and not closing:
        return inner.replace(r"\begin{array}{l}", r"\begin{cases}", 1).replace(r"\end{array}", r"\end{cases}", 1)
    if {opening, closing} <= _PLAIN_BRACKETS and "\\frac" not in inner and "\\begin" not in inner:
        return f"{opening}{inner}{closing}"
    return f"\\left{_BRACKETS.get(opening, opening)} {inner} \\right{_BRACKETS.get(closing, closing)}"


def _matrix(element: Element, depth: int) -> str:
    rows = (
        " & ".join(_tidy(_all(cell, depth)) for cell in row.findall(f"{MATH}e")) for row in element.findall(f"{MATH}mr")
    )
    return f"\\begin{{matrix}} {_NEW_ROW.join(rows)} \\end{{matrix}}"


def _array(element: Element, depth: int) -> str:
    lines = [_tidy(_all(line, depth)).replace(r"\&", "&") for line in element.findall(f"{MATH}e")]
    return f"\\begin{{array}}{{l}} {_NEW_ROW.join(lines)} \\end{{array}}"


def _function(element: Element, depth: int) -> str:
    name = _tidy(_part(element, "fName", depth))
    plain = re.fullmatch(r"\\mathrm\{(\w+)\}|([A-Za-z]{2,})", name)
    if plain:
        name = f"\\operatorname{{{plain[1] or plain[2]}}}"
    return f"{name} {_tidy(_part(element, 'e', depth))}"


def _limit(mark: str, command: str) -> Callable[[Element, int], str]:
    def write(element: Element, depth: int) -> str:
        base, limit = _tidy(_part(element, "e", depth)), _tidy(_part(element, "lim", depth))
        takes_limits = re.fullmatch(
            r"\\(?:lim|max|min|sup|inf|limsup|liminf|(?:under|over)(?:brace|bracket)\{.*\})", base
        )
        if not takes_limits and re.fullmatch(r"\\mathrm\{\w+\}", base):
            base, takes_limits = f"\\operatorname*{base[7:]}", re.match("", "")
        return f"{base}{mark}{{{limit}}}" if takes_limits else f"\\{command}{{{limit}}}{{{base}}}"

    return write


def _accent(element: Element, depth: int) -> str:
    return f"\\{_ACCENTS.get(_property(element, 'chr', chr(0x302)), 'hat')}{{{_tidy(_part(element, 'e', depth))}}}"


def _bar(element: Element, depth: int) -> str:
    command = "underline" if _property(element, "pos", "bot") == "bot" else "overline"
    return f"\\{command}{{{_tidy(_part(element, 'e', depth))}}}"


def _group(element: Element, depth: int) -> str:
    inner = _tidy(_part(element, "e", depth))
    command = _GROUPS.get(_property(element, "chr", "⏟"))
    return f"\\{command}{{{inner}}}" if command else inner


def _tidy(text: str) -> str:
    """Return LaTeX without the spaces that separate nothing."""
    return re.sub(r" (?=[_^}),.;\]])", "", " ".join(text.split()))


_WRITERS: dict[str, Callable[[Element, int], str]] = {
    "r": _run, "f": _fraction, "sSub": _scripts, "sSup": _scripts, "sSubSup": _scripts, "sPre": _before, "rad": _root,
    "nary": _nary, "d": _delimited, "m": _matrix, "eqArr": _array, "func": _function,
    "limLow": _limit("_", "underset"), "limUpp": _limit("^", "overset"), "acc": _accent, "bar": _bar,
    "groupChr": _group,
}  # fmt: skip
