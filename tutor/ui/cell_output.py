"""What is shown below a cell: its output so far, the files it wrote, and the variables of its session.

All of it comes from the student's process. Text is text, an image is an image; HTML and SVG are shown only when
asked for, in a frame that can run nothing and fetch nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st

from knowledge.wording import counted, one_line
from tutor.live_cells import CellView
from tutor.markdown import escape, fit
from tutor.sandbox import Variable, WrittenFile
from tutor.shown_output import Kind, Shown
from tutor.ui.components.own import own_component

FILES_SHOWN = 12
VARIABLES_SHOWN = 40


def draw(view: CellView, key: str) -> None:
    """Draw everything that one run of a cell put out."""
    for number, item in enumerate(view.items):
        _item(item, f"{key}-{number}")
    for note in dict.fromkeys(view.notes):
        st.caption(escape(note[:1].upper() + note[1:]))
    if view.result is not None and view.result.files:
        _files(view.result.files, key)


def _item(item: Shown, key: str) -> None:
    if item.kind is Kind.IMAGE:
        form = "png" if item.image.startswith(b"\x89PNG") else "jpeg"
        content = base64.b64encode(item.image).decode("ascii")
        st.html(f'<img class="erica-figure" alt="{_attribute(item.text)}" src="data:image/{form};base64,{content}">')
    elif item.kind is Kind.MARKDOWN:
        st.markdown(fit(item.text), anchors=False)
    elif item.text.strip():
        with st.container(key=f"{item.kind}-{key}"):
            st.code(item.text.rstrip(), language=None, wrap_lines=True)
    if item.active:
        _active(item.active, key)


def _attribute(text: str) -> str:
    return one_line(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")[:200]


def _active(content: str, key: str) -> None:
    """Offer HTML or SVG, and show it in a frame of its own once that was asked for."""
    flag = f"shown {key}"
    if st.session_state.get(flag) != content:
        if st.button("Show the HTML output", key=f"active-{key}", help="In a frame that runs no scripts."):
            st.session_state[flag] = content
            st.rerun(scope="fragment")
        return
    own_component("isolated_frame")(
        key=f"frame-{key}",
        data={"html": content, "key": f"{key} {hash(content)}", "title": "HTML output of the cell, isolated"},
    )


def _files(files: Sequence[WrittenFile], key: str) -> None:
    with st.container(horizontal=True, gap="small", key=f"files-{key}"):
        for number, file in enumerate(files[:FILES_SHOWN]):
            st.download_button(
                f"{escape(one_line(file.path))} · {_size(len(file.content))}",
                file.content,
                file_name=one_line(PurePosixPath(file.path).name) or "file",
                mime="application/octet-stream",
                key=f"file-{key}-{number}",
                on_click="ignore",
                icon=None,
            )
    if len(files) > FILES_SHOWN:
        st.caption(f"{counted(len(files) - FILES_SHOWN, 'more file')} of this cell are not shown.")


def _size(count: int) -> str:
    if count < 1024:
        return counted(count, "byte")
    return f"{count / 1024:.0f} kB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MB"


def draw_variables(variables: Sequence[Variable]) -> None:
    """Draw the variables of the session in a closed box; nothing where there are none."""
    if not variables:
        return
    with st.expander(f"Variables ({len(variables)})"):
        rows = [f"| {_cell(v.name)} | {_cell(v.kind)} | {_cell(v.shown)} |" for v in variables[:VARIABLES_SHOWN]]
        st.markdown("\n".join(("| name | type | value |", "|---|---|---|", *rows)))
        if len(variables) > VARIABLES_SHOWN:
            st.caption(f"{len(variables) - VARIABLES_SHOWN} more are not shown.")


def _cell(text: str) -> str:
    line = one_line(text)
    return escape(line if len(line) <= 80 else f"{line[:79]}…").replace("|", "\\|")
