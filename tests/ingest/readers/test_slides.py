"""Decks become text slide by slide: title first, boxes in reading order, notes marked, nothing taken from elsewhere."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.document import ReadDocument
from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.readers import slides
from knowledge.model import Slide, SourceKind
from tests.ingest.decks import BLANK, add_xml, box, deck, png, saved, slide, with_parts

VIDEO_PICTURE = (
    '<p:pic><p:nvPicPr><p:cNvPr id="90" name="Film"/><p:cNvPicPr/><p:nvPr><a:videoFile r:link="{link}"/></p:nvPr>'
    "</p:nvPicPr><p:blipFill/><p:spPr/></p:pic>"
)
FORMULA_SHAPE = """
<mc:AlternateContent><mc:Choice Requires="a14">
 <p:sp><p:nvSpPr><p:cNvPr id="91" name="F"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>
  <a:p><a:r><a:t>The loss </a:t></a:r>
   <a14:m><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>n</m:t></m:r></m:den></m:f></m:oMath></a14:m>
   <a:r><a:t> is a mean.</a:t></a:r></a:p>
  <a:p><a14:m><m:oMathPara><m:oMath><m:r><m:t>y=σ(x)</m:t></m:r></m:oMath></m:oMathPara></a14:m></a:p>
 </p:txBody></p:sp>
</mc:Choice><mc:Fallback>
 <p:sp><p:nvSpPr><p:cNvPr id="92" name="F"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>
  <a:p><a:r><a:t>old picture</a:t></a:r></a:p></p:txBody></p:sp>
