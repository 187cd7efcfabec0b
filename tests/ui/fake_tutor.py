# ruff: noqa: E501 (the sentences of the course read best unbroken)
"""A tutor for tests of the pages: a small course of our own words, true events by `tutor.compose.teach`, no model.

It teaches two lessons: any question about CLIP gets the full one, one about cooking is refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.catalog import LibraryCounts
from knowledge.chat_model import ModelName, Rung
from knowledge.errors import ModelUnavailable
from knowledge.model import (
    Concept,
    ExpandedConcept,
    Hit,
    Quote,
    Retrieval,
    RetrievalSettings,
    SeedConcept,
    SourceDocument,
)
from knowledge.models.ladder import ModelOffer
from tests.ui.fake_course import Material, material
from tutor.citations import resolve
from tutor.compose import teach
from tutor.events import Event, Notice, StepFinished, StepStarted, TextStreamed
from tutor.lesson import CellStatus, LessonCell, LessonPlan, LessonStep, Passage, Removed, Sense, StepName
from tutor.reception import Reply
from tutor.style import Style

if TYPE_CHECKING:
    from tutor.app import SourceView

COURSE = "Multimodal Learning"
HOSTILE_NAME = "<img src=x onerror=alert(1)> **bold** :red[x] $y$"


def concept(name: str, place_in_course: int, salience: float = 0.5) -> Concept:
    return Concept(
        Concept.id_for(name.lower()), name, (), Quote("", name), salience, place_in_course / 10, (place_in_course, 0)
    )


VECTOR, DOT, EMBEDDING = concept("Vector", 0), concept("Dot product", 1), concept("Embedding", 2)
LOSS, CLIP, ZERO_SHOT = concept("Contrastive loss", 3), concept("CLIP", 4, 0.9), concept("Zero-shot classification", 5)
TEMPERATURE, SOFTMAX = concept("Temperature", 6), concept("Softmax", 3)
HOSTILE = concept(HOSTILE_NAME, 9)


class ScriptedComposer:
    """Writes the one lesson on CLIP, a few words at a time; `between` is called before each piece."""

    model_name = ModelName(Rung.OLLAMA, "qwen2.5:7b-instruct")

    def __init__(self, course: Material, between: Callable[[], None]) -> None:
        self._course = course
        self._between = between

    def compose(self, plan: LessonPlan) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice | Removed]:
        del plan
        for name, title, text, wanted in SCRIPT:
            yield StepStarted(name, title, title)
            for piece in text.replace(" ", " \0").split("\0"):
                self._between()
                yield TextStreamed(piece)
            passages = [self._passage(key) for key in wanted]
            cells: tuple[LessonCell, ...] = ()
            if name is StepName.EXAMPLE:
                code = passages[0].chunk.text
                cells = (LessonCell(code, "python", "c5", CellStatus.NOT_RUN, "cells are not run yet in this version"),)
            cited = tuple(resolve(p, p.chunk.text.split("\n")[0], 1.0) for p in passages)
            yield StepFinished(LessonStep(name, title, title, text, tuple(wanted), cells), cited)
        yield Removed("CLIP was trained on 12 billion pairs.", "no passage supports it")
        yield Removed("[video 3]", "the model's own citation mark")

    def _passage(self, key: str) -> Passage:
        chunk = list(self._course.chunks.values())[PLACES[key]]
        return Passage(key, chunk, self._course.listed()[chunk.document_id])


PLACES = {"c1": 10, "c2": 1, "c3": 3, "c4": 4, "c5": 7, "c6": 5, "c7": 12, "c8": 2}
SCRIPT: list[tuple[StepName, str, str, list[str]]] = [
    (
        StepName.WHY,
        "Why CLIP matters",
        "Labels are expensive; captions are already there, by the hundreds of millions, and nobody had to write one for "
        "training [c1]. A model that learns from them can name things it was never taught to name.",
        ["c1"],
    ),
    (
        StepName.PREREQUISITE,
        "Dot product",
        "The dot product multiplies two vectors place by place and adds the results [c2]:\n\n"
        "\\[\n u \\cdot v = \\sum_{i=1}^{d} u_i v_i \n\\]\n\nFor unit vectors it is their cosine similarity, \\(\\cos\\theta\\) [c2].",
        ["c2"],
    ),
    (
        StepName.PREREQUISITE,
        "Embedding",
        "An embedding is a vector learned so that similar things lie close together [c8].",
        ["c8"],
    ),
    (
        StepName.TOPIC,
        "CLIP",
        "CLIP trains an image encoder and a text encoder together, so that an image and its caption get embeddings that "
        "point the same way [c3]. In a batch of $N$ pairs, each image \\(u_i\\) should find its own caption \\(v_i\\):\n\n"
        "$$\\mathcal{L} = -\\frac{1}{N} \\sum_{i=1}^{N} \\log \\frac{\\exp(u_i \\cdot v_i / \\tau)}"
        "{\\sum_{j=1}^{N} \\exp(u_i \\cdot v_j / \\tau)}$$\n\n"
        "A small temperature \\(\\tau\\) makes the choice sharp, and CLIP learns it during training [c4][c7].",
        ["c3", "c4", "c7"],
    ),
    (
        StepName.EXAMPLE,
        "Worked example",
        "From *CLIP in practice*, cell 2 [c5]: matching rows win.",
        ["c5"],
    ),
    (
        StepName.APPLICATIONS,
        "Where CLIP is used",
        "- **Zero-shot classification**: each class name becomes a sentence, and the closest one wins [c6].\n"
        "- **Search** over images by words.",
        ["c6"],
    ),
    (StepName.SUMMARY, "Summary", "Two encoders, one space, one contrastive loss [c4].", ["c4"]),
]


TWO_SENSES = Reply(
    "“MAE” has 2 senses in this course. Which one do you mean?",
    (
        Sense("Mean absolute error", "", "", "What is mean absolute error?"),
        Sense(
            "Masked autoencoder",
            "A masked autoencoder restores hidden patches.",
            "Lesson 9, Masking",
            "What is masked autoencoder?",
        ),
    ),
)


class FakeTutor:
    """Implements what the pages need. `between` is called before each piece of text; asked questions are kept."""

    def __init__(self, root: Path, between: Callable[[], None] = lambda: None) -> None:
        self.course = material(root)
        self.asked: list[tuple[str, RetrievalSettings, str]] = []
        self.styles: list[Style | None] = []
        self._between = between

    def ask(
        self, question: str, *, settings: RetrievalSettings, model: str = "auto", style: Style | None = None
    ) -> Iterator[Event]:
        self.asked.append((question, settings, model))
        self.styles.append(style)
        if "server" in question:
            raise ModelUnavailable("No Ollama server answers at 127.0.0.1:11434. Start it with `ollama serve`.")
        ticks = iter(range(1_000_000))
        composer = ScriptedComposer(self.course, self._between)
        meant = question.replace("CLIPP", "CLIP")
        return teach(
            lambda: self._retrieve(meant, settings),
            composer,
            taken_as=meant if meant != question else "",
            clock=lambda: next(ticks) * 0.4,
            instead=lambda found: TWO_SENSES if "MAE" in found.question else None,
        )

    def counts(self) -> LibraryCounts:
        return LibraryCounts(documents=5, chunks=13, concepts=128, relations=342, courses=1, prerequisites=97)

    def course_title(self) -> str:
        return COURSE

    def model_offers(self) -> list[ModelOffer]:
        return [
            ModelOffer("ollama:qwen2.5:7b-instruct", "qwen2.5:7b-instruct (Ollama)", True, "", automatic=True),
            ModelOffer("extractive", "The course's own sentences", True, ""),
            ModelOffer(
                "embedded:qwen2.5-coder-1.5b",
                "qwen2.5-coder-1.5b, embedded",
                False,
                "not fetched yet; `erica models get qwen2.5-coder-1.5b` does",
            ),
        ]

    def sources(self) -> list[SourceDocument]:
        return list(self.course.listed().values())

    def source(self, chunk_id: str) -> SourceView | None:
        from tutor.app import SourceView

        chunk = self.course.chunks.get(chunk_id)
        if chunk is None:
            return None
        around = self.course.of_document[chunk.document_id]
        here = around.index(chunk)
        return SourceView(
            self.course.documents[chunk.document_id], chunk, tuple(around[:here][-2:]), tuple(around[here + 1 :][:2])
        )

    def opening(self, document_id: str) -> str | None:
        chunks = self.course.of_document.get(document_id)
        return chunks[0].id if chunks else None

    def cells_above(self, chunk_id: str) -> tuple[str, ...]:
        del chunk_id
        return ()

    def main_concepts(self, limit: int) -> list[Concept]:
        return [CLIP, LOSS, EMBEDDING, ZERO_SHOT][:limit]

    def _retrieve(self, question: str, settings: RetrievalSettings) -> Retrieval:
        chunks = list(self.course.chunks.values())
        if "cook" in question.lower():
            seeds = (SeedConcept(ZERO_SHOT, 0.21, "meaning"), SeedConcept(CLIP, 0.18, "meaning"))
            hits = (Hit(chunks[5], 0.01, 0.12, 1, None, None),)
            return Retrieval(
                question, settings, hits, seeds, (), (HOSTILE,), (), (),
                documents=self.course.listed(), coverage=0.12, covered=False,
            )  # fmt: skip
        order = (
            ExpandedConcept(DOT, 2, (EMBEDDING.id,)),
            ExpandedConcept(EMBEDDING, 1, (CLIP.id,)),
            ExpandedConcept(CLIP, 0, ()),
        )
        return Retrieval(
            question=question,
            settings=settings,
            hits=(
                Hit(chunks[3], 0.0328, 0.81, 1, 9.4, 1),
                Hit(chunks[4], 0.0318, 0.74, 2, 7.7, 3),
                Hit(chunks[5], 0.0310, 0.69, 3, 8.1, 2),
                Hit(chunks[10], 0.0156, 0.55, 4, None, None),
                Hit(chunks[7], 0.0154, None, None, 3.2, 4),
            ),
            seeds=(SeedConcept(CLIP, 0.97, "named in the question"), SeedConcept(LOSS, 0.58, "meaning")),
            order=order,
            related=(LOSS,),
            left_out=(ExpandedConcept(VECTOR, 3, (DOT.id,)), ExpandedConcept(SOFTMAX, 2, (LOSS.id,))),
            unlocks=(ZERO_SHOT, TEMPERATURE, HOSTILE),
            passages={DOT.id: (chunks[1],), EMBEDDING.id: (chunks[2],), CLIP.id: (chunks[3], chunks[4])},
            documents=self.course.listed(),
            coverage=0.83,
        )


def waiting_for(gate: Path, deadline_s: float = 60.0) -> Callable[[], None]:
    """Return a hook that lets the first 120 pieces pass and the rest once the file `gate` is there."""
    passed = 0
    until = time.monotonic() + deadline_s

    def between() -> None:
        nonlocal passed
        passed += 1
        while passed > 120 and not gate.exists() and time.monotonic() < until:
            time.sleep(0.02)

    return between
