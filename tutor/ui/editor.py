"""The editor of a code cell as the pages mount it: what it shows, and what was pressed in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

import streamlit as st

from tutor.sandbox import QueueFull
from tutor.ui.components.own import own_component

MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Look:
    """What the editor shows now."""

    cell: str
    """Names the cell in this browser: what was typed and not run is kept under it."""
    label: str
    original: str
    code: str
    """What stands in it at first."""
    status: str = ""
    tone: Literal["", "good", "bad", "busy"] = ""
    state: Literal["idle", "waiting", "running"] = "idle"
    runnable: bool = True
    restartable: bool = True
    first: str = "Run"
    second: str = ""
    """The words of another button that sends the code; "" for none."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of the editor; `code` stands in it, for those that send it."""

    button: Literal["run", "second", "stop", "restart"]
    code: str = ""


def work(look: Look, key: str, obey: Callable[[Pressed], None]) -> None:
    """Draw the editor and have obeyed what was pressed in it; the page is then drawn anew.

    A queue that is full is told in the editor until the next press.
    """
    refused = f"refused {key}"
    if st.session_state.get(refused):
        look = replace(look, status=st.session_state[refused], tone="bad")
    pressed = _mounted(look, key)
    if not pressed:
        return
    st.session_state.pop(refused, None)
    try:
        for one in pressed:
            obey(one)
    except QueueFull as error:
        st.session_state[refused] = f"Not now: {error}"
    st.rerun()


def _mounted(look: Look, key: str) -> tuple[Pressed, ...]:
    """Draw the editor and return what was pressed since the last run of the page.

    On a busy machine that may be two buttons; what ends something comes before what begins it.
    """
    told = own_component("code_cell")(
        key=key,
        data=asdict(look),
        on_run_change=_nothing,
        on_second_change=_nothing,
        on_stop_change=_nothing,
        on_restart_change=_nothing,
    )
    pressed: list[Pressed] = []
    if told.stop:
        pressed.append(Pressed("stop"))
    if told.restart:
        pressed.append(Pressed("restart"))
    if (code := _code(told.run)) is not None:
        pressed.append(Pressed("run", code))
    elif (code := _code(told.second)) is not None:
        pressed.append(Pressed("second", code))
    return tuple(pressed)


def _code(sent: object) -> str | None:
    """Return the code a button sent; anything can come from a browser."""
    code = sent.get("code") if isinstance(sent, dict) else None
    return code[:MOST_CHARACTERS] if isinstance(code, str) else None


def _nothing() -> None:
    """Streamlit asks for a callback for each button; the value is read where the editor is drawn."""