</mc:Fallback></mc:AlternateContent>
""".strip()


def read(presentation: Any) -> ReadDocument:
    return slides.read(saved(presentation), "decks/03_clip.pptx")


def shown(document: ReadDocument) -> list[tuple[int, str, str]]:
    found = []
    for block in document.blocks:
        assert isinstance(block.locator, Slide)
        found.append((block.locator.number, block.kind.value, document.text[block.start : block.end]))
    return found


def test_a_slide_is_its_title_its_nested_list_and_its_marked_notes() -> None:
    talk = deck()
    slide(talk, "Contrastive learning", [(0, "Pairs"), (1, "image"), (1, "text"), (0, "A loss")], notes="Ask them why.")
    document = read(talk)
    assert document.kind is SourceKind.SLIDES
    assert shown(document) == [
        (1, "heading", "## Contrastive learning"),
        (1, "list", "- Pairs\n   - image\n   - text\n- A loss"),
        (1, "heading", "### Speaker notes"),
        (1, "prose", "Ask them why."),
    ]
    assert document.title == "Contrastive learning"
    assert document.blocks[-1].heading_path == ("Contrastive learning", "Speaker notes")


def test_a_sentence_on_slide_12_comes_back_from_slide_12() -> None:
    talk = deck()
    talk.core_properties.title = "Vision and language"
    for number in range(1, 15):
        slide(talk, f"Part {number}", [(0, "An opening point"), (0, f"The temperature of step {number} is learned.")])
    document = read(talk)
    at = document.text.index("The temperature of step 12 is learned.")
    block = next(block for block in document.blocks if block.start <= at < block.end)
    assert block.locator == Slide(12)
    assert block.heading_path == ("Vision and language", "Part 12")


def test_columns_are_read_one_after_the_other_and_rows_from_the_top() -> None:
    talk = deck()
    made = slide(talk, "Two ways")
    box(made, "right body", 5.2, 2.6, 4, 3)
    box(made, "left body", 0.5, 2.6, 4, 3)
    box(made, "right head", 5.2, 2.0, 4, 0.55)
    box(made, "left head", 0.5, 2.0, 4, 0.55)
    box(made, "foot over both", 0.5, 6.4, 8.7, 0.5)
    assert [text for _, _, text in shown(read(talk))][1:] == [
        "left head",
        "left body",
        "right head",
        "right body",
        "foot over both",
    ]


def test_groups_are_opened_where_they_stand() -> None:
    talk = deck()
    made = slide(talk, "Grouped")
    box(made, "last", 0.5, 6)
    inside = [box(made, "second", 0.5, 4), box(made, "first", 0.5, 3)]
    group = made.shapes.add_group_shape(inside)
    group.top = Inches(1)
    assert [text for _, _, text in shown(read(talk))][1:] == ["first", "second", "last"]


def test_code_in_its_font_is_code_and_straightened() -> None:
    talk = deck()
    made = slide(talk, "Code")
    box(made, "import torch\n\ndef loss(x):\n    return x[“a”].mean()", 1, 2, font="Consolas")
    block = read(talk).blocks[1]
    assert (block.kind.value, block.language) == ("code", "python")
    assert shown(read(talk))[1][2] == 'import torch\n\ndef loss(x):\n    return x["a"].mean()'


def test_a_word_of_code_inside_a_sentence_is_marked() -> None:
    talk = deck()
    shape = box(slide(talk, "Code"), "Call ", 1, 2)
    run = shape.text_frame.paragraphs[0].add_run()
    run.text, run.font.name = "fit()", "Courier New"
    shape.text_frame.paragraphs[0].add_run().text = " first."
    assert shown(read(talk))[1] == (1, "prose", "Call `fit()` first.")


def test_formulas_become_latex_and_fallbacks_are_not_said_twice() -> None:
    talk = deck()
    add_xml(slide(talk, "Formula"), FORMULA_SHAPE)
    assert shown(read(talk))[1:] == [
        (1, "prose", r"The loss $\frac{1}{n}$ is a mean."),
        (1, "formula", "$$\ny=\\sigma (x)\n$$"),
    ]


def test_tables_and_charts_become_tables() -> None:
    talk = deck()
    table = slide(talk, "Table").shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for (row, column), text in {(0, 0): "model", (0, 1): "a|b", (1, 0): "CLIP", (1, 1): "76.2"}.items():
        table.cell(row, column).text = text
    figures = CategoryChartData()
    figures.categories = ["epoch 1", "epoch 2"]
    figures.add_series("loss", (0.5, 0.25))
    drawn = slide(talk, "Chart").shapes.add_chart(
        XL_CHART_TYPE.LINE, Inches(1), Inches(2), Inches(4), Inches(3), figures
    )
    drawn.chart.has_title = True
    drawn.chart.chart_title.text_frame.text = "Training loss"
    found = shown(read(talk))
    assert found[1] == (1, "table", "| model | a\\|b |\n| --- | --- |\n| CLIP | 76.2 |")
    assert found[3:] == [
        (2, "prose", "Training loss"),
        (2, "table", "|  | loss |\n| --- | --- |\n| epoch 1 | 0.5 |\n| epoch 2 | 0.25 |"),
    ]


def test_pictures_keep_caption_alt_and_place_and_logos_go() -> None:
    talk = deck()
    for number in range(5):
        made = slide(talk, f"Slide {number}")
        made.shapes.add_picture(io.BytesIO(png(shade=9)), Inches(8), Inches(6), Inches(2), Inches(1))
    made.shapes.add_picture(io.BytesIO(png(shade=1)), Inches(1), Inches(2), Inches(4), Inches(3))
    made.shapes[-1]._element.nvPicPr.cNvPr.set("descr", "Two towers whose outputs meet in a matrix")
    box(made, "Figure 2: The two encoders.", 1, 5.1, 4)
    (figure,) = read(talk).figures
    assert figure.locator == Slide(5)
    assert figure.caption == "Figure 2: The two encoders."
    assert figure.alt == "Two towers whose outputs meet in a matrix"
    assert (figure.media_type, figure.image) == ("image/png", png(shade=1))
    assert 0 <= figure.at <= len(read(talk).text)


def test_a_linked_film_is_a_video_and_a_lesson_link_is_none() -> None:
    talk = deck()
    made = slide(talk, "Watch")
    link = made.part.relate_to(
        "https://www.youtube.com/embed/aircAruvnKk?feature=oembed",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/video",
        is_external=True,
    )
    add_xml(made, VIDEO_PICTURE.format(link=link))
    run = box(made, "see here", 1, 2).text_frame.paragraphs[0].runs[0]
    run.hyperlink.address = "https://vimeo.com/76979871"
    other = box(made, "and here", 1, 3).text_frame.paragraphs[0].runs[0]
    other.hyperlink.address = "https://example.org/lesson"
    assert [(video.provider, video.key) for video in read(talk).videos] == [
        ("youtube", "aircAruvnKk"),
        ("vimeo", "76979871"),
    ]


def test_hidden_and_empty_slides_are_noted_and_keep_their_number() -> None:
    talk = deck()
    slide(talk, "One", [(0, "first"), (0, "point")])
    slide(talk, "Secret", [(0, "hidden")])._element.set("show", "0")
    talk.slides.add_slide(talk.slide_layouts[BLANK])
    slide(talk, "Four")
    document = read(talk)
    assert "Secret" not in document.text
    assert shown(document)[-1] == (4, "prose", "Four")
    assert document.notes == ("1 of 4 slides hidden, left out: 2", "1 of 4 slides without text: 3")


def test_a_title_without_a_placeholder_is_found_at_the_top() -> None:
    talk = deck()
    made = talk.slides.add_slide(talk.slide_layouts[BLANK])
    box(made, "It goes down.", 1, 3)
    box(made, "Gradient descent", 1, 0.4)
    document = read(talk)
    assert document.blocks[-1].heading_path == ("Gradient descent",)
    assert shown(document) == [(1, "heading", "## Gradient descent"), (1, "prose", "It goes down.")]


def test_a_damaged_slide_costs_itself_alone() -> None:
    talk = deck()
    for title in ("One", "Two", "Three"):
        slide(talk, title, [(0, "a"), (0, "b")])
    two = (
        talk.slides[1]
        .placeholders[1]
        ._element.txBody.findall("{http://schemas.openxmlformats.org/drawingml/2006/main}p")[0]
    )
    two.get_or_add_pPr().set("lvl", "many")
    document = read(talk)
    assert document.notes == ("1 of 3 slides left out, they are damaged: 2",)
    assert "Three" in document.text


def test_a_deck_without_words_is_refused() -> None:
    talk = deck()
    talk.slides.add_slide(talk.slide_layouts[BLANK])
    with pytest.raises(EmptySource):
        read(talk)
    with pytest.raises(EmptySource):
        read(deck())


def test_what_is_no_deck_is_refused_with_a_remedy() -> None:
    whole = saved(deck())
    for content in (b"", b"PK\x03\x04", whole[: len(whole) // 2], with_parts(whole, {"ppt/presentation.xml": None})):
        with pytest.raises(UnreadableSource, match=r"a\.pptx"):
            slides.read(content, "a.pptx")
    with pytest.raises(UnreadableSource, match=r"Office 97.*soffice"):
        slides.read_old(b"anything", "a.ppt")


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_any_damage_is_read_or_refused(at: int, noise: bytes) -> None:
    content = bytearray(WHOLE)
    start = at * len(content) // 10_000
    content[start : start + len(noise)] = noise
    try:
        document = slides.read(bytes(content), "a.pptx")
    except IngestError:
        return
    assert "point" in document.text


def _whole() -> bytes:
    talk = deck()
    slide(talk, "One", [(0, "first point"), (0, "second point")], notes="Say it.")
    return saved(talk)


WHOLE = _whole()


def test_a_shape_without_a_size_keeps_its_words() -> None:
    talk = deck()
    shape = box(slide(talk, "One"), "A sentence without a place.", 1, 2)
    del shape._element.spPr.xfrm.find("{http://schemas.openxmlformats.org/drawingml/2006/main}ext").attrib["cy"]
    assert "A sentence without a place." in read(talk).text
