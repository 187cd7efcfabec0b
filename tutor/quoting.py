"""Which sentences of a passage can stand alone in a lesson, and which serve a step best. Pure.

Knows signs in the words (a definition, a reason, a use; a pointer to something not shown); knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from knowledge.model import Chunk, Concept
from knowledge.sentences import Sentence, SentenceKind, sentences
from knowledge.stopwords import content_words
from tutor.lesson import Passage, StepName
from tutor.sections import headed_so, of_limits, other_purpose, serves
from tutor.standing import is_step, readable, stands_alone, without_links
from tutor.style import Level
from tutor.subjects import defines, defines_narrower, is_a, mention, names, narrower, of_one_kind, tells_of_another

MOST_ITEMS, MOST_CHARS = 7, 900
RELEVANCE_WEIGHT, SURELY_RELEVANT = 2.0, 0.6
ON_SUBJECT, ON_SUBJECT_HOW = 0.5, 0.4
"""Least cosine with what a step asks for a sentence that does not name the concept, though its section does."""
OWN_SECTION, OTHER_SECTION, OF_LIMITS = 2.5, 1.5, 2.0
"""Added under a heading such as "How attention works" where that is asked; taken off under "Why attention matters", and
under one such as "Limitations"."""
LEAST_WORTH = 0.3
NEVER = 10.0
"""Takes a sentence out of the running: a reason or a use needs a word that shows it."""
_CUES = {
    StepName.WHY: re.compile(
        r"\b(?:because|important|importance|matters?|allows?|enables?|helps?|need(?:s|ed)?(?! not\b)|problem|advantage|"
        r"benefit|powerful|challenge|without|goal|aim|purpose|motivat\w+|makes? it possible|essential|crucial|"
        r"significant|revolution\w*|instead of)\b",
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
_LEAD = re.compile(
    r"(?m)^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*|__)([^*_\n]{1,60}?)"
    r"(?:[:.]\s*(?:\*\*|__)|(?:\*\*|__)(?:\s*[:–—.-]|\s+(?=(?:The|An?|In|To|Each|[A-Z]\w+s)\b)))"
)
"""The bold words that open an entry of a list: what the entry is about."""
_EXPLAINING = (StepName.TOPIC, StepName.PREREQUISITE)
_PERSONAL = re.compile(r"\b(?:we|us|our|ours|i|my|me)\b", re.I)
"""Tells a story of its own place: who is meant, and when, is not shown with it."""
_DEFINITE = re.compile(
    r"[\W_]*(?:(?:in|on|at|for|to|when|while|during|after|before) [^,]{1,60}, )?(?:(?:all|both|each) (?:of )?)?"
    r"the (?!(?:most|main|key|only|core|idea|aim|goal|\w+est)\b)"
    r"((?:(?!(?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|does|did)\b)\S+\s+){1,4})",
    re.I,
)
"""The opening of a sentence on something that was named before it: "The warnings indicate ..."."""
_ANY = content_words(
    "algorithm approach architecture decoder encoder example function image input label layer loss method model "
    "network number object output paper pipeline process result sequence system task technique text token value weight"
)
"""Words for a thing that each section has one of: which is meant, the section says."""
_BOLD_LEAD = re.compile(r"^[-*+\s]*\*\*[^*\n]{1,60}\*\*[:.]?\s*")
_ARITHMETIC = re.compile(r"\d\)? ?(?:[-+*/×]|\\\*|\\times) ?[(-]?\d[^.;]*= ?-?\d")
"""Numbers of one example, worked out: "... would have 32*32*3 = 3072 weights"."""
_FORMULA_SIGN = re.compile(r"\$|\\\(|\\\[|\\begin")
_PICTURED = re.compile(
    r"\b(?:imagine|think of|picture|intuit\w*|idea|like an?|as if|analog\w+|in other words|simply)\b", re.I
)
_DENIAL = re.compile(r"\b(?:is|are|was|were|do|does|did|has|have|can|need) ?(?:not|n't)\b|\b(?:cannot|never)\b", re.I)
"""What something is not tells little of how it works."""
_WITHOUT_DENIALS = (StepName.HOW, StepName.APPLICATIONS)
_GOES_ON = re.compile(r"\s*(?!where\b|with\b|and\b|for\b)[a-z]")
_NEEDING_CUE = (StepName.WHY, StepName.APPLICATIONS)
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
    entry: str = ""
    """The beginning of the entry of a list that it goes on from: what the entry is about, it is about."""


def quotable(passage: Passage, *, instructs: bool = False) -> list[QuotableSentence]:
    """Return the passage's sentences that can be understood alone, in order, each with what it announces.

    A display formula right after a sentence belongs to it, and so does a short list after a sentence that ends in a
    colon. With `instructs`, what tells the reader to do something counts too.
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
        cut = _GOES_ON.match(text, end) is not None and block  # a formula in the middle of its sentence
        if not cut and stands_alone(lead, announces=block, instructs=instructs) and len(quote) <= MOST_CHARS:
            shown = no_key_of_ours(_block(quote) if block else readable(quote))
            if not block and shown.endswith(":"):
                shown = f"{shown[:-1]}."  # what it announces is code, which stands in the worked example
            words, entry = frozenset(content_words(shown)), _entry(text, spans, index)
            found.append(QuotableSentence(passage, span.start, quote, shown, words, block, entry))
    return found


