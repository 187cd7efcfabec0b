"""What one document says about concepts, before anything is known about the others. Values only, with a JSON form.

Surfaces are names as the author wrote them; every quote stands verbatim in the chunk it names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMAT = 4
"""Raised when the meaning of a fact changes: facts of another format have to be extracted again."""


class Sign(StrEnum):
    """Why a term is believed to be taught at a place."""

    LEAD_IN = "lead_in"
    """bold at the start of a paragraph or list item"""
    BOLD = "bold"
    ITALIC = "italic"
    CAPTION = "caption"
    CODE = "code"
    """an identifier between backticks"""
    FORMULA = "formula"
    """what a displayed formula is said to give"""


class CueKind(StrEnum):
    """What a phrase says about two concepts."""

    IS_A = "is_a"
    """subject is a kind of object"""
    PART_OF = "part_of"
    """subject is a part of object"""
    CONTRAST = "contrast"
    NEEDS = "needs"
    """subject builds on, extends or requires object"""
    RECALLS = "recalls"
    """the text reminds of object while it teaches subject, or the section's concept where subject is empty"""


@dataclass(frozen=True, slots=True)
class HeadingTerm:
    """A name found in a heading; `weight` in 0..1 is 1 where the heading is nothing but the name."""

    surface: str
    weight: float


@dataclass(frozen=True, slots=True)
class AliasFact:
    """Two names that the text itself gives to one thing."""

    name: str
    alias: str
    quote: str


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A heading path of the document, and the names in its last heading."""

    path: tuple[str, ...]
    terms: tuple[HeadingTerm, ...]
    runs: tuple[str, ...]
    """The heading as runs of words, in which known concepts are looked for."""
    teaches: float
    """How much the section teaches, 0..1: lists of applications half, sections about the course itself little."""
    aliases: tuple[AliasFact, ...] = ()


@dataclass(frozen=True, slots=True)
class DefinitionFact:
    """A sentence that says what a term is; `strength` in 0..1, `genus` names what it is said to be (or is empty)."""

    surface: str
    quote: str
    strength: float
    genus: str
    follow: str = ""
    """The next sentence, verbatim, where it goes on about the same thing ("It trains ..."), else empty."""


@dataclass(frozen=True, slots=True)
class CueFact:
    """A phrase that relates what `subject` names to what `object` names; both are stretches of text."""

    kind: CueKind
    subject: str
    object: str
    quote: str
    weight: float


@dataclass(frozen=True, slots=True)
class TermFact:
    """A term that the author set apart."""

    surface: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class LinkFact:
    """A link to something inside the course: its target as written and the words that carry it."""

    target: str
    text: str
    quote: str


@dataclass(frozen=True, slots=True)
class CallFact:
    """A name that a formula uses; `defined` is the name that the formula defines by it, or empty."""

    surface: str
    defined: str
    quote: str


@dataclass(frozen=True, slots=True)
class ChunkFacts:
    """What one chunk says. `runs` are stretches of candidate words between stop words and marks, with counts."""

    chunk_id: str
    section: int
    """Index into the document's sections."""
    kind: str
    """The chunk's kind: prose, code or output."""
    runs: tuple[tuple[str, int], ...]
    terms: tuple[TermFact, ...] = ()
    definitions: tuple[DefinitionFact, ...] = ()
    aliases: tuple[AliasFact, ...] = ()
    cues: tuple[CueFact, ...] = ()
    links: tuple[LinkFact, ...] = ()
    acts: tuple[tuple[str, int], ...] = ()
    """Words that stand where a verb stands ("to push"), with counts."""
    calls: tuple[CallFact, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Everything extraction found in one document: a pure function of the document and its chunks."""

    document_id: str
    course_id: str
    path: str
    title: str
    weight: float
    """How much the document teaches, 0..1: lessons 1, course administration little."""
    sections: tuple[SectionFacts, ...]
    chunks: tuple[ChunkFacts, ...]

    def to_json(self) -> str:
        """Return the facts as one JSON object; `from_json` gives them back equal."""
        tree = {"format": FORMAT, **_fields_of(self)}
        return json.dumps(tree, default=_fields_of, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> DocumentFacts:
        """Return the facts that `to_json` wrote.

        Raises:
            ValueError: the text is of another format and the document has to be extracted again.
        """
        tree: dict[str, Any] = json.loads(text)
        if tree.pop("format", None) != FORMAT:
            raise ValueError("these facts are of another format; extract the document again")
        tree["sections"] = tuple(_section(section) for section in tree["sections"])
        tree["chunks"] = tuple(_chunk(chunk) for chunk in tree["chunks"])
        return cls(**tree)


def _fields_of(fact: Any) -> dict[str, Any]:
    """Return a record's fields by name. `dataclasses.asdict` would copy every word of a course first."""
    return {name: getattr(fact, name) for name in fact.__slots__}


def _section(tree: dict[str, Any]) -> SectionFacts:
    return SectionFacts(
        path=tuple(tree["path"]),
        terms=tuple(HeadingTerm(**term) for term in tree["terms"]),
        runs=tuple(tree["runs"]),
        teaches=tree["teaches"],
        aliases=tuple(AliasFact(**entry) for entry in tree["aliases"]),
    )


def _chunk(tree: dict[str, Any]) -> ChunkFacts:
    return ChunkFacts(
        chunk_id=tree["chunk_id"],
        section=tree["section"],
        kind=tree["kind"],
        runs=tuple((surface, count) for surface, count in tree["runs"]),
        terms=tuple(TermFact(term["surface"], Sign(term["sign"])) for term in tree["terms"]),
        definitions=tuple(DefinitionFact(**entry) for entry in tree["definitions"]),
        aliases=tuple(AliasFact(**entry) for entry in tree["aliases"]),
        cues=tuple(CueFact(**{**entry, "kind": CueKind(entry["kind"])}) for entry in tree["cues"]),
        links=tuple(LinkFact(**entry) for entry in tree["links"]),
        acts=tuple((word, count) for word, count in tree["acts"]),
        calls=tuple(CallFact(**entry) for entry in tree["calls"]),
    )
