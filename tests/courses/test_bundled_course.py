"""The bundled course keeps its own promises: cells run, links lead somewhere, sections and formulas are complete."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.courses.material import (
    COURSE,
    CodeCell,
    cells_of,
    formulas_of,
    headings_of,
    links_of,
    listed_lessons,
    text_of,
    with_ending,
)

LESSONS = with_ending(".md")
NOTEBOOKS = with_ending(".ipynb")
TRANSCRIPTS = with_ending(".vtt")
SECTIONS = (
    r"Objective", r"Prerequisites", r"Why .+ matters?", r"Intuition", r"Definitions? of .+", r"Worked example",
    r"Code: .+", r"Applications of .+", r"Common misconceptions", r"Key takeaways", r"Check yourself", r"References",
)  # fmt: skip
MODULES = {"fractions", "itertools", "lab", "math", "matplotlib", "numpy", "torch"}
CELL_SECONDS = 10.0
"""The course promises under 2 s a cell on an idle machine; the test allows for a busy one."""


# --- contents ---


def test_every_material_file_is_listed_exactly_once() -> None:
    listed = listed_lessons()
    present = {
        path.relative_to(COURSE).as_posix()
        for ending in ("md", "ipynb", "vtt", "pptx", "pdf", "docx", "html")
        for path in COURSE.rglob(f"*.{ending}")
        if path.name != "README.md"
    }
    assert sorted(listed) == sorted(present)


def test_readme_states_licence_and_structure() -> None:
    readme = (COURSE / "README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in readme
    assert "course.toml" in readme


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_has_its_sections_in_order(lesson: str) -> None:
    headings = headings_of(lesson)
    assert headings[0][0] == 1
    assert [level for level, _ in headings].count(1) == 1, "one title a lesson"
    titles = [title for _, title in headings]
    places = []
    for section in SECTIONS:
        matching = [place for place, title in enumerate(titles) if re.fullmatch(section, title)]
        assert matching, f"{lesson} has no section like {section!r}"
        places.append(matching[0])
    assert places == sorted(places)


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_length_is_readable(lesson: str) -> None:
    prose = re.sub(r"^```.*?^```", "", text_of(lesson), flags=re.M | re.S)
    assert 600 <= len(prose.split()) <= 1500


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_links_lead_to_files_of_the_course(lesson: str) -> None:
    for target in links_of(lesson):
        found = (COURSE / lesson).parent.joinpath(target.split("#")[0]).resolve()
        assert found.is_relative_to(COURSE), f"{lesson}: {target} leaves the course"
        assert found.is_file(), f"{lesson}: {target} does not exist"


@pytest.mark.parametrize("lesson", LESSONS)
def test_prerequisite_links_point_back_in_the_course(lesson: str) -> None:
    order = listed_lessons()
    text = text_of(lesson)
    section = text[text.index("## Prerequisites") : text.index("## Why ")]
    targets = re.findall(r"\]\(([^()\s]+)\)", section)
    assert targets or lesson == order[0], f"{lesson} names no prerequisite"
    for target in targets:
        path = (COURSE / lesson).parent.joinpath(target).resolve().relative_to(COURSE).as_posix()
        assert order.index(path) < order.index(lesson), f"{lesson} builds on {path}, which comes after it"


# --- formulas ---


def written_texts() -> list[tuple[str, str]]:
    texts = [(lesson, text_of(lesson)) for lesson in LESSONS]
    for notebook in NOTEBOOKS:
        cells = json.loads(text_of(notebook))["cells"]
        texts += [(notebook, "".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown"]
    return texts


@pytest.mark.parametrize(("lesson", "text"), written_texts(), ids=lambda value: str(value)[:60].split("\n")[0])
def test_formulas_are_balanced(lesson: str, text: str) -> None:
    for formula in formulas_of(text):
        assert formula.strip(), f"{lesson} has an empty formula"
        bare = formula.replace(r"\{", "").replace(r"\}", "")
        depth = 0
        for character in bare:
            depth += {"{": 1, "}": -1}.get(character, 0)
            assert depth >= 0, f"{lesson}: {formula}"
        assert depth == 0, f"{lesson}: braces are not balanced in {formula}"
        assert re.findall(r"\\begin\{(\w+\*?)\}", formula) == re.findall(r"\\end\{(\w+\*?)\}", formula)
        assert len(re.findall(r"\\left(?![a-z])", formula)) == len(re.findall(r"\\right(?![a-z])", formula))
        assert "<" not in formula, f"{lesson}: write \\lt in {formula}"
        assert ">" not in formula, f"{lesson}: write \\gt in {formula}"


def test_an_unclosed_formula_is_noticed() -> None:
    with pytest.raises(ValueError, match="not closed"):
        formulas_of("The value $x + 1 is open.")


# --- code ---


def run_cells(cells: list[CodeCell], *, shared: bool) -> list[dict[str, object]]:
    runner = Path(__file__).with_name("cell_runner.py")
    finished = subprocess.run(
        [sys.executable, "-I", str(runner), *(["--shared"] if shared else [])],
        input=json.dumps([cell.code for cell in cells]),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    results: list[dict[str, object]] = json.loads(finished.stdout)
    return results


def complaints(cells: list[CodeCell], results: list[dict[str, object]], *, must_print: bool) -> list[str]:
    found = []
    for cell, result in zip(cells, results, strict=True):
        if result["error"]:
            found.append(f"{cell.place}: {result['error']}")
        elif must_print and not str(result["printed"]).strip():
            found.append(f"{cell.place}: prints nothing")
        elif float(str(result["seconds"])) > CELL_SECONDS:
            found.append(f"{cell.place}: took {result['seconds']} s")
    return found


@pytest.mark.parametrize("lesson", [*LESSONS, *NOTEBOOKS])
def test_cells_parse_and_check_themselves(lesson: str) -> None:
    cells = cells_of(lesson)
    assert cells, f"{lesson} has no Python cell"
    for cell in cells:
        tree = ast.parse(cell.code, cell.place)
        imported = {
            name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }
        assert imported <= MODULES, f"{cell.place} imports {imported}"
        assert max(map(len, cell.code.splitlines())) <= 120, f"{cell.place}: a line is too long to read"
        if lesson.endswith(".md"):
            assert any(isinstance(node, ast.Assert) for node in ast.walk(tree)), f"{cell.place} checks nothing"


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_has_a_cell_that_fits_into_one_passage(lesson: str) -> None:
    """An embedder reads about 250 word pieces: a cell of this size is one passage, and runs as it is quoted."""
    sizes = [len(re.findall(r"\w{1,4}|[^\w\s]", cell.code)) for cell in cells_of(lesson)]
    assert min(sizes) <= 235, f"{lesson}: the shortest cell has about {min(sizes)} word pieces"


@pytest.fixture(scope="module")
def each_on_its_own() -> dict[str, list[dict[str, object]]]:
    """What came of the cells of all lessons, run in one process: importing torch takes longer than most of them."""
    cells = {lesson: cells_of(lesson) for lesson in LESSONS}
    results = iter(run_cells([cell for each in cells.values() for cell in each], shared=False))
    return {lesson: [next(results) for _ in each] for lesson, each in cells.items()}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_each_cell_of_a_lesson_runs_on_its_own(
    lesson: str, each_on_its_own: dict[str, list[dict[str, object]]]
) -> None:
    found = complaints(cells_of(lesson), each_on_its_own[lesson], must_print=True)
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_from_top_to_bottom(notebook: str) -> None:
    cells = cells_of(notebook)
    found = complaints(cells, run_cells(cells, shared=True), must_print=False)
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_a_failing_cell_is_reported_with_its_place() -> None:
    cells = [CodeCell("lesson, line 1", "print(1)"), CodeCell("lesson, line 9", "assert 1 + 1 == 3")]
    found = complaints(cells, run_cells(cells, shared=False), must_print=True)
    assert len(found) == 1
    assert found[0].startswith("lesson, line 9: ")
    assert "AssertionError" in found[0]


# --- notebook and transcript ---


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_notebook_is_valid_and_small(notebook: str) -> None:
    import nbformat

    content = nbformat.reads(text_of(notebook), as_version=4)
    nbformat.validate(content)
    assert content.nbformat == 4
    assert len(text_of(notebook)) < 60_000
    assert all(not cell.outputs for cell in content.cells if cell.cell_type == "code"), "outputs are made by the reader"


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_transcript_times_increase_at_the_pace_of_speech(transcript: str) -> None:
    text = text_of(transcript)
    assert text.startswith("WEBVTT")
    assert "script" in text.split("-->")[0].lower(), "the header says that this is a narration script"
    cues = re.findall(r"^([\d:.]+) --> ([\d:.]+)\n((?:.+\n?)+)", text, re.M)
    assert len(cues) > 20
    before = 0.0
    for start, end, words in cues:
        assert before <= seconds(start) < seconds(end)
        pace = len(words.split()) / (seconds(end) - seconds(start)) * 60
        assert 110 <= pace <= 170, f"{start}: {pace:.0f} words a minute"
        before = seconds(end)
    assert 8 * 60 <= before <= 11 * 60