def _entry(text: str, spans: Sequence[Sentence], index: int) -> str:
    """Return the first sentence of the list entry that this one goes on from; empty where it opens one, or is prose."""
    first = index
    while (
        first and spans[first].kind is SentenceKind.ITEM and "\n" not in text[spans[first - 1].end : spans[first].start]
    ):
        first -= 1
    return text[spans[first].start : spans[first].end] if first < index else ""


def no_key_of_ours(text: str) -> str:
    """Return course text in which nothing looks like a citation of ours: a `[c1]` that stands there was never made."""
    return _NO_KEY_OF_OURS.sub(r"(\1)", text)


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


def _block(quote: str) -> str:
    """Return a sentence with its formula or list, lines kept and links reduced to their words."""
    return "\n".join(line.rstrip() for line in without_links(quote).strip().split("\n"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a step wants from its sentences."""

    step: StepName
    concept: Concept | None
    question_words: frozenset[str]
    most: int
    level: Level = Level.STANDARD
    in_order: bool = False
    """Whether the order of the course matters more than the best sentence first: steps of a procedure."""
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
    pool = list(candidates) if named is None or wish.step is StepName.ANSWER else _on_subject(candidates, wish, named)
    passages = list(dict.fromkeys(candidate.passage.key for candidate in pool))
    worth = {id(c): _worth(c, wish, named, passages.index(c.passage.key)) for c in pool}
    chosen: list[QuotableSentence] = []
    while pool and len(chosen) < wish.most:
        seen = [*used, *chosen]
        pool = [one for one in pool if not any(_again(one, other, wish, named) for other in seen)]
        if not pool:
            break
        best = max(pool, key=lambda c: (worth[id(c)] - 2.0 * _repeats(c, seen), -pool.index(c)))
        if worth[id(best)] - 2.0 * _repeats(best, seen) <= LEAST_WORTH:
            break
        chosen.append(best)
        pool.remove(best)
    lead = [c for c in chosen[:1] if wish.step in (StepName.ANSWER, *_EXPLAINING) and not wish.in_order]
    rest = sorted(
        (c for c in chosen if c not in lead),
        key=lambda c: (c.passage.document.position, c.passage.chunk.position, c.start),
    )
    return [*lead, *rest]


def _on_subject(candidates: Iterable[QuotableSentence], wish: Wish, named: re.Pattern[str]) -> list[QuotableSentence]:
    """Return the sentences under a heading that names the concept, and those sure to be on it; all where none is so."""
    pool = list(candidates)
    sure = [
        one for one in pool if named.search(_headings(one)) or wish.relevance.get(one.shown, 0.0) >= SURELY_RELEVANT
    ]
    return pool if wish.step in _EXPLAINING else sure or pool


def _worth(candidate: QuotableSentence, wish: Wish, named: re.Pattern[str] | None, rank: int) -> float:
    """Return how well a sentence of the passage with this rank serves the step; 0 or less keeps it out."""
    text, relevance = candidate.shown, wish.relevance.get(candidate.shown, 0.0)
    lead = text.partition("\n")[0]  # a list that names it is not about it
    about = mention(lead, named) if named else None
    if wish.step is not StepName.ANSWER and _ARITHMETIC.search(text):
        return -NEVER
    if _of_nothing_named(candidate, wish, named) or (named and _out_of_place(candidate, wish, named, about)):
        return -NEVER
    value = 1.0 / (1 + 0.25 * rank) + RELEVANCE_WEIGHT * relevance + _of_subject(text, wish, named, about)
    chunk = candidate.passage.chunk
    if wish.step is not StepName.ANSWER:  # a question may be answered in a section of any purpose
        value += _of_section(wish.step, chunk, named)
    cue = _CUES.get(wish.step)
    if cue:
        signs = len(cue.findall(text))
        sure = relevance >= SURELY_RELEVANT and not (of_limits(chunk) or _CUES[StepName.HOW].search(text))
        value += 0.45 * min(2, signs) if signs else -NEVER if wish.step in _NEEDING_CUE and not sure else 0.0
    value += 0.25 * len(wish.question_words & candidate.words) + _at_level(candidate, wish.level)
    if candidate.block:
        value += 0.6 if wish.step in (StepName.HOW, StepName.APPLICATIONS) else -0.6
    if is_definition(candidate, wish.concept) and wish.step in _EXPLAINING:
        value += 2.0
    elif _PERSONAL.search(text) and not wish.in_order and wish.step is not StepName.HOW:
        value -= 0.8
    if wish.step in _WITHOUT_DENIALS and _DENIAL.search(text):
        value -= 1.0
    if wish.in_order and is_step(text):
        value += 0.8
    words = len(text.split())
    return value - 0.02 * max(0, words - 35) - (0.3 if words < 8 else 0.0)


def _of_section(step: StepName, chunk: Chunk, named: re.Pattern[str] | None) -> float:
    """Return what the headings over a sentence add: most where they say that this is what the step wants."""
    if named and headed_so(step, chunk, named):
        return OWN_SECTION
    elsewhere = other_purpose(step, chunk)
    if elsewhere and step in (StepName.HOW, StepName.APPLICATIONS):
        return -NEVER  # the one is not told by what serves the other
    value = 0.8 if serves(step, chunk) else -OTHER_SECTION if elsewhere else 0.0
    return value - OF_LIMITS if of_limits(chunk) else value


def _of_nothing_named(candidate: QuotableSentence, wish: Wish, named: re.Pattern[str] | None) -> bool:
    """Return whether a sentence is on "the ..." that neither its headings, nor the step, nor the question has named.

    "The model" and the like are named by what the section is on: that has to be what the step, or the question, is on.
    """
    said = _BOLD_LEAD.sub("", candidate.shown)
    about = _DEFINITE.match(said)
    if about is None or (named and named.search(said, 0, about.start(1))):
        return False
    over = f"{_headings(candidate)} {candidate.passage.document.title}"
    first, *more = about[1].split()
    alone = content_words(first) <= _ANY and more and more[0].endswith(("s", "ed"))  # "the model generates texts"
    subject, asked = content_words(first if alone else about[1]), wish.question_words
    if subject <= _ANY:
        return not (named.search(over) if named else content_words(over) & asked - _ANY)
    of_step = (wish.concept.name, *wish.concept.aliases) if wish.concept else ()
    return not subject & (content_words(" ".join((over, *of_step))) | asked)


def _out_of_place(candidate: QuotableSentence, wish: Wish, named: re.Pattern[str], about: re.Match[str] | None) -> bool:
    """Return whether a sentence is about something else, or says what another step of the lesson says."""
    text, relevance = candidate.shown, wish.relevance.get(candidate.shown, 0.0)
    defined = about is not None and defines(text, about)
    elsewhere = any(not named.search(lead) for lead in _LEAD.findall(text))  # an entry of a list on something else
    story = wish.step in _EXPLAINING and _PERSONAL.search(text) and not defined
    of_entry = not about and candidate.entry and not named.search(candidate.entry)
    if elsewhere or story or of_entry:
        return True
    own = is_definition(candidate, wish.concept)
    if about and wish.step in _EXPLAINING:
        return not own and (tells_of_another(text, about) or defines_narrower(text, about))
    if about:
        told = own or defined or defines_narrower(text, about)
        return told and wish.step is not StepName.ANSWER
    headed = named.search(_headings(candidate)) is not None
    if wish.step in _EXPLAINING:
        in_words = wish.concept is not None and content_words(wish.concept.name) <= candidate.words
        return relevance < SURELY_RELEVANT or not (headed or in_words)
    if headed_so(wish.step, candidate.passage.chunk, named) and named.search(candidate.passage.document.title):
        return False
    least = ON_SUBJECT_HOW if wish.step is StepName.HOW else ON_SUBJECT
    return not headed or (bool(wish.relevance) and relevance < least)


def _headings(candidate: QuotableSentence) -> str:
    return " ".join(candidate.passage.chunk.heading_path)


def _of_subject(text: str, wish: Wish, named: re.Pattern[str] | None, about: re.Match[str] | None) -> float:
    """Return what it adds that the sentence names the concept, and that it says what the concept is."""
    if not about:
        return 0.0 if named is None else -0.8 if wish.step in _EXPLAINING else -0.3
    if narrower(text, about):
        return -0.5
    value = 1.5 if about.start() < 12 else 1.0
    return value + 1.5 if wish.step in _EXPLAINING and defines(text, about) else value


def explains(text: str, concept: Concept) -> bool:
    """Return whether a sentence of the text that can be read alone says what the concept is."""
    named = names(concept)
    whole = [readable(text[span.start : span.end]) for span in sentences(text) if span.kind is SentenceKind.PROSE]
    found = [(sentence, named.search(sentence)) for sentence in whole if named]
    return any(about and defines(sentence, about) and stands_alone(sentence) for sentence, about in found)


def says_what(candidate: QuotableSentence, concept: Concept) -> bool:
    """Return whether the sentence says what the concept is: its definition, or a sentence of that form."""
    named = names(concept)
    said = _LEAD.sub("", candidate.shown).strip()
    about = named.search(said) if named else None
    if named is None or about is None:
        return is_definition(candidate, concept)
    any_of_them = content_words(concept.name) <= _ANY or not named.search(_headings(candidate))
    one_of_many = said[: about.start()].casefold() == "the " and any_of_them
    if one_of_many or of_one_kind(said, about):
        return False  # "The loss is the error between views" is the loss of one model, unless the section is on losses
    return is_definition(candidate, concept) or defines(said, about)


def _at_level(candidate: QuotableSentence, level: Level) -> float:
    """Return what a sentence is worth more, or less, for a learner who wants this level."""
    if level is Level.STANDARD:
        return 0.0
    formula, pictured = bool(_FORMULA_SIGN.search(candidate.shown)), bool(_PICTURED.search(candidate.shown))
    if level is Level.MATHEMATICAL:
        return 1.2 * formula
    return 0.8 * pictured - 1.5 * formula - 0.03 * max(0, len(candidate.shown.split()) - 20)


def is_definition(candidate: QuotableSentence, concept: Concept | None) -> bool:
    """Return whether the sentence is the one that defines the concept: it belongs where the concept is explained."""
    definition = concept.definition if concept else None
    if definition is None or definition.chunk_id != candidate.passage.chunk.id:
        return False
    return candidate.quote in definition.text or definition.text in candidate.quote


def _again(one: QuotableSentence, other: QuotableSentence, wish: Wish, named: re.Pattern[str] | None) -> bool:
    """Return whether a sentence has the words of another, or says what the concept is where that is told already."""
    if one.quote in other.quote or other.quote in one.quote:
        return True
    first, second = (mention(two.shown, named) if named else None for two in (one, other))
    told_what = first and second and is_a(one.shown, first) and is_a(other.shown, second)
    return bool(told_what) and wish.step in _EXPLAINING and not is_definition(one, wish.concept)


def _repeats(candidate: QuotableSentence, seen: Sequence[QuotableSentence]) -> float:
    return max((_jaccard(candidate.words, other.words) for other in seen), default=0.0)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0
