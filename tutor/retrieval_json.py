"""A retrieval as a JSON object: concepts, chunks and documents once each, everything else by their ids.

Part of the schema that `tutor.lesson_json` documents. The text of whole documents is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from knowledge.model import (
    Cell,
    Chunk,
    ChunkKind,
    Concept,
    ExpandedConcept,
    Heading,
    Hit,
    Line,
    Locator,
    Page,
    Quote,
    Retrieval,
    RetrievalSettings,
    SeedConcept,
    Slide,
    SourceDocument,
    SourceKind,
    TimeSpan,
)

Json = dict[str, Any]
_LOCATORS = {kind.__name__.lower(): kind for kind in (Page, Slide, TimeSpan, Heading, Cell, Line)}


def retrieval_to_object(retrieval: Retrieval) -> Json:
    """Return the retrieval as a JSON object."""
    chunks = [hit.chunk for hit in retrieval.hits] + [c for found in retrieval.passages.values() for c in found]
    expanded = [*retrieval.order, *retrieval.left_out]
    concepts = [
        *(seed.concept for seed in retrieval.seeds),
        *(item.concept for item in expanded),
        *retrieval.related,
        *retrieval.unlocks,
    ]
    return {
        "question": retrieval.question,
        "settings": asdict(retrieval.settings),
        "coverage": retrieval.coverage,
        "covered": retrieval.covered,
        "hits": [_hit(hit) for hit in retrieval.hits],
        "seeds": [{"concept": s.concept.id, "score": s.score, "reason": s.reason} for s in retrieval.seeds],
        "order": [_expanded(item) for item in retrieval.order],
        "related": [concept.id for concept in retrieval.related],
        "left_out": [_expanded(item) for item in retrieval.left_out],
        "unlocks": [concept.id for concept in retrieval.unlocks],
        "passages": {key: [chunk.id for chunk in found] for key, found in retrieval.passages.items()},
        "concepts": {concept.id: _without_id(concept) for concept in concepts},
        "chunks": {chunk.id: _chunk(chunk) for chunk in chunks},
        "documents": {key: _document(document) for key, document in retrieval.documents.items()},
        "addresses": dict(retrieval.addresses),
    }


def retrieval_from_object(content: Json) -> Retrieval:
    """Return the retrieval, the text of its documents empty.

    Raises:
        KeyError, TypeError, ValueError: a field is missing or of another kind.
    """
    concepts = {key: _concept_from(key, item) for key, item in content["concepts"].items()}
    chunks = {key: _chunk_from(key, item) for key, item in content["chunks"].items()}
    return Retrieval(
        question=content["question"],
        settings=RetrievalSettings(**content["settings"]),
        hits=tuple(Hit(**{**item, "chunk": chunks[item["chunk"]]}) for item in content["hits"]),
        seeds=tuple(SeedConcept(concepts[s["concept"]], s["score"], s["reason"]) for s in content["seeds"]),
        order=_expanded_from(content["order"], concepts),
        related=tuple(concepts[key] for key in content["related"]),
        left_out=_expanded_from(content["left_out"], concepts),
        unlocks=tuple(concepts[key] for key in content["unlocks"]),
        passages={key: tuple(chunks[chunk] for chunk in found) for key, found in content["passages"].items()},
        documents={key: _document_from(key, item) for key, item in content["documents"].items()},
        addresses=content.get("addresses", {}),
        coverage=content["coverage"],
        covered=content["covered"],
    )


def _without_id(value: Any) -> Json:
    content = asdict(value)
    del content["id"]
    return content


def _hit(hit: Hit) -> Json:
    return {
        "chunk": hit.chunk.id,
        "score": hit.score,
        "cosine": hit.cosine,
        "dense_rank": hit.dense_rank,
        "bm25": hit.bm25,
        "lexical_rank": hit.lexical_rank,
    }


def _expanded(item: ExpandedConcept) -> Json:
    return {"concept": item.concept.id, "distance": item.distance, "needed_by": list(item.needed_by)}


def _expanded_from(items: Iterable[Json], concepts: dict[str, Concept]) -> tuple[ExpandedConcept, ...]:
    return tuple(
        ExpandedConcept(concepts[item["concept"]], item["distance"], tuple(item["needed_by"])) for item in items
    )


def _concept_from(key: str, content: Json) -> Concept:
    definition = content["definition"]
    first_document, first_chunk = content["introduced_at"]
    return Concept(
        id=key,
        name=content["name"],
        aliases=tuple(content["aliases"]),
        definition=None if definition is None else Quote(**definition),
        salience=content["salience"],
        difficulty=content["difficulty"],
        introduced_at=(first_document, first_chunk),
    )


def _chunk(chunk: Chunk) -> Json:
    content = _without_id(chunk)
    content["locator"] = {"kind": type(chunk.locator).__name__.lower(), **asdict(chunk.locator)}
    return content


def _chunk_from(key: str, content: Json) -> Chunk:
    return Chunk(
        **{
            **content,
            "id": key,
            "locator": _locator_from(content["locator"]),
            "heading_path": tuple(content["heading_path"]),
            "kind": ChunkKind(content["kind"]),
        }
    )


def _locator_from(content: Json) -> Locator:
    fields: Json = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
    kind: Callable[..., Locator] = _LOCATORS[fields.pop("kind")]
    return kind(**fields)


def _document(document: SourceDocument) -> Json:
    content = _without_id(document)
    del content["text"]
    return content


def _document_from(key: str, content: Json) -> SourceDocument:
    return SourceDocument(**{**content, "id": key, "kind": SourceKind(content["kind"]), "text": ""})
