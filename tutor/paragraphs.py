"""Paragraphs of a section on a subject, quoted whole where no sentence on it can be read alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.model import Concept
from knowledge.sentences import SentenceKind, sentences
from knowledge.stopwords import content_words
from tutor.lesson import Passage
from tutor.quoting import QuotableSentence, no_key_of_ours
from tutor.standing import readable, reads_as_one
from tutor.subjects import names

FEWEST_WORDS, MOST_WORDS = 12, 110
_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
"""Lines without an empty one between them."""


def paragraphs(passage: Passage, concept: Concept) -> Iterator[QuotableSentence]:
    """Yield the paragraphs of prose that name the concept, each as one quotation, of a passage headed by its name."""
    chunk, named = passage.chunk, names(concept)
    if named is None or not named.search(" ".join((passage.document.title, *chunk.heading_path))):
        return
    for found in _PARAGRAPH.finditer(chunk.text):
        quote = found[0].strip()
        spans = [span for span in sentences(quote) if span.kind is SentenceKind.PROSE]
        shown = no_key_of_ours(readable(quote))
        whole = spans and spans[0].start == 0 and quote[-1] in ".!"
        fits = FEWEST_WORDS <= len(shown.split()) <= MOST_WORDS
        if whole and fits and named.search(shown) and reads_as_one([quote[span.start : span.end] for span in spans]):
            yield QuotableSentence(passage, found.start(), quote, shown, frozenset(content_words(shown)), block=False)
