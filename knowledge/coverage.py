"""How well a course covers a question: the figure that decides between a lesson and a plain "not in this course".

Pure; takes what was found and counted, knows no store. The constants were fitted on questions about three courses and
on as many that those courses do not answer (`benchmarks/README.md`, section Refusal).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

GATE = 0.5
"""Least coverage at which a question counts as covered."""
# Logistic regression over the highest cosine and the share of the question's words that the course uses.
_MEANING, _WORDS, _OFFSET = 7.82, 3.74, -6.59


def known_share(occurrences: Mapping[str, int], chunks: int) -> float:
    """Return in 0..1 how much of a question the course has words for; rare words count more than common ones.

    A word weighs its inverse document frequency, log((N + 1) / (n + 1/2)) (Sparck Jones, "A statistical interpretation
    of term specificity", 1972), so that one word the course never uses weighs most.

    Args:
        occurrences: by word of the question, the number of chunks that use it.
        chunks: how many chunks there are.
    """
    weights = {word: max(0.0, math.log((chunks + 1) / (found + 0.5))) for word, found in occurrences.items()}
    total = sum(weights.values())
    known = sum(weight for word, weight in weights.items() if occurrences[word])
    return known / total if total else 0.0


def coverage(highest_cosine: float | None, known: float) -> float:
    """Return how well the material covers a question, 0..1.

    Args:
        highest_cosine: of the question and any of the ten best hits, -1..1; None where nothing was embedded, so that
            words decide.
        known: what `known_share` returned.
    """
    if highest_cosine is None:
        return known
    return 1.0 / (1.0 + math.exp(-(_MEANING * highest_cosine + _WORDS * known + _OFFSET)))
