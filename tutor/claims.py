"""What a sentence claims, as far as its words tell: of what, with which numbers, denied or not, held back or not. Pure.

Two sentences of the same words can say different things: of another subject, without the "often" of the source, or the
opposite. Refuses to know who does what to whom.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from knowledge.stopwords import content_words

_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|without|cannot|can't|\w+n't|rarely|seldom|hardly|scarcely)\b", re.I
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*%?")
_PLACE_NUMBER = re.compile(
    r"\]\([^)\s]*\)|\b(?:chapters?|sections?|figures?|fig\.|tables?|equations?|eq\.|units?|lessons?|pages?|slides?|parts?)"
    r"\s+\d+(?:\.\d+)*",
    re.I,
)
"""Numbers of places ("Chapter 2") and of addresses: they count nothing."""
_HEDGE = re.compile(
    r"\b(?:often|usually|typically|generally|sometimes|mostly|normally|commonly|frequently|occasionally|"
    r"almost|nearly|may|might|could|can|possibly|perhaps|probably|likely|tends? to|some|many|most|several|certain)\b",
    re.I,
)
_SPOKEN_OF = re.compile(
    r"^[\W_]{0,20}(?:\w+(?: \w+)?, )?(?:(?:an?|the)\s+)?"
    r"((?:(?!because\b|that\b|which\b|it\b|this\b|these\b|if\b|when\b)[^\s,;:]{1,60}\s+){1,6}?)(?:is|are)\s+(?:an?|the|one)\b",
    re.I,
)
"""What a sentence says what it is: "AI is a field of ..." is no claim of a sentence on NLP."""
_WORDS_AFTER = 40
"""Characters after a hedge in which the word stands that it holds back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence's content words and what else has to be the same in its source."""

    words: frozenset[str]
    numbers: frozenset[str]
    negated: bool
    subject: frozenset[str]
    """Content words of what the sentence says what it is; empty where it says that of nothing."""
    hedged: frozenset[str]
    """The content words that a hedge stands before."""
    hedges: bool

    @staticmethod
    def of(sentence: str) -> Claim:
        """Return what a sentence claims."""
        spoken_of = _SPOKEN_OF.match(sentence)
        hedges = [*_HEDGE.finditer(sentence)]
        return Claim(
            words=frozenset(content_words(sentence)),
            numbers=frozenset(_NUMBER.findall(_PLACE_NUMBER.sub(" ", sentence))),
            negated=bool(_NEGATION.search(sentence)),
            subject=frozenset(content_words(spoken_of[1])) if spoken_of else frozenset(),
            hedged=frozenset(word for found in hedges if (word := _first_content(sentence[found.end() :]))),
            hedges=bool(hedges),
        )

    def rests_on(self, source: Claim, headings: Collection[str]) -> bool:
        """Return whether a source of these words could say this: every number, no more denial, no less restraint.

        Args:
            source: what a sentence of a passage claims.
            headings: content words of the headings over it, which may name its subject.
        """
        return (
            bool(self.words)
            and self.numbers <= source.numbers
            and self.negated == source.negated
            and (not source.subject or self.subject <= source.words | frozenset(headings))
            and (self.hedges or not source.hedged & self.words)
        )


def _first_content(text: str) -> str:
    """Return the stem of the first word of these that carries a topic, "" where none does."""
    near = (content_words(word) for word in re.findall(r"[^\W_]+", text[:_WORDS_AFTER]))
    return next((next(iter(words)) for words in near if words), "")
