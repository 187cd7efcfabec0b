"""A lesson as one JSON object, schema `erica.lesson/1`: what `erica ask --json` prints and what a conversation keeps.

Knows the schema alone; the round trip is exact save for the text of whole documents, which is left out.

    schema      "erica.lesson/1"
    question    the question as asked
    answered    false where the material does not cover it
    reason      why not, a sentence for a person; "" where it is answered
    model       {rung, name}: what wrote the words
    seeds       [{concept, score, reason}]: what the question is about, best first; score in 0..1
    order       [concept]: names in the order in which they are explained
    steps       [{name, title, concept, text, citations: [key], cells: [index into cells], found}];
                text is Markdown with marks `[c1]`; found is false where it only says that the course has nothing
    citations   {key: {source, locator, quote, support, chunk, path, uri}}; support in 0..1
    removed     [{key or sentence, why}]: what a model wrote and a check took out
    cells       [{code, language, citation, status, reason, outputs, figures}]; status verified | failed | not_run;
                outputs are texts, figures PNG images in base64
    senses      [{name, definition, where, question}]: what an ambiguous question may mean; answered is false then
    notices     [sentence]: what the reader should know, such as a model that failed on the way
    timing_ms   {stage: milliseconds since the question, or of the stage}
    retrieval   {question, settings, coverage, covered, hits, seeds, order, related, left_out, unlocks, passages} by id,
                with {concepts, chunks, documents} that the ids name
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from knowledge.chat_model import ModelName, Rung
from tutor.lesson import CellStatus, Citation, Lesson, LessonCell, LessonStep, Removed, Sense, StepName
from tutor.retrieval_json import retrieval_from_object, retrieval_to_object

SCHEMA = "erica.lesson/1"
_KEY = re.compile(r"\[?c\d+\]?")

Json = dict[str, Any]


class LessonUnreadable(ValueError):
    """The text is no lesson of this schema."""


def lesson_to_json(lesson: Lesson) -> str:
    """Return the lesson as one line of JSON."""
    return json.dumps(lesson_to_object(lesson), ensure_ascii=False, separators=(",", ":"))


def lesson_from_json(text: str) -> Lesson:
    """Return the lesson that `lesson_to_json` wrote.

    Raises:
        LessonUnreadable: not JSON, another schema, or a field is missing or of another kind.
    """
    try:
        return lesson_from_object(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise LessonUnreadable(f"this is no lesson of schema {SCHEMA}: {error}") from error


def lesson_to_object(lesson: Lesson) -> Json:
    """Return the lesson as a JSON object; the module docstring documents it."""
    cells = [cell for step in lesson.steps for cell in step.cells]
    return {
        "schema": SCHEMA,
        "question": lesson.question,
        "answered": lesson.answered,
        "reason": lesson.reason,
        "model": {"rung": lesson.model.rung.value, "name": lesson.model.name},
        "seeds": [
            {"concept": seed.concept.name, "score": seed.score, "reason": seed.reason}
            for seed in lesson.retrieval.seeds
        ],
        "order": [item.concept.name for item in lesson.retrieval.order] if lesson.answered else [],
        "steps": steps_to_objects(lesson.steps),
        "citations": citations_to_object(lesson.citations.values()),
        "removed": [_removed_to_object(item) for item in lesson.removed],
        "notices": list(lesson.notices),
        "senses": [asdict(sense) for sense in lesson.senses],
        "cells": [asdict(cell) for cell in cells],
        "timing_ms": dict(lesson.timing_ms),
        "retrieval": retrieval_to_object(lesson.retrieval),
    }


def lesson_from_object(content: Json) -> Lesson:
    """Return the lesson of a decoded JSON object.

    Raises:
        LessonUnreadable: the object has another schema.
        KeyError, TypeError, ValueError: a field is missing or of another kind.
    """
    if content.get("schema") != SCHEMA:
        raise LessonUnreadable(f"schema {content.get('schema')!r} is not {SCHEMA}")
    return Lesson(
        question=content["question"],
        answered=content["answered"],
        reason=content["reason"],
        model=ModelName(Rung(content["model"]["rung"]), content["model"]["name"]),
        retrieval=retrieval_from_object(content["retrieval"]),
        steps=steps_from_objects(content["steps"], content["cells"]),
        citations=citations_from_object(content["citations"]),
        removed=tuple(Removed(item.get("key", item.get("sentence", "")), item["why"]) for item in content["removed"]),
        notices=tuple(content.get("notices", ())),
        senses=tuple(Sense(**sense) for sense in content.get("senses", ())),
        timing_ms=dict(content["timing_ms"]),
    )


def steps_to_objects(steps: tuple[LessonStep, ...]) -> list[Json]:
    """Return the steps, their cells as indices into the cells of all steps in order."""
    objects, cells = [], 0
    for step in steps:
        objects.append(
            {
                "name": step.name.value,
                "title": step.title,
                "concept": step.concept,
                "text": step.text,
                "citations": list(step.citations),
                "cells": list(range(cells, cells + len(step.cells))),
                "found": step.found,
            }
        )
        cells += len(step.cells)
    return objects


def steps_from_objects(objects: list[Json], cells: list[Json]) -> tuple[LessonStep, ...]:
    """Return the steps with their cells."""
    return tuple(
        LessonStep(
            name=StepName(step["name"]),
            title=step["title"],
            concept=step["concept"],
            text=step["text"],
            citations=tuple(step["citations"]),
            cells=tuple(_cell(cells[index]) for index in step["cells"]),
            found=step.get("found", True),  # conversations of before 0.2 showed what is not there in place
        )
        for step in objects
    )


def citations_to_object(citations: Any) -> Json:
    """Return the citations by key; the order is kept."""
    return {
        citation.key: {
            "source": citation.source,
            "locator": citation.locator,
            "quote": citation.quote,
            "support": citation.support,
            "chunk": citation.chunk_id,
            "path": citation.path,
            "uri": citation.uri,
        }
        for citation in citations
    }


def citations_from_object(content: Json) -> dict[str, Citation]:
    """Return the citations by key."""
    return {
        key: Citation(
            key=key,
            chunk_id=item["chunk"],
            source=item["source"],
            path=item["path"],
            uri=item["uri"],
            locator=item["locator"],
            quote=item["quote"],
            support=item["support"],
        )
        for key, item in content.items()
    }


def _cell(content: Json) -> LessonCell:
    return LessonCell(
        code=content["code"],
        language=content["language"],
        citation=content["citation"],
        status=CellStatus(content["status"]),
        reason=content["reason"],
        outputs=tuple(content["outputs"]),
        figures=tuple(content.get("figures", ())),  # conversations of before cells were run have none
    )


def _removed_to_object(item: Removed) -> Json:
    return {"key" if _KEY.fullmatch(item.what) else "sentence": item.what, "why": item.why}
