"""Rows of a table brought level with what is wanted; only the difference is written. Knows SQL and no table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from knowledge import records

AMONG = "IN (SELECT value FROM json_each(?))"
"""One statement for any number of ids, given as `listed`."""


def replace_rows(
    db: sqlite3.Connection,
    table: str,
    columns: str,
    keys: int,
    rows: Iterable[records.Row],
    among: tuple[str, str | int] | None = None,
) -> None:
    """Make a table hold exactly these rows, writing only the difference.

    Args:
        db: with an open transaction.
        table: its name.
        columns: of the rows, separated by ", ".
        keys: how many of the first columns tell rows apart.
        rows: what shall stand there.
        among: column and value that mark the rows to look at; the others stay as they are.

    Raises:
        ValueError: two rows contradict each other.
    """
    wanted: dict[records.Row, records.Row] = {}
    for row in rows:
        if wanted.setdefault(row[:keys], row) != row:
            raise ValueError(f"two records of {table} contradict each other: {wanted[row[:keys]]} and {row}")
    where, values = ("", ()) if among is None else (f"WHERE {among[0]} = ?", (among[1],))
    stored = {row[:keys]: row for row in db.execute(f"SELECT {columns} FROM {table} {where}", values)}
    key_columns = columns.split(", ")[:keys]
    condition = " AND ".join(f"{column} = ?" for column in key_columns)
    db.executemany(f"DELETE FROM {table} WHERE {condition}", [key for key in stored if key not in wanted])
    upsert(db, table, columns, keys, [row for key, row in wanted.items() if stored.get(key) != row])


def upsert(db: sqlite3.Connection, table: str, columns: str, keys: int, rows: Iterable[Any]) -> None:
    """Insert rows, or update the ones with the same first `keys` columns; a row that is the same is not written."""
    names = columns.split(", ")
    same = ", ".join(names[:keys])
    others = names[keys:]
    update = "NOTHING"
    if others:
        new = ", ".join(f"excluded.{name}" for name in others)
        old = ", ".join(f"{table}.{name}" for name in others)
        update = f"UPDATE SET ({', '.join(others)}) = ({new}) WHERE ({old}) IS NOT ({new})"
    holes = ", ".join("?" * len(names))
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes}) ON CONFLICT ({same}) DO {update}", rows)


def listed(ids: Iterable[str]) -> str:
    """Return the ids as the one value that `AMONG` takes."""
    return json.dumps(list(ids))
