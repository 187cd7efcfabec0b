"""Names that formulas use: which are read, what they are said to be used by, and what becomes of them."""

import pytest

from ingest.calls import LONGEST_FORMULA, formula_calls
from ingest.evidence_weights import Sign
from ingest.relations import consolidate
from knowledge.model import RelationKind
from tests.ingest.small_course import edges, facts_of

SOFTMAX = (
    "# Softmax\n\nThe softmax function is a function that turns scores into shares. The softmax function is smooth.\n"
)
ATTENTION = "# Attention\n\nAttention is a weighted sum of values. Attention attends to values.\n\n{0}\n\nAttention.\n"


@pytest.mark.parametrize(
    ("text", "used", "defined"),
    [
        (r"$$ \mathbf{a} = \text{softmax}(\mathbf{e}) $$", ["softmax"], ""),
        (r"$\operatorname{Attention}(Q, K) = \mathrm{softmax}\left(QK^\top\right) V$", ["softmax"], "Attention"),
        (r"\\(h_t = tanh(W x_t)\\)", ["tanh"], ""),
        (r"\[ L = \underbrace{a}_\text{data loss} + \text{penalty} \]", ["data loss", "penalty"], ""),
        (r"$D = \sin(x) + \log(y)$, and softmax(x) in words, at a price of 5$", [], ""),
        ("$$" + "x + " * LONGEST_FORMULA + r"\text{softmax}(x)$$", [], ""),
    ],
)
def test_names_on_the_right_are_used_and_one_on_the_left_is_defined(text, used, defined):
    found = list(formula_calls(text))
    assert [call.surface for call in found] == used
    assert all(call.defined == defined for call in found)
    assert all(call.quote in text for call in found)


def test_what_the_formula_of_a_concept_uses_comes_before_it_and_the_formula_is_the_reason():
    formula = r"$$ a = \text{softmax}(e) $$"
    snapshot = consolidate(facts_of(ATTENTION.format(formula), SOFTMAX))  # taught later: a formula is no aside
    edge = edges(snapshot, RelationKind.PREREQUISITE)["softmax function", "Attention"]
    assert [sign.quote.text for sign in edge.evidence if sign.kind == Sign.FORMULA] == [formula]


def test_what_a_formula_defines_rests_on_nothing_by_it():
    formula = r"$$ \text{softmax}(e)_i = \frac{\text{attention}(e)}{Z} $$"
    signs = [
        (sign.kind, pair)
        for pair, edge in edges(
            consolidate(facts_of(SOFTMAX, ATTENTION.format(formula))), RelationKind.PREREQUISITE
        ).items()
        for sign in edge.evidence
    ]
    assert (Sign.FORMULA, ("softmax function", "Attention")) not in signs
