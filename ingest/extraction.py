"""A document and its chunks in, facts about concepts out: what is named, defined, set apart, related and linked.

Pure and deterministic, by rules alone. It reads one document at a time and decides nothing that needs another: which
names are concepts, and which are the same, is settled in `ingest.relations`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.aliases import aliases, heading_aliases
from ingest.cues import cues, links, stated_prerequisites
from ingest.definitions import LONGEST_QUOTE, definitions
from ingest.facts import ChunkFacts, DefinitionFact, DocumentFacts, SectionFacts, Sign, TermFact
from ingest.terms import TEACHES, blank, clean, code_runs, heading_terms, heading_weight, runs
from knowledge.model import Chunk, ChunkKind, SourceDocument
from knowledge.sentences import Sentence, SentenceKind, sentences

ADMINISTRATION_WEIGHT = 0.15
"""What a document about the course itself counts, against 1 for a lesson."""

_MARKED = re.compile(
    r"(?P<bold>\*\*|__)(?P<strong>[^*_\n]{2,60}?)(?P=bold)|(?<![*\w])(?P<it>[*_])(?P<weak>[^*_\n]{3,50}?)(?P=it)(?![*\w])"
)
_CAPTION = re.compile(r"!\[(?P<alt>[^\]\n]{4,160})\]\(")
_PART_NUMBER = re.compile(r"(?<=[a-z])[ _-]+\d{1,2}$")
"""A number that only counts the parts of a title: "Neural networks 2"."""
_PREREQUISITES = re.compile(
    r"\W*(?:prerequisites?\b|prior knowledge|required knowledge|what you should know)", re.IGNORECASE
)
_ADMINISTRATION = re.compile(
    r"\b(?:welcome|certificat\w*|communit(?:y|ies)|contribut\w+|onboarding|enrol\w*|syllabus|get(?:ting)? help|"
    r"ask(?:ing)? for help|forums?|table of contents|acknowledge?ments?|about (?:this|the) (?:course|book)|"
    r"course (?:overview|information|events?|logistics)|live sessions?|part \d+ (?:completed|release)|end-of-chapter|"
    r"quiz|exam|installation|licen[cs]e|faq|graduation|leaderboard|hackathon|submission|supplementary|further reading|"
    r"recommended reading|resources|setup)\b",
    re.IGNORECASE,
)


def extract(document: SourceDocument, chunks: Sequence[Chunk]) -> DocumentFacts:
    """Return the facts of one document; the same document and chunks always give the same facts."""
    whole = dict.fromkeys(chunk.heading_path for chunk in chunks)
    paths = list(dict.fromkeys(path[:depth] for path in whole for depth in range(min(1, len(path)), len(path) + 1)))
    number = {path: index for index, path in enumerate(paths)}
    return DocumentFacts(
        document_id=document.id,
        course_id=document.course_id,
        path=document.path,
        title=document.title,
        weight=ADMINISTRATION_WEIGHT if _ADMINISTRATION.search(document.title) else 1.0,
        sections=tuple(map(_section, paths)),
        chunks=tuple(_chunk_facts(chunk, number[chunk.heading_path]) for chunk in chunks),
    )


def _section(path: tuple[str, ...]) -> SectionFacts:
    heading = path[-1] if path else ""
    if len(path) == 1:
        heading = _PART_NUMBER.sub("", heading)
    teaches = min((heading_weight(title) for title in path), default=1.0)
    return SectionFacts(
        path=path,
        terms=heading_terms(heading) if teaches >= TEACHES else (),
        runs=tuple(runs(blank(heading))),
        teaches=teaches,
        aliases=tuple(heading_aliases(heading)),
    )


def _chunk_facts(chunk: Chunk, section: int) -> ChunkFacts:
    if chunk.kind is ChunkKind.OUTPUT:
        return ChunkFacts(chunk.id, section, chunk.kind.value, ())
    if chunk.kind is ChunkKind.CODE:
        return ChunkFacts(chunk.id, section, chunk.kind.value, tuple(code_runs(chunk.text).items()))
    blanked = blank(chunk.text)
    read_cues = stated_prerequisites if _PREREQUISITES.match(" ".join(chunk.heading_path[-1:])) else cues
    prose = [(sentence, chunk.text[sentence.start : sentence.end]) for sentence in _prose(chunk.text)]
    return ChunkFacts(
        chunk_id=chunk.id,
        section=section,
        kind=chunk.kind.value,
        runs=tuple(runs(blanked).items()),
        terms=tuple(_terms(chunk.text)),
        definitions=tuple(_definitions(chunk.text, prose)),
        aliases=tuple(fact for _, text in prose for fact in aliases(text)),
        cues=tuple(fact for _, text in prose for fact in read_cues(text)),
        links=tuple(fact for _, text in prose for fact in links(text)),
    )


_GOES_ON = re.compile(
    r"(?:It|They|This|These|Its|Their)\b|The (?:main |core |key )?(?:idea|goal|model|method|algorithm|technique)\b"
)


def _definitions(chunk_text: str, prose: Sequence[tuple[Sentence, str]]) -> Iterator[DefinitionFact]:
    following = [*(text for _, text in prose[1:]), ""]
    for (sentence, text), after in zip(prose, following, strict=False):
        for fact in definitions(text, opens=_opens(chunk_text, sentence)):
            goes_on = _GOES_ON.match(after) is not None and len(after) <= LONGEST_QUOTE
            yield replace(fact, follow=after) if goes_on else fact


def _prose(text: str) -> Iterator[Sentence]:
    return (one for one in sentences(text) if one.kind in (SentenceKind.PROSE, SentenceKind.ITEM))


def _opens(text: str, sentence: Sentence) -> bool:
    """Return whether only marks stand between the sentence and the start of its line."""
    line = text.rfind("\n", 0, sentence.start) + 1
    return not text[line : sentence.start].strip(" \t>-*+0123456789.)")


def _terms(text: str) -> Iterator[TermFact]:
    found: Counter[tuple[str, Sign]] = Counter()
    for match in _MARKED.finditer(text):
        surface = clean(match.group("strong") or match.group("weak"))
        if surface:
            found[surface, Sign.BOLD if match.group("strong") else Sign.ITALIC] += 1
    for match in _CAPTION.finditer(text):
        surface = clean(match.group("alt"))
        if surface:
            found[surface, Sign.CAPTION] += 1
    return (TermFact(surface, sign) for surface, sign in found)
