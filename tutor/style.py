"""How a lesson speaks: its level, its language, and what becomes of what the course does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    """What a learner chose, and what is known of the learner."""

    level: Level = Level.STANDARD
    language: str = ""
    """Name of a language in English; empty for the course's own."""
    unsupported: Unsupported = Unsupported.DROP
    known: frozenset[str] = frozenset()
    """Names of concepts that the learner knows: as prerequisites they are reminders of one line."""

    def simpler(self) -> Style:
        """Return the style one level easier."""
        lower = {Level.MATHEMATICAL: Level.STANDARD}.get(self.level, Level.INTUITIVE)
        return replace(self, level=lower)


LEVEL_LABELS: Mapping[Level, str] = {
    Level.INTUITIVE: "Intuitive",
    Level.STANDARD: "Standard",
    Level.MATHEMATICAL: "Mathematical",
}
