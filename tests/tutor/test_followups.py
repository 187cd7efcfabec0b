"""Follow-ups are understood from the answer before; questions that stand alone are left as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.followups import Past, understand

CLIP = Past(
    "How does CLIP work?", "CLIP", ("cosine similarity", "contrastive learning", "CLIP", "zero-shot classification")
)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("why?", "Why is CLIP important?"),
        ("Why is that important?", "Why is CLIP important?"),
        ("but why", "Why is CLIP important?"),
        ("and in PyTorch?", "How is CLIP done in PyTorch?"),
        ("how is it done with numpy", "How is CLIP done in numpy?"),
        ("an example please", "Show an example of CLIP."),
        ("can you give me a code example?", "can you give me a code example?"),
        ("more", "Explain CLIP in more detail."),
        ("Tell me more about it", "Explain CLIP in more detail."),
        ("the second one", "What is contrastive learning?"),
        ("the last", "What is zero-shot classification?"),
        ("the ninth one", "the ninth one"),
        ("what about SigLIP?", "How does SigLIP work?"),
        ("and the ViT?", "How does ViT work?"),
        ("How is it trained?", "How is CLIP trained?"),
        ("What is its loss?", "What is CLIP's loss?"),
        ("Does it need labels?", "Does CLIP need labels?"),
        ("What should I learn first?", "What do I need to know before CLIP?"),
        ("what's next?", "What builds on CLIP?"),
    ],
)
def test_a_follow_up_is_completed_from_the_answer_before(asked: str, meant: str) -> None:
    assert understand(asked, CLIP).question == meant


@pytest.mark.parametrize(
    "asked",
    [
        "What is InfoNCE?",
        "Is it true that BERT reads both directions?",
        "Is the tensor copied when it is moved to another device?",
        "What does this code print?",
        "Why does batch normalization help?",
        "How do convolutions share weights, and what does it mean for the number of parameters of a layer in practice?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(asked: str) -> None:
    assert understand(asked, CLIP) == understand(asked, None)
    assert not understand(asked, CLIP).from_context


@pytest.mark.parametrize("asked", ["simpler", "Explain it simpler, please", "in plain words", "I don't understand"])
def test_simpler_asks_the_same_again(asked: str) -> None:
    meant = understand(asked, CLIP)
    assert (meant.question, meant.simpler, meant.from_context) == (CLIP.question, True, True)


def test_after_a_refusal_there_is_nothing_to_follow_up() -> None:
    assert understand("why?", Past("What is the offside rule?", "", ())).question == "why?"


@given(st.text(max_size=120), st.text(min_size=1, max_size=20))
def test_any_text_is_understood_as_some_question(asked: str, main: str) -> None:
    meant = understand(asked, Past(f"What is {main}?", main, (main,)))
    assert meant.from_context or meant.question == asked
