"""The values everything else speaks in: documents, places, chunks, concepts, relations, hits, retrievals.

Frozen dataclasses that know no file, model, store or page; ids are hashes of what they name (`stable_id`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never


def stable_id(*parts: str) -> str:
    """Return a 20-character hexadecimal id: a SHA-256 prefix over the parts, order and borders included."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()[:20]


# --- places -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a paged document, counted from 1 as a PDF viewer counts."""

    number: int


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide of a deck, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stretch of a recording, in seconds from its start; `end_s >= start_s >= 0`."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Heading:
    """A section of a text: the headings above it, outermost first, and the anchor a browser can jump to."""

    path: tuple[str, ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook cell, counted from 1 over all cells of the notebook."""

    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """A range of lines of a text file, both ends included, counted from 1."""

    first: int
    last: int


Locator = Page | Slide | TimeSpan | Heading | Cell | Line


def clock(seconds: float) -> str:
    """Return a time as `m:ss`, or `h:mm:ss` from one hour on; fractions of a second are cut off."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def place(locator: Locator) -> str:
    """Return the place in a reader's words: `page 7`, `12:34`, `cell 5`, `Heading › Subheading` (below the title)."""
    match locator:
        case Page(number):
            return f"page {number}"
        case Slide(number):
            return f"slide {number}"
        case TimeSpan(start_s, _):
            return clock(start_s)
        case Heading(path, _):
            return " › ".join(path[1:] or path) or "start"
        case Cell(number):
            return f"cell {number}"
        case Line(first, last):
            return f"line {first}" if first == last else f"lines {first}-{last}"
        case _:
            assert_never(locator)


def fragment(locator: Locator) -> str:
    """Return the URL fragment that opens the place, without `#`; empty where the kind of source has none."""
    match locator:
        case Page(number):
            return f"page={number}"
        case Slide(number):
            return f"slide={number}"
        case TimeSpan(start_s, _):
            return f"t={int(start_s)}"
        case Heading(_, anchor):
            return anchor
        case Cell(number):
            return f"cell={number}"
        case Line(first, _):
            return f"L{first}"
        case _:
            assert_never(locator)


# --- material ---------------------------------------------------------------------------------------------------


class SourceKind(StrEnum):
    """The format a document was read from."""

    MARKDOWN = "markdown"
    NOTEBOOK = "notebook"
    TRANSCRIPT = "transcript"
    PDF = "pdf"
    TEXT = "text"
    HTML = "html"
    SLIDES = "slides"
    DOCX = "docx"
    EPUB = "epub"


@dataclass(frozen=True, slots=True)
class Course:
    """A folder of material with one order of lessons. `root` is its absolute path or URL and gives the id."""

    id: str
    root: str
    title: str


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """One file or page as text. Chunks are spans of `text`; `position` is its place in the course's order."""

    id: str
    course_id: str
    path: str
    """Path below the course's root, with forward slashes; unique in its course."""
    uri: str
    """What a person opens: an absolute file path or a URL."""
    title: str
    kind: SourceKind
    text: str
    content_hash: str
    """SHA-256 of the source's bytes, hexadecimal."""
    position: int

    @staticmethod
    def id_for(uri: str) -> str:
        """Return the id of the document that lives at this absolute path or URL."""
        return stable_id("document", uri)


class ChunkKind(StrEnum):
    """What a chunk mostly is; code cells can be run, outputs never stand for the source."""

    PROSE = "prose"
    CODE = "code"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document: `document.text[start:end] == text`, never longer than the embedder reads."""

    id: str
    document_id: str
    position: int
    """Order within the document, from 0."""
    start: int
    end: int
    text: str
    locator: Locator
    heading_path: tuple[str, ...]
    kind: ChunkKind
    language: str
    """Programming language of a code chunk in lower case (`python`), else empty."""
    tokens: int
    """Length of what is embedded (heading path and text), in the embedder's own tokens."""

    @property
    def embedded_text(self) -> str:
        """Return what is embedded: the heading path on a line of its own, then the text."""
        return f"{' › '.join(self.heading_path)}\n{self.text}" if self.heading_path else self.text

    @staticmethod
    def id_for(document_id: str, heading_path: tuple[str, ...], text: str, occurrence: int) -> str:
        """Return the chunk's id: it survives text moving inside its document, and tells repeats apart."""
        return stable_id("chunk", document_id, *heading_path, text, str(occurrence))


# --- concepts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand in the material: `text` is found verbatim in the chunk."""

    chunk_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """An idea the course teaches, with the places that introduce it.

    `salience` in 0..1 tells how much the course teaches it; `difficulty` in 0..1 how late and deep it stands;
    `introduced_at` orders concepts by first teaching place (document position, then chunk position).
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    definition: Quote | None
    salience: float
    difficulty: float
    introduced_at: tuple[int, int]

    @staticmethod
    def id_for(key: str) -> str:
        """Return the id of the concept with this normalised key (see `knowledge.concepts`)."""
        return stable_id("concept", key)


class RelationKind(StrEnum):
    """The closed set of edges. Only PREREQUISITE orders a lesson; the others are near transfer."""

    PREREQUISITE = "prerequisite"
    """source must be understood before target"""
    IS_A = "is_a"
    """source is a kind of target"""
    PART_OF = "part_of"
    """source is a part of target"""
    CONTRASTS_WITH = "contrasts_with"
    """symmetric; stored once, source name before target name"""
    RELATED = "related"
    """symmetric; stored once, source name before target name"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a relation is believed: the kind of sign, and the words it stands in where there are any."""

    kind: str
    weight: float
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed edge between two concepts. For PREREQUISITE, `source` comes before `target`."""

    source_id: str
    target_id: str
    kind: RelationKind
    confidence: float
    evidence: tuple[Evidence, ...] = ()


class MentionRole(StrEnum):
    """What a chunk does for a concept, strongest first."""

    DEFINES = "defines"
    EXPLAINS = "explains"
    EXEMPLIFIES = "exemplifies"
    USES = "uses"


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named in a chunk, how often, and what the chunk does for it."""

    concept_id: str
    chunk_id: str
    role: MentionRole
    count: int


# --- retrieval --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question. Ranks count from 1; `None` where that list did not hold the chunk."""

    chunk: Chunk
    score: float
    """Joined score of `knowledge.ranking`; comparable within one retrieval only."""
    cosine: float | None
    dense_rank: int | None
    bm25: float | None
    """BM25, larger is better."""
    lexical_rank: int | None


@dataclass(frozen=True, slots=True)
class SeedConcept:
    """A concept the question is about, with its score in 0..1 and the sign that found it."""

    concept: Concept
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class ExpandedConcept:
    """A concept kept for the lesson; `distance` counts prerequisite steps to the nearest seed (seed = 0)."""

    concept: Concept
    distance: int
    needed_by: tuple[str, ...]
    """Ids of the kept concepts that directly need it."""


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """What a person may turn: hits to read, prerequisite steps to go back, concepts a lesson may hold."""

    semantic_results: int = 5
    prerequisite_depth: int = 2
    max_concepts: int = 10

    def __post_init__(self) -> None:
        limits = {"semantic_results": (1, 50), "prerequisite_depth": (0, 10), "max_concepts": (1, 100)}
        wrong = [
            f"{name} must be between {low} and {high}, not {getattr(self, name)}"
            for name, (low, high) in limits.items()
            if not low <= getattr(self, name) <= high
        ]
        if wrong:
            raise ValueError("; ".join(wrong))


@dataclass(frozen=True, slots=True)
class Retrieval:
    """All that was found for a question and used: nothing reaches a lesson that does not stand here."""

    question: str
    settings: RetrievalSettings
    hits: tuple[Hit, ...]
    seeds: tuple[SeedConcept, ...]
    order: tuple[ExpandedConcept, ...]
    """Kept concepts in explanation order: every kept prerequisite before what needs it."""
    related: tuple[Concept, ...]
    left_out: tuple[ExpandedConcept, ...]
    """Prerequisites within the depth that the budget left out, nearest first."""
    unlocks: tuple[Concept, ...]
    """Concepts that directly need a seed: real next steps."""
    passages: Mapping[str, tuple[Chunk, ...]] = field(default_factory=dict)
    """By concept id, best first: the chunks that teach a kept concept; for related and unlocked ones the definition."""
    documents: Mapping[str, SourceDocument] = field(default_factory=dict)
    """The documents of all chunks named here, by id, with their text left out."""
    addresses: Mapping[str, str] = field(default_factory=dict)  # by chunk id, where one opens in a video at its second
    coverage: float = 0.0
    """How well the material covers the question, 0..1; below the gate a lesson is refused."""
    covered: bool = True
