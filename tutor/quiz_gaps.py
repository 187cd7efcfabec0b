"""Sentences of prose that stand alone, with a blank where they name a concept.

Knows which sentences tell enough to be completed from what the course teaches, and where in one a name can be left
out without leaving half of a longer name. Refuses connected speech, examples, and whatever points elsewhere. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from knowledge.model import Chunk, Concept
from knowledge.stopwords import content_words
from tutor.quiz_names import Frame, as_named, says, told_by
from tutor.quiz_statements import PRAISE, name_pattern, prose

LEAST_CONTENT = 4
"""Content words beside the blank: fewer fit too much."""
LEAST_WORDS, MOST_WORDS = 6, 36
SAID_FIRST = 4
"""Words after a name in which a denial is about it."""
_CONNECTIVE = re.compile(
    r"(?:(?:in (?:contrast|addition|particular|other words|fact|short|summary|essence|turn)|additionally|moreover|"
    r"furthermore|more (?:precisely|generally)|to (?:be precise|reiterate)|intuitively|generally speaking|of course|"
    r"luckily|similarly|fortunately|unfortunately|however|conversely|importantly),|(?:note|notice|recall) that,?) ",
    re.I,
)
"""What ties a sentence that stands alone to the one before; it is left out."""
_LEANS = re.compile(
    r"\b(?:this|that['’]s|these|those(?! (?:that|which|who))|here|above|below|previously|earlier|later|following|"
    r"follows|section|chapter|lesson|figures?|fig|table|(?:as|(?<!so )that) we|we (?:will|have|saw|want|did|would)|"
    r"we['’]\w+|you['’]\w+|let['’]s|i(?!\.e)|my|ours?|now|again|instead|therefore|thus|then|another|such(?! as)|"
    r"former|latter|course|assignment|example|discuss\w*|mentioned|introduced|described|recent(?:ly)?|currently|soon|"
    r"actually|basically|just|right|left|top|bottom|middle|shown|green|blue|red|gr[ae]y|orange|yellow|named|image on|"
    r"he|she|his|her|similarly|similar(?! to)|respectively|supposed?|imagine|unchanged|a different|"
    r"(?:of|take|use|in|for|with|to|and) that|both(?! .{1,60}\band\b)|"
    r"the (?:same|others?|first|second|third|last|next|previous|original|given|resulting|corresponding|new|current|two|"
    r"three|four|five|final|authors?|paper|rest|answer|idea|problem|goal|case|concept|approach|method|technique|lines?|"
    r"points?|dots?|arrows?|axis|axes))\b|"
    r"[\[\]!?:*`]|\s-\s|--|(?<![\w-])\d|\w[\"“]\w|(?<![\w'’.-])[b-hj-z](?![\w'’.-])",
    re.I,
)
"""What makes a sentence lean on others or on a figure, marks that break it up, and symbols."""
_DENIES = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|can only|\w+n['’]t|fail(?:s|ed)?|struggles?|lacks?|rarely|seldom|hardly)\b",
    re.I,
)
"""What is denied of one thing is true of many others."""
_PRONOUN = re.compile(r"\b(?:it|its|they|their|them|your?)\b", re.I)
_PREPOSITION = r"(?:in|with|by|using|during|within|through|under|after|before|without)"
_OPENS = re.compile(
    rf"(?:(?:{_PREPOSITION}|to|because|since|when|unlike|compared|due to|at|given|from|among) [^,]{{4,}}, ?)?"
    r"(?:an?|the|each|every)?",
    re.I,
)
"""What may stand before the name where the sentence is about it: a clause, an article."""
_CALLED = re.compile(r".{20,}\b(?:called|known as|referred to as|termed)(?: an?| the)?", re.I)
"""What may stand before it where it ends the sentence, which says what is called so."""
_DEFINITE = re.compile(r"\bthe$", re.I)
"""Before a name of many: those that were spoken of."""
_WITHIN = re.compile(rf"{_PREPOSITION}(?: an?| the| each| every)?", re.I)
"""What may stand before it where it opens the sentence: "In an evasion attack, ..."."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence with the name of a concept taken out; `before` and `after` are its halves, without marks."""

    concept: Concept
    before: str
    name: str
    """As it stands in the sentence, with the capitals of the concept."""
    after: str
    chunk: Chunk
    sentence: str
    """The sentence as it stands in the chunk."""

    @property
    def rest(self) -> str:
        """Return what is left of the sentence."""
        return f"{self.before} {self.after}"

    @property
    def opens(self) -> bool:
        """Return whether the sentence opens with the name and goes on with what is said of it."""
        return len(self.before.split()) <= 1 and self.after.startswith(" ") and not self.after.startswith(" of ")

    @property
    def frame(self) -> Frame:
        """Return what grammar asks of what fills the blank."""
        return Frame.of(self.before, self.name, self.after)


def gaps(concept: Concept, chunks: Sequence[Chunk], verbs: Container[str]) -> Iterator[Gap]:
    """Yield the sentences of these chunks from which the concept can be left out; `verbs` are those of the course."""
    pattern = name_pattern(concept)
    for chunk, sentence, plain in prose(chunks):
        text = _CONNECTIVE.sub("", plain, count=1) if _CONNECTIVE.match(plain) else plain
        matches = list(pattern.finditer(text))
        if len(matches) != 1 or not plain[0].isupper() or not _stands_alone(text):
            continue
        before, after = text[: matches[0].start()], text[matches[0].end() :]
        name = as_named(concept, matches[0].group())
        gap = Gap(concept, before[:1].upper() + before[1:], name, after, chunk, sentence)
        tells = len(content_words(gap.rest)) >= LEAST_CONTENT and not told_by(name, gap.rest)
        if tells and _is_subject(gap, verbs):
            yield gap


def _stands_alone(text: str) -> bool:
    return (
        text.endswith(".")
        and LEAST_WORDS <= len(text.split()) <= MOST_WORDS
        and not (_LEANS.search(text) or PRAISE.search(text))
    )


def _is_subject(gap: Gap, verbs: Container[str]) -> bool:
    """Return whether the sentence is about what is left out, as far as the words beside the blank tell."""
    before = gap.before.strip()
    denied = _DENIES.search(" ".join(gap.after.split()[:SAID_FIRST]))
    if denied or (gap.frame.many and _DEFINITE.search(before)):
        return False
    if _WITHIN.fullmatch(before):
        return gap.after.startswith(", ") and not _PRONOUN.match(gap.after, len(", "))
    if _CALLED.fullmatch(before) and not _PRONOUN.match(before):
        return gap.after == "."
    if not _OPENS.fullmatch(before) or _PRONOUN.search(before):
        return False
    return says(gap.frame, gap.after, verbs)
