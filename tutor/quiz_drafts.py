"""What a model drafted as a quiz question, and what speaks against asking it. Pure: nothing a model says is believed.

What is kept is decided by the statement it was made from: the right answer is a phrase of it, cut where phrases end;
the question uses its words and hardly any others, or else gives way to the statement itself with a blank; and no wrong
answer stands in it, is a wording of the right one, differs from it in form, or is what the course says elsewhere.
Not checked: whether a wrong answer is true outside the course; the model is asked that (`quiz_worded`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.concepts import name_like, normalise, singular
from knowledge.stopwords import STOP_WORDS, content_words
from knowledge.wording import printable
from tutor.quiz import BLANK
from tutor.quiz_statements import UNCLEAN, points_elsewhere

LEAST_WRONG, MOST_WRONG = 2, 3
"""Wrong answers of a question."""
LONGEST_ANSWER = 12
"""Words that a right answer may have."""
_SHARED = 2
"""Content words of the statement that a question needs, so that it asks about what the statement says."""
_FOREIGN = 1
"""Content words of a question that its statement need not have: "involve" for "is in the class of"."""
_LENGTHS = (0.4, 2.5)
"""Shortest and longest a wrong answer may be, as a multiple of the right one in characters."""
_ASKS = re.compile(r"(?:\w+ ){0,3}?(?:what|which|who|where|when|why|how)\b", re.I)
_DENIES = re.compile(
    r"\b(?:not?|never|none|neither|nor|except|without|cannot|false|incorrect|wrong|rarely|seldom|hardly|unlike|instead|"
    r"rather than)\b|n['’]t\b",
    re.I,
)
_SOURCE = re.compile(r"\b(?:statements?|passages?|texts? says?|sentences?|authors?|quoted?|above|options?)\b", re.I)
_OF_ALL = re.compile(r"\b(?:all|none|both|neither|any|either) of (?:the|these|them)\b|\ball the above\b", re.I)
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[^\W_](?:[\w'’.\-/]*[^\W_])?")
_ARTICLES = frozenset("a an the each every many some several any most more one two three its their all".split())
_INSIDE = ("content", "article")
_CUT_VERB = re.compile(r"\bto [^\W_]+$")
"""The end of a phrase whose verb has lost its object: "a linear transformation to convert"."""
_UNIT = re.compile(r"[^\s\w.,;:!?()\[\]\"'”’—–]")
"""What belongs to the word before it: "26%"."""
_VERB_OF = {
    form: forms.partition(" ")[0]
    for forms in ("be is are was were been", "have has had", "do does did", "make makes", "use uses used", "give gives")
    for form in forms.split()
}
_LINKS = frozenset("of to from for in with and or per by on between into over at across as".split())
_FORMS = (
    ("number", re.compile(r"[^a-z]*\d", re.I)),
    ("article", re.compile(r"(?:an?|the|one|each|every|its|their)\b", re.I)),
    ("purpose", re.compile(r"to\b", re.I)),
    ("place", re.compile(r"(?:by|in|on|at|for|from|with|into|of|as|when|if|because|during|after|before)\b", re.I)),
    ("doing", re.compile(r"[a-z]{2,}ing\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as a model wrote it."""

    question: str
    right: str
    wrong: tuple[str, ...]


def plain_words(text: str) -> set[str]:
    """Return the stems of a text's content words; "provides" and "provide" have one."""
    return {word.rstrip("e") for word in content_words(text)}


_GENERAL = plain_words("kind type sort many much long part thing happen way")
"""Words that a question may add to those of its statement."""
_EMPTY = plain_words(
    "type kind sort form way technique method approach process thing part number set group category class"
)
"""Words of an answer that hardly tell what it names: "a type of regularization technique" names regularization."""


def phrases(statement: str, names: Iterable[str]) -> list[str]:
    """Return the phrases of a sentence that may be an answer, in order, cut at function words and marks.

    Only those that surely name something, where there are any: others may be parts of a predicate.

    Args:
        statement: the sentence.
        names: of its subject; no phrase holds one.
    """
    tokens = list(_TOKEN.finditer(statement))
    kinds = [_kind(token.group()) for token in tokens]
    side_by_side = [statement[a.end() : b.start()] == " " for a, b in pairwise(tokens)] + [False]
    found: dict[str, None] = {}
    for first, kind in enumerate(kinds):
        before = kinds[first - 1] if first and side_by_side[first - 1] else ""
        if (kind == "content" and before not in _INSIDE) or (kind == "article" and before != "article"):
            for last in _ends(kinds, side_by_side, first):
                found.setdefault(statement[tokens[first].start() : tokens[last].end()])
    own = [name.casefold() for name in names]
    once = ((one, statement.partition(one)[2]) for one in found if statement.count(one) == 1)
    fit = (one for one, after in once if plain_words(one) and not _CUT_VERB.search(one) and not _UNIT.match(after))
    foreign = [one for one in fit if not any(name in one.casefold() for name in own)]
    return [one for one in foreign if is_thing(one)] or foreign


