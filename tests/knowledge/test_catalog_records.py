from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import records
from knowledge.model import (
    Cell,
    Chunk,
    ChunkKind,
    Concept,
    Evidence,
    Heading,
    Line,
    Page,
    Quote,
    Relation,
    RelationKind,
    Slide,
    SourceDocument,
    SourceKind,
    TimeSpan,
)
from knowledge.snapshot import CutEdge

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PATHS = st.lists(TEXT, max_size=3).map(tuple)
NUMBERS = st.integers(0, 10**9)
SECONDS = st.floats(0, 1e6, allow_nan=False)
QUOTES = st.builds(Quote, TEXT, TEXT)
LOCATORS = st.one_of(
    st.builds(Page, NUMBERS),
    st.builds(Slide, NUMBERS),
    st.builds(TimeSpan, SECONDS, SECONDS),
    st.builds(Heading, PATHS, TEXT),
    st.builds(Cell, NUMBERS),
    st.builds(Line, NUMBERS, NUMBERS),
)
SHARES = st.floats(0, 1)
RELATIONS = st.builds(
    Relation,
    TEXT,
    TEXT,
    st.sampled_from(RelationKind),
    SHARES,
    st.lists(st.builds(Evidence, TEXT, SHARES, st.none() | QUOTES), max_size=3).map(tuple),
)


@given(LOCATORS)
def test_a_place_survives_being_written(locator: object) -> None:
    assert records.locator_from_json(records.locator_to_json(locator)) == locator


@pytest.mark.parametrize("text", ['["planet",3]', '["page"]', '["page","7"]', "{}", "7", '["heading","a","b"]'])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        records.locator_from_json(text)


@given(
    st.builds(
        Chunk, TEXT, TEXT, NUMBERS, NUMBERS, NUMBERS, TEXT, LOCATORS, PATHS, st.sampled_from(ChunkKind), TEXT, NUMBERS
    )
)
def test_a_chunk_survives_being_a_row(chunk: Chunk) -> None:
    assert records.chunk_from(records.chunk_row(chunk)) == chunk


@given(st.builds(SourceDocument, *[TEXT] * 5, st.sampled_from(SourceKind), TEXT, TEXT, NUMBERS))
def test_a_document_survives_being_a_row(document: SourceDocument) -> None:
    *row, text = records.document_row(document)
    assert records.document_from(row, text) == document


@given(
    st.builds(Concept, TEXT, TEXT, PATHS, st.none() | QUOTES, SHARES, SHARES, st.tuples(NUMBERS, NUMBERS)),
    RELATIONS,
    TEXT,
)
def test_concepts_and_edges_survive_being_rows(concept: Concept, relation: Relation, reason: str) -> None:
    assert records.concept_from(records.concept_row(concept)) == concept
    assert records.relation_from(records.relation_row(relation)) == relation
    cut = CutEdge(relation, reason)
    assert records.cut_edge_from(records.cut_edge_row(cut)) == cut
