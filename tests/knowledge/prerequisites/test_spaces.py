"""Names as vectors: by any way of seeing them, and by the passages of a library that name them."""

import numpy as np
import pytest

from ingest.pipeline import ingest
from knowledge.library import Library
from knowledge.prerequisites.company import MOST_PASSAGES, Company, _evenly
from knowledge.prerequisites.scorer import PairScorer
from knowledge.prerequisites.signals import Belonging, Order
from knowledge.prerequisites.spaces import Space
from knowledge.prerequisites.usage import Usages


@pytest.fixture
def catalog(course, tmp_path, embedder):
    ingest([course], tmp_path / "library", embedder)
    with Library.open(tmp_path / "library") as opened:
        yield opened.catalog


def a_space(usual=(("low", "high"),), own=()):
    seen = {"low": [1, 0], "high": [0, 1], "lower": [0.8, 0.6], "away": [-1, 0]}
    vectors = {name: np.array(row, dtype=np.float32) for name, row in seen.items()}
    return Space(lambda names: {name: vectors[name] for name in names if name in vectors}, usual, lambda: own)


def test_what_lies_near_the_earlier_of_the_listed_names_is_ahead():
    space = a_space()
    assert space.ahead("low", "high") > space.ahead("lower", "high") > 0
    assert space.ahead("high", "low") == pytest.approx(-space.ahead("low", "high"))
    assert space.alike("low", "lower") == pytest.approx(0.8)


def test_a_name_that_is_not_seen_says_nothing_and_opposites_are_not_less_alike_than_strangers():
    space = a_space()
    assert space.ahead("low", "unheard of") == space.alike("unheard of", "low") == 0
    assert space.alike("low", "away") == 0


def test_without_a_pair_to_learn_from_nothing_is_ahead():
    assert a_space(usual=[("low", "unheard of")]).ahead("low", "high") == 0
    assert a_space(usual=(), own=[("high", "low", 0.9)]).ahead("low", "high") < 0


def test_company_is_the_mean_of_the_passages_that_name_it_less_what_all_have_in_common(catalog):
    usages = Usages(catalog)
    with catalog.reading() as db:
        rows = db.execute("SELECT chunks.number, vector FROM chunks JOIN chunk_vectors ON chunk_vectors.id = chunks.id")
        vectors = {number: np.frombuffer(blob, "<f4") for number, blob in rows}
    at_large = np.mean(list(vectors.values()), axis=0)
    found = Company(catalog, usages).of(["CLIP", "embedding", "zebra"])
    assert sorted(found) == ["CLIP", "embedding"]
    for name, vector in found.items():
        expected = np.mean([vectors[number] for number in usages.of(name).chunks], axis=0) - at_large
        assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_of_a_name_that_stands_everywhere_a_bounded_number_of_passages_is_read():
    chosen = _evenly(range(12_345), MOST_PASSAGES)
    assert len(set(chosen)) == MOST_PASSAGES
    assert (chosen[0], chosen[-1]) == (0, 12_221)
    assert _evenly([3, 5], MOST_PASSAGES) == [3, 5]


def test_company_is_heard_in_both_questions_without_an_embedder(catalog):
    ((_, order, together),) = PairScorer(catalog).signals([("vector", "CLIP")])
    ((_, back, same),) = PairScorer(catalog).signals([("CLIP", "vector")])
    assert order[Order.COMPANY] == pytest.approx(-back[Order.COMPANY])
    assert order[Order.COMPANY] != 0
    assert together[Belonging.COMPANY] == pytest.approx(same[Belonging.COMPANY])
    assert 0 <= together[Belonging.COMPANY] <= 1


def test_edges_that_are_given_are_read_instead_of_the_librarys_own(catalog, embedder):
    class Bare:
        def prerequisites_of(self, ids):
            return []

        unlocked_by = prerequisites_of

        def concepts(self, ids=None):
            return []

    pair = [("contrastive learning", "CLIP")]
    ((_, order, together),) = PairScorer(catalog, embedder, edges=Bare()).signals(pair)
    assert order[Order.STATED] == together[Belonging.STATED] == 0
    ((_, order, _),) = PairScorer(catalog, embedder).signals(pair)
    assert order[Order.STATED] > 0
