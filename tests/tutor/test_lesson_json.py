from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chat_model import ModelName, Rung
from knowledge.model import Cell, Heading, Line, Page, RetrievalSettings, Slide, TimeSpan
from tests.ui.fake_tutor import FakeTutor
from tutor.draft import Draft, draft_from_json, draft_to_json
from tutor.events import LessonFinished, Notice, Retrieved, StepFinished, TextStreamed
from tutor.lesson import Citation, Lesson, LessonCell, LessonStep, Removed, StepName
from tutor.lesson_json import SCHEMA, LessonUnreadable, lesson_from_json, lesson_to_json, lesson_to_object
from tutor.retrieval_json import retrieval_from_object, retrieval_to_object


def events(question: str = "What is CLIP?"):
    return list(FakeTutor(Path("/course")).ask(question, settings=RetrievalSettings()))


def without_texts(retrieval):
    return replace(retrieval, documents={key: replace(d, text="") for key, d in retrieval.documents.items()})


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    finished = events()[-1]
    assert isinstance(finished, LessonFinished)
    return finished.lesson


def test_a_lesson_comes_back_as_it_was(lesson):
    assert lesson_from_json(lesson_to_json(lesson)) == replace(lesson, retrieval=without_texts(lesson.retrieval))


def test_a_refusal_comes_back_as_it_was():
    refused = events("How do I cook rice?")[-1].lesson
    read = lesson_from_json(lesson_to_json(refused))
    assert not read.answered
    assert read.reason == refused.reason
    assert read.retrieval == without_texts(refused.retrieval)


def test_the_documented_fields_are_there_with_the_documented_shape(lesson):
    content = json.loads(lesson_to_json(lesson))
    assert content["schema"] == SCHEMA == "erica.lesson/1"
    assert content["question"] == "What is CLIP?"
    assert content["answered"] is True
    assert content["reason"] == ""
    assert content["model"] == {"rung": "ollama", "name": "qwen2.5:7b-instruct"}
    assert content["order"] == ["Dot product", "Embedding", "CLIP"]
    assert content["seeds"][0] == {"concept": "CLIP", "score": 0.97, "reason": "named in the question"}
    assert {"name", "concept", "text", "citations"} <= content["steps"][0].keys()
    assert content["steps"][1]["citations"] == ["c2"]
    assert {"source", "locator", "quote", "support"} <= content["citations"]["c2"].keys()
    assert content["cells"][0]["status"] == "not_run"
    assert {"code", "status", "outputs"} <= content["cells"][0].keys()
    assert content["removed"][0]["sentence"] == "CLIP was trained on 12 billion pairs."
    assert set(content["timing_ms"]) == {"retrieval", "plan", "first_text", "total"}


def test_a_removed_key_is_told_from_a_removed_sentence(lesson):
    content = lesson_to_object(replace(lesson, removed=(Removed("c9", "unknown"), Removed("So it is.", "unsupported"))))
    assert [sorted(item) for item in content["removed"]] == [["key", "why"], ["sentence", "why"]]


@pytest.mark.parametrize(
    "locator", [Page(3), Slide(4), TimeSpan(1.5, 2.5), Heading(("a", "b"), "b"), Cell(7), Line(1, 2)]
)
def test_every_kind_of_place_comes_back(lesson, locator):
    hit = lesson.retrieval.hits[0]
    retrieval = replace(lesson.retrieval, hits=(replace(hit, chunk=replace(hit.chunk, id="other", locator=locator)),))
    read = retrieval_from_object(json.loads(json.dumps(retrieval_to_object(retrieval))))
    assert read.hits[0].chunk.locator == locator


RETRIEVAL = without_texts(events("How do I cook rice?")[0].retrieval)
words = st.text(max_size=20)
steps = st.builds(
    LessonStep,
    st.sampled_from(StepName),
    words,
    st.none() | words,
    words,
    st.lists(words, max_size=3).map(tuple),
    st.lists(
        st.builds(LessonCell, words, words, words, outputs=st.lists(words, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
)


@given(
    st.lists(steps, max_size=4).map(tuple),
    st.lists(st.builds(Citation, *[words] * 7, st.floats(0, 1)), max_size=4),
    st.lists(st.builds(Removed, words, words), max_size=3).map(tuple),
    st.builds(ModelName, st.sampled_from(Rung), words),
)
def test_any_lesson_comes_back_as_it_was(lesson_steps, citations, removed, model):
    made = Lesson(
        "q",
        True,
        "",
        model,
        RETRIEVAL,
        lesson_steps,
        {c.key: c for c in citations},
        removed,
        {"total": 1.5},
    )
    assert lesson_from_json(lesson_to_json(made)) == made


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema":"erica.lesson/2"}', '{"schema":"erica.lesson/1"}', '{"schema":1}']
)
def test_what_is_no_lesson_is_refused(text):
    with pytest.raises(LessonUnreadable):
        lesson_from_json(text)
    with pytest.raises(LessonUnreadable):
        draft_from_json(text)


# --- drafts: the events so far ---


def test_the_events_of_an_answer_add_up_to_its_lesson(lesson):
    draft = Draft()
    for event in events():
        draft = draft.after(event)
    assert draft.lesson == lesson
    assert draft.steps == lesson.steps
    assert draft.citations == lesson.citations
    assert draft.current is None


def test_a_draft_comes_back_as_it_was_after_every_event():
    draft = Draft()
    for event in [*events()[:60], Notice("The model was slow."), *events()[60:]]:
        draft = draft.after(event)
        retrieval = without_texts(draft.retrieval)
        expected = replace(draft, retrieval=retrieval)
        if draft.lesson:
            expected = replace(expected, lesson=replace(draft.lesson, retrieval=retrieval))
        assert draft_from_json(draft_to_json(draft), draft.text) == expected


def test_provisional_text_gives_way_to_the_checked_step():
    draft = Draft()
    seen = events()
    finished = next(index for index, event in enumerate(seen) if isinstance(event, StepFinished))
    assert isinstance(seen[0], Retrieved)
    for event in seen[:finished]:
        draft = draft.after(event)
    assert draft.text == "".join(event.text for event in seen[:finished] if isinstance(event, TextStreamed))
    draft = draft.after(seen[finished])
    assert draft.text == ""
    assert len(draft.steps) == 1


def test_the_first_citation_of_a_key_stays_and_the_order_is_that_of_first_use():
    draft = Draft()
    for event in events():
        draft = draft.after(event)
    assert list(draft.citations) == ["c1", "c2", "c8", "c3", "c4", "c7", "c5", "c6"]
