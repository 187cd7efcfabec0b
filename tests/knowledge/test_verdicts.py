"""A model's verdict moves what is in doubt, makes nothing of its own, and yields to people."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.decided_graph import DECISION
from knowledge.decided_library import is_level, level
from knowledge.decision_desk import DecisionDesk
from knowledge.errors import DecisionsUnusable
from knowledge.graph import acyclic
from knowledge.library import Library, LibraryWriter
from knowledge.library_folder import VERDICTS_NAME
from knowledge.model import Concept, Evidence, Relation, RelationKind
from knowledge.snapshot import ConceptSnapshot
from knowledge.undecided import standing
from knowledge.verdicts import Verdict, in_doubt, read_verdicts, weighed, with_new, write_verdicts
from tests.fakes import HashingEmbedder
from tests.knowledge import material


def concept(name: str, *aliases: str) -> Concept:
    return Concept(Concept.id_for(name.lower()), name, aliases, None, 0.5, 0.5, (0, 0))


A, B, C, D = concept("Gradient"), concept("Partial derivative", "partials"), concept("Descent"), concept("Momentum")


def edge(one: Concept, other: Concept, confidence: float, sign: str = "definition") -> Relation:
    return Relation(one.id, other.id, RelationKind.PREREQUISITE, confidence, (Evidence(sign, confidence),))


def of(*relations: Relation) -> ConceptSnapshot:
    kept, cut = acyclic(relations)
    return ConceptSnapshot((A, B, C, D), kept, (), (), cut)


def verdicts(*said: Verdict) -> dict[frozenset[str], Verdict]:
    return {one.key: one for one in said}


def ends(snapshot: ConceptSnapshot) -> dict[tuple[str, str], float]:
    return {(one.source_id, one.target_id): one.confidence for one in snapshot.relations}


def test_agreement_makes_an_edge_surer_and_denial_leaves_it_out_with_the_models_name() -> None:
    snapshot = of(edge(A, C, 0.6), edge(C, D, 0.6), edge(A, D, 0.6))
    said = verdicts(Verdict(("descent", "GRADIENT"), "GRADIENT", "tiny"), Verdict(("Descent", "Momentum"), "", "tiny"))
    found = weighed(snapshot, said)
    assert ends(found)[A.id, C.id] > 0.8
    assert ends(found)[A.id, D.id] == 0.6
    assert (C.id, D.id) not in ends(found)
    [cut] = found.cut
    assert cut.reason == "tiny says that neither needs the other"
    assert any("tiny" in sign.kind for sign in cut.relation.evidence)


def test_a_verdict_turns_a_cycle_round_and_finds_a_concept_by_its_other_names() -> None:
    wrong, right = edge(A, B, 0.7), edge(B, A, 0.55)
    snapshot = of(wrong, right)
    assert set(ends(snapshot)) == {(A.id, B.id)}
    turned = weighed(snapshot, verdicts(Verdict(("partials", "gradient"), "partials", "tiny")))
    assert set(ends(turned)) == {(B.id, A.id)}
    assert turned.cut[0].reason == "tiny says that “partials” comes first"


def test_what_a_person_decided_stays_and_what_no_text_says_is_not_made() -> None:
    snapshot = of(edge(A, C, 1.0, DECISION))
    denial = Verdict(("Gradient", "Descent"), "Descent", "tiny")
    assert weighed(snapshot, verdicts(denial)) is snapshot
    assert weighed(snapshot, verdicts(Verdict(("Gradient", "Momentum"), "Gradient", "tiny"))) is snapshot
    assert in_doubt(snapshot, 1.1) == []


@given(
    st.lists(st.tuples(st.sampled_from((A, B, C, D)), st.sampled_from((A, B, C, D)), st.floats(0.5, 1)), max_size=8),
    st.lists(st.tuples(st.sampled_from((A, B, C, D)), st.sampled_from((A, B, C, D)), st.integers(0, 2)), max_size=6),
)
def test_prerequisites_stay_without_cycles_whatever_is_said(
    steps: list[tuple[Concept, Concept, float]], said: list[tuple[Concept, Concept, int]]
) -> None:
    edges = {(one.id, other.id): edge(one, other, sure) for one, other, sure in steps if one is not other}
    heard = (Verdict((a.name, b.name), (a.name, b.name, "")[which], "tiny") for a, b, which in said if a is not b)
    found = weighed(of(*edges.values()), verdicts(*heard))
    prerequisites = [one for one in found.relations if one.kind is RelationKind.PREREQUISITE]
    assert acyclic(prerequisites)[1] == ()
    both = {*ends(found), *((one.relation.source_id, one.relation.target_id) for one in found.cut)}
    assert both == set(edges)


def test_what_is_in_doubt_comes_by_what_bears_on_it() -> None:
    snapshot = of(edge(A, C, 0.6), edge(C, D, 0.6), edge(A, B, 0.9))
    assert in_doubt(snapshot, 0.8) == [("Gradient", "Descent"), ("Descent", "Momentum")]


def test_verdicts_are_kept_one_a_pair_and_broken_lines_are_passed_over(tmp_path: Path) -> None:
    first = Verdict(("a", "b"), "a", "tiny")
    write_verdicts(tmp_path, with_new({first.key: first}, [Verdict(("b", "a"), "", "large")]))
    with (tmp_path / VERDICTS_NAME).open("a") as file:
        file.write('{"names": ["c"]}\n{"names": ["c", "d"], "first": "e", "model": "m"}\n{"nam')
    found, digest = read_verdicts(tmp_path)
    assert list(found.values()) == [Verdict(("b", "a"), "", "large")]
    assert digest
    write_verdicts(tmp_path, [])
    assert read_verdicts(tmp_path) == ({}, "")
    (tmp_path / VERDICTS_NAME).mkdir()
    with pytest.raises(DecisionsUnusable, match="cannot be read"):
        read_verdicts(tmp_path)


def test_a_library_takes_verdicts_in_keeps_them_beside_decisions_and_gives_back_what_was_extracted(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "library"
    snapshot = of(edge(A, C, 0.6), edge(C, D, 0.6))
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        material.put(writer, "one.md", material.LESSON)
        material.replace(writer, snapshot)
    write_verdicts(folder, [Verdict(("Gradient", "Descent"), "Descent", "tiny")])
    desk = DecisionDesk(folder, HashingEmbedder())
    desk.level()
    with Library.open(folder) as library:
        assert is_level(library)
        assert set(ends(standing(library.catalog))) == {(C.id, D.id)}
    (folder / "erica.decisions").write_text('2026-11-05 anna approve prerequisite "Gradient" -> "Descent"\n')
    level(folder, HashingEmbedder())
    with Library.open(folder) as library:
        assert ends(standing(library.catalog)) == {(A.id, C.id): 1.0, (C.id, D.id): 0.6}
    (folder / "erica.decisions").unlink()
    write_verdicts(folder, [])
    desk.level()
    with Library.open(folder) as library:
        assert standing(library.catalog).relations == snapshot.relations
