"""Which sentences of a passage can stand alone in a lesson, and which serve a step best. Pure.

Knows signs in the words (a definition, a reason, a use; a pointer to something not shown); knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from knowledge.model import Concept
from knowledge.sentences import Sentence, SentenceKind, sentences
from knowledge.stopwords import content_words
from tutor.lesson import Passage, StepName
from tutor.sections import other_purpose, serves

FEWEST_WORDS, MOST_WORDS = 5, 60
MOST_ITEMS, MOST_CHARS = 7, 900
RELEVANCE_WEIGHT, SURELY_RELEVANT = 2.0, 0.6
LEAST_WORTH = 0.3
NEVER = 10.0
"""Takes a sentence out of the running: a reason or a use needs a word that shows it."""
_POINTER_START = re.compile(
    r"^(?:this|that|these|those|it|its|they|them|their|he|she|here|there|then|so|but|and|or|also|however|therefore|thus|"
    r"hence|now|next|again|finally|first|firstly|second|secondly|third|lastly|instead|otherwise|moreover|furthermore|"
    r"additionally|similarly|likewise|yet|still|both|another|such|note|notice|remember|recall|let|let's|if you|if we|"
    r"you|your|we|our|i|as (?:you|we|mentioned|shown|seen|discussed)|in (?:this|that|these|those|our|your)|"
    r"for (?:this|that|these|those)|to (?:do|achieve) (?:this|that|so)|because of (?:this|that)|"
    r"the (?:same|latter|former|following|above|previous|next|first|second|third|last|other|result|output|code|goal|"
    r"idea|answer|reason|cell|notebook|snippet|figure)|create your|choose|pick|open|go (?:to|ahead)|"
    r"write (?:a|an|your)|for bonus|ready to|to recap|dive|explore|learn|"
    r"discover|conclude|watch|join|install|download|click|check|try|read|visit|"
    r"congratulations|welcome)\b",
    re.I,
)
_POINTER = re.compile(
    r"\b(?:above|below|following|previous(?:ly)?|as (?:shown|seen|mentioned|discussed|described|follows)|earlier|later|"
    r"(?:this|these|upcoming|coming) (?:sections?|chapters?|units?|lessons?|courses?|videos?|notebooks?|tutorials?|"
    r"images?|figures?|tables?|pages?|guides?|articles?|code)|next (?:section|chapter|unit|lesson|video)|"
    r"(?:figure|fig\.|table|section|chapter|unit|equation|eq\.) \d|see (?:also|here)|click|check out|provided|"
    r"take a look|have a look|let's|let us|we(?:'ll| will)|you(?:'ll| will)|i(?:'ll| will)|don't worry|feel free|"
    r"sections? (?:will|covers?|provides?)|each (?:section|chapter|lesson|unit)|"
    r"the (?:first|second|former|latter)(?=[,.;:]| and| or)|stay tuned|welcome|congratulations|good luck|try it)\b",
    re.I,
)
_DEFINITION = re.compile(
    r"\b(?:is|are) (?:an?|the|one|any|defined|called|simply|basically|essentially)\b|\brefers? to\b|\bstands? for\b|"
    r"\bmeans\b|\bknown as\b|\bdescribes?\b|\bdenotes?\b|\bmeasures?\b|\bconsists? of\b",
    re.I,
)
_CUES = {
    StepName.WHY: re.compile(
        r"\b(?:because|important|importance|matters?|allows?|enables?|helps?|need(?:s|ed)?|problem|advantage|benefit|"
        r"powerful|challenge|without|goal|aim|purpose|motivat\w+|makes? it possible|essential|crucial|key|significant|"
        r"revolution\w*|instead of)\b",
        re.I,
    ),
    StepName.HOW: re.compile(
        r"\b(?:by|first|then|computes?|computed|calculat\w+|trained|training|learns?|takes?|outputs?|inputs?|encod\w+|"
        r"maps?|projects?|maximi[sz]\w+|minimi[sz]\w+|multipl\w+|appl(?:y|ies|ied)|steps?|layers?|loss|each|into)\b",
        re.I,
    ),
    StepName.APPLICATIONS: re.compile(
        r"\b(?:used (?:for|in|to|as|by)|use cases?|applications?|applied|can be used|tasks?|such as|including|"
        r"for example|e\.g\.|useful|in practice|retrieval|detection|recognition|generation|real[- ]world)\b",
        re.I,
    ),
    StepName.SUMMARY: re.compile(
        r"\b(?:key|main|in short|summary|overall|both|between|therefore|thus|so that)\b", re.I
    ),
}
_ANNOUNCING = re.compile(r"^(?:here (?:are|is)|the following|these (?:are|include)|it (?:is|can be))\b", re.I)
_LEAD = re.compile(
    r"(?m)^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*|__)([^*_\n]{1,60}?)(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*[:–—-])"
)
"""The bold words that open an entry of a list: what the entry is about."""
_EXPLAINING = (StepName.TOPIC, StepName.PREREQUISITE)
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NEEDING_CUE = (StepName.WHY, StepName.APPLICATIONS)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_NO_KEY_OF_OURS = re.compile(r"\[(c\d+(?:\s*[,;]\s*c\d+)*)\]")
"""Brackets in course text that would be taken for a citation that we made."""


@dataclass(frozen=True, slots=True)
class QuotableSentence:
    """A sentence of a passage that may be quoted: `quote` is verbatim, `shown` is the same words for reading."""

    passage: Passage
    start: int
    quote: str
    shown: str
    words: frozenset[str]
    block: bool
    """Whether it ends in a formula or list, and so stands in a paragraph of its own."""


def quotable(passage: Passage) -> list[QuotableSentence]:
    """Return the passage's sentences that can be understood alone, in order, each with what it announces.

    A display formula right after a sentence belongs to it, and so does a short list after a sentence that ends in a
    colon.
    """
    text = passage.chunk.text
    spans = sentences(text)
    found = []
    for index, span in enumerate(spans):
        if span.kind not in (SentenceKind.PROSE, SentenceKind.ITEM):
            continue
        end = _announced_end(text, spans, index)
        lead, quote = text[span.start : span.end], text[span.start : end]
        block = end > span.end
        if stands_alone(lead, announces=block) and len(quote) <= MOST_CHARS:
            shown = _NO_KEY_OF_OURS.sub(r"(\1)", _block(quote) if block else readable(quote))
            found.append(QuotableSentence(passage, span.start, quote, shown, frozenset(content_words(shown)), block))
    return found


def _announced_end(text: str, spans: Sequence[Sentence], index: int) -> int:
    """Return where the sentence ends, together with the formula or the short list that it announces."""
    span, following = spans[index], spans[index + 1 :]
    if not following or (text[span.end : following[0].start].strip(" \t\n-*+0123456789.)")):
        return span.end
    if following[0].kind is SentenceKind.FORMULA:
        return following[0].end
    if following[0].kind is SentenceKind.ITEM and span.kind is SentenceKind.PROSE and text[span.end - 1] == ":":
        items = list(takewhile(lambda item: item.kind is SentenceKind.ITEM, following))
        return items[-1].end if len(items) <= MOST_ITEMS else span.end
    return span.end


def stands_alone(sentence: str, *, announces: bool = False) -> bool:
    """Return whether a sentence is whole, of readable length, and points at nothing that is not shown with it.

    Args:
        sentence: one sentence of Markdown.
        announces: whether a formula or list is shown right after it, to which it may point.
    """
    if not FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS:
        return False
    bare = readable(sentence).lstrip("*_\"'“‘(").strip()
    if not re.match(r"[A-Z0-9`$\\À-Þ]|[^\W_a-z]", bare) or _HTML_TAG.search(bare):
        return False
    if announces:
        return not _POINTER_START.match(bare) or bool(_ANNOUNCING.match(bare))
    whole = re.search(r"[.!。！]['\"”’)*_`]*$", bare)
    return whole is not None and not _POINTER_START.match(bare) and not _POINTER.search(bare)


def readable(text: str) -> str:
    """Return the text on one line with links and images reduced to their words."""
    return " ".join(_without_links(text).split())


def _block(quote: str) -> str:
    """Return a sentence with its formula or list, lines kept and links reduced to their words."""
    return "\n".join(line.rstrip() for line in _without_links(quote).strip().split("\n"))


def _without_links(text: str) -> str:
    return _LINK.sub(lambda match: "" if match.group(0).startswith("!") else match.group(1), text)


def names(concept: Concept | None) -> re.Pattern[str] | None:
    """Return a pattern that finds the concept's name or an alias, or None without a concept."""
    if concept is None:
        return None
    surfaces = sorted({concept.name, *concept.aliases}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(surface) for surface in surfaces) + r")(?:e?s)?(?!\w)", re.I)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a step wants from its sentences."""

    step: StepName
    concept: Concept | None
    question_words: frozenset[str]
    most: int
    relevance: Mapping[str, float] = field(default_factory=dict)
    """Cosine of a sentence, as shown, with what the step asks; empty where no embedder is at hand."""


def choose(
    candidates: Iterable[QuotableSentence], wish: Wish, used: Sequence[QuotableSentence]
) -> list[QuotableSentence]:
    """Return at most `wish.most` sentences, greedily by worth and novelty, then in the order of the course.

    Novelty is one minus the greatest word overlap (Jaccard) with a sentence already used in the lesson, after
    maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).
    """
    named = names(wish.concept)
    pool = list(candidates)
    passages = list(dict.fromkeys(candidate.passage.key for candidate in pool))
    worth = {id(c): _worth(c, wish, named, passages.index(c.passage.key)) for c in pool}
    chosen: list[QuotableSentence] = []
    while pool and len(chosen) < wish.most:
        seen = [*used, *chosen]
        pool = [candidate for candidate in pool if all(candidate.shown != other.shown for other in seen)]
        if not pool:
            break
        best = max(pool, key=lambda c: (worth[id(c)] - 2.0 * _repeats(c, seen), -pool.index(c)))
        if worth[id(best)] - 2.0 * _repeats(best, seen) <= LEAST_WORTH:
            break
        chosen.append(best)
        pool.remove(best)
    lead = [c for c in chosen[:1] if wish.step in (StepName.ANSWER, *_EXPLAINING)]
    rest = sorted(
        (c for c in chosen if c not in lead),
        key=lambda c: (c.passage.document.position, c.passage.chunk.position, c.start),
    )
    return [*lead, *rest]


def _worth(candidate: QuotableSentence, wish: Wish, named: re.Pattern[str] | None, rank: int) -> float:
    """Return how well a sentence of the passage with this rank serves the step; 0 or less keeps it out."""
    text = candidate.shown
    about = named.search(text) if named else None
    if named and (
        any(not named.search(lead) for lead in _LEAD.findall(text))
        or (not about and not named.search(" ".join(candidate.passage.chunk.heading_path)))
    ):
        return -NEVER  # about something else that a passage mentions in passing
    if wish.step in _EXPLAINING and named and not about and wish.relevance.get(text, 0.0) < SURELY_RELEVANT:
        return -NEVER
    value = 1.0 / (1 + 0.25 * rank) + RELEVANCE_WEIGHT * wish.relevance.get(text, 0.0)
    if about:
        value += 1.0 + (0.5 if about.start() < 12 else 0.0)
        if wish.step in _EXPLAINING and about.start() < 40 and _DEFINITION.search(text[about.end() : about.end() + 25]):
            value += 1.5
    elif named:
        value -= 0.8 if wish.step in _EXPLAINING else 0.3
    chunk = candidate.passage.chunk
    value += 0.8 if serves(wish.step, chunk) else -1.5 if other_purpose(wish.step, chunk) else 0.0
    if is_definition(candidate, wish.concept):
        value += 2.0 if wish.step in _EXPLAINING else -2.0
    cue = _CUES.get(wish.step)
    if cue:
        signs = len(cue.findall(text))
        sure = wish.relevance.get(text, 0.0) >= SURELY_RELEVANT
        value += 0.45 * min(2, signs) if signs else -NEVER if wish.step in _NEEDING_CUE and not sure else 0.0
    value += 0.25 * len(wish.question_words & candidate.words)
    if candidate.block:
        value += 0.6 if wish.step in (StepName.HOW, StepName.APPLICATIONS) else -0.6
    words = len(text.split())
    return value - 0.02 * max(0, words - 35) - (0.3 if words < 8 else 0.0)


def is_definition(candidate: QuotableSentence, concept: Concept | None) -> bool:
    """Return whether the sentence is the one that defines the concept: it belongs where the concept is explained."""
    definition = concept.definition if concept else None
    if definition is None or definition.chunk_id != candidate.passage.chunk.id:
        return False
    return candidate.quote in definition.text or definition.text in candidate.quote


def _repeats(candidate: QuotableSentence, seen: Sequence[QuotableSentence]) -> float:
    return max((_jaccard(candidate.words, other.words) for other in seen), default=0.0)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0
