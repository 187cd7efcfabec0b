"""The sentences labelled by hand: what is said of them in the benchmarks holds."""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "labelled_support.jsonl"
SECOND = FILE.with_name("labelled_support_second.jsonl")
BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "README.md"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
HELD_OUT = [row for row in ROWS if row["draw"] == "held out"]
READ_AGAIN = [json.loads(line) for line in SECOND.read_text(encoding="utf-8").splitlines()]


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


def test_the_benchmarks_tell_what_the_second_reader_found_in_each_draw() -> None:
    told = BENCHMARKS.read_text(encoding="utf-8").partition("## Answers")[2]
    for draw in sorted({row["draw"] for row in READ_AGAIN}):
        rows = [row for row in READ_AGAIN if row["draw"] == draw]
        supported = sum(row["support"] == "supported" for row in rows) / len(rows)
        alone = sum(row["alone"] for row in rows) / len(rows)
        assert any(
            line.startswith(f"| {draw} |") and f"| {len(rows)} | {supported:.2f} | {alone:.2f} |" in line
            for line in told.splitlines()
        ), draw


def test_the_two_readers_agree_as_often_as_is_said() -> None:
    both = [row for row in ROWS if "second" in row]
    assert len(both) == 40
    same = sum(row["support"] == row["second"] for row in both)
    assert f"the same in {same} of 40" in (FILE.with_suffix(".md")).read_text(encoding="utf-8")
