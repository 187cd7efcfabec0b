"""How a lesson speaks: its level, its language, and what becomes of what the course does not say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a lesson explains."""

    INTUITIVE = "intuitive"
    """pictures and plain words before formulas"""
    STANDARD = "standard"
    MATHEMATICAL = "mathematical"
    """formulas and exact statements first"""


class Unsupported(StrEnum):
    """What becomes of a sentence that a model wrote and no passage supports, once it was rewritten in vain."""

    DROP = "drop"
    MARK = "mark"
    """shown in a paragraph of its own, said to go beyond the course, without a citation"""


@dataclass(frozen=True, slots=True)
class Style:
    """What a learner chose. `language` is the name of a language in English; empty for the course's own."""

    level: Level = Level.STANDARD
    language: str = ""
    unsupported: Unsupported = Unsupported.DROP

    def simpler(self) -> Style:
        """Return the style one level easier."""
        lower = {Level.MATHEMATICAL: Level.STANDARD}.get(self.level, Level.INTUITIVE)
        return Style(lower, self.language, self.unsupported)
