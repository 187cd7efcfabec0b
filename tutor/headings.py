"""What a step tells of its concept, as a clause: "why CLIP matters", "how autoencoders work". Pure; English words."""

from __future__ import annotations

import re

from knowledge.concepts import singular
from tutor.lesson import StepName

_CLAUSES = {
    StepName.WHY: ("why {name} matters", "why {name} matter"),
    StepName.HOW: ("how {name} works", "how {name} work"),
    StepName.APPLICATIONS: ("where {name} is used", "where {name} are used"),
}
"""Of one, and of many."""
_OF_ONE = ("ics", "series", "this", "bayes", "lens")
"""Endings of words that look like many and are one: ethics."""
_ACRONYMS = re.compile(r"[A-Z]{2,}s")
TOLD = frozenset(_CLAUSES)


def clause_of(step: StepName, name: str) -> str:
    """Return the clause of such a step, with its verb in the number of the name."""
    word = name.rpartition(" ")[2]
    last = word.casefold()
    many = bool(_ACRONYMS.fullmatch(word)) or (singular(last).casefold() != last and not last.endswith(_OF_ONE))
    return _CLAUSES[step][many].format(name=name)


def heading(step: StepName, name: str) -> str:
    """Return the clause as a heading."""
    clause = clause_of(step, name)
    return clause[0].upper() + clause[1:]
