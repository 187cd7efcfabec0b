"""Sentences keep their places, and code and formulas stay whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import SentenceKind, sentences


def texts(text: str) -> list[tuple[str, str]]:
    return [(s.kind.value, text[s.start : s.end]) for s in sentences(text)]


def test_prose_is_cut_at_sentence_ends_and_not_at_abbreviations() -> None:
    text = "CLIP, e.g. ViT-B/32, has two encoders. They were trained by A. Radford et al. on pairs. It works!"
    assert [t for _, t in texts(text)] == [
        "CLIP, e.g. ViT-B/32, has two encoders.",
        "They were trained by A. Radford et al. on pairs.",
        "It works!",
    ]


def test_decimals_and_inline_formulas_and_code_do_not_end_a_sentence() -> None:
    text = "The scale starts at 14.29 here. Let $x. Y$ be given. Call `a. B` twice."
    assert [t for _, t in texts(text)] == [
        "The scale starts at 14.29 here.",
        "Let $x. Y$ be given.",
        "Call `a. B` twice.",
    ]


def test_lists_headings_tables_formulas_and_fences_are_told_apart() -> None:
    formula = "$$\n-\\log p. Q\n$$"
    text = f"## Loss\n\nThe loss is\n\n{formula}\n\n- First item.\n- Second. Third.\n\n| a | b |\n\n```py\nx = 1. \n```"
    assert texts(text) == [
        ("heading", "## Loss"),
        ("prose", "The loss is"),
        ("formula", formula),
        ("item", "First item."),
        ("item", "Second."),
        ("item", "Third."),
        ("table", "| a | b |"),
        ("code", "```py\nx = 1. \n```"),
    ]


def test_a_sentence_may_run_over_lines() -> None:
    assert texts("One line\ngoes on. Next\none.") == [("prose", "One line\ngoes on."), ("prose", "Next\none.")]


@given(st.text(alphabet=st.sampled_from("ab A.!?\n\t$`#|-*>1é。 []()\\"), max_size=200))
def test_spans_are_ordered_disjoint_and_keep_every_visible_character_of_prose(text: str) -> None:
    spans = sentences(text)
    position = 0
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert not text[span.start].isspace()
        assert not text[span.end - 1].isspace()
        position = span.end
    lost = set(text) - {c for s in spans for c in text[s.start : s.end]}
    assert not {c for c in lost if c.isalnum() and c != "1"}
    assert all(isinstance(s.kind, SentenceKind) for s in spans)
