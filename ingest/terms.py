"""Candidate names: how text becomes runs of words, and a heading or a marked phrase becomes a clean name.

Knows Markdown marks, English function words and the shape of names; refuses to know which candidate is a concept: that
shows only when all documents are seen (`ingest.identity`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ingest.facts import HeadingTerm
from ingest.wordlists import BORDERLINE, BREAKS, CONNECTORS, GENERAL, LEADING_VERBS, SIZE_WORDS, WEAK
from knowledge.concepts import name_like, singular, words

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
_MARKS = re.compile(r"\*{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)|!?\[|\]")
_CODE_SPAN = re.compile(r"``?([^`\n]+)``?")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z]*[A-Za-z0-9]*(?:\(\))?")
_PIECE = re.compile(r"[^\w\s'’+#-]+|_|\n[ \t]*\n|\n[ \t]*(?:[-*+]|\d+[.)])[ \t]|[ \t]-{1,3}[ \t]")
_WORD_SHAPE = re.compile(r"[^\W_][\w'’+#-]*")


def blank(text: str) -> str:
    """Return `text` at equal length with code fences, formulas, tags, addresses and citation marks blanked out."""
    return _NOT_PROSE.sub(lambda match: _blanked(match.group()), text)


def _blanked(piece: str) -> str:
    """Keep line ends, so that paragraphs stay apart; a blanked piece ends a run like a mark does."""
    return "|" + "".join("\n" if character == "\n" else " " for character in piece[1:])


def runs(blanked: str) -> Counter[str]:
    """Return the stretches of candidate words in blanked text, with counts: what lies between stop words and marks."""
    text = _HEADING_LINE.sub("|", blanked)
    text = _CODE_SPAN.sub(_code_words, text)
    text = _MARKS.sub("", text)
    found: Counter[str] = Counter()
    for piece in _PIECE.split(text):
        found.update(_piece_runs(piece))
    return found


def _code_words(match: re.Match[str]) -> str:
    inside = match.group(1).strip()
    return inside.removesuffix("()") if _IDENTIFIER.fullmatch(inside) and len(inside) > 2 else "|"


_NUMBERED = frozenset("type class phase stage level category kind".split())


def breaks(word: str, before: str) -> bool:
    """Return whether a name cannot run across a word. "I" is a pronoun, but a number in "type I error"."""
    if word == "I" and before.lower() in _NUMBERED:
        return False
    return word.lower() in BREAKS


def _piece_runs(piece: str) -> Iterator[str]:
    """Split at stop words; a connector stays where it stands between two candidate words."""
    run: list[str] = []
    pending = ""
    for word in piece.split():
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

_NUMBERING = re.compile(
    r"^(?:(?:step|part|chapter|unit|section|lesson|lecture|module|week|day|exercise|question|appendix|task|figure|table"
    r"|problem|solution|example|stage|phase|session|topic|tip|note|option|case|idea|experiment|q)\s*#?"
    r"(?:\d+[\w.]*|[ivx]+\b|[a-h]\b)\s*[:.)\-–—]*\s*|\(?\d+(?:\.\d+)*[.):]*\s+|[ivx]+\.\s+|[a-z][.)]\s+)",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\{[#.][^}]*\}|<[^<>]+>")
_LINK_TARGET = re.compile(r"\]\([^)]*\)")
_NOT_NAME = re.compile(
    r"https?:|www\.|[/\\=<>{}@|]|\.(?:py|ipynb|mdx?|json|csv|txt|pdf|png|jpe?g|html?|ya?ml|sh)\b", re.I
)
_TRIM = " \t\n.,;:!?\"'“”‘’*_`~–—-•·→&"


_POINTING = frozenset("your our my their his her its this these those it we you i they he she here there let's".split())


@lru_cache(maxsize=32_768)
def clean(surface: str) -> str:
    """Return the name inside a marked phrase as it should be shown, or an empty string where there is none.

    Marks, numbering, articles and evaluating words are cut from its edges. A name has at most five words, begins and
    ends with a candidate word, and holds no stop word but connectors.

    >>> clean("the **popular softmax function**"), clean("Step 3"), clean("main.py"), clean("this one")
    ('softmax function', '', '', '')
    """
    text = _LINK_TARGET.sub("", _ANCHOR.sub("", surface))
    text = _NUMBERING.sub("", text.strip(_TRIM)).strip(_TRIM)
    if _NOT_NAME.search(text):
        return ""
    text = _MARKS.sub("", text).replace("`", "").removesuffix("()").strip(_TRIM)
    parts = text.split()
    if parts and parts[0].lower() in _POINTING:
        return ""
    if len(parts) > 2 and parts[0].endswith(("'s", "’s")):
        parts.pop(0)
    while parts and (parts[0].lower() in BREAKS or parts[0].lower() in WEAK or not parts[0][0].isalnum()):
        parts.pop(0)
    while parts and (
        parts[-1].lower() in BREAKS
        or parts[-1].lower() in WEAK
        or (len(parts) > 1 and parts[-1].endswith("ly") and parts[-1].islower())
        or not parts[-1][-1].isalnum()
    ):
        if parts[-1].endswith(("+", "#", "*")) and parts[-1][:1].isalpha():
            break
        parts.pop()
    return " ".join(parts) if _is_name(parts) else ""


def _is_name(parts: list[str]) -> bool:
    major = [part for part in parts if part.lower() not in CONNECTORS]
    if not 1 <= len(major) <= LONGEST_NAME or len(" ".join(parts)) > 60:
        return False
    if not all(_WORD_SHAPE.fullmatch(part.strip("()")) for part in parts):
        return False
    if any(map(breaks, major, ["", *major])) or all(part.isdigit() for part in major):
        return False
    return len("".join(major)) > 2 or (name_like("".join(major)) and "".join(major).isalnum() and len(major[0]) == 2)


def is_general(name: str) -> bool:
    """Return whether a name is made of nothing but general words: it is no concept, whatever is said about it."""
    parts = words(name)
    if len(parts) > 1 and all(len(word) == 1 for word in parts):
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


_TWO_LETTERS = re.compile(r"[^\W\d_]{2}|^[A-Za-z]\d|^\d[A-Za-z]$|^[A-Za-z]$")


# --- headings ---------------------------------------------------------------------------------------------------

_EMOJI = re.compile(r"[^\w\s.,;:!?'’\"()\[\]&+#*_`/–—-]+")
_ABOUT_COURSE = re.compile(
    r"^(?:references?|bibliography|further reading|resources?|additional|supplementary|acknowledge?ments?|exercises?|"
    r"quiz|homework|assignments?|credits|contribut|community|certificat|get help|how to get help|faq|"
    r"license|table of contents|contents|about (?:the|this|us)|who (?:we|are|is this)|meet|"
    r"what (?:to|you will|you['’]ll)|(?:learning |recommended )?(?:schedule|syllabus|pace)|welcome|congratulations|"
    r"join us|join the|install\w*(?= |$)|set ?up$|"
    r"set(?:ting)? ?up (?:your|the|an?) (?:\w+ )?(?:environment|account|machine|tools?|workspace)|"
    r"your turn|try it|next steps?|what['’]s next|where to go|logistics|sign up|before you start|end of|exam\b|"
    r"learn more|read more|citation|changelog|thanks|time to|check your understanding|end-of|onboarding)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:so,?\s+)?(?:(?P<strong>what(?:\s+(?:exactly\s+)?(?:is|are|was)|['’]s|\s+does)|what\s+do\s+we\s+mean\s+by)"
    r"|(?P<weak>(?:how|why|when|where|who|which|what|can|should|do|does|is|are|will)\b(?:\s+(?:do|does|can|should|is|are"
    r"|to|we|you|i|did|exactly)\b)*))\s*(?:(?:the|an?)\s+)?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:an?|the|some|our|your|more)\s+)*(?:(?:brief|short|quick|gentle|very|deep|deeper|high-level|general|complete|"
    r"formal|basic|first|closer|recap|practical|visual)\s+)*(?:(?:explaining|understanding|introducing|exploring|"
    r"getting started with)|(?:introduction|intro|overview|guide|primer|tutorial|dive|look|recap|review|refresher|"
    r"summary|"
    r"basics|fundamentals|foundations|essentials|motivation|background|definition|concept|idea|intuition|theory|history|"
    r"evolution|explanation|welcome|types?|kinds|variants|family|anatomy|mechanics|math(?:ematics)?|details)"
    r"\s+(?:to|of|on|into|in|at|with|about|behind|for|from))\s+(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
_ASPECT = re.compile(
    r"^(?:(?:an?|the|some|main|key|real-world|practical|common|different)\s+)*(?:applications?|advantages?|disadvantages?|"
    r"limitations?|benefits?|examples?|uses?|use cases?|properties|components?|drawbacks|challenges|problems?|issues?|"
    r"importance|role|power|impact|implementation|architecture|structure|features?|comparison|summary|need|pros|"
    r"implementing|visualization|evaluation|training|effects?|tips|tricks|techniques|methods|ways|approaches)"
    r"(?:\s+and\s+\w+)?\s+(?:of|in|for|with|to|on|behind|from)\s+(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
_SPLIT_PIECES = re.compile(r"\s*[:;–—|]\s+|\s+-+\s+|\s*[–—]\s*|\.\s+")
_SPLIT_AND = re.compile(r"\s*(?:,\s*(?:and|or)?|\band\b|&|\bor\b|/|\bvs?\.?(?=\s)|\bversus\b|\+\s)\s*", re.IGNORECASE)
_SPLIT_PREPOSITION = re.compile(
    r"\s+(?:for|in|with|using|from|on|via|through|by|under|without|as|at|into|over|between|across|to|of|than|work\w*|"
    r"is|are|can|do|does|has|have|that|which|we|you|your|our|its|their|it|be|was|instead|like)\s+",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_VERB_LINK = re.compile(
    r"^(?:(?:an?|the|our|your|my|with|up|on|for|from|through|into|by|to|and|of|some|all)\s+)+", re.IGNORECASE
)


TEACHES = 0.5
"""Least weight of a section whose heading names what is taught."""
_ASIDE = re.compile(
    r"\b(?:applications?|use cases?|case stud(?:y|ies)|history|impact|ethic\w*|societ\w*|future|challenges|examples?|"
    r"motivation|industry|real-world|careers?)\b",
    re.IGNORECASE,
)


def heading_weight(heading: str) -> float:
    """Return how much what stands below a heading is taught, 0..1.

    Little below headings about the course itself, exercises and reading lists; half below lists of uses and history.
    """
    text = _NUMBERING.sub("", _plain_heading(heading))
    if _ABOUT_COURSE.match(text) is not None:
        return 0.2
    return TEACHES if _ASIDE.search(text) is not None else 1.0


def _plain_heading(heading: str) -> str:
    text = _LINK_TARGET.sub("", _ANCHOR.sub("", heading))
    return " ".join(_EMOJI.sub(" ", _MARKS.sub("", text)).replace("`", "").split()).strip(_TRIM)


def heading_terms(heading: str) -> tuple[HeadingTerm, ...]:
    """Return the names in a heading, heaviest first; a name that is the whole heading weighs 1.

    >>> [term.surface for term in heading_terms("3.2 What is a convolution?")]
    ['convolution']
    >>> [(term.surface, term.weight) for term in heading_terms("Vision Transformers for Image Classification")]
    [('Vision Transformers', 0.8), ('Image Classification', 0.4)]
    """
    text = _NUMBERING.sub("", _plain_heading(heading))
    if not text or _ABOUT_COURSE.match(text):
        return ()
    found: dict[str, float] = {}
    weight = 1.0
    for piece in _SPLIT_PIECES.split(text):
        terms = list(_piece_terms(piece.strip(_TRIM), weight))
        for surface, value in terms:
            found[surface] = max(found.get(surface, 0.0), value)
        weight = 0.4 if found else 0.6
    ranked = sorted(found.items(), key=lambda entry: -entry[1])
    return tuple(HeadingTerm(surface, round(value, 2)) for surface, value in ranked)


def _piece_terms(piece: str, weight: float) -> Iterator[tuple[str, float]]:
    piece = _ARTICLE.sub("", piece)
    owned = _OWNED.match(piece)
    if owned is not None and (" " in owned.group("owner") or name_like(owned.group("owner"))):
        piece, weight = owned.group("owner"), weight * 0.6
    question = _QUESTION.match(piece)
    if question is not None:
        piece = piece[question.end() :]
        weight *= 1.0 if question.group("strong") else 0.5
    for pattern, factor in ((_LEAD, 1.0), (_ASPECT, 0.6)):
        match = pattern.match(piece)
        if match is not None and match.end() < len(piece):
            piece = piece[match.end() :]
            weight *= factor
    for match in _PARENTHESIS.finditer(piece):
        inside = clean(match.group(1))
        if inside and name_like(inside):
            yield inside, weight
    piece, weight = _without_verb(_PARENTHESIS.sub("", piece), weight)
    for number, part in enumerate(_SPLIT_PREPOSITION.split(f" {piece} ")):
        value = weight * (1.0 if number == 0 else 0.4)
        alternatives = [alternative for alternative in _SPLIT_AND.split(part) if alternative.strip()]
        whole = len(alternatives) == 1 and part.strip() == piece
        for name in map(clean, alternatives):
            yield from _without_tail(name, value * (1.0 if whole else 0.8))
    yield from _whole_with_connector(piece, weight)


_TAILS = frozenset(
    """
    architecture implementation documentation example overview variant effort consideration class library tutorial paper
    code section initialization demo result application limitation advantage highlight inference pipeline usage
    algorithm method technique approach model framework basics details intuition theory review definition introduction
    """.split()
)
_EMPTY_TAILS = _TAILS - frozenset("architecture algorithm method technique approach model framework theory".split())


def _without_tail(name: str, weight: float) -> Iterator[tuple[str, float]]:
    """Yield a heading's name, and what is left of it without a last word that says which side of it is treated.

    "CvT implementation" is about CvT; "CLIP model" is CLIP, and may be a name too.
    """
    parts = name.split()
    tail = singular(parts[-1]) if len(parts) > 1 else ""
    front = clean(" ".join(parts[:-1])) if tail in _TAILS else ""
    if front and (tail in _EMPTY_TAILS or name_like(parts[-2])):
        yield front, round(weight * (0.8 if tail not in _EMPTY_TAILS else 0.5), 3)
    if name and tail not in _EMPTY_TAILS:
        yield name, weight


def _without_verb(piece: str, weight: float) -> tuple[str, float]:
    """Cut a leading verb: "Building an agent" is about the agent, but less than a heading that is its name."""
    parts = piece.split()
    if len(parts) > 1 and (parts[0].lower() in LEADING_VERBS or _GERUND_ARTICLE.match(piece) or _acts_on(parts)):
        return _VERB_LINK.sub("", " ".join(parts[1:])), weight * 0.6
    return piece, weight


def _acts_on(parts: list[str]) -> bool:
    """Return whether a heading is an activity and its objects: "Training GANs", but not "Training loop"."""
    objects = parts[-1]
    plural = singular(objects) != objects.casefold() or name_like(objects)
    return parts[0].lower() in _ACTIVITIES and plural and not is_borderline(" ".join(parts[1:]))


_ACTIVITIES = frozenset("training fine-tuning finetuning evaluating optimizing pretraining pre-training".split())
_OWNED = re.compile(r"^(?P<owner>.+?)(?:['’]s|s['’])\s+(?!.*\b(?:and|or)\b)\S+(?:\s+\S+)+$")
_GERUND_ARTICLE = re.compile(r"\w+ing\s+(?:an?|the|our|your|my|with|up|on|for|from)\s", re.IGNORECASE)


def _whole_with_connector(piece: str, weight: float) -> Iterator[tuple[str, float]]:
    """Keep short names that hold a connector whole: "Bag of words", "Intersection over union"."""
    parts = piece.split()
    if 3 <= len(parts) <= 4 and sum(part.lower() in CONNECTORS for part in parts) == 1:
        name = clean(piece)
        if name.count(" ") == len(parts) - 1:
            yield name, weight * 0.7
