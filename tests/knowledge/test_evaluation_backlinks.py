"""The floors and the reach of back links, against counts done by hand."""

import pytest

from knowledge.evaluation.backlinks import (
    Lessons,
    SnapshotEdges,
    lessons_of,
    measure_back_links,
    read_back_links,
)
from knowledge.evaluation.pairs import PairsUnusable
from knowledge.graph import ConceptGraph
from knowledge.model import Concept, Mention, MentionRole, Quote, Relation, RelationKind

ORDER = ("a/1.md", "a/2.md", "a/3.md", "b/1.md", "b/2.md")


def concept(name, document=0, chunk=None):
    return Concept(name, name, (), Quote(chunk, "x") if chunk else None, 0.5, 0.5, (document, 0))


def lessons(main, teach):
    return Lessons(ORDER, main, {name: frozenset(found) for name, found in teach.items()})


def graph(*edges):
    names = {name for edge in edges for name in edge}
    return ConceptGraph(
        SnapshotEdges(
            [concept(name) for name in sorted(names)],
            [Relation(one, other, RelationKind.PREREQUISITE, 0.7) for one, other in edges],
        )
    )


def test_floors_count_the_lesson_before_and_the_lessons_of_the_folder():
    links = [("a/1.md", "a/2.md"), ("a/1.md", "a/3.md"), ("a/3.md", "b/1.md"), ("a/2.md", "b/2.md")]
    measured = measure_back_links(graph(), lessons({}, {}), links)
    assert measured.links == 4
    assert measured.previous_lesson.value == 0.5  # a/1 before a/2, a/3 before b/1
    assert measured.same_folder.value == 0.5  # a/1 with a/2, a/1 with a/3
    assert measured.folder_lessons == (2 + 2 + 1 + 1) / 4
    assert measured.found.value == measured.at_random.value == measured.lessons_reached == 0
    assert measured.above_floor.value == -0.5


def test_a_link_is_found_where_a_kept_concept_of_the_later_lesson_is_taught_within_two_steps():
    known = lessons(
        {"b/2.md": ["clip"]},
        {"clip": {"b/2.md"}, "loss": {"a/3.md"}, "vector": {"a/1.md"}, "number": {"a/2.md"}},
    )
    chain = graph(("number", "vector"), ("vector", "loss"), ("loss", "clip"))
    links = [("a/3.md", "b/2.md"), ("a/1.md", "b/2.md"), ("a/2.md", "b/2.md")]
    measured = measure_back_links(chain, known, links)
    assert measured.found.value == pytest.approx(2 / 3)  # the third one is three steps away
    assert measured.lessons_reached == 2
    assert measured.at_random.value == pytest.approx(2 / 4)  # two of the four lessons before


def test_lessons_teach_what_they_introduce_define_or_teach_most_and_main_concepts_stand_first():
    documents = [None, "a/1.md", "a/2.md"]
    concepts = [concept("clip", 2, "two"), concept("loss", 1), concept("other", 0)]
    mentions = [
        Mention("clip", "one", MentionRole.EXPLAINS, 3),
        Mention("clip", "one-more", MentionRole.DEFINES, 3),
        Mention("loss", "one", MentionRole.EXPLAINS, 1),
        Mention("loss", "two", MentionRole.USES, 9),
        Mention("other", "elsewhere", MentionRole.DEFINES, 1),
    ]
    home = {"one": "a/1.md", "one-more": "a/1.md", "two": "a/2.md"}
    found = lessons_of(documents, concepts, mentions, home)
    assert found.order == ("a/1.md", "a/2.md")
    assert found.main == {"a/1.md": ["clip", "loss"]}
    assert found.teach == {"clip": {"a/1.md", "a/2.md"}, "loss": {"a/1.md"}, "other": frozenset()}


def test_only_links_between_lessons_of_the_course_that_point_back_are_read(tmp_path):
    path = tmp_path / "links.csv"
    path.write_text("source,target\na/1.md,a/2.md\na/2.md,a/1.md\nelse.md,a/2.md\n", encoding="utf-8")
    assert read_back_links(path, ORDER) == [("a/1.md", "a/2.md")]
    for text, said in (
        ("from,to\na,b\n", "needs the columns source and target"),
        ("source,target\n", "no line names two"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PairsUnusable, match=said):
            read_back_links(path, ORDER)
    with pytest.raises(PairsUnusable, match="cannot be read"):
        read_back_links(tmp_path / "none.csv", ORDER)
