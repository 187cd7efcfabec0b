"""Phrases in which a text relates one concept to another: kinds, parts, contrasts, and what has to be known first.

Each cue holds the two stretches of text the concepts are to be looked for in, and the sentence verbatim; which concepts
they name is settled later, when all names of the course are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.definitions import LONGEST_QUOTE, plain
from ingest.facts import CueFact, CueKind, LinkFact


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A cue's core words. What stands before them is the subject, what follows the object."""

    kind: CueKind
    weight: float
    core: str
    swapped: bool = False
    """The subject is the whole, the object its part."""
    by_section: bool = False
    """The section's concept is meant: what stands before does not matter."""
    listed: bool = False
    """The object may be a list with commas."""


_BE = r"(?:is|are|was|were)\s+(?:[a-z]+ly\s+)?"
_PHRASES = (
    _Phrase(
        CueKind.IS_A,
        0.8,
        _BE + r"(?:an?\s+|the\s+|one\s+)?(?:[\w-]+\s+)?(?:types?|kinds?|forms?|variants?|variations?|special\s+cases?|"
        r"subsets?|subfields?|branch(?:es)?|famil(?:y|ies)|class(?:es)?)\s+of",
    ),
    _Phrase(
        CueKind.PART_OF,
        0.7,
        r"consists?\s+of|" + _BE + r"(?:composed|made\s+up|comprised)\s+of|comprises?|(?:has|have)\s+(?:two|three|four)"
        r"\s+(?:main\s+|key\s+)?(?:parts|components|building\s+blocks)\s*[:-]",
        swapped=True,
        listed=True,
    ),
    _Phrase(
        CueKind.PART_OF,
        0.7,
        _BE + r"(?:an?\s+|the\s+|one\s+of\s+the\s+)?(?:[\w-]+\s+)?(?:components?|parts?|building\s+blocks?)\s+of",
    ),
    _Phrase(CueKind.CONTRAST, 0.6, r"unlike|in\s+contrast\s+(?:to|with)|as\s+opposed\s+to", by_section=True),
    _Phrase(CueKind.CONTRAST, 0.6, r"vs\.|vs|versus"),
    _Phrase(
        CueKind.NEEDS,
        0.75,
        r"builds?\s+(?:up)?on|" + _BE + r"built\s+(?:(?:up)?on(?:\s+top\s+of)?|from|out\s+of|around)|"
        r"extends(?!\s+(?:to|through|from|over|beyond|across|along|in)\b)|"
        + _BE
        + r"an\s+extension\s+of|generali[sz]es"
        r"|" + _BE + r"a\s+generali[sz]ation\s+of|(?:relies|rely)\s+(?:[a-z]+ly\s+)?on|" + _BE + r"inspired\s+by",
    ),
    _Phrase(
        CueKind.NEEDS,
        0.6,
        _BE + r"(?:based\s+on|derived\s+from|obtained\s+from)|follows\s+from|derives\s+from|results\s+from",
    ),
    _Phrase(
        CueKind.NEEDS,
        0.4,
        r"uses|employs?|(?:is|are)\s+built\s+with|leverages?|utili[sz]es?|combines|requires?|applies",
    ),
    _Phrase(
        CueKind.RECALLS,
        0.5,
        r"(?:(?<=^)|(?<=[.;(]\s)|(?<=may\s)|(?<=might\s)|(?<=you\s)|(?<=should\s))(?:recall|remember)|"
        r"(?:in|from)\s+(?:the\s+)?(?:previous|last|earlier|preceding)\s+(?:section|chapter|unit|lesson|lecture|part|module)s?",
        by_section=True,
    ),
    _Phrase(
        CueKind.RECALLS,
        0.4,
        r"as\s+(?:we|you)(?:\s+have|['’]ve)?\s+(?:already\s+)?(?:saw|seen|discussed|learned|covered|introduced)|"
        r"(?:we|you)(?:\s+have|['’]ve)?\s+already\s+(?:saw|seen|discussed|learned|covered|introduced|encountered)",
        by_section=True,
    ),
    _Phrase(
        CueKind.NEEDS,
        0.7,
        r"prerequisites?\s*(?:is|are|:)|assumes?\s+(?:that\s+)?you\s+know",
        by_section=True,
        listed=True,
    ),
    _Phrase(
        CueKind.NEEDS,
        0.45,
        r"famil\w+\s+with|knowledge\s+of|need\s+to\s+(?:know|understand)|comfortable\s+with",
        by_section=True,
        listed=True,
    ),
)
RECALLED_CHARS, STATED_CHARS = 100, 300
_CUE = re.compile(  # all begin with a letter that begins a word: asked once for each place, not once for each phrase
    r"\b(?=[a-z])(?:"
    + "|".join(rf"(?P<p{number}>(?:{phrase.core})(?!\w))" for number, phrase in enumerate(_PHRASES))
    + ")",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\bdifferences?\s+between\s+(?P<subject>[^,.;:()]{2,60}?)\s+and\s+(?P<object>[^,.;:()]{2,60})", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,.;:()!?–—]|\b(?:that|which|who|because|since|where|when|while|if|and|but|so)\b", re.IGNORECASE)
