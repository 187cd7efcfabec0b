"""The plan is a pure function of the retrieval, and orders the lesson."""

from __future__ import annotations

import dataclasses
import json

import pytest

from knowledge.model import ChunkKind, ExpandedConcept, SeedConcept
from tests.tutor import examples
from tutor.headings import heading
from tutor.lesson import StepName
from tutor.plan import plan_lesson


def test_steps_come_in_teaching_order_with_prerequisites_before_the_topic() -> None:
    plan = plan_lesson(examples.retrieval())
    assert [(step.name.value, step.title) for step in plan.steps] == [
        ("why", "Why CLIP matters"),
        ("prerequisite", "What you need first"),
        ("topic", "CLIP"),
        ("how", "How CLIP works"),
        ("example", "Worked example"),
        ("applications", "Where CLIP is used"),
        ("summary", "Summary"),
        ("reading", "Further reading in this course"),
        ("next", "Next steps"),
    ]


def test_the_same_retrieval_gives_the_same_plan() -> None:
    first, second = plan_lesson(examples.retrieval()), plan_lesson(examples.retrieval())
    assert first == second
    assert json.dumps(dataclasses.asdict(first), default=str) == json.dumps(dataclasses.asdict(second), default=str)


def test_every_passage_of_a_step_is_known_by_its_key_and_stands_in_the_retrieval() -> None:
    retrieval = examples.retrieval()
    plan = plan_lesson(retrieval)
    allowed = {hit.chunk.id for hit in retrieval.hits} | {c.id for group in retrieval.passages.values() for c in group}
    for step in plan.steps:
        for passage in step.passages:
            assert plan.passages[passage.key] is passage
            assert passage.chunk.id in allowed
    assert len({p.chunk.id for p in plan.passages.values()}) == len(plan.passages)


def test_explanations_cite_prose_and_the_example_cites_code() -> None:
    for step in plan_lesson(examples.retrieval()).steps:
        wanted = ChunkKind.CODE if step.name is StepName.EXAMPLE else ChunkKind.PROSE
        assert {passage.chunk.kind for passage in step.passages} <= {wanted}


def test_next_steps_are_successors_in_the_graph() -> None:
    plan = plan_lesson(examples.retrieval())
    assert [concept.name for concept in plan.steps[-1].mentions] == ["Zero-shot classification"]


def test_a_question_without_a_concept_is_planned_from_its_hits() -> None:
    plan = plan_lesson(examples.retrieval(seeds=(), order=(), unlocks=(), passages={}))
    topic = next(step for step in plan.steps if step.name is StepName.TOPIC)
    assert topic.concept is None
    assert topic.passages[0].chunk == examples.CLIP_WHY


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What is CLIP?", "why"),
        ("Explain CLIP and contrastive learning", "why"),
        ("How do I train CLIP on my own pairs?", "answer"),
        ("What is the difference between CLIP and contrastive learning?", "answer"),
    ],
)
def test_a_question_that_asks_more_than_what_a_concept_is_gets_a_short_answer_first(question: str, begins: str) -> None:
    seeds = tuple(
        SeedConcept(concept, 0.9, "named in the question")
        for concept in (examples.CLIP, examples.CONTRAST)
        if concept.name.casefold() in question.casefold()
    )
    assert plan_lesson(examples.retrieval(question=question, seeds=seeds)).steps[0].name == begins


def test_all_that_is_needed_first_is_one_step_and_what_the_learner_knows_of_it_is_marked() -> None:
    needed = next(s for s in plan_lesson(examples.retrieval()).steps if s.name is StepName.PREREQUISITE)
    assert needed.mentions == (examples.EMBEDDINGS, examples.CONTRAST)
    assert [passage.chunk for passage in needed.passages] == [examples.EMBEDDING, examples.CONTRASTIVE]
    assert needed.known == frozenset()
    told = plan_lesson(examples.retrieval(), {"contrastive LEARNING", "CLIP"}).steps
    assert {s.name: s.known for s in told}[StepName.PREREQUISITE] == {examples.CONTRAST.id}


def test_what_stands_between_two_things_asked_comes_between_them() -> None:
    names = "Explain contrastive learning, CLIP and embeddings"
    asked = (examples.EMBEDDINGS, examples.CLIP)
    seeds = tuple(SeedConcept(concept, 0.9, "named in the question") for concept in asked)
    order = tuple(ExpandedConcept(one, 0, ()) for one in (examples.EMBEDDINGS, examples.CONTRAST, examples.CLIP))
    order += (ExpandedConcept(examples.ZERO, 0, ()),)
    steps = plan_lesson(examples.retrieval(question=names, seeds=seeds, order=order)).steps
    explained = [s.title for s in steps if s.name in (StepName.PREREQUISITE, StepName.TOPIC)]
    assert explained == ["Embedding", "What you need next", "CLIP", "What goes with it"]


def test_what_is_only_near_the_question_gets_no_sections_of_its_own() -> None:
    near = (SeedConcept(examples.CLIP, 0.3, "taught by the best passages"),)
    steps = plan_lesson(examples.retrieval(question="How are photographs sorted?", seeds=near)).steps
    assert [s.title for s in steps][:3] == ["In short", "What you need first", "What the course says"]
    assert not {StepName.WHY, StepName.HOW, StepName.APPLICATIONS} & {s.name for s in steps}
    assert next(s for s in steps if s.name is StepName.EXAMPLE).passages


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("CLIP", "How CLIP works"),
        ("autonomous vehicles", "How autonomous vehicles work"),
        ("CNNs", "How CNNs work"),
        ("ethics", "How ethics works"),
        ("loss", "How loss works"),
        ("Keras", "How Keras works"),
        ("GPUs", "How GPUs work"),
        ("Naive Bayes", "How Naive Bayes works"),
    ],
)
def test_a_heading_has_its_verb_in_the_number_of_the_name(name: str, title: str) -> None:
    assert heading(StepName.HOW, name) == title
