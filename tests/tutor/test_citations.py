"""Citations are ours: what a model marks is taken out, what no passage supports is dropped and counted."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.tutor import examples
from tutor.citations import check, resolve, strip_marks
from tutor.lesson import Passage

WHY = Passage("c1", examples.CLIP_WHY, examples.LESSON)
HOW = Passage("c2", examples.CLIP_HOW, examples.LESSON)
USE = Passage("c3", examples.CLIP_USE, examples.TALK)


def test_a_citation_names_the_document_the_place_and_what_opens_it() -> None:
    citation = resolve(USE, "CLIP is used", 1.0)
    assert (citation.source, citation.locator) == ("Lesson clip.vtt", "12:34")
    assert citation.uri == "/course/clip.vtt#t=754"


def test_each_supported_sentence_is_cited_to_the_passage_that_holds_it() -> None:
    checked = check("CLIP learns from 400 million pairs. CLIP is used for image retrieval.", [WHY, HOW, USE])
    assert checked.text == "CLIP learns from 400 million pairs. [c1] CLIP is used for image retrieval. [c3]"
    assert [c.key for c in checked.citations] == ["c1", "c3"]
    assert all(c.quote in p.chunk.text for c, p in zip(checked.citations, (WHY, USE), strict=True))
    assert checked.removed == ()


def test_an_unsupported_sentence_is_dropped_and_counted() -> None:
    checked = check("CLIP was invented by a penguin in Norway. CLIP is used for image retrieval.", [WHY, USE])
    assert checked.text == "CLIP is used for image retrieval. [c3]"
    assert [(r.what, r.why) for r in checked.removed] == [
        ("CLIP was invented by a penguin in Norway.", "no passage supports it")
    ]


def test_a_number_that_does_not_stand_in_the_source_supports_nothing() -> None:
    assert check("CLIP learns from 440 million pairs of images and texts.", [WHY, USE]).text == ""


def test_the_number_of_a_chapter_or_address_counts_nothing() -> None:
    text = "Recall from [Chapter 2](/course/chapter2/3) that the output of CLIP is a tensor with dimensions."
    passage = replace(WHY, chunk=replace(WHY.chunk, text=text))
    assert check("The output of CLIP is a tensor with 2 dimensions.", [passage]).text == ""
    assert check("The output of CLIP is a tensor with dimensions.", [passage]).text


def test_similar_meaning_alone_supports_nothing() -> None:
    sure = lambda claims, quotes: [[0.99] * len(quotes) for _ in claims]  # noqa: E731  # a fake of one line
    assert check("Penguins swim well.", [WHY], sure).text == ""


def test_one_word_in_common_supports_nothing_that_does_not_stand_there() -> None:
    assert check("The photographs are the same.", [USE]).text == ""
    assert check("Photographs are all.", [USE], lambda a, b: [[0.9] * len(b)] * len(a)).text == ""


def test_what_is_usually_so_is_no_source_of_what_rarely_is() -> None:
    passages = [
        replace(WHY, chunk=replace(examples.CLIP_WHY, text="Dropout usually helps small convolutional models."))
    ]
    assert check("Dropout often helps small convolutional models.", passages).text
    assert not check("Dropout rarely helps small convolutional models.", passages).text


def test_closeness_asks_that_one_sentence_holds_the_words() -> None:
    said = "CLIP learns a common space that makes retrieval of images simple."
    text = "CLIP learns a common space for images and texts. Retrieval of images is made simple."
    passages = [replace(WHY, chunk=replace(examples.CLIP_WHY, text=text))]
    assert check(said, passages).text
    assert not check(said, passages, closeness=0.8).text
    assert check("CLIP learns a common space for images.", passages, closeness=0.8).text


def test_a_sentence_is_said_once() -> None:
    checked = check("CLIP is used for image retrieval. CLIP is used for\nimage retrieval.", [USE])
    assert checked.text == "CLIP is used for image retrieval. [c3]"
    assert checked.removed[0].why == "it was said before"


def test_a_sentence_of_which_most_stands_nowhere_in_the_passage_is_not_supported_by_likeness() -> None:
    said = "CLIP is used for robotics, medicine, translation and image retrieval."
    assert check(said, [USE], lambda a, b: [[0.99] * len(b)] * len(a)).text == ""


def test_the_echo_trap_no_mark_of_the_model_survives() -> None:
    text = "CLIP is used for image retrieval [Video, 12:34]. CLIP learns from pairs [1, 2] (Source: page 9) 【4†x】."
    checked = check(text, [WHY, USE])
    assert "Video" not in checked.text
    assert {r.what for r in checked.removed} >= {"[Video, 12:34]", "[1, 2]", "(Source: page 9)", "【4†x】"}
    assert set(_keys(checked.text)) <= {"c1", "c3"}


def test_marks_inside_code_and_formulas_are_left_alone() -> None:
    assert strip_marks("Take `x[0]` and $a[1]$ of [a](b).") == ("Take `x[0]` and $a[1]$ of [a](b).", [])


def test_a_denial_is_not_supported_by_what_it_denies() -> None:
    assert check("CLIP is not used for image retrieval.", [USE]).text == ""
    assert check("CLIP is never used for image retrieval.", [USE]).text == ""


def test_a_display_formula_stays_where_it_stands_in_a_passage_and_only_there() -> None:
    passage = Passage("c1", examples.CONTRASTIVE, examples.BASICS)
    right = "\\[ -\\log \\frac{\\exp(s/\\tau)}{\\sum_j \\exp(s_j/\\tau)} \\]"
    kept = check(f"The loss of contrastive learning is\n\n{right}", [passage])
    assert right in kept.text
    wrong = check("The loss of contrastive learning is\n\n$$\ns - \\tau\n$$", [passage])
    assert "$$" not in wrong.text
    assert "s - " in wrong.removed[0].what


def test_words_in_brackets_that_are_no_marks_are_kept() -> None:
    text = r"BERT uses the [CLS] token, \(x[i]\) and values in [MASK] of [a](b)."
    assert strip_marks(text) == (text, [])
    assert strip_marks("So it is [1], [c2] and [3, 4].")[0] == "So it is, and."


@given(st.text(max_size=300))
def test_whatever_a_model_writes_only_our_keys_come_out(text: str) -> None:
    checked = check(text, [WHY, HOW, USE])
    assert {c.key for c in checked.citations} <= {"c1", "c2", "c3"}
    passages = {"c1": WHY, "c2": HOW, "c3": USE}
    assert all(c.quote in passages[c.key].chunk.text for c in checked.citations)
    assert all(0.6 <= c.support <= 1 for c in checked.citations)


@given(
    st.lists(st.sampled_from(["[c9]", "[Video, 12:34]", "CLIP is used for image retrieval.", "[3]", "Hm."]), max_size=8)
)
def test_invented_keys_never_come_out(parts: list[str]) -> None:
    assert set(_keys(check(" ".join(parts), [WHY, USE]).text)) <= {"c1", "c3"}


def _keys(text: str) -> list[str]:
    return [part.split("]")[0] for part in text.split("[")[1:]]


def test_what_leans_on_a_dropped_sentence_is_dropped_with_it() -> None:
    said = "Penguins invented CLIP in Norway. It is used for image retrieval. CLIP is used for captioning."
    checked = check(said, [USE])
    assert checked.text == "CLIP is used for captioning. [c3]"
    assert [one.why for one in checked.removed] == [
        "no passage supports it",
        "it leans on a sentence that was taken out",
    ]


def test_what_is_announced_and_does_not_follow_is_not_announced() -> None:
    gone = check("CLIP is used for image retrieval. CLIP is used for:\n\n- Penguins in Norway.", [USE])
    assert gone.text == "CLIP is used for image retrieval. [c3]"
    stays = check("CLIP is used for:\n\n- image retrieval and captioning of photographs.", [USE])
    assert stays.text.count("[c3]") == 2
    assert check("CLIP is used for image retrieval:", [USE]).text == ""


def test_a_question_states_nothing() -> None:
    assert check("What is CLIP used for? CLIP is used for image retrieval.", [USE]).text.startswith("CLIP is used")
