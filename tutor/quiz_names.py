"""How the names of concepts stand in a course: which look alike, which may be one, and which keep company with what.

A wrong option has to look like the right one, and may not be right itself. Whether it could be is read from the
course: a sentence may be true of a concept that is elsewhere named beside the sentence's own words. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.concepts import abbreviates, merge_reason, name_like, opposed, singular, words
from knowledge.model import Chunk, Concept
from knowledge.stopwords import STOP_WORDS, content_words
from tutor.quiz_statements import name_pattern, naming

MOST_COMPANY = 0.2
"""Share of a text's content words beside which a concept may be named elsewhere and surely not be meant by it."""
WELL_KNOWN = 50
"""Content words beside which a concept is named, from on which more is surely not true of it than is only not said."""
LEAST_OPPOSED = 6
"""Letters from which on two words that oppose each other tell one by the other: an encoder, and what decodes."""
LEAST_ROOTED, ROOT = 5, 0.6
"""Letters from which on words are compared by how they begin, and the share of the shorter that has to be alike."""
_PART, _DIGIT_WITHIN = re.compile(r"[a-z]{2,}"), re.compile(r"[a-z]\d[a-z]", re.I)
_ARTICLE = re.compile(r"\b(?:an?|the|each|every|one|any)\s+$", re.I)
_ONE = re.compile(r"\ban?\s+$", re.I)
_HISSES = ("s", "x", "z", "y", "ch", "sh")
_ENDS = re.compile(
    r"\s*(?:[.,;:!?)]|$|(?:and|or|is|has|are|was|were|of|in|on|to|for|with|that|which|can|will|as|by|from)\b)"
)
"""What stands after a name that is not the beginning of a longer one."""
_VERB = re.compile(
    r"(?: of (?:an? |the )?[\w-]+(?: [\w-]+)??)? "
    r"(?:is|are|was|were|has|have|had|can|cannot|could|may|might|must|will|would|should|does|do|"
    r"(?!(?:and|or|but|in|on|to|for|from|with|at|by|as|than|not|like|that|which|who|whose|where|when|while)\b)"
    r"(?P<other>[a-z]{2,}?(?P<s>(?<![siu])s)?)"
    r"(?= (?!(?:is|are|can|will|may|has|have|should|could|would|must|do|does|like|such|[a-z]+ed)\b)[a-z]))\b"
)
"""A verb after a name, and what tells it from a noun: that it agrees with the name, and what stands after it."""
_ENDING = re.compile(r"ies$|(?<!s)s$")
_AFTER_IT = re.compile(r"\b(?i:it|which) ([a-z]{2,}(?<!s)s)\b")
_AFTER_MODAL = re.compile(
    r"\b(?i:to|can|cannot|will|may|might|must|could|would|should|not|doesn't|don't) ([a-z]{2,})\b"
)
_NUMBERED = re.compile(r" (?:(?P<many>are|were|have|do)|is|was|has|does)\b")
_MODIFIED = re.compile(r"[\w)]\s+$")


@dataclass(frozen=True, slots=True)
class Frame:
    """What grammar asks of a name in a place: that it names many, and that an article stands before it."""

    many: bool
    article: bool

    @staticmethod
    def of(before: str, name: str, after: str) -> Frame:
        """Return the frame of a name as it stands between these words; the verb after it knows best."""
        verb = _NUMBERED.match(after)
        return Frame(is_plural(name) if verb is None else bool(verb["many"]), bool(_ARTICLE.search(before)))


@dataclass(frozen=True, slots=True)
class Company:
    """The sentences of a course that name a concept: the words beside it, and how it is written in which frame."""

    beside: frozenset[str]
    """stems of content words"""
    written: dict[Frame, str]
    counted: str = ""
    """How it is written after "a" or "an": a thing of which there may be many."""

    @staticmethod
    def of(concept: Concept, chunks: Sequence[Chunk], verbs: Container[str]) -> Company:
        """Return what these chunks, which name the concept, hold beside its name; `verbs` are those of the course."""
        pattern = name_pattern(concept)
        written: dict[Frame, str] = {}
        beside: set[str] = set()
        counted = ""
        for sentence in naming(concept, chunks):
            beside |= content_words(sentence)
            for match in pattern.finditer(sentence):
                before, after = sentence[: match.start()], sentence[match.end() :]
                name = as_named(concept, match.group())
                frame = Frame.of(before, name, after)
                begins = _ARTICLE.search(before) or not _MODIFIED.search(before)
                if begins and (_ENDS.match(after) or says(frame, after, verbs)):
                    written.setdefault(frame, name)
                    counted = counted or (name if _ONE.search(before) else "")
        return Company(frozenset(beside), written, counted)

    def in_frame(self, frame: Frame) -> str:
        """Return the name as the course writes it in such a place, or could; "" if it never does."""
        many = f"{self.counted}s" if frame.many and self.counted and not self.counted.endswith(_HISSES) else ""
        return self.written.get(frame, many)

    def meets(self, concept: Concept) -> bool:
        """Return whether one of these sentences holds all words of a name of that concept."""
        told = (_stems(name) for name in names(concept))
        return any(own and own <= self.beside for own in told)

    @property
    def is_well_known(self) -> bool:
        """Return whether the course says so much of the concept that what it does not say is hardly true of it."""
        return len(self.beside) >= WELL_KNOWN

    def keeps(self, text: str) -> float:
        """Return the share in 0..1 of a text's content words beside which the concept is named."""
        said = _stems(text)
        return len(said & self.beside) / max(1, len(said))


