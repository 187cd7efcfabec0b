"""The extractive composer says nothing that does not stand in the course."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import pytest

from knowledge.model import ExpandedConcept, Hit, Page, SeedConcept
from tests.tutor import examples
from tutor.compose import finished, teach
from tutor.events import LessonFinished, Notice, Retrieved, StepFinished, StepStarted
from tutor.extractive import ExtractiveComposer, StepWriter
from tutor.lesson import Lesson, Passage, StepName
from tutor.plan import plan_lesson
from tutor.quoting import Wish, choose, quotable
from tutor.step_text import NEAREST
from tutor.style import Level, Style
from tutor.subjects import mention, names, tells_of_another


def lesson(**changes: object) -> Lesson:
    events = list(teach(lambda: examples.retrieval(**changes), ExtractiveComposer()))
    assert isinstance(events[-1], LessonFinished)
    return events[-1].lesson


def contrastive(level: Level) -> str:
    """Return the lesson on contrastive learning, which has a formula."""
    seeds = (SeedConcept(examples.CONTRAST, 0.9, "named in the question"),)
    found = examples.retrieval(question="What is contrastive learning?", seeds=seeds)
    return "\n".join(step.text for step in finished(teach(lambda: found, ExtractiveComposer(style=Style(level)))).steps)


def test_every_sentence_is_quoted_from_the_passage_it_cites() -> None:
    made = lesson()
    texts = {chunk.id: chunk.text for chunk in examples.CHUNKS}
    for citation in made.citations.values():
        assert citation.quote in texts[citation.chunk_id]
        assert citation.support == 1.0
    for step in made.steps:
        assert set(re.findall(r"\[(c\d+)\]", step.text)) == set(step.citations)
        assert set(step.citations) <= set(made.citations)


def test_prerequisites_are_explained_before_the_topic_by_their_definitions() -> None:
    steps = [s for s in lesson().steps if s.name in (StepName.PREREQUISITE, StepName.TOPIC)]
    assert [s.name for s in steps] == [StepName.PREREQUISITE, StepName.TOPIC]
    first, second = steps[0].text.split("\n")
    assert first.startswith("- An embedding is a vector")
    assert second.startswith("- Contrastive learning is a way")
    assert steps[1].text.startswith("CLIP is a model")


def test_a_formula_comes_with_the_sentence_that_announces_it() -> None:
    assert re.search(r"The loss of contrastive learning is \[c\d+\]\n\n\$\$", contrastive(Level.STANDARD))


def how(*sections: tuple[str, str, str], most: int = 2) -> str:
    """Return what is said of how CLIP works by sections: the lesson's title, the heading, the text."""
    found = []
    for number, (title, heading, text) in enumerate(sections, start=1):
        document = dataclasses.replace(examples.LESSON, id=title, title=title)
        found.append(Passage(f"c{number}", examples.chunk(document, number, text, Page(number), heading), document))
    sentences = [sentence for passage in found for sentence in quotable(passage)]
    alike = {sentence.shown: 0.3 for sentence in sentences}
    chosen = choose(sentences, Wish(StepName.HOW, examples.CLIP, frozenset(), most, relevance=alike), ())
    return " ".join(sentence.shown for sentence in chosen)


OWN = ("CLIP", "How CLIP works", "The two encoders map image and text into one space, and each pair is compared.")


def test_how_it_works_is_told_from_the_section_that_is_headed_so() -> None:
    other = ("Residual networks", "How CLIP modifies ResNet", "The stem has three layers and each is trained anew.")
    used = ("CLIP", "Applications of the CLIP loss", "CLIP is trained with its loss to label images of each kind.")
    assert how(other, used, OWN, most=1) == OWN[2]
    assert "stem" not in how(other, used, OWN)


def test_what_a_course_says_under_limits_or_of_something_narrower_is_no_way_of_working() -> None:
    limits = ("CLIP", "Limits of CLIP", "CLIP takes each image whole, and learns into one vector what it shows.")
    narrower = ("CLIP", "Kinds", "Chinese CLIP is a model that is trained by pairs, and encodes each into one vector.")
    assert how(limits, narrower, OWN, most=1) == OWN[2]
    assert "Chinese" not in how(narrower, OWN)


def test_a_denial_tells_less_of_how_a_thing_works() -> None:
    plain = ("Notes", "CLIP", "CLIP computes one vector for each image, and one vector for each text.")
    denied = ("Notes", "CLIP", "CLIP cannot compute its vectors from the image and the text together.")
    assert how(denied, plain, most=1) == plain[2]


