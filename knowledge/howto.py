"""The lesson and the code that show how something is done, for a question that asks so. Pure; knows no store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.cells import Cell, source
from knowledge.model import Chunk
from knowledge.stopwords import content_words

HEADED = 2.0
"""What it counts that headings hold all words of the question, against being the best hit."""
_MOST_LINES = 12
"""Lines from which on more code shows no more."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def lesson_for(question: str, chunks: Iterable[Chunk]) -> str | None:
    """Return the id of the document that shows best what a question asks how to do.

    Args:
        question: what is asked.
        chunks: what was found, best first; None comes back where nothing was.
    """
    wanted = content_words(question)
    scores: dict[str, float] = {}
    headed: dict[str, float] = {}
    for rank, chunk in enumerate(chunks, start=1):
        scores[chunk.document_id] = scores.get(chunk.document_id, 0.0) + 1.0 / rank
        share = len(wanted & content_words(" ".join(chunk.heading_path))) / len(wanted) if wanted else 0.0
        headed[chunk.document_id] = max(headed.get(chunk.document_id, 0.0), share)
    return max(scores, key=lambda lesson: scores[lesson] + HEADED * headed[lesson], default=None)


def most_telling(question: str, cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells with those first that hold most of the question's words in code and heading, longer ones first.

    Names in code are read as words: `TrainingArguments` holds "training".
    """
    wanted = content_words(question)

    def key(cell: Cell) -> float:
        code = source(cell)
        said = content_words(" ".join(_WORD.findall(code))) | content_words(cell[0].heading_path[-1])
        return -len(wanted & said) - min(len(code.splitlines()), _MOST_LINES) / _MOST_LINES

    return sorted(cells, key=key)
