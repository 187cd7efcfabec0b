"""Finds the names of given concepts in any text: whole words, the longest name at each place, singular or plural. Pure.

Knows names and aliases; refuses to know where the catalog says that concepts are mentioned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from knowledge.model import Concept


class NameFinder:
    """Counts the concepts that a text names. A name written in capitals alone is found in capitals alone."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = {concept.id: concept for concept in concepts}
        """By id."""
        self._capitals: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        for concept in self.concepts.values():
            for name in (concept.name, *concept.aliases):
                spelled = " ".join(name.split())
                if spelled.isupper():
                    self._capitals.setdefault(spelled, concept.id)
                elif spelled:
                    self._folded.setdefault(spelled.casefold(), concept.id)
        spelled_all = sorted({*self._capitals, *self._folded}, key=lambda name: (-len(name), name))
        choices = "|".join(r"\s+".join(re.escape(part) for part in name.split()) for name in spelled_all)
        self._pattern = re.compile(rf"(?<!\w)({choices})(?:e?s)?(?!\w)", re.I) if choices else None

    def counts(self, text: str) -> Counter[str]:
        """Return by concept id how often the text names it; a name inside a longer one is not counted."""
        found: Counter[str] = Counter()
        for match in self._pattern.finditer(text) if self._pattern else ():
            written = " ".join(match[1].split())
            concept_id = self._capitals.get(written) or self._folded.get(written.casefold())
            if concept_id is not None:
                found[concept_id] += 1
        return found
