"""Laws 2 and 3 at the level of storage: whatever was put and removed, a library equals one made from what is left."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from knowledge.library import LibraryWriter
from knowledge.model import Course
from tests.fakes import HashingEmbedder
from tests.knowledge.material import COURSE, LESSON, contents, document_of, put, replace, snapshot_of

OTHER = Course("course-two", "/courses/two", "Algebra")
PASSAGES = st.lists(st.sampled_from([*LESSON, "warping an image", "snow\x00white", "日本語 text"]), max_size=5)
PATHS = st.sampled_from(["a.md", "b.md", "c.md"])
SIGNATURE = HashingEmbedder().signature


class LibraryMachine(RuleBasedStateMachine):
    """Puts, changes, moves and removes documents beside a model in a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.documents: dict[tuple[str, str], tuple[Course, str, list[str], int]] = {}
        self.current = True

    @initialize()
    def open(self) -> None:
        self.library = LibraryWriter.open(self.root / "lived", SIGNATURE)

    @rule(course=st.sampled_from([COURSE, OTHER]), path=PATHS, passages=PASSAGES, position=st.integers(0, 3))
    def put(self, course: Course, path: str, passages: list[str], position: int) -> None:
        generation, same = self.library.generation, (course, path, passages, position)
        put(self.library, path, passages, course=course, position=position)
        unchanged = self.documents.get((course.id, path)) == same
        assert (self.library.generation == generation) == unchanged
        self.documents[course.id, path] = same
        self.current = self.current and unchanged

    @rule(course=st.sampled_from([COURSE, OTHER]), path=PATHS)
    def remove(self, course: Course, path: str) -> None:
        document, _ = document_of(path, [], course=course)
        generation = self.library.generation
        self.library.remove_document(document.id)
        known = self.documents.pop((course.id, path), None) is not None
        assert (self.library.generation != generation) == known
        self.current = self.current and not known

    @rule()
    def make_concepts(self) -> None:
        snapshot = snapshot_of(self.chunks(self.library))
        replace(self.library, snapshot)
        generation = self.library.generation
        assert replace(self.library, snapshot) == []
        assert self.library.generation == generation
        self.current = True

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = LibraryWriter.open(self.root / "lived", SIGNATURE)

    @rule()
    def compact(self) -> None:
        self.library.compact()

    @invariant()
    def concepts_tell_whether_they_are_current(self) -> None:
        assert self.library.concepts_are_current == self.current

    def chunks(self, library: LibraryWriter) -> list:
        return [
            chunk for document in library.catalog.documents() for chunk in library.catalog.document_chunks(document.id)
        ]

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.make_concepts()
            with LibraryWriter.open(self.root / "fresh", SIGNATURE) as fresh:
                for course, path, passages, position in self.documents.values():
                    put(fresh, path, passages, course=course, position=position)
                replace(fresh, snapshot_of(self.chunks(fresh)))
                assert contents(self.library) == contents(fresh)
            self.library.close()
        shutil.rmtree(self.root)


def test_a_library_is_what_a_build_from_scratch_would_be() -> None:
    run_state_machine_as_test(LibraryMachine, settings=settings(max_examples=20, stateful_step_count=12, deadline=None))


def test_putting_and_removing_a_document_leaves_no_trace(lesson: LibraryWriter) -> None:
    replace(lesson, snapshot_of(lesson.catalog.document_chunks(lesson.catalog.documents()[0].id)))
    before = contents(lesson)
    added, chunks = put(lesson, "second.md", ["A transformer warps attention", *LESSON[:2]], course=OTHER)
    replace(lesson, snapshot_of(chunks))
    assert contents(lesson) != before
    lesson.remove_document(added.id)
    replace(lesson, snapshot_of(lesson.catalog.document_chunks(lesson.catalog.documents()[0].id)))
    assert contents(lesson) == before
