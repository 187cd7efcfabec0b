"""Three questions that a lesson has to answer well, or plainly refuse: their structure, not their wording.

Asked of lessons of the bundled course, whose text is the project's own, and of a small course that has no such lesson.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge.embedders import open_embedder
from knowledge.library import Library
from knowledge.retriever import Retriever
from knowledge.seeds import asked_for
from tests.conftest import COURSE
from tests.fakes import HashingEmbedder
from tutor.compose import finished, teach
from tutor.extractive import ExtractiveComposer
from tutor.lesson import Lesson, StepName

BUNDLED = Path(__file__).parents[2] / "courses" / "multimodal-learning"
LESSONS = (
    "01-foundations/05-jensens-inequality-and-the-variational-lower-bound.md",
    "03-language/02-attention.md",
    "03-language/03-transformers.md",
    "06-clip/01-clip.md",
)
"""Enough of the course for the three, so that the library is made in seconds."""
GOLDEN = {
    "Explain attention in transformers, with a Python example": "attention",
    "How is CLIP used in computer vision?": "clip",
    "What is the variational lower bound, and what has Jensen's inequality to do with it?": "variational lower bound",
}
_TAUGHT_ORDER = [*StepName]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder = tmp_path_factory.mktemp("golden") / "library"
    embedder = open_embedder(None)
    ingest([BUNDLED / lesson for lesson in LESSONS], folder, embedder)
    with Library.open(folder) as library:
        yield Retriever(library, embedder)


def lesson(retriever: Retriever, question: str) -> Lesson:
    return finished(teach(lambda: retriever.retrieve(question), ExtractiveComposer()))


@pytest.mark.slow
@pytest.mark.parametrize(("question", "subject"), GOLDEN.items())
def test_a_golden_question_becomes_a_whole_cited_lesson(retriever: Retriever, question: str, subject: str) -> None:
    made = lesson(retriever, question)
    assert made.answered
    assert subject in {seed.concept.name.casefold() for seed in made.retrieval.seeds}
    explained = [step.concept for step in made.steps if step.name is StepName.TOPIC]
    asked = {concept.name for concept in asked_for(made.retrieval.seeds)}
    assert explained == [one.concept.name for one in made.retrieval.order if one.concept.name in asked]
    around = [s.name for s in made.steps if s.name not in (StepName.PREREQUISITE, StepName.TOPIC)]
    assert around == sorted(around, key=_TAUGHT_ORDER.index)
    texts = {chunk.id: chunk.text for group in made.retrieval.passages.values() for chunk in group}
    texts |= {hit.chunk.id: hit.chunk.text for hit in made.retrieval.hits}
    assert made.citations
    assert all(citation.quote in texts[citation.chunk_id] for citation in made.citations.values())
    topic = next(step for step in made.steps if (step.concept or "").casefold() == subject)
    assert topic.citations
    assert subject in topic.text.casefold()


@pytest.mark.slow
def test_the_example_asked_for_is_python_of_the_course(retriever: Retriever) -> None:
    made = lesson(retriever, next(iter(GOLDEN)))
    cells = [cell for step in made.steps if step.name is StepName.EXAMPLE for cell in step.cells]
    assert cells
    assert all(cell.language == "python" for cell in cells)
    compile(cells[0].code, "cell", "exec")


@pytest.mark.slow
def test_a_course_that_does_not_cover_it_says_so(tmp_path: Path) -> None:
    root = tmp_path / "course"
    root.mkdir()
    for name, text in COURSE.items():
        (root / name).write_text(text, encoding="utf-8")
    ingest([root], tmp_path / "library", HashingEmbedder())
    with Library.open(tmp_path / "library") as library:
        made = lesson(Retriever(library, None), "What is the variational lower bound and Jensen's inequality?")
    assert not made.answered
    assert made.steps == ()
    assert made.reason.startswith("The course material does not cover this question.")
