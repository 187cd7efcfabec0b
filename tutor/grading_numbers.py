"""Whether a number is the number asked for: fractions, powers of ten, per cent, units with SI prefixes.

Knows how numbers are written; refuses to know formulas with letters (`grading_formulas`). Nothing is evaluated but the
four forms below, in exact fractions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from tutor.grades import Grade, NumberKey, Verdict

ROUNDED_DIGITS = 3
"""Digits at least that a rounded number shows: 0.333 is a third, 0.3 is not."""
_MOST_EXPONENT = 400
_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d{1,40})?(?:\.\d{0,40})?"
_FORM = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<base>{_PLAIN})"
    r"(?:e(?P<e>[+-]?\d{1,4})"
    r"|\s*(?:\*|x|×|·)\s*10\s*\^\s*(?P<ten>[+-]?\d{1,4})"
    r"|\s*\^\s*(?P<power>[+-]?\d{1,3})"
    rf"|\s*/\s*(?P<below>{_PLAIN}))?"
    r"\s*(?P<unit>[^\d\s+*/^=][^\d+*/^=]*)?",
    re.I,
)
_LEAD = re.compile(r"^(?:(?:the answer is|it is|it's|about|approximately|approx\.?|[a-z]\w{0,12}\s*=|[≈~=])\s*)+", re.I)
_LATEX = str.maketrans({"{": "", "}": "", "$": "", "−": "-", "–": "-", "⁻": "-", "µ": "μ"})
_COMMANDS = {r"\times": "×", r"\cdot": "·", r"\%": "%", r"\,": " ", "**": "^", r"^\circ": "°", r"\circ": "°"}
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")

_PREFIXES = {"n": -9, "u": -6, "μ": -6, "m": -3, "c": -2, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12, "P": 15}
_BINARY = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}
_UNITS: dict[str, tuple[str, Fraction]] = {
    "s": ("time", Fraction(1)),
    "m": ("length", Fraction(1)),
    "g": ("mass", Fraction(1)),
    "Hz": ("frequency", Fraction(1)),
    "W": ("power", Fraction(1)),
    "V": ("voltage", Fraction(1)),
    "B": ("information", Fraction(8)),
    "bit": ("information", Fraction(1)),
    "FLOP": ("work", Fraction(1)),
    "FLOPS": ("speed of work", Fraction(1)),
    "FLOP/s": ("speed of work", Fraction(1)),
}
_NAMED: dict[str, tuple[str, Fraction]] = {
    "%": ("", Fraction(1, 100)),
    "percent": ("", Fraction(1, 100)),
    "per cent": ("", Fraction(1, 100)),
    "second": ("time", Fraction(1)),
    "sec": ("time", Fraction(1)),
    "millisecond": ("time", Fraction(1, 1000)),
    "microsecond": ("time", Fraction(1, 10**6)),
    "min": ("time", Fraction(60)),
    "minute": ("time", Fraction(60)),
    "h": ("time", Fraction(3600)),
    "hour": ("time", Fraction(3600)),
    "day": ("time", Fraction(86_400)),
    "meter": ("length", Fraction(1)),
    "kilometer": ("length", Fraction(1000)),
    "byte": ("information", Fraction(8)),
    "°": ("degrees", Fraction(1)),
    "degree": ("degrees", Fraction(1)),
    "deg": ("degrees", Fraction(1)),
    "thousand": ("", Fraction(1000)),
    "million": ("", Fraction(10**6)),
    "billion": ("", Fraction(10**9)),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in base units: its value, what it measures (empty: a bare number), and how it was written."""

    value: Fraction
    dimension: str
    written: Decimal | None
    """The number as written where it is a decimal one, before its unit; None for fractions and powers."""
    scale: Fraction
    """What `written` is multiplied with to give the value."""


def read_quantity(text: str) -> Quantity | None:
    """Return the number that a text writes, or None where it is no single number with at most one unit."""
    match = _FORM.fullmatch(_plain(text))
    base = match.group("base").replace(",", "") if match else ""
    if match is None or base in ("", "."):
        return None
    number = _value(base, match)
    unit = _unit((match.group("unit") or "").strip())
    if number is None:
        return None
    value, shift = number
    dimension, factor = unit
    sign = -1 if match.group("sign") == "-" else 1
    fraction_like = match.group("below") is not None or match.group("power") is not None
    written = None if fraction_like else sign * Decimal(base)
    return Quantity(sign * value * factor, dimension, written, shift * factor)


