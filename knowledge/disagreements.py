"""Where sources contradict each other: two definitions of one concept, and one name for two things.

Two sentences that say what a concept is disagree where they speak of the same things, and differ by a number, a
negation or an opposite. Reads definitions where the course gives them; which of two is right is for people to say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from knowledge.catalog import Catalog
from knowledge.concepts import normalise, opposed, singular, words
from knowledge.model import Chunk, Concept, MentionRole, Quote
from knowledge.sentences import SentenceKind, sentences
from knowledge.stopwords import STOP_WORDS

ALIKE = 0.4
"""Least share of common words (Jaccard) of two sentences that are taken to speak of the same thing."""
MOST_DEFINITIONS = 12
"""Definitions of one concept that are compared with each other, first ones first."""
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w.]*\d)")
_NEGATION = frozenset("not no never without cannot neither nor".split())
_ASIDE = re.compile(r"\([^()]*\)")
_SAYS = re.compile(
    r"(?:\*\*|__|[*_`])?\s*(?:\([^()]{1,60}\))?\s*(?:\*\*|__|[*_`])?,?\s*(?:is|are|means?|refers?\s+to|denotes?|has|have)\s",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements that cannot both hold, with the words that differ."""

    concept: Concept
    first: Quote
    second: Quote
    why: str


@dataclass(frozen=True, slots=True)
class SharedName:
    """A name that stands for several concepts of one library: each text means its own."""

    name: str
    concepts: tuple[Concept, ...]


def shared_names(concepts: Iterable[Concept]) -> list[SharedName]:
    """Return the names that more than one concept has, in alphabetical order: "CNN", "AP"."""
    owners: dict[str, dict[str, tuple[str, Concept]]] = defaultdict(dict)
    for concept in concepts:
        for name in (concept.name, *concept.aliases):
            owners[normalise(name)].setdefault(concept.id, (name, concept))
    found = []
    for group in owners.values():
        if len(group) > 1:
            named = sorted(group.values(), key=lambda entry: (entry[1].introduced_at, entry[1].id))
            found.append(SharedName(named[0][0], tuple(concept for _, concept in named)))
    return sorted(found, key=lambda entry: entry.name.lower())


def disagreements(catalog: Catalog, ids: Sequence[str] | None = None) -> list[Disagreement]:
    """Return the definitions that contradict each other, in the order in which the course introduces their concepts.

    Args:
        catalog: of the library.
        ids: of the concepts that are looked at; all without.
    """
    concepts = {concept.id: concept for concept in catalog.concepts(ids)}
    places: dict[str, list[str]] = defaultdict(list)
    for mention in catalog.mentions_of(list(concepts)):
        if mention.role is MentionRole.DEFINES:
            places[mention.concept_id].append(mention.chunk_id)
    several = {one: list(dict.fromkeys(chunks)) for one, chunks in places.items() if len(set(chunks)) > 1}
    wanted = [chunk for chunks in several.values() for chunk in chunks]
    texts = {chunk.id: chunk for chunk in catalog.chunks(list(dict.fromkeys(wanted)))}
    lesson = {document.id: number for number, document in enumerate(catalog.documents())}
    found: list[Disagreement] = []
    for concept in sorted((concepts[one] for one in several), key=lambda one: (one.introduced_at, one.id)):
        chunks = [texts[one] for one in several[concept.id] if one in texts]
        chunks.sort(key=lambda chunk: (lesson[chunk.document_id], chunk.position))
        found.extend(_among(concept, list(_statements(concept, chunks))[:MOST_DEFINITIONS]))
    return found


def _statements(concept: Concept, chunks: Sequence[Chunk]) -> Iterator[Quote]:
    """Yield the sentences that begin with one of a concept's names and say what it is."""
    names = "|".join(re.escape(name) for name in sorted((concept.name, *concept.aliases), key=len, reverse=True))
    opening = re.compile(rf"(?:\*\*|__|[*_`])?(?:(?:an?|the)\s+)?(?:\*\*|__|[*_`])?(?:{names})s?\b", re.IGNORECASE)
    for chunk in chunks:
        for one in sentences(chunk.text):
            text = chunk.text[one.start : one.end]
            subject = opening.match(text) if one.kind in (SentenceKind.PROSE, SentenceKind.ITEM) else None
            if subject is not None and _SAYS.match(text, subject.end()):
                yield Quote(chunk.id, text)


def _among(concept: Concept, quotes: Sequence[Quote]) -> Iterator[Disagreement]:
    for first, second in combinations(quotes, 2):
        why = contradiction(first.text, second.text)
        if why is not None:
            yield Disagreement(concept, first, second, why)


def contradiction(first: str, second: str) -> str | None:
    """Return in which words two statements about one thing contradict each other, `None` where they do not.

    >>> contradiction("ReLU is a function with range 0 to 1.", "ReLU is a function with range 0 to 6.")
    'numbers differ: 1 and 6'
    >>> contradiction("Bagging is a method with replacement.", "Bagging is a method without replacement.")
    'one of them denies it'
    """
    one, other = _content(first), _content(second)
    common = one & other
    if not common or len(common) < ALIKE * len(one | other):
        return None
    numbers = [set(_NUMBER.findall(text)) for text in (first, second)]
    if all(numbers) and numbers[0] - numbers[1] and numbers[1] - numbers[0]:
        return f"numbers differ: {_listed(numbers[0] - numbers[1])} and {_listed(numbers[1] - numbers[0])}"
    denied = [bool(_NEGATION & set(map(str.lower, words(text)))) for text in (first, second)]
    if denied[0] != denied[1]:
        return "one of them denies it"
    mine, theirs = one - other, other - one
    if len(mine) == len(theirs) == 1 and opposed(*mine, *theirs):  # more words that differ may take the opposite back
        return f"“{min(mine)}” against “{min(theirs)}”"
    return None


def _listed(numbers: Iterable[str]) -> str:
    return ", ".join(sorted(numbers))


def _content(text: str) -> set[str]:
    """Return the words of a sentence that carry its meaning, without numbers, negations and what stands in brackets."""
    kept = (
        singular(word)
        for word in words(_ASIDE.sub(" ", text))
        if word.lower() not in STOP_WORDS and not word[0].isdigit()
    )
    return {word for word in kept if len(word) > 1 and word not in _NEGATION and word != "with"}
