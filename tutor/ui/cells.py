"""A lesson's code cell on the page: edited, run in the student's own session, stopped, with its output below.

A run goes on in the workbench whatever the page does; a fragment looks at it while it runs and never waits for it.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tutor.lesson import Citation, LessonCell
from tutor.live_cells import CellView, WorkState
from tutor.sandbox import Tier, Verdict
from tutor.ui import answer, cell_output
from tutor.ui.editor import Look, Pressed, work
from tutor.ui.state import Services
from tutor.ui.student import student

POLL_S = 0.3
_PYTHON = ("", "python", "py", "python3")
_OWNERS_MACHINE = (
    "Cells run without user namespaces here (tier C): only the code of people who may use this machine anyway belongs "
    "in them, and nothing of it counts for credit. `erica sandbox` says what would isolate them."
)


def draw(
    services: Services,
    notebook: str,
    cell: LessonCell,
    citation: Citation | None,
    key: str,
    *,
    was_tried: bool = True,
) -> None:
    """Draw one cell; those of a conversation share one session.

    Args:
        services: with the workbench that runs it.
        notebook: the conversation.
        cell: the lesson's cell, with what verifying it came to.
        citation: where it stands, and so what it builds on.
        key: unique on the page, and the same whenever this lesson is shown.
        was_tried: whether what verifying it came to is known, and shown until the student runs it.
    """
    if cell.language not in _PYTHON:
        if was_tried:
            answer.draw_cell(cell)
        else:
            st.code(cell.code, language=cell.language or None)
        return
    services.workbench.warm()
    live = services.workbench.latest(student(), notebook, key)
    poll = live is not None and live.running
    st.fragment(_cell, run_every=POLL_S if poll else None)(
        services, notebook, cell, citation, key, polled=poll, was_tried=was_tried
    )


def _cell(
    services: Services,
    notebook: str,
    cell: LessonCell,
    citation: Citation | None,
    key: str,
    *,
    polled: bool,
    was_tried: bool,
) -> None:
    bench, owner = services.workbench, student()
    live = bench.latest(owner, notebook, key)
    view = live.view() if live else None
    look = Look(cell=f"{notebook}:{key}", label="Code cell", original=cell.code, code=view.code if view else cell.code)
    if view is not None:
        look = _followed(look, view)
    work(look, f"cell-{key}", lambda pressed: _obey(services, notebook, key, pressed, citation))
    if (live is not None and live.running) != polled:
        st.rerun()  # all of the page: only so does the fragment begin or cease to look again and again
    if view is not None:
        _below(services, notebook, key, view)
    elif was_tried:
        answer.draw_verification(cell)


def _obey(services: Services, notebook: str, key: str, pressed: Pressed, citation: Citation | None) -> None:
    bench, owner = services.workbench, student()
    if pressed.button == "stop":
        live = bench.latest(owner, notebook, key)
        if live is not None:
            live.stop()
    elif pressed.button == "restart":
        bench.restart(owner, notebook)
    else:
        above = services.tutor.cells_above(citation.chunk_id) if citation else ()
        bench.run(owner, notebook, key, pressed.code, above)


def _below(services: Services, notebook: str, key: str, view: CellView) -> None:
    if services.workbench.tier is Tier.C:
        st.warning(_OWNERS_MACHINE)
    cell_output.draw(view, key)
    if view.state is WorkState.DONE:
        cell_output.draw_variables(services.workbench.variables(student(), notebook))


def _followed(look: Look, view: CellView) -> Look:
    """Return the editor with how far the run has come."""
    if view.state is WorkState.WAITING:
        before = "you are next" if view.before == 0 else f"{view.before} before you"
        return replace(look, state="waiting", status=f"In the line: {before}", tone="busy")
    if view.state is WorkState.STARTING:
        return replace(look, state="running", status="Starting …", tone="busy")
    if view.state is WorkState.RUNNING:
        return replace(look, state="running", status=f"Running, {view.seconds:.0f} s", tone="busy")
    result = view.result
    if result is None or result.verdict is Verdict.CANCELLED:
        return replace(look, status="Stopped")
    if result.completed:
        return replace(look, status=f"Ran in {_seconds(result.wall_s)}", tone="good")
    words = "It ended with an error" if result.verdict is Verdict.ERROR else _sentence(result.reason)
    return replace(look, status=words, tone="bad")


def _seconds(wall_s: float) -> str:
    return f"{wall_s:.1f} s" if wall_s >= 1 else f"{wall_s * 1000:.0f} ms"


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] if reason else "It did not run to its end"
