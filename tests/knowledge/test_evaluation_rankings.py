"""Measures of rankings, against figures worked out by hand, and files with their mistakes named."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluation.questions import QuestionsUnusable, read_questions, read_run, write_run
from knowledge.evaluation.rankings import MEASURES, measure_ranking, measure_run, paired_difference

names = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=16)


def test_the_measures_of_a_small_ranking_are_as_worked_out_by_hand() -> None:
    measured = measure_ranking(["x", "a", "y", "b", "z", "w"], {"a", "b", "c"})
    assert (measured["Hit@1"], measured["Hit@5"], measured["MRR@10"]) == (0.0, 1.0, 0.5)
    assert measured["Recall@5"] == pytest.approx(2 / 3)
    best = 1 + 1 / math.log2(3) + 1 / 2
    assert measured["nDCG@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / best)


@given(names, st.sets(st.sampled_from("abcdefghijklmnop"), min_size=1))
def test_every_measure_lies_in_0_to_1_and_gold_first_is_perfect(ranked: list[str], gold: set[str]) -> None:
    assert all(0.0 <= value <= 1.0 for value in measure_ranking(ranked, gold).values())
    first = [*sorted(gold), *(name for name in ranked if name not in gold)]
    assert measure_ranking(first, gold) == dict.fromkeys(MEASURES, 1.0)


def test_a_question_that_a_run_lacks_counts_as_nothing_found() -> None:
    means, single = measure_run({"q1": ["a"]}, {"q1": {"a"}, "q2": {"a"}})
    assert means["Hit@1"].value == 0.5
    assert single["q2"]["nDCG@10"] == 0.0


def test_the_paired_interval_tells_a_real_gain_from_none() -> None:
    better = {str(i): {"Hit@1": 1.0} for i in range(40)}
    worse = {str(i): {"Hit@1": float(i % 2)} for i in range(40)}
    gain = paired_difference(better, worse, "Hit@1")
    assert gain.value == 0.5
    assert gain.low > 0
    none = paired_difference(worse, worse, "Hit@1")
    assert (none.low, none.value, none.high) == (0.0, 0.0, 0.0)


def test_a_run_comes_back_as_it_was_written(tmp_path: Path) -> None:
    out = io.StringIO()
    write_run(out, {"q1": ["ä.md", "b.md"], "q2": []})
    (tmp_path / "run.jsonl").write_text(out.getvalue(), encoding="utf-8")
    assert read_run(tmp_path / "run.jsonl") == {"q1": ("ä.md", "b.md"), "q2": ()}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no question"),
        ('{"id": "1"', "line 1: it is not valid JSON"),
        ("[1]", "line 1: it is no JSON object"),
        ('{"id": "1"}', "line 1: `question` is missing"),
        ('{"id": "1", "question": "?", "gold": "a.md"}', "line 1: `gold` is no list"),
        ('{"id": "1", "question": "?"}\n\n{"id": "1", "question": "!"}', "line 3: the id '1' is there twice"),
    ],
)
def test_a_bad_file_of_questions_is_named_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "questions.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(QuestionsUnusable, match=reason):
        read_questions(tmp_path / "questions.jsonl")


def test_facts_are_answers_and_explanations(tmp_path: Path) -> None:
    row = '{"id": "1", "question": "Why?", "gold": ["a.md"], "answers": ["so"], "why": ["because"], "group": "g"}'
    (tmp_path / "questions.jsonl").write_text(row, encoding="utf-8")
    [asked] = read_questions(tmp_path / "questions.jsonl")
    assert (asked.facts, asked.group, asked.gold) == (("so", "because"), "g", ("a.md",))
