"""What crosses the door is strict JSON and plain values, and nothing else is accepted."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.sandbox import NotPlain, PlainTensor
from tutor.sandbox.guest import values, wire

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_plain = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list | tuple) and type(one) is type(other):
        assert isinstance(other, list | tuple)
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    return type(one) is type(other) and one == other


@given(_plain)
def test_a_value_comes_back_with_its_types_through_strict_json(value: object) -> None:
    line = wire.compose({"v": values.encode(value)})
    assert _same(values.decode(wire.parse(line)["v"]), value)


@pytest.mark.parametrize("dtype", sorted(values.DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 1), (2, 3)])
def test_arrays_come_back_bit_by_bit(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).integers(0, 2, shape).astype(dtype)
    back = values.decode(json.loads(json.dumps(values.encode(array))))
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


def test_a_tensor_crosses_as_its_numbers() -> None:
    form = values.encode(PlainTensor(np.ones(2, np.float32)))
    assert form["kind"] == "tensor"
    assert values.decode(form, tensor=PlainTensor).array.tolist() == [1.0, 1.0]


class _List(list):  # type: ignore[type-arg]  # any list
    pass


@pytest.mark.parametrize(
    "value", [object(), _List([1]), {1, 2}, b"x", lambda: 0, np.array(["a"]), np.array([object()])]
)
def test_values_without_a_plain_form_are_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        values.encode(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(NotPlain):
        values.encode(loop)


_ARRAY = {"kind": "array", "dtype": "float32", "shape": [1], "base64": "AAAAAA=="}


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "pickle", "base64": "gAR9lC4="},
        {**_ARRAY, "dtype": "object"},
        {**_ARRAY, "dtype": "O"},
        {**_ARRAY, "dtype": ["float32"]},
        {**_ARRAY, "shape": [2]},
        {**_ARRAY, "shape": [-1]},
        {**_ARRAY, "shape": [True]},
        {**_ARRAY, "shape": [1.0]},
        {**_ARRAY, "shape": "1"},
        {**_ARRAY, "shape": [1 << 40], "base64": ""},
        {**_ARRAY, "shape": [1] * 40},
        {**_ARRAY, "base64": "AAAA"},
        {**_ARRAY, "base64": "!!!!"},
        {**_ARRAY, "base64": 5},
        {"kind": "array", "dtype": "bool", "shape": [1], "base64": "Ag=="},
        {"kind": "dict", "items": [[1]]},
        {"kind": "dict", "items": [[[1], 2]]},
        {"kind": "big_int", "hex": "zz"},
        {"kind": "float", "value": "1.5"},
        {"kind": "float", "value": "nan", "more": 1},
        {"a": 1},
    ],
)
def test_forms_that_are_never_written_are_malformed(form: object) -> None:
    with pytest.raises(wire.Malformed):
        values.decode(form)


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b"[1]",
        b"1",
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' + b"9" * 100_000 + b"}",
        b'{"a":1}{"b":2}',
    ],
)
def test_lines_that_are_no_strict_object_are_malformed(line: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.parse(line)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_malformed(line: bytes) -> None:
    try:
        assert isinstance(wire.parse(line), dict)
    except wire.Malformed:
        return