def test_the_worked_numbers_of_one_example_are_no_way_of_working() -> None:
    numbers = ("Notes", "CLIP", "CLIP takes each image of 32x32x3 pixels into a layer of 32*32*3 = 3072 weights.")
    assert how(numbers, OWN, most=4) == OWN[2]


@pytest.mark.parametrize(
    ("heading", "said", "quoted"),
    [
        ("Training BERT", "The model computes a loss for each masked word of the text.", False),
        ("Training CLIP", "The model is trained by comparing each pair of a batch.", True),
        ("Training BERT", "In CLIP, the model computes a loss for each pair of the batch.", True),
        ("Training BERT", "**Fusion** The image is first put through the layers of CLIP.", False),
    ],
)
def test_the_model_is_the_one_that_the_section_is_on(heading: str, said: str, quoted: bool) -> None:
    assert bool(how((heading, heading, said))) is quoted


def test_a_list_that_names_a_thing_among_others_does_not_tell_how_it_works() -> None:
    steps = (
        "Notes",
        "Images",
        "Learning takes place in the following steps:\n\n- images are encoded\n- CLIP computes a loss",
    )
    assert not how(steps)


def test_a_name_among_others_in_brackets_is_not_what_a_sentence_is_about() -> None:
    named = names(examples.CLIP)
    assert named is not None
    assert mention("Dropout complements other methods (L1, CLIP).", named) is None
    assert mention("Contrastive pretraining (CLIP) learns from pairs.", named) is not None


@pytest.mark.parametrize(
    ("said", "another"),
    [
        ("Whisper is a model that is built like CLIP.", True),
        ("Dropout (2014), put simply, is a method that goes with CLIP.", True),
        ("CLIP is a model of images and texts.", False),
        ("The loss of CLIP is the mean over all pairs.", False),
        ("A good model of images and texts is CLIP.", False),
        ("What is new in a model of pairs is the loss of CLIP.", False),
    ],
)
def test_what_another_thing_is_does_not_tell_what_this_one_is(said: str, another: bool) -> None:
    named = names(examples.CLIP)
    about = named.search(said) if named else None
    assert about is not None
    assert tells_of_another(said, about) is another


@pytest.mark.parametrize(
    ("heading", "said", "taken"),
    [
        ("Models", "SLIP keeps a balance between accuracy and speed.", False),
        ("CLIP", "Training keeps a balance between accuracy and speed.", True),
        ("Models", "Each image is masked in part, and one is to name what stands behind a mask.", True),
    ],
)
def test_what_a_thing_is_is_told_by_its_section_or_its_words(heading: str, said: str, taken: bool) -> None:
    concept = dataclasses.replace(examples.CLIP, name="image masking", aliases=("CLIP",), definition=None)
    told = examples.chunk(examples.LESSON, 1, said, Page(3), heading)
    wish = Wish(StepName.TOPIC, concept, frozenset(), 4, relevance={said: 0.7})
    assert bool(choose(quotable(Passage("c1", told, examples.LESSON)), wish, ())) is taken


@pytest.mark.parametrize(("entry", "taken"), [("PSNR is a ratio of signal and noise.", False), ("CLIP is one.", True)])
def test_a_later_sentence_of_an_entry_is_about_what_the_entry_is_about(entry: str, taken: bool) -> None:
    said = "Generally, values from 25 to 34 are good results."
    told = examples.chunk(examples.LESSON, 1, f"- SSIM is a metric.\n- {entry} {said}", Page(3), "CLIP")
    wish = Wish(StepName.TOPIC, examples.CLIP, frozenset(), 4, relevance={said: 0.9})
    chosen = choose(quotable(Passage("c1", told, examples.LESSON)), wish, ())
    assert (said in [one.quote for one in chosen]) is taken


def test_what_a_thing_is_is_told_once() -> None:
    first, again, more = (
        "CLIP is a model of images and texts that learns from pairs.",
        "CLIP is an approach with which one vector space holds pictures and words.",
        "CLIP learns from pairs of an image and its caption.",
    )
    told = examples.chunk(examples.LESSON, 1, f"{first} {again} {more}", examples.Page(3), "CLIP")
    wish = Wish(StepName.TOPIC, dataclasses.replace(examples.CLIP, definition=None), frozenset(), 4)
    chosen = choose(quotable(Passage("c1", told, examples.LESSON)), wish, ())
    assert [one.quote for one in chosen] in ([first, more], [again, more])


