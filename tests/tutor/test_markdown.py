from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tutor.markdown import bare, escape, fit

SYNTAX = "![ ]( ) [ ] < > ` ``` ~~~ $ $$ \\( \\) \\[ \\] \\ ! [r] <img/src=x> :red[ [c1]".split()
WORDS = ["http://evil.example/x.png", "javascript:alert(1)", "<img src=x>", "[r]: ", "a b", " "]
LINES = ["\n", "\n\n", "\n# ", "\n> ", "\n- ", "\n    "]
PIECES = st.sampled_from(SYNTAX + WORDS + LINES)
HOSTILE = st.lists(PIECES, max_size=25).map("".join)


def tokens(markdown: str):
    found = list(MarkdownIt("commonmark").enable("table").parse(markdown))
    while found:
        token = found.pop()
        yield token
        found += token.children or []


@settings(max_examples=400)
@given(HOSTILE)
def test_nothing_is_loaded_and_no_link_leaves_the_web(text):
    for token in tokens(fit(text, mark=lambda key: f"[{key}](?source={key})")):
        assert token.type not in ("image", "html_inline", "html_block")
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(("http://", "?source=c1"))


@given(HOSTILE)
def test_a_source_link_is_ours_or_not_there(text):
    links = [token for token in tokens(fit(text + "[9](?source=faked)")) if token.type == "link_open"]
    assert not [link for link in links if "source=faked" in str(link.attrs["href"]) and "evil" not in str(link.attrs)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("![a cat](http://evil/x.png)", "*Figure: a cat*"),
        ("![](x.png)", "*Figure*"),
        ("[a](javascript:alert(1)) [b](./b.md) [c](#d)", "a b c"),
        ("[a](https://ok.org/x)", "[a](<https://ok.org/x>)"),
        ("[a](https://ok.org/x_(y) 'title')", "[a](<https://ok.org/x_%28y%29>)"),
        ("<b>bold</b>", "\\<b>bold\\</b>"),
        ("1 < 2", "1 < 2"),
        (":red[x] and :material/home: at 12:30", "\\:red[x] and \\:material/home: at 12:30"),
        ("# Big\n## Less", "### Big\n### Less"),
        ("Title\n=====\ntext", "Title\ntext"),
        ("`<b> ![x](y)`", "`<b> ![x](y)`"),
    ],
)
def test_course_markdown_is_made_fit(written, read):
    assert fit(written) == read


def test_what_a_parser_reads_otherwise_than_we_do_is_shown_as_bare_text():
    assert fit("# a `\n![x](http://evil/x.png)`") == bare("# a `\n![x](http://evil/x.png)`")


def test_a_mark_becomes_a_link_close_to_its_sentence():
    assert fit("So it is [c1]. Wow! [c1]", mark=lambda key: f"[1](?source={key})") == (
        "So it is[1](?source=c1). Wow! [1](?source=c1)"
    )


def test_a_mark_after_a_time_does_not_turn_into_a_directive():
    assert fit("At 0:00 [c1]. :red[x](https://a.b)", mark=lambda key: "[1](?source=c1)") == (
        "At 0\\:00[1](?source=c1). \\:red[x](<https://a.b>)"
    )


def test_a_mark_of_nothing_leaves_no_trace_and_one_in_code_stays():
    assert fit("So it is [c9]. `a [c9]`", mark=lambda key: "") == "So it is. `a [c9]`"


def test_marks_survive_where_the_text_is_shown_bare():
    assert "[1](?source=c1)" in fit("# a `\n![x](http://evil/x.png)` [c1]", mark=lambda key: f"[1](?source={key})")


def test_a_growing_mark_or_formula_is_held_back():
    assert fit("So it is [c1", partial=True) == "So it is"
    assert fit(r"So \(x", partial=True) == "So "


def test_private_characters_cannot_forge_what_was_taken_out():
    assert fit("\ue0000\ue001 `code`") == "0 `code`"


@given(st.text(max_size=60))
def test_escaped_words_are_read_back_as_they_were(text):
    expected = " ".join(text.replace("\ue000", "").replace("\ue001", "").split())
    read = "".join(token.content for token in tokens(escape(text)) if token.type in ("text", "text_special"))
    if "\0" not in expected:
        assert sorted(read) == sorted(expected)
