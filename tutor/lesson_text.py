"""A document as what a page draws one after the other: prose, code, output, pictures at their place.

Knows a document, its chunks and figures; refuses to know how a page draws them. Pure.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from knowledge.cells import cells_of, source
from knowledge.figures import Figure
from knowledge.model import Chunk, ChunkKind, Page, Slide, SourceDocument, SourceKind, place
from tutor.formulas import Kind, stretches
from tutor.markdown import escape, fit

_MARKDOWN = frozenset(SourceKind) - {SourceKind.PDF, SourceKind.TEXT, SourceKind.TRANSCRIPT}
_FENCE_OPENS = re.compile(r"(?:^|\n)[ \t>]*(?:`{3,}|~{3,})[^\n]*\s*\Z")
_FENCE_CLOSES = re.compile(r"\A\s*?\n?[ \t>]*(?:`{3,}|~{3,})[`~]*[ \t]*(?=\n|\Z)")
_IMAGE = re.compile(r"\s*!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\]){0,2000}\]\([^()\n]{0,2000}\)")
_LINK = re.compile(r"(?<![\\!])\[(?P<label>[^\[\]\n]{1,300})\]\((?P<target>[^()\s:]{1,500})\)")
_FIRST_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+(?P<title>[^\n]+)\n?")
_OURS = 1_000_000
"""Numbers of our marks; smaller ones stand in the text itself, such as a bare `[c3]`."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Words as the document has them: Markdown, or text that is none."""

    text: str
    is_markdown: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A whole code cell; `chunk` is its first."""

    text: str
    language: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Output:
    """What a cell printed when its author ran it."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure at its place."""

    figure: Figure


@dataclass(frozen=True, slots=True)
class Mark:
    """A page or slide begins."""

    words: str


Part = Prose | Code | Output | Picture | Mark


def parts(
    document: SourceDocument, chunks: Sequence[Chunk], figures: Sequence[Figure], is_shown: Callable[[Figure], bool]
) -> list[Part]:
    """Return the parts of a document in order; every character of its teaching text stands in one of them.

    Args:
        document: with its text.
        chunks: its chunks in order.
        figures: its figures in order.
        is_shown: whether there is a picture for a figure; one without stays as the words that describe it.
    """
    found: list[Part] = []
    is_markdown = document.kind in _MARKDOWN
    pictures = [figure for figure in figures if is_shown(figure)]
    position = 0

    def prose(start: int, end: int) -> None:
        found.extend(_with_pictures(document.text, start, end, pictures, is_markdown=is_markdown))

    marked, ended = "", 0
    for group in _groups(chunks):
        first, last = group[0], group[-1]
        where = place(first.locator) if isinstance(first.locator, Page | Slide) else ""
        if where and where != marked:
            prose(position, ended)  # headings stand in no chunk: those before this one are of its page
            found.append(Mark(where))
            position, marked = max(position, ended), where
        ended = last.end
        if first.kind is ChunkKind.PROSE:
            continue
        prose(position, first.start)
        if first.kind is ChunkKind.CODE:
            found.append(Code(source(group), first.language, first))
        else:
            found.append(Output(first.text))
        position = max(position, last.end)
    prose(position, len(document.text))
    return _without_fences(_without_title(found, document.title))


def _groups(chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, ...]]:
    """Yield whole cells, and every other chunk by itself."""
    for group in cells_of(chunks):
        if group[0].kind is ChunkKind.CODE:
            yield group
        else:
            yield from ((chunk,) for chunk in group)


def _with_pictures(
    text: str, start: int, end: int, pictures: list[Figure], *, is_markdown: bool
) -> Iterator[Prose | Picture]:
    while pictures and pictures[0].at < end:
        figure = pictures.pop(0)
        at = max(start, figure.at)
        if text[start:at].strip():
            yield Prose(text[start:at], is_markdown)
        yield Picture(figure)
        image = _IMAGE.match(text, at, end)
        start = image.end() if image else at
    if text[start:end].strip():
        yield Prose(text[start:end], is_markdown)


def _without_title(found: list[Part], title: str) -> list[Part]:
    """Return the parts without a heading at their top that only says the title again."""
    if found and isinstance(found[0], Prose) and found[0].is_markdown:
        heading = _FIRST_HEADING.match(found[0].text)
        if heading and " ".join(heading["title"].split()) == " ".join(title.split()):
            return [Prose(found[0].text[heading.end() :], True), *found[1:]]
    return found


def _without_fences(found: Sequence[Part]) -> list[Part]:
    """Return the parts without the marks that stood around cells."""
    kept: list[Part] = []
    for index, part in enumerate(found):
        if isinstance(part, Prose) and part.is_markdown:
            text = part.text
            if index and isinstance(found[index - 1], Code | Output):
                text = _FENCE_CLOSES.sub("", text)
            if index + 1 < len(found) and isinstance(found[index + 1], Code | Output):
                text = _FENCE_OPENS.sub("", text)
            if text.strip():
                kept.append(Prose(text, True))
        else:
            kept.append(part)
    return kept


def lesson_markdown(text: str, path: str, address: Callable[[str], str | None]) -> str:
    """Return untrusted Markdown made fit to show, its links to other lessons of the course leading to their pages.

    Args:
        text: a part of a lesson.
        path: of the document below its course's root, with forward slashes.
        address: of the page of the lesson at a path of the course; None where there is none.
    """
    ours: list[str] = []

    def linked(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(match["target"].partition("#")[0])))
        leads_to = address(target)
        if leads_to is None:
            return match[0]
        ours.append(f" [{escape(match['label'])}]({leads_to})")
        return f" [c{_OURS + len(ours) - 1}]"

    def mark(key: str) -> str:
        number = int(key[1:]) - _OURS
        return ours[number] if 0 <= number < len(ours) else f" \\[{key}\\]"

    joined = "".join(
        _LINK.sub(linked, stretch.text) if stretch.kind is Kind.PLAIN else stretch.text for stretch in stretches(text)
    )
    return fit(joined, top_heading=2, mark=mark)
