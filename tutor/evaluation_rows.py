"""The figures of single questions as a file: one JSON object a line, written as each becomes known.

A run with a model takes hours, so a file that was begun is continued; what is in it is not measured again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

from knowledge.evaluation.questions import QuestionsUnusable, json_objects
from tutor.evaluation import AnswerRow


def append_row(path: Path, row: AnswerRow, model: str) -> None:
    """Add the figures of a question, worded by this model, to a file."""
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps({"model": model, **asdict(row)}, ensure_ascii=False) + "\n")


def read_rows(path: Path, model: str) -> list[AnswerRow]:
    """Return the figures that a file holds; none where there is no file yet. A last line that broke off is taken out.

    Raises:
        QuestionsUnusable: it cannot be read, a line is no such object, or another model's lessons were measured.
    """
    written = path.read_bytes() if path.exists() else b""
    if not written.endswith(b"\n"):
        path.write_bytes(written[: written.rfind(b"\n") + 1])
    rows = []
    for line, row in json_objects(path) if path.exists() else ():
        if row.get("model") != model:
            raise QuestionsUnusable(
                f"{path}, line {line}: not a row of {model}. Name another file, or remove this one."
            )
        missing = [one.name for one in fields(AnswerRow) if one.name not in row]
        if missing:
            raise QuestionsUnusable(f"{path}, line {line}: `{missing[0]}` is missing. Name another file.")
        rows.append(AnswerRow(**{one.name: row[one.name] for one in fields(AnswerRow)}))
    return rows