@pytest.mark.parametrize(("name", "said"), [("Generalization", "generalisation"), ("colour space", "color spaces")])
def test_a_name_is_found_in_either_spelling(name: str, said: str) -> None:
    named = names(dataclasses.replace(examples.CLIP, name=name, aliases=()))
    assert named is not None
    assert named.search(f"What {said} is.")


def test_a_list_and_its_items_are_not_both_quoted() -> None:
    items = "- The image encoder maps images into the space of CLIP.\n- The loss of CLIP compares each pair."
    said = how(("CLIP", "How CLIP works", f"CLIP works in steps:\n\n{items}"), most=4)
    assert said.count("The loss of CLIP compares") == 1


def test_the_short_answer_leaves_a_definition_to_the_step_of_its_concept() -> None:
    asked = lesson(question="CLIP recognises classes, and is a model?")
    answer = next(step for step in asked.steps if step.name is StepName.ANSWER)
    topic = next(step for step in asked.steps if step.name is StepName.TOPIC)
    assert "CLIP is a model that learns a common space" in topic.text
    assert "CLIP is a model that learns a common space" not in answer.text
    assert answer.found


def test_sentences_that_point_elsewhere_are_not_quoted() -> None:
    whole = "\n".join(step.text for step in lesson().steps)
    assert "As we saw above" not in whole
    assert whole.count("It does so by comparing") == whole.count("no one labelled for it. It does so by comparing") == 1


def test_no_sentence_is_quoted_twice() -> None:
    quoted = [s for step in lesson().steps for s in re.split(r"\s*\[c\d+\]\s*", step.text) if len(s) > 40]
    explained = [s for s in quoted if not s.startswith("-")]
    assert len(explained) == len(set(explained))


def test_code_is_shown_with_its_place_and_never_called_verified_unrun() -> None:
    step = next(s for s in lesson().steps if s.name is StepName.EXAMPLE)
    assert step.cells[0].code == "logits = image @ text.T\nprint(logits.shape)"
    assert step.cells[0].status.value == "not_run"
    assert "cell 5" in step.text


def test_a_step_without_evidence_says_so() -> None:
    made = lesson(hits=(), passages={}, unlocks=())
    assert all(step.text for step in made.steps)
    assert next(s.text for s in made.steps if s.name is StepName.WHY) == "*The course does not say why CLIP matters.*"
    assert made.citations == {}


def test_an_uncovered_question_is_refused_with_the_nearest_concepts() -> None:
    events = list(teach(lambda: examples.retrieval(covered=False, coverage=0.1), ExtractiveComposer()))
    assert isinstance(events[0], Retrieved)
    assert events[0].plan is None
    assert isinstance(events[-1], LessonFinished)
    made = events[-1].lesson
    assert not made.answered
    assert made.reason == (
        "The course material does not cover this question. The nearest it covers: CLIP. "
        "A place to start: Lesson 05-clip.md, Why CLIP."
    )
    assert made.steps == ()


def test_events_come_in_their_documented_order() -> None:
    events = list(teach(examples.retrieval, ExtractiveComposer()))
    assert isinstance(events[0], Retrieved)
    kinds = [type(e).__name__ for e in events[1:-1]]
    assert kinds == ["StepStarted", "TextStreamed", "StepFinished"] * 9
    started = [e.name for e in events if isinstance(e, StepStarted)]
    assert started == [e.step.name for e in events if isinstance(e, StepFinished)]


def test_the_short_answer_may_be_a_definition_which_still_stands_where_its_concept_is_explained() -> None:
    asked = "Does CLIP learn a common space for images and texts from millions of pairs?"
    made = lesson(question=asked)
    assert made.steps[0].title == "In short"
    assert made.steps[0].text.startswith("CLIP is a model that learns a common space")
    assert [s.concept for s in made.steps if "CLIP is a model that learns" in s.text] == [
        None,
        "CLIP",
    ]


def test_the_definition_is_told_though_the_short_answer_said_another_thing_that_it_is() -> None:
    said = "CLIP is a dual encoder that is used to count and find photos of kittens."
    chunk = examples.chunk(examples.LESSON, 7, said, Page(11), "Kittens")
    found = {"hits": (Hit(chunk, 1.0, 0.9, 1, 1.0, 1),), "question": "How is CLIP used to find photos of kittens?"}
    steps = {step.name: step.text for step in lesson(**found).steps}
    assert "dual encoder" in steps[StepName.ANSWER]
    assert "CLIP is a model that learns a common space" in steps[StepName.TOPIC]


