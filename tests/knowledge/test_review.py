"""The review asks first about what is doubtful and bears much, and never about what a person decided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.deciding import DECISION
from knowledge.library import Library, LibraryWriter
from knowledge.library_folder import DECISIONS_NAME
from knowledge.model import Concept, Evidence, Mention, MentionRole, Quote, Relation, RelationKind
from knowledge.review import Matter, ReviewItem, review
from knowledge.snapshot import ConceptSnapshot, CutEdge, Merge
from tests.fakes import HashingEmbedder
from tests.knowledge import material


def concept(name: str, *, at: int = 0) -> Concept:
    return Concept(Concept.id_for(name.lower()), name, (), None, 0.5, 0.5, (at, 0))


A, B, C, D, E = (concept(name, at=n) for n, name in enumerate(["Vector", "Matrix", "Layer", "Network", "Training"]))


def edge(one: Concept, other: Concept, confidence: float, sign: str = "order") -> Relation:
    return Relation(one.id, other.id, RelationKind.PREREQUISITE, confidence, (Evidence(sign, confidence),))


def asked(tmp_path: Path, snapshot: ConceptSnapshot, decisions: str = "") -> list[ReviewItem]:
    folder = tmp_path / "library"
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        material.put(writer, "one.md", material.LESSON)
        material.replace(writer, snapshot)
    (folder / DECISIONS_NAME).write_text(decisions)
    with Library.open(folder) as library:
        return review(library)


def of(*concepts: Concept, relations: tuple[Relation, ...] = (), **parts: tuple[object, ...]) -> ConceptSnapshot:
    empty = ConceptSnapshot(concepts, relations, (), (), ())
    return replace(empty, **parts)


def test_of_two_doubtful_edges_the_one_that_more_stands_on_comes_first(tmp_path: Path) -> None:
    steps = (edge(A, B, 0.4), edge(B, C, 0.9), edge(C, D, 0.9), edge(D, E, 0.4))
    items = asked(tmp_path, of(A, B, C, D, E, relations=steps))
    first, second = (item for item in items if item.matter is Matter.EDGE)
    assert (first.names, first.impact, round(first.doubt, 2)) == (("Vector", "Matrix"), 4, 0.6)
    assert (second.names, second.impact) == (("Network", "Training"), 1)
    assert first.commands == (("approve", "Vector", "Matrix"), ("reject", "Vector", "Matrix"))


def test_what_a_person_decided_is_not_asked_again(tmp_path: Path) -> None:
    decided = edge(A, B, 0.4, DECISION)
    assert asked(tmp_path, of(A, B, relations=(decided,))) == []


def test_cut_edges_and_uncertain_merges_are_asked_about(tmp_path: Path) -> None:
    cut = CutEdge(edge(B, A, 0.3), "it would close a cycle")
    merge = Merge(A.id, "Vec", "initials match in one document")
    sure = Merge(B.id, "Matrices", "written alike")
    snapshot = of(A, B, relations=(edge(A, B, 0.95),), cut=(cut,), merges=(merge, sure))
    items = asked(tmp_path, snapshot)
    assert {(item.matter, item.names) for item in items} == {
        (Matter.CUT, ("Matrix", "Vector")),
        (Matter.MERGE, ("Vec", "Vector")),
    }
    merged = next(item for item in items if item.matter is Matter.MERGE)
    assert merged.commands == (("split", "Vec", "Vector"), ("approve", "Vector"))
    approved = asked(tmp_path / "approved", snapshot, '2026-11-05 anna approve concept "Vector"\n')
    assert [item.matter for item in approved] == [Matter.CUT]


@pytest.mark.parametrize(
    ("names", "doubles"),
    [
        (("loss of contrast", "contrast of loss"), True),
        (("supervised learning", "learning supervised"), True),
        (("L1 loss", "loss L2"), False),
        (("attention", "masked attention"), False),
    ],
)
def test_names_of_the_same_words_are_asked_about_unless_something_sets_them_apart(
    tmp_path: Path, names: tuple[str, str], doubles: bool
) -> None:
    items = asked(tmp_path, of(*map(concept, names)))
    assert bool([item for item in items if item.matter is Matter.DUPLICATE]) == doubles


def test_vectors_that_are_nearly_the_same_are_asked_about_until_a_person_lets_both_stand(tmp_path: Path) -> None:
    words = Quote("c", " ".join(f"word{number}" for number in range(20)))
    pair = [replace(concept(name), definition=words) for name in ("Perceptron", "Neuron")]
    [item] = asked(tmp_path, of(*pair))
    assert item.matter is Matter.DUPLICATE
    assert item.commands[0][0] == "merge"
    assert asked(tmp_path, of(*pair), f"2026-11-05 anna approve concept {item.names[0]}\n") == []


def contradiction(tmp_path: Path, decisions: str = "") -> list[ReviewItem]:
    folder = tmp_path / "library"
    clustering = concept("Clustering")
    with LibraryWriter.open(folder, HashingEmbedder().signature) as writer:
        _, first = material.put(writer, "one.md", ["Clustering is a supervised method."])
        _, second = material.put(writer, "two.md", ["A **clustering** is an unsupervised method."], position=1)
        mentions = tuple(Mention(clustering.id, one.id, MentionRole.DEFINES, 1) for one in (*first, *second))
        material.replace(writer, of(clustering, mentions=mentions))
    (folder / DECISIONS_NAME).write_text(decisions)
    with Library.open(folder) as library:
        return review(library)


def test_definitions_that_contradict_each_other_are_asked_about_with_both_quotes_until_one_is_chosen(
    tmp_path: Path,
) -> None:
    [item] = contradiction(tmp_path)
    assert item.matter is Matter.CONTRADICTION
    assert [(quote.path, quote.text) for quote in item.quotes] == [
        ("one.md", "Clustering is a supervised method."),
        ("two.md", "A **clustering** is an unsupervised method."),
    ]
    assert all(quote.where for quote in item.quotes)
    assert item.commands[1] == ("define", "Clustering", "--quote", item.quotes[1].text, "--at", "two.md")
    chosen = '2026-11-05 anna define "Clustering" as "Clustering is a supervised method." at "one.md"\n'
    assert contradiction(tmp_path / "again", chosen) == []


def test_a_name_of_two_concepts_is_asked_about_last(tmp_path: Path) -> None:
    shared = [replace(concept("Average precision"), aliases=("AP",)), replace(concept("Access point"), aliases=("AP",))]
    [item] = [one for one in asked(tmp_path, of(*shared)) if one.matter is Matter.SHARED_NAME]
    assert item.why.startswith("“AP” is a name of “Access point” and “Average precision”")
    kept = '2026-11-05 anna approve concept "Access point"\n'
    assert not [one for one in asked(tmp_path / "kept", of(*shared), kept) if one.matter is Matter.SHARED_NAME]
