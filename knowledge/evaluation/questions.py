"""Files of questions with the lessons that answer them, and runs: JSON, one object a line.

A question has `id`, `question` and `gold` (paths of lessons, any of which is right), and may have `group`, `answers`
and `why`. A run has `id` and `ranked` (paths, best first).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from knowledge.errors import KnowledgeError


class QuestionsUnusable(KnowledgeError):
    """A file of questions or a run cannot be read as one; says the line and what to do."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a file."""

    id: str
    question: str
    gold: tuple[str, ...]
    """Paths of the lessons that answer it; none for a question that the course does not answer."""
    group: str
    """What belongs together when settings are chosen and judged on different questions, such as a chapter."""
    facts: tuple[str, ...]
    """What a right answer says: the authors' answers and their explanations."""


def read_questions(path: Path) -> tuple[AskedQuestion, ...]:
    """Return the questions of a file in its order.

    Raises:
        QuestionsUnusable: it cannot be read, a line is no such object, or an id is there twice.
    """
    found: dict[str, AskedQuestion] = {}
    for line, row in json_objects(path):
        where = f"{path}, line {line}"
        asked = AskedQuestion(
            _text(row, "id", where),
            _text(row, "question", where),
            _texts(row, "gold", where),
            str(row.get("group", "")),
            (*_texts(row, "answers", where), *_texts(row, "why", where)),
        )
        if asked.id in found:
            raise QuestionsUnusable(f"{where}: the id {asked.id!r} is there twice. Give each question its own.")
        found[asked.id] = asked
    if not found:
        raise QuestionsUnusable(f"{path} holds no question. Write one JSON object a line: id, question, gold.")
    return tuple(found.values())


def read_run(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the ranked paths of a run by question.

    Raises:
        QuestionsUnusable: it cannot be read, or a line is no such object.
    """
    return {
        _text(row, "id", f"{path}, line {line}"): _texts(row, "ranked", f"{path}, line {line}")
        for line, row in json_objects(path)
    }


def write_run(out: TextIO, run: Mapping[str, Sequence[str]]) -> None:
    """Write a run in the order of its questions."""
    out.writelines(json.dumps({"id": asked, "ranked": list(run[asked])}, ensure_ascii=False) + "\n" for asked in run)


def json_objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the objects of a file of one JSON object a line, each with the number of its line, from 1.

    Raises:
        QuestionsUnusable: it cannot be read, or a line is no such object.
    """
    try:
        lines: Iterable[str] = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise QuestionsUnusable(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise QuestionsUnusable(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise QuestionsUnusable(f"{path}, line {number}: it is not valid JSON ({error}).") from error
        if not isinstance(row, dict):
            raise QuestionsUnusable(f"{path}, line {number}: it is no JSON object. Write one object a line.")
        yield number, row


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise QuestionsUnusable(f"{where}: `{key}` is missing or no text.")
    return value


def _texts(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise QuestionsUnusable(f"{where}: `{key}` is no list of texts.")
    return tuple(value)
