"""Slides, hand-out, exercises, web page and figures of the bundled course: made by the script, whole, described."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.courses.material import COURSE, text_of, with_ending

MADE = (
    "06-clip/clip-slides.pptx",
    "07-using-clip/clip-handout.pdf",
    "07-using-clip/using-clip-exercises.docx",
    "09-motion/motion-at-a-glance.html",
)
PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^()\s]+)\)")


@pytest.mark.slow
def test_the_script_writes_the_committed_words_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    script = COURSE.parents[1] / "scripts" / "make_course_media.py"
    runs = [subprocess.Popen([sys.executable, str(script), str(tmp_path / name)]) for name in ("first", "second")]
    assert [run.wait(timeout=200) for run in runs] == [0, 0]
    made = sorted(path.relative_to(tmp_path / "first") for path in (tmp_path / "first").rglob("*.*"))
    assert {path.as_posix() for path in made} >= set(MADE)
    for path in made:
        assert (tmp_path / "first" / path).read_bytes() == (tmp_path / "second" / path).read_bytes(), path
        assert (COURSE / path).is_file(), f"{path} is not committed"
        if path.suffix in (".svg", ".html"):
            assert words_of(tmp_path / "first" / path) == words_of(COURSE / path), (
                f"{path} is not what the script writes"
            )


def words_of(path: Path) -> list[str]:
    """Return what a figure or page says: lines and curves may differ in their last digits between machines."""
    return re.findall(r">\s*([^<>]*[^<>\s])\s*<", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lesson", with_ending(".md"))
def test_pictures_exist_and_are_described(lesson: str) -> None:
    for alt, target in PICTURE.findall(text_of(lesson)):
        assert len(alt.split()) >= 5, f"{lesson}: {target} is not described"
        assert (COURSE / lesson).parent.joinpath(target).resolve().is_file(), f"{lesson}: {target} does not exist"


@pytest.mark.parametrize("lesson", with_ending(".md"))
def test_every_lesson_shows_a_figure_with_a_caption(lesson: str) -> None:
    assert re.search(r"^!\[[^\]\n]+\]\(\.\./figures/[\w-]+\.svg\)\n\n\*Figure: .+\.\*$", text_of(lesson), re.M)


def test_every_figure_is_shown_somewhere() -> None:
    texts = "".join(text_of(lesson) for lesson in [*with_ending(".md"), *with_ending(".html")])
    unused = [path.name for path in (COURSE / "figures").glob("*.svg") if f"figures/{path.name}" not in texts]
    assert not unused


def test_slides_have_notes_a_table_and_a_described_picture() -> None:
    from pptx import Presentation

    deck = Presentation(str(COURSE / MADE[0]))
    assert len(deck.slides) >= 12
    assert all(slide.notes_slide.notes_text_frame.text.strip() for slide in deck.slides)
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert sum(shape.has_table for shape in shapes) == 1
    descriptions = [shape._element._nvXxPr.cNvPr.get("descr") for shape in shapes if shape.shape_type == 13]
    assert len(descriptions) == 1
    assert "diagonal" in descriptions[0]


def test_handout_has_four_pages_with_text() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(COURSE / MADE[1])
    pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) >= 4
    assert all(len(text.split()) > 40 for text in pages)
    document.close()


EXERCISE_ANSWERS = (
    ("0.993", 1 / (1 + 2.718281828459045**-5), 5e-4),
    ("4.159", 6 * 0.6931471805599453, 5e-4),
    ("0.25 I", 1 / (1 + 3), 0),
    ("0.6", 3 / 5, 0),
    ("0.693", 0.6931471805599453, 5e-4),
    ("0.15", 12 / 40 - 6 / 40, 1e-12),
)


def test_answers_of_the_exercise_sheet_are_right() -> None:
    from docx import Document

    rows = Document(str(COURSE / MADE[2])).tables[0].rows[1:]
    assert len(rows) == len(EXERCISE_ANSWERS)
    for row, (printed, value, tolerance) in zip(rows, EXERCISE_ANSWERS, strict=True):
        assert printed in row.cells[1].text
        assert abs(float(printed.split()[0]) - value) <= tolerance
