"""For a question how to do something the lesson that shows it comes first, and the code that says most of it."""

from __future__ import annotations

from knowledge.howto import lesson_for, most_telling
from tests.tutor import examples
from tests.tutor.examples import chunk


def test_the_lesson_headed_as_the_question_beats_a_better_hit() -> None:
    hit = chunk(examples.TALK, 0, "A trainer trains.", examples.Page(1), "Other")
    headed = chunk(examples.LESSON, 0, "Call it.", examples.Page(1), "Training CLIP with pairs")
    assert lesson_for("How do I train CLIP with pairs?", [hit, headed]) == examples.LESSON.id
    assert lesson_for("How do I train it?", []) is None


def test_the_cell_that_holds_the_words_of_the_question_comes_first() -> None:
    other = (chunk(examples.NOTEBOOK, 1, "print(1)", examples.Cell(1), "Code", code=True),)
    telling = (chunk(examples.NOTEBOOK, 2, "trainer = ClipTrainer(pairs)", examples.Cell(2), "Code", code=True),)
    assert most_telling("How do I train CLIP with pairs?", [other, telling]) == [telling, other]
