"""A document and its chunks in, facts about concepts out: what is named, defined, set apart, related and linked.

Pure and deterministic, by rules alone. It reads one document at a time and decides nothing that needs another: which
names are concepts, and which are the same, is settled in `ingest.relations`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.aliases import aliases, heading_aliases
from ingest.calls import formula_calls
from ingest.cues import cues, links, stated_prerequisites
from ingest.decoding import title_from_name
from ingest.definitions import LONGEST_QUOTE, asks, definitions, glossary_entries, run_in, run_in_definition
from ingest.facts import ChunkFacts, DefinitionFact, DocumentFacts, SectionFacts, Sign, TermFact
from ingest.headings import TEACHES, heading_terms, heading_weight
from ingest.terms import blank, clean, code_names, code_runs, runs, runs_and_acts
from knowledge.model import Chunk, ChunkKind, SourceDocument
from knowledge.sentences import Sentence, SentenceKind, sentences

ADMINISTRATION_WEIGHT = 0.15
"""What a document about the course itself counts, against 1 for a lesson."""
LEAD_IN_READ = 40
"""Characters after a bold lead-in that show whether it opens advice."""
FILE_NAME_WEIGHT = 0.4
"""What a name in a title that was made from the file's name counts, against 1 for one that the author wrote."""

_MARKED = re.compile(
    r"(?P<bold>\*\*|__)(?P<strong>[^*_\n]{2,60}?)(?P=bold)|(?<![*\w])(?P<it>[*_])(?P<weak>[^*_\n]{3,50}?)(?P=it)(?![*\w])"
)
_MARKED_ADJECTIVE = re.compile(
    r"(?<![*_\w])(?P<m>\*\*?|__?)(?P<adjective>[a-z-]{2,20}(?:ive|al|ed|ic|ous|ary|able|tic|less))(?P=m) "
    r"(?P<noun>[a-z-]{3,20}(?: [a-z-]{3,20})?)(?=[.,;:()]| (?:is|are|and|or|of|in|for|to|that|which|with|on|by|as)\b)"
)
"""An adjective set apart before its noun, which it makes another thing: "*extractive* question answering"."""
_EXAMPLE_BEFORE = re.compile(
    r"(?:\be\.g\.,?|\bsuch as|\blike|\bfor (?:example|instance),?|\bwords?|\blabel(?:ed|led|s)?(?: as)?|[\"“])\s*$"
)
EXAMPLE_READ = 16
"""Characters before a mark that show whether what follows is only an example: "such as *chair*"."""
_CAPTION = re.compile(
    r"!\[(?P<alt>[^\]\n]{4,160})\]\(|^[ \t>*_]*(?:figure|fig\.|table)[ \t]*\d+[.\d]*[:.][ \t]*(?P<line>[^.\n]{4,80})|"
    r"<figcaption[^>]*>(?P<tag>[^<\n]{4,160})<",
    re.MULTILINE | re.IGNORECASE,
)
_FORMULA_OF = re.compile(
    r"(?:^|[.!?:]\s+|\n)(?:(?:so|thus|then|formally|the formula (?:for|of)|here is)[, ]+)?"
    r"(?:the|an?)\s+(?P<name>[^.!?:,$\n]{3,48}?)\s+"
    r"(?:is|are|takes?|has|reads?|becomes?|can be|of)\s[^.!?$\n]{0,80}:?\s*\$\$",
    re.IGNORECASE,
)
_GLOSSARY = re.compile(
    r"\W*(?:glossary|terminology|key (?:terms|concepts|vocabulary)|(?:list of )?(?:terms|definitions|notation)|"
    r"vocabulary)\W*$",
    re.IGNORECASE,
)
_TERM_TABLE = re.compile(
    r"^[ \t]*\|\s*\**(?:term|concept|name|word|acronym)s?\**\s*\|\s*\**(?:definition|meaning|description|explanation)",
    re.M | re.I,
)
_DEFINITION_LIST = re.compile(r"^(?P<name>[^\s:#>|*-][^:\n]{1,58})\n(?P<mark>:[ \t]+)(?P<rest>[^\n]{12,})", re.M)
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
    unnamed = document.title == title_from_name(document.path) and document.title not in document.text
    return DocumentFacts(
        document_id=document.id,
        course_id=document.course_id,
        path=document.path,
        title=document.title,
        weight=ADMINISTRATION_WEIGHT if _ADMINISTRATION.search(document.title) else 1.0,
        sections=tuple(_section(path, unnamed=unnamed) for path in paths),
        chunks=tuple(_chunk_facts(chunk, number[chunk.heading_path]) for chunk in chunks),
    )