_OBJECT_END = re.compile(
    r"[.;:()!?–—]|\s(?:to|for|that|which|who|because|since|where|when|while|by|as|in\s+order|so|if|but|we|you|it|is|are|"
    r"was|has|have|can|with|from|via|on|at|during|rather|instead)\s",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:^|\s)(?:it|they|this|these|that|both)$", re.IGNORECASE)
_DENIED = re.compile(r"(?:\bnot|n['’]t|\bnever|\brarely|\bwithout|\bno\s+longer)(?:\s+[a-z]+ly)?$", re.IGNORECASE)
"""What stands before a phrase and takes it back: "does not require"."""
_SUCH_AS = re.compile(r"\b(?:such\s+as|namely)\b", re.IGNORECASE)
"""What follows is what was meant: "workhorses of deep learning such as convolutional networks"."""
_ENDS = re.compile(r"[.:;)]|$")
_PEOPLE = re.compile(
    r"(?:^|\s)(?:we|you|one|i|he|she|people|users?|authors?|let['’]s|us|example|to|will|can|could|and|or)$",
    re.IGNORECASE,
)
_THIS_LESSON = re.compile(
    r"(?:^|\s)(?:this|the\s+present)\s+(?:lesson|chapter|section|unit|notebook|page|tutorial|course|module|lecture|post|part)$",
    re.IGNORECASE,
)
_BY_PEOPLE = re.compile(r"(?:we|you|i|they|he|she|people|users?|authors?)\b", re.IGNORECASE)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]\n]{1,120})\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")


def cues(sentence: str) -> Iterator[CueFact]:
    """Yield what a sentence says about how concepts relate."""
    if len(sentence) > LONGEST_QUOTE or _CUE.search(sentence) is None:
        return
    text = plain(sentence)
    for match in _CUE.finditer(text):
        phrase = _PHRASES[int((match.lastgroup or "p0")[1:])]
        before = text[: match.start()].rstrip()
        fact = None if _DENIED.search(before) else _cue(phrase, before, text[match.end() :].strip(), sentence)
        if fact is not None:
            yield fact
    between = _BETWEEN.search(text)
    if between is not None:
        yield CueFact(CueKind.CONTRAST, between.group("subject"), between.group("object"), sentence, 0.6)


def _cue(phrase: _Phrase, before: str, after: str, sentence: str) -> CueFact | None:
    end = _OBJECT_END.search(f"{after} ")
    other = after[: end.start()] if end is not None else after
    if not phrase.listed:
        other = other.split(",")[0]
    if phrase.kind is CueKind.RECALLS:
        # "in the previous section we saw X", and "we discussed X in the previous section: it ..."
        recalled_before = bool(before) and _ENDS.match(after)
        other = before[-RECALLED_CHARS:] if recalled_before else after[:RECALLED_CHARS].strip(" .")
        other = _SUCH_AS.split(other)[-1]
    if phrase.by_section:
        return CueFact(phrase.kind, "", other, sentence, phrase.weight) if other else None
    if phrase.kind is CueKind.NEEDS and _THIS_LESSON.search(before):
        return CueFact(phrase.kind, "", after[:STATED_CHARS], sentence, max(phrase.weight, 0.7))
    starts = [mark.end() for mark in _CLAUSE.finditer(before)]
    subject = before[starts[-1] if starts else 0 :].strip()
    if not other or (not subject and not before) or _PEOPLE.search(before) or _BY_PEOPLE.match(subject):
        return None
    weight = phrase.weight
    if _PRONOUN.search(before) or not subject:
        subject, weight = "", round(weight * 0.7, 3)
        if phrase.kind is CueKind.CONTRAST:
            return None
    elif phrase.swapped:
        return CueFact(phrase.kind, other, subject, sentence, weight)
    return CueFact(phrase.kind, subject, other, sentence, weight) if not phrase.swapped else None


def stated_prerequisites(sentence: str) -> Iterator[CueFact]:
    """Yield a sentence below a heading "Prerequisites" as what the lesson needs."""
    text = plain(sentence)
    if len(sentence) <= LONGEST_QUOTE and text:
        yield CueFact(CueKind.NEEDS, "", text[:STATED_CHARS], sentence, 0.7)


def links(sentence: str) -> Iterator[LinkFact]:
    """Yield the Markdown links of a sentence; whether they stay inside the course shows later."""
    if "](" not in sentence:
        return
    for match in _LINK.finditer(sentence):
        target = match.group("target")
        if not target.startswith(("#", "mailto:")):
            quote = sentence if len(sentence) <= LONGEST_QUOTE else match.group()
            yield LinkFact(target, plain(match.group("text")), quote)
