"""Pairs of names scored with a small library: concepts, words that are no concept, and names of nothing known."""

import pytest

from ingest.pipeline import ingest
from knowledge.library import Library
from knowledge.prerequisites.scorer import PairScorer
from knowledge.prerequisites.signals import Belonging, Order


@pytest.fixture
def library(course, tmp_path, embedder):
    ingest([course], tmp_path / "library", embedder)
    with Library.open(tmp_path / "library") as opened:
        yield opened


def test_what_the_course_teaches_first_scores_above_its_reverse(library, embedder):
    for scorer in (PairScorer(library.catalog, embedder), PairScorer(library.catalog)):
        pairs = [("embedding", "contrastive learning"), ("vector", "embedding"), ("contrastive learning", "CLIP")]
        for pair in pairs:
            forth, back = scorer.score([pair, pair[::-1]])
            assert forth.score > back.score
            assert 0 <= back.score <= forth.score <= 1


def test_a_stored_edge_and_a_chain_of_two_are_heard(library):
    concepts = {concept.id: concept.name for concept in library.catalog.concepts()}
    edges = {(e.source_id, e.target_id): e.confidence for e in library.catalog.prerequisites_of(sorted(concepts))}
    chains = [
        (a, c) for a, b in edges for other, c in edges if b == other and (a, c) not in edges and (c, a) not in edges
    ]
    scorer = PairScorer(library.catalog)
    (source, target), confidence = next(iter(edges.items()))
    (_, order, together), (_, back, _) = scorer.signals(
        [(concepts[source], concepts[target]), (concepts[target], concepts[source])]
    )
    assert order[Order.STATED] == together[Belonging.STATED] >= confidence
    assert back[Order.STATED] == -order[Order.STATED]
    start, end = chains[0]
    ((_, order, _),) = scorer.signals([(concepts[start], concepts[end])])
    assert 0 < order[Order.STATED] < 1


def test_words_that_are_no_concept_are_found_as_a_phrase_in_any_number(library):
    usages = PairScorer(library.catalog).usages
    assert usages.of("matching pairs").known
    assert usages.of("matching pair").chunks == usages.of("matching pairs").chunks
    assert not usages.of("pairs matching").known
    assert usages.of("matching pairs").concept_ids == ()


def test_names_of_nothing_known_get_a_score_that_tells_them_apart(library, embedder):
    scorer = PairScorer(library.catalog, embedder)
    first, second, alone = scorer.score([("zebra", "zebra crossing"), ("zebra crossing", "zebra"), ("zebra", "quark")])
    assert not scorer.usages.of("zebra").known
    assert first.score > second.score
    assert first.score > alone.score
    assert alone.order[Order.GENERALITY] == alone.order[Order.RARITY] == 0


@pytest.mark.parametrize("name", ['"; DROP', "a OR b NEAR(", "???", "λ-calculus", "x" * 200, "col:umn*", "(only)"])
def test_any_text_is_a_name(library, embedder, name):
    (scored,) = PairScorer(library.catalog, embedder).score([(name, "CLIP")])
    assert 0 <= scored.score <= 1


def test_scores_do_not_depend_on_the_company_of_a_pair(library, embedder):
    pairs = [("vector", "CLIP"), ("dot product", "embedding"), ("zebra", "CLIP")]
    together = [entry.score for entry in PairScorer(library.catalog, embedder).score(pairs)]
    alone = [PairScorer(library.catalog, embedder).score([pair])[0].score for pair in pairs]
    assert together == pytest.approx(alone)
    assert PairScorer(library.catalog, embedder).score([]) == []


def test_a_name_and_itself_have_no_order(library, embedder):
    (same,) = PairScorer(library.catalog, embedder).score([("CLIP", "CLIP")])
    assert same.comes_first == 0.5
