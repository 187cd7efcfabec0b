"""What a sentence says of a concept: whether it names it, is about it, says what it is. Pure; English words."""

from __future__ import annotations

import re

from knowledge.model import Concept

FIRST_WORDS_CHARS = 8
_DEFINITION = re.compile(
    r"\b(?:is|are) (?:an?|the|one|any|defined|called|simply|basically|essentially|"
    r"(?!(?:be|com|do|gain|gett|go|mak|tak|us)\w*ing\b)\w+ing)\b|"
    r"\brefers? to\b|\bstands? for\b|"
    r"\b(?:was|were) (?:\w+ )?(?:developed|designed|proposed) (?:as|to)\b|\bmeans\b|"
    r"\bknown as\b|\bdescribes?\b|\bdenotes?\b|\bmeasures?\b|\bconsists? of\b|"
    r"\binvolves? (?:an?|the|\w+ing)\b",
    re.I,
)
_OPENING = re.compile(
    r"^[\W_]*(?:(?:in short|in other words|simply put|basically|essentially|(?:more )?formally),?\s+)?"
    r"(?:(?:an?|the|each|every|any|all)\s+)?[\W_]*",
    re.I,
)
_IS_A = re.compile(r"[\W_]*(?:\([^()]*\) )?(?:is|are) (?:an?|the)\b", re.I)
_NAMED_IS_A = re.compile(
    r"[\W_]*(?:the )?(?!(?:what|which|one|there|another|some|most|many|each|a|an|main|key|core|goal|idea|aim|\w+est)\b)"
    r"(?P<subject>\w[^,;:.]{0,50}?)(?: ?\([^()]*\))?(?:, [^,]{1,40},)? (?:is|are) (?:an?|the)\b",
    re.I,
)
"""The beginning of a sentence that says what something is."""
_OF_ONE_KIND = re.compile(r"[\W_]*(?:for|of|used (?:for|in|by)) ")
"""Narrows what stands before it: "The loss function for VAEs comprises ..." says little of loss functions."""
_AMONG_OTHERS = re.compile(r"\([^()]*, $")
"""What stands before one of several in brackets."""
_ASIDE = re.compile(r"^[\W_]*, [^,.]{1,40}, ")
_BEFORE_ITS_OBJECT = frozenset("of in for with by to from on through using".split())
_ISE, _OUR = re.compile(r"i[sz](?=(?:e[drs]?|ing|ations?)\b)"), re.compile(r"(?<=[a-z]{2})ou?r\b")
"""Where a word is spelt one way by some and another way by others: generalise, colour."""


def names(concept: Concept | None) -> re.Pattern[str] | None:
    """Return a pattern that finds the concept's name or an alias in either spelling, or None without a concept."""
    if concept is None:
        return None
    surfaces = sorted({concept.name, *concept.aliases}, key=len, reverse=True)
    any_of_them = _ISE.sub("i[sz]", _OUR.sub("ou?r", "|".join(re.escape(surface) for surface in surfaces)))
    return re.compile(rf"(?<![\w-])(?:{any_of_them})(?:e?s)?(?!\w|-\w|\+\+)", re.I)


def mention(text: str, named: re.Pattern[str]) -> re.Match[str] | None:
    """Return where the concept is first named, save among others in brackets: "... other methods (L1, L2, maxnorm)"."""
    return next((one for one in named.finditer(text) if not _AMONG_OTHERS.search(text, 0, one.start())), None)


def opens_with(text: str, concept: Concept) -> bool:
    """Return whether a text names the concept within its first words, an article or mark aside."""
    named = names(concept)
    about = named.search(text) if named else None
    return about is not None and about.start() <= FIRST_WORDS_CHARS


def _before(text: str, about: re.Match[str]) -> list[str]:
    """Return the words between the sentence's opening and the concept's name."""
    opening = _OPENING.match(text)
    return text[opening.end() if opening else 0 : about.start()].split()


def narrower(text: str, about: re.Match[str]) -> bool:
    """Return whether the sentence is on something more special: "Flash Attention is ..." says little of attention."""
    before = _before(text, about)
    plain = all(re.fullmatch(r"[\w*_`'’-]+", word) for word in before)
    return 0 < len(before) <= 3 and plain and before[-1].casefold() not in _BEFORE_ITS_OBJECT


def defines(text: str, about: re.Match[str]) -> bool:
    """Return whether the concept is what the sentence is about, or its name in brackets, and it says what that is."""
    subject = not _before(text, about) or text[: about.start()].endswith("(")
    said = _ASIDE.sub(" ", text[about.end() : about.end() + 65])
    return subject and not _OF_ONE_KIND.match(said) and _DEFINITION.search(said[:25]) is not None


def defines_narrower(text: str, about: re.Match[str]) -> bool:
    """Return whether it says what something more special is, which is no reason for the concept and no use of it."""
    return narrower(text, about) and _DEFINITION.match(text[about.end() :].lstrip("*_ ")) is not None


def tells_of_another(text: str, about: re.Match[str]) -> bool:
    """Return whether it says what something else is: "Whisper is a Transformer" does not tell what a Transformer is."""
    other = _NAMED_IS_A.match(text)
    return other is not None and other.end("subject") < about.start()


def of_one_kind(text: str, about: re.Match[str]) -> bool:
    """Return whether the concept's name is narrowed by what follows it: "The loss function for VAEs ..."."""
    return _OF_ONE_KIND.match(text, about.end()) is not None


def is_a(text: str, about: re.Match[str]) -> bool:
    """Return whether a sentence opens with the concept and goes on with "is a", "is the"."""
    return not _before(text, about) and _IS_A.match(text, about.end()) is not None
