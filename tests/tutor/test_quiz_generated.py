"""Questions made from a small course: right by the cited sentence, and refused where an option could be right too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from knowledge.model import (
    Chunk,
    ChunkKind,
    Concept,
    Heading,
    Mention,
    MentionRole,
    Quote,
    Relation,
    RelationKind,
    SourceDocument,
    SourceKind,
    stable_id,
)
from tutor.graders import grade
from tutor.grades import ChoiceKey, Verdict
from tutor.quiz import QuizItem, answer_text, faults
from tutor.quiz_generated import QuizMaker
from tutor.quiz_statements import descriptions, stated_numbers

COURSE = {
    "batching": "Batching is the act of sending several sentences through a network at once.",
    "summarization": "Summarization is the task of turning a long text into a shorter one that keeps its content.",
    "regression": "**Regression**. Regression is the task of predicting real-valued quantities from measured inputs.",
    "gradient": "The gradient is a generalization of slope for functions that take a vector of numbers.",
    "tokenizer": "A tokenizer is a program that splits raw sentences into subwords from a fixed vocabulary.",
    "occlusion": "Occlusion is a situation where one object hides parts of an object behind it from the camera.",
}


class Course:
    """Each concept stands in a chunk of its own."""

    def __init__(self, told: dict[str, str], relations: Sequence[Relation] = ()) -> None:
        self.told, self.relations = told, list(relations)

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        made = [Concept(stable_id(name), name, (), None, 0.5, 0.5, (0, n)) for n, name in enumerate(self.told)]
        return [one for one in made if ids is None or one.id in ids]

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        place = Heading(("Lesson",), "lesson")
        made = [
            Chunk(f"k-{name}", "d", n, 0, len(text), text, place, ("Lesson",), ChunkKind.PROSE, "", 9)
            for n, (name, text) in enumerate(self.told.items())
        ]
        return [chunk for chunk in made if chunk.id in ids]

    def mentions_of(self, concept_ids: Sequence[str]) -> list[Mention]:
        return [Mention(one.id, f"k-{one.name}", MentionRole.DEFINES, 1) for one in self.concepts(concept_ids)]

    def documents(self, course_id: str | None = None) -> list[SourceDocument]:
        return [SourceDocument("d", "c", "a.md", "/a.md", "Lesson", SourceKind.MARKDOWN, "", "", 0)]

    def relations_of(self, concept_ids: Sequence[str], kinds: Sequence[RelationKind]) -> list[Relation]:
        return [edge for edge in self.relations if edge.kind in kinds]


def items(told: dict[str, str] = COURSE, relations: Sequence[Relation] = ()) -> list[QuizItem]:
    return list(QuizMaker(Course(told, relations)).items())


def about(name: str, made: Sequence[QuizItem]) -> list[QuizItem]:
    return [item for item in made if item.concept is not None and item.concept.name == name]


def said(sentence: str, name: str = "batching") -> list[str]:
    course = Course({name: sentence})
    return [one.text for one in descriptions(course.concepts()[0], course.chunks([f"k-{name}"]))]


def test_every_concept_gets_its_kinds_of_questions_and_each_is_clean() -> None:
    made = items()
    assert {item.concept.name for item in made if item.concept} == set(COURSE)
    assert {item.kind for item in made} == {"choice"}
    assert all(not faults(item) for item in made)
    assert len({item.id for item in made}) == len(made)


def test_the_key_is_what_the_cited_sentence_says() -> None:
    for item in items():
        assert item.concept is not None
        assert item.source.quote in COURSE[item.concept.name]
        right = answer_text(item)
        assert right.casefold() in item.source.quote.casefold()
        wrong = [option.text for option in item.options if option.text != right]
        assert not any(text.casefold() in item.source.quote.casefold() for text in wrong)
        assert (
            grade(item.key, " ".join(item.key.right)).verdict is Verdict.RIGHT if isinstance(item.key, ChoiceKey) else 1
        )


def test_a_kind_of_the_answer_is_never_a_wrong_option() -> None:
    kin = Relation(stable_id("regression"), stable_id("gradient"), RelationKind.IS_A, 0.9)
    for item in about("regression", items(relations=[kin])):
        assert "Gradient" not in [option.text for option in item.options]
        assert not any("slope" in option.text for option in item.options)


def test_a_name_that_holds_the_answer_is_never_a_wrong_option() -> None:
    told = {
        **COURSE,
        "dynamic batching": "Dynamic batching is a way to fill up requests that arrive one after another.",
    }
    for item in about("batching", items(told)):
        assert "Dynamic batching" not in [option.text for option in item.options]


def test_descriptions_that_say_the_same_are_never_set_against_each_other() -> None:
    told = {**COURSE, "estimation": "Estimation is the task of predicting real-valued quantities from measured inputs."}
    for item in about("regression", items(told)):
        assert "Estimation" not in [option.text for option in item.options]


def test_a_description_that_would_fit_an_option_as_well_is_not_asked_for() -> None:
    told = {
        "LLM": "LLM is a network that was trained on massive amounts of text from books.",
        "GPT-2": "GPT-2 is a decoder that was pretrained on large amounts of text.",
        **COURSE,
    }
    made = [item for item in items(told) if item.concept is not None and item.concept.name == "LLM"]
    assert made
    assert all("GPT-2" not in option.text and "decoder" not in option.text for item in made for option in item.options)


def test_too_few_concepts_make_no_choice() -> None:
    assert [item.kind for item in items(dict(list(COURSE.items())[:2]))].count("choice") == 0


@pytest.mark.parametrize(
    "sentence",
    [
        "Batching is the act of sending these sentences through a network at once.",
        "Batching is what we use for sending several sentences through a network.",
        "Batching is a little less easy to interpret than sending single sentences.",
        "Batching is beginning to replace the sending of single sentences to a network.",
        "Batching: The network is fed with several sentences at once, not with one.",
        "Batching is one of the core components of the pipeline for sentences.",
        "Batching is fast.",
        "Is batching the act of sending several sentences through a network at once?",
        "Batching is the act of sending $n$ sentences through a network at once.",
    ],
)
def test_what_does_not_stand_alone_is_no_description(sentence: str) -> None:
    assert said(sentence) == []


def test_the_words_of_the_name_are_left_out_of_a_description() -> None:
    sentence = (
        "Flash attention is a technique that speeds up the attention layers of a transformer by tiling their matrices."
    )
    assert said(sentence, "flash attention") == [
        "a technique that speeds up the […] layers of a transformer by tiling their matrices",
    ]


def test_a_part_of_a_name_run_together_is_left_out_too() -> None:
    sentence = "HumanEval is an evaluation dataset that holds programming problems with their unit tests."
    assert said(sentence, "HumanEval") == ["an […] dataset that holds programming problems with their unit tests"]


def test_a_name_at_the_end_is_described_by_what_stands_before() -> None:
    sentence = "The function that puts samples of a batch together is called a *collator*."
    assert said(sentence, "collator") == ["The function that puts samples of a batch together"]


def test_a_stated_number_is_asked_for_and_graded() -> None:
    sentence = "Whisper is a network that was trained on 680,000 hours of labelled speech."
    course = Course({"Whisper": sentence})
    assert [one.number for one in stated_numbers(course.concepts()[0], course.chunks(["k-Whisper"]))] == ["680,000"]
    (item,) = items({"Whisper": sentence})
    assert grade(item.key, "680000").verdict is Verdict.RIGHT
    assert grade(item.key, "68,000").verdict is Verdict.WRONG


@pytest.mark.parametrize(
    "sentence", ["Whisper appeared in 2022 and was new then.", "Whisper has 12 to 24 layers in all."]
)
def test_years_and_ranges_are_not_asked_for(sentence: str) -> None:
    course = Course({"Whisper": sentence})
    assert stated_numbers(course.concepts()[0], course.chunks(["k-Whisper"])) == []


# --- sentences to be completed ---

SPOKEN = {
    "dropout": "Dropout silences randomly chosen neurons while a network is fitted to its labels.",
    "momentum": "Momentum carries the direction of past updates over into new steps of a search.",
    "occlusion": "Occlusion hides parts of a distant object behind some nearer surface in a photograph.",
    "tokenization": "Tokenization cuts a raw string of letters into pieces from a fixed vocabulary.",
    "pooling": "Pooling keeps the largest value of each small window and forgets where it stood.",
    "grammar": "It can silence. It can carry. It can hide. It can cut. It can keep.",  # so that these are verbs
}


class Defined(Course):
    """Its concepts are defined somewhere, so that they surely are some."""

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        return [replace(one, definition=Quote("k", "A word.")) for one in super().concepts(ids)]


def of_dropout(course: Course) -> list[QuizItem]:
    return about("dropout", list(QuizMaker(course).items()))


def completed(told: dict[str, str]) -> list[QuizItem]:
    return [item for item in of_dropout(Defined(told)) if "in the blank" in item.stem]


def test_a_sentence_is_completed_with_the_concept_that_it_is_about() -> None:
    (item,) = completed(SPOKEN)
    assert item.stem.endswith("“____ silences randomly chosen neurons while a network is fitted to its labels.”")
    assert answer_text(item) == "Dropout"
    assert {option.text for option in item.options} <= {name.capitalize() for name in SPOKEN}
    assert item.source.quote == SPOKEN["dropout"]


def test_a_sentence_goes_on_as_the_course_has_it() -> None:
    (item,) = (one for one in of_dropout(Defined(SPOKEN)) if "go on" in one.stem)
    assert item.stem == "How does the course go on: “Dropout …”?"
    assert answer_text(item) == "… silences randomly chosen neurons while a network is fitted to its labels"
    assert len(item.options) == 4


def test_what_is_named_in_the_passage_is_no_wrong_option() -> None:
    told = SPOKEN | {"dropout": f"{SPOKEN['dropout']} Unlike pooling, nobody needs it afterwards."}
    (item,) = completed(told)
    assert "Pooling" not in [option.text for option in item.options]


def test_what_is_elsewhere_named_beside_the_answer_is_no_wrong_option() -> None:
    told = SPOKEN | {"pooling": f"{SPOKEN['pooling']} Pooling and dropout are often found together."}
    (item,) = completed(told)
    assert "Pooling" not in [option.text for option in item.options]


def test_what_is_elsewhere_named_beside_the_words_of_the_sentence_is_no_wrong_option() -> None:
    told = SPOKEN | {"pooling": f"{SPOKEN['pooling']} Pooling silences neurons chosen by their labels."}
    (item,) = completed(told)
    assert "Pooling" not in [option.text for option in item.options]


@pytest.mark.parametrize("unknown", ["momentum", "occlusion", "tokenization", "pooling"])
def test_wrong_options_are_first_those_of_which_the_course_says_much(unknown: str) -> None:
    much = " ".join(f"w{number}" for number in range(60))
    others = {"momentum", "occlusion", "tokenization", "pooling"} - {unknown}
    told = {name: f"{text} {name.capitalize()} {much}." if name in others else text for name, text in SPOKEN.items()}
    (item,) = completed(told)
    assert {option.text.casefold() for option in item.options} == {"dropout", *others}


def test_the_one_word_among_proper_names_is_not_asked_for() -> None:
    names = dict(zip(SPOKEN, ("dropout", "ResNet", "AlexNet", "RMSProp", "GPT-2", "grammar"), strict=True))
    told = {names[word]: text.replace(word.capitalize(), names[word]) for word, text in SPOKEN.items()}
    told["dropout"] = SPOKEN["dropout"]
    assert completed(told) == []


def test_another_course_gives_no_wrong_options() -> None:
    class Apart(Defined):
        """Two courses in one library: what is said of dropout stands alone in the second."""

        def chunks(self, ids: Sequence[str]) -> list[Chunk]:
            return [replace(one, document_id="other" if one.id == "k-dropout" else "d") for one in super().chunks(ids)]

        def documents(self, course_id: str | None = None) -> list[SourceDocument]:
            (first,) = super().documents()
            return [first, replace(first, id="other", course_id="c2")]

    assert completed(SPOKEN)
    assert of_dropout(Apart(SPOKEN)) == []


def test_descriptions_of_the_same_words_tell_no_concept_from_another() -> None:
    said_twice = {"head": "The head is a layer that turns every state of a network into scores of labels."}
    told = COURSE | said_twice | {"tail": said_twice["head"].replace("head", "tail")}
    assert about("head", items(told)) == []


def test_an_answer_that_holds_a_word_of_the_question_gives_itself_away() -> None:
    told = {**COURSE, "StyleGAN": "StyleGAN is an extension of GAN that aims to generate a wider variety of images."}
    assert [item for item in about("StyleGAN", items(told)) if answer_text(item) == "StyleGAN"] == []


def test_what_a_sentence_adds_about_something_else_is_cut_off() -> None:
    sentence = (
        "Batching is the act of sending several sentences through a network at once, and the library makes it easy."
    )
    assert said(sentence) == ["the act of sending several sentences through a network at once"]
    whole = "Batching is the act of sending long sentences, and of padding short ones, through a network at once."
    assert said(whole) == ["the act of sending long sentences, and of padding short ones, through a network at once"]


@pytest.mark.parametrize(
    ("heading", "kept"), [("Intuition", 0), ("Worked example", 0), ("Check yourself", 0), ("Definition of batching", 1)]
)
def test_what_something_is_like_or_supposed_to_be_is_not_what_it_is(heading: str, kept: int) -> None:
    course = Course({"batching": "Batching is a bus that carries many people at once to one place."})
    (chunk,) = course.chunks(["k-batching"])
    found = descriptions(course.concepts()[0], [replace(chunk, heading_path=("Lesson", heading))])
    assert len(found) == kept


def test_a_sentence_for_a_model_comes_with_what_the_course_says_of_its_concept_and_of_others() -> None:
    told = COURSE | {"tokenizer": "A tokenizer splits a sentence into a list of its subwords. It is a tokenizer."}
    (sentence,) = QuizMaker(Course(told)).askable_sentences(stable_id("tokenizer"))
    assert sentence.statement.text == "A tokenizer splits a sentence into a list of its subwords."
    assert sentence.source.quote == sentence.statement.text
    assert sentence.course == (told["tokenizer"], "It is a tokenizer.")
    assert "a network" not in sentence.elsewhere
    assert "a longer text" not in sentence.elsewhere
    assert {"a long text", "the act of sending several sentences through a network"} & set(sentence.elsewhere)
    kin = [Relation(stable_id("tokenizer"), stable_id(name), RelationKind.RELATED, 0.9) for name in COURSE]
    (alone,) = QuizMaker(Course(told, kin)).askable_sentences(stable_id("tokenizer"))
    assert alone.elsewhere == ()
