"""Whether the order of a course's files is its author's, or only the alphabet's."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBERED = re.compile(r"(?:^|/)[^/]*?\d")
FEW = 2
NUMBERED_SHARE = 0.5
"""Least share of paths with a number ("03-attention.md") from which on sorted files stand as their author put them."""


def is_authors_order(paths: Sequence[str]) -> bool:
    """Return whether the paths' order says what comes first.

    Files that stand as the alphabet puts them, without numbers, were put in no order by anyone: "attention.md" before
    "linear-classify.md".

    >>> is_authors_order(["attention.md", "classification.md", "rnn.md"])
    False
    >>> is_authors_order(["01-vectors.md", "02-attention.md"]), is_authors_order(["welcome.md", "basics.md", "clip.md"])
    (True, True)
    """
    if len(paths) <= FEW:
        return True
    numbered = sum(_NUMBERED.search(path) is not None for path in paths)
    return numbered >= NUMBERED_SHARE * len(paths) or list(paths) != sorted(paths)
