"""Paragraphs, quoted whole or in part, where no sentence on a subject can be read alone. Pure.

Within a paragraph sentences may lean on each other, and it may talk to its reader: it is shown as the course's voice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from knowledge.model import Concept
from knowledge.sentences import Sentence, SentenceKind, sentences
from knowledge.stopwords import content_words
from tutor.lesson import Passage
from tutor.quoting import QuotableSentence, no_key_of_ours
from tutor.sections import teaches
from tutor.standing import opens_freely, points_at_layout, readable, reads_as_one
from tutor.subjects import names, opens_with

FEWEST_WORDS, MOST_WORDS = 12, 110
MOST_CONTINUED = 70
"""Words after which what goes on from a sentence is left."""
MOST_IN_EXCERPT = 80
"""Words after which an excerpt takes in no further sentence."""
_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
"""Lines without an empty one between them."""
_SAYS_NOTHING = re.compile(
    r"[?:…]\W*$|\((?:top|bottom|left|right)\)|"
    r"^\W*(?:for example|for instance|feel free|to learn more|for more|lets|of course|as you can see|"
    r"for a \w+ challenge|to make things|once we have)\b|"
    r"\b(?:(?:chapter|lesson|section|unit) (?:will|covers)|let[’']s|let us|check out|we are now|"
    r"we[’']ll|take a (?:\w+ )?look|look back|review|dive into|explore the|same as before|up to now|"
    r"(?:this|our) (?:example|use case)|in the paper|"
    r"(?:you|we)(?:[’']ve| have) (?:already |just )?(?:seen|learned|done)|"
    r"previous \w+|here(?=\W*$)|"
    r"we (?:start|begin|are going)|you (?:can|could|will) (?:also )?find|we recommend|i recommend)\b",
    re.I,
)
"""A question, what announces something, or what only leads on."""
_BREAKS_OFF = re.compile(
    r"[?:…!,]\W*$|^\W*(?:amusingly|interestingly|fun fact|nice)\b|\((?:top|bottom|left|right)\)|"
    r"\b(?:let[’']s|let us|check out|here(?:[’']s| is| are)|we[’']ll|"
    r"(?:this|our) (?:\w+ )?example|interested reader|"
    r"recommend|(?:this|next|later|previous) (?:section|chapter|unit))\b",
    re.I,
)
"""Where what goes on from a sentence ends: a question, something announced, another place."""
_TABLE = re.compile(r"^\s*\|")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a paragraph around one sentence: `sentence` is that one as shown, `quoted` all of it."""

    sentence: str
    quoted: QuotableSentence


def definition(passages: Iterable[Passage], concept: Concept) -> Iterator[QuotableSentence]:
    """Yield the concept's definition where one of the passages has it, it opens with the name and goes on from nothing.

    A definition says what it is about, so that a pointer within it ("from such vectors") does not keep it out.
    """
    told = concept.definition
    if told is None or not opens_with(readable(told.text), concept):
        return
    for passage in passages:
        at = passage.chunk.text.find(told.text) if told.chunk_id == passage.chunk.id else -1
        if at >= 0 and opens_freely(told.text) and not points_at_layout(told.text):
            yield _quoted(passage, at, told.text)


def paragraphs(passage: Passage, concept: Concept) -> Iterator[QuotableSentence]:
    """Yield the paragraphs of prose that name the concept, each as one quotation, of a passage headed by its name."""
    chunk, named = passage.chunk, names(concept)
    if named is None or not named.search(" ".join((passage.document.title, *chunk.heading_path))):
        return
    for start, text, spans in _prose(chunk.text):
        fits = FEWEST_WORDS <= len(readable(text).split()) <= MOST_WORDS
        if fits and text[-1] in ".!" and named.search(readable(text)) and reads_as_one(_said(text, spans)):
            yield _quoted(passage, start, text)


