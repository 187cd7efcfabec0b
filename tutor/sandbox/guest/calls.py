"""Answers the judge: one call of one function of the student's, arguments and result as plain typed values.

Holds no test, no expected value and no reference: those never enter the box.
"""

from __future__ import annotations

import types
from typing import Any

from .cells import describe
from .values import NotPlain, decode, encode


def answer(module: types.ModuleType, order: dict[str, Any]) -> dict[str, Any]:
    """Return the reply to a `call` order: `value`, or `error` where there is no such function or it raised."""
    try:
        function = module.__dict__[order["function"]]
        value = function(
            *[decode(form) for form in order["args"]], **{k: decode(v) for k, v in order["kwargs"].items()}
        )
        return {"type": "reply", "value": encode(value)}
    except KeyError as error:
        if order["function"] not in module.__dict__:
            told = NameError(f"the submission defines no {order['function']!r}")
            return {"type": "reply", "error": describe(told, "submission")}
        return {"type": "reply", "error": describe(error, "submission")}
    except NotPlain as error:
        return {"type": "reply", "error": describe(error, "submission")}
    except BaseException as error:  # noqa: BLE001 - whatever a submission raises is its answer, exit included
        return {"type": "reply", "error": describe(error, "submission")}
