"""What a wrong attempt looks like: from how it fails, from the pattern of its wrong values, and from its own text.

Every finding is about the attempt and says where to look; none says what the reference does there. The pattern rules
know numbers, not problems: mirrored signs, a constant factor, a transposed table, one border, a missing logarithm.
Known faults of a problem are recognised by `tutor.trial`; findings here only order them among the rest.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.problems import Problem
from tutor.sandbox import PlainTensor
from tutor.trial import Trial, Tried


class Sign(enum.IntEnum):
    """What kind of thing was noticed; the earlier, the more it helps to hear of it first."""

    SYNTAX = 0
    STARTER = 1
    LOADING = 2
    ERROR = 3
    STOPPED = 4
    INPUT = 5
    FORM = 6
    NOT_FINITE = 7
    PATTERN = 8
    SLIP = 9
    PLACE = 10
    MISSING = 11
    CASE = 12


@dataclass(frozen=True)
class Finding:
    """One thing noticed about an attempt, in words for the learner."""

    sign: Sign
    words: str


_OPERATIONS = {
    "an exponential": {"exp", "exp2", "expm1", "softmax", "logaddexp", "logsumexp", "cross_entropy", "log_softmax"},
    "a logarithm": {"log", "log2", "log1p", "logaddexp", "logsumexp", "log_softmax", "cross_entropy", "softplus"},
    "a root or a length": {"sqrt", "norm", "normalize", "hypot", "std", "rsqrt"},
    "a limit on positions or values": {"clip", "clamp", "minimum", "maximum", "min", "max"},
    "a rounding down": {"floor", "floor_divide", "trunc", "modf", "divmod"},
    "an average": {"mean", "average", "sum", "cross_entropy"},
    "a choice of places by a condition": {"where", "isfinite", "nonzero", "flatnonzero", "masked_fill"},
    "a sort": {"argsort", "sort", "sorted", "lexsort"},
}


def read(problem: Problem, attempt: str, trial: Trial | None = None) -> list[Finding]:
    """Return what was noticed, the most helpful first; empty where nothing is wrong with what was tried."""
    found = list(_in_text(problem, attempt))
    if trial is not None and not found:
        found += _in_trial(trial)
    if trial is None or trial.failed:
        found += _missing(problem, attempt)
    return sorted(found, key=lambda finding: finding.sign)


def is_worth_trying(problem: Problem, attempt: str) -> bool:
    """Return whether an attempt is written and can be read: otherwise its text says all that there is to say."""
    return all(finding.sign > Sign.STARTER for finding in _in_text(problem, attempt))


def _in_text(problem: Problem, attempt: str) -> Iterator[Finding]:
    try:
        tree = ast.parse(attempt)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f"line {line}" if line else "somewhere"
        said = getattr(error, "msg", None) or str(error)
        yield Finding(Sign.SYNTAX, f"Python cannot read it yet: {said}, at {place}.")
        return
    named = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    function = named.get(problem.function)
    if function is None:
        if not any(problem.function in _assigned(node) for node in tree.body):
            yield Finding(
                Sign.STARTER, f"There is no function called `{problem.function}`; the judge looks for that name."
            )
        return
    if _same_body(function, problem):
        yield Finding(Sign.STARTER, "Nothing is written yet. Begin with what the result's shape has to be.")
    elif not any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function)):
        yield Finding(Sign.STARTER, f"`{problem.function}` never returns a value.")


def _assigned(node: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _same_body(function: ast.FunctionDef, problem: Problem) -> bool:
    return ast.unparse(function) in ast.unparse(ast.parse(problem.starter)) or (
        isinstance(function.body[-1], ast.Raise) and "NotImplementedError" in ast.unparse(function.body[-1])
    )


def _in_trial(trial: Trial) -> Iterator[Finding]:
    if trial.loads:
        yield Finding(Sign.LOADING, f"It does not load: {trial.loads}.")
        return
    yield from (
        Finding(Sign.SLIP, f"Your results are those of a solution with this slip: {s}.") for s in trial.slips[:2]
    )
    if not trial.failed:
        return
    case = trial.failed[0]
    if case.got.error is not None:
        name, said, line = case.got.error
        place = f" on line {line}" if line else ""
        words = f": {said}" if said and case.visible else ""
        yield Finding(Sign.ERROR, f"On {case.name!r} it stops with {name}{place}{words}.")
    elif case.got.stopped:
        yield Finding(Sign.STOPPED, f"On {case.name!r} there is no answer: {case.got.stopped}.")
    else:
        yield from _in_values(case, trial.failed[1:])
    right = sum(not other.wrong for other in trial.cases)
    if right:
        failing = ", ".join(repr(other.name) for other in trial.failed[:3])
        yield Finding(Sign.CASE, f"{right} of {len(trial.cases)} cases are right. What is special about {failing}?")
    else:
        yield Finding(Sign.CASE, f"No case is right yet. Work {case.name!r} out by hand and print each step beside it.")


def _in_values(case: Tried, others: tuple[Tried, ...]) -> Iterator[Finding]:
    """Say what kind of wrong a value is. Of hidden cases no value is told, only its kind."""
    where = f"On {case.name!r}"
    if "changed its own input" in case.wrong:
        yield Finding(Sign.INPUT, f"{where} the function writes into its own arguments.")
        return
    if any(word in case.wrong for word in ("shape", "dtype", " is a", "is None", "items", "keys")):
        yield Finding(Sign.FORM, f"{where} the form is not what the statement fixes: {case.wrong}.")
        return
    for part, got, want in _parts(case.got.value, case.want):
        name = f" (part {part} of the result)" if part else ""
        if not np.all(np.isfinite(got)) and np.all(np.isfinite(want)):
            yield Finding(Sign.NOT_FINITE, f"{where}{name} some values are infinite or NaN. Which step can do that?")
        else:
            shared = patterns(got, want) if want.size > 1 else _in_all(got, want, others)
            yield from (Finding(sign, f"{where}{name} {words}") for sign, words in shared)


def _in_all(got: Any, want: Any, others: tuple[Tried, ...]) -> Iterator[tuple[Sign, str]]:
    """Yield the patterns of a single number that all its cases show: one number alone fits some pattern by chance."""
    numbers = [(a, b) for case in others if case.got.error is None for _, a, b in _parts(case.got.value, case.want)]
    seen = [set(patterns(a, b)) for a, b in numbers if a.size == 1][:4]
    if seen:
        yield from (found for found in patterns(got, want) if all(found in other for other in seen))


def _parts(got: Any, want: Any) -> Iterator[tuple[int, Any, Any]]:
    """Yield the first part of a result that differs, as arrays: its number from 1, or 0 where there is one only."""
    pairs = list(zip(got, want, strict=True)) if isinstance(want, tuple) else [(got, want)]
    for number, (a, b) in enumerate(pairs, 1):
        have, need = (np.asarray(x.array if isinstance(x, PlainTensor) else x) for x in (a, b))
        if have.shape != need.shape or need.dtype.kind not in "fiub" or have.dtype.kind not in "fiub":
            continue
        have, need = have.astype(np.float64), need.astype(np.float64)
        if not np.allclose(have, need, rtol=1e-4, atol=1e-6, equal_nan=True):
            yield (number if len(pairs) > 1 else 0), have, need
            return


def patterns(got: Any, want: Any) -> Iterator[tuple[Sign, str]]:
    """Yield what kind of wrong the values are, as words about `got`; both are float64 arrays of one shape."""
    if got.size > 1 and np.ptp(got) == 0 and np.ptp(want) > 0:
        yield Sign.PATTERN, f"every value is the same ({got.flat[0]:.4g}), though the wanted ones differ."
        return
    yield from _by_a_number(got, want)
    yield from _moved(got, want)
    yield from _by_a_function(got, want)
    yield from _by_place(got, want)


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=1e-3, atol=1e-6))


def _by_a_number(got: Any, want: Any) -> Iterator[tuple[Sign, str]]:
    if not np.all(np.isfinite(want)):
        return
    if _close(got, -want):
        yield Sign.PATTERN, "every value has the right size and the wrong sign."
        return
    sizeable = np.abs(want) > 1e-6
    if sizeable.any():
        ratio = float(np.median(got[sizeable] / want[sizeable]))
        if abs(ratio) > 1e-9 and _close(got, ratio * want) and (want.size > 1 or _telling(ratio)):
            yield (
                Sign.PATTERN,
                f"every value is about {ratio:.4g} times what is wanted. Where does such a factor come from?",
            )
            return
    if want.size > 1 and _close(got - want, np.mean(got - want)):
        yield Sign.PATTERN, f"every value is off by the same amount, {np.mean(got - want):.4g}."
    elif want.ndim > 1 and want.shape[-1] > 1 and _close(want.sum(-1), 1) and not _close(got.sum(-1), 1):
        yield Sign.PATTERN, "the rows should each add up to one, and do not."


def _telling(ratio: float) -> bool:
    """Return whether a single number's ratio is one that has a cause: small whole numbers, and one over them."""
    return any(abs(r - round(r)) < 1e-3 and 2 <= round(r) <= 100 for r in (abs(ratio), 1 / abs(ratio)))


