"""Write the bundled course's figures, slides, exercise sheet, web page and hand-out.

    python scripts/make_course_media.py [FOLDER]

FOLDER is the course folder; without it, the one of this repository. The same program writes the same bytes: no date, no
random id. What is said in the files is in `course_media_words.py`, the figures are in `course_figures`.
"""

from __future__ import annotations

import html
import io
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import course_media_words as words
from course_figures import FIGURES, draw, similarity_table

COURSE = Path(__file__).resolve().parents[1] / "courses" / "multimodal-learning"
AUTHOR, LICENCE = "The Erica contributors", "CC BY 4.0"
WRITTEN = datetime(2026, 1, 1)
"""The date that the office files carry; a real one would change their bytes at each run."""


def slides(path: Path, picture: Path) -> None:
    """Write the slides with notes, one table and one described picture."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for title, points, notes in words.SLIDES:
        slide = deck.slides.add_slide(deck.slide_layouts[1 if points else 5])
        slide.shapes.title.text = title
        slide.notes_slide.notes_text_frame.text = notes
        if points:
            slide.placeholders[1].text = "\n".join(points)
        elif title == words.TABLE_SLIDE:
            size = len(words.TABLE), len(words.TABLE[0])
            table = slide.shapes.add_table(*size, Inches(0.5), Inches(1.8), Inches(9), Inches(3)).table
            for row, cells in enumerate(words.TABLE):
                for column, cell in enumerate(cells):
                    table.cell(row, column).text = cell
        elif title == words.PICTURE_SLIDE:
            shown = slide.shapes.add_picture(str(picture), Inches(1.2), Inches(1.7), width=Inches(7.5))
            shown._element._nvXxPr.cNvPr.set("descr", words.PICTURE_TEXT)  # python-pptx has no public way to say it
    _finish(deck, "CLIP in twelve slides", path)


def exercises(path: Path) -> None:
    """Write the exercise sheet: tasks first, answers in a table at the end."""
    from docx import Document

    sheet = Document()
    sheet.add_heading("Exercises: using CLIP", 0)
    sheet.add_paragraph(f"{AUTHOR}, {LICENCE}. Each exercise can be solved with paper and a calculator.")
    for number, (title, task, _) in enumerate(words.EXERCISES, 1):
        sheet.add_heading(f"Exercise {number}: {title}", 1)
        sheet.add_paragraph(task)
    sheet.add_heading("Answers", 1)
    table = sheet.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "exercise", "answer"
    for title, _, answer in words.EXERCISES:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = title, answer
    _finish(sheet, "Exercises: using CLIP", path)


def _finish(document: Any, title: str, path: Path) -> None:
    """Save an office file with fixed dates, inside and in its archive."""
    about = document.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, AUTHOR, AUTHOR, LICENCE
    about.created = about.modified = WRITTEN
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            fixed = zipfile.ZipInfo(entry.filename, WRITTEN.timetuple()[:6])
            fixed.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(fixed, before.read(entry))


def web_page(path: Path) -> None:
    """Write the page on motion with a figure and its caption."""
    sections = "\n".join(
        f"<h2>{html.escape(heading)}</h2>\n<p>{html.escape(text)}</p>" for heading, text in words.MOTION
    )
    alt = "Backward warping gathers into each output pixel; forward splatting scatters and leaves one hole."
    path.write_text(
        f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Motion at a glance</title></head>
<body>
<main>
<h1>Motion at a glance</h1>
{sections}
<figure><img src="../figures/gather-and-scatter.svg" alt="{alt}">
<figcaption>The same flow used in both ways.</figcaption></figure>
<p>{AUTHOR}, {LICENCE}.</p>
</main>
</body>
</html>
""",
        encoding="utf-8",
    )


def handout(path: Path, picture: Path) -> None:
    """Write the hand-out: one page for each part, a figure on the first."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import cm
    from reportlab.platypus import Image, PageBreak, Paragraph, SimpleDocTemplate, Spacer

    styles = getSampleStyleSheet()
    parts: list[Any] = [Paragraph("CLIP and motion: a hand-out", styles["Title"])]
    parts.append(Paragraph(f"{AUTHOR}, {LICENCE}", styles["Normal"]))
    for number, (heading, paragraphs) in enumerate(words.HANDOUT):
        if number:
            parts.append(PageBreak())
        parts.append(Paragraph(heading, styles["Heading1"]))
        for text in paragraphs:
            parts += [Paragraph(html.escape(text), styles["BodyText"]), Spacer(1, 0.3 * cm)]
        if not number:
            parts.append(Image(str(picture), width=14 * cm, height=14 * cm * 3.4 / 6))
            parts.append(Paragraph(f"Figure: {words.PICTURE_TEXT}", styles["Italic"]))
    document = SimpleDocTemplate(
        str(path), pagesize=A4, invariant=1, title="CLIP and motion: a hand-out", author=AUTHOR, lang="en"
    )
    document.build(parts)


def main() -> None:
    course = Path(sys.argv[1]) if len(sys.argv) > 1 else COURSE
    figures = course / "figures"
    for folder in (figures, course / "06-clip", course / "07-using-clip", course / "09-motion"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, figure in FIGURES.items():
        draw(figure, figures / f"{name}.svg")
    picture = figures / "similarity-table.png"
    draw(similarity_table, picture)
    slides(course / "06-clip" / "clip-slides.pptx", picture)
    handout(course / "07-using-clip" / "clip-handout.pdf", picture)
    exercises(course / "07-using-clip" / "using-clip-exercises.docx")
    web_page(course / "09-motion" / "motion-at-a-glance.html")


if __name__ == "__main__":
    main()