def _section(path: tuple[str, ...], *, unnamed: bool) -> SectionFacts:
    heading = path[-1] if path else ""
    if len(path) == 1:
        heading = _PART_NUMBER.sub("", heading)
    teaches = min((heading_weight(title) for title in path), default=1.0)
    terms = heading_terms(heading) if teaches >= TEACHES else ()
    if unnamed and len(path) == 1:
        terms = tuple(replace(term, weight=round(FILE_NAME_WEIGHT * term.weight, 2)) for term in terms)
    return SectionFacts(
        path=path,
        terms=terms,
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
    found, acts = runs_and_acts(blanked)
    return ChunkFacts(
        chunk_id=chunk.id,
        section=section,
        kind=chunk.kind.value,
        runs=tuple(found.items()),
        terms=tuple(_terms(chunk.text, blanked)),
        definitions=(*_definitions(chunk.text, prose), *_glossary(chunk)),
        aliases=tuple(fact for _, text in prose for fact in aliases(text)),
        cues=tuple(fact for _, text in prose for fact in read_cues(text)),
        links=tuple(fact for _, text in prose for fact in links(text)),
        acts=tuple(acts.items()),
        calls=tuple(formula_calls(chunk.text)),
    )


_GOES_ON = re.compile(
    r"(?:It|They|This|These|Its|Their)\b|The (?:main |core |key )?(?:idea|goal|model|method|algorithm|technique)\b"
)


def _definitions(chunk_text: str, prose: Sequence[tuple[Sentence, str]]) -> Iterator[DefinitionFact]:
    for (sentence, text), (next_sentence, _) in pairwise(prose):
        name = run_in(text) if text.startswith(("**", "__")) else ""
        if name and "\n" not in chunk_text[sentence.end : next_sentence.start]:
            yield from run_in_definition(
                name, chunk_text[sentence.start : next_sentence.end], item=sentence.kind is SentenceKind.ITEM
            )
    following = [*(text for _, text in prose[1:]), ""]
    for (sentence, text), after in zip(prose, following, strict=False):
        item = sentence.kind is SentenceKind.ITEM
        for fact in definitions(text, opens=_opens(chunk_text, sentence), item=item):
            goes_on = _GOES_ON.match(after) is not None and len(after) <= LONGEST_QUOTE
            yield replace(fact, follow=after) if goes_on else fact


def _prose(text: str) -> Iterator[Sentence]:
    return (one for one in sentences(text) if one.kind in (SentenceKind.PROSE, SentenceKind.ITEM))


def _opens(text: str, sentence: Sentence) -> bool:
    """Return whether only marks stand between the sentence and the start of its line."""
    line = text.rfind("\n", 0, sentence.start) + 1
    return not text[line : sentence.start].strip(" \t>-*+0123456789.)")


def _glossary(chunk: Chunk) -> Iterator[DefinitionFact]:
    """Yield the entries of a section, table or list that is there to define."""
    text = chunk.text
    if _GLOSSARY.match(" ".join(chunk.heading_path[-1:])):
        lines = [text[one.start : one.end] for one in sentences(text) if one.kind is SentenceKind.ITEM]
        yield from (fact for line in (*lines, *_rows(text)) for fact in glossary_entries(line))
    elif "|" in text and _TERM_TABLE.search(text):
        yield from (fact for line in _rows(text) for fact in glossary_entries(line))
    if "\n:" in text:
        for match in _DEFINITION_LIST.finditer(text):
            surface = clean(match.group("name"))
            if surface:
                yield DefinitionFact(surface, match.group(), 0.9, "")


def _rows(text: str) -> list[str]:
    """Return the rows of a table without its head."""
    rows = [line.strip() for line in text.split("\n") if line.lstrip().startswith("|")]
    return [row for row in rows[1:] if set(row) - set("|:- ")]


def _leads_in(text: str, match: re.Match[str]) -> bool:
    """Return whether a bold phrase opens its line and a colon or full stop follows: a heading rather than a term."""
    line = text.rfind("\n", 0, match.start()) + 1
    marked = text[match.end() : match.end() + 2].lstrip()[:1] in (":", ".") or match.group("strong")[-1] in ":."
    return marked and not text[line : match.start()].strip(" \t>-*+0123456789.)")


def _terms(text: str, blanked: str) -> Iterator[TermFact]:
    found: Counter[tuple[str, Sign]] = Counter()
    for name, sign in _set_apart(text):
        surface = clean(name)
        if surface:
            found[surface, sign] += 1
    if "`" in blanked:
        found.update((surface, Sign.CODE) for surface in map(clean, code_names(blanked)) if surface)
    return (TermFact(surface, sign) for surface, sign in found)


def _set_apart(text: str) -> Iterator[tuple[str, Sign]]:
    """Yield what is marked, captioned, or said to be a formula, as written; bold openings of advice are left out."""
    for match in _MARKED.finditer(text):
        before = text[max(0, match.start() - EXAMPLE_READ) : match.start()]
        if " " not in match.group() and _EXAMPLE_BEFORE.search(before):
            continue
        if not match.group("strong"):
            yield match.group("weak"), Sign.ITALIC
        elif not _leads_in(text, match):
            yield match.group("strong"), Sign.BOLD
        elif not asks(text[match.end() : match.end() + LEAD_IN_READ].lstrip(" :.*_—-")):
            yield match.group("strong"), Sign.LEAD_IN
    for match in _MARKED_ADJECTIVE.finditer(text):
        yield f"{match.group('adjective')} {match.group('noun')}", Sign.ITALIC
    for match in _CAPTION.finditer(text):
        yield match.group("alt") or match.group("line") or match.group("tag"), Sign.CAPTION
    if "$$" in text:
        for match in _FORMULA_OF.finditer(text):
            yield match.group("name"), Sign.FORMULA