def _moved(got: Any, want: Any) -> Iterator[tuple[Sign, str]]:
    if want.size < 3:
        return
    if want.ndim >= 2 and want.shape[0] == want.shape[1] and _close(np.swapaxes(got, 0, 1), want):
        yield Sign.PATTERN, "the right values stand in the wrong places: rows and columns are exchanged."
        return
    for axis in range(want.ndim):
        if want.shape[axis] > 2:
            if _close(np.flip(got, axis), want):
                yield Sign.PATTERN, f"the right values stand in reverse order along axis {axis}."
                return
            for step in (1, -1):
                if _close(np.roll(got, step, axis), want):
                    yield Sign.PATTERN, f"the right values are one place off along axis {axis}."
                    return
    if _close(np.sort(got, axis=None), np.sort(want, axis=None)):
        yield Sign.PATTERN, "all the right values are there, in another order."


def _by_a_function(got: Any, want: Any) -> Iterator[tuple[Sign, str]]:
    """Functions that may be missing or too many; never asked of signs alone."""
    if not np.all(np.isfinite(want)) or not np.all(np.isfinite(got)):
        return
    with np.errstate(all="ignore"):
        relations = (
            (np.exp(want), "what you return is the exponential of what is wanted: is a logarithm missing?"),
            (np.exp(-want), "what you return is the exponential of minus what is wanted: is a logarithm missing?"),
            (np.log(np.abs(want)), "what you return is the logarithm of what is wanted: is there one too many?"),
            (want**2, "what you return is the square of what is wanted."),
            (np.sqrt(np.abs(want)), "what you return is the root of what is wanted."),
            (1 - want, "what you return is one minus what is wanted."),
        )
    for value, words in relations:
        if np.all(np.isfinite(value)) and not _close(value, want) and _close(got, value):
            yield Sign.PATTERN, words
            return


def _by_place(got: Any, want: Any) -> Iterator[tuple[Sign, str]]:
    with np.errstate(invalid="ignore"):
        wrong = ~(np.isclose(got, want, rtol=1e-3, atol=1e-6) | (got == want))
    if want.size < 4 or wrong.all():
        return
    for axis in range(want.ndim):
        others = tuple(n for n in range(want.ndim) if n != axis)
        rows = np.flatnonzero(wrong.any(axis=others))
        if want.shape[axis] > 2 and len(rows) == 1:
            place = {0: "first", want.shape[axis] - 1: "last"}.get(int(rows[0]), f"index {rows[0]}")
            yield Sign.PLACE, f"only the {place} entry along axis {axis} is wrong; the rest is right."
            return
    yield Sign.PLACE, f"{int(wrong.sum())} of {wrong.size} values are wrong. What do the places that are wrong share?"


def _missing(problem: Problem, attempt: str) -> Iterator[Finding]:
    used, needed = _called(attempt), _called(problem.reference)
    for what, names in _OPERATIONS.items():
        if needed & names and not used & names:
            yield Finding(Sign.MISSING, f"Your code has no step of this kind: {what}. Does the task need one?")
            return


def _called(code: str) -> set[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return set()
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
    }
