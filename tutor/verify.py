"""Cells are verified before they are shown: from the cache of runs at once, in the background otherwise.

Knows when a cell is run and what a lesson then says of it; how it is run is `tutor.cell_runner`'s. A lesson waits for
its cells no longer than it was told to.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace

from knowledge.chat_model import ModelName
from knowledge.model import Chunk, SourceDocument
from tutor.cell_runner import Runner, SandboxRunner
from tutor.compose import Composer
from tutor.events import Notice, StepFinished, StepStarted, TextStreamed
from tutor.lesson import CellStatus, LessonCell, LessonPlan, Removed, StepName
from tutor.run_cache import CellRun, RunCache
from tutor.runnable import CodeCell, PlacedCell, cells_in, why_not_run

IDLE_S = 300.0
"""After so long without a cell the sandbox is closed: its imported libraries hold memory."""
STILL_TO_BE_RUN = "it is still to be run; “erica verify” runs every cell of the course"
_LOOK_EVERY_S = 0.1
_CLOSE_WITHIN_S = 5.0

ChunksOf = Callable[[str], Sequence[Chunk]]
"""The chunks of the document of that id, in order."""


class Verifier:
    """Runs cells in a thread of its own and keeps what came of them. Safe to use from several threads."""

    def __init__(self, cache: RunCache, open_runner: Callable[[], Runner] = SandboxRunner) -> None:
        """Start nothing yet; the first cell that is not in the cache does."""
        self._cache = cache
        self._open_runner = open_runner
        self._waiting: queue.SimpleQueue[tuple[CodeCell, Future[CellRun]] | None] = queue.SimpleQueue()
        self._pending: dict[str, Future[CellRun]] = {}
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None

    def known(self, cell: CodeCell) -> CellRun | None:
        """Return what the cell came to before, or why it is never run; None where it has to be run first."""
        why = why_not_run(cell)
        return CellRun(CellStatus.NOT_RUN, why) if why else self._cache.get(cell.key)

    def begin(self, cell: CodeCell) -> Future[CellRun]:
        """Put the cell in the line, once; return what it will come to."""
        with self._lock:
            future = self._pending.get(cell.key)
            if future is None:
                future = self._pending[cell.key] = Future()
                self._waiting.put((cell, future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="verify-cells", daemon=True)
                self._thread.start()
        return future

    def close(self) -> None:
        """Stop the cell that runs, drop those that wait, and end the sandbox."""
        self._cancel.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(_CLOSE_WITHIN_S)

    def _serve(self) -> None:
        runner: Runner | None = None
        while not self._cancel.is_set():
            try:
                item = self._waiting.get(timeout=IDLE_S)
            except queue.Empty:
                item = None
            if item is None:
                if runner is not None:
                    runner.close()
                runner = None
                continue
            runner = runner or self._open_runner()
            self._run(runner, *item)
        if runner is not None:
            runner.close()

    def _run(self, runner: Runner, cell: CodeCell, future: Future[CellRun]) -> None:
        try:
            run = runner.run(cell, self._cancel)
            self._cache.put(cell.key, run)
            future.set_result(run)
        except OSError as error:
            future.set_result(CellRun(CellStatus.NOT_RUN, f"the sandbox failed: {error}", lasting=False))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the run is waited for
            future.set_exception(error)
        finally:
            with self._lock:
                self._pending.pop(cell.key, None)


class VerifyingComposer:
    """A composer whose steps leave with their cells verified, or marked as still to be run."""

    def __init__(self, composer: Composer, verifier: Verifier, chunks_of: ChunksOf, wait_s: float) -> None:
        """Wait for cells at most `wait_s` seconds in a lesson; 0 runs none and shows what is known."""
        self._composer = composer
        self._verifier = verifier
        self._chunks_of = chunks_of
        self._wait_s = wait_s

    @property
    def model_name(self) -> ModelName:
        """Return which rung and model writes."""
        return self._composer.model_name

    def compose(self, plan: LessonPlan) -> Iterator[StepStarted | TextStreamed | StepFinished | Notice | Removed]:
        """Yield the events of each step, and empty text while a cell runs; see `tutor.compose.Composer`."""
        left_s = self._wait_s
        placed = self._begin(plan)
        for event in self._composer.compose(plan):
            if not isinstance(event, StepFinished) or not event.step.cells:
                yield event
                continue
            began = time.monotonic()
            runs = yield from self._runs([_cell_of(shown, plan, placed) for shown in event.step.cells], left_s)
            left_s = max(0.0, left_s - (time.monotonic() - began))
            shown = tuple(told(cell, run) for cell, run in zip(event.step.cells, runs, strict=True))
            yield replace(event, step=replace(event.step, cells=shown))

    def _begin(self, plan: LessonPlan) -> dict[str, PlacedCell]:
        """Start what the plan's example may show, before a word is written; return its cells by their first chunk."""
        passages = [passage for step in plan.steps if step.name is StepName.EXAMPLE for passage in step.passages]
        documents = dict.fromkeys(passage.chunk.document_id for passage in passages)
        placed = {each.chunk.id: each for document in documents for each in cells_in(self._chunks_of(document))}
        if self._wait_s > 0:
            for passage in passages:
                each = placed.get(passage.chunk.id)
                if each is not None and self._verifier.known(each.cell) is None:
                    self._verifier.begin(each.cell)
        return placed

    def _runs(self, cells: Sequence[CodeCell], wait_s: float) -> Generator[TextStreamed, None, list[CellRun]]:
        """Return what the cells came to; of those that take longer, that they are still to be run."""
        known = [self._verifier.known(cell) for cell in cells]
        begun = {
            place: self._verifier.begin(cells[place]) for place, run in enumerate(known) if run is None and wait_s > 0
        }
        deadline = time.monotonic() + wait_s
        while not all(future.done() for future in begun.values()) and time.monotonic() < deadline:
            wait(begun.values(), timeout=min(_LOOK_EVERY_S, wait_s))
            yield TextStreamed("")  # whoever reads the events can stop here
        late = CellRun(CellStatus.NOT_RUN, STILL_TO_BE_RUN, lasting=False)
        done = {place: future.result() for place, future in begun.items() if future.done()}
        return [run or done.get(place, late) for place, run in enumerate(known)]


