"""When two names mean one concept: a key that ignores writing, and reasons for which other names may be joined.

Knows spelling, plurals, acronyms and words that never mix; refuses to know any course's vocabulary. Names are never
joined because they look alike: "supervised" and "unsupervised learning" differ in two letters and in everything else.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.spelling import full_words, plain_letters, singular

__all__ = ["abbreviates", "initials", "merge_reason", "name_like", "normalise", "opposed", "singular", "words"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?[+#]*")
_PARENTHESIS = re.compile(
    r"\s*[(\[](?!(?<=\w[(\[])(?:\d|[^\W\d_]|alpha|beta|epsilon|gamma|lambda|mu|sigma)[)\]])[^()\[\]]*[)\]]|\(s\)"
)
"""Not the argument that belongs to a name: TD(0), TD(lambda), O(n)."""
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_ACRONYM_PLURAL = re.compile(r"[A-Z]{2,}s")


def words(surface: str) -> list[str]:
    """Return the words of a name as written: hyphens and spaces part words, a possessive ending is dropped."""
    found = []
    for word in _WORD.findall(surface.replace("’", "'")):
        found.append(word[:-2] if word.endswith("'s") else word.replace("'", ""))
    return found


@lru_cache(maxsize=65_536)
def normalise(surface: str) -> str:
    """Return the key under which a name is looked up: equal for writings of one name.

    Case, hyphens, spaces, articles in front, plurals, British spelling, accents, the writing of symbols, common
    shorthand and a trailing parenthesis do not count; word order, numbers and every other word do.
    Empty if the name has no word.

    >>> normalise("Pre-training") == normalise("pretraining") and normalise("CNNs") == normalise("CNN")
    True
    >>> normalise("Vision Transformer (ViT)") == normalise("vision transformers")
    True
    >>> normalise("L1 loss") == normalise("L2 loss")
    False
    """
    text = plain_letters(surface).strip()
    bare = _PARENTHESIS.sub("", text) or text
    bare = _ARTICLE.sub("", bare, count=1) if _ARTICLE.match(bare) and len(words(bare)) > 1 else bare
    return "".join(full_words([singular(word) for word in words(bare)]))


# --- what keeps names apart -------------------------------------------------------------------------------------

_OPPOSITES = """
    encoder decoder|encoding decoding|encode decode|forward backward|maximum minimum|max min|upper lower|argmax argmin|
    maximization minimization|maximise minimise|maximize minimize|discriminative generative|discriminator generator|
    positive negative|input output|train test|training testing|training inference|static dynamic|sparse dense|
    shallow deep|local global|hard soft|strong weak|high low|left right|top bottom|first last|first second|big small|
    large small|long short|fast slow|early late|online offline|on off|discrete continuous|deterministic stochastic|
    precision recall|bias variance|prior posterior|row column|horizontal vertical|internal external|inner outer|
    intrinsic extrinsic|inductive deductive|inductive transductive|bagging boosting|overfitting underfitting|
    upsampling downsampling|over under|up down|pre post|prefix suffix|source target|query key|key value|query value|
    synchronous asynchronous|parametric nonparametric|symmetric asymmetric|absolute relative|explicit implicit|
    open closed|sender receiver|push pull|read write|client server|primal dual|increase decrease|before after|
    increasing decreasing|homogeneous heterogeneous|micro macro|intra inter|univariate multivariate|binary multiclass|
    single multiple|single multi|univariate bivariate|causal masked|image text|audio video|student teacher|
    classification regression|additive multiplicative|bottomup topdown|value action|forward reverse|ascent descent|
    ascending descending|batch layer|batch instance|batch group|layer instance|layer group|instance group|self cross|
    unigram bigram|bigram trigram|state action|exploration exploitation|mean median|extractive abstractive|
    multiclass multilabel|multiclass multilabeled|cyclic acyclic|homoscedastic heteroscedastic|plus minus|ngram unigram
