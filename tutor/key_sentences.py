"""Sentences of a text that stand for all of it: SumBasic, choosing whole sentences that can be read alone. Pure.

Nenkova and Vanderwende, "The Impact of Frequency on Summarization", MSR-TR-2005-101: a sentence is worth the mean
probability of its content words; what was said is worth less afterwards, so that the next one says something else.
Chooses from the text's own sentences and changes none of them; refuses to know whether they are true.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from tutor.standing import stands_alone
from tutor.topic_shifts import terms

_SPOKEN = re.compile(r"^(?:which|rather than|on the (?:left|right)|in turn)\b", re.I)
"""How speech goes on with the sentence before, besides what `standing` knows of writing."""
FEWEST_TERMS = 5
"""Content words from which a sentence says enough to stand for others."""


def key_sentences(
    sentences: Sequence[str], most: int, *, taken: Sequence[int] = (), worth: Callable[[int], float] = lambda _: 1.0
) -> list[int]:
    """Return the indices of up to `most` sentences, in the order of the text.

    Args:
        sentences: of one text, in order.
        most: how many at most, from 0.
        taken: indices that are shown already: what they say counts as said, and they are not chosen.
        worth: by index, what a sentence's worth is multiplied with; 0 leaves it out.
    """
    said = [terms(sentence) for sentence in sentences]
    counts = Counter(term for each in said for term in each)
    total = sum(counts.values())
    probability = {term: count / total for term, count in counts.items()}
    for index in taken:
        _say(said[index], probability)
    left = {
        index: weight
        for index, sentence in enumerate(sentences)
        if index not in taken
        and len(set(said[index])) >= FEWEST_TERMS
        and (weight := worth(index)) > 0
        and not sentence.rstrip().endswith("?")
        and not _SPOKEN.match(sentence)
        and stands_alone(sentence)
    }
    chosen: list[int] = []
    while left and len(chosen) < most:
        best = max(left, key=lambda index: (left[index] * _value(said[index], probability), -index))
        chosen.append(best)
        _say(said[best], probability)
        del left[best]
    return sorted(chosen)


def _value(said: Sequence[str], probability: dict[str, float]) -> float:
    return sum(probability[term] for term in said) / len(said)


def _say(said: Sequence[str], probability: dict[str, float]) -> None:
    for term in set(said):
        probability[term] **= 2