@lru_cache(maxsize=8_192)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return frozenset(singular(word).casefold() for word in words(text))


def names(concept: Concept) -> tuple[str, ...]:
    """Return all names of a concept, its own first."""
    return concept.name, *concept.aliases


def is_plural(name: str) -> bool:
    """Return whether a name's last word names many."""
    last = (words(name) or [name])[-1]
    return singular(last).casefold() != last.casefold()


def head_of(name: str) -> str:
    """Return the last word of a name, in singular and small letters."""
    return singular((words(name) or [name])[-1]).casefold()


@lru_cache(maxsize=8_192)
def look(name: str) -> str:
    """Return how a name looks: a `name`, one with a common `noun` after it, a `title`, `words`; "" without a word."""
    parts = words(name)
    if not parts:
        return ""
    if name_like(parts[-1]) or (len(parts) == 1 and name[:1].isupper()):
        return "name"
    if any(map(name_like, parts)):
        return "noun"
    return "title" if len(parts) > 1 and all(part[:1].isupper() for part in parts) else "words"


def as_named(concept: Concept, surface: str) -> str:
    """Return a name as it stands in a text with the capitals that the concept's name has: not those of a sentence."""
    own = next((name for name in names(concept) if surface.casefold().startswith(name.casefold())), "")
    return own + surface[len(own) :]


def says(frame: Frame, after: str, verbs: Container[str]) -> bool:
    """Return whether what follows a name is what is said of it, and no second half of a longer name.

    Args:
        frame: where the name stands.
        after: what follows it.
        verbs: words that the course uses as verbs (`verbs_of`): "it scales" says something, "images" does not.
    """
    verb = _VERB.match(after)
    if verb is None or verb["other"] is None:
        return verb is not None
    base = _base(verb["other"])
    return bool(verb["s"]) != frame.many and (base in verbs or base.removesuffix("e") in verbs)


def verbs_of(chunks: Iterable[Chunk]) -> frozenset[str]:
    """Return the words that these chunks have after "to", "can", "it" and the like, where a verb stands."""
    text = "\n".join(chunk.text for chunk in chunks)
    return frozenset(_AFTER_MODAL.findall(text)) | {_base(verb) for verb in _AFTER_IT.findall(text)}


def _base(verb: str) -> str:
    """Return a verb without the ending that it has after "it"; "passes" keeps an e."""
    return _ENDING.sub(lambda ending: "y" if ending.group() == "ies" else ending.group()[:-1], verb)


def akin(one: Concept, two: Concept) -> bool:
    """Return whether two concepts may be one, or of one family, by their names: "SVM loss" and "hinge loss" are."""
    pairs = [(first, second) for first in names(one) for second in names(two)]
    return any(
        _share_a_word(first, second)
        or merge_reason(first, second, same_document=True)
        or (abbreviates(*sorted((first, second), key=len)) and min(len(first), len(second)) <= 5)
        for first, second in pairs
    )


def _share_a_word(first: str, second: str) -> bool:
    """Return whether a word of one is one of the other, stands in one, or begins like one."""
    mine, other = (_words(name) - STOP_WORDS for name in (first, second))
    return any(_alike(a, b) for a in mine for b in other)


def _alike(one: str, two: str) -> bool:
    short = min(len(one), len(two))
    return one == two or (short >= 3 and (one in two or two in one)) or (short >= 5 and one[:5] == two[:5])


def told_by(name: str, text: str) -> bool:
    """Return whether a text gives a name away: by a word of it, its root, its opposite, or what it is short for."""
    pairs = [(own, word) for own in words(name) for word in words(text) if own.isalpha() and word.isalpha()]
    return (
        _share_a_word(name, text)
        or any(opposed(a, b) for a, b in pairs if min(len(a), len(b)) >= LEAST_OPPOSED)
        or any(_of_one_root(a.casefold(), b.casefold()) for a, b in pairs if b.casefold() not in STOP_WORDS)
        or any(len(b) > 1 and b.isupper() and (b in a or a in b) for a, b in pairs if a.isupper())
        or _written_out(name, text)
    )


def _of_one_root(one: str, two: str) -> bool:
    """Return whether two words begin alike for most of the shorter: "evasion" and "evade", "neural" and "neurons"."""
    short = min(len(one), len(two))
    alike = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), short)
    return short >= LEAST_ROOTED and alike >= ROOT * short


def _written_out(name: str, text: str) -> bool:
    """Return whether words of the text begin with all parts of a name such as "im2col"."""
    parts = _PART.findall(name.casefold()) if _DIGIT_WITHIN.search(name) else []
    said = words(text.casefold())
    return len(parts) > 1 and all(any(word.startswith(part) for word in said) for part in parts)


def named_in(concept: Concept, text: str) -> bool:
    """Return whether all words of one of the concept's names stand in the text."""
    return any(_words(name) <= _words(text) for name in names(concept))
