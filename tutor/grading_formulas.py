"""Whether two formulas are the same function: an own reader for a small language, and values at fixed points.

Knows sums, products, powers and named functions of letters; refuses everything else, and evaluates no text. The work is
bounded by the size of the tree, so a hostile formula costs microseconds: no simplifier that may run for ever.

Two formulas are taken as equal if they agree at many points (Schwartz 1980, Zippel 1979: for polynomials the chance of
agreeing by accident is at most degree / number of values; elementary functions are tested alike), of both signs.
"""

from __future__ import annotations

import cmath
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tutor.grades import FormulaKey, Grade, Verdict

MOST_CHARACTERS = 300
_MOST_DEPTH = 60
_POINTS = 40
_ENOUGH = 8
"""Points at least at which both formulas have a real value; with fewer nothing is said."""
_CLOSE = 1e-9
_LEADS = re.compile(r"^\s*(?:[A-Za-z]\w{0,12}(?:\([A-Za-z, ]*\))?)\s*=(?!=)")
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<name>\\?[A-Za-z]+(?:_\{?\w{1,8}\}?)?)|(?P<sign>.))")
_REWRITES = (
    (r"\\left|\\right|\\,|\\;|\\!|\$", ""),
    (r"\\(?:cdot|times)", "*"),
    (r"[·×]", "*"),
    (r"[−–]", "-"),
    (r"\*\*", "^"),
    (r"\\[dt]?frac", r"\\frac"),
)


def _sigmoid(x: complex) -> complex:
    return 1 / (1 + cmath.exp(-x))


_FUNCTIONS: Mapping[str, Callable[[complex], complex]] = {
    "exp": cmath.exp,
    "log": cmath.log,
    "ln": cmath.log,
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "abs": abs,
    "sigmoid": _sigmoid,
}
_CONSTANTS = {"pi": math.pi, "e": math.e}
_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega".split()
)
_Value = Callable[[Mapping[str, complex]], complex]


class FormulaUnreadable(Exception):
    """The text is no formula of the small language; the message says what was met."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read: its letters, and its value for values of them."""

    letters: frozenset[str]
    value: _Value


