"""Ways from one page to another, with what is to be done there: asked, practised, shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ways:
    """Each leaves the page it is called on; None where there is no such page."""

    ask: Callable[[str], None]
    """Asks this question in a new conversation."""
    quiz: Callable[[str], None] | None = None
    """Begins a quiz about the lesson at this path."""
    concept: Callable[[str], None] | None = None
    """Shows the concept of this id on the map."""
