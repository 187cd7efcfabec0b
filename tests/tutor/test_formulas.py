from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.formulas import Kind, closed, stretches

MARKDOWN = st.text(alphabet="ab 5x=_^\\[]()$`~\n>-*{}c1!<", max_size=80)


def shown(text: str) -> str:
    return "".join(stretch.shown for stretch in stretches(text))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"so \(x^2\) is", "so $x^2$ is"),
        (r"so $x^2$ is", "so $x^2$ is"),
        ("\\[\nx = y\n\\]", "$$\nx = y\n$$"),
        ("$$x = y$$", "$$\nx = y\n$$"),
        ("> \\[x\\]", "> $$\n> x\n> $$"),
        ("a \\[ x = y \\] b", "a $\\displaystyle x = y$ b"),
        ("- $$x$$", "- $\\displaystyle x$"),
        ("\\[x\\], where y", "$$\nx\n$$\n, where y"),
        ("\\[\na\n\n\\\\ b\n\\]", "$$\na\n\\\\ b\n$$"),
        ("$5x$", "$5x$"),
        (r"$\sim$6000", r"$\sim$6000"),
        ("$x\ny$", "$x y$"),
        ("$n![k](m)<a$", "$n! [k] (m)< a$"),
        (r"\(\$5\)", r"$\text{\textdollar}5$"),
    ],
)
def test_a_formula_is_written_as_the_page_reads_it(written, read):
    assert shown(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("$5-$10 or $a$", r"\$5-\$10 or $a$"),
        ("it costs $5", r"it costs \$5"),
        ("$250,000 to $300,000", r"\$250,000 to \$300,000"),
        ("from $5, or 10$ abroad", r"from \$5, or 10\$ abroad"),
        (r"already \$5 escaped", r"already \$5 escaped"),
        ("$ x $", r"\$ x \$"),
        (r"see \[1\] and \(see below\)", r"see \[1\] and \(see below\)"),
        (r"two \\[0.5em] more", r"two \\[0.5em] more"),
        ("$x\n\ny$", "\\$x\n\ny\\$"),
    ],
)
def test_money_and_escaped_brackets_stay_text(written, read):
    assert shown(written) == read


@pytest.mark.parametrize(
    "code",
    ["`$x$`", "``a ` $b$``", "```python\nprice = '$5'\n```", "~~~\n\\[x\\]\n~~~", "- ```\n  $a$\n  ```", "```\n$x"],
)
def test_code_is_left_alone(code):
    assert shown(code) == code
    assert all(stretch.kind is Kind.CODE or "$" not in stretch.text for stretch in stretches(code))


@given(MARKDOWN)
def test_no_character_is_lost_between_stretches(text):
    assert "".join(stretch.text for stretch in stretches(text)) == text


@given(MARKDOWN)
def test_every_dollar_left_outside_formulas_and_code_is_escaped(text):
    for stretch in stretches(text):
        if stretch.kind is Kind.PLAIN:
            bare = stretch.shown.replace("\\\\", "")
            assert bare.count("$") == bare.count("\\$")


@given(st.text(alphabet="abxyz=+-^_{} ", min_size=1, max_size=30).filter(lambda s: s.strip()))
def test_all_four_notations_of_a_formula_come_out_the_same(formula):
    formula = f"x_1 {formula}".strip()
    inline = shown(f"a \\({formula}\\) b")
    assert inline == shown(f"a ${formula}$ b")
    assert shown(f"\\[{formula}\\]") == shown(f"$${formula}$$")


@pytest.mark.parametrize(
    ("growing", "held_back"),
    [
        (r"so \[ a + ", "so "),
        (r"so \(x", "so "),
        ("so $$ a", "so "),
        ("ok $x$ and $y", "ok $x$ and "),
        ("half a mark \\", "half a mark "),
        ("costs $5 and", "costs $5 and"),
        (r"\(a\) done", r"\(a\) done"),
        ("```\n\\[ in code", "```\n\\[ in code"),
    ],
)
def test_a_formula_that_is_not_closed_yet_is_held_back(growing, held_back):
    assert closed(growing) == held_back


@given(MARKDOWN)
def test_what_is_held_back_is_only_an_end(text):
    assert text.startswith(closed(text))


def test_many_unclosed_marks_do_not_take_quadratic_time():
    assert "".join(s.text for s in stretches("\\[" * 5_000 + "`" * 3 + "$a " * 5_000)).startswith("\\[")
