"""What kind of answer a question wants, told by its words. Pure; English."""

from __future__ import annotations

import re

_COMPARES = re.compile(
    r"\b(?:compare[ds]?|comparison|differ(?:s|ent|ence|ences)?|versus|vs|relate[ds]?|better|prefer|similarit\w+|"
    r"advantages? (?:of \S+ )?over)\b",
    re.I,
)
_HOW_TO = re.compile(
    r"\bhow (?:do|can|could|should|would|to|might) ?(?:i|we|you|one|people)?\b(?! (?:it|they|this) work)|"
    r"\bwhat (?:steps|do i (?:do|need to do))\b|\bsteps? to\b|^(?:show me how|help me)\b",
    re.I,
)
_HOW_IT_WORKS = re.compile(r"\bhow (?:do|does|can|could|would|should) (?!i\b|we\b|you\b|one\b|people\b)", re.I)


def compares(question: str) -> bool:
    """Return whether a question sets things side by side."""
    return _COMPARES.search(question) is not None


def asks_how_to(question: str) -> bool:
    """Return whether a question wants to know what to do: "How do I train it?", and not "How does it train?"."""
    return _HOW_TO.search(question) is not None and _HOW_IT_WORKS.search(question) is None
