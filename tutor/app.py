"""Builds a Tutor from settings: the only place that knows which concrete classes make one.

The command line, the pages and the HTTP service are thin faces over this one object.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.embedders import open_embedder
from knowledge.errors import ModelUnavailable
from knowledge.library import Library
from knowledge.lookup import main_subjects
from knowledge.model import Chunk, Concept, RetrievalSettings, SourceDocument
from knowledge.models.ladder import Ladder, ModelOffer, ModelSettings
from knowledge.retriever import Retriever
from knowledge.senses import respelled
from tutor.cell_runner import Runner, SandboxRunner
from tutor.compose import Composer, teach
from tutor.concept_map import ConceptMap
from tutor.events import Event
from tutor.extractive import ExtractiveComposer
from tutor.judge_key import judge_key
from tutor.reception import reply
from tutor.repair import RepairingRunner
from tutor.run_cache import RunCache
from tutor.runnable import cells_in
from tutor.settings import Settings
from tutor.similarity import SentenceSimilarity
from tutor.style import Style
from tutor.verify import VerifiedCell, Verifier, VerifyingComposer, verify_documents
from tutor.worded import WordedComposer

if TYPE_CHECKING:
    from knowledge.catalog import LibraryCounts
    from knowledge.chat_model import ChatModel
    from knowledge.embedding import Embedder
    from tutor.problems import Problem
    from tutor.workbench import Workbench

AROUND = 2
"""Chunks shown before and after a cited one."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A cited place with its surroundings, for the page that opens it."""

    document: SourceDocument
    chunk: Chunk
    before: tuple[Chunk, ...]
    after: tuple[Chunk, ...]


class Tutor:
    """Answers questions from one library. Safe to use from several threads; a context manager."""

    def __init__(
        self, library: Library, embedder: Embedder | None, ladder: Ladder, verifier: Verifier, verify_s: float
    ) -> None:
        """Use `build`, which makes these parts from settings."""
        self._verifier = verifier
        self._verify_s = verify_s
        self._library = library
        self._ladder = ladder
        self._retriever = Retriever(library, embedder)
        self._similarity = SentenceSimilarity(embedder) if embedder else None
        self.concept_map = ConceptMap(library, embedder) if embedder else None

    def __enter__(self) -> Tutor:
        """Return the tutor itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; see `close`."""
        self.close()

    @property
    def library(self) -> Library:
        """The library it teaches from, for reading; closed with the tutor."""
        return self._library

    def close(self) -> None:
        """End the models' and the sandbox's processes and close the library."""
        self._verifier.close()
        self._ladder.close()
        self._library.close()

    def ask(
        self, question: str, *, settings: RetrievalSettings, model: str = "auto", style: Style | None = None
    ) -> Iterator[Event]:
        """Yield the events of one answer. Closing the iterator stops the model.

        Raises:
            ModelUnavailable: the model was named and cannot be had.
            QuestionUnusable: the question is empty or too long.
        """
        chunks_of = self._library.catalog.document_chunks
        how = style or Style()
        composer = VerifyingComposer(self._composer(model, how), self._verifier, chunks_of, self._verify_s)
        catalog = self._library.catalog
        meant = respelled(catalog, question)
        lesson = teach(
            lambda: self._retriever.retrieve(meant, settings),
            composer,
            known=how.known,
            instead=lambda found: reply(found, catalog),
            taken_as=meant if meant != question else "",
        )
        with contextlib.closing(lesson) as events:
            yield from events

    def _composer(self, model: str, style: Style) -> Composer:
        chosen = self._ladder.choose(model)
        if chosen.model is None:
            return ExtractiveComposer(self._similarity, style)
        return WordedComposer(chosen.model, self._similarity, style, fluent=chosen.offer.fluent)

    def chat_model(self, model: str = "auto") -> ChatModel | None:
        """Return the model of that key, or None where lessons are made without one. ModelUnavailable as for `ask`."""
        return self._ladder.choose(model).model

    def quiz_model(self, model: str = "auto") -> ChatModel | None:
        """Return the model of that key where it is there and large enough to write questions."""
        try:
            chosen = self._ladder.choose(model)
        except ModelUnavailable:
            return None
        return chosen.model if chosen.offer.fluent else None

    def counts(self) -> LibraryCounts:
        """Return how much the library holds."""
        return self._library.catalog.counts()

    def course_title(self) -> str:
        """Return the courses' titles, joined; empty for an empty library."""
        return " · ".join(course.title for course in self._library.catalog.courses())

    def model_offers(self) -> list[ModelOffer]:
        """Return the models on offer, best first, and why others are not there."""
        return self._ladder.offers()

    def sources(self) -> list[SourceDocument]:
        """Return every document in course order, text left out."""
        return self._library.catalog.documents()

    def source(self, chunk_id: str) -> SourceView | None:
        """Return a cited place with its surroundings, or None where the library no longer holds it."""
        chunk = next(iter(self._library.catalog.chunks([chunk_id])), None)
        document = self._library.catalog.document(chunk.document_id) if chunk else None
        if chunk is None or document is None:
            return None
        siblings = self._library.catalog.document_chunks(document.id)
        here = next((index for index, sibling in enumerate(siblings) if sibling.id == chunk_id), None)
        if here is None:
            return None
        before, after = siblings[max(0, here - AROUND) : here], siblings[here + 1 : here + 1 + AROUND]
        return SourceView(document, chunk, tuple(before), tuple(after))

    def opening(self, document_id: str) -> str | None:
        """Return the id of a document's first chunk, or None where the library does not hold the document."""
        chunks = self._library.catalog.document_chunks(document_id)
        return chunks[0].id if chunks else None

    def cells_above(self, chunk_id: str) -> tuple[str, ...]:
        """Return the code above a cell in its document that the cell builds on, in order; () where it needs none."""
        chunk = next(iter(self._library.catalog.chunks([chunk_id])), None)
        if chunk is None:
            return ()
        placed = cells_in(self._library.catalog.document_chunks(chunk.document_id))
        return next((each.cell.above for each in placed if each.chunk.id == chunk_id), ())

    def main_concepts(self, limit: int) -> list[Concept]:
        """Return the concepts that a newcomer may ask about; see `knowledge.lookup.main_subjects`."""
        return main_subjects(self._library.catalog, limit)


