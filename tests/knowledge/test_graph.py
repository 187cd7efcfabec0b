"""Laws 4 and 5: prerequisites never form a cycle, and expansion keeps to depth and budget. networkx is the oracle."""

from collections.abc import Sequence

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.graph import ConceptGraph, acyclic
from knowledge.model import Concept, Relation, RelationKind


class Edges:
    """Prerequisites held in memory."""

    def __init__(self, relations: Sequence[Relation], introduced: dict[str, int] | None = None) -> None:
        self.relations = list(relations)
        self.introduced = introduced or {}
        self.asked: list[str] = []

    def prerequisites_of(self, concept_ids: Sequence[str]) -> list[Relation]:
        self.asked.extend(concept_ids)
        wanted = set(concept_ids)
        return [edge for edge in self.relations if edge.target_id in wanted]

    def unlocked_by(self, concept_ids: Sequence[str]) -> list[Relation]:
        wanted = set(concept_ids)
        return [edge for edge in self.relations if edge.source_id in wanted]

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        return [Concept(one, one, (), None, 0.5, 0.5, (self.introduced.get(one, 0), 0)) for one in ids or ()]


def needs(earlier: str, later: str, confidence: float = 0.5) -> Relation:
    return Relation(earlier, later, RelationKind.PREREQUISITE, confidence)


def oracle(relations: Sequence[Relation]) -> nx.DiGraph:
    return nx.DiGraph([(edge.source_id, edge.target_id) for edge in relations])


NODES = [f"c{number:02d}" for number in range(12)]
CONFIDENCE = st.sampled_from([0.3, 0.4, 0.5, 0.6, 0.9])
INTRODUCED = st.fixed_dictionaries({node: st.integers(0, 5) for node in NODES})


@st.composite
def any_graph(draw):
    pairs = draw(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), unique=True, max_size=30))
    return [needs(one, other, draw(CONFIDENCE)) for one, other in pairs]


@st.composite
def dag(draw):
    """Edges along a drawn order of the nodes."""
    order = draw(st.permutations(NODES))
    place = {node: index for index, node in enumerate(order)}
    return [
        edge
        if place[edge.source_id] < place[edge.target_id]
        else needs(edge.target_id, edge.source_id, edge.confidence)
        for edge in {
            (min(e.source_id, e.target_id), max(e.source_id, e.target_id)): e
            for e in draw(any_graph())
            if e.source_id != e.target_id
        }.values()
    ]


SEEDS = st.lists(st.sampled_from(NODES), min_size=1, max_size=3, unique=True)


@given(any_graph())
def test_what_is_kept_has_no_cycle_and_every_cut_edge_would_close_one(relations):
    kept, cut = acyclic(relations)
    assert nx.is_directed_acyclic_graph(oracle(kept))
    assert len(kept) + len(cut) == len(relations)
    for entry in cut:
        edge = entry.relation
        graph = oracle(kept)
        graph.add_nodes_from((edge.source_id, edge.target_id))
        way = nx.has_path(graph, edge.target_id, edge.source_id)
        assert way
        assert entry.reason


@given(any_graph())
def test_a_cut_edge_is_no_stronger_than_the_edges_of_the_cycle_it_closes(relations):
    kept, cut = acyclic(relations)
    for entry in cut:
        edge = entry.relation
        if edge.source_id == edge.target_id:
            continue
        strong = oracle([other for other in kept if other.confidence >= edge.confidence])
        strong.add_nodes_from((edge.source_id, edge.target_id))
        assert nx.has_path(strong, edge.target_id, edge.source_id)


@given(any_graph(), st.randoms(use_true_random=False))
def test_cutting_does_not_depend_on_the_order_of_the_edges(relations, random):
    shuffled = list(relations)
    random.shuffle(shuffled)
    assert acyclic(relations) == acyclic(shuffled)


@given(dag())
def test_nothing_is_cut_from_a_graph_without_cycles(relations):
    kept, cut = acyclic(relations)
    assert cut == ()
    assert set(kept) == set(relations)


