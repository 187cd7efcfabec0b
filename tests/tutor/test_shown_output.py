"""What a cell puts out is folded as a notebook does, and is text, an image, or set apart."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from tutor.sandbox import Output
from tutor.shown_output import MOST_CHARS, MOST_ITEMS, Kind, OutputSoFar

_PNG = b"\x89PNG\r\n\x1a\nrest"


def _folded(*outputs: Output) -> list[tuple[Kind, str]]:
    so_far = OutputSoFar()
    for output in outputs:
        so_far.take(output)
    return [(item.kind, item.text) for item in so_far.items]


def _stream(text: str, name: str = "stdout") -> Output:
    return Output("stream", {"name": name, "text": text})


def _display(display_id: str = "", kind: str = "display_data", **data: str) -> Output:
    forms = {name.replace("_", "/", 1).replace("_", "+"): form for name, form in data.items()}
    return Output(kind, {"data": forms, "transient": {"display_id": display_id} if display_id else {}})


def test_pieces_of_a_stream_are_one_text_until_something_else_comes() -> None:
    assert _folded(_stream("a"), _stream("b\n"), _stream("!", "stderr"), _stream("c")) == [
        (Kind.STDOUT, "ab\n"),
        (Kind.STDERR, "!"),
        (Kind.STDOUT, "c"),
    ]


def test_a_progress_bar_overwrites_its_line_across_pieces() -> None:
    assert _folded(_stream("epoch 1\n 10%\r"), _stream(" 50%\r"), _stream("100%\n"), _stream("done")) == [
        (Kind.STDOUT, "epoch 1\n100%\ndone")
    ]


def test_clearing_forgets_and_waits_where_it_is_asked_to() -> None:
    clear = Output("clear_output", {"wait": True})
    assert _folded(_stream("old"), clear) == [(Kind.STDOUT, "old")]
    assert _folded(_stream("old"), clear, _stream("new")) == [(Kind.STDOUT, "new")]
    assert _folded(_stream("old"), Output("clear_output", {"wait": False})) == []


def test_an_update_replaces_what_was_shown_under_its_name() -> None:
    first, second = _display("p", text_plain="1"), _display("q", text_plain="2")
    update = _display("p", "update_display_data", text_plain="3")
    assert _folded(first, second, update) == [(Kind.TEXT, "3"), (Kind.TEXT, "2")]


def test_html_is_set_apart_and_its_words_are_shown() -> None:
    so_far = OutputSoFar()
    so_far.take(_display(text_plain="a table", text_html="<table></table>"))
    (item,) = so_far.items
    assert (item.kind, item.text, item.active) == (Kind.TEXT, "a table", "<table></table>")


def test_an_image_is_one_only_if_it_begins_like_one() -> None:
    so_far = OutputSoFar()
    so_far.take(_display(image_png=base64.b64encode(_PNG).decode(), text_plain="figure"))
    so_far.take(_display(image_png=base64.b64encode(b"<svg onload=x>").decode(), text_plain="no figure"))
    so_far.take(_display(image_png="not base64!", text_plain="no figure"))
    assert [(item.kind, item.image) for item in so_far.items] == [
        (Kind.IMAGE, _PNG),
        (Kind.TEXT, b""),
        (Kind.TEXT, b""),
    ]


def test_terminal_colours_and_control_characters_are_left_out() -> None:
    assert _folded(_stream("\x1b[31mred\x1b[0m \x07bell \u202eturned")) == [(Kind.STDOUT, "red bell turned")]


def test_long_text_keeps_its_beginning_and_its_end() -> None:
    ((_, text),) = _folded(*[_stream(f"{number:09d}\n") for number in range(2 * MOST_CHARS // 10)])
    assert text.startswith("000000000\n")
    assert text.endswith(f"{2 * MOST_CHARS // 10 - 1:09d}\n")
    assert len(text) < MOST_CHARS + 100


def test_only_so_many_items_are_kept() -> None:
    assert len(_folded(*[_display(text_plain=str(number)) for number in range(2 * MOST_ITEMS)])) == MOST_ITEMS


_anything = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "text/html", "name"]), inner),
    max_leaves=6,
)
_kinds = ["stream", "error", "display_data", "execute_result", "update_display_data", "clear_output", "other"]


@given(st.lists(st.tuples(st.sampled_from(_kinds), st.dictionaries(st.text(max_size=9), _anything, max_size=4))))
def test_nothing_that_a_process_sends_breaks_the_page(messages: list[tuple[str, dict[str, object]]]) -> None:
    so_far = OutputSoFar()
    for kind, content in messages:
        so_far.take(Output(kind, content))
    assert all(isinstance(item.text, str) for item in so_far.items)
