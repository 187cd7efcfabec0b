"""Answers are compared by class, shape and number, and nothing odd is equal to anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.answers import difference
from tutor.problems import Rules
from tutor.sandbox import PlainTensor

RULES = Rules(atol=1e-6, rtol=1e-5)
_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_plain)
def test_every_value_is_equal_to_itself(value: object) -> None:
    assert difference(value, value, RULES) == ""


@given(_plain, _plain)
def test_difference_is_symmetric_in_whether_there_is_one(one: object, other: object) -> None:
    strict = Rules(atol=0, rtol=0)
    assert bool(difference(one, other, strict)) == bool(difference(other, one, strict))


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (True, 1),
        (1, 1.0),
        ([1], (1,)),
        (np.ones(2), [1.0, 1.0]),
        (PlainTensor(np.ones(2)), np.ones(2)),
        (np.ones((2, 1)), np.ones(2)),
        (np.ones(2, dtype=int), np.ones(2)),
        (float("nan"), 0.0),
        (np.array([np.nan]), np.array([0.0])),
        (np.array([np.inf]), np.array([1e300])),
        (float("inf"), float("-inf")),
        (1.0, float("inf")),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [1, 2, 3]),
        (None, 0),
        ("1", 1),
        (2**70 + 1, 2**70),
    ],
)
def test_values_of_another_kind_or_size_differ(got: object, want: object) -> None:
    assert difference(got, want, RULES)


def test_numbers_within_the_tolerance_are_equal_and_past_it_not() -> None:
    want = np.array([1.0, 100.0])
    assert difference(want + np.array([1e-5, 1e-3]), want, RULES) == ""
    assert "1 of 2" in difference(want + np.array([1e-3, 0.0]), want, RULES)


def test_a_wanted_nan_or_infinity_can_be_met() -> None:
    want = np.array([np.nan, np.inf, 1.0])
    assert difference(want.copy(), want, RULES) == ""


def test_precision_counts_only_where_the_problem_says_so() -> None:
    single, double = np.ones(2, np.float32), np.ones(2)
    assert difference(single, double, RULES) == ""
    assert "dtype" in difference(single, double, Rules(exact_dtype=True))


def test_the_place_of_the_first_difference_is_named() -> None:
    assert difference({"a": [1, 2]}, {"a": [1, 3]}, RULES) == "result['a'][1] is 2, expected 3"
