"""Words that carry no topic, and the content words of a text. English only; other scripts pass through whole."""

from __future__ import annotations

import re

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being below between both
    but by can cannot could did do does doing done down during each else ever every few for from further get gets give
    given gives go had has have having he help her here hers him his how however i if in into is it its itself just let
    like make makes many may me might mine more most much must my no nor not of off often on once one only or other our
    ours out over own please same shall she should show since so some still such than that the their theirs them then
    there these they this those through to too under until up upon us use used useful uses using very was way we well
    were what when where whether which while who whom whose why will with within without would yes yet you your yours
    explain tell describe define mean means meaning work works between difference compare give example examples question
    """.split()
)
_WORD = re.compile(r"[^\W_]+")
_SUFFIX = re.compile(r"(?:ies|ing|ions|ion|ed|es|s|er|ers|al|ly)$")


def stem(word: str) -> str:
    """Return a rough stem for comparing words: lower case, common English endings cut from words of five letters on.

    It only ever compares two texts; the catalog's index has its own (Porter) stemmer.
    """
    folded = word.casefold()
    return _SUFFIX.sub("", folded) if len(folded) >= 5 else folded


def content_words(text: str) -> set[str]:
    """Return the stems of the words of `text` that are no stop words."""
    return {stem(word) for word in _WORD.findall(text) if word.casefold() not in STOP_WORDS}