def test_the_reason_names_the_cycle_in_words():
    _, cut = acyclic(
        [needs("a", "b", 0.9), needs("b", "c", 0.8), needs("c", "a", 0.4)], {"a": "Gradient", "b": "Loss", "c": "Adam"}
    )
    assert [entry.relation.source_id for entry in cut] == ["c"]
    assert "Gradient → Loss → Adam → Gradient" in cut[0].reason
    assert "0.40" in cut[0].reason


@settings(max_examples=200)
@given(dag(), SEEDS, st.integers(0, 4), st.integers(3, 12), INTRODUCED)
def test_expansion_keeps_to_depth_and_budget_with_seeds_first_and_nearest_next(relations, seeds, depth, budget, places):
    expansion = ConceptGraph(Edges(relations, places)).expand(seeds, depth, budget)
    kept = [item.concept_id for item in expansion.kept]
    everything = [*expansion.kept, *expansion.left_out]
    ids = [item.concept_id for item in everything]
    assert len(ids) == len(set(ids))
    assert len(kept) <= budget
    assert kept[: len(seeds)] == seeds
    assert [item.distance for item in everything] == sorted(item.distance for item in everything)
    reverse = oracle(relations).reverse()
    reverse.add_nodes_from(seeds)
    nearest = nx.multi_source_dijkstra_path_length(reverse, set(seeds))
    assert {item.concept_id: item.distance for item in everything} == {
        node: distance for node, distance in nearest.items() if distance <= depth
    }
    for item in everything:
        direct = {edge.target_id for edge in relations if edge.source_id == item.concept_id}
        assert set(item.needed_by) == direct & set(kept)
        assert item.distance == 0 or item.concept_id not in kept or item.needed_by


@settings(max_examples=200)
@given(dag(), SEEDS, st.integers(0, 3), st.integers(3, 10), INTRODUCED)
def test_raising_depth_or_budget_only_adds(relations, seeds, depth, budget, places):
    graph = ConceptGraph(Edges(relations, places))
    small = [item.concept_id for item in graph.expand(seeds, depth, budget).kept]
    for larger in (graph.expand(seeds, depth + 1, budget), graph.expand(seeds, depth, budget + 1)):
        assert [item.concept_id for item in larger.kept][: len(small)] == small


@given(dag(), SEEDS, INTRODUCED, st.randoms(use_true_random=False))
def test_the_order_in_which_edges_were_stored_does_not_matter(relations, seeds, places, random):
    shuffled = list(relations)
    random.shuffle(shuffled)
    one = ConceptGraph(Edges(relations, places))
    other = ConceptGraph(Edges(shuffled, places))
    assert one.expand(seeds, 3, 6) == other.expand(seeds, 3, 6)
    assert one.order(NODES) == other.order(list(reversed(NODES)))


@settings(max_examples=200)
@given(dag(), st.lists(st.sampled_from(NODES), unique=True), INTRODUCED)
def test_every_prerequisite_stands_before_what_needs_it(relations, ids, places):
    order = ConceptGraph(Edges(relations, places)).order(ids)
    assert sorted(order) == sorted(ids)
    place = {concept: index for index, concept in enumerate(order)}
    for edge in relations:
        if edge.source_id in place and edge.target_id in place:
            assert place[edge.source_id] < place[edge.target_id]


@given(dag(), SEEDS, INTRODUCED)
def test_what_is_late_waits_for_all_that_does_not_need_it(relations, late, places):
    order = ConceptGraph(Edges(relations, places)).order(NODES, late)
    needs_late = set(late).union(*(nx.descendants(oracle(relations), one) for one in late if one in oracle(relations)))
    free = [one for one in order if one not in needs_late]
    assert order[: len(free)] == free


@given(INTRODUCED, st.lists(st.sampled_from(NODES), unique=True))
def test_concepts_without_edges_keep_the_order_of_the_course(places, ids):
    assert ConceptGraph(Edges([], places)).order(ids) == sorted(ids, key=lambda one: (places[one], one))


