"""Papers in two columns written by reportlab, with the order in which they are read as the oracle.

Justified lines, words broken at line ends, numbered headings, running heads, page numbers, footnotes under a column
and a figure over a caption; drawn column by column, or in rows across both as office programs do.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

WORDS = (
    "the model learns weights gradient descent loss function network attention representation embedding layer training "
    "optimisation regularisation convergence probability distribution information transformation generalisation "
    "language dataset benchmark performance parameter architecture encoder decoder we show that of and in to for with"
).split()
WIDTH, HEIGHT = letter
MARGIN, GUTTER = 54, 18
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
TITLE = "A Study of Contrastive Things"
HEAD = "Proceedings of a Workshop"
CAPTION = "Figure 1: The loss falls over time."


@dataclass
class Paper:
    """The file, and what stands on each page: words in reading order, headings, footnotes."""

    content: bytes = b""
    words: list[list[str]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    footnotes: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class _Drawn:
    x: float
    y: float
    font: str
    size: float
    text: str
    justified: bool = False


def paper(pages: int, seed: int, *, in_rows: bool, figure: bool = False) -> Paper:
    """Return a paper; the same seed gives the same one."""
    rng = random.Random(seed)
    made, stream = Paper(), io.BytesIO()
    canvas = Canvas(stream, pagesize=letter)
    for number in range(1, pages + 1):
        made.words.append([])
        drawn = [
            _Drawn(MARGIN, HEIGHT - 30, "Helvetica", 8, f"{HEAD} {seed}"),
            _Drawn(WIDTH / 2, 25, "Helvetica", 8, str(number)),
        ]
        top = HEIGHT - 60
        if number == 1:
            drawn.append(_Drawn(120, top - 10, "Helvetica-Bold", 18, TITLE))
            made.words[-1] += TITLE.split()
            top -= 60
        for column in (0, 1):
            lowest = top
            if figure and number == 1 and column == 0:
                canvas.setFillGray(0.8)
                canvas.rect(MARGIN + 20, top - 90, COLUMN - 40, 90, stroke=0, fill=1)
                canvas.setFillGray(0)
                drawn.append(_Drawn(MARGIN, top - 105, "Times-Roman", 9.5, CAPTION))
                made.words[-1] += CAPTION.split()
                lowest = top - 130
            drawn += _column(canvas, rng, made, number, column, lowest)
        for one in sorted(drawn, key=lambda one: (-round(one.y), one.x)) if in_rows else drawn:
            _draw(canvas, one)
        canvas.showPage()
    canvas.save()
    made.content = stream.getvalue()
    return made


def _column(canvas: Canvas, rng: random.Random, made: Paper, page: int, column: int, top: float) -> list[_Drawn]:
    x, y = MARGIN + column * (COLUMN + GUTTER), top
    noted = rng.random() < 0.5
    bottom = 84 if noted else 60
    drawn = []
    while y > bottom + 60:
        if rng.random() < 0.3:
            heading = f"{len(made.headings) // 9 + 1}.{len(made.headings) % 9 + 1} Section named {rng.choice(WORDS)}"
            made.headings.append((page, heading))
            made.words[-1] += heading.split()
            drawn.append(_Drawn(x, y - 8, "Times-Bold", 11, heading))
            y -= 24
        words = [rng.choice(WORDS) for _ in range(rng.randrange(20, 70))]
        lines = _broken(canvas, rng, [f"Point{len(made.words[-1])}", *words, "end."])[: int((y - bottom) // 11.5)]
        for text, justified in lines:
            drawn.append(_Drawn(x, y, "Times-Roman", 9.5, text, justified))
            y -= 11.5
        made.words[-1] += _whole(lines)
        y -= 4
    if noted:
        note = f"{rng.randrange(1, 9)} See the {rng.choice(WORDS)} of {rng.choice(WORDS)} and {rng.choice(WORDS)}."
        made.footnotes.append((page, note))
        drawn.append(_Drawn(x, 60, "Times-Roman", 7.5, note))
    return drawn


def _broken(canvas: Canvas, rng: random.Random, words: list[str]) -> list[tuple[str, bool]]:
    """Return lines of a paragraph, long words broken where they do not fit."""
    lines: list[tuple[str, bool]] = []
    line: list[str] = []
    for word in words:
        if canvas.stringWidth(" ".join([*line, word]), "Times-Roman", 9.5) <= COLUMN:
            line.append(word)
            continue
        at = rng.randrange(3, len(word) - 3) if len(word) > 8 else 0
        if at and canvas.stringWidth(" ".join([*line, f"{word[:at]}-"]), "Times-Roman", 9.5) <= COLUMN:
            lines.append((" ".join([*line, f"{word[:at]}-"]), True))
            line = [word[at:]]
        else:
            lines.append((" ".join(line), True))
            line = [word]
    return [*lines, (" ".join(line), False)]


def _whole(lines: list[tuple[str, bool]]) -> list[str]:
    return " ".join(text if text.endswith("-") else f"{text} " for text, _ in lines).replace("- ", "").split()


def _draw(canvas: Canvas, one: _Drawn) -> None:
    text = canvas.beginText(one.x, one.y)
    text.setFont(one.font, one.size)
    if one.justified and " " in one.text:
        text.setWordSpace((COLUMN - canvas.stringWidth(one.text, one.font, one.size)) / one.text.count(" "))
    text.textOut(one.text)
    canvas.drawText(text)
