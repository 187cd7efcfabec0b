"""Values of judged calls as plain JSON, written the same way on both sides and never pickled.

Knows None, bool, int, float, str, list, tuple, dict, numpy arrays and torch tensors. JSON's own forms stand for
themselves (a bool is not an int, an int is not a float); everything else is an object with a `kind`.
"""

from __future__ import annotations

import base64
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .wire import Malformed

DTYPES = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
)
MOST_ARRAY_BYTES = 32 << 20
_MOST_DIMENSIONS = 16
_MOST_DIGITS = 4000
_DEEPEST = 32


class NotPlain(TypeError):
    """A value has no plain form, such as a module, an open file or an instance of a student's class."""


@dataclass(frozen=True)
class PlainTensor:
    """A tensor on a side that has no torch: its numbers as an array."""

    array: Any


def encode(value: Any, depth: int = 0) -> Any:
    """Return the value as JSON. Only exact built-in types: a subclass could answer comparisons as it likes.

    Raises:
        NotPlain: the value, or one in it, has no plain form.
    """
    if depth > _DEEPEST:
        raise NotPlain("values nested deeper than 32 levels cannot be compared")
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind in (int, float):
        return _encode_number(value)
    if kind is list:
        return [encode(item, depth + 1) for item in value]
    if kind is tuple:
        return {"kind": "tuple", "items": [encode(item, depth + 1) for item in value]}
    if kind is dict:
        return {"kind": "dict", "items": [[encode(k, depth + 1), encode(v, depth + 1)] for k, v in value.items()]}
    return _encode_array(value)


def _encode_number(value: int | float) -> Any:
    if isinstance(value, int):
        small = value.bit_length() < 3 * _MOST_DIGITS
        return value if small else {"kind": "big_int", "hex": hex(value)}
    return value if math.isfinite(value) else {"kind": "float", "value": str(value)}


def _encode_array(value: Any) -> dict[str, object]:
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    kind = "array"
    if type(value) is PlainTensor:
        kind, value = "tensor", value.array
    elif torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
        kind, value = "tensor", value.detach().cpu().contiguous().numpy()
    elif numpy is not None and isinstance(value, numpy.generic):
        kind, value = "scalar", numpy.asarray(value)
    if numpy is None or type(value) is not numpy.ndarray or value.dtype.name not in DTYPES:
        raise NotPlain(f"a {type(value).__name__} cannot be handed over; return numbers, lists, arrays or tensors")
    content = base64.b64encode(numpy.ascontiguousarray(value).tobytes()).decode("ascii")
    return {"kind": kind, "dtype": value.dtype.name, "shape": list(value.shape), "base64": content}


def _torch_tensor(array: Any) -> Any:
    import torch

    return torch.from_numpy(array)


def decode(form: object, tensor: Callable[[Any], Any] = _torch_tensor, depth: int = 0) -> Any:
    """Return the value of a form; arrays need numpy, and `tensor` makes a tensor of one (by default torch's).

    Raises:
        Malformed: `encode` writes no such form.
    """
    if depth > _DEEPEST:
        raise Malformed("nested too deep")
    if form is None or isinstance(form, bool | int | float | str):
        return form
    if isinstance(form, list):
        return [decode(item, tensor, depth + 1) for item in form]
    if not isinstance(form, dict):
        raise Malformed(f"a {type(form).__name__} is not JSON")
    try:
        return _decode_object(form, tensor, depth)
    except (TypeError, ValueError) as error:  # a key that cannot be hashed, digits that are none
        raise Malformed(str(error)) from error


def _decode_object(form: dict[str, Any], tensor: Callable[[Any], Any], depth: int) -> Any:
    match (form.get("kind"), form):
        case "float", {"value": "nan" | "inf" | "-inf" as name} if len(form) == 2:
            return float(name)
        case "big_int", {"hex": str(digits)} if len(form) == 2 and len(digits) < _MOST_DIGITS:
            return int(digits, 16)
        case "tuple", {"items": list(items)} if len(form) == 2:
            return tuple(decode(item, tensor, depth + 1) for item in items)
        case "dict", {"items": list(items)} if len(form) == 2:
            if any(not isinstance(pair, list) or len(pair) != 2 for pair in items):
                raise Malformed("a dict's item is not a pair")
            return {decode(k, tensor, depth + 1): decode(v, tensor, depth + 1) for k, v in items}
        case "array" | "tensor" | "scalar" as kind, {"dtype": dtype, "shape": shape, "base64": text}:
            array = _decode_array(dtype, shape, text)
            return tensor(array) if kind == "tensor" else array[()] if kind == "scalar" else array
    raise Malformed("an object of unknown kind")


def _decode_array(dtype: object, shape: object, text: object) -> Any:
    import numpy as np

    if not isinstance(dtype, str) or dtype not in DTYPES or not isinstance(text, str):
        raise Malformed("an array of a type that is not allowed")
    if not isinstance(shape, list) or len(shape) > _MOST_DIMENSIONS:
        raise Malformed("an array without a shape")
    if any(type(side) is not int or side < 0 for side in shape):
        raise Malformed("an array's shape has to be of non-negative integers")
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size > MOST_ARRAY_BYTES:
        raise Malformed(f"an array of {size} bytes; {MOST_ARRAY_BYTES} is the most")
    content = base64.b64decode(text, validate=True)
    if len(content) != size:
        raise Malformed(f"an array's bytes are {len(content)}, its shape says {size}")
    if dtype == "bool" and max(content, default=0) > 1:
        raise Malformed("a truth value that is neither 0 nor 1")
    return np.frombuffer(bytearray(content), dtype=dtype).reshape(shape)