def is_thing(phrase: str) -> bool:
    """Return whether a phrase surely names something: it begins with an article or a number word."""
    return phrase.split(maxsplit=1)[0].casefold() in _ARTICLES


def _ends(kinds: Sequence[str], side_by_side: Sequence[bool], first: int) -> Iterator[int]:
    """Yield where a phrase from `first` on may end: at a content word that neither a noun nor an object follows."""
    for last in range(first, min(len(kinds), first + LONGEST_ANSWER)):
        if kinds[last] == "function":
            return
        beside = kinds[last + 1] if side_by_side[last] else ""
        if kinds[last] == "content" and beside not in _INSIDE:
            yield last
        if not side_by_side[last]:
            return


def _kind(word: str) -> str:
    folded = word.casefold()
    if folded in _ARTICLES:
        return "article"
    return "link" if folded in _LINKS else "function" if folded in STOP_WORDS else "content"


def objection(draft: Draft, statement: str) -> str:
    """Return what speaks against the question; empty if nothing does."""
    asked, stated = plain_words(draft.question), plain_words(statement)
    checks = (
        (not _ASKS.match(draft.question) or draft.question.find("?") != len(draft.question) - 1, "it asks nothing"),
        (not _is_plain(draft.question), "it is no plain text"),
        (bool(_DENIES.search(draft.question)), "it asks for what is not so"),
        (bool(_DENIES.search(statement)), "the statement denies something"),
        (points_elsewhere(draft.question) or bool(_SOURCE.search(draft.question)), "it does not stand alone"),
        (len(asked - stated - _GENERAL) > _FOREIGN, "it uses words that the statement does not"),
        (len(asked & stated) < _SHARED, "it does not tell what it is about"),
        (bool(plain_words(draft.right) & asked), "a word of the answer stands in it"),
        (not _leads_to(draft.question, statement.partition(draft.right)[0]), "it does not lead to its answer"),
    )
    return next((why for failed, why in checks if failed), "")


def _leads_to(question: str, before: str) -> bool:
    """Return whether a question asks for what follows these words: the last that carries meaning, and those after it.

    "A penalty has the interpretation ..." does not answer what a penalty prefers: the question has no "has".
    """
    words = [word.casefold() for word in _WORD.findall(before)]
    last = next((n for n in range(len(words) - 1, -1, -1) if _kind(words[n]) == "content"), 0)
    asked = {form for word in _WORD.findall(question) for form in _forms(word)}
    carrying = (word for word in words[last:] if _kind(word) in ("content", "function"))
    return all(_forms(word) & asked for word in carrying)


def _forms(word: str) -> set[str]:
    """Return what a word may be known by in another form: its stem, or the verb that "has" and "were" are forms of."""
    return plain_words(word) or {_VERB_OF.get(word.casefold(), word.casefold())}


def blanked(statement: str, answer: str) -> str:
    """Return the question for a phrase of a sentence: what stands where it was taken out."""
    before, _, after = statement.partition(answer)
    return f"What stands in the blank? “{before}{BLANK}{after}”"


def usable_wrong(draft: Draft, statement: str, course: Iterable[str]) -> list[str]:
    """Return the first wrong answers, as many as a question has, that surely are wrong by the course and look alike.

    Args:
        draft: what was written.
        statement: what it was written about.
        course: the passage and other sentences that name the concept: what one of them holds may be right, too.
    """
    right, stated = plain_words(draft.right), plain_words(statement)
    elsewhere = [plain_words(sentence) for sentence in course]
    kept: list[str] = []
    for wrong in draft.wrong:
        told = plain_words(wrong) if _is_plain(wrong) else set()
        named = told <= stated or any((told - _EMPTY or told) <= said for said in elsewhere)
        again = any(told <= plain_words(one) or plain_words(one) <= told for one in (draft.right, *kept))
        if told and not named and not again and _same_form(draft.right, wrong) and told - stated != right:
            kept.append(wrong)
        if len(kept) == MOST_WRONG:
            break
    return kept


def _is_plain(text: str) -> bool:
    return not UNCLEAN.search(text) and printable(text) == text


def _same_form(right: str, wrong: str) -> bool:
    """Return whether neither first word, names, length nor number tells a wrong answer from the right one."""
    if _DENIES.search(wrong) or _OF_ALL.search(wrong) or normalise(right) == normalise(wrong):
        return False
    if not _LENGTHS[0] <= len(wrong) / len(right) <= _LENGTHS[1]:
        return False
    return _form(right) == _form(wrong)


def _form(text: str) -> tuple[str, bool, bool]:
    """Return the kind of the first word, whether a name stands in the text, and whether it names one or many."""
    words = _WORD.findall(text)
    first = next((name for name, pattern in _FORMS if pattern.match(text)), "")
    return first, any(name_like(word) for word in words), singular(words[-1]) != words[-1]
