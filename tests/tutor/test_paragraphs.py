"""Parts of paragraphs that can be read where no sentence can be read alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.model import Heading, Quote
from tests.tutor import examples
from tutor.lesson import Passage
from tutor.paragraphs import MOST_CONTINUED, MOST_WORDS, Excerpt, continued, definition, excerpts
from tutor.quoting import quotable


def passage(text: str, *headings: str) -> Passage:
    path = headings or ("Padding",)
    return Passage("c1", examples.chunk(examples.LESSON, 0, text, Heading(path, "padding"), *path), examples.LESSON)


def of(text: str, *headings: str) -> dict[str, str]:
    """Return each excerpt by the sentence that it is about."""
    found: list[Excerpt] = list(excerpts(passage(text, *headings)))
    return {one.sentence: one.quoted.shown for one in found}


def test_a_sentence_that_leans_on_nothing_begins_its_excerpt_and_what_follows_goes_with_it() -> None:
    first, second = "We pad each batch to its longest sample.", "This keeps the tensors small and the training fast."
    made = of(f"{first} {second}")
    assert made[first] == f"{first} {second}"


def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it() -> None:
    before, leaning = "We pad each batch to its longest sample.", "This keeps the tensors small and the training fast."
    made = of(f"Batches come from the loader of the course. {before} {leaning}")
    assert made[leaning] == f"{before} {leaning}"


@pytest.mark.parametrize(
    "text",
    [
        "What does the collator do with all of the samples?",
        "To see this in action we define the collator so:",
        "Now let's have a look at what the collator returns.",
        "Lets see an example of how the collator pads a batch of texts.",
        "There are many checkpoints for a collator on the Hub that you can explore here.",
        "We've seen how to train a model with a collator of the library.",
        "The code that uses the collator will be the same as before, with one change.",
        "For a harder challenge, try to write a collator that pads any batch.",
        "The next chapter will show how a collator pads a batch of texts.",
        "As the figure 3 shows, padding of all samples is wasteful.",
        "The samples below are padded to the same length by the collator.",
        "However, this is slow where samples differ a lot in length.",
        "| sample | length | and some words that stand in a table row |",
        "- an entry of a list that says a few words about padding.",
        "Padding is slow.",
    ],
)
def test_what_says_nothing_or_needs_its_page_is_no_excerpt(text: str) -> None:
    assert not of(text)


def test_what_only_announces_does_not_end_an_excerpt() -> None:
    first = "We pad each batch to its longest sample."
    assert of(f"{first} Let's try it on a few samples of ours.")[first] == first


def test_a_section_that_does_not_teach_gives_none() -> None:
    text = "We pad each batch to its longest sample."
    assert of(text, "Padding", "Padding of batches")
    assert not of(text, "Padding", "Learning objectives")


def test_an_excerpt_is_short_enough_to_read() -> None:
    long = " ".join(f"We pad sample number {number} to the length of its batch." for number in range(60))
    assert all(len(quoted.split()) <= MOST_WORDS for quoted in of(long).values())


def test_on_a_concept_the_sentence_names_it_or_the_excerpt_does_in_its_own_section() -> None:
    other, said = "Our images are read from a folder.", "We call it CLIP when both encoders are trained by this loss."
    text = f"{said} It was trained on pairs from the web.\n\n{other}"
    own = [one.sentence for one in excerpts(passage(text, "CLIP"), examples.CLIP)]
    elsewhere = [one.sentence for one in excerpts(passage(text, "Encoders"), examples.CLIP)]
    assert own == [said, "It was trained on pairs from the web."]
    assert elsewhere == [said]


def test_what_is_quoted_stands_so_in_the_passage() -> None:
    text = "Batches come from the loader.\n\n**Note.** We pad each batch\nto its longest sample, as `[c3]` says."
    place = passage(text)
    for one in excerpts(place):
        assert text[one.quoted.start : one.quoted.start + len(one.quoted.quote)] == one.quoted.quote
        assert "[c3]" not in one.quoted.shown


LEAD = "CLIP is trained on pairs of images and texts."


def going_on(text: str, *taken: str) -> str:
    """Return the first sentence of the text as it is quoted with what goes on from it."""
    sentence = quotable(passage(text))[0]
    return continued(sentence, lambda one: one.quote in taken).shown


def test_a_sentence_is_quoted_with_what_goes_on_from_it_in_its_paragraph() -> None:
    more = "It sees 400 million of them. That is why it knows so many things."
    assert going_on(f"{LEAD} {more}") == f"{LEAD} {more}"
    assert going_on(f"{LEAD}\n\n{more}") == LEAD


@pytest.mark.parametrize(
    "breaks",
    ["What does that cost?", "Let's see.", "It looks as figure 3 shows.", "See this chapter."],
)
def test_what_goes_on_ends_before_a_question_an_announcement_or_another_place(breaks: str) -> None:
    assert going_on(f"{LEAD} It sees many of them. {breaks} It knows a lot.") == f"{LEAD} It sees many of them."


def test_what_has_its_own_place_in_the_lesson_ends_it() -> None:
    assert going_on(f"{LEAD} A pair is an image with its text.", "A pair is an image with its text.") == LEAD


def test_what_goes_on_has_room() -> None:
    long = " ".join(f"It is shown pair number {number} of the large collection." for number in range(40))
    assert len(going_on(f"{LEAD} {long}").split()) <= MOST_CONTINUED


def test_an_entry_of_a_list_does_not_go_on_in_the_next() -> None:
    assert going_on(f"{LEAD}\n- It sees many of them.\n- It knows a lot.") == LEAD


def test_a_definition_that_goes_on_from_nothing_is_quoted_though_a_word_in_it_points_back() -> None:
    said = "A **decoder** is a network that produces an output from such vectors."
    place = passage(f"Vectors come from an encoder. {said}")
    concept = replace(examples.CLIP, name="decoder", definition=Quote(place.chunk.id, said))
    assert [one.quote for one in definition([place], concept)] == [said]
    leaning = replace(examples.CLIP, definition=Quote(place.chunk.id, "This is a decoder."))
    assert not list(definition([passage("This is a decoder.")], leaning))
    assert not list(definition([place], replace(examples.CLIP, definition=None)))


def test_a_formula_ends_what_is_quoted_of_a_paragraph() -> None:
    made = of(f"{LEAD} It sees many of them.\n$$n = 400$$\nIt was trained on them for many days.")
    assert made[LEAD] == f"{LEAD} It sees many of them."