"""
_OPPOSITE = frozenset(
    frozenset((singular(one), singular(other)))
    for one, other in (pair.split() for pair in _OPPOSITES.split("|") if pair.strip())
)
_NEGATIONS = ("un", "non", "in", "im", "ir", "il", "dis", "anti", "de", "a", "ab", "mis", "counter", "under")
_NUMERALS = frozenset("i ii iii iv v vi vii viii ix x one two three four five zero first second third".split())
_NUMBERED = re.compile(r"\d|^[a-z]$")


def opposed(first: str, second: str) -> bool:
    """Return whether the names differ by an opposite, a negation, a number or a single letter somewhere.

    Such names are never one concept, whatever else speaks for it.

    >>> opposed("supervised learning", "unsupervised learning"), opposed("type I error", "type II error")
    (True, True)
    >>> opposed("2D convolution", "2D convolutions")
    False
    """
    one = [singular(word) for word in words(first)]
    other = [singular(word) for word in words(second)]
    if "".join(one) == "".join(other):
        return False
    only_one, only_other = set(one) - set(other), set(other) - set(one)
    if any(_counts(word) for word in only_one | only_other):
        return True
    joined = set(one) | set(other)
    negated = any(
        prefix in joined and (prefix in only_one) != (prefix in only_other) for prefix in ("not", "no", "non")
    )
    return negated or any(_opposite(a, b) for a in only_one for b in only_other)


def _counts(word: str) -> bool:
    return word in _NUMERALS or _NUMBERED.search(word) is not None


def _opposite(one: str, other: str) -> bool:
    if frozenset((one, other)) in _OPPOSITE:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and any(long == prefix + short for prefix in _NEGATIONS)


# --- what joins names -------------------------------------------------------------------------------------------

_TAIL_AFTER_NAME = frozenset("model algorithm method technique approach architecture framework".split())
_WORK_OF_PEOPLE = frozenset("method algorithm".split())
_SHORT_ACRONYM = re.compile(r"[A-Z]{1,3}s?")
"""As often a field as a thing of it: an AI model is not AI."""
_EPONYM = re.compile(r"(?:[A-Z][a-z]+[-–])+[A-Z][a-z]+")
"""Names of people, joined: "Lucas-Kanade"."""
_MINOR = frozenset("of and the for in on to a an with by from or as at via".split())
_NAME_LIKE = re.compile(r"[A-Z].*[A-Z0-9]|[a-z]+[A-Z0-9]|\d")


def name_like(word: str) -> bool:
    """Return whether a word is written like a proper name or acronym (`CLIP`, `ResNet`, `word2vec`), not prose."""
    return _NAME_LIKE.search(word) is not None


def initials(long: str, short: str) -> bool:
    """Return whether `short` is made of the first letters of the words of `long`, small words skipped or not."""
    letters = "".join(words(short)).casefold()
    letters = letters[:-1] if _ACRONYM_PLURAL.fullmatch(short) else letters
    parts = [word.casefold() for word in words(long)]
    if len(letters) < 2 or len(parts) < 2:
        return False
    everything = "".join(part[0] for part in parts)
    major = "".join(part[0] for part in parts if part not in _MINOR)
    return letters in (everything, major)


def abbreviates(short: str, long: str) -> bool:
    """Return whether `short` could be written for `long` by leaving letters out, the first letter being the same.

    It can where it spells the initials. Else by the test of Schwartz and Hearst, "A simple algorithm for identifying
    abbreviation definitions in biomedical text" (PSB 2003): the letters of the short form appear in order in the long
    form, matched from the right, and the first one starts it. That holds for many unrelated pairs, so it only confirms
    what a text states.
    """
    letters = [c for c in short.casefold() if c.isalnum()]
    if _ACRONYM_PLURAL.fullmatch(short):
        letters.pop()
    if not letters or len(letters) >= sum(c.isalnum() for c in long):
        return False
    if initials(long, short):
        return True
    position = len(long)
    folded = long.casefold()
    for index in range(len(letters) - 1, -1, -1):
        position -= 1
        while position >= 0 and not (
            folded[position] == letters[index] and (index > 0 or position == 0 or not folded[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return False
    return position == 0


def merge_reason(first: str, second: str, *, stated: bool = False, same_document: bool = False) -> str | None:
    """Return why the two names are one concept, or `None` if they have to stay apart.

    Args:
        first: a name as written.
        second: another one.
        stated: the material itself gives one as another name of the other ("X, also known as Y", "X (Y)").
        same_document: both are used in one document, which is what makes matching initials believable.
    """
    if normalise(first) and normalise(first) == normalise(second):
        return "written alike"
    abbreviation = stated and _one_abbreviates(first, second)
    renamed = stated and _one_is_numbered(first, second)
    if opposed(first, second) and not (abbreviation or renamed):
        return None
    short, long = sorted((first, second), key=len)
    reasons = (
        (same_document and _matching_initials(short, long), "initials match in one document"),
        (abbreviation, "abbreviation stated in the text"),
        (stated and not _modifies(first, second), "other name stated in the text"),
        (_is_name_with_tail(long, short), "the last word adds nothing to a name"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _one_is_numbered(first: str, second: str) -> bool:
    """Return whether one of two names alone holds a number, and words of its own too: "L2 norm", "Euclidean norm"."""
    one, other = ({singular(word) for word in words(name)} for name in (first, second))
    numbered = [any(map(_counts, mine)) for mine in (one - other, other - one)]
    apart = any(_opposite(a, b) for a in one - other for b in other - one)
    return numbered[0] != numbered[1] and not apart and not _modifies(first, second)


def _matching_initials(short: str, long: str) -> bool:
    return len("".join(words(short))) >= 3 and name_like(short) and initials(long, short)


def _one_abbreviates(first: str, second: str) -> bool:
    """Return whether one is an acronym of the other: `k-NN` and `L-BFGS` hold single letters but oppose nothing."""
    short, long = sorted((first, second), key=len)
    return len(words(long)) > len(words(short)) and not _modifies(first, second) and abbreviates(short, long)


def _modifies(first: str, second: str) -> bool:
    """Return whether one name is the other with words added: "self-attention" is an attention, not the attention."""
    one, other = ({singular(word) for word in words(name)} for name in (first, second))
    return one <= other or other <= one


def _is_name_with_tail(long: str, short: str) -> bool:
    if _EPONYM.match(long) or _EPONYM.match(short):
        return _without_tail(long) == _without_tail(short)
    if _SHORT_ACRONYM.fullmatch(short):
        return False
    parts, name = words(long), words(short)
    if len(parts) != len(name) + 1 or singular(parts[-1]) not in _TAIL_AFTER_NAME:
        return False
    return name_like(name[-1]) and normalise(" ".join(parts[:-1])) == normalise(short)


def _without_tail(name: str) -> str:
    parts = words(name)
    return normalise(" ".join(parts[:-1] if len(parts) > 1 and singular(parts[-1]) in _WORK_OF_PEOPLE else parts))