def read_formula(text: str) -> Formula:
    """Return the formula that the text writes; a name before `=` is taken off (`y = x + 1`).

    Raises:
        FormulaUnreadable: it is too long, too deep, or not in the language.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaUnreadable(f"a formula of more than {MOST_CHARACTERS} characters is not read")
    bare = _LEADS.sub("", text.strip().rstrip("."))
    for pattern, sign in _REWRITES:
        bare = re.sub(pattern, sign, bare)
    reader = _Reader(bare)
    value = reader.sum()
    if reader.ahead:
        raise FormulaUnreadable(f"“{reader.ahead}” was not expected")
    return Formula(frozenset(reader.letters), value)


class _Reader:
    """Reads by recursive descent: sum, product, sign, power, atom; letters side by side are multiplied."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.letters: set[str] = set()
        self._position, self._depth = 0, 0
        for match in _TOKEN.finditer(text.rstrip()):
            kind = str(match.lastgroup)
            token = match.group(kind)
            pieces = _names(token) if kind == "name" else [token]
            self.tokens.extend((kind, piece) for piece in pieces)

    @property
    def ahead(self) -> str:
        """The next token, empty at the end."""
        return self.tokens[self._position][1] if self._position < len(self.tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self.ahead
        if not token or (wanted and token not in wanted):
            raise FormulaUnreadable(
                f"“{token or 'the end'}” was met where {' or '.join(wanted) or 'more'} was expected"
            )
        self._position += 1
        return token

    def sum(self) -> _Value:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise FormulaUnreadable("it is nested too deeply")
        total = self._product()
        while self.ahead in ("+", "-"):
            sign, left, right = (1 if self._take() == "+" else -1), total, self._product()
            total = _plus(left, right, sign)
        self._depth -= 1
        return total

    def _product(self) -> _Value:
        product = self._signed()
        while (token := self.ahead) and token not in "+-)}],=|":
            divide = token == "/"
            if token in "*/":
                self._take()
            product = _divided(product, self._signed()) if divide else _times(product, self._signed())
        return product

    def _signed(self) -> _Value:
        if self.ahead not in ("+", "-"):
            return self._power()
        sign, self._depth = self._take(), self._depth + 1
        if self._depth > _MOST_DEPTH:
            raise FormulaUnreadable("it is nested too deeply")
        inner = self._signed()
        self._depth -= 1
        return (lambda at: -inner(at)) if sign == "-" else inner

    def _power(self) -> _Value:
        base = self._atom()
        if self.ahead != "^":
            return base
        self._take()
        exponent = self._signed()
        return lambda at: _raised(base(at), exponent(at))

    def _atom(self) -> _Value:
        if not self.ahead:
            raise FormulaUnreadable("it ends too early")
        kind, token = self.tokens[self._position]
        self._take()
        if kind == "number":
            number = float(token)
            return lambda at: number
        if token in "({[|":
            inner = self.sum()
            self._take({"(": ")", "{": "}", "[": "]", "|": "|"}[token])
            return (lambda at: abs(inner(at))) if token == "|" else inner
        if kind != "name":
            raise FormulaUnreadable(f"“{token}” was not expected")
        return self._named(token)

    def _named(self, name: str) -> _Value:
        if name == "frac":
            above = self._braced()
            below = self._braced()
            return _divided(above, below)
        if name in _FUNCTIONS:
            return self._function(_FUNCTIONS[name])
        if name in _CONSTANTS:
            constant = _CONSTANTS[name]
            return lambda at: constant
        self.letters.add(name)
        return lambda at: at[name]

    def _braced(self) -> _Value:
        self._take("{")
        inner = self.sum()
        self._take("}")
        return inner

    def _function(self, function: Callable[[complex], complex]) -> _Value:
        exponent: _Value | None = None
        if self.ahead == "^":  # sin^2(x)
            self._take()
            exponent = self._atom()
        inner = self._atom() if self.ahead in ("(", "{", "[") else self._power()
        if exponent is None:
            return lambda at: function(inner(at))
        power = exponent
        return lambda at: _raised(function(inner(at)), power(at))


def _names(token: str) -> list[str]:
    """Return the names in a run of letters: `alpha` is one, `ab` are two, `x_1` and what has a backslash are one."""
    bare = token.removeprefix("\\").replace("{", "").replace("}", "")
    stem, mark, index = bare.partition("_")
    if token.startswith("\\") or stem in _FUNCTIONS or stem in _GREEK or len(stem) == 1 or stem == "frac":
        return [bare]
    if len(stem) > 3:
        return [bare]  # a word such as `loss` is one name
    return [*stem[:-1], f"{stem[-1]}{mark}{index}"]


def _plus(left: _Value, right: _Value, sign: int) -> _Value:
    return lambda at: left(at) + sign * right(at)


def _times(left: _Value, right: _Value) -> _Value:
    return lambda at: left(at) * right(at)


def _divided(left: _Value, right: _Value) -> _Value:
    return lambda at: left(at) / right(at)


def _raised(base: complex, exponent: complex) -> complex:
    return complex(base) ** exponent


def grade_formula(key: FormulaKey, answer: str) -> Grade:
    """Return whether the answer is the key's function of the same letters.

    Raises:
        ValueError: the key itself cannot be read.
    """
    try:
        wanted = read_formula(key.formula)
    except FormulaUnreadable as error:
        raise ValueError(f"the key {key.formula!r} cannot be read: {error}") from error
    try:
        given = read_formula(answer)
    except FormulaUnreadable as error:
        return Grade(Verdict.UNSURE, f"This could not be read as a formula: {error}.")
    if given.letters - wanted.letters:
        unknown = ", ".join(sorted(given.letters - wanted.letters))
        return Grade(Verdict.UNSURE, f"The question does not use {unknown}; please write it in its letters.")
    agreeing = _agreeing_points(wanted, given)
    if agreeing is None:
        return Grade(Verdict.WRONG, "It differs from what is asked for some values.")
    if agreeing < _ENOUGH:
        return Grade(Verdict.UNSURE, "It could not be compared at enough values.")
    return Grade(Verdict.RIGHT, "That is right.")


def _agreeing_points(first: Formula, second: Formula) -> int | None:
    """Return at how many points both have a real value, which is the same; None where it differs at one."""
    letters = sorted(first.letters | second.letters)
    chance = random.Random(20_260_101)  # fixed: the same answer is always graded alike
    agreeing = 0
    for index in range(_POINTS):
        lowest = 0.1 if index % 2 else -2.3  # half of the points are positive, where logarithms and roots are real
        at = {letter: complex(chance.uniform(lowest, 2.3)) for letter in letters}
        one, other = _real(first, at), _real(second, at)
        if one is None or other is None:
            continue
        if abs(one - other) > _CLOSE * max(1e-3, abs(one), abs(other)):
            return None
        agreeing += 1
    return agreeing


def _real(formula: Formula, at: Mapping[str, complex]) -> float | None:
    """Return the value where it is a real, finite number."""
    try:
        value = complex(formula.value(at))
    except (ArithmeticError, ValueError):  # a pole, or too large
        return None
    if not cmath.isfinite(value) or abs(value.imag) > _CLOSE * max(1.0, abs(value.real)):
        return None
    return value.real
