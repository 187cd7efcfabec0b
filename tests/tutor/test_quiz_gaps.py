"""Sentences with a blank: which of them stand alone and are about what is left out."""

from __future__ import annotations

import pytest

from knowledge.model import Chunk, ChunkKind, Concept, Heading, stable_id
from tutor.quiz_gaps import gaps


def concept(name: str, *aliases: str) -> Concept:
    return Concept(stable_id(name), name, aliases, None, 0.5, 0.5, (0, 0))


def chunk(text: str) -> Chunk:
    return Chunk("k", "d", 0, 0, len(text), text, Heading(("L",), "l"), ("L",), ChunkKind.PROSE, "", 9)


def left(sentence: str, about: Concept | None = None) -> list[str]:
    made = gaps(about or concept("encoder"), [chunk(sentence)], {"add", "keep", "read", "slide", "turn"})
    return [f"{gap.before}<{gap.name}>{gap.after}" for gap in made]


@pytest.mark.parametrize(
    ("sentence", "opening"),
    [
        ("The encoder turns a spoken sentence into a list of vectors.", "The <encoder> turns"),
        ("Encoders turn a spoken sentence into a list of vectors.", "<encoders> turn"),
        ("In an encoder, every spoken sentence becomes a list of vectors.", "In an <encoder>, every"),
        (
            "To keep the order of words, the encoder adds a position to every vector.",
            "To keep the order of words, the <",
        ),
        ("In particular, the encoder turns a spoken sentence into a list of vectors.", "The <encoder> turns"),
        ("The encoder of a network turns a spoken sentence into vectors.", "The <encoder> of a network turns"),
    ],
)
def test_what_a_sentence_is_about_is_left_out(sentence: str, opening: str) -> None:
    (found,) = left(sentence)
    assert found.startswith(opening)


@pytest.mark.parametrize(
    "sentence",
    [
        "A good network turns the states of the encoder into a spoken sentence.",  # about the network
        "The encoder layers turn a spoken sentence into a list of vectors.",
        "The encoder layer turns a spoken sentence into a list of vectors.",  # half of a longer name
        "The deep encoder turns a spoken sentence into a list of vectors.",
        "The encoder and the memory will keep a spoken sentence for ever.",
        "The encoder that turns a spoken sentence into a list of vectors.",  # no sentence
        "Encoder states embedded in two dimensions by a map of neighbours.",
        "This time the encoder turns a spoken sentence into a list of vectors.",
        "The encoder turns this spoken sentence into a list of vectors.",
        "The encoder turns a spoken sentence into the list shown in green.",
        "The encoder turns a spoken sentence into 512 vectors of numbers.",
        "It is fast, the encoder turns a spoken sentence into vectors.",
        "The encoder is easy to use and turns a spoken sentence into vectors.",  # what may be said of much
        "The encoder reads what the decoder of a spoken sentence writes back.",  # its opposite tells
        "The encoder turns a code of spoken letters into a list of vectors.",  # a part of its name tells
        "The encoder of an encoder turns a spoken sentence into vectors.",
        "The encoders turn a spoken sentence into a list of vectors.",  # which ones?
        "The encoder cannot turn a spoken sentence into a list of vectors.",  # what is true of many
        "The encoder reads it.",
        "Does the encoder turn a spoken sentence into a list of vectors?",
    ],
)
def test_what_leans_on_others_or_tells_its_answer_is_left_alone(sentence: str) -> None:
    assert left(sentence) == []


def test_a_name_has_the_capitals_of_its_concept_and_not_those_of_a_sentence() -> None:
    windows = "Convnets slide a small window of weights over a photograph."
    states = "LSTM keeps a hidden state from word to word of a long text."
    assert left(windows, concept("ConvNet"))[0].startswith("<ConvNets>")
    assert left(states, concept("long short-term memory", "LSTM"))[0].startswith("<LSTM>")