def build(settings: Settings) -> Tutor:
    """Return a tutor for these settings.

    Raises:
        LibraryNotFound: nothing was ingested yet.
        EmbeddingMismatch: the library was made with another embedder.
        LibraryUnusable: the library is damaged or of a newer version.
    """
    library = Library.open(settings.library)
    embedder = open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)
    library.check_embedder(embedder)
    ladder = Ladder(model_settings(settings))
    mender = partial(_mender, ladder, settings.model)
    verifier = Verifier(RunCache(settings.state), lambda: RepairingRunner(SandboxRunner(), mender))
    return Tutor(library, embedder, ladder, verifier, settings.verify_s)


def workbench(settings: Settings, passed: Callable[[str, Problem, str], None]) -> Workbench:
    """Return what runs cells and judges solutions, within these settings; it starts nothing yet.

    Args:
        settings: the settings in force.
        passed: told who passed which problem, and with what code.
    """
    from tutor.sandbox import Limits, Quota, devices
    from tutor.workbench import BenchSettings, Workbench

    bench = BenchSettings(
        cell=Limits(wall_s=settings.cell_s, memory_mb=settings.cell_memory_mb),
        gpu_wall_s=settings.gpu_cell_s,
        cells=Quota(running=1, waiting=6, per_minute=30, per_hour=settings.cells_per_hour),
        solutions=Quota(1, 2, 6, settings.solutions_per_hour, "solution"),
        secret=judge_key(settings.state),
        passed=passed,
    )
    return Workbench(bench, devices.found(), owners_machine=settings.owners_machine)


def verify_course(settings: Settings, *, again: bool = False, repair: bool = True) -> Iterator[VerifiedCell]:
    """Run the code cells of the library in course order and yield each with what it came to.

    Args:
        settings: where the library and the cache of runs are.
        again: run those too that were verified before.
        repair: have the model that is there mend each that fails, once.

    Raises:
        LibraryNotFound: nothing was ingested yet.
    """
    ladder = Ladder(model_settings(settings))
    boxed = SandboxRunner()
    runner: Runner = RepairingRunner(boxed, partial(_mender, ladder, settings.model)) if repair else boxed
    with Library.open(settings.library) as library, contextlib.closing(ladder), contextlib.closing(runner):
        catalog = library.catalog
        yield from verify_documents(
            catalog.documents(), catalog.document_chunks, RunCache(settings.state), runner, again=again
        )


def _mender(ladder: Ladder, key: str) -> ChatModel | None:
    """Return the model that may mend cells: one that writes on its own, not one that only rewords."""
    try:
        chosen = ladder.choose(key)
    except ModelUnavailable:
        return None
    return None if chosen.offer.small else chosen.model


def model_settings(settings: Settings) -> ModelSettings:
    """Return the ladder's part of the settings."""
    return replace(
        ModelSettings(),
        ollama_host=settings.ollama_host,
        openai_url=settings.openai_url,
        openai_model=settings.openai_model,
        server_context_tokens=settings.context_tokens,
        gguf_path=Path(settings.gguf).expanduser() if settings.gguf else None,
    )
