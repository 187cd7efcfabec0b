"""Whether a sentence that a model wrote can stay where it stands: after what stayed before it, and about the subject.

Every word of it may stand in a passage, and it still says nothing to the reader: a model copies "in the figure below"
as readily as a fact, speaks of its task, and goes on from sentences that were taken out. Pure; knows English prose.
"""

from __future__ import annotations

import re

from tutor.standing import points_out, readable

_SOURCE = r"(?:passages?|excerpts?|(?:given |provided )?texts?|course(?: materials?)?)"
_FRAME = re.compile(
    rf"(?m)(^|(?<=[.!?] ))(?:the {_SOURCE} (?:also )?(?:explains?|says?|states?|mentions?|notes?|describes?|tells? us|"
    rf"shows?) that |(?:according to|based on|as (?:stated|mentioned|described) in) the {_SOURCE},? )(\w)",
    re.I,
)
_OF_THE_TASK = re.compile(
    rf"\b(?:the (?:student|user|learner) (?:asks?|asked|wants?|wanted|is asking)|the student(?:'s question| should)|"
    rf"the {_SOURCE} (?:also )?(?:does not|do not|doesn't|don't|provided|given|above|explains?|says?|states?|mentions?|"
    r"shows?|defines?|describes?|gives?|provides?)\b|^it (?:also )?(?:states|says|describes how|mentions)\b|"
    r"as an AI\b|these instructions\b|the end of the \w+ (?:section|chapter|lesson)\b|^hopefully\b|"
    r"^how to\b(?!.*\b(?:is|are|was|depends)\b))",
    re.I,
)
_SHOWN = r"(?:figure|picture|diagram|table|code|snippet|playground|video|section|chapter|unit|notebook|plot|demo)s?"
_ELSEWHERE = re.compile(
    rf"\b(?:{_SHOWN} (?:\w+ ){{0,2}}(?:above|below)|"
    rf"(?:above|below|following|previous|next|upcoming|this|these) {_SHOWN}|"
    r"(?:shown|seen|described|listed) (?:above|below)|(?:this|next|last) (?:lesson|course|tutorial)|let's|let us|"
    r"we(?:'ll| will|'re going to| are going to)|you(?:'ll|'ve already| will (?:see|learn)| have already)|"
    r"as we (?:saw|'ve seen|have seen|mentioned)|click|check out|stay tuned|(?:read|learn|find out) more)\b",
    re.I,
)
_NUMBERED = re.compile(r"^(\d{1,3})[.)] ")
_LEANING = re.compile(
    r"^(?:this|that|these|those|it|its|they|them|their|such|he|she|both|here|however|therefore|thus|hence|instead|"
    r"otherwise|similarly|likewise|moreover|furthermore|additionally|for (?:example|instance)|by doing (?:so|this)|"
    r"in (?:this|that|these|those)|as a result(?! of)|the (?:former|latter|same))\b",
    re.I,
)


def unframed(text: str) -> str:
    """Return the text without "The passage explains that": what it explains is said, not that it does."""
    return _FRAME.sub(lambda found: f"{found[1]}{found[2].upper()}", text)


def renumbered(text: str) -> str:
    """Return the text with its numbered lists counted anew; one item, the rest of whose list is gone, has no number."""
    lines = text.split("\n")
    stood = {index: int(found[1]) for index, line in enumerate(lines) if (found := _NUMBERED.match(line))}
    last, count = 0, 0
    for index, number in stood.items():
        count = count + 1 if number > last else 1  # a smaller number begins another list
        last = number
        lines[index] = _NUMBERED.sub(f"{count}. " if len(stood) > 1 else "", lines[index])
    return "\n".join(lines)


def announced(sentence: str) -> bool:
    """Return whether a sentence ends in a colon, so that something has to come after it."""
    return sentence.rstrip("*_ ").endswith(":")


def complaint(sentence: str, before: str, *, orphaned: bool, announces: bool = False) -> str:
    """Return why a sentence cannot stay, empty where it can.

    Args:
        sentence: as the model wrote it, without citation marks.
        before: what stays of the text before it.
        orphaned: whether the sentence right before it was taken out.
        announces: whether a list or formula comes right after it.
    """
    bare = readable(sentence).lstrip("*_\"'“‘(- ")
    reasons = (
        (bare.rstrip("*_ ").endswith("?"), "it asks and says nothing"),
        (announced(bare) and not announces, "what it announces does not follow"),
        (_OF_THE_TASK.search(bare), "it speaks of the task, not of the subject"),
        (_ELSEWHERE.search(bare), "it points at what is not shown"),
        (orphaned and _LEANING.match(bare), "it leans on a sentence that was taken out"),
        (points_out(bare, before), "it points at what was not named"),
    )
    return next((why for holds, why in reasons if holds), "")
