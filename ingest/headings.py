"""The names in a heading, how much each is what the heading is about, and how much a section teaches.

Knows the ways English headings are built ("Introduction to X", "What is X?", "X for Y", "X's limits"); refuses to know
which names are concepts (`ingest.acceptance`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts import HeadingTerm
from ingest.terms import (
    ANCHOR,
    LINK_TARGET,
    MARKS,
    NUMBERING,
    TRIM,
    clean,
    is_borderline,
    is_general,
    joined_by_hyphens,
)
from ingest.wordlists import CONNECTORS, LEADING_VERBS
from knowledge.concepts import name_like, singular
from knowledge.spelling import plain_letters

_EMOJI = re.compile(r"[^\w\s.,;:!?'’\"()\[\]&+#*_`/–—-]+")
_ABOUT_COURSE = re.compile(
    r"^(?:references?|bibliography|further reading|resources?|"
    r"(?:additional|supplementary) (?:\w+ )?(?:resources?|readings?|materials?|links?|references?|exercises?|"
    r"information)|supplementary|acknowledge?ments?|exercises?|"
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
    r"^examples?\b|\b(?:applications?|use cases?|case stud(?:y|ies)|history|impact|ethic\w*|societ\w*|future|"
    r"challenges|motivation|industry|real-world|careers?)\b",
    re.IGNORECASE,
)


def heading_weight(heading: str) -> float:
    """Return how much what stands below a heading is taught, 0..1.

    Little below headings about the course itself, exercises and reading lists; half below lists of uses and history.
    """
    text = NUMBERING.sub("", _plain_heading(heading))
    if _ABOUT_COURSE.match(text) is not None:
        return 0.2
    return TEACHES if _ASIDE.search(text) is not None else 1.0


_LETTER_DASH = re.compile(r"\b([A-Za-z]) - (?=[A-Za-z])")
"""A letter set off by the author's spaces: "k - Nearest Neighbor"."""


def _plain_heading(heading: str) -> str:
    text = LINK_TARGET.sub("", ANCHOR.sub("", _LETTER_DASH.sub(r"\1-", plain_letters(joined_by_hyphens(heading)))))
    return " ".join(_EMOJI.sub(" ", MARKS.sub("", text)).replace("`", "").split()).strip(TRIM)


def heading_terms(heading: str) -> tuple[HeadingTerm, ...]:
    """Return the names in a heading, heaviest first; a name that is the whole heading weighs 1.

    >>> [term.surface for term in heading_terms("3.2 What is a convolution?")]
    ['convolution']
    >>> [(term.surface, term.weight) for term in heading_terms("Vision Transformers for Image Classification")]
    [('Vision Transformers', 0.8), ('Image Classification', 0.32)]
    """
    text = NUMBERING.sub("", _plain_heading(heading))
    if not text or _ABOUT_COURSE.match(text):
        return ()
    found: dict[str, float] = {}
    weight = 1.0
    for piece in _SPLIT_PIECES.split(text):
        terms = list(_piece_terms(piece.strip(TRIM), weight))
        for surface, value in terms:
            found[surface] = max(found.get(surface, 0.0), value)
        weight = 0.6 if all(map(is_borderline, found)) else 0.4
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
    if front and is_general(front):
        front = tail = ""
    if front and (tail in _EMPTY_TAILS or name_like(parts[-2])):
        yield front, round(weight * (0.8 if tail not in _EMPTY_TAILS else 0.5), 3)
    if name and tail not in _EMPTY_TAILS:
        yield name, weight


def _without_verb(piece: str, weight: float) -> tuple[str, float]:
    """Cut a leading verb: "Building an agent" is about the agent, but less than a heading that is its name."""
    parts = piece.split()
    if len(parts) > 1 and (parts[0].lower() in LEADING_VERBS or _DOES_TO.match(piece) or _acts_on(parts)):
        return _VERB_LINK.sub("", " ".join(parts[1:])), weight * 0.6
    return piece, weight


def _acts_on(parts: list[str]) -> bool:
    """Return whether a heading is an activity and its objects: "Training GANs", but not "Training loop"."""
    objects = parts[-1]
    plural = singular(objects) != objects.casefold() or name_like(objects)
    return parts[0].lower() in _ACTIVITIES and plural and not is_borderline(" ".join(parts[1:]))


_ACTIVITIES = frozenset("training fine-tuning finetuning evaluating optimizing pretraining pre-training".split())
_OWNED = re.compile(r"^(?P<owner>.+?)(?:['’]s|s['’])\s+(?!.*\b(?:and|or)\b)\S+(?:\s+\S+)+$")
_DOES_TO = re.compile(
    r"\w+ing\s+(?:an?|the|our|your|my|with|up|on|for|from)\s|\w+\s+(?:our|your|my|its|it|this|these|them)\b",
    re.IGNORECASE,
)
"""A verb and its object: "Building an agent", "Supercharge your training"."""


def _whole_with_connector(piece: str, weight: float) -> Iterator[tuple[str, float]]:
    """Keep short names that hold a connector whole: "Bag of words", "Intersection over union"."""
    parts = piece.split()
    if 3 <= len(parts) <= 4 and sum(part.lower() in CONNECTORS for part in parts) == 1:
        name = clean(piece)
        if name.count(" ") == len(parts) - 1:
            yield name, weight * 0.7
