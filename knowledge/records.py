"""How the domain's values become rows, and rows become values again. Pure; opens nothing.

Each `*_COLUMNS` names the columns in the order that the functions beside it write and read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from knowledge.figures import Figure
from knowledge.model import (
    Cell,
    Chunk,
    ChunkKind,
    Concept,
    Course,
    Evidence,
    Heading,
    Line,
    Locator,
    Mention,
    MentionRole,
    Page,
    Quote,
    Relation,
    RelationKind,
    Slide,
    SourceDocument,
    SourceKind,
    TimeSpan,
)
from knowledge.snapshot import CutEdge, Merge
from knowledge.videos import PlacedVideo, Video

Row = tuple[Any, ...]
"""What SQLite gives and takes: the types of its columns stand in `schema`."""

COURSE_COLUMNS = "id, root, title"
DOCUMENT_COLUMNS = "id, course_id, path, uri, title, kind, content_hash, position"
"""Without the text, which is the column after them."""
CHUNK_COLUMNS = 'id, document_id, position, start, "end", text, locator, heading_path, kind, language, tokens'
FIGURE_COLUMNS = "id, document_id, position, locator, caption, alt, at, reference, media_type, picture"
VIDEO_COLUMNS = "document_id, provider, key, stated, at"
CONCEPT_COLUMNS = (
    "id, name, aliases, definition_chunk, definition, salience, difficulty, introduced_document, introduced_chunk"
)
RELATION_COLUMNS = "source_id, target_id, kind, confidence, evidence"
CUT_EDGE_COLUMNS = f"{RELATION_COLUMNS}, reason"
MENTION_COLUMNS = "concept_id, chunk_id, role, count"
MERGE_COLUMNS = "concept_id, surface, reason"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- places ---


def locator_to_json(locator: Locator) -> str:
    """Return the place as a small JSON array, its kind first: `["page",7]`."""
    match locator:
        case Page(number):
            return _compact(["page", number])
        case Slide(number):
            return _compact(["slide", number])
        case TimeSpan(start_s, end_s):
            return _compact(["time", start_s, end_s])
        case Heading(path, anchor):
            return _compact(["heading", list(path), anchor])
        case Cell(number):
            return _compact(["cell", number])
        case Line(first, last):
            return _compact(["line", first, last])
        case _:
            assert_never(locator)


def locator_from_json(text: str) -> Locator:
    """Return the place that `locator_to_json` wrote.

    Raises:
        ValueError: it is no place that this version knows.
    """
    match json.loads(text):
        case ["page", int(number)]:
            return Page(number)
        case ["slide", int(number)]:
            return Slide(number)
        case ["time", start_s, end_s]:
            return TimeSpan(start_s, end_s)
        case ["heading", list(path), str(anchor)]:
            return Heading(tuple(path), anchor)
        case ["cell", int(number)]:
            return Cell(number)
        case ["line", int(first), int(last)]:
            return Line(first, last)
        case _:
            raise ValueError(f"no place is written as {text[:200]}")


# --- material ---


def course_row(course: Course) -> Row:
    """Return the values of `COURSE_COLUMNS`."""
    return course.id, course.root, course.title


def document_row(document: SourceDocument) -> Row:
    """Return the values of `DOCUMENT_COLUMNS`, and the text after them."""
    return (
        document.id,
        document.course_id,
        document.path,
        document.uri,
        document.title,
        document.kind.value,
        document.content_hash,
        document.position,
        document.text,
    )


def document_from(row: Sequence[Any], text: str = "") -> SourceDocument:
    """Return the document of a row of `DOCUMENT_COLUMNS`, with this text."""
    id_, course_id, path, uri, title, kind, content_hash, position = row
    return SourceDocument(id_, course_id, path, uri, title, SourceKind(kind), text, content_hash, position)


def chunk_row(chunk: Chunk) -> Row:
    """Return the values of `CHUNK_COLUMNS`."""
    return (
        chunk.id,
        chunk.document_id,
        chunk.position,
        chunk.start,
        chunk.end,
        chunk.text,
        locator_to_json(chunk.locator),
        _compact(chunk.heading_path),
        chunk.kind.value,
        chunk.language,
        chunk.tokens,
    )


def chunk_from(row: Sequence[Any]) -> Chunk:
    """Return the chunk of a row of `CHUNK_COLUMNS`."""
    id_, document_id, position, start, end, text, locator, heading_path, kind, language, tokens = row
    return Chunk(
        id_,
        document_id,
        position,
        start,
        end,
        text,
        locator_from_json(locator),
        tuple(json.loads(heading_path)),
        ChunkKind(kind),
        language,
        tokens,
    )


def figure_row(figure: Figure) -> Row:
    """Return the values of `FIGURE_COLUMNS`."""
    return (
        figure.id,
        figure.document_id,
        figure.position,
        locator_to_json(figure.locator),
        figure.caption,
        figure.alt,
        figure.at,
        figure.reference,
        figure.media_type,
        figure.picture,
    )


def figure_from(row: Sequence[Any]) -> Figure:
    """Return the figure of a row of `FIGURE_COLUMNS`."""
    id_, document_id, position, locator, *rest = row
    return Figure(id_, document_id, position, locator_from_json(locator), *rest)


def video_row(placed: PlacedVideo, *, stated: bool = False) -> Row:
    """Return the values of `VIDEO_COLUMNS`; `stated` is what a person said and no reader found."""
    return placed.document_id, placed.video.provider, placed.video.key, int(stated), placed.at


def video_from(row: Sequence[Any]) -> PlacedVideo:
    """Return the video of a row of `VIDEO_COLUMNS`."""
    document_id, provider, key, _, at = row
    return PlacedVideo(document_id, Video(provider, key), at)


# --- concepts ---


def concept_row(concept: Concept) -> Row:
    """Return the values of `CONCEPT_COLUMNS`."""
    definition = concept.definition
    return (
        concept.id,
        concept.name,
        _compact(concept.aliases),
        definition.chunk_id if definition else None,
        definition.text if definition else None,
        float(concept.salience),
        float(concept.difficulty),
        *concept.introduced_at,
    )


def concept_from(row: Sequence[Any]) -> Concept:
    """Return the concept of a row of `CONCEPT_COLUMNS`."""
    id_, name, aliases, chunk_id, definition, salience, difficulty, in_document, in_chunk = row
    quote = None if chunk_id is None else Quote(chunk_id, definition)
    return Concept(id_, name, tuple(json.loads(aliases)), quote, salience, difficulty, (in_document, in_chunk))


def relation_row(relation: Relation) -> Row:
    """Return the values of `RELATION_COLUMNS`."""
    evidence = [
        [one.kind, one.weight, *((one.quote.chunk_id, one.quote.text) if one.quote else ())]
        for one in relation.evidence
    ]
    return (
        relation.source_id,
        relation.target_id,
        relation.kind.value,
        float(relation.confidence),
        _compact(evidence),
    )


def relation_from(row: Sequence[Any]) -> Relation:
    """Return the relation of a row of `RELATION_COLUMNS`."""
    source_id, target_id, kind, confidence, evidence = row
    signs = tuple(
        Evidence(sign, weight, Quote(*quote) if quote else None) for sign, weight, *quote in json.loads(evidence)
    )
    return Relation(source_id, target_id, RelationKind(kind), confidence, signs)


def cut_edge_row(edge: CutEdge) -> Row:
    """Return the values of `CUT_EDGE_COLUMNS`."""
    return *relation_row(edge.relation), edge.reason


def cut_edge_from(row: Sequence[Any]) -> CutEdge:
    """Return the cut edge of a row of `CUT_EDGE_COLUMNS`."""
    return CutEdge(relation_from(row[:-1]), row[-1])


def mention_row(mention: Mention) -> Row:
    """Return the values of `MENTION_COLUMNS`."""
    return mention.concept_id, mention.chunk_id, mention.role.value, mention.count


def mentions_from(rows: Iterable[Sequence[Any]]) -> list[Mention]:
    """Return the mentions of rows of `MENTION_COLUMNS`."""
    return [Mention(concept_id, chunk_id, MentionRole(role), count) for concept_id, chunk_id, role, count in rows]


def merge_row(merge: Merge) -> Row:
    """Return the values of `MERGE_COLUMNS`."""
    return merge.concept_id, merge.surface, merge.reason
