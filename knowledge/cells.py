"""Whole code cells out of the chunks they were cut into. Pure."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge.model import Chunk, ChunkKind

NEARLY_SAME = 0.5
"""Share of lines that two cells have in common (Jaccard), from which on one of them is enough."""
Cell = tuple[Chunk, ...]
"""The chunks of one cell or fence, in order."""


def whole_cell(chunk: Chunk, siblings: Sequence[Chunk]) -> Cell:
    """Return the cell that a code chunk is part of.

    Args:
        chunk: any code chunk.
        siblings: all chunks of its document, in order.
    """
    here = next((index for index, sibling in enumerate(siblings) if sibling.id == chunk.id), None)
    if here is None:
        return (chunk,)  # the document changed between two readings
    first = last = here
    while first > 0 and continues(siblings[first - 1], siblings[first]):
        first -= 1
    while last + 1 < len(siblings) and continues(siblings[last], siblings[last + 1]):
        last += 1
    return tuple(siblings[first : last + 1])


def continues(chunk: Chunk, following: Chunk) -> bool:
    """Return whether two neighbouring chunks are one piece of code that was cut between its lines."""
    return (
        chunk.kind is following.kind is ChunkKind.CODE
        and chunk.document_id == following.document_id
        and chunk.locator == following.locator
        and chunk.position + 1 == following.position
        and 0 <= following.start - chunk.end <= MOST_BLANK_LINES
    )


MOST_BLANK_LINES = 3
"""Line ends between two chunks of one cell; a fence's own marks take more room."""


def cells_of(chunks: Iterable[Chunk]) -> list[Cell]:
    """Return chunks joined into cells where they follow one another."""
    cells: list[list[Chunk]] = []
    for chunk in chunks:
        if cells and continues(cells[-1][-1], chunk):
            cells[-1].append(chunk)
        else:
            cells.append([chunk])
    return [tuple(cell) for cell in cells]


def source(cell: Cell) -> str:
    """Return the code of a cell as it stands in the document: only line ends lie between its chunks."""
    text = cell[0].text
    for before, after in itertools.pairwise(cell):
        text += "\n" * (after.start - before.end) + after.text
    return text


def unlike(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells without those that say nearly what one before them says: courses repeat their examples."""
    kept: list[tuple[Cell, set[str]]] = []
    for cell in cells:
        lines = {line.strip() for line in source(cell).splitlines()} - {""}
        if all(len(lines & other) < NEARLY_SAME * len(lines | other) for _, other in kept):
            kept.append((cell, lines))
    return [cell for cell, _ in kept]


def is_python(cell: Cell) -> bool:
    """Return whether a cell says that it is Python, or says nothing, and parses as Python."""
    return cell[0].language in ("", "python", "py", "python3") and _parses(source(cell))


@lru_cache(maxsize=2_048)
def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # not Python, which is the answer
    return True
