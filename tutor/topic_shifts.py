"""Where a talk turns to another topic: TextTiling over windows of content words. Pure.

Hearst, "TextTiling: Segmenting Text into Multi-paragraph Subtopic Passages", Computational Linguistics 23 (1997):
lexical cohesion at each gap (section 5.1), depth of its valleys (5.3), and the cutoff `mean - deviation * c`. Two
things differ. Gaps are those between sentences, so that no boundary has to be moved to one afterwards; the windows on
both sides hold equal numbers of content words whatever the sentences are. And a course's own stop words and stems
(`knowledge.stopwords`) decide what is compared. Refuses to know what a topic is called.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from statistics import fmean, pstdev

from knowledge.stopwords import STOP_WORDS, stem

WINDOW = 60
"""Content words on each side of a gap: about a minute of speech."""
LEAST = 40
"""Content words that a segment holds at least: shorter ones are asides."""
CUTOFF = 1.0
"""Deviations above the mean depth from which a valley is a boundary; see docs/decisions/035-lesson-pages.md."""
LEAST_DEPTH = 0.1
"""Depth of a valley in any text; below it the words differ no more than they do by chance."""
_SMOOTHING = 1
"""Gaps on each side over which cohesion is averaged."""
_REACH = 1
"""Sentences by which a boundary may move to one that opens a topic in so many words (Passonneau and Litman, 1997)."""
_OPENS = re.compile(
    r"(?:now|so far|next|let's|let us|suppose|imagine|consider|begin|finally|first|second|third|lastly|one more|"
    r"another|how|what|why|okay|ok|all right|alright|back to|to (?:see|test|understand|sum up|recap)|in summary|"
    r"before (?:we|you)|remember|(?:we|i|you)(?:'re| are| will|'ll|)? now|the (?:first|second|third|next|last))\b",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def terms(sentence: str) -> list[str]:
    """Return the stems of a sentence's content words in order, each as often as it stands there."""
    return [stem(word) for word in _WORD.findall(sentence) if word.casefold() not in STOP_WORDS]


def shifts(sentences: Sequence[str], *, window: int = WINDOW, least: int = LEAST, cutoff: float = CUTOFF) -> list[int]:
    """Return the indices of the sentences that begin a new topic, ascending, without 0.

    Args:
        sentences: of one talk, in order.
        window: content words compared on each side of a gap, from 1.
        least: content words between two boundaries, and between a boundary and either end.
        cutoff: deviations above the mean depth that make a valley a boundary.
    """
    said = [terms(sentence) for sentence in sentences]
    before = [0]
    for each in said:
        before.append(before[-1] + len(each))
    flat = [term for each in said for term in each]
    gaps = [gap for gap in range(1, len(said)) if before[gap] != before[gap - 1]]
    if not gaps or before[-1] < 2 * least:
        return []
    depth = _depths(_smoothed([_cohesion(flat, before[gap], window) for gap in gaps]))
    bar = max(LEAST_DEPTH, fmean(depth) + cutoff * pstdev(depth))
    kept: list[int] = []
    for at in sorted(range(len(gaps)), key=lambda index: (-depth[index], index)):
        words = before[gaps[at]]
        borders = (0, before[-1], *(before[gap] for gap in kept))
        if depth[at] >= bar and all(abs(words - border) >= least for border in borders):
            kept.append(gaps[at])
    return _at_openings(sorted(kept), sentences)


def _at_openings(boundaries: Sequence[int], sentences: Sequence[str]) -> list[int]:
    """Return the boundaries, each moved to the nearest sentence within reach that says that a topic begins."""
    moved: list[int] = []
    for index, boundary in enumerate(boundaries):
        first = max(boundary - _REACH, (moved[-1] if moved else 0) + 1)
        after = boundaries[index + 1] if index + 1 < len(boundaries) else len(sentences)
        near = sorted(range(first, min(boundary + _REACH + 1, after)), key=lambda at: (abs(at - boundary), at))
        moved.append(next((at for at in near if _OPENS.match(sentences[at].lstrip())), boundary))
    return moved


def _cohesion(flat: Sequence[str], at: int, window: int) -> float:
    """Return the cosine of the term counts in the two windows around a gap, 0..1."""
    width = min(window, at, len(flat) - at)  # equal on both sides, also near the ends
    if width == 0:
        return 1.0
    left, right = Counter(flat[at - width : at]), Counter(flat[at : at + width])
    product = sum(count * right[term] for term, count in left.items())
    return product / sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))


def _smoothed(scores: Sequence[float]) -> list[float]:
    spans = ((max(0, at - _SMOOTHING), at + _SMOOTHING + 1) for at in range(len(scores)))
    return [fmean(scores[start:end]) for start, end in spans]


def _depths(scores: Sequence[float]) -> list[float]:
    """Return how far cohesion rises on both sides of each gap before it falls again; 0 where it is no valley."""
    return [_climb(scores, at, -1) + _climb(scores, at, 1) for at in range(len(scores))]


def _climb(scores: Sequence[float], at: int, step: int) -> float:
    peak = at
    while 0 <= peak + step < len(scores) and scores[peak + step] >= scores[peak]:
        peak += step
    return scores[peak] - scores[at]
