"""What a section is for, told by its headings. Pure; English words."""

from __future__ import annotations

import re

from knowledge.model import Chunk
from tutor.lesson import StepName

_HEADINGS = {
    StepName.WHY: re.compile(r"\b(?:why|motivation|importance|advantages?|benefits?|introduction|overview)\b", re.I),
    StepName.HOW: re.compile(
        r"\b(?:how|architecture|(?:pre-?)?training|method|algorithm|mechanism|steps?|formula|loss|objective function|"
        r"implementation|inside|works)\b",
        re.I,
    ),
    StepName.APPLICATIONS: re.compile(
        r"\b(?:how (?:\w+ ){1,3}(?:is|are|was|were) (?:used|applied)|applications?|applied|use cases?|uses? of|used|"
        r"using|usage|in practice|real[- ]world)\b",
        re.I,
    ),
    StepName.SUMMARY: re.compile(
        r"\b(?:summary|takeaways?|conclusions?|recap|in short|key points|wrap[- ]?up)\b", re.I
    ),
}
_LIMITS = re.compile(
    r"\b(?:misconceptions?|misunderstandings?|pitfalls?|limits|limitations?|caveats?|drawbacks?|disadvantages?|mistakes?|"
    r"criticisms?|problems with)\b",
    re.I,
)
_NO_TEACHING = re.compile(
    r"^\W*(?:(?:learning )?objectives?|prerequisites?|references?|bibliography|further reading|resources|links|"
    r"exercises?|check yourself|check your (?:understanding|knowledge)|quiz|questions?|licen[cs]e|acknowledge?ments?|"
    r"credits|authors?|contributors?|table of contents|contents|what(?:'s| is) next|next steps)\b",
    re.I,
)


def serves(step: StepName, chunk: Chunk) -> bool:
    """Return whether one of the chunk's two innermost headings below the title is that of such a step."""
    return any(_purpose(heading) is step for heading in _innermost(chunk))


def headed_so(step: StepName, chunk: Chunk, named: re.Pattern[str]) -> bool:
    """Return whether such a heading is about what `named` finds, as "How CLIP works" is about CLIP."""
    return any(_purpose(heading) is step and named.search(heading) for heading in _innermost(chunk))


def teaches(chunk: Chunk) -> bool:
    """Return whether the section explains anything, unlike objectives, references or exercises."""
    return not any(_NO_TEACHING.match(heading) for heading in chunk.heading_path[1:])


def other_purpose(step: StepName, chunk: Chunk) -> bool:
    """Return whether the section is headed as another step is, and not as this one."""
    return not serves(step, chunk) and any(map(_purpose, _innermost(chunk)))


def of_limits(chunk: Chunk) -> bool:
    """Return whether the section tells what its subject is not, or where it fails."""
    return any(_LIMITS.search(heading) for heading in _innermost(chunk))


def _innermost(chunk: Chunk) -> tuple[str, ...]:
    return chunk.heading_path[1:][-2:]


def _purpose(heading: str) -> StepName | None:
    """Return the step whose sign comes first in a heading: "Applications of the CLIP loss" tells of applications."""
    found = [(match.start(), -match.end(), step) for step, sign in _HEADINGS.items() if (match := sign.search(heading))]
    return min(found)[2] if found else None
