"""Figures keep the words their author gave them, videos their id, and the text is the same as without the marks."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import FoundFigure, ReadDocument
from ingest.readers import markdown, notebook
from knowledge.model import Cell, Heading
from tests.ingest.decks import png

# The figure is of the CS231n notes (MIT licence), convolutional networks, shortened.
CS231N = """
## Convolution

<div class="fig figcenter fighighlight">
  <img src="/assets/cnn/depthcol.jpeg" width="40%">
  <img src="/assets/nn1/neuron_model.jpeg" width="40%" style="border-left: 1px solid black;">
  <div class="figcaption">
    <b>Left:</b> An example input volume in red. <b>Right:</b> The neurons are unchanged.
  </div>
</div>

Text after it.
"""


def read(text: str, name: str = "a.md") -> ReadDocument:
    return markdown.read(text.encode(), name)


def figures(document: ReadDocument) -> list[tuple[str, str, str]]:
    return [(figure.reference, figure.alt, figure.caption) for figure in document.figures]


def videos(text: str, name: str = "a.mdx") -> list[tuple[str, str]]:
    return [(video.provider, video.key) for video in read(f"Some text.\n\n{text}\n\nMore.", name).videos]


def test_a_figure_of_a_real_course_keeps_its_caption_and_section() -> None:
    document = read(CS231N)
    caption = "Left: An example input volume in red. Right: The neurons are unchanged."
    assert figures(document) == [
        ("/assets/cnn/depthcol.jpeg", "", caption),
        ("/assets/nn1/neuron_model.jpeg", "", caption),
    ]
    assert document.figures[0].locator == Heading(("A", "Convolution"), "convolution")
    assert "\ufdd2" not in document.text
    assert "The neurons are unchanged." in document.text


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ('![Two towers](img/clip.png "Figure 1: CLIP")', ("img/clip.png", "Two towers", "Figure 1: CLIP")),
        ("![Two towers](img/clip.png)\n*The two encoders.*", ("img/clip.png", "Two towers", "The two encoders.")),
        ("![](a.png)\n\nFigure 3: A loss curve.", ("a.png", "", "Figure 3: A loss curve.")),
        ("![x](a.png)\n\nJust the next paragraph.", ("a.png", "x", "")),
        ('<figure><img src="a.png" alt="A curve"><figcaption>It <i>falls</i>.</figcaption></figure>',
         ("a.png", "A curve", "It falls .")),
        ('| a | b |\n|---|---|\n| 1 | <img src="cell.png" alt="in a cell"> |', ("cell.png", "in a cell", "")),
        ('- item <img src="item.png">\n- other', ("item.png", "", "")),
    ],
)  # fmt: skip
def test_pictures_are_found_however_they_are_written(text: str, figure: tuple[str, str, str]) -> None:
    assert figures(read(f"Text.\n\n{text}\n")) == [figure]


def test_badges_icons_and_pictures_in_code_are_no_figures() -> None:
    text = (
        "Text ![Open](https://colab.research.google.com/assets/colab-badge.svg) "
        '<img src="x.png" width="16">\n\n```md\n![a](b.png) <img src="c.png">\n```\n'
    )
    assert figures(read(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        '<Youtube id="aircAruvnKk"/>',
        '<YouTubeEmbed videoId="aircAruvnKk" />',
        '<iframe width="560" src="https://www.youtube.com/embed/aircAruvnKk" allowfullscreen></iframe>',
        "https://www.youtube.com/watch?v=aircAruvnKk",
        "[The talk](https://youtu.be/aircAruvnKk)",
    ],
)
def test_embedded_videos_give_their_id(text: str) -> None:
    assert videos(text) == [("youtube", "aircAruvnKk")]


def test_other_videos_and_a_link_in_a_sentence() -> None:
    assert videos('<video controls><source src="clips/a.mp4"></video>') == [("file", "clips/a.mp4")]
    assert videos("See [this](https://youtu.be/aircAruvnKk) for more about it.") == []
    assert videos('<Youtube id="not an id"/>') == []


def test_a_video_stands_where_it_is_embedded() -> None:
    document = read('# A\n\nBefore it.\n\n<Youtube id="aircAruvnKk"/>\n\nAfter it.', "a.mdx")
    assert document.text.index("Before") < document.videos[0].at <= document.text.index("After")


@given(st.lists(st.sampled_from(["word", "<img src='a.png'>", "![a](b.png)", "\n\n", "| ", "- ", "`", "$", "# "])))
def test_marks_never_stay_in_the_text(parts: list[str]) -> None:
    document = read("Start. " + "".join(parts) + " End.")
    assert not {"\ufdd2", "\ufdd3"} & set(document.text)
    places = [figure.at for figure in document.figures]
    assert places == sorted(places)
    assert all(0 <= at <= len(document.text) for at in places)


def test_a_notebook_shows_pictures_it_carries_and_plots() -> None:
    encoded = base64.b64encode(png()).decode()
    frame = "<iframe src='https://www.youtube.com/embed/aircAruvnKk'></iframe>"
    cells = [
        {
            "cell_type": "markdown",
            "source": "# A\n\nText ![The model](attachment:m.png)",
            "attachments": {"m.png": {"image/png": encoded}},
        },
        {
            "cell_type": "code",
            "source": "plot()",
            "outputs": [
                {"output_type": "display_data", "data": {"image/png": encoded, "text/plain": "<Figure>"}},
                {"output_type": "display_data", "data": {"text/html": [frame], "text/plain": "<Video>"}},
                {"output_type": "display_data", "data": {"image/png": 5}},
            ],
        },
    ]
    document = notebook.read(json.dumps({"nbformat": 4, "cells": cells}).encode(), "a.ipynb")
    attached, plotted = document.figures
    assert isinstance(attached, FoundFigure)
    assert (attached.locator, attached.alt, attached.image, attached.reference) == (Cell(1), "The model", png(), "")
    assert (plotted.locator, plotted.image, plotted.media_type) == (Cell(2), png(), "image/png")
    assert [video.key for video in document.videos] == ["aircAruvnKk"]
