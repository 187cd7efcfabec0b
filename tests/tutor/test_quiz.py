"""Quiz items: questions read from material, questions made from it, and the checks that both pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Chunk, ChunkKind, Heading, SourceDocument, SourceKind
from tutor.graders import grade
from tutor.grades import ChoiceKey, NumberKey, Verdict, WordsKey
from tutor.quiz import Option, Origin, QuizItem, Source, answer_text, faults, shuffled
from tutor.quiz_sources import authored, written_file

MDX = """# End-of-chapter quiz

### 1. What does attention do?

<Question
	choices={[
		{
			text: "It sorts the tokens, it's said.",
			explain: "No: it weighs them."
		},
		{
			text: "It weighs the <code>tokens</code> { by } \\"relevance\\".",
			explain: 'Right!',
			correct: true
		},
		{ text: "It mixes values.", explain: "Yes, too.", correct: true },
	]}
/>

### 2. Which is no question: no right option

<Question choices={[{ text: "one" }, { text: "two" }]} />

## Other

Q: How many bits has a byte?
A: 8

**Q:** What is dropout?
**A:** Setting units to zero at random.

<details>
<summary>Why subtract the maximum before the exponential?</summary>

The largest exponent is then zero, so nothing overflows.

</details>

<details><summary>Long output</summary>epoch 1</details>

## Check yourself

Three scores are all equal to 7. What does softmax return?

The answer is $(1/3, 1/3, 1/3)$ at every temperature.
"""


def document(text: str = MDX, uri: str = "/course/quiz.mdx") -> SourceDocument:
    import hashlib

    digest = hashlib.sha256(text.encode()).hexdigest()
    return SourceDocument("d", "c", "quiz.mdx", uri, "Attention", SourceKind.MARKDOWN, text, digest, 0)


def chunk(text: str = "What does attention do?", heading: str = "1. What does attention do?") -> Chunk:
    place = Heading(("Quiz", heading), "quiz")
    return Chunk("k", "d", 0, 0, len(text), text, place, ("Quiz", heading), ChunkKind.PROSE, "", 5)


def items() -> list[QuizItem]:
    return authored(document(), [chunk()])


# --- read from material -----------------------------------------------------------------------------------------


def test_choices_of_a_component_are_read_with_explanations() -> None:
    item = items()[0]
    assert item.stem == "What does attention do?"
    assert [option.text for option in item.options] == [
        "It sorts the tokens, it's said.",
        'It weighs the tokens { by } "relevance".',
        "It mixes values.",
    ]
    assert item.key == ChoiceKey(frozenset("bc"), frozenset("abc"))
    assert item.explanation == "Right!\nYes, too."
    assert item.source.place == "1. What does attention do?"


def test_every_form_is_read_in_order_and_what_asks_nothing_is_not() -> None:
    assert [item.stem for item in items()[1:]] == [
        "How many bits has a byte?",
        "What is dropout?",
        "Why subtract the maximum before the exponential?",
        "Three scores are all equal to 7. What does softmax return?",
    ]


def test_short_answers_get_a_key_that_grades() -> None:
    byte, dropout = items()[1], items()[2]
    assert byte.key == NumberKey("8")
    assert isinstance(dropout.key, WordsKey)
    assert grade(dropout.key, "setting units to zero at random").verdict is Verdict.RIGHT
    assert grade(dropout.key, "removing layers").verdict is Verdict.UNSURE


def test_the_bundled_course_asks_one_question_a_lesson() -> None:
    folder = Path(__file__).parents[2] / "courses" / "multimodal-learning"
    lessons = sorted(folder.glob("0*/*.md"))
    read = {path.name: authored(document(path.read_text(encoding="utf-8")), [chunk()]) for path in lessons}
    assert len(lessons) >= 25
    assert [name for name, found in read.items() if len(found) != 1] == []


def test_a_file_that_changed_since_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "quiz.mdx"
    path.write_text(MDX, encoding="utf-8")
    assert written_file(document(uri=str(path))) == MDX
    path.write_text("changed", encoding="utf-8")
    assert written_file(document(uri=str(path))) is None
    assert written_file(document(uri="https://example.org/quiz")) is None
    assert written_file(document(uri=str(tmp_path / "gone.mdx"))) is None


@given(st.text(alphabet='<Question choices={[]}/>text:"explain,correct true\n#QA?', max_size=300))
def test_any_file_is_read_without_complaint(text: str) -> None:
    assert all(not faults(item) for item in authored(document(text), [chunk()]))


# --- checks -----------------------------------------------------------------------------------------------------


def choice(stem: str, texts: list[str], right: str = "a", origin: Origin = Origin.GENERATED) -> QuizItem:
    options = tuple(Option(chr(97 + n), text) for n, text in enumerate(texts))
    key = ChoiceKey(frozenset(right), frozenset(option.id for option in options))
    return QuizItem("i", "choice", stem, options, key, "", Source("k", "q", "t", "p"), origin)


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (choice("Which is a norm?", ["L2 norm", "softmax"]), "a word of the answer stands in the question"),
        (choice("Which one?", ["CNNs", "CNN"]), "two options say the same"),
        (choice("Which one?", ["a" * 50, "b" * 10]), "the right option stands out by its length"),
        (choice("It is an ____.", ["encoder", "decoder"]), "the article before the blank"),
        (choice("Which one?", ["encoder", "decoder"], right="z"), "its key does not fit"),
        (choice(" ", ["encoder", "decoder"]), "it asks nothing"),
    ],
)
def test_give_aways_are_found(item: QuizItem, fault: str) -> None:
    assert any(told.startswith(fault) for told in faults(item)), faults(item)


def test_a_fair_item_has_no_fault() -> None:
    assert faults(choice("Which one halves the width?", ["pooling", "padding", "dropout"])) == []


@given(st.lists(st.text(min_size=1), min_size=2, max_size=5, unique=True), st.text())
def test_shuffling_keeps_the_right_option_and_is_the_same_each_time(texts: list[str], seed: str) -> None:
    pairs = [(text, index == 0) for index, text in enumerate(texts)]
    options, right = shuffled(seed, pairs)
    assert (options, right) == shuffled(seed, pairs[::-1])
    assert [option.text for option in options if option.id in right] == [texts[0]]


def test_the_answer_is_told_in_words() -> None:
    assert answer_text(choice("Which?", ["pooling", "padding"], right="ab")) == "pooling; padding"
    assert answer_text(items()[1]) == "8"
