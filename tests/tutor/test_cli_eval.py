"""`erica eval` from a course and a file of pairs to a file of scores."""

import csv
import json

import pytest

from tutor.cli import main

pytestmark = pytest.mark.usefixtures("own_folders")
PAIRS = "source,target,label\nvector,embedding,1\nembedding,CLIP,1\nCLIP,vector,0\nzebra crossing,CLIP,0\n"


@pytest.fixture
def pairs(course, tmp_path, capsys):
    assert main(["ingest", str(course), "--json"]) == 0
    capsys.readouterr()
    path = tmp_path / "pairs.csv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


def test_every_row_gets_a_score_and_labels_are_measured(pairs, tmp_path, capsys):
    out = tmp_path / "scores.csv"
    assert main(["eval", "prerequisites", str(pairs), "--out", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["target"] for row in rows] == ["embedding", "CLIP", "vector", "CLIP"]
    assert all(0 <= float(row["score"]) <= 1 for row in rows)
    shown = capsys.readouterr()
    assert "4 labelled pairs, 2 of them prerequisites" in shown.out
    assert "direction accuracy  1.000" in shown.out
    assert "1 names stand nowhere in the library, each scored by its meaning and words: zebra crossing" in shown.err


def test_without_labels_nothing_is_measured_and_without_out_the_scores_are_the_output(pairs, tmp_path, capsys):
    pairs.write_text("source,target\nvector,embedding\nembedding,vector\n", encoding="utf-8")
    assert main(["eval", "prerequisites", str(pairs), "--text-only"]) == 0
    shown = capsys.readouterr()
    forth, back = csv.DictReader(shown.out.splitlines())
    assert float(forth["score"]) > float(back["score"])
    assert "AUC" not in shown.err


def test_the_measures_are_one_json_object(pairs, capsys):
    assert main(["eval", "prerequisites", str(pairs), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pairs"] == 4
    assert told["unknown"] == ["zebra crossing"]
    assert told["measures"]["direction"]["value"] == 1.0


def test_a_file_that_is_none_is_refused_with_its_line(pairs, capsys):
    pairs.write_text("source,target\nvector,\n", encoding="utf-8")
    assert main(["eval", "prerequisites", str(pairs)]) == 1
    assert "line 2: the target is empty" in capsys.readouterr().err
    assert main(["eval", "prerequisites", str(pairs.with_name("none.csv"))]) == 1


LINKS = """source,target,order
01-vectors.md,02-embeddings.md,back
01-vectors.md,04-clip.md,back
04-clip.md,01-vectors.md,forward
"""


def test_back_links_are_measured_against_their_floors_with_links_seen_and_hidden(pairs, tmp_path, capsys):
    links = tmp_path / "links.csv"
    links.write_text(LINKS, encoding="utf-8")
    assert main(["eval", "graph", "--links", str(links), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["back_links"]
    assert set(told) == {"with the graph as it is", "with all links hidden from extraction"}
    for measured in told.values():
        assert measured["links"] == 2
        assert measured["previous_lesson"]["value"] == 0.5
        assert measured["same_folder"]["value"] == 1.0
        assert measured["folder_lessons"] == 3.0
    assert told["with the graph as it is"]["found"]["value"] >= 0.5
    assert main(["eval", "graph", "--links", str(links)]) == 0
    assert "floor: the lesson before" in capsys.readouterr().out


def test_each_kind_of_evidence_has_its_row_from_the_baseline_on(pairs, capsys):
    assert main(["eval", "graph", "--pairs", str(pairs), "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)["pairs"][pairs.as_posix()]
    assert set(tables) == {"both names stand in the library", "both are taught there", "all pairs"}
    rows = tables["both names stand in the library"]
    assert next(iter(rows)) == "reference distance (baseline)"
    assert len(rows) == 8
    assert {row["pairs"] for row in rows.values()} == {3}


def test_what_cannot_be_measured_is_said(pairs, tmp_path, capsys):
    assert main(["eval", "graph"]) == 2
    strange = tmp_path / "strange.csv"
    strange.write_text("source,target\na.md,b.md\n", encoding="utf-8")
    assert main(["eval", "graph", "--links", str(strange)]) == 1
    strange.write_text("source,target\nvector,CLIP\n", encoding="utf-8")
    assert main(["eval", "graph", "--pairs", str(strange)]) == 1
    assert "has no column label" in capsys.readouterr().err


def test_an_explanation_is_printed_in_order_with_words_for_each_step(pairs, capsys):
    assert main(["graph", "explain", "CLIP", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["order"][-1] == "CLIP"
    assert all(step["quote"] and step["place"] for step in told["steps"])
    assert main(["graph", "explain", "CLIP", "--depth", "0"]) == 0
    assert capsys.readouterr().out == "CLIP\n"