def _plain(text: str) -> str:
    bare = _FRACTION.sub(r"\1/\2", text.strip())
    for command, sign in _COMMANDS.items():
        bare = bare.replace(command, sign)
    bare = bare.translate(_LATEX).strip().rstrip(".").strip()
    return _LEAD.sub("", bare)


def _value(base: str, match: re.Match[str]) -> tuple[Fraction, Fraction] | None:
    """Return the number without sign and unit, and the power of ten it is written with; None where it is too big."""
    number = Fraction(base if not base.endswith(".") else base[:-1])
    if (below := match.group("below")) is not None:
        divisor = Fraction(below.replace(",", "").rstrip(".") or 0)
        return (number / divisor, Fraction(1)) if divisor else None
    if (power := match.group("power")) is not None:
        exponent = int(power)
        if abs(exponent) > _MOST_EXPONENT or (number == 0 and exponent < 0) or number.denominator > 10**6:
            return None
        return (number**exponent, Fraction(1)) if number < 10**6 else None
    ten = int(match.group("e") or match.group("ten") or 0)
    if abs(ten) > _MOST_EXPONENT:
        return None
    shift = Fraction(10) ** ten
    return number * shift, shift


def _unit(text: str) -> tuple[str, Fraction]:
    """Return what a unit measures and its size in base units; an unknown word is a measure of its own."""
    for known, found in _NAMED.items():
        if text.casefold() in (known, f"{known}s"):
            return found
    bare = text.removesuffix("s") if text.endswith("bits") else text
    for unit, (dimension, size) in _UNITS.items():
        if bare == unit:
            return dimension, size
        prefix = bare.removesuffix(unit)
        if prefix != bare and prefix in _PREFIXES:
            return dimension, size * Fraction(10) ** _PREFIXES[prefix]
        if prefix != bare and prefix in _BINARY:
            return dimension, size * _BINARY[prefix]
    return text.casefold(), Fraction(1)


def grade_number(key: NumberKey, answer: str) -> Grade:
    """Return whether the answer is the key's number.

    Raises:
        ValueError: the key itself is no number.
    """
    wanted, given = read_quantity(key.number), read_quantity(answer)
    if wanted is None:
        raise ValueError(f"the key {key.number!r} is no number")
    if given is None:
        return Grade(Verdict.UNSURE, "This could not be read as one number; write it like 0.5, 1/2, 3e-4 or 5 ms.")
    if given.dimension != wanted.dimension:
        if not given.dimension:
            return Grade(Verdict.UNSURE, "Please give the unit, too.")
        if not wanted.dimension:
            return Grade(Verdict.UNSURE, "The question asks for no unit; please give the bare number.")
        return Grade(Verdict.WRONG, f"The unit “{given.dimension}” measures something else.")
    if _same(wanted, given, key.tolerance):
        return Grade(Verdict.RIGHT, "That is right.")
    return Grade(Verdict.WRONG, "The number is another one.")


def _same(wanted: Quantity, given: Quantity, tolerance: float) -> bool:
    if wanted.value == given.value:
        return True
    if abs(wanted.value - given.value) <= abs(wanted.value) * Fraction(tolerance):
        return True
    whole = wanted.written is not None and wanted.written == wanted.written.to_integral_value()
    if whole:
        return False  # a count is exact: 1024 is not 1023
    return _rounds_to(wanted.value, given) or _rounds_to(given.value, wanted)


def _rounds_to(value: Fraction, shown: Quantity) -> bool:
    """Return whether what is shown is the value, rounded rightly to three digits or more."""
    if shown.written is None or len(shown.written.as_tuple().digits) < ROUNDED_DIGITS:
        return False
    if shown.written == 0:
        return False
    unscaled = value / shown.scale
    exact = Decimal(unscaled.numerator) / Decimal(unscaled.denominator)
    step = Decimal(1).scaleb(int(shown.written.as_tuple().exponent))
    if exact.adjusted() - int(shown.written.as_tuple().exponent) > 25:
        return False  # farther apart than any rounding
    return shown.written in (exact.quantize(step, ROUND_HALF_EVEN), exact.quantize(step, ROUND_HALF_UP))
