"""What a section is for, told by its headings. Pure; English words."""

from __future__ import annotations

import re

from knowledge.model import Chunk
from tutor.lesson import StepName

_HEADINGS = {
    StepName.WHY: re.compile(
        r"\b(?:why|motivation|importance|advantages?|benefits?|introduction|overview|intuition)\b", re.I
    ),
    StepName.HOW: re.compile(
        r"\b(?:how|architecture|(?:pre-?)?training|method|algorithm|mechanism|steps?|formula|loss|objective function|"
        r"implementation|inside|works)\b",
        re.I,
    ),
    StepName.APPLICATIONS: re.compile(
        r"\b(?:applications?|applied|use cases?|uses? of|used|using|usage|in practice|real[- ]world)\b", re.I
    ),
    StepName.SUMMARY: re.compile(
        r"\b(?:summary|takeaways?|conclusions?|recap|in short|key points|wrap[- ]?up)\b", re.I
    ),
}
_NO_TEACHING = re.compile(
    r"^\W*(?:(?:learning )?objectives?|prerequisites?|references?|bibliography|further reading|resources|links|"
    r"exercises?|check yourself|check your (?:understanding|knowledge)|quiz|questions?|licen[cs]e|acknowledge?ments?|"
    r"credits|authors?|contributors?|table of contents|contents|what(?:'s| is) next|next steps)\b",
    re.I,
)


def serves(step: StepName, chunk: Chunk) -> bool:
    """Return whether one of the chunk's two innermost headings below the title is that of such a step."""
    pattern = _HEADINGS.get(step)
    return pattern is not None and any(pattern.search(heading) for heading in chunk.heading_path[1:][-2:])


def teaches(chunk: Chunk) -> bool:
    """Return whether the section explains anything, unlike objectives, references or exercises."""
    return not any(_NO_TEACHING.match(heading) for heading in chunk.heading_path[1:])


def other_purpose(step: StepName, chunk: Chunk) -> bool:
    """Return whether the section is headed as another step is, and not as this one."""
    return not serves(step, chunk) and any(serves(other, chunk) for other in _HEADINGS if other is not step)
