"""`erica ingest` takes web addresses beside paths, and says what became of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import HashingEmbedder
from tests.ingest.web.sites import page, serve
from tutor.cli import main

PAGES = {
    "/course/": page("Deep Course", "Start here.", "nets.html"),
    "/course/nets.html": page("Nets", "A **net** is a graph of layers."),
}


@pytest.fixture(autouse=True)
def _hashing(monkeypatch: pytest.MonkeyPatch, own_folders: None) -> None:
    monkeypatch.setattr("knowledge.embedders.open_embedder", lambda *_, **__: HashingEmbedder())


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["ingest", *arguments, "--json", "--delay", "0"])
    return code, json.loads(capsys.readouterr().out)


def test_a_site_and_a_folder_are_ingested_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# A\n\nWords of a folder.\n", encoding="utf-8")
    with serve(PAGES) as served:
        site = f"{served.address}/course/"
        code, report = run(capsys, site, str(tmp_path / "notes"), "--crawl-depth", "3", "--allow-private")
        assert (code, report["failed"]) == (0, [])
        assert report["added"] == ["./", "nets.html", "a.md"]


def test_one_page_is_the_default_and_an_address_that_is_refused_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serve(PAGES) as served:
        code, report = run(capsys, f"{served.address}/course/", "http://169.254.169.254/x", "--allow-private")
        assert (code, report["added"]) == (3, ["./"])
        assert "not on the public internet" in report["failed"][0]["reason"]
        code, report = run(capsys, f"{served.address}/course/")
        assert code == 1
        assert "--allow-private" in report["failed"][0]["reason"]


def test_a_dry_run_keeps_nothing_of_what_it_fetched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = tmp_path / "lib"
    with serve(PAGES) as served:
        site = f"{served.address}/course/"
        options = ("--crawl-depth", "1", "--allow-private", "--library", str(library))
        _, report = run(capsys, site, *options, "--dry-run")
        assert report["added"] == ["./", "nets.html"]
        assert not library.exists()
        run(capsys, site, *options)
        index = next(library.glob("web/*/pages.json")).read_bytes()
        served.pages["/course/nets.html"] = page("Nets", "Other words.")
        _, report = run(capsys, site, *options, "--dry-run")
        assert (report["updated"], report["added"]) == (["nets.html"], [])
        assert next(library.glob("web/*/pages.json")).read_bytes() == index


def test_a_folder_that_is_no_library_gets_nothing_put_into_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x", encoding="utf-8")
    with serve(PAGES) as served:
        arguments = [f"{served.address}/course/", "--allow-private", "--library", str(tmp_path / "mine")]
        assert main(["ingest", *arguments]) == 1
        assert "holds other files" in capsys.readouterr().err
        assert served.asked == []
    assert [entry.name for entry in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    "option", [("--crawl-depth", "-1"), ("--max-pages", "many"), ("--delay", "-3"), ("--delay", "x")]
)
def test_options_that_mean_nothing_are_wrong_usage(option: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["ingest", "https://course.example/", *option])
    assert stop.value.code == 2
