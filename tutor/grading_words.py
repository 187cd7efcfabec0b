"""Whether a short text states the key facts. Says UNSURE wherever words alone cannot tell.

Knows writings, a few everyday synonyms, negations and opposites; refuses to guess at meaning: similar words are never
enough, since "supervised" and "unsupervised" are alike in everything but what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.concepts import normalise, opposed, singular, words
from knowledge.spelling import american
from knowledge.stopwords import STOP_WORDS
from tutor.grades import Grade, Verdict, WordsKey

MOST_EXTRA = 12
"""Content words more than the key has that an answer may hold before nothing is said about it."""
_NEGATION = re.compile(r"\b(?:not|no|never|neither|nor|none|without|cannot|\w+n['’]t|fails? to|lacks?)\b", re.I)
_SAYS_NO = re.compile(r"\s*(?P<word>yes|no|true|false)\b", re.I)
_DIRECTION = re.compile(
    r"\b(?:than|before|after|to|from|into|over|given|minus|per|by|if|implies|causes|then|least|most|against)\b|->|→|⇒|/"
)
_KEPT = frozenset("before after above below over under more most least less few up down same".split())
_FILLER = frozenset("answer call know think guess believe name term concept thing method technique get go".split())
_SYNONYMS = {
    word: group.split()[0]
    for group in (
        "increase grow rise raise goes-up",
        "decrease reduce lower shrink drop goes-down",
        "large big great",
        "small little tiny",
        "equal identical",
        "begin start",
        "predict forecast",
        "quick fast rapid",
        "error mistake",
    )
    for word in group.split()
}
_PHRASES = (
    (re.compile(r"\bgo(?:es|ing)? (up|down)\b", re.I), r"goes-\1"),
    (re.compile(r"\b([A-Z])\.(?=[A-Z])"), r"\1"),
)
_OF = re.compile(r"([\w-]+) of (?:the |an? )?([\w-]+)", re.I)
"""The size of the batch is the batch size; the gradient of the loss is not the loss of the gradient."""
_LIST = re.compile(r"\b(?:and|or)\b|,", re.I)
_TOKEN = re.compile(r"goes-(?:up|down)|[^\W_]+(?:['’][^\W\d_]+)?")
_ENDINGS = re.compile(r"(?:ing|ed|es|e|s)$")


_CLAUSE = re.compile(r"[;.]\s+|,|\band\b|\bbut\b", re.I)
_RIGHT = Grade(Verdict.RIGHT, "That is right.")
_UNSURE = Grade(Verdict.UNSURE, "The words do not tell whether this is right; compare it with the explanation.")


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it is compared: content words in order, numbers among them, and how often it denies."""

    text: str
    words: tuple[str, ...]
    negations: int
    ordered: bool
    """Whether the order of its words counts: not in a list ("precision and recall") that relates nothing."""


def grade_words(key: WordsKey, answer: str) -> Grade:
    """Return RIGHT if every fact stands in the answer and nothing speaks against it, WRONG where an opposite stands.

    Several facts may stand in several clauses; a clause that states one of them speaks against none.
    """
    if len(key.facts) == 1:
        return _fact(key.facts[0], _read(answer))
    clauses = [_read(clause) for clause in _CLAUSE.split(answer) if clause.strip()]
    table = [[_fact(fact, clause) for fact in key.facts] for clause in clauses]
    idle = [row for row in table if not any(grade.verdict is Verdict.RIGHT for grade in row)]
    against = [grade for row in idle for grade in row if grade.verdict is Verdict.WRONG]
    if against:
        return against[0]
    stated = [any(row[index].verdict is Verdict.RIGHT for row in table) for index in range(len(key.facts))]
    if all(stated) and not idle:
        return _RIGHT
    return _UNSURE


def _fact(ways: Sequence[str], given: _Read) -> Grade:
    if any(normalise(way) == normalise(given.text) and _same_sign(_read(way), given) for way in ways):
        return _RIGHT
    read = [_read(way) for way in ways]
    if any(_states(way, given) for way in read):
        return _RIGHT
    if any(_denies(way, given) for way in read):
        return Grade(Verdict.WRONG, "That says something else, or the opposite.")
    return _UNSURE


def _read(text: str) -> _Read:
    plain = text.strip().replace("’", "'")
    for pattern, written in _PHRASES:
        plain = pattern.sub(written, plain)
    plain = _OF.sub(r"\2 \1", plain)
    found: list[str] = []
    for token in _TOKEN.findall(plain):
        word = token.casefold()
        if _NEGATION.fullmatch(word) or (word in STOP_WORDS and word not in _KEPT):
            continue  # denials are counted, not compared: "does not need" is "doesn't need"
        if (form := _form(word)) not in _FILLER:
            found.append(form)
    ordered = not _LIST.search(plain) or bool(_DIRECTION.search(plain.casefold()))
    return _Read(text.strip(" ."), tuple(found), len(_NEGATION.findall(plain)), ordered)


def _form(word: str) -> str:
    base = _SYNONYMS.get(word) or _SYNONYMS.get(singular(american(word)))
    if base:
        return base
    one = singular(american(word))
    for ending in ("ing", "ed", "es", "er", "r", "d", "s"):
        bare = one.removesuffix(ending)
        for stem in (bare, f"{bare}e", bare[:-1]):  # grows, raises, bigger
            if one.endswith(ending) and stem in _SYNONYMS:
                return _SYNONYMS[stem]
    return _ENDINGS.sub("", one) if len(one) > 5 else one


def _same_sign(way: _Read, given: _Read) -> bool:
    return way.negations % 2 == given.negations % 2 and _answer_word(way.text) == _answer_word(given.text)


def _answer_word(text: str) -> str:
    match = _SAYS_NO.match(text)
    return match.group("word").casefold() if match else ""


def _states(way: _Read, given: _Read) -> bool:
    """Return whether the answer holds all that the phrasing says, in its order where that matters, and no more."""
    if not way.words or not _same_sign(way, given) or _clash(way, given):
        return False
    extra = _extra(way, given)
    if [word for word in way.words if word not in given.words]:
        return _joined_alike(way, given)
    if way.ordered and not _in_order(way.words, given.words):
        return False
    is_name = len(way.words) <= 4
    return not extra if is_name else len(extra) <= MOST_EXTRA


def _joined_alike(way: _Read, given: _Read) -> bool:
    """Return whether both are one name with its words joined or parted otherwise: fine-tuning, finetuning."""
    return "".join(way.words) == "".join(given.words)


def _extra(way: _Read, given: _Read) -> list[str]:
    return [word for word in given.words if word not in way.words]


def _in_order(wanted: Sequence[str], given: Sequence[str]) -> bool:
    rest = iter(given)
    return all(word in rest for word in wanted)


def _clash(way: _Read, given: _Read) -> bool:
    """Return whether a word or number of the answer stands against one of the key."""
    missing = [word for word in way.words if word not in given.words]
    if any(any(c.isdigit() for c in word) for word in _extra(way, given)):
        return True
    return any(opposed(one, other) for one in missing or way.words for other in _extra(way, given))


def _denies(way: _Read, given: _Read) -> bool:
    """Return whether the answer says about the same words the opposite, another number, or no instead of yes."""
    shared = set(way.words) & set(given.words)
    missing, extra = [w for w in way.words if w not in shared], _extra(way, given)
    if not missing and not extra:
        return not _same_sign(way, given)
    replaced = len(missing) <= 1 and len(extra) <= 1
    return (
        replaced and bool(missing) and bool(extra) and opposed(" ".join(words(way.text)), " ".join(words(given.text)))
    )
