"""Practice: a list of problems, then one of them: its statement, an editor, and what the judge says of a solution."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from knowledge.wording import counted, one_line
from tutor.judge import CaseResult, JudgeVerdict
from tutor.live_cells import JudgementView, WorkState
from tutor.markdown import escape, fit
from tutor.problems import BUNDLED, Problem, load, names
from tutor.sandbox import QueueFull
from tutor.ui import hint_panel
from tutor.ui.editor import Look, Pressed, mount
from tutor.ui.state import Services
from tutor.ui.student import student

POLL_S = 0.3
_PARAMETER = "problem"
_WORDS = {
    JudgeVerdict.PASSED: "passed",
    JudgeVerdict.WRONG_ANSWER: "wrong answer",
    JudgeVerdict.RUNTIME_ERROR: "error",
    JudgeVerdict.TIME: "too slow",
    JudgeVerdict.MEMORY: "too much memory",
    JudgeVerdict.OUTPUT: "too much output",
    JudgeVerdict.FORBIDDEN: "not allowed",
    JudgeVerdict.NOT_RUN: "not run",
    JudgeVerdict.REFUSED: "refused",
}


@lru_cache(maxsize=1)
def _problems() -> dict[str, Problem]:
    """Return the bundled problems by name; read once, as they come with the program."""
    return {name: load(BUNDLED / name) for name in names()}


def draw(services: Services) -> None:
    """Draw the problem that the URL names, or the list of all."""
    chosen = _problems().get(str(st.query_params.get(_PARAMETER, "")))
    if chosen is None:
        _list(services)
    else:
        _problem(services, chosen)


def _list(services: Services) -> None:
    st.title("Practice", anchor=False)
    st.markdown(":gray[Write a function; the judge tries it on cases that you see and on others that you do not.]")
    for name, problem in _problems().items():
        with st.container(border=True, key=f"problem-{name}"):
            if st.button(f"**{escape(problem.title)}**", key=f"open-{name}", type="tertiary"):
                st.query_params[_PARAMETER] = name
                st.rerun()
            about = " · ".join(escape(concept) for concept in problem.concepts)
            st.caption(f"{_standing(services, name)}{problem.difficulty} · {about}")


def _standing(services: Services, name: str) -> str:
    """Return how the student's last solution did, as a badge."""
    live = services.workbench.latest_judgement(student(), name)
    view = live.view() if live else None
    if view is None or view.only_visible or view.judgement is None:
        return ""
    passed = view.judgement.verdict is JudgeVerdict.PASSED
    return ":green-badge[solved] " if passed else ":orange-badge[tried] "


def _problem(services: Services, problem: Problem) -> None:
    services.workbench.warm()
    if st.button("← All problems", type="tertiary", key="all-problems"):
        del st.query_params[_PARAMETER]
        st.rerun()
    st.title(escape(problem.title), anchor=False)
    st.markdown(fit(_without_title(problem.statement), top_heading=2), anchors=False)
    live = services.workbench.latest_judgement(student(), problem.name)
    poll = live is not None and live.running
    st.fragment(_attempt, run_every=POLL_S if poll else None)(services, problem, polled=poll)


def _without_title(statement: str) -> str:
    """Return the statement without the heading it begins with, which the page shows as its own."""
    first, _, rest = statement.lstrip().partition("\n")
    return rest if first.startswith("# ") else statement


def _attempt(services: Services, problem: Problem, *, polled: bool) -> None:
    bench, owner = services.workbench, student()
    live = bench.latest_judgement(owner, problem.name)
    view = live.view() if live else None
    refused = f"refused {problem.name}"
    look = Look(
        cell=f"problem:{problem.name}",
        label=f"Your solution of {problem.title}",
        original=problem.starter,
        code=view.code if view else problem.starter,
        restartable=False,
        first="Run examples",
        second="Submit",
    )
    if view is not None:
        look = _followed(look, view)
    if st.session_state.get(refused):
        look = replace(look, status=st.session_state[refused], tone="bad")
    pressed = mount(look, f"solution-{problem.name}")
    if pressed is not None:
        st.session_state.pop(refused, None)
        try:
            _obey(services, problem, pressed)
        except QueueFull as error:
            st.session_state[refused] = f"Not now: {error}"
        st.rerun()
    if (live is not None and live.running) != polled:
        st.rerun()  # all of the page: only so does the fragment begin or cease to look again and again
    if view is not None:
        _cases(view)
    busy = view is not None and view.state is not WorkState.DONE
    hint_panel.draw(services, problem, view.code if view else problem.starter, busy=busy)


def _obey(services: Services, problem: Problem, pressed: Pressed) -> None:
    bench, owner = services.workbench, student()
    if pressed.button == "stop":
        live = bench.latest_judgement(owner, problem.name)
        if live is not None:
            live.stop()
    else:
        bench.submit(owner, problem, pressed.code, only_visible=pressed.button == "run")


def _followed(look: Look, view: JudgementView) -> Look:
    """Return the editor with how far judging has come."""
    if view.state is WorkState.WAITING:
        before = "you are next" if view.before == 0 else f"{view.before} before you"
        return replace(look, state="waiting", status=f"In the line: {before}", tone="busy")
    if view.state is not WorkState.DONE:
        done = f", {counted(len(view.cases), 'case')} done" if view.cases else ""
        return replace(look, state="running", status=f"Trying it{done}", tone="busy")
    if view.judgement is None:
        return replace(look, status=view.trouble or "Stopped", tone="bad")
    total, passed = len(view.cases), view.judgement.passed
    if total and passed == total:
        words = "All examples pass; now submit it" if view.only_visible else "Solved: every case passes"
        return replace(look, status=words, tone="good")
    words = f"{passed} of {total} cases pass" if total else view.judgement.reason
    return replace(look, status=words, tone="bad")


def _cases(view: JudgementView) -> None:
    """Draw the cases one by one; of hidden ones, what they are about."""
    for case in view.cases:
        color = "green" if case.verdict is JudgeVerdict.PASSED else "red"
        if case.verdict is JudgeVerdict.NOT_RUN:
            color = "gray"
        seen = "" if case.visible else " :gray[· hidden]"
        st.markdown(f":{color}-badge[{_WORDS[case.verdict]}] {escape(one_line(case.name))}{seen}")
        if case.verdict is not JudgeVerdict.PASSED:
            _explained(case)
    if view.state is WorkState.DONE and view.judgement is not None and not view.cases:
        st.error(fit(view.judgement.reason))


def _explained(case: CaseResult) -> None:
    told = (("", case.reason), ("expected: ", case.expected), ("got: ", case.got))
    lines = [f"{label}{one_line(words)}" for label, words in told if words]
    if lines:
        st.code("\n".join(lines), language=None, wrap_lines=True)
