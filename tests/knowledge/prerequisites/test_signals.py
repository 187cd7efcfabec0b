"""Signals answer two questions apart: order changes its sign with the names, belonging does not change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.prerequisites.signals import Belonging, Order, belonging_signals, order_signals
from knowledge.prerequisites.usage import Usage
from knowledge.prerequisites.weights import TEXT, WHOLE

NUMBERS = st.frozensets(st.integers(0, 12), max_size=8)


def usage(name="a", chunks=(), documents=None, first=None, defining=(), rarity=1.0):
    return Usage(
        name, (), frozenset(chunks), frozenset(defining), frozenset(defining),
        frozenset(chunks if documents is None else documents), first or {}, tuple(name.split()), rarity,
    )  # fmt: skip


@st.composite
def usages(draw):
    chunks = draw(NUMBERS)
    first = draw(st.dictionaries(st.sampled_from("xyz"), st.floats(0, 90), max_size=3))
    defining = frozenset(draw(st.sets(st.sampled_from(sorted(chunks)), max_size=3))) if chunks else ()
    name = draw(
        st.sampled_from(["attention", "self attention", "attention mask", "gradient", "kernel", "the kernel trick"])
    )
    return usage(name, chunks, draw(NUMBERS), first, defining, draw(st.none() | st.floats(0, 9)))


@settings(deadline=None)
@given(usages(), usages(), st.floats(-1, 1), st.floats(-3, 3))
def test_signals_of_order_change_their_sign_with_the_names_and_those_of_belonging_stay(one, other, stated, level):
    forth = order_signals(one, other, distance=stated, stated=stated, level=level)
    back = order_signals(other, one, distance=-stated, stated=-stated, level=-level)
    assert {signal: -value for signal, value in back.items()} == pytest.approx(forth)
    assert set(forth) == set(Order)
    together = belonging_signals(one, other)
    assert together == belonging_signals(other, one)
    assert set(together) == set(Belonging)
    assert all(0 <= value <= 1 for value in together.values())


@settings(deadline=None)
@given(usages(), usages(), st.sampled_from([TEXT, WHOLE]))
def test_two_names_share_what_belongs_together_between_their_two_orders(one, other, weights):
    forth = weights.comes_first(order_signals(one, other))
    back = weights.comes_first(order_signals(other, one))
    assert forth + back == pytest.approx(1.0)
    belong = weights.belong(belonging_signals(one, other))
    assert 0 < weights.score(belong, forth) < 1
    assert (weights.score(belong, forth) > weights.score(belong, back)) == (forth > back)


def test_a_name_inside_a_longer_one_comes_first_and_its_end_is_its_head():
    signals = order_signals(usage("attention"), usage("multi-head attention".replace("-", " ")))
    assert (signals[Order.HEAD], signals[Order.INSIDE]) == (1, 0)
    signals = order_signals(usage("kernel"), usage("kernel trick"))
    assert (signals[Order.HEAD], signals[Order.INSIDE]) == (0, 1)
    signals = order_signals(usage("kernels"), usage("kernel trick"))
    assert signals[Order.INSIDE] == 1
    signals = order_signals(usage("gradient"), usage("kernel trick"))
    assert (signals[Order.HEAD], signals[Order.INSIDE]) == (0, 0)


def test_what_more_lessons_name_is_more_general_and_silence_says_nothing():
    everywhere, once = usage("vector", range(20)), usage("whitening", [3])
    assert order_signals(everywhere, once)[Order.GENERALITY] > 1
    assert order_signals(everywhere, usage("unheard"))[Order.GENERALITY] == 0
    assert order_signals(usage("common", rarity=0.5), usage("rare", rarity=5.0))[Order.RARITY] == 4.0
    assert order_signals(usage("common", rarity=0.5), usage("unheard", rarity=None))[Order.RARITY] == 0


def test_order_in_the_course_counts_only_in_courses_that_name_both():
    early, late = usage("a", first={"one": 1.0, "two": 50.0}), usage("b", first={"one": 40.0})
    assert order_signals(early, late)[Order.TAUGHT_FIRST] == pytest.approx(1.0, abs=0.01)
    assert order_signals(early, usage("c", first={"three": 0.0}))[Order.TAUGHT_FIRST] == 0


def test_a_definition_that_names_the_other_rests_on_it():
    vector, embedding = usage("vector", [1, 2, 7]), usage("embedding", [5, 7], defining=[7])
    assert order_signals(vector, embedding)[Order.DEFINED_BY] == pytest.approx(0.5)


def test_more_evidence_never_lowers_the_probability_that_it_speaks_for():
    quiet = dict.fromkeys(Order, 0.0)
    for weights in (TEXT, WHOLE):
        assert weights.comes_first(quiet) == 0.5
        for signal in Order:
            assert weights.comes_first({**quiet, signal: 1.0}) >= 0.5
        apart = dict.fromkeys(Belonging, 0.0)
        assert all(weights.belong({**apart, one: 1.0}) >= weights.belong(apart) for one in Belonging)
        assert weights.score(weights.cut, 1.0) == pytest.approx(0.5)
