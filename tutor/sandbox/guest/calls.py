"""Answers the judge: one call of one function of the student's, arguments and result as plain typed values.

Holds no test, no expected value and no reference: those never enter the box.
"""

from __future__ import annotations

import types
from typing import Any

from .cells import describe
from .values import decode, encode


def answer(module: types.ModuleType, order: dict[str, Any]) -> dict[str, Any]:
    """Return the reply to a `call` order: `value` and `args` as the call left them, or `error` where it raised."""
    try:
        function = module.__dict__.get(order["function"])
        if function is None:
            raise NameError(f"the submission defines no {order['function']!r}")
        args = [decode(form) for form in order["args"]]
        value = function(*args, **{name: decode(form) for name, form in order["kwargs"].items()})
        return {"type": "reply", "value": encode(value), "args": [encode(arg) for arg in args]}
    except BaseException as error:  # noqa: BLE001 - whatever a submission raises is its answer, exit included
        return {"type": "reply", "error": describe(error, "submission")}