def _cell_of(shown: LessonCell, plan: LessonPlan, placed: dict[str, PlacedCell]) -> CodeCell:
    """Return a lesson's cell as it can be run: its code as shown, after those above it in its document."""
    passage = plan.passages.get(shown.citation)
    each = placed.get(passage.chunk.id) if passage else None
    return CodeCell(shown.code, shown.language, each.cell.above if each else ())


def told(shown: LessonCell, run: CellRun) -> LessonCell:
    """Return the cell with what its run came to."""
    code = run.code or shown.code
    return replace(shown, code=code, status=run.status, reason=run.reason, outputs=run.outputs, figures=run.figures)


@dataclass(frozen=True, slots=True)
class VerifiedCell:
    """A cell of the library and what it came to; `cached` where it was not run now."""

    document: SourceDocument
    chunk: Chunk
    run: CellRun
    cached: bool


def verify_documents(
    documents: Iterable[SourceDocument], chunks_of: ChunksOf, cache: RunCache, runner: Runner, *, again: bool = False
) -> Iterator[VerifiedCell]:
    """Run the code cells of the documents in order and yield each as it is done.

    Those that were verified before are taken from the cache unless `again`; what failed is always tried again.
    """
    for document in documents:
        for placed in cells_in(chunks_of(document.id)):
            why = why_not_run(placed.cell)
            run = CellRun(CellStatus.NOT_RUN, why) if why else None if again else cache.get(placed.cell.key)
            cached = run is not None and (bool(why) or run.status in (CellStatus.VERIFIED, CellStatus.REPAIRED))
            if run is None or not cached:
                run = runner.run(placed.cell)
                cache.put(placed.cell.key, run)
            yield VerifiedCell(document, placed.chunk, run, cached)
