"""How what a step quotes is written."""

from __future__ import annotations

import pytest

from knowledge.model import Heading
from tests.tutor import examples
from tutor.lesson import Passage
from tutor.quoting import QuotableSentence, quotable
from tutor.step_text import flowing

SAID = "Each cell of the grid predicts boxes and the probabilities of classes."
MORE = "The boxes that overlap too much are left out at the end."


def sentences(text: str, *headings: str, key: str = "c1") -> list[QuotableSentence]:
    chunk = examples.chunk(examples.LESSON, 0, text, Heading(headings, "there"), *headings)
    return quotable(Passage(key, chunk, examples.LESSON))


@pytest.mark.parametrize(
    ("heading", "told", "lead"),
    [
        ("YOLO", "What are class probabilities?", "*YOLO:* "),
        ("How YOLOv3 predicts", "What are class probabilities?", "*YOLOv3:* "),
        ("Class probabilities", "What are class probabilities?", ""),
        ("YOLO", "How does YOLO predict classes?", ""),
        ("Part 3", "What are class probabilities?", ""),
        ("Using the API", "What are class probabilities?", ""),
        ("PyTorch implementation", "What are class probabilities?", ""),
        ("SVM vs. Softmax", "What are class probabilities?", ""),
    ],
)
def test_a_paragraph_of_a_model_that_is_not_named_begins_with_its_name(heading: str, told: str, lead: str) -> None:
    [sentence] = sentences(SAID, "Detection", heading)
    assert flowing([sentence], told) == f"{lead}{SAID} [c1]"


def test_a_sentence_that_names_it_needs_no_lead() -> None:
    said = f"In YOLO, {SAID[0].lower()}{SAID[1:]}"
    assert flowing(sentences(said, "YOLO"), "boxes") == f"{said} [c1]"


def test_the_same_name_leads_once() -> None:
    first, second = sentences(SAID, "YOLO"), sentences(MORE, "YOLO", key="c2")
    assert flowing([*first, *second], "boxes") == f"*YOLO:* {SAID} [c1]\n\n{MORE} [c2]"


def test_neighbours_from_one_passage_share_a_paragraph() -> None:
    assert flowing(sentences(f"{SAID} {MORE}", "Detection")) == f"{SAID} [c1] {MORE} [c1]"
