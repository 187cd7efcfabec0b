"""Shows lessons and model downloads on a terminal. Control characters of foreign text never get out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.wording import counted, printable
from tutor.events import Event, LessonFinished, Notice, Retrieved, StepFinished
from tutor.gaps import gaps, shown_steps
from tutor.lesson import Citation, Lesson, LessonCell
from tutor.render import CELL_LABELS, author, duration, excerpt, fenced

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.settings import Settings

_KEY = re.compile(r" ?\[(c\d+)\]")


class LessonPrinter:
    """Prints a lesson while it is made: a step as soon as it is checked, sources numbered as they are first used."""

    def __init__(self, console: Console) -> None:
        """Print to `console`: styled on a terminal, as plain Markdown into a pipe or file."""
        self._console = console
        self._sources: dict[str, Citation] = {}

    def show(self, event: Event) -> None:
        """Print what the event adds."""
        match event:
            case Retrieved(retrieval=retrieval, plan=plan) if plan is not None:
                names = " → ".join(item.concept.name for item in retrieval.order)
                self._markdown(f"*In this order: {names}*" if names else "")
            case StepFinished(step=step, citations=citations):
                if not shown_steps([step]):
                    return
                for citation in citations:
                    self._sources.setdefault(citation.key, citation)
                self._markdown(f"## {step.title}")
                for portion, cells in step.portions():
                    self._markdown(self._numbered(portion))
                    for cell in cells:
                        self._cell(cell)
            case Notice(text=text):
                self._markdown(f"*{text}*")
            case LessonFinished(lesson=lesson):
                self._close(lesson)
            case _:
                pass  # a step is printed once it is checked

    def _numbered(self, text: str) -> str:
        order = list(self._sources)
        return _KEY.sub(lambda m: f" [{order.index(m[1]) + 1}]" if m[1] in order else "", text)

    def _cell(self, cell: LessonCell) -> None:
        self._markdown(fenced(cell.code, cell.language))
        self._markdown(f"*{CELL_LABELS[cell.status]}{f': {cell.reason}' if cell.reason else ''}*")
        for output in cell.outputs:
            self._markdown(fenced(output, "text"))

    def _close(self, lesson: Lesson) -> None:
        if not lesson.answered:
            self._markdown(lesson.reason)
            for sense in lesson.senses:
                where = f" ({sense.where})" if sense.where else ""
                self._markdown(f"- {sense.name}: {sense.definition or 'no definition'}{where}. Ask: {sense.question}")
            return
        missing = gaps(lesson.steps)
        self._markdown(f"*{missing}*" if missing else "")
        if self._sources:
            self._markdown("## Sources")
        for number, citation in enumerate(self._sources.values(), start=1):
            words = excerpt(citation.quote, 100)
            self._plain(f"[{number}] {citation.source}, {citation.locator} ({citation.uri})\n    “{words}”")
        taken = f", {counted(len(lesson.removed), 'unsupported piece')} taken out" if lesson.removed else ""
        self._markdown(f"*{author(lesson.model)}, in {duration(lesson.timing_ms['total'])}{taken}.*")

    def _markdown(self, text: str) -> None:
        if not text:
            return
        clean = printable(text)
        if self._console.is_terminal:
            from rich.markdown import Markdown

            self._console.print(Markdown(clean, hyperlinks=False))
        else:
            self._console.file.write(f"{clean}\n\n")

    def _plain(self, text: str) -> None:
        self._console.file.write(printable(text) + "\n")


def print_lesson(events: Iterator[Event]) -> None:
    """Print a lesson to standard output while it is made."""
    from rich.console import Console

    console = Console(width=100) if not sys.stdout.isatty() else Console()
    printer = LessonPrinter(console)
    for event in events:
        printer.show(event)
        console.file.flush()


# --- models -----------------------------------------------------------------------------------------------------


def list_models(settings: Settings) -> int:
    """Print the models on offer, and why others are not; return the exit code."""
    from knowledge.models.ladder import Ladder
    from tutor.app import model_settings

    for offer in Ladder(model_settings(settings)).offers():
        print(f"{'yes' if offer.available else 'no ':3}  {offer.key:34} {offer.why}")
    return 0


def models_get(name: str) -> int:
    """Fetch a model of the catalogue with progress on standard error; return the exit code."""
    from knowledge.models.store import FetchProgress, fetch, models_folder

    def show(progress: FetchProgress) -> None:
        share = progress.bytes_done / max(1, progress.bytes_total)
        text = f"{share:6.1%}  part {progress.wheels_done} of {progress.wheels}"
        print(f"\r{name}: {text}", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    path = fetch(name, models_folder(), show)
    print(f"\n{name} is ready: {path}", file=sys.stderr)
    return 0


def models_remove(name: str) -> int:
    """Delete a fetched model; return the exit code."""
    from knowledge.models.store import models_folder, remove

    gone = remove(name, models_folder())
    print(f"{name} {'was removed' if gone else 'is not installed'}.", file=sys.stderr)
    return 0 if gone else 1
