"""Files of pairs: `source,target` and, where known, `label` (1: source is a prerequisite of target; else 0)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import KnowledgeError

LONGEST_NAME = 300


class PairsUnusable(KnowledgeError):
    """The file of pairs cannot be read as one; says the line and what to do."""


@dataclass(frozen=True, slots=True)
class PairsFile:
    """The rows of a file, with all of their columns, in order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    pairs: tuple[tuple[str, str], ...]
    labels: tuple[int, ...] | None
    """1 or 0 for each row; None where the file has no such column."""


def read_pairs(path: Path) -> PairsFile:
    """Return the pairs of a CSV file. Columns that it does not know are kept.

    Raises:
        PairsUnusable: it cannot be read, lacks a column, or a row holds no name or another label than 0 or 1.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.reader(opened, strict=True)
            header = next(reader, None)
            rows = [(reader.line_num, row) for row in reader if row]
    except OSError as error:
        raise PairsUnusable(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise PairsUnusable(f"{path} is not UTF-8 text (byte {error.start}). Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise PairsUnusable(f"{path} is no CSV file: {error}. Save it as CSV with commas.") from error
    columns = [name.strip() for name in header or ()]
    missing = [name for name in ("source", "target") if columns.count(name) != 1]
    if missing:
        raise PairsUnusable(
            f"{path}, line 1: needs exactly one column {' and one '.join(missing)}, and has "
            f"{', '.join(columns) or 'none'}. Name the columns source,target or source,target,label."
        )
    pairs, labels = [], []
    for line, row in rows:
        if len(row) != len(columns):
            raise PairsUnusable(f"{path}, line {line}: has {len(row)} fields, and the first line names {len(columns)}.")
        cells = dict(zip(columns, row, strict=True))
        pairs.append((_name(cells["source"], "source", path, line), _name(cells["target"], "target", path, line)))
        if "label" in columns:
            labels.append(_label(cells["label"], path, line))
    return PairsFile(
        tuple(columns),
        tuple(tuple(row) for _, row in rows),
        tuple(pairs),
        tuple(labels) if "label" in columns else None,
    )


def labelled_once(read: PairsFile, path: Path) -> dict[tuple[str, str], int]:
    """Return the label of each pair, repeats counted once; where labels of a pair disagree, the last one stands.

    Raises:
        PairsUnusable: the file has no labels.
    """
    if read.labels is None:
        raise PairsUnusable(f"{path}, line 1: has no column label; to measure, it has to say which pairs are right.")
    return dict(zip(read.pairs, read.labels, strict=True))


def _name(cell: str, column: str, path: Path, line: int) -> str:
    name = " ".join(cell.split())
    if not name:
        raise PairsUnusable(f"{path}, line {line}: the {column} is empty. Name a concept in it, or drop the line.")
    if len(name) > LONGEST_NAME:
        raise PairsUnusable(f"{path}, line {line}: the {column} has {len(name)} characters, more than a name has.")
    return name


def _label(cell: str, path: Path, line: int) -> int:
    if cell.strip() not in ("0", "1"):
        raise PairsUnusable(f"{path}, line {line}: the label is {cell.strip()[:20]!r}; it has to be 0 or 1.")
    return int(cell)


def written(read: PairsFile, scores: Sequence[float]) -> str:
    """Return the rows as CSV with their columns and a column `score`; one that was there before gives way."""
    kept = [number for number, name in enumerate(read.columns) if name != "score"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(read.columns[number] for number in kept), "score"])
    for row, score in zip(read.rows, scores, strict=True):
        writer.writerow([*(row[number] for number in kept), f"{score:.6f}"])
    return out.getvalue()


def write_scores(path: Path, text: str) -> None:
    """Write the text to a file.

    Raises:
        PairsUnusable: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PairsUnusable(f"{path} cannot be written: {error.strerror}.") from error
