"""A lesson as Markdown: headings, numbered citations that lead to their place, and the words of every label.

Pure. Texts of steps come from models and courses and pass through `tutor.markdown.fit`; names and titles are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import quote

from knowledge.chat_model import ModelName, Rung
from tutor.gaps import gaps, shown_steps
from tutor.lesson import CellStatus, Citation, Lesson, LessonCell
from tutor.markdown import escape, fit

QUOTE_CHARACTERS = 240
CELL_LABELS = {
    CellStatus.VERIFIED: "Verified: it ran",
    CellStatus.REPAIRED: "Repaired: it ran",
    CellStatus.FAILED: "Failed when run",
    CellStatus.NOT_RUN: "Not run",
}
_RUNGS = {
    Rung.EXTRACTIVE: "Quoted from the course, no model",
    Rung.EMBEDDED: "Worded by {name} in this process",
    Rung.OPENAI: "Worded by {name} (OpenAI-compatible server)",
    Rung.OLLAMA: "Worded by {name} (Ollama)",
}


class Link(Protocol):
    """Where a citation leads: a URL that is safe inside a Markdown link."""

    def __call__(self, citation: Citation) -> str:
        """Return the URL."""
        ...


def page_link(citation: Citation) -> str:
    """Return the page's own address of the cited place."""
    return f"?source={quote(citation.chunk_id, safe='')}"


def numbers(citations: Mapping[str, Citation]) -> dict[str, int]:
    """Return the number shown for each key: from 1, in the order in which the lesson first uses them."""
    return {key: number for number, key in enumerate(citations, start=1)}


def text_markdown(
    text: str, citations: Mapping[str, Citation], link: Link = page_link, *, partial: bool = False
) -> str:
    """Return a step's text with formulas as the page reads them and each `[c1]` as a numbered link.

    A mark without a citation is left out. `partial` holds back a formula or mark at the end that is still growing.
    """
    number = numbers(citations)

    def mark(key: str) -> str:
        citation = citations.get(key)
        if citation is None:
            return ""
        return f'[{number[key]}]({link(citation)} "{_hover(citation)}")'

    return fit(text, partial=partial, mark=mark)


def citation_line(citation: Citation, number: int, link: Link = page_link) -> str:
    """Return a citation as a line of the list of sources: number, title, place, and the words that stand there."""
    said = quotation(citation.quote)
    words = f"  \n{said}" if said else ""
    return f"{number}. [{escape(whereabouts(citation.source, citation.locator))}]({link(citation)}){words}"


def whereabouts(title: str, locator: str) -> str:
    """Return title and place in one, the title once: headings of a document begin with it."""
    if locator == title:
        return title
    return f"{title} — {locator.removeprefix(f'{title} › ')}"


def quotation(text: str, characters: int = QUOTE_CHARACTERS) -> str:
    """Return the beginning of a passage as one line of Markdown in quotation marks, formulas rendered."""
    words = fit(excerpt(text, characters), partial=True).strip()
    return f"“{words}”" if words else ""


def excerpt(text: str, characters: int = QUOTE_CHARACTERS) -> str:
    """Return the text on one line, cut at a word with an ellipsis where it is longer than `characters`."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    head, space, _ = line[: characters + 1].rpartition(" ")
    return (head if space else line[:characters]) + "…"


def author(model: ModelName) -> str:
    """Return who wrote the words of a lesson, for people."""
    return _RUNGS[model.rung].format(name=model.name)


def duration(milliseconds: float) -> str:
    """Return a duration for people: `340 ms`, `2.4 s`, `1 min 5 s`."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def fenced(code: str, language: str) -> str:
    """Return code as a fenced block whose fence is longer than any run of ticks in it."""
    ticks = "```"
    while ticks in code:
        ticks += "`"
    word = "".join(character for character in language if character.isalnum() or character in "+-_#")
    return f"{ticks}{word}\n{code.rstrip()}\n{ticks}"


def lesson_markdown(lesson: Lesson, link: Link | None = None) -> str:
    """Return a whole lesson as one Markdown document, its sources listed at the end.

    `link` gives each citation's address; without it a citation leads to its document's own (`Citation.uri`).
    """
    link = link or (lambda citation: f"<{quote(citation.uri, safe=':/#?&=%~+,;@')}>")
    parts = [f"# {escape(lesson.question)}"]
    if not lesson.answered:
        senses = [f"- **{escape(one.name)}** {escape(one.definition)}" for one in lesson.senses]
        return "\n\n".join([*parts, escape(lesson.reason), *senses]) + "\n"
    for step in shown_steps(lesson.steps):
        parts.append(f"## {escape(step.title)}")
        for portion, cells in step.portions():
            parts += [part for part in (text_markdown(portion, lesson.citations, link),) if part]
            parts += [_cell_markdown(cell) for cell in cells]
    missing = gaps(lesson.steps)
    if missing:
        parts.append(f"*{escape(missing)}*")
    if lesson.citations:
        number = numbers(lesson.citations)
        lines = (citation_line(citation, number[key], link) for key, citation in lesson.citations.items())
        parts += ["## Sources", "\n".join(_indented(lines))]
    parts.append(f"*{escape(author(lesson.model))}.*")
    return "\n\n".join(parts) + "\n"


def _cell_markdown(cell: LessonCell) -> str:
    label = CELL_LABELS[cell.status] + (f": {cell.reason}" if cell.reason else "")
    outputs = "".join(f"\n\n{fenced(output, 'text')}" for output in cell.outputs)
    return f"{fenced(cell.code, cell.language)}\n\n*{escape(label)}*{outputs}"


def _indented(lines: Iterable[str]) -> list[str]:
    """Return list items whose second line belongs to the first."""
    return [line.replace("\n", "\n   ") for line in lines]


def _hover(citation: Citation) -> str:
    """Return what a link shows on hover; characters that could end the title or open a formula are left out."""
    words = f"{whereabouts(citation.source, citation.locator)}: {excerpt(citation.quote, 160)}"
    return "".join(character for character in words if character not in '\\"`$<>\n[]')