def test_a_chain_through_a_concept_that_is_left_out_still_orders_its_ends():
    graph = ConceptGraph(Edges([needs("vector", "dot"), needs("dot", "attention")], {"vector": 5, "attention": 1}))
    assert graph.order(["attention", "vector"]) == ["vector", "attention"]


def test_more_seeds_than_the_budget_or_a_negative_depth_are_refused():
    graph = ConceptGraph(Edges([]))
    with pytest.raises(ValueError, match="3 seeds do not fit"):
        graph.expand(["a", "b", "c"], 2, 2)
    with pytest.raises(ValueError, match="depth"):
        graph.expand(["a"], -1, 2)
    assert [item.concept_id for item in graph.expand(["a", "a"], 2, 1).kept] == ["a"]


def test_the_surest_prerequisites_are_kept_when_the_budget_is_short():
    edges = [needs("weak", "goal", 0.3), needs("sure", "goal", 0.9), needs("middle", "goal", 0.5)]
    expansion = ConceptGraph(Edges(edges)).expand(["goal"], 1, 3)
    assert [item.concept_id for item in expansion.kept] == ["goal", "sure", "middle"]
    assert [item.concept_id for item in expansion.left_out] == ["weak"]


def test_expansion_reads_the_neighbourhood_alone():
    chain = [needs(f"n{number}", f"n{number + 1}") for number in range(500)]
    source = Edges(chain)
    ConceptGraph(source).expand(["n400"], 2, 10)
    assert set(source.asked) == {"n400", "n399", "n398"}


def test_an_edge_explains_itself_and_a_missing_one_is_none():
    edge = needs("a", "b", 0.7)
    graph = ConceptGraph(Edges([edge]))
    assert graph.explain("a", "b") == edge
    assert graph.explain("b", "a") is None


@given(dag(), st.sets(st.sampled_from(NODES), max_size=4), st.sampled_from(NODES), INTRODUCED)
def test_a_path_holds_what_is_missing_for_the_goal_and_ends_with_it(relations, known, goal, places):
    path = [concept.id for concept in ConceptGraph(Edges(relations, places)).path(known, goal)]
    if goal in known:
        assert path == []
        return
    reachable = oracle(relations)
    reachable.add_node(goal)
    reachable.remove_nodes_from(known)
    assert set(path) == nx.ancestors(reachable, goal) | {goal}
    assert path[-1] == goal
    place = {concept: index for index, concept in enumerate(path)}
    assert all(
        place[e.source_id] < place[e.target_id] for e in relations if e.source_id in place and e.target_id in place
    )


def test_what_is_known_unlocks_what_directly_needs_it():
    graph = ConceptGraph(Edges([needs("a", "c"), needs("b", "c"), needs("c", "d"), needs("b", "e")], {"e": 1, "c": 2}))
    assert [concept.id for concept in graph.unlocks({"a", "b"})] == ["e", "c"]
    assert graph.unlocks([]) == []
    assert [concept.id for concept in graph.unlocks({"b", "c"})] == ["d", "e"]


@given(dag(), st.sets(st.sampled_from(NODES), max_size=6))
def test_the_frontier_is_what_needs_something_known_and_nothing_unknown(relations, known):
    frontier = {concept.id for concept in ConceptGraph(Edges(relations)).frontier(known)}
    graph = oracle(relations)
    graph.add_nodes_from(NODES)
    expected = {
        node
        for node in NODES
        if node not in known and set(graph.predecessors(node)) and set(graph.predecessors(node)) <= known
    }
    assert frontier == expected


@given(dag(), st.sets(st.sampled_from(NODES)))
def test_drawing_leaves_out_only_edges_that_a_longer_chain_implies(relations, ids):
    drawn = oracle(ConceptGraph(Edges(relations)).reduced(ids))
    whole = oracle([edge for edge in relations if edge.source_id in ids and edge.target_id in ids])
    assert set(nx.transitive_closure(drawn).edges) == set(nx.transitive_closure(whole).edges)
    assert all(not nx.has_path(removed(drawn, edge), *edge) for edge in drawn.edges)


def removed(graph, edge):
    smaller = graph.copy()
    smaller.remove_edge(*edge)
    return smaller
