"""The sentences labelled by hand: what is said of them in the benchmarks holds."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "labelled_support.jsonl"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "README.md"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
HELD_OUT = [row for row in ROWS if row["draw"] == "held out"]


def share(rung: str | None = None) -> float:
    rows = [row for row in HELD_OUT if rung in (None, row["rung"])]
    return [row["support"] for row in rows].count("supported") / len(rows)


def test_at_least_150_held_out_sentences_are_labelled_and_95_of_100_are_supported() -> None:
    assert len(HELD_OUT) >= 150
    assert {row["support"] for row in ROWS} == {"supported", "partly", "not"}
    assert share() >= 0.95


def test_the_benchmarks_tell_the_shares_of_the_file() -> None:
    told = BENCHMARKS.read_text(encoding="utf-8").partition("## Answers")[2]
    for rung in ("extractive", "embedded"):
        row = next(line for line in told.splitlines() if line.startswith(f"| {rung} |"))
        assert f"{share(rung):.3f}" in row
    assert f"{share():.3f}" in told
