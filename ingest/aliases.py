"""Pairs of names that a text itself declares equal: "Long Form (LF)", "stands for", "also known as"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.definitions import LONGEST_QUOTE, plain
from ingest.facts import AliasFact
from ingest.terms import clean
from ingest.wordlists import BREAKS, IMPERATIVES
from knowledge.concepts import abbreviates, initials, name_like, normalise, words

_TRIGGER = re.compile(
    r"\(|stands? for|short for|acronym|abbreviat|known as|called|a\.k\.a|\baka\b|referred to as|or simply"
)
_PARENTHESES = re.compile(r"\((?P<inside>[^()\n]{2,70})\)")
_BEFORE = re.compile(r"[^().;:\n]{3,90}$")
_STANDS_FOR = re.compile(
    r"\b(?P<short>[A-Za-z][\w-]{1,12}),?\s+(?:(?:which\s+)?stands\s+for|(?:is\s+)?short\s+for|is\s+an?\s+(?:acronym|abbreviation)"
    r"\s+(?:for|of))\s+(?:the\s+)?[\"“*_]*(?P<long>[^\W\d_][\w-]*(?:[ -][\w-]+){1,7})"
)
_KNOWN_AS = re.compile(
    r"\s*[,(]\s*(?:also\s+(?:(?:often|commonly)\s+)?(?:known|referred\s+to|called)(?:\s+as)?|aka|a\.k\.a\.?|or\s+simply)\s+"
    r"(?:the\s+)?[\"“]*(?P<alias>[^\W\d_][\w'’+#-]*(?:[ -][\w'’+#-]+){0,4}?)[\"”]*\s*(?=[,.;:)]|\bis\b|\bare\b|$)",
    re.IGNORECASE,
)
_INSIDE_LEAD = re.compile(r"^(?:or|aka|i\.e\.|also|short for|called|a\.k\.a\.)\s+", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"[;,/]|\bor\b|\band\b")
_EDGES = " \"'“”*_`"


def aliases(sentence: str) -> Iterator[AliasFact]:
    """Yield the pairs of names that a sentence gives to one thing, the longer or first name first."""
    if _TRIGGER.search(sentence) is None:
        return
    quote = sentence if len(sentence) <= LONGEST_QUOTE else ""
    text = plain(sentence)
    for match in _PARENTHESES.finditer(text):
        before = _BEFORE.search(text, max(0, match.start() - 90), match.start())
        if before is not None:
            yield from _parenthesis(before.group().strip(), match.group("inside"), quote)
    for match in _STANDS_FOR.finditer(text):
        long = _expansion(match.group("short"), match.group("long"))
        if long:
            yield AliasFact(long, match.group("short"), quote)
    for match in _KNOWN_AS.finditer(text):
        name, alias = _name_before(text[: match.start()]), clean(match.group("alias"))
        if name and alias and normalise(name) != normalise(alias):
            yield AliasFact(name, alias, quote)


def heading_aliases(heading: str) -> Iterator[AliasFact]:
    """Yield the pairs of names in a heading: "Vision Transformer (ViT)"."""
    text = plain(heading)
    for match in _PARENTHESES.finditer(text):
        yield from _parenthesis(text[: match.start()].strip(), match.group("inside"), "")


def _name_before(text: str) -> str:
    """Return the name that ends a stretch of text: its last words back to a stop word."""
    found: list[str] = []
    for word in reversed(re.split(r"[,.;:()]", text)[-1].split()):
        if word.lower() in BREAKS or word in IMPERATIVES or len(found) == 4:
            break
        found.insert(0, word)
    return clean(" ".join(found))


def _parenthesis(before: str, inside: str, quote: str) -> Iterator[AliasFact]:
    """Yield the pair of "Long Form (LF)" or "LF (Long Form)"."""
    first, *others = [_INSIDE_LEAD.sub("", one.strip(_EDGES)) for one in _ALTERNATIVES.split(inside)]
    if _is_short_form(first):
        for short in (first, *filter(_is_short_form, others)):
            long = _long_form(short, before)
            if long:
                yield AliasFact(long, short, quote)
        return
    inside = first
    last = before.rsplit(maxsplit=1)[-1].strip(_EDGES) if before.split() else ""
    if _is_short_form(last) and abbreviates(last, inside) and clean(inside) and len(inside.split()) >= 2:
        yield AliasFact(inside if initials(inside, last) else clean(inside), last, quote)


def _is_short_form(text: str) -> bool:
    return (
        2 <= len(text) <= 14 and len(text.split()) <= 2 and text[0].isalnum() and name_like(text) and not text.isdigit()
    )


def _long_form(short: str, before: str) -> str:
    """Return the words right before a short form that it abbreviates, at most min(n + 5, 2 n) of them.

    The stretch whose initials it spells; else, with Schwartz and Hearst (PSB 2003), the shortest such stretch in whose
    letters the short form is found, from the right.
    Adjectives that `clean` would cut stay, since the short form may count them.
    """
    letters = sum(character.isalnum() for character in short)
    parts = before.split()
    parts = parts[-min(letters + 5, 2 * letters) :]
    ends = [" ".join(parts[start:]).strip(_EDGES) for start in range(len(parts) - 1, -1, -1)]
    for candidate in (*filter(lambda end: initials(end, short), ends), *ends):
        if abbreviates(short, candidate) and normalise(short) != normalise(candidate):
            named = _up_to_last_letter(candidate, short)
            return named if clean(named) or initials(named, short) else ""
    return ""


def _up_to_last_letter(long: str, short: str) -> str:
    """Cut last words in which the last letter of the short form does not stand: "multilayer perceptron head (MLP)"."""
    parts = long.split()
    last = short.rstrip("s")[-1:].casefold() or short[-1:].casefold()
    while len(parts) > 2 and last not in parts[-1].casefold() and abbreviates(short, " ".join(parts[:-1])):
        parts.pop()
    return " ".join(parts)


def _expansion(short: str, long: str) -> str:
    """Return the fewest words from the front of `long` that `short` abbreviates, or an empty string."""
    parts = long.split()
    for end in range(2, len(parts) + 1):
        candidate = " ".join(parts[:end])
        if abbreviates(short, candidate) and words(candidate)[-1][0].casefold() in short.casefold()[-2:]:
            return candidate if clean(candidate) else ""
    return ""
