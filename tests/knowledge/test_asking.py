"""What a question wants is told by its words."""

from __future__ import annotations

import pytest

from knowledge.asking import asks_how_to, compares


@pytest.mark.parametrize(
    "question", ["How do I train CLIP?", "How can we load a data set?", "What are the steps to tune?"]
)
def test_a_way_to_do_something_is_asked_for(question: str) -> None:
    assert asks_how_to(question)


@pytest.mark.parametrize("question", ["How does CLIP work?", "How can CLIP be used?", "What is a step?", "How many?"])
def test_how_something_works_is_no_procedure(question: str) -> None:
    assert not asks_how_to(question)


def test_a_comparison_is_known_by_its_words() -> None:
    assert compares("What is the difference between BPE and WordPiece?")
    assert compares("CLIP vs SigLIP")
    assert not compares("What is CLIP?")
