"""Levels from pairs of vectors, and the list of topics they are fitted to."""

import networkx as nx
import numpy as np
import pytest

from knowledge.concepts import normalise
from knowledge.prerequisites.curriculum import curriculum, earlier_later, read_curriculum
from knowledge.prerequisites.levels import SHRINKAGE, fit_levels


def vectors_of(count, dimension=16, seed=3):
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return {f"n{number}": row for number, row in enumerate(rows)}


def test_a_hidden_direction_is_found_from_pairs_and_holds_for_names_never_seen():
    vectors = vectors_of(120)
    late = {name: float(row[0] - 0.5 * row[3]) for name, row in vectors.items()}
    seen, unseen = sorted(vectors)[:80], sorted(vectors)[80:]
    pairs = [(a, b) for a in seen for b in seen if late[a] < late[b]]
    levels = fit_levels(vectors, pairs)
    found = dict(zip(unseen, levels.of(np.stack([vectors[name] for name in unseen])), strict=True))
    right = [found[a] < found[b] for a in unseen for b in unseen if late[a] < late[b]]
    assert np.mean(right) > 0.9


def test_the_order_of_the_pairs_does_not_matter_and_reversing_them_reverses_the_levels():
    vectors = vectors_of(20)
    pairs = [("n1", "n2"), ("n2", "n3"), ("n4", "n5"), ("n1", "n9")]
    levels = fit_levels(vectors, pairs)
    assert np.allclose(levels.direction, fit_levels(vectors, pairs[::-1]).direction)
    assert np.allclose(levels.direction, -fit_levels(vectors, [(b, a) for a, b in pairs]).direction)


def test_a_course_is_heard_beside_the_curriculum_and_more_where_it_is_sure():
    vectors = vectors_of(4)
    usual = [("n0", "n1")]

    def gap(course):
        levels = fit_levels(vectors, usual, course)
        return float(np.diff(levels.of(np.stack([vectors["n2"], vectors["n3"]])))[0])

    assert gap([("n2", "n3", 0.9)]) > gap([])
    assert gap([("n2", "n3", 0.9), ("n3", "n2", 0.3)]) > gap([("n2", "n3", 0.3), ("n3", "n2", 0.9)])
    assert fit_levels(vectors, [], [("n2", "n3", 0.5)]).direction.any()


def test_levels_of_nothing_are_refused():
    with pytest.raises(ValueError, match="at least one pair"):
        fit_levels({}, [])


def test_the_list_of_topics_has_no_cycle_and_no_topic_twice():
    graph = curriculum()
    assert len(graph) > 300
    assert nx.is_directed_acyclic_graph(graph)
    names = [normalise(topic) for topic in graph]
    assert sorted(set(names)) == sorted(names)


def test_pairs_hold_chains_and_leave_out_the_names_they_shall_not_know():
    pairs = set(earlier_later())
    assert ("vector", "transformer") in pairs
    assert ("transformer", "vector") not in pairs
    spared = earlier_later(frozenset({normalise("Vectors")}))
    assert spared
    assert not [pair for pair in spared if "vector" in pair]
    assert ("matrix", "transformer") in spared  # chains through a name that is left out still hold


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: b\n", "no line says what these rest on: b"), ("a: b\nb: c\nc: a\n", "rest on each other: ")],
)
def test_a_list_that_contradicts_itself_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        read_curriculum(text)


def test_the_fit_is_where_no_small_step_makes_the_pairs_likelier():
    vectors = vectors_of(30, dimension=6)
    usual = [(f"n{one}", f"n{one + 1}") for one in range(20)] + [("n3", "n1"), ("n7", "n7")]
    course = [("n20", "n25", 0.9), ("n26", "n2", 0.5)]

    def loss(direction):
        def gap(a, b):
            return float((vectors[b] - vectors[a]).astype(np.float64) @ direction)

        ours = 0.75 * np.mean([np.logaddexp(0, -gap(a, b)) for a, b in usual])
        own = 0.25 * sum(c * np.logaddexp(0, -gap(a, b)) for a, b, c in course) / sum(c for _, _, c in course)
        return ours + own + 0.5 * SHRINKAGE * float(direction @ direction)

    best = fit_levels(vectors, usual, course).direction
    rng = np.random.default_rng(0)
    assert all(loss(best) < loss(best + 0.01 * rng.normal(size=6)) for _ in range(50))
