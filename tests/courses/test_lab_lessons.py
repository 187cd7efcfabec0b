"""Asked what its terms are, the tutor quotes the definitions that the lab's lessons give."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ingest.pipeline import ingest
from knowledge.embedders import open_embedder
from knowledge.library import Library
from knowledge.retriever import Retriever
from tests.courses.material import COURSE, listed_lessons, text_of
from tutor.compose import finished, teach
from tutor.extractive import ExtractiveComposer

LAB = [lesson for lesson in listed_lessons() if lesson.startswith("10-lab/")]
DEFINED = {
    "held-out combination": "is a pair of attributes that no training example shows together",
    "compositional generalisation": "is the ability of a model to handle new combinations of parts",
    "bootstrap interval": "is an interval for a statistic that is read from many samples drawn with replacement",
    "few-shot curve": "is the test accuracy of a classifier as a function of the number of labelled examples",
    "retrieval table": "is the matrix of similarities of $n$ images with their $n$ captions",
    "spurious correlation": "is a dependence between an attribute and the label that holds in the training data",
    "worst-group accuracy": "is the smallest accuracy over the groups",
    "group reweighting": "is training in which each sample counts inversely to the size of its group",
    "differentiable drawing": "is a picture that is computed from a few numbers",
    "intersection over union": "of two regions is the number of pixels in both regions divided by",
    "peak signal-to-noise ratio": "is the mean squared error of a picture expressed in decibels",
    "occlusion mask": "is a map that marks for each pixel of the wanted frame",
}


def test_each_term_is_defined_in_one_lesson_of_the_lab() -> None:
    for words in DEFINED.values():
        assert sum(words in text_of(lesson) for lesson in LAB) == 1, words


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("lab") / "library"
    ingest([COURSE / lesson for lesson in LAB], folder, open_embedder(None))
    with Library.open(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def retriever(library: Library) -> Retriever:
    return Retriever(library, open_embedder(None))


@pytest.mark.slow
@pytest.mark.parametrize(("term", "words"), DEFINED.items(), ids=list(DEFINED))
def test_the_definition_of_a_term_is_quoted_and_cited(
    library: Library, retriever: Retriever, term: str, words: str
) -> None:
    question = f"What is {'an' if term[0] in 'aeio' else 'a'} {term}?"
    made = finished(teach(lambda: retriever.retrieve(question), ExtractiveComposer()))
    assert made.answered
    text = "\n".join(step.text for step in made.steps)
    assert words in text
    marker = re.search(r"\[(c\d+)\]", text[text.index(words) :])
    assert marker, "the definition is cited"
    chunk_id = made.citations[marker[1]].chunk_id
    assert [words in chunk.text for chunk in library.catalog.chunks([chunk_id])] == [True]
