from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.concepts import normalise
from knowledge.library import Library, LibraryWriter
from knowledge.model import Concept, Course, Mention, MentionRole, Relation, RelationKind
from knowledge.snapshot import ConceptSnapshot
from tests.knowledge.material import COURSE, LESSON, document_of, put, replace, snapshot_of


def ids_of(writer: LibraryWriter) -> list[str]:
    return [
        chunk.id for document in writer.catalog.documents() for chunk in writer.catalog.document_chunks(document.id)
    ]


def test_a_stored_document_comes_back_whole(writer: LibraryWriter) -> None:
    document, chunks = put(writer, "first.md", LESSON)
    assert writer.catalog.document(document.id) == document
    assert writer.catalog.document_chunks(document.id) == chunks
    assert writer.catalog.courses() == [COURSE]
    assert list(writer.catalog.facts()) == [(writer.catalog.documents()[0], '{"of":"first.md"}')]


def test_listing_documents_leaves_their_text_out_and_keeps_course_order(writer: LibraryWriter) -> None:
    other = Course("course-two", "/courses/two", "Algebra")
    for path, course, position in [("b.md", COURSE, 1), ("a.md", COURSE, 0), ("z.md", other, 0)]:
        put(writer, path, LESSON[:1], course=course, position=position)
    listed = writer.catalog.documents()
    assert [document.path for document in listed] == ["z.md", "a.md", "b.md"]
    assert {document.text for document in listed} == {""}
    assert [document.path for document in writer.catalog.documents(COURSE.id)] == ["a.md", "b.md"]
    assert [document.path for document, _ in writer.catalog.facts()] == ["z.md", "a.md", "b.md"]
    assert [course.title for course in writer.catalog.courses()] == ["Algebra", "Machine Learning"]


def test_chunks_come_in_the_order_asked_for_and_unknown_ids_are_left_out(lesson: LibraryWriter) -> None:
    ids = ids_of(lesson)
    asked = [ids[2], "unknown", ids[0], "\ud800", ids[2]]
    assert [chunk.id for chunk in lesson.catalog.chunks(asked)] == [ids[2], ids[0], ids[2]]
    assert lesson.catalog.chunks([]) == []


def test_more_ids_than_sql_takes_parameters_can_be_asked_for(lesson: LibraryWriter) -> None:
    ids = [f"no-{number}" for number in range(40_000)] + ids_of(lesson)
    assert len(lesson.catalog.chunks(ids)) == len(LESSON)


def test_unknown_ids_hold_nothing(writer: LibraryWriter) -> None:
    assert writer.catalog.document("nowhere") is None
    assert writer.catalog.document_chunks("nowhere") == []
    writer.remove_document("nowhere")
    assert writer.catalog.mentions_of(["nowhere"]) == []


def test_the_stored_order_of_a_course_can_be_changed_alone(writer: LibraryWriter) -> None:
    first, _ = put(writer, "a.md", LESSON[:1], position=0)
    second, _ = put(writer, "b.md", LESSON[1:2], position=1)
    renamed = Course(COURSE.id, COURSE.root, "Learning Machines")
    writer.arrange(renamed, [second.id, first.id])
    assert [document.path for document in writer.catalog.documents()] == ["b.md", "a.md"]
    assert writer.catalog.courses() == [renamed]
    generation = writer.generation
    writer.arrange(renamed, [second.id, first.id])
    assert writer.generation == generation


def test_counts_follow_every_change(lesson: LibraryWriter) -> None:
    assert (lesson.catalog.counts().documents, lesson.catalog.counts().chunks) == (1, len(LESSON))
    snapshot = snapshot_of(lesson.catalog.chunks(ids_of(lesson)))
    replace(lesson, snapshot)
    counts = lesson.catalog.counts()
    prerequisites = [one for one in snapshot.relations if one.kind is RelationKind.PREREQUISITE]
    assert counts.concepts == len(snapshot.concepts) > 5
    assert counts.relations == len(snapshot.relations)
    assert counts.prerequisites == len(prerequisites) > 0
    assert counts.courses == 1


# --- concepts ---


