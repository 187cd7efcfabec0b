"""What is said in place of a lesson: which one do you mean, that is not about the material, I do not help with that.

Pure but for names, which it looks up in the catalog. English words; a question in no such form goes on to its lesson.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.lookup import choices
from knowledge.model import Concept, Retrieval, place
from knowledge.senses import ambiguous
from tutor.lesson import Sense
from tutor.standing import readable

_RUN = (
    r"exams?|midterms?|finals?|deadlines?|due|assignments?|homeworks?|office hours?|syllabus|certificates?|tuition|"
    r"attendance|grad(?:e|es|ed|ing)|lecturer|professor|instructor|teaching assistants?|enrol\w*|class(?:room)?|fees?"
)
_LOGISTICS = re.compile(
    rf"\b(?:when|what time|where|which (?:day|room)|what (?:day|date|room)|who)\b.{{0,40}}\b(?P<noun>{_RUN})\b|"
    rf"\b(?:deadline|due date|office hours?|late (?:policy|submissions?)|my grades?|extra credit)\b|"
    rf"\bhow (?:do|can|many|much|is|are|will)\b.{{0,40}}\b(?:enrol\w*|graded|percent of (?:the|my) grade|tuition)\b",
    re.I,
)
_HARM = re.compile(
    r"\b(?:make|build|create|synthesi[sz]e|cook|produce|buy|get)\b.{0,30}\b(?:bombs?|explosives?|napalm|"
    r"nerve (?:gas|agents?)|bio-?weapons?|chemical weapons?|meth(?:amphetamine)?|heroin|ransomware|malware|"
    r"keyloggers?|untraceable guns?)\b|"
    r"\b(?:hack|break) into (?:(?:some|any)(?:one|body)|my|a|an|the|his|her|their)\b.{0,30}"
    r"\b(?:account|phone|email|e-mail|computer|house|wi-?fi|bank)\b|"
    r"\b(?:kill|poison|stab|shoot|hurt|stalk) (?:(?:some|any)(?:one|body)|my \w+|him|her|them|people|a person)\b",
    re.I,
)
_SELF_HARM = re.compile(r"\b(?:kill|hurt|harm|cut) (?:myself|me)\b|\bsuicid\w+|\bend my life\b|\bwant to die\b", re.I)
LOGISTICS = (
    "That is about how the course is run, and the material here does not say it. "
    "Whoever teaches the course, or its own page, can tell you."
)
HARM = "Erica does not help with what could hurt people. It answers questions about the course."
SELF_HARM = (
    "That sounds serious, and Erica is only a course tutor. Please talk to someone now: a person you trust, your local "
    "emergency number, or a crisis line where you live."
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A plain answer without a lesson, with senses to choose from where the question may mean several things."""

    reason: str
    senses: tuple[Sense, ...] = ()


def reply(retrieval: Retrieval, catalog: Catalog) -> Reply | None:
    """Return what to say in place of a lesson; None where the question goes on to its lesson or refusal."""
    question = retrieval.question
    if _SELF_HARM.search(question):
        return Reply(SELF_HARM)
    if _HARM.search(question):
        return Reply(HARM)
    logistics = _LOGISTICS.search(question)
    if logistics and not _said(retrieval, logistics):
        return Reply(LOGISTICS)
    found = ambiguous(catalog, question)
    if found is None:
        return None
    surface, concepts = found
    senses = tuple(
        _sense(catalog, question, surface, concept, label)
        for concept, label in zip(concepts, choices(concepts), strict=True)
    )
    return Reply(f"“{surface}” has {len(senses)} senses in this course. Which one do you mean?", senses)


def _said(retrieval: Retrieval, logistics: re.Match[str]) -> bool:
    """Return whether the best passages speak of it: a course may say when its exam is."""
    word = (logistics["noun"] or logistics[0].split()[-1]).rstrip("s")
    return retrieval.covered and any(re.search(rf"\b{word}", hit.chunk.text, re.I) for hit in retrieval.hits)


def _sense(catalog: Catalog, question: str, surface: str, concept: Concept, label: str) -> Sense:
    definition = readable(concept.definition.text) if concept.definition else ""
    chunk = next(iter(catalog.chunks([concept.definition.chunk_id])), None) if concept.definition else None
    document = catalog.document(chunk.document_id) if chunk else None
    where = f"{document.title}, {place(chunk.locator)}" if chunk and document else ""
    own = next((name for name in (concept.name, *concept.aliases) if name.casefold() != surface.casefold()), label)
    asked = re.sub(rf"(?<!\w){re.escape(surface)}(?!\w)", lambda _: own, question, count=1, flags=re.I)
    return Sense(label, definition, where, asked)