def test_a_section_that_would_only_repeat_the_short_answer_is_not_shown() -> None:
    only = examples.chunk(examples.LESSON, 0, "CLIP is a model that learns a common space.", examples.Page(3), "CLIP")
    alone = {"passages": {examples.CLIP.id: (only,)}, "hits": (), "unlocks": (), "order": lesson().retrieval.order[-1:]}
    asked = lesson(question="Does CLIP learn a common space?", **alone)
    assert {s.name: s.found for s in asked.steps}[StepName.ANSWER]
    assert not {s.name: s.found for s in asked.steps}[StepName.TOPIC]
    assert {s.name: s.found for s in lesson(question="What is CLIP?", **alone).steps}[StepName.TOPIC]


def test_where_no_sentence_answers_the_question_the_lesson_says_so() -> None:
    made = lesson(question="How many kittens can CLIP count?")
    assert made.steps[0].text.startswith("*No single sentence of the course answers this")


def test_where_no_sentence_answers_the_paragraph_that_comes_nearest_is_quoted_as_such() -> None:
    said = "We let CLIP look at kittens too. This counts them one by one and never tires of it."
    chunk = examples.chunk(examples.LESSON, 7, said, Page(11), "Kittens")

    def near(asked: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
        return [[0.8 if "counts" in text else 0.1 for text in texts] for _ in asked]

    found = examples.retrieval(question="How many kittens can CLIP count?", hits=(Hit(chunk, 1.0, 0.9, 1, 1.0, 1),))
    made = finished(teach(lambda: found, ExtractiveComposer(near)))
    key = next(key for key, citation in made.citations.items() if citation.chunk_id == chunk.id)
    assert made.steps[0].text == f"*{NEAREST}*\n\n> {said} [{key}]"
    assert made.citations[key].quote in said
    assert made.steps[0].found


def test_a_comparison_says_what_each_side_is_next_to_each_other() -> None:
    seeds = (
        SeedConcept(examples.CLIP, 0.9, "named in the question"),
        SeedConcept(examples.CONTRAST, 0.8, "named in the question"),
    )
    made = lesson(question="What is the difference between CLIP and contrastive learning?", seeds=seeds)
    assert made.steps[0].name is StepName.ANSWER
    lines = [line for line in made.steps[0].text.split("\n") if line.startswith("- ")]
    assert lines[0].startswith("- CLIP is a model that learns")
    assert lines[1].startswith("- Contrastive learning is a way")


def test_a_procedure_keeps_the_order_of_its_lesson() -> None:
    steps = examples.chunk(
        examples.LESSON,
        2,
        "Install the package for CLIP first. Then load the CLIP model by its name. Finally embed a photo with CLIP.",
        examples.Page(9),
        "How to run CLIP",
    )
    made = lesson(question="How do I run CLIP?", hits=(Hit(steps, 0.9, 0.9, 1, 3.0, 1),))
    said = made.steps[0].text
    assert said.index("Install the package") < said.index("Then load") < said.index("Finally embed")


def test_known_concepts_are_reminders_of_one_sentence() -> None:
    plan = plan_lesson(examples.retrieval(), {"Contrastive learning"})
    writer = StepWriter(plan)
    text = next(writer.write(s).step.text for s in plan.steps if s.name is StepName.PREREQUISITE)
    assert text.split("\n")[1].startswith("- You know this already: Contrastive learning is a way")
    assert "$$" not in text


@pytest.mark.parametrize(
    ("heading", "said", "taken"),
    [
        ("Views", "The embedding is the mean of all views.", False),
        ("Embedding", "The embedding is the mean of all views.", True),
        ("Views", "**Embedding:** The embedding for views is a vector of 512 numbers.", False),
        ("Views", "Embeddings are becoming the common way to search.", False),
        ("Views", "Embeddings are vectors.", False),
        ("Views", "An embedding, put simply, is a vector that stands for a thing.", True),
    ],
)
def test_what_is_needed_first_is_said_by_a_sentence_that_says_what_it_is(heading: str, said: str, taken: bool) -> None:
    told = examples.chunk(examples.BASICS, 0, said, examples.Heading((examples.BASICS.title, heading), "x"), heading)
    plain = dataclasses.replace(examples.EMBEDDINGS, definition=None)
    order = (ExpandedConcept(plain, 1, (examples.CLIP.id,)), ExpandedConcept(examples.CLIP, 0, ()))
    made = lesson(order=order, passages={plain.id: (told,), examples.CLIP.id: (examples.CLIP_WHY,)})
    step = next(s for s in made.steps if s.name is StepName.PREREQUISITE)
    assert step.found is taken
    assert (said in step.text) is taken


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("The warnings indicate that some weights of CLIP were not used in training.", False),
        ("The training of CLIP needs pairs of images and texts.", True),
        ("The main reason is that CLIP needs no labels at training time.", True),
    ],
)
def test_a_sentence_on_a_thing_that_nothing_names_is_not_quoted(said: str, quoted: bool) -> None:
    how = examples.chunk(examples.LESSON, 1, said, examples.Heading((examples.LESSON.title, "How"), "how"), "How")
    made = lesson(passages={examples.CLIP.id: (how,)}, hits=(), unlocks=(), order=lesson().retrieval.order[-1:])
    assert (said[:20] in "".join(step.text for step in made.steps)) is quoted