@pytest.fixture
def taught(lesson: LibraryWriter) -> tuple[LibraryWriter, ConceptSnapshot]:
    snapshot = snapshot_of(lesson.catalog.chunks(ids_of(lesson)))
    replace(lesson, snapshot)
    return lesson, snapshot


def test_a_snapshot_comes_back_whole(taught: tuple[LibraryWriter, ConceptSnapshot]) -> None:
    writer, snapshot = taught
    catalog = writer.catalog
    assert set(catalog.concepts()) == set(snapshot.concepts)
    introduced = [(concept.introduced_at, concept.name) for concept in catalog.concepts()]
    assert introduced == sorted(introduced)
    everything = [concept.id for concept in snapshot.concepts]
    assert set(catalog.relations_of(everything, list(RelationKind))) == set(snapshot.relations)
    assert set(catalog.mentions_of(everything)) == set(snapshot.mentions)
    assert set(catalog.merges()) == set(snapshot.merges)
    assert tuple(catalog.cut_edges()) == snapshot.cut


def test_edges_are_found_from_either_end_by_kind(taught: tuple[LibraryWriter, ConceptSnapshot]) -> None:
    writer, snapshot = taught
    chosen = [concept.id for concept in snapshot.concepts[2:5]]
    ordering = [one for one in snapshot.relations if one.kind is RelationKind.PREREQUISITE]
    assert set(writer.catalog.prerequisites_of(chosen)) == {one for one in ordering if one.target_id in chosen}
    assert set(writer.catalog.unlocked_by(chosen)) == {one for one in ordering if one.source_id in chosen}
    related = [RelationKind.RELATED]
    touching = {one for one in snapshot.relations if {one.source_id, one.target_id} & set(chosen)}
    assert set(writer.catalog.relations_of(chosen, related)) == {one for one in touching if one.kind in related}
    assert writer.catalog.relations_of(chosen, []) == []


def test_mentions_are_found_from_concept_and_chunk(taught: tuple[LibraryWriter, ConceptSnapshot]) -> None:
    writer, snapshot = taught
    chunk_id = snapshot.mentions[0].chunk_id
    assert set(writer.catalog.mentions_in([chunk_id])) == {one for one in snapshot.mentions if one.chunk_id == chunk_id}


def test_concepts_are_found_by_name_and_alias_however_written(writer: LibraryWriter) -> None:
    clip = Concept(Concept.id_for("clip"), "CLIP", ("Contrastive Language-Image Pre-training",), None, 1, 0, (0, 0))
    replace(writer, ConceptSnapshot((clip,), (), (), (), ()))
    assert writer.catalog.concepts_named(["clip"]) == [("clip", clip.id)]
    ((key, found),) = writer.catalog.concepts_named(["contrastive language image pre training", "nothing", ""])
    assert found == clip.id
    assert writer.catalog.concepts_named([key]) == [(key, clip.id)]


def test_a_key_finds_its_concept_even_where_normalising_it_again_would_change_it(writer: LibraryWriter) -> None:
    name = "000:S"
    assert normalise(normalise(name)) != normalise(name)
    odd = Concept(Concept.id_for(name), name, (), None, 1, 0, (0, 0))
    replace(writer, ConceptSnapshot((odd,), (), (), (), ()))
    assert writer.catalog.concepts_named([normalise(name)]) == [(normalise(name), odd.id)]


def test_records_that_contradict_each_other_are_refused(taught: tuple[LibraryWriter, ConceptSnapshot]) -> None:
    writer, snapshot = taught
    first = snapshot.relations[0]
    other = Relation(first.source_id, first.target_id, first.kind, first.confidence + 0.1)
    bad = ConceptSnapshot(snapshot.concepts, (first, other), (), (), ())
    with pytest.raises(ValueError, match="contradict"):
        writer.replace_concepts(bad, {})
    assert set(writer.catalog.mentions_of([one.id for one in snapshot.concepts])) == set(snapshot.mentions)


# --- safety beside others ---


