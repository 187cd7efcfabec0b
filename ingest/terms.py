"""Candidate names: how text becomes runs of words, and a marked phrase becomes a clean name.

Knows Markdown marks, English function words and the shape of names; refuses to know which candidate is a concept: that
shows only when all documents are seen (`ingest.identity`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ingest.wordlists import (
    ACTS_AFTER,
    BORDERLINE,
    BREAKS,
    CONNECTORS,
    GENERAL,
    LABELS,
    NOUNS_AFTER_NOUNS,
    SIZE_WORDS,
    UNITS,
    WEAK,
)
from knowledge.concepts import name_like, singular, words
from knowledge.spelling import plain_letters

LONGEST_NAME = 5
"""Most words of a name, connectors left out."""

# What is no prose is blanked out at equal length, so that places stay valid.
_NOT_PROSE = re.compile(
    r"(?P<fence>^[ \t]*(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*(?P=mark)[`~]*[ \t]*$|\Z))"
    r"|(?P<math>\$\$.*?\$\$|\\\\?\[.*?\\\\?\]|\\\\?\(.*?\\\\?\)|(?<![\\\w$])\$[^$\n]{1,200}\$(?!\w))"
    r"|(?P<tag><!--.*?-->|</?[A-Za-z][^<>]*>)"
    r"|(?P<url>\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)|https?://[^\s)>\]]+|(?<!\S)[^\s@]{1,100}@\S+\.\w+)"
    r"|(?P<cite>\[\^?[\w-]{1,12}\](?!\())",
    re.M | re.S,
)
_HEADING_LINE = re.compile(r"^[ \t]*#{1,6}[ \t].*$", re.M)
_TABLE_RULE = re.compile(r"^[ \t|:-]+$", re.M)
MARKS = re.compile(r"\*{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)|!?\[|\]")
_CODE_SPAN = re.compile(r"``?([^`\n]+)``?")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z]*[A-Za-z0-9]*(?:\(\))?")
_PIECE = re.compile(r"[^\w\s'’+#-]+|_|\n[ \t]*\n|\n[ \t]*(?:[-*+]|\d+[.)])[ \t]|[ \t]-{1,3}[ \t]")
_WORD_SHAPE = re.compile(r"[^\W_][\w'’+#-]*")


_DASH = re.compile(r"(?<=[^\W\d_])[–‐‑](?=[^\W\d_])")
"""A dash that joins two names: "Kullback–Leibler"."""


_LATIN = re.compile(r"\ba (?=priori\b|posteriori\b)")


def joined_by_hyphens(text: str) -> str:
    """Return `text` at equal length with hyphens for the dashes that join names."""
    joined = text if text.isascii() else _DASH.sub("-", text)
    return _LATIN.sub("a-", joined) if "priori" in joined or "posteriori" in joined else joined


def blank(text: str) -> str:
    """Return `text` at equal length with code fences, formulas, tags, addresses and citation marks blanked out."""
    text = joined_by_hyphens(text)
    return _NOT_PROSE.sub(lambda match: _blanked(match.group(), text[match.end() : match.end() + 2]), text)


_SYMBOL = re.compile(r"\$(?:[A-Za-z]|\\(?:ell|[a-z]{2,7}))(?:[_^]\{?\w\}?)?\$")

_NORM = re.compile(r"\$(?:L|\\ell|F|R|\\chi)[_^]\{?[\dp]\}?\$")


def _blanked(piece: str, after: str) -> str:
    """Keep line ends, so that paragraphs stay apart; a blanked piece ends a run like a mark does.

    A symbol that begins a name stays: "$k$-means", "$L_2$ norm".
    """
    symbol = _SYMBOL if after[:1] == "-" else _NORM if after[:1] == " " else None
    if symbol is not None and len(piece) <= 16 and symbol.fullmatch(piece):
        return plain_letters(piece).rjust(len(piece))
    return "|" + "".join("\n" if character == "\n" else " " for character in piece[1:])


def runs(blanked: str) -> Counter[str]:
    """Return the stretches of candidate words in blanked text, with counts: what lies between stop words and marks."""
    return runs_and_acts(blanked)[0]


def runs_and_acts(blanked: str) -> tuple[Counter[str], Counter[str]]:
    """Return the runs of blanked text, and the lower-case words in it that stand where a verb stands, with counts."""
    text = _HEADING_LINE.sub("|", blanked)
    text = _CODE_SPAN.sub(_code_words, text)
    text = MARKS.sub("", text)
    found: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    for piece in _PIECE.split(text):
        found.update(_piece_runs(piece, acts))
    return found, acts


def code_names(blanked: str) -> Iterator[str]:
    """Yield the identifiers that stand between backticks, calls without their parentheses."""
    for match in _CODE_SPAN.finditer(blanked):
        name = _code_words(match)
        if name != "|":
            yield name


def _code_words(match: re.Match[str]) -> str:
    inside = match.group(1).strip()
    return inside.removesuffix("()") if _IDENTIFIER.fullmatch(inside) and len(inside) > 2 else "|"


_NUMBERED = frozenset("type class phase stage level category kind".split())


def breaks(word: str, before: str) -> bool:
    """Return whether a name cannot run across a word. "I" is a pronoun, but a number in "type I error"."""
    if word == "I" and before.lower() in _NUMBERED:
        return False
    folded = word.lower()
    return folded in BREAKS and not (before and folded in NOUNS_AFTER_NOUNS)


def _breaks_name(word: str, before: str) -> bool:
    """Return whether a word ends a name that is set apart: there "transforms" after a noun is a noun too."""
    plural = bool(before) and word.lower().removesuffix("s") in NOUNS_AFTER_NOUNS
    return not plural and breaks(word, before)


def _piece_runs(piece: str, acts: Counter[str]) -> Iterator[str]:
    """Split at stop words; a connector stays where it stands between two candidate words."""
    run: list[str] = []
    pending = before = ""
    for word in piece.split():
        if before in ACTS_AFTER and word.isalpha() and word.islower() and not word.endswith("ing"):
            acts[word] += 1
        before = word.lower()
        if word.lower() in CONNECTORS:
            if run and not pending:
                pending = word
                continue
        elif (
            not breaks(word, run[-1] if run else "")
            and _WORD_SHAPE.fullmatch(word)
            and not (word.isdigit() and not run)
        ):
            if pending:
                run.append(pending)
                pending = ""
            run.append(word)
            continue
        if run:
            yield " ".join(run)
        run, pending = [], ""
    if run:
        yield " ".join(run)


_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_CODE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_CODE_COMMENT = re.compile(r"#[ \t]*([^\n]+)|//[ \t]*([^\n]+)|\"\"\"(.*?)\"\"\"", re.S)


def code_runs(code: str) -> Counter[str]:
    """Return the words that identifiers are made of (`CLIPModel` gives `CLIP Model`), and the runs of comments."""
    found: Counter[str] = Counter()
    for name, count in Counter(_CODE_NAME.findall(code)).items():
        parts = _CAMEL.findall(name)
        if 1 <= len(parts) <= LONGEST_NAME:
            found[" ".join(parts)] += count
    for match in _CODE_COMMENT.finditer(code):
        found.update(runs(next(group for group in match.groups() if group is not None)))
    return found


# --- names ------------------------------------------------------------------------------------------------------

NUMBERING = re.compile(
    r"^(?:(?:step|part|chapter|unit|section|lesson|lecture|module|week|day|exercise|question|appendix|task|figure|table"
    r"|problem|solution|example|stage|phase|session|topic|tip|note|option|case|idea|experiment|q)\s*#?"
    r"(?:\d+[\w.]*|[ivx]+\b|[a-h]\b)\s*[:.)\-–—]*\s*|[a-z]+\s*#\d+\s*[:.)\-–—]*\s*|\(?\d+(?:\.\d+)*[.):]*\s+|[ivx]+\.\s+|[a-z][.)]\s+)",
    re.IGNORECASE,
)
ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\{[#.][^}]*\}|<[^<>]+>")
LINK_TARGET = re.compile(r"\]\([^)]*\)")
_NOT_NAME = re.compile(
    r"https?:|www\.|[/\\=<>{}@|]|\.(?:py|ipynb|mdx?|json|csv|txt|pdf|png|jpe?g|html?|ya?ml|sh)\b", re.I
)
_QUOTES = re.compile(r"[\"“”]|(?<!\w)['‘’]|['‘’](?!\w)")
TRIM = " \t\n.,;:!?\"'“”‘’*_`~–—-•·→&"


_POINTING = frozenset("your our my their his her its this these those it we you i they he she here there let's".split())


@lru_cache(maxsize=32_768)
def clean(surface: str) -> str:
    """Return the name inside a marked phrase as it should be shown, or an empty string where there is none.

    Marks, numbering, articles and evaluating words are cut from its edges. A name has at most five words, begins and
    ends with a candidate word, and holds no stop word but connectors.

    >>> clean("the **popular softmax function**"), clean("Step 3"), clean("main.py"), clean("this one")
    ('softmax function', '', '', '')
    """
    text = plain_letters(surface) if "$" in surface or "\\" in surface else surface
    text = LINK_TARGET.sub("", ANCHOR.sub("", joined_by_hyphens(text)))
    text = NUMBERING.sub("", text.strip(TRIM)).strip(TRIM)
    if _NOT_NAME.search(text):
        return ""
    text = _QUOTES.sub("", MARKS.sub("", text).replace("`", "").removesuffix("()")).strip(TRIM)
    parts = text.split()
    if parts and parts[0].lower() in _POINTING:
        return ""
    if len(parts) > 2 and parts[0].endswith(("'s", "’s")):
        parts.pop(0)
    while parts and (parts[0].lower() in BREAKS or parts[0].lower() in WEAK or not parts[0][0].isalnum()):
        if _orders(parts):
            break
        parts.pop(0)
    while parts and (
        _breaks_name(parts[-1], parts[-2] if len(parts) > 1 else "")
        or parts[-1].lower() in WEAK
        or (len(parts) > 1 and parts[-1].endswith("ly") and parts[-1].islower())
        or not parts[-1][-1].isalnum()
    ):
        if parts[-1].endswith(("+", "#", "*")) and parts[-1][:1].isalpha():
            break
        parts.pop()
    return " ".join(parts) if _is_name(parts) else ""


def _orders(parts: list[str]) -> bool:
    """Return whether a name begins with a word that counts in it: "next sentence prediction", "least squares"."""
    first = parts[0].lower()
    counts = (first == "next" and len(parts) > 2) or (first == "least" and len(parts) == 2)
    return counts and singular(parts[-1]) not in GENERAL and not any(breaks(part, "") for part in parts[1:])


def _is_name(parts: list[str]) -> bool:
    major = [part for part in parts if part.lower() not in CONNECTORS]
    if not 1 <= len(major) <= LONGEST_NAME or len(" ".join(parts)) > 60:
        return False
    if not all(_WORD_SHAPE.fullmatch(part.strip("()")) for part in parts):
        return False
    checked = major[1:] if _orders(major) else major
    if any(map(_breaks_name, checked, ["", *checked])) or all(part.isdigit() for part in major):
        return False
    return len("".join(major)) > 2 or (name_like("".join(major)) and "".join(major).isalnum() and len(major[0]) == 2)


def is_general(name: str) -> bool:
    """Return whether a name is made of nothing but general words: it is no concept, whatever is said about it."""
    parts = words(name)
    if len(parts) > 1 and all(len(word) == 1 for word in parts):
        return True
    if " ".join(map(singular, parts)) in LABELS or name.lower() in UNITS:
        return True
    return all(_says_little(word) for word in parts) and (len(parts) == 1 or any(_is_empty(word) for word in parts))


def is_borderline(name: str) -> bool:
    """Return whether a name is made of words that need the course's own definition to be a concept."""
    parts = words(name)
    return all(_says_little(word) or singular(word) in BORDERLINE for word in parts)


def _says_little(word: str) -> bool:
    return singular(word) in GENERAL or _is_empty(word)


def _is_empty(word: str) -> bool:
    folded = word.lower()
    return (
        folded in WEAK
        or folded in SIZE_WORDS
        or folded in CONNECTORS
        or folded in BREAKS
        or not _TWO_LETTERS.search(word)
    )


def in_capitals(surface: str) -> bool:
    """Return whether a writing has two capitals or more, as every acronym and no plain word has."""
    return sum(character.isupper() for character in surface) >= 2


_TWO_LETTERS = re.compile(r"[^\W\d_]{2}|^[A-Za-z]\d|^\d[A-Za-z]$|^[A-Za-z]$")
