"""Lessons as the pages show them: outlines, parts, pictures, what goes with what, and how a learner stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.model import Chunk, ChunkKind, Concept, Course, Heading, Page, SourceDocument, SourceKind
from knowledge.videos import FILE, Video
from tests.tutor.lesson_course import SVG, shared_library
from tutor.classroom import Classroom
from tutor.course_outline import lesson_state, outline
from tutor.learner import ConceptState, Learner, Subject
from tutor.lesson_text import Code, Mark, Output, Picture, Prose, lesson_markdown, parts


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from shared_library(tmp_path_factory)


@pytest.fixture
def room(library: Library, tmp_path: Path) -> Classroom:
    return Classroom(library, tmp_path)


def lesson(room: Classroom, path: str) -> SourceDocument:
    course = room.outlines()[0].course
    found = room.at_path(course.id, path)
    assert found is not None
    whole = room.lesson(found.id)
    assert whole is not None
    return whole


def document(path: str, text: str = "", kind: SourceKind = SourceKind.MARKDOWN, title: str = "T") -> SourceDocument:
    return SourceDocument(path, "course", path, f"/course/{path}", title, kind, text, "0" * 64, 0)


# --- outlines ---


def test_the_modules_are_those_of_the_course_file_and_hold_every_lesson_in_order(room, library):
    (found,) = room.outlines()
    assert [module.title for module in found.modules] == ["Foundations <b>bold</b>", "CLIP"]
    lessons = [document.path for module in found.modules for document in module.lessons]
    assert lessons == [document.path for document in library.catalog.documents()]


@pytest.mark.parametrize("written", ["", "modules = 3", "[[modules]]\ntitle = 1\nlessons = 2", "= no toml", "\x00"])
def test_without_a_usable_course_file_folders_give_the_modules(tmp_path, written):
    (tmp_path / "course.toml").write_text(written)
    lessons = [document("03_neural-networks/a.md"), document("03_neural-networks/b.md"), document("c.md")]
    found = outline(Course("c", str(tmp_path), "C"), lessons)
    assert [(m.title, len(m.lessons)) for m in found.modules] == [("Neural networks", 2), ("", 1)]


def test_a_course_from_the_web_has_the_modules_of_its_paths():
    assert outline(Course("c", "https://example.org/", "C"), [document("x1/y.md")]).modules[0].title == "X 1"


def test_a_file_that_the_course_file_does_not_list_goes_with_its_folder(tmp_path):
    (tmp_path / "course.toml").write_text('[[modules]]\ntitle = "One"\nlessons = ["a/1.md"]')
    found = outline(Course("c", str(tmp_path), "C"), [document("a/1.md"), document("a/slides.pptx")])
    assert [(m.title, len(m.lessons)) for m in found.modules] == [("One", 2)]


def test_the_lessons_before_and_after_are_those_of_the_course(room):
    before, after = room.neighbours(lesson(room, "01/02-embeddings.md"))
    assert (before.path, after.path) == ("01/01-vectors.md", "01/03-words.md")
    assert room.neighbours(lesson(room, "01/01-vectors.md"))[0] is None
    assert room.neighbours(lesson(room, "02/talk.vtt"))[1] is None


# --- how a learner stands ---


def test_a_lesson_counts_what_is_known_begun_and_due():
    concepts = [Concept(name, name, (), None, 0.5, 0.5, (0, 0)) for name in "abcd"]
    states = {name: ConceptState(Subject(name, name), mastery, None) for name, mastery in (("a", 0.99), ("b", 0.4))}
    state = lesson_state(concepts, states, {"b", "x"})
    assert (state.taught, state.known, state.begun, state.due) == (4, 1, 1, 1)
    assert state.is_begun
    assert not lesson_state(concepts, {}, ()).is_begun


def test_what_a_learner_marks_counts_for_this_learner_alone(room, tmp_path):
    vectors = lesson(room, "01/01-vectors.md")
    taught = room.taught(vectors.id)
    assert {"vector", "dot product"} <= {concept.name for concept in taught}
    room.mark("anna", taught, known=True)
    assert room.states("anna")[vectors.id].known == len(taught)
    assert room.states("bert")[vectors.id].known == 0
    assert room.known("anna") == {concept.id for concept in taught}
    room.mark("anna", taught, known=False)
    assert room.states("anna")[vectors.id].known == 0
    learner = Learner.open(tmp_path, "anna")
    assert len(learner.export()["evidence"]) == 2 * len(taught)
    learner.close()


# --- parts ---


def test_the_picture_stands_where_the_author_put_it_and_its_markdown_is_gone(room):
    found = room.parts(lesson(room, "01/01-vectors.md"))
    at = next(index for index, part in enumerate(found) if isinstance(part, Picture))
    assert "\\sum_i" in found[at - 1].text
    assert found[at + 1].text.lstrip().startswith("*Figure: two vectors")
    assert "arrows.svg" not in "".join(part.text for part in found if isinstance(part, Prose))
    assert room.picture(found[at].figure) == ("image/svg+xml", SVG.encode())


@pytest.mark.parametrize("reference", ["../../secret.svg", "/etc/passwd.svg", "figures/none.svg", "\x00.svg", "a.txt"])
def test_a_picture_outside_of_the_course_is_not_read(room, library, reference):
    from dataclasses import replace

    outside = Path(library.folder).parent / "secret.svg"
    outside.write_text(SVG)
    figure = library.catalog.figures(lesson(room, "01/01-vectors.md").id)[0]
    assert room.picture(replace(figure, id="0" * 20, reference=reference)) is None


def test_a_recording_is_played_from_the_courses_own_folder_alone(room, library):
    talk = lesson(room, "02/talk.vtt")
    inside = Path(library.folder).parent / "course" / "02" / "talk.mp4"
    inside.write_bytes(b"")
    assert room.media_file(talk, Video(FILE, "talk.mp4#t=3")) == inside.resolve()
    for key in ("../../secret.mp4", "/etc/passwd", "talk.vtt", "https://example.org/talk.mp4"):
        assert room.media_file(talk, Video(FILE, key)) is None


def test_a_cell_is_cut_out_with_its_fence(room):
    found = room.parts(lesson(room, "01/02-embeddings.md"))
    (code,) = [part for part in found if isinstance(part, Code)]
    assert code.text.startswith("a, b = ")
    assert code.language == "python"
    assert "```" not in "".join(part.text for part in found if isinstance(part, Prose))


def test_the_title_is_not_said_twice(room):
    assert "# Embeddings" not in room.parts(lesson(room, "01/02-embeddings.md"))[0].text


def test_a_page_begins_before_its_heading():
    text = "First words.\n\nA heading\n\nSecond words."
    spans = [(0, 12, Page(1)), (25, 38, Page(2))]
    chunks = [
        Chunk(f"{at}", "d", at, start, end, text[start:end], where, (), ChunkKind.PROSE, "", 1)
        for at, (start, end, where) in enumerate(spans)
    ]
    found = parts(document("d.pdf", text, SourceKind.PDF), chunks, [], lambda _: True)
    assert [part.words if isinstance(part, Mark) else part.text.strip() for part in found] == [
        "page 1",
        "First words.",
        "page 2",
        "A heading\n\nSecond words.",
    ]


@given(
    st.lists(st.tuples(st.sampled_from(ChunkKind), st.text("ab \n`#", min_size=1, max_size=30)), max_size=8),
    st.booleans(),
)
def test_every_word_of_a_document_stands_in_one_part(pieces, plain):
    text, chunks = "", []
    for position, (kind, words) in enumerate(pieces):
        start = len(text)
        text += words
        where = Heading(("T",), "")
        language = "python" if kind is ChunkKind.CODE else ""
        chunks.append(Chunk(f"{position}", "d", position, start, len(text), words, where, ("T",), kind, language, 1))
        text += "\n\n"
    kind = SourceKind.TEXT if plain else SourceKind.NOTEBOOK
    found = parts(document("d", text, kind, "no heading of it"), chunks, [], lambda _: True)
    letters = "".join(part.text for part in found if isinstance(part, Prose | Code | Output))
    if plain:
        assert [c for c in letters if c in "ab"] == [c for c in text if c in "ab"]
    else:  # the words of a fence, such as its language, go with it
        assert len([c for c in letters if c in "ab"]) <= len([c for c in text if c in "ab"])


# --- links ---


def test_links_to_lessons_lead_to_their_pages_and_others_nowhere():
    pages = {"01/02-embeddings.md": "?lesson=e"}
    text = "See [an *embedding*](../01/02-embeddings.md#here), [this](../../etc/passwd), [c3] and `[x](y.md)`."
    shown = lesson_markdown(text, "02/03.md", pages.get)
    assert "](?lesson=e)" in shown
    assert "passwd" not in shown
    assert ", this, " in shown
    assert "\\[c3\\]" in shown
    assert "`[x](y.md)`" in shown


@given(st.text("[]()c0123456789!\\ab.md:/<>`$\n ", max_size=80))
def test_no_text_makes_a_link_of_ours_to_anywhere_else(text):
    shown = lesson_markdown(text, "a/b.md", lambda path: "?lesson=x" if path == "a/m.md" else None)
    assert "](?" not in shown.replace("](?lesson=x)", "")


# --- what goes with what ---


def test_lessons_go_with_those_that_prepare_them_and_lead_on_and_the_reason_is_said(room):
    here = lesson(room, "01/02-embeddings.md")
    related = {other.document.path: other.why for other in room.related(here.id)}
    assert here.path not in related
    assert related["01/01-vectors.md"] == "needed here: vector"
    onwards = {other.document.path: other.why for other in room.related(lesson(room, "01/01-vectors.md").id)}
    assert onwards["01/02-embeddings.md"] == "goes on with embedding"


def test_a_talk_and_the_lesson_that_shows_its_video_lead_to_each_other_first(room):
    talk, showing = lesson(room, "02/talk.vtt"), lesson(room, "02/04-clip.md")
    for here, there in ((talk, showing), (showing, talk)):
        first = room.related(here.id)[0]
        assert (first.document.id, first.why) == (there.id, "the same video")


def test_nothing_goes_with_what_the_library_does_not_hold(room):
    assert room.related("0" * 20) == []
