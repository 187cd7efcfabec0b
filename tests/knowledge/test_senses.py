"""Names that mean several things are found, and mistyped ones are put right, in a real library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline import ingest
from knowledge.library import Library
from knowledge.senses import ambiguous, letters_apart, respelled
from tests.fakes import HashingEmbedder

LESSONS = {
    "01-errors.md": "# Errors\n\n## Mean absolute error\n\nThe **mean absolute error** (MAE) is the mean of the "
    "absolute differences between predictions and truth. The mean absolute error is robust.\n",
    "02-masking.md": "# Masking\n\n## Masked autoencoder\n\nA **masked autoencoder** (MAE) is a network that restores "
    "the hidden patches of an image. A masked autoencoder learns features.\n",
    "03-contrast.md": "# Contrast\n\n## Contrastive learning\n\n**Contrastive learning** is a training method that "
    "pulls pairs together. Contrastive learning needs pairs.\n",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("senses")
    for name, text in LESSONS.items():
        (root / name).write_text(text, encoding="utf-8")
    folder = root.parent / "senses-library"
    ingest([root], folder, HashingEmbedder())
    with Library.open(folder) as opened:
        yield opened


def test_an_acronym_of_two_concepts_is_ambiguous(library: Library) -> None:
    found = ambiguous(library.catalog, "What is MAE?")
    assert found is not None
    surface, senses = found
    assert surface == "MAE"
    assert {sense.name.casefold() for sense in senses} == {"mean absolute error", "masked autoencoder"}


@pytest.mark.parametrize(
    "question", ["What is the masked autoencoder (MAE)?", "What is contrastive learning?", "How do I cook rice?"]
)
def test_a_question_that_says_which_one_is_clear(library: Library, question: str) -> None:
    assert ambiguous(library.catalog, question) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What is contrastve lerning?", "What is contrastive learning?"),
        ("what is a masked autoencodr", "what is a masked autoencoder"),
        ("What is contrastive learning?", "What is contrastive learning?"),
        ("What is a contraption?", "What is a contraption?"),
        ("What is CONTRASTVE?", "What is CONTRASTVE?"),
        ("How do I cook rice?", "How do I cook rice?"),
    ],
)
def test_mistyped_names_are_put_right_and_nothing_else(library: Library, typed: str, meant: str) -> None:
    assert respelled(library.catalog, typed) == meant


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_letters_apart_is_even_handed_and_nought_for_the_same_alone(one: str, other: str) -> None:
    apart = letters_apart(one, other)
    assert apart == letters_apart(other, one)
    assert (apart == 0) == (one == other)
    assert abs(len(one) - len(other)) <= apart <= max(len(one), len(other))
