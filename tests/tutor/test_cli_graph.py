"""`erica graph` from question to decision: what it prints, what it writes down, and that it outlives an ingest."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from knowledge.library_folder import DECISIONS_NAME
from knowledge.models.ladder import ChosenModel, ModelOffer
from knowledge.models.scripted import ScriptedChatModel
from tests.fakes import HashingEmbedder
from tutor.cli import main

Run = Any


@pytest.fixture
def ingested(own_folders: Path, course: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["ingest", str(course), "--json"]) == 0
    capsys.readouterr()
    return course


@pytest.fixture
def graph(ingested: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `erica graph ...` and returns its exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["graph", *arguments])
        return code, *capsys.readouterr()

    return run


def loaded(answer: tuple[int, str, str]) -> Any:
    assert answer[0] == 0, answer[2]
    return json.loads(answer[1])


def needs(graph: Run, name: str) -> set[str]:
    return {edge["source"] for edge in loaded(graph("show", name, "--json"))["needs"]}


# --- questions ---


def test_a_concept_is_shown_with_its_definition_its_place_and_the_evidence_of_its_edges(graph: Run) -> None:
    whole = loaded(graph("show", "clip", "--json"))
    assert whole["name"] == "CLIP"
    assert whole["aliases"] == ["Contrastive Language-Image Pre-training"]
    assert "trained by contrastive learning" in whole["definition"]
    assert whole["defined_at"]["path"] == "04-clip.md"
    assert {edge["source"] for edge in whole["needs"]} >= {"contrastive learning"}
    assert all(edge["evidence"] and 0 < edge["confidence"] <= 1 for edge in whole["needs"])
    code, out, _ = graph("show", "CLIP")
    assert code == 0
    assert "needs:" in out
    assert "defined in CLIP, What CLIP is" in out


def test_names_are_found_by_their_parts_and_misspellings_are_answered_with_what_is_near(graph: Run) -> None:
    assert "contrastive learning" in graph("find", "learn")[1]
    code, out, err = graph("show", "contrastive lerning")
    assert (code, out) == (2, "")
    assert "Did you mean “contrastive learning”?" in err


def test_a_path_leads_from_what_is_known_to_the_goal(graph: Run) -> None:
    names = [one["name"].casefold() for one in loaded(graph("path", "CLIP", "--json"))["concepts"]]
    assert names[-1] == "clip"
    assert names.index("vector") < names.index("embedding") < names.index("contrastive learning")
    known = loaded(graph("path", "CLIP", "--known", "Contrastive learning", "--known", "embedding", "--json"))
    assert [one["name"] for one in known["concepts"]][-1] == "CLIP"
    assert len(known["concepts"]) < len(names)
    code, out, err = graph("path", "CLIP", "--known", "CLIP")
    assert (code, out) == (0, "")
    assert "known already" in err


def test_what_a_concept_unlocks_and_what_comes_next(graph: Run) -> None:
    assert "CLIP" in graph("unlocks", "Contrastive learning")[1]
    every = [one["name"] for one in loaded(graph("path", "CLIP", "--json"))["concepts"]][:-1]
    known = [part for name in every for part in ("--known", name)]
    assert "CLIP (" in graph("frontier", *known)[1]


def test_an_ambiguous_name_is_refused_with_the_choices_and_asked_about_at_a_terminal(
    graph: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for concept in ("Access point", "Average precision"):
        assert graph("add", concept)[0] == 0
        assert graph("rename", concept, "AP")[0] in (0, 2)
    assert graph("rename", "AP", "Access point")[0] == 0
    assert graph("rename", "Average precision", "AP")[0] == 0
    assert graph("rename", "AP", "Average precision")[0] == 0
    code, out, err = graph("show", "AP")
    assert (code, out) == (2, "")
    assert "“Access point” or “Average precision”" in err

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("2\n"))
    monkeypatch.setattr("sys.stderr", Terminal())
    assert graph("show", "AP")[1].startswith("Average precision")


def test_a_review_of_a_course_without_doubt_says_so(graph: Run) -> None:
    assert graph("review") == (0, "nothing is in doubt\n", "")


# --- decisions ---


def test_a_decision_is_one_line_beside_the_course_and_outlives_every_ingest(
    graph: Run, ingested: Path, embedder: HashingEmbedder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "contrastive learning" in needs(graph, "CLIP")
    before = len(embedder.embedded)
    code, out, _ = graph("reject", "contrastive learning", "clip", "--reason", "to see", "--author", "Anna B.")
    assert code == 0
    assert "in force" in out
    file = ingested / DECISIONS_NAME
    [line] = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert re.fullmatch(
        r'\d{4}-\d\d-\d\d "Anna B\." reject prerequisite "contrastive learning" -> "CLIP" because "to see"', line
    )
    assert "contrastive learning" not in needs(graph, "CLIP")
    assert len(embedder.embedded) == before
    lesson = ingested / "04-clip.md"
    lesson.write_text(lesson.read_text() + "\nCLIP needs contrastive learning. CLIP builds on contrastive learning.\n")
    assert main(["ingest", str(ingested), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["updated"] == ["04-clip.md"]
    assert report["added"] == []
    assert "contrastive learning" not in needs(graph, "CLIP")


def test_a_line_written_by_hand_counts_from_the_next_command_on_and_embeds_only_what_is_new(
    graph: Run, ingested: Path, embedder: HashingEmbedder
) -> None:
    before = len(embedder.embedded)
    (ingested / DECISIONS_NAME).write_text(
        '2026-11-05 anna rename CLIP to "Paired pre-training"\nnonsense\n2026-11-05 anna remove concept Quantum\n'
    )
    code, out, err = graph("show", "Paired pre-training")
    assert code == 0
    assert "CLIP" in out.splitlines()[1]
    assert f'{DECISIONS_NAME}:2: "nonsense" is no date' in err
    assert "no concept is called “Quantum”" in err
    assert len(embedder.embedded) == before + 1
    code, out, _ = graph("decisions")
    assert code == 3
    assert [line.split(": ")[2] for line in out.splitlines()[:2]] == ["in force", "conflict"]


def test_ingest_carries_out_a_changed_file_and_names_its_conflicts_though_no_document_changed(
    ingested: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ingested / DECISIONS_NAME).write_text("2026-11-05 anna remove concept CLIP\n2026-11-05 anna remove concept X\n")
    assert main(["ingest", str(ingested), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert len(report["unchanged"]) == 4
    assert [note for note in report["notes"] if "no concept is called “X”" in note]
    assert main(["graph", "show", "CLIP"]) == 2


def test_undo_takes_the_latest_decision_back(graph: Run) -> None:
    before = needs(graph, "CLIP")
    assert graph("merge", "contrastive learning", "CLIP")[0] == 0
    assert graph("reject", "embedding", "CLIP")[0] == 0
    assert needs(graph, "CLIP") != before
    assert "in force" in graph("undo")[1]
    assert graph("undo")[0] == 0
    assert needs(graph, "CLIP") == before
    code, _, err = graph("undo")
    assert code == 2
    assert "no such decision" in err


def test_a_decision_that_cannot_be_carried_out_is_refused_and_not_written(graph: Run, ingested: Path) -> None:
    assert graph("add", "Vector", "Embedding")[0] == 0
    before = (ingested / DECISIONS_NAME).read_bytes()
    code, _, err = graph("add", "Embedding", "Vector")
    assert code == 2
    assert "would close the cycle" in err
    assert graph("define", "CLIP", "--quote", "words nobody wrote", "--at", "04-clip.md")[0] == 2
    assert graph("merge", "CLIP", "clip")[0] == 2
    assert graph("add", "a", "b", "c")[0] == 2
    assert (ingested / DECISIONS_NAME).read_bytes() == before


def test_a_definition_is_taken_from_the_place_it_is_quoted_from(graph: Run) -> None:
    words = "Two embeddings are compared by their dot product."
    assert graph("define", "Dot product", "--quote", words, "--at", "02-embeddings.md")[0] == 0
    whole = loaded(graph("show", "dot product", "--json"))
    assert (whole["definition"], whole["defined_at"]["path"]) == (words, "02-embeddings.md")


def test_an_added_concept_is_found_where_the_course_names_it(graph: Run) -> None:
    assert graph("add", "Image search")[0] == 0
    whole = loaded(graph("show", "image searches", "--json"))
    assert [one["path"] for one in whole["places"]] == ["04-clip.md"]


def test_a_lesson_is_made_with_a_concept_that_a_person_added_between(
    graph: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    graph("add", "Image search")
    graph("add", "CLIP", "Image search")
    assert main(["ask", "What is image search?", "--json"]) == 0
    lesson = json.loads(capsys.readouterr().out)
    assert lesson["answered"]
    assert lesson["order"].index("CLIP") < lesson["order"].index("Image search")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_decisions_about_a_course_that_may_not_be_written_to_stand_in_the_library(
    graph: Run, ingested: Path, own_folders: Path
) -> None:
    ingested.chmod(0o500)
    try:
        assert graph("remove", "CLIP")[0] == 0
    finally:
        ingested.chmod(0o700)
    assert "remove concept" in (own_folders / "library" / DECISIONS_NAME).read_text()


def test_a_course_of_one_file_keeps_its_decisions_in_the_library(
    own_folders: Path, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(course / "04-clip.md")]) == 0
    assert main(["graph", "remove", "CLIP"]) == 0
    assert "remove concept" in (own_folders / "library" / DECISIONS_NAME).read_text()
    assert not (course / DECISIONS_NAME).exists()


def test_a_file_without_a_last_line_end_is_continued_on_a_line_of_its_own(graph: Run, ingested: Path) -> None:
    (ingested / DECISIONS_NAME).write_text("2026-11-05 anna remove concept CLIP")
    assert graph("remove", "Vector")[0] == 0
    assert len((ingested / DECISIONS_NAME).read_text().splitlines()) == 2


# --- files ---

HOSTILE = 'A"];<script>alert(1)</script>&\\ --> `#B` ${x} </data>'


def test_every_format_holds_hostile_names_as_names(graph: Run, tmp_path: Path) -> None:
    assert graph("rename", "CLIP", HOSTILE)[0] == 0
    for suffix in ("graphml", "json", "mmd", "dot"):
        assert graph("export", str(tmp_path / f"g.{suffix}"))[0] == 0
    read = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    whole = json.loads((tmp_path / "g.json").read_text())
    assert {d["name"] for _, d in read.nodes(data=True)} == {one["name"] for one in whole["concepts"]}
    assert HOSTILE in {one["name"] for one in whole["concepts"]}
    assert {(s, t) for s, t in read.edges()} == {(r["source"], r["target"]) for r in whole["relations"]}
    mermaid = (tmp_path / "g.mmd").read_text()
    assert all(re.fullmatch(r'flowchart LR|  n\d+\["[^"<>\[\]`]*"\]|  n\d+ --> n\d+', line) for line in
               mermaid.splitlines())  # fmt: skip
    assert "#34;" in mermaid
    dot = (tmp_path / "g.dot").read_text()
    labels = re.findall(r'label="((?:[^"\\]|\\.)*)"\];$', dot, re.M)
    assert HOSTILE in [label.replace('\\"', '"').replace("\\\\", "\\") for label in labels]
    code, _, err = graph("export", str(tmp_path / "g.txt"))
    assert (code, "must end in" in err) == (2, True)


def test_an_exported_graph_comes_back_as_it_was_through_an_import(graph: Run, tmp_path: Path, ingested: Path) -> None:
    graph("add", "Image search")
    graph("add", "CLIP", "Image search")
    file = tmp_path / "g.json"
    graph("export", str(file))
    whole = json.loads(file.read_text())
    code, out, _ = graph("import", str(file))
    assert (code, out.strip()) == (0, "the library says all of this already")
    for _ in range(2):
        graph("undo")
    assert graph("find", "image search")[1] == ""
    assert graph("import", str(file))[0] == 0
    graph("export", str(file))
    again = json.loads(file.read_text())
    pairs = [{(r["source"], r["kind"], r["target"]) for r in one["relations"]} for one in (whole, again)]
    assert pairs[0] == pairs[1]


def test_a_table_of_edges_becomes_decisions(graph: Run, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(
            [("source", "target", "kind", "stands"), ("Vector", "Zero-shot, by hand", "", ""),
             ("Contrastive learning", "CLIP", "prerequisite", "no")]
        )  # fmt: skip
    decided = loaded(graph("import", str(file), "--json"))["decided"]
    assert [one["decision"] for one in decided] == [
        'add concept "Zero-shot, by hand"',
        'add prerequisite "Vector" -> "Zero-shot, by hand"',
        'reject prerequisite "Contrastive learning" -> "CLIP"',
    ]
    assert decided[0]["reason"] == "from pairs.csv"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "from,to\nx,y\n", "source and target"),
        ("a.csv", "source,target,kind\nx,y,likes\n", "line 2: 'likes' is none of"),
        ("a.csv", "source,target\n,y\n", "line 2: '' is no name"),
        ("a.json", "[1]", "holds no graph"),
        ("a.json", '{"relations": [{"source": "a"}]}', "holds no graph"),
        ("a.yaml", "", "must end in"),
        ("absent.csv", None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_graph_is_refused_with_its_place(
    graph: Run, tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    code, out, err = graph("import", str(tmp_path / name))
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize("name", ['"', "a\x00b", "C++", "x AND (y", "NEAR(a b)", "naïve ☃ Bayes", "-v"])
def test_a_name_is_looked_for_in_the_text_whatever_it_is_made_of(graph: Run, name: str) -> None:
    code, _, err = graph("add", "--", name)
    assert code == (2 if name == '"' else 0), err


# --- a model's judgement ---


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedChatModel:
    """A model that says of every pair that neither needs the other, wherever a chat model is chosen."""
    model = ScriptedChatModel(['{"first": "neither"}'] * 20)
    chosen = ChosenModel(ModelOffer("embedded:scripted", "scripted", True, ""), model)
    monkeypatch.setattr("knowledge.models.ladder.Ladder.choose", lambda *_: chosen)
    monkeypatch.setattr("tutor.cli_graph_judge.MOST_SURE", 1.0)  # the small course leaves little in doubt
    monkeypatch.setattr("knowledge.verdicts.LOG_ODDS", 9.0)
    return model


def test_a_model_judges_what_is_in_doubt_within_its_budget_once_and_its_answers_outlive_an_ingest(
    graph: Run, ingested: Path, scripted: ScriptedChatModel, capsys: pytest.CaptureFixture[str]
) -> None:
    before = needs(graph, "CLIP")
    code, out, err = graph("judge", "--dry-run", "--model", "scripted")
    assert (code, out, scripted.prompts) == (0, "nothing was asked\n", [])
    doubtful = int(err.split()[0])
    assert doubtful >= 2
    assert f"{doubtful} calls to make (about" in err
    judged = loaded(graph("judge", "--budget", "1", "--json"))
    assert [one["first"] for one in judged["judged"]] == [None]
    assert len(scripted.prompts) == 1
    [rest] = [loaded(graph("judge", "--json"))]
    assert (rest["known"], len(scripted.prompts)) == (1, doubtful)
    gone = {one["source"] for one in rest["judged"] if one["target"] == "CLIP"}
    assert needs(graph, "CLIP") == before - gone
    assert "scripted says that neither needs the other" in graph("show", rest["judged"][0]["target"])[1]
    (ingested / "05-more.md").write_text("# More\n\nNothing is new here.\n")
    assert main(["ingest", str(ingested)]) == 0
    capsys.readouterr()
    assert needs(graph, "CLIP") == before - gone
    assert loaded(graph("judge", "--forget", "--json"))["forgotten"] == len(rest["judged"])
    assert needs(graph, "CLIP") == before


def test_judging_without_a_model_says_where_to_get_one(graph: Run) -> None:
    code, _, err = graph("judge")
    assert code == 4
    assert "erica models" in err
    assert graph("judge", "--budget", "-1")[0] == 2


def test_a_name_that_no_concept_has_is_answered_with_what_means_nearly_the_same(
    graph: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.graph_session.ALIKE", 0.3)  # the hashing embedder knows words, not meanings
    code, out, err = graph("show", "language and image and text pairs of contrastive learning")
    assert (code, out) == (2, "")
    assert "Did you mean “" in err
    assert "contrastive learning" in err
