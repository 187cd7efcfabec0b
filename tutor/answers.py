"""Compares an answer with what was wanted; pure, and exact about types.

A value is compared by its class first (a bool is no int, an array no list, a tensor no array), then by shape, then by
number; NaN equals nothing but a wanted NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tutor.problems import Rules
from tutor.sandbox import PlainTensor

_SHOWN_CHARACTERS = 300


def difference(got: Any, want: Any, rules: Rules, where: str = "result") -> str:
    """Return in words how `got` differs from `want` first, or "" where it does not."""
    if _class_of(got) != _class_of(want):
        return f"{where} is {_class_of(got)}, expected {_class_of(want)}"
    if isinstance(want, list | tuple | dict):
        return _of_parts(got, want, rules, where)
    if want is None or isinstance(want, bool | str):
        return "" if got == want else f"{where} is {shown(got)}, expected {shown(want)}"
    return _numbers(got, want, rules, where)


def _of_parts(got: Any, want: Any, rules: Rules, where: str) -> str:
    if len(got) != len(want):
        return f"{where} has {len(got)} items, expected {len(want)}"
    if isinstance(want, dict) and set(got) != set(want):
        return f"{where} has keys {sorted(map(repr, got))[:10]}, expected {sorted(map(repr, want))[:10]}"
    places = list(want) if isinstance(want, dict) else range(len(want))
    return next(filter(None, (difference(got[p], want[p], rules, f"{where}[{p!r}]") for p in places)), "")


def _class_of(value: Any) -> str:
    if isinstance(value, PlainTensor):
        return "a tensor"
    if isinstance(value, np.ndarray):
        return "an array"
    if isinstance(value, np.generic | bool | int | float | complex):
        return {"b": "a bool", "i": "an int", "u": "an int", "f": "a float"}.get(
            np.asarray(value).dtype.kind, "a number"
        )
    return {type(None): "None", str: "a string"}.get(type(value), f"a {type(value).__name__}")


def _numbers(got: Any, want: Any, rules: Rules, where: str) -> str:
    if isinstance(want, PlainTensor):
        got, want = got.array, want.array
    if type(got) is int and type(want) is int:
        return "" if got == want else f"{where} is {shown(got)}, expected {shown(want)}"
    have, need = np.asarray(got), np.asarray(want)
    if have.shape != need.shape:
        return f"{where} has shape {have.shape}, expected {need.shape}"
    if (have.dtype != need.dtype) if rules.exact_dtype else (have.dtype.kind != need.dtype.kind):
        return f"{where} has dtype {have.dtype}, expected {need.dtype}"
    if need.dtype.kind in "biu":
        right = have == need
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            close = np.abs(have - need) <= rules.atol + rules.rtol * np.abs(need)
        right = (close & np.isfinite(need)) | (have == need) | (np.isnan(have) & np.isnan(need))
    if np.all(right):
        return ""
    if not np.all(np.isfinite(have)) and np.all(np.isfinite(need)):
        return f"{where} has values that are not finite"
    with np.errstate(invalid="ignore"):
        largest = (
            float(np.max(np.abs(have.astype(np.float64) - need.astype(np.float64)))) if need.dtype.kind != "c" else 0
        )
    return f"{where} is off at {int(np.size(right) - np.sum(right))} of {np.size(right)} values, by up to {largest:.3g}"


def _represented(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no integer of more than some 4,300 digits
        return f"{_class_of(value)} with an integer too long to be written"


def shown(value: Any) -> str:
    """Return the value in short, for a person."""
    if isinstance(value, PlainTensor):
        text = f"tensor {np.array2string(value.array, precision=4, threshold=40)}"
    elif isinstance(value, np.ndarray):
        text = f"array {np.array2string(value, precision=4, threshold=40)}"
    else:
        text = _represented(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "..."
