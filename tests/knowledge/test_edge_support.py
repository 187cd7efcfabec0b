"""Every edge of an explanation has words of the course behind it, and a place where they stand."""

import pytest

from ingest.pipeline import ingest
from knowledge.edge_support import explanation, supported
from knowledge.library import Library
from knowledge.model import Concept, Evidence, Quote, Relation, RelationKind


@pytest.fixture
def catalog(course, tmp_path, embedder):
    ingest([course], tmp_path / "library", embedder)
    with Library.open(tmp_path / "library") as opened:
        yield opened.catalog


def named(catalog, name):
    ((_, concept_id),) = catalog.concepts_named([name])
    return concept_id


def test_the_order_of_an_explanation_holds_every_prerequisite_first_and_words_for_every_step(catalog):
    order, steps = explanation(catalog, [named(catalog, "CLIP")], 2, 10)
    place = {concept.name: number for number, concept in enumerate(order)}
    assert order[-1].name == "CLIP"
    assert len(steps) >= 2
    for step in steps:
        assert place[step.source] < place[step.target]
        assert step.quote is not None
        (chunk,) = catalog.chunks([step.quote.chunk_id])
        assert step.quote.text in chunk.text
        assert step.where


def test_words_that_the_evidence_quotes_come_before_all_others(catalog):
    (chunk,) = catalog.document_chunks(catalog.documents()[0].id)[:1]
    edge = Relation(
        named(catalog, "vector"),
        named(catalog, "CLIP"),
        RelationKind.PREREQUISITE,
        0.6,
        (Evidence("head of the name", 0.9), Evidence("builds on", 0.4, Quote(chunk.id, "Vectors"))),
    )
    assert supported(catalog, edge).quote == Quote(chunk.id, "Vectors")


def test_an_edge_without_words_of_its_own_gets_a_sentence_that_names_both_ends(catalog):
    edge = Relation(
        named(catalog, "embedding"), named(catalog, "contrastive learning"), RelationKind.PREREQUISITE, 0.6,
        (Evidence("passages that teach it lean on the other", 0.5),),
    )  # fmt: skip
    quote = supported(catalog, edge).quote
    assert quote is not None
    assert "mbedding" in quote.text
    assert "ontrastive learning" in quote.text


def test_ids_of_concepts_are_all_that_is_needed(catalog):
    assert Concept.id_for("nothing") not in {concept.id for concept in catalog.concepts()}
    with pytest.raises(KeyError):
        supported(catalog, Relation(Concept.id_for("nothing"), named(catalog, "CLIP"), RelationKind.PREREQUISITE, 0.6))
