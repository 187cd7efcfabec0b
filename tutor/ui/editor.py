"""The editor of a code cell as the pages mount it: what it shows, and what was pressed in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

import streamlit as st

from tutor.sandbox import QueueFull
from tutor.ui.components.own import own_component

MOST_CHARACTERS = 200_000
_BUTTONS: tuple[Literal["stop", "restart", "run", "second"], ...] = ("stop", "restart", "run", "second")


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
    """Draw the editor and return what was pressed and not seen yet.

    A press is numbered and sent until it was seen: Streamlit drops what falls into a page that is just drawn anew. On a
    busy machine two buttons may have been pressed; what ends something comes before what begins it.
    """
    seen = st.session_state.get(f"seen {key}", 0)
    told = own_component("code_cell")(
        key=key,
        data={**asdict(look), "seen": seen},
        on_run_change=_nothing,
        on_second_change=_nothing,
        on_stop_change=_nothing,
        on_restart_change=_nothing,
    )
    sent = {button: one for button in _BUTTONS if (one := _sent(getattr(told, button))) and one[0] > seen}
    if sent:
        st.session_state[f"seen {key}"] = max(number for number, _ in sent.values())
    return tuple(Pressed(button, code) for button, (_, code) in sent.items())


def _sent(value: object) -> tuple[int, str] | None:
    """Return the number of a press and the code it sent; anything can come from a browser."""
    number, code = (value.get("number"), value.get("code", "")) if isinstance(value, dict) else (None, "")
    return (number, code[:MOST_CHARACTERS]) if isinstance(number, int) and isinstance(code, str) else None


def _nothing() -> None:
    """Streamlit asks for a callback for each button; the value is read where the editor is drawn."""
