r"""What formulas use by name: `\text{attention}(Q, K, V) = \text{softmax}(...)` says that attention uses softmax.

Knows marks of LaTeX. Refuses to know which names are concepts. Names that code calls are not read: of 29 pairs that
Erica's list could judge it had 6, since programs load, log and print beside what they are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts import CallFact
from ingest.terms import LONGEST_NAME

LONGEST_FORMULA = 300
"""Characters of a formula that can still be shown as the reason for a step."""
_FORMULA = re.compile(r"\$\$.+?\$\$|\\\\?\[.+?\\\\?\]|\\\\?\(.+?\\\\?\)|(?<![\\\w$])\$[^$\n]{1,200}\$(?!\w)", re.DOTALL)
_NAME = re.compile(
    r"\\(?:text|operatorname|math)(?:rm|bf|it|sf|tt|normal|\*)?\s*\{\s*(?P<set>[A-Za-z][A-Za-z -]{1,40}?)\s*\}"
    r"|(?<![\\A-Za-z])(?P<plain>[A-Za-z]{3,30})(?=\s*(?:\\left)?\()"
)


def formula_calls(text: str) -> Iterator[CallFact]:
    """Yield what the formulas of a passage use, each name with the formula that it is first used in.

    What stands before the first equals sign is what a formula defines, and not what it uses.
    """
    if "$" not in text and "\\" not in text:
        return
    seen: set[str] = set()
    for formula in _FORMULA.finditer(text):
        whole = formula.group()
        if len(whole) > LONGEST_FORMULA:
            continue
        left, equals, right = whole.partition("=")
        defined = next(_names(left), "") if equals else ""
        for name in _names(right if equals else whole):
            if name not in seen and name != defined:
                seen.add(name)
                yield CallFact(name, defined, whole)


def _names(formula: str) -> Iterator[str]:
    names = (" ".join((match["set"] or match["plain"]).split()) for match in _NAME.finditer(formula))
    return (name for name in names if len(name.split()) <= LONGEST_NAME)