def excerpts(passage: Passage, concept: Concept | None = None) -> Iterator[Excerpt]:
    """Yield for each sentence of prose that says something the least of its paragraph that can be read with it.

    An excerpt begins with the sentence, or as far before it as is needed for it to lean on nothing, and goes on to the
    end of the paragraph while it has room.

    Args:
        passage: what is read; nothing of a section that does not teach.
        concept: what the sentence has to name, or the excerpt in a section named after it; anything without it.
    """
    named = names(concept)
    if not teaches(passage.chunk):
        return
    headed = named is None or named.search(_innermost(passage)) is not None
    for start, text, spans in _prose(passage.chunk.text):
        for index, span in enumerate(spans):
            sentence = readable(text[span.start : span.end])
            if len(sentence.split()) < FEWEST_WORDS // 2 or _SAYS_NOTHING.search(sentence):
                continue
            part = _readable_part(text, spans, index)
            said = text[slice(*part)] if part and headed else sentence
            if part is not None and (named is None or named.search(said)):
                begin, end = part
                yield Excerpt(sentence, _quoted(passage, start + begin, text[begin:end]))


def continued(sentence: QuotableSentence, is_taken: Callable[[QuotableSentence], bool]) -> QuotableSentence:
    """Return a sentence with those that go on from it in its paragraph, while there is room.

    Args:
        sentence: where the quotation begins.
        is_taken: whether a sentence has its own place in the lesson: nothing goes on past it.
    """
    if sentence.block:
        return sentence
    for start, text, spans in _prose(sentence.passage.chunk.text):
        at = next((i for i, span in enumerate(spans) if start + span.start == sentence.start), None)
        if at is None:
            continue
        last = at
        for index in range(at + 1, len(spans)):
            said = text[spans[index].start : spans[index].end]
            room = len(text[spans[at].start : spans[index].end].split()) <= MOST_CONTINUED
            one = _quoted(sentence.passage, start + spans[index].start, said)
            if not room or _BREAKS_OFF.search(readable(said)) or points_at_layout(said) or is_taken(one):
                break
            last = index
        if last > at:
            return _quoted(sentence.passage, sentence.start, text[spans[at].start : spans[last].end])
    return sentence


def _readable_part(text: str, spans: list[Sentence], index: int) -> tuple[int, int] | None:
    """Return from where to where a paragraph is quoted for its sentence of this index; None if it cannot be read so."""
    for first in range(index, -1, -1):
        last = index
        while last + 1 < len(spans) and len(text[spans[first].start : spans[last + 1].end].split()) <= MOST_IN_EXCERPT:
            last += 1
        while last > index and _SAYS_NOTHING.search(text[spans[last].start : spans[last].end]):
            last -= 1
        part = text[spans[first].start : spans[last].end]
        if len(part.split()) > MOST_WORDS:
            return None
        quoted = _said(text, spans[first : last + 1])
        if opens_freely(quoted[0]) and not any(map(points_at_layout, quoted)):
            return spans[first].start, spans[last].end
    return None


def _prose(text: str) -> Iterator[tuple[int, str, list[Sentence]]]:
    """Yield where each paragraph begins that is prose from its first word on, its text and sentences up to a list."""
    for found in _PARAGRAPH.finditer(text):
        paragraph = found[0].strip()
        spans = list(takewhile(lambda span: span.kind is SentenceKind.PROSE, sentences(paragraph)))
        if spans and spans[0].start == 0 and not _TABLE.match(paragraph):
            yield found.start() + found[0].index(paragraph), paragraph[: spans[-1].end], spans


def _innermost(passage: Passage) -> str:
    return passage.chunk.heading_path[-1] if passage.chunk.heading_path else passage.document.title


def _said(text: str, spans: list[Sentence]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def _quoted(passage: Passage, start: int, quote: str) -> QuotableSentence:
    shown = no_key_of_ours(readable(quote))
    return QuotableSentence(passage, start, quote, shown, frozenset(content_words(shown)), block=False)
