"""A conversation as a file to keep: Markdown to read, a notebook to run. Printing to PDF is the browser's own.

Takes a title and answers, gives text. Sources are addressed by themselves, not by the page's links.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.conversation import Conversations, Turn
from tutor.draft import draft_from_json
from tutor.lesson import Lesson, LessonCell
from tutor.lesson_json import LessonUnreadable
from tutor.markdown import escape, fit
from tutor.render import CELL_LABELS, lesson_markdown

_UNFINISHED = "*This answer is not whole.*"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as typed and its answer; None where the answer never became whole."""

    question: str
    lesson: Lesson | None


def exchanges(conversations: Conversations, conversation_id: str) -> list[Exchange]:
    """Return the questions and answers of a conversation; an answer of another version of Erica counts as not whole."""
    return [Exchange(turn.question, _lesson(turn)) for turn in conversations.turns(conversation_id)]


def _lesson(turn: Turn) -> Lesson | None:
    try:
        return draft_from_json(turn.body).lesson if turn.body else None
    except LessonUnreadable:
        return None  # the document says that the answer is not whole


def conversation_markdown(title: str, exchanges: Iterable[Exchange]) -> str:
    """Return the conversation as one Markdown document, each answer with its sources."""
    return "\n\n".join([f"# {escape(title)}", *(part for one in exchanges for part in _parts(one))]) + "\n"


def conversation_notebook(title: str, exchanges: Iterable[Exchange]) -> str:
    """Return the conversation as a notebook (nbformat 4.5, JSON): text in Markdown cells, Python cells ready to run.

    A cell that did not run green when it was shown is marked so in a comment, and stays as it was.
    """
    cells = [_text_cell(f"# {escape(title)}")]
    for exchange in exchanges:
        cells += [_text_cell(part) for part in _parts(exchange)]
        cells += [_code_cell(cell) for cell in _cells(exchange.lesson) if cell.language == "python"]
    numbered = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": numbered}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _parts(exchange: Exchange) -> Sequence[str]:
    if exchange.lesson is None:
        return [f"## {escape(exchange.question)}", _UNFINISHED]
    answer = lesson_markdown(exchange.lesson).split("\n", 1)  # its first line is the question as it was understood
    lowered = answer[1].strip().replace("\n## ", "\n### ").removeprefix("## ")
    opening = "### " if answer[1].strip().startswith("## ") else ""
    return [f"## {escape(exchange.question)}", f"{opening}{lowered}"]


def _cells(lesson: Lesson | None) -> Iterable[LessonCell]:
    return (cell for step in lesson.steps for cell in step.cells) if lesson else ()


def _text_cell(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code_cell(cell: LessonCell) -> dict[str, Any]:
    said = f"{CELL_LABELS[cell.status]}{f': {cell.reason}' if cell.reason else ''}"
    comment = f"# {' '.join(said.split())}\n"
    return {"cell_type": "code", "metadata": {}, "source": comment + cell.code, "execution_count": None, "outputs": []}


def file_name(title: str, suffix: str) -> str:
    """Return a file name made of a title: letters, digits and hyphens, at most 60 characters before the suffix."""
    words = "".join(c if c.isalnum() and c.isascii() else " " for c in fit(title)).split()
    return f"{'-'.join(words)[:60].strip('-').lower() or 'conversation'}{suffix}"