def test_reading_goes_on_beside_a_writer_in_many_threads(folder: Path, lesson: LibraryWriter) -> None:
    """Each reader sees whole documents only: every document has two chunks, at any moment."""
    wrong: list[object] = []
    done = threading.Event()

    def read(library: Library) -> None:
        try:
            while not done.is_set():
                for document in library.catalog.documents():
                    chunks = library.catalog.document_chunks(document.id)
                    if len(chunks) not in (0, 2) and document.path != "first.md":
                        wrong.append(document)
                library.catalog.lexical_search("attention layers", 5)
                library.chunk_vectors().search(np.ones(64, dtype=np.float32), 3)
        except Exception as error:  # noqa: BLE001  # whatever a thread raises has to reach the test
            wrong.append(error)

    with Library.open(folder) as library:
        threads = [threading.Thread(target=read, args=(library,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(12):
            document, _ = put(lesson, f"{number}.md", LESSON[:2], position=number)
            if number % 3 == 0:
                lesson.remove_document(document.id)
        done.set()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert library.catalog.documents() == lesson.catalog.documents()


@pytest.mark.parametrize(
    ("breaking", "message"),
    [
        (lambda document, chunks: (document, [*chunks, chunks[0]]), "one id"),
        (lambda document, chunks: (document_of("other.md", ["short"])[0], chunks), "no span"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(
    writer: LibraryWriter, breaking: Callable[..., tuple[object, list[object]]], message: str
) -> None:
    document, chunks = breaking(*document_of("first.md", LESSON))
    with pytest.raises(ValueError, match=message):
        writer.put_document(COURSE, document, chunks, "{}", {})
    assert writer.catalog.counts().documents == 0


def test_text_that_is_no_unicode_is_refused_by_name(writer: LibraryWriter) -> None:
    with pytest.raises(ValueError, match=r"bad\.md.*no valid Unicode"):
        put(writer, "bad.md", ["half a character: \ud83d"])
    assert writer.catalog.documents() == []


def test_ten_neighbourhoods_are_looked_up_by_index(writer: LibraryWriter) -> None:
    """The plan of each neighbourhood query searches an index; a scan would cost the library's size."""
    asked: list[str] = []
    with writer.catalog.reading() as db:
        db.set_trace_callback(asked.append)
        lookups: list[Callable[[], object]] = [
            lambda: writer.catalog.prerequisites_of(["a"]),
            lambda: writer.catalog.unlocked_by(["a"]),
            lambda: writer.catalog.mentions_of(["a"]),
            lambda: writer.catalog.mentions_in(["a"]),
            lambda: writer.catalog.relations_of(["a"], list(RelationKind)),
            lambda: writer.catalog.concepts(["a"]),
            lambda: writer.catalog.concepts_named(["a"]),
            lambda: writer.catalog.chunks(["a"]),
        ]
    for lookup in lookups:  # the connection just given back is the next one lent
        lookup()
    with writer.catalog.reading() as db:
        db.set_trace_callback(None)
        queries = [query for query in asked if query.startswith("SELECT")]
        assert len(queries) == len(lookups)
        for query in queries:
            plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}")]
            scans = [step for step in plan if step.startswith("SCAN") and "json_each" not in step]
            assert scans == [], query


def test_generations_never_repeat(writer: LibraryWriter) -> None:
    seen = [writer.generation]
    rng = random.Random(7)
    for number in range(8):
        document, _ = put(writer, f"{number % 3}.md", rng.sample(LESSON, 2))
        seen.append(writer.generation)
        if number % 2:
            writer.remove_document(document.id)
            seen.append(writer.generation)
    assert len(set(seen)) == len(seen)


def test_a_mention_goes_with_its_chunk(taught: tuple[LibraryWriter, ConceptSnapshot]) -> None:
    writer, snapshot = taught
    put(writer, "first.md", LESSON[:1])
    kept = {chunk.id for chunk in writer.catalog.chunks(ids_of(writer))}
    left = writer.catalog.mentions_of([concept.id for concept in snapshot.concepts])
    assert set(left) == {one for one in snapshot.mentions if one.chunk_id in kept}
    assert left
    assert Mention(left[0].concept_id, left[0].chunk_id, MentionRole.DEFINES, 1) == left[0]
