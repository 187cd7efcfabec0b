"""Office formulas become the LaTeX that a person would write; unknown structure keeps its text."""

from __future__ import annotations

import pytest
from lxml import etree

from ingest.omml import latex

NS = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def r(text: str, properties: str = "") -> str:
    return f"<m:r>{f'<m:rPr>{properties}</m:rPr>' if properties else ''}<m:t>{text}</m:t></m:r>"


def e(inner: str) -> str:
    return f"<m:e>{inner}</m:e>"


def converted(inner: str, name: str = "oMath") -> str:
    return latex(etree.fromstring(f"<m:{name} {NS}>{inner}</m:{name}>"))


FRACTION = f"<m:f><m:num>{r('a')}</m:num><m:den>{r('b')}</m:den></m:f>"
SUBSCRIPTED = f"<m:sSub>{e(r('x'))}<m:sub>{r('i')}</m:sub></m:sSub>"
BRACKETED = f"<m:d>{e(r('z'))}</m:d>"
SUM = (
    f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{r("i=1")}</m:sub><m:sup>{r("n")}</m:sup>'
    f"{e(SUBSCRIPTED)}</m:nary>"
)
MATRIX = f"<m:m><m:mr>{e(r('1'))}{e(r('0'))}</m:mr><m:mr>{e(r('0'))}{e(r('1'))}</m:mr></m:m>"
CASES = (
    '<m:d><m:dPr><m:begChr m:val="{"/><m:endChr m:val=""/></m:dPr>'
    + e(f"<m:eqArr>{e(r('x, x≥0'))}{e(r('0, x&lt;0'))}</m:eqArr>")
    + "</m:d>"
)


@pytest.mark.parametrize(
    ("inner", "written"),
    [
        (r("E=mc") + f"<m:sSup>{e(r('x'))}<m:sup>{r('2')}</m:sup></m:sSup>", "E=mcx^2"),
        (FRACTION, r"\frac{a}{b}"),
        (FRACTION.replace("<m:num>", '<m:fPr><m:type m:val="noBar"/></m:fPr><m:num>'), r"\binom{a}{b}"),
        (SUM, r"\sum_{i=1}^n x_i"),
        (f"<m:rad><m:radPr><m:degHide m:val=\"1\"/></m:radPr><m:deg/>{e(r('d'))}</m:rad>", r"\sqrt{d}"),
        (f"<m:rad><m:deg>{r('3')}</m:deg>{e(r('d'))}</m:rad>", r"\sqrt[3]{d}"),
        (f"<m:func><m:fName>{r('softmax')}</m:fName>{e(BRACKETED)}</m:func>", r"\operatorname{softmax} (z)"),
        (f"<m:func><m:fName>{r('log')}</m:fName>{e(r('p'))}</m:func>", r"\log p"),
        (f"<m:d>{e(FRACTION)}</m:d>", r"\left( \frac{a}{b} \right)"),
        (f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>{e(MATRIX)}</m:d>',
         r"\left[ \begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix} \right]"),
        (CASES, r"\begin{cases} x, x\geq 0 \\ 0, x<0 \end{cases}"),
        (f'<m:acc><m:accPr><m:chr m:val="̂"/></m:accPr>{e(r("θ"))}</m:acc>', r"\hat{\theta}"),
        (f'<m:bar><m:barPr><m:pos m:val="top"/></m:barPr>{e(r("x"))}</m:bar>', r"\overline{x}"),
        (f"<m:limLow>{e(r('argmin'))}<m:lim>{r('θ')}</m:lim></m:limLow>", r"\operatorname*{argmin}_{\theta}"),
        (f"<m:limLow>{e(r('lim'))}<m:lim>{r('n→∞')}</m:lim></m:limLow>", r"\lim_{n\to \infty}"),
        (r("if and only if", "<m:nor/>"), r"\text{if and only if}"),
        (r("R", '<m:scr m:val="double-struck"/>'), r"\mathbb{R}"),
        (r("𝑤∈ℝ") , r"w\in \mathbb{R}"),
        (r("50% of $x_1"), r"50\% of \$x\_1"),
        (f"<m:unknown>{e(r('kept'))}</m:unknown>", r"\mathrm{kept}"),
    ],
)  # fmt: skip
def test_a_construct_is_written(inner: str, written: str) -> None:
    assert converted(inner) == written


def test_several_formulas_of_a_paragraph_are_lines() -> None:
    assert converted(f"<m:oMath>{r('a')}</m:oMath><m:oMath>{r('b')}</m:oMath>", "oMathPara") == r"a \\ b"


def test_deep_nesting_ends_as_text() -> None:
    deep = "<m:d><m:e>" * 100 + r("x") + "</m:e></m:d>" * 100
    assert "x" in converted(deep)