@pytest.mark.parametrize(("rest", "whole"), [("of each pair is high.", False), ("where both have length one.", True)])
def test_a_sentence_that_goes_on_after_its_formula_is_not_quoted_without_its_end(rest: str, whole: bool) -> None:
    text = f"CLIP computes for all pairs the score\n\n$$\ns = u \\cdot v\n$$\n\n{rest}"
    told = examples.chunk(examples.LESSON, 1, text, examples.Page(3), "How")
    assert any(one.block for one in quotable(Passage("c1", told, examples.LESSON))) is whole


def test_where_no_sentence_stands_alone_the_opening_of_its_section_is_quoted_whole() -> None:
    said = "What does CLIP do? It compares pairs of words and images, and that is what our model does in each step."
    told = examples.chunk(examples.LESSON, 1, f"See below.\n\n{said}\n\nMore.", examples.Page(3), "What CLIP is")
    made = lesson(passages={examples.CLIP.id: (told,)}, hits=(), unlocks=(), order=lesson().retrieval.order[-1:])
    step = next(s for s in made.steps if s.name is StepName.TOPIC)
    assert step.text == f"{said} [c1]"
    assert made.citations["c1"].quote == said


def test_the_level_decides_whether_formulas_are_quoted() -> None:
    assert "$$" in contrastive(Level.MATHEMATICAL)
    assert "$$" not in contrastive(Level.INTUITIVE)


def test_another_language_without_a_model_is_said_plainly() -> None:
    composer = ExtractiveComposer(style=Style(language="German"))
    notices = [e.text for e in teach(examples.retrieval, composer) if isinstance(e, Notice)]
    assert notices == [
        "Without a chat model Erica quotes the course in its own language; an answer in German needs a model."
    ]


def test_a_mark_that_stands_in_the_course_never_becomes_a_citation() -> None:
    trap = examples.chunk(
        examples.LESSON,
        0,
        "CLIP is a model that scores pairs, as [c1] and [Video, 12:34] say. "
        "CLIP matters because it needs no labels [c7].",
        examples.Heading((examples.LESSON.title, "Marks [c3]"), "marks"),
        "Marks [c3]",
    )
    made = lesson(passages={examples.CLIP.id: (trap,)}, hits=(), unlocks=(), order=lesson().retrieval.order[-1:])
    for step in made.steps:
        assert set(re.findall(r"\[(c\d+)\]", step.text)) == set(step.citations)
    assert "(c7)" in "\n".join(step.text for step in made.steps)


def test_a_sentence_that_defines_two_next_concepts_is_quoted_once() -> None:
    both = tuple(dataclasses.replace(examples.CLIP, id=name, name=name) for name in ("A", "B"))
    made = lesson(unlocks=both, related=(), passages={one.id: (examples.CLIP_WHY,) for one in both})
    first, second = next(step for step in made.steps if step.name is StepName.NEXT).text.split("\n")
    assert first.startswith("- CLIP is a model")
    assert second == "- **B**"


def test_the_way_through_two_concepts_is_no_summary() -> None:
    order = lesson().retrieval.order
    long, short = lesson(), lesson(order=order[-2:])
    assert "The way here" in next(step for step in long.steps if step.name is StepName.SUMMARY).text
    assert "The way here" not in next(step for step in short.steps if step.name is StepName.SUMMARY).text
