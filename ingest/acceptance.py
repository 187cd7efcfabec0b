"""Which candidates are concepts of a course: taught somewhere, a noun, and more than a word in passing.

Knows what each kind of name needs; every threshold is a figure of evidence, none a word of some course.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ingest.candidates import (
    REPEATED,
    REPEATED_IN,
    STANDS_ALONE,
    STRONG_DEFINITION,
    STRONG_HEADING,
    SURE_DEFINITION,
    Candidate,
)
from ingest.naming import Named
from ingest.terms import is_borderline, is_general
from ingest.wordlists import BORDERLINE, CONNECTORS, GENERAL, LEADING_VERBS, PURE_VERBS, SIZE_WORDS, WEAK
from knowledge.concepts import name_like, singular, words

CERTAIN_DEFINITION = 0.75
SURE_HEADING = 0.8
SET_APART = 0.2
"""Least teaching of a name that is only set apart: bold, italic, or given with its abbreviation."""
MARKED, MARKED_NAME, MARKED_PHRASE = 2.2, 1.7, 1.1
"""Least salience of a single word, of a proper name, and of a phrase, that is only set apart."""
NOUN_SHARE, SURE_NOUN_SHARE = 0.12, 0.3
"""Least share of a single word's occurrences that end a phrase: where a heading names it, where it is set apart."""
SURELY_LAST = 0.7
VERB_SHARE = 0.18
"""Share of a single word's occurrences in a verb's place from which on it is a verb."""
CODE_SHARE = 0.4
"""Chunks that write a name as code, to its occurrences in prose, from which on it is an identifier."""
NEEDED, NEEDED_USED, NEEDED_PHRASE = 1.65, 1.3, 1.05
"""Least teaching, with frequency, of what a heading or a definition marks; of a phrase that is defined and used."""
DEFINED_PHRASE = 0.55
OFTEN = 8
CLASSED = 2
"""Least times that a name stands before the word for its kind: "CIFAR-10 dataset"."""
WHOLE_HEADING = 1.0
PLAIN_PHRASE, USED_PHRASE = 15, 4
"""Least occurrences of a phrase of general nouns: where nothing else speaks for it, where it is a whole heading."""
FREE_PHRASE = 3
"""Least occurrences of a name with "of" or "in" inside: other headings hold such phrases too."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_PARTICIPLE_ENDING = re.compile(r".{2,}[^e]ed")
_ADVERB = re.compile(r"(?!.*(?:anomaly|family|assembly|supply|reply|poly)$).{3}.*ly")
_ADJECTIVE = ("al", "ive", "ous", "ic", "able", "ible", "ful", "less", "ed", "ly", "est", "ary")


HANDLES = frozenset(
    "object instance argument attribute file folder button tab page variable name id identifier".split()
)
"""Words for what holds a thing in a program: "tokenizer object" is no concept beside the tokenizer."""


def accepted(named: Mapping[str, Named], candidates: Mapping[str, Candidate]) -> dict[str, Named]:
    """Return the concepts among the named candidates, by root: taught somewhere, and more than a word in passing."""
    heads = {key: candidate.last for key, candidate in candidates.items()}
    return {root: one for root, one in named.items() if accept(one.whole, one.name, heads)}


def accept(candidate: Candidate, name: str, heads: Mapping[str, int]) -> bool:
    """Return whether a candidate is a concept of the course.

    Args:
        candidate: all that speaks for the name.
        name: as it would be shown.
        heads: how often each single word, by key, ends a phrase of the course.
    """
    if not candidate.key or _is_no_noun(candidate, name) or _hollow(candidate, name):
        return False
    if candidate.headings >= STRONG_HEADING or candidate.defined >= STRONG_DEFINITION:
        return candidate.taught + 0.3 * math.log2(1 + candidate.total) >= _needed(candidate, name, heads)
    marked = candidate.emphases > 0 or candidate.aliased > 0 or candidate.headings >= SET_APART
    if marked and candidate.taught >= SET_APART and _surely_noun(candidate, name):
        return _marked(candidate, name)
    if candidate.classed >= CLASSED:
        return candidate.total >= REPEATED and candidate.documents >= REPEATED_IN
    return _repeated_phrase(candidate, name)


def _marked(candidate: Candidate, name: str) -> bool:
    """Return whether a name that is only set apart is a concept."""
    if " " not in name:
        adjective = name.lower().endswith(_ADJECTIVE) and candidate.last < SURELY_LAST * candidate.total
        plain = is_borderline(name) or adjective
        return (
            not plain
            and candidate.total >= 3
            and candidate.raw_salience >= (MARKED_NAME if name_like(name) else MARKED)
        )
    if is_borderline(name):
        return candidate.emphases >= 1.0 and candidate.total >= OFTEN
    if _is_somebody(candidate):
        return False
    return candidate.total >= 2 and candidate.raw_salience >= MARKED_PHRASE


def _is_somebody(candidate: Candidate) -> bool:
    """Return whether a phrase in italics that no heading names is always written like a person: "Frank Rosenblatt"."""
    if candidate.aliased or candidate.headings >= SET_APART or candidate.emphases > 1.0:
        return False
    writings = [words(surface) for surface in candidate.surfaces]
    return all(len(parts) in (2, 3) and all(map(str.istitle, parts)) for parts in writings)


def _needed(candidate: Candidate, name: str, heads: Mapping[str, int]) -> float:
    """Return the least teaching of a name that a heading or a definition marks.

    A phrase needs less where it is used again, or ends with a noun the course uses often: "local attention" in a
    course on attention.
    """
    parts = words(name)
    if " " not in name:
        surely = candidate.defined >= SURE_DEFINITION and candidate.documents >= 2
        named = name_like(name) and candidate.defined >= STRONG_DEFINITION and candidate.total >= 3
        return NEEDED_USED if surely or named else NEEDED
    if candidate.total >= 2 and candidate.defined >= DEFINED_PHRASE:
        return NEEDED_PHRASE
    if parts[0].lower() in SIZE_WORDS or parts[0].lower() in WEAK or parts[0].lower().endswith("ing"):
        return NEEDED
    first, last = singular(parts[0]), singular(parts[-1])
    known = heads.get(last, 0) >= OFTEN and last not in GENERAL
    listed = candidate.defined >= SURE_DEFINITION and candidate.emphases > 0
    if known or (listed and (last not in GENERAL or first not in GENERAL | BORDERLINE)):
        return NEEDED_PHRASE
    return NEEDED_USED if candidate.total >= 3 else NEEDED


def is_identifier(candidate: Candidate) -> bool:
    """Return whether the course writes a name as code more than as a word."""
    return candidate.coded > 0 and candidate.coded >= CODE_SHARE * candidate.total


def _is_no_noun(candidate: Candidate, name: str) -> bool:
    """Return whether a name is a verb, an adjective, or an activity with its objects: "push", "Tagging people"."""
    if " " in name:
        return _is_activity(candidate, name.split())
    acted = not name_like(name) and candidate.acted >= VERB_SHARE * candidate.total > 0
    adjective = name.lower().endswith(_ADJECTIVE) and not name_like(name) and candidate.last < 0.5 * candidate.total
    if (adjective and candidate.headings < STRONG_HEADING) or _ORDINAL.fullmatch(name) is not None:
        return True
    if candidate.defined >= SURE_DEFINITION:
        return acted and candidate.defined < CERTAIN_DEFINITION
    return acted or adjective or _modifies(name)


def _is_activity(candidate: Candidate, parts: list[str]) -> bool:
    """Return whether a phrase says what is done, or to whom something belongs, and names no thing."""
    first, last = parts[0].lower(), parts[-1]
    owned = parts[0].islower() and first.endswith(("'s", "’s"))
    if owned or first in PURE_VERBS or _modifies(last) or (first in LEADING_VERBS and candidate.total < FREE_PHRASE):
        return True
    objects = singular(last) != last.lower() or last.lower() in ("people", "data") or name_like(last)
    return first.endswith("ing") and objects and candidate.defined < SURE_DEFINITION


def _modifies(word: str) -> bool:
    """Return whether a word is a participle or an adverb, which ends no name: "concepts covered"."""
    if name_like(word) or "-" in word:
        return False
    return any(shape.fullmatch(word.lower()) for shape in (_PARTICIPLE_ENDING, _ADVERB))


def _is_plain_phrase(parts: list[str]) -> bool:
    """Return whether a phrase is of general nouns alone, or ends with what holds a thing in a program."""
    if len(parts) < 2 or name_like(parts[-2]):
        return False
    return singular(parts[-1]) in HANDLES or all(singular(part) in GENERAL for part in parts)


def _hollow(candidate: Candidate, name: str) -> bool:
    """Return whether a name lacks what its like needs: a general noun its definition, a rare name a heading."""
    parts = name.split()
    defined, headed = candidate.defined, candidate.headings
    if is_general(name) or (candidate.total < FREE_PHRASE and any(part.lower() in CONNECTORS for part in parts)):
        return True
    if _is_plain_phrase(parts) and candidate.total < PLAIN_PHRASE:
        least = CERTAIN_DEFINITION if singular(parts[-1]) in HANDLES else SURE_DEFINITION
        return defined < least and (headed < WHOLE_HEADING or candidate.total < USED_PHRASE)
    if is_identifier(candidate):
        return defined < SURE_DEFINITION and headed < STRONG_HEADING
    if len(parts) == 1:
        return _hollow_word(candidate, name)
    sized = parts[0].lower() in SIZE_WORDS and candidate.aliased == 0
    unnamed = candidate.total < 2 and headed < STRONG_HEADING
    return defined < STRONG_DEFINITION and (sized or unnamed or _is_somewhere(parts, headed))


def _is_somewhere(parts: list[str], headed: float) -> bool:
    """Return whether a phrase is about one place or person, or holds symbols: "capital of France", "size K x"."""
    if sum(len(part) == 1 for part in parts) > 1:
        return True
    inside = any(part.lower() in CONNECTORS for part in parts)
    last = parts[-1]
    single = last.istitle() and not name_like(last) and parts[0].islower()
    return inside and single and headed < STRONG_HEADING


def _hollow_word(candidate: Candidate, name: str) -> bool:
    defined, headed = candidate.defined, candidate.headings
    if is_borderline(name):
        known = defined >= SURE_DEFINITION and (headed >= SURE_HEADING or candidate.emphases >= 1.0)
        return not known and max(candidate.titles, headed if "-" in name else 0.0) < SURE_HEADING
    if defined < SURE_DEFINITION and not name_like(name):
        return candidate.last < NOUN_SHARE * candidate.total
    if candidate.total < 3 and defined < STRONG_DEFINITION and not name_like(name):
        return True
    rare = candidate.total < 2 and candidate.titles < SURE_HEADING
    return rare and (defined < STRONG_DEFINITION or headed < STRONG_HEADING)


def _surely_noun(candidate: Candidate, name: str) -> bool:
    return " " in name or candidate.last >= SURE_NOUN_SHARE * candidate.total


def _repeated_phrase(candidate: Candidate, name: str) -> bool:
    """Return whether a phrase that nothing marks is a term by repetition: several words, a noun last, in lower case."""
    parts = name.split()
    if not 2 <= len(parts) <= 4 or candidate.total < REPEATED or candidate.documents < REPEATED_IN:
        return False
    if candidate.alone < STANDS_ALONE * candidate.total or is_borderline(name) or parts[0].lower() in SIZE_WORDS:
        return False
    if any(part.lower() in CONNECTORS for part in parts) or {singular(parts[0]), singular(parts[-1])} & GENERAL:
        return False
    if parts[0].lower() in WEAK or parts[-1].lower() in WEAK or parts[-1].lower().endswith(_ADJECTIVE):
        return False
    return not all(part[0].isupper() for part in parts) or any(name_like(part) for part in parts)
