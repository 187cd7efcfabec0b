"""Which other lessons go with one: by the concepts they teach and need, and by what they speak of.

Two rankings, one from the graph and one from the vectors, joined by their ranks (reciprocal rank fusion, Cormack,
Clarke and Buettcher, SIGIR 2009). Knows a library; refuses to know pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from knowledge.library import Library
from knowledge.model import Concept, SourceDocument, SourceKind
from knowledge.vectors import VectorTable, stored

MOST = 5
_FUSION = 60
"""The constant of reciprocal rank fusion; its authors' choice."""
_NEAR_PASSAGES = 80
_PREPARES, _SHARES, _GOES_ON = "needed here:", "also teaches", "goes on with"
_SAME_VIDEO = "the same video"


@dataclass(frozen=True, slots=True)
class RelatedLesson:
    """Another lesson and why: in words, with the names of concepts; empty where only what it speaks of is near."""

    document: SourceDocument
    why: str


def related_lessons(
    library: Library, document_id: str, taught: Mapping[str, Sequence[Concept]], most: int = MOST
) -> list[RelatedLesson]:
    """Return the lessons that go best with one, best first.

    Args:
        library: that holds them.
        document_id: of the lesson.
        taught: by document id, the concepts that each lesson teaches.
        most: how many at most.
    """
    weights, reasons = _by_graph(library, document_id, taught)
    by_graph = sorted(weights, key=lambda one: (-weights[one], one))
    score: dict[str, float] = defaultdict(float)
    for ranking in (by_graph, _by_vectors(library, document_id)):
        for rank, other in enumerate(ranking, start=1):
            score[other] += 1 / (_FUSION + rank)
    documents = {document.id: document for document in library.catalog.documents()}
    for other in _by_video(library, document_id, documents.values()):
        score[other] += 1.0  # before all others
        reasons[other] = _SAME_VIDEO
    best = sorted((one for one in score if one in documents), key=lambda one: (-score[one], documents[one].position))
    return [RelatedLesson(documents[one], reasons.get(one, "")) for one in best[:most]]


def _by_video(library: Library, document_id: str, documents: Iterable[SourceDocument]) -> list[str]:
    """Return the other documents that show the video of this one, or are its words."""
    catalog = library.catalog
    mine = {placed.video for placed in catalog.videos(document_id)}
    talks = [one.id for one in documents if mine and one.kind is SourceKind.TRANSCRIPT]
    showing = [
        placed.document_id for video in mine for placed in catalog.embeddings_of_video(video.provider, video.key)
    ]
    same = [*(one for one in talks if catalog.video_of(one) in mine), *showing]
    return [one for one in dict.fromkeys(same) if one != document_id]


def _by_graph(
    library: Library, document_id: str, taught: Mapping[str, Sequence[Concept]]
) -> tuple[dict[str, float], dict[str, str]]:
    """Return by document what it shares with the lesson, rare concepts counting more, and the reason in words."""
    catalog = library.catalog
    mine = [concept.id for concept in taught.get(document_id, ())]
    needs = {edge.source_id for edge in catalog.prerequisites_of(mine)} - set(mine)
    unlocks = {edge.target_id for edge in catalog.unlocked_by(mine)} - set(mine)
    spread: dict[str, int] = defaultdict(int)
    for concepts in taught.values():
        for concept in concepts:
            spread[concept.id] += 1
    weights: dict[str, float] = {}
    reasons: dict[str, str] = {}
    kinds = ((_SHARES, set(mine), 1.0), (_PREPARES, needs, 0.7), (_GOES_ON, unlocks, 0.7))
    for other, concepts in taught.items():
        if other == document_id:
            continue
        told = {
            why: {
                concept: share * log(1 + len(taught) / spread[concept.id]) for concept in concepts if concept.id in ids
            }
            for why, ids, share in kinds
        }
        weight = sum(sum(each.values()) for each in told.values())
        if weight > 0:
            weights[other] = weight
            why = max(told, key=lambda one: sum(told[one].values()))
            first = sorted(told[why], key=lambda concept: (-told[why][concept], concept.name))[:2]
            reasons[other] = f"{why} {' and '.join(concept.name for concept in first)}"
    return weights, reasons


def _by_vectors(library: Library, document_id: str) -> list[str]:
    """Return other documents by how near their passages are to the lesson's mean, the nearest first."""
    import numpy as np

    chunks = library.catalog.document_chunks(document_id)
    vectors = stored(library.catalog, VectorTable.CHUNKS, [chunk.id for chunk in chunks])
    if not vectors:
        return []
    mean = np.mean(list(vectors.values()), axis=0)  # (dimension,)
    if not mean.any():
        return []
    near = library.chunk_vectors().search(mean, _NEAR_PASSAGES + len(chunks))
    found = library.catalog.chunks([chunk_id for chunk_id, _ in near])
    return [one for one in dict.fromkeys(chunk.document_id for chunk in found) if one != document_id]
