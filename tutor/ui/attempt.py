"""A problem worked on: the editor, what the judge says case by case, and hints; on any page that has a problem."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from knowledge.wording import counted, one_line
from tutor.judge import CaseResult, JudgeVerdict
from tutor.live_cells import JudgementView, WorkState
from tutor.markdown import escape, fit
from tutor.problems import Problem
from tutor.ui import hint_panel
from tutor.ui.editor import Look, Pressed, work
from tutor.ui.state import Services
from tutor.ui.student import student

POLL_S = 0.3
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


def draw(services: Services, problem: Problem, code: str = "") -> None:
    """Draw the editor of a problem with everything below it.

    Args:
        services: what runs and judges.
        problem: what is asked.
        code: what stands in the editor at first, such as what passed before; the starter where it is empty.
    """
    services.workbench.warm()
    live = services.workbench.latest_judgement(student(), problem.name)
    poll = live is not None and live.running
    st.fragment(_attempt, run_every=POLL_S if poll else None)(services, problem, code or problem.starter, polled=poll)


def statement(problem: Problem) -> None:
    """Draw what is asked, without the heading that the page shows as its own."""
    first, _, rest = problem.statement.lstrip().partition("\n")
    text = rest if first.startswith("# ") else problem.statement
    st.markdown(fit(text, top_heading=2), anchors=False)


def _attempt(services: Services, problem: Problem, first: str, *, polled: bool) -> None:
    bench, owner = services.workbench, student()
    live = bench.latest_judgement(owner, problem.name)
    view = live.view() if live else None
    look = Look(
        cell=f"problem:{problem.name}",
        label=f"Your solution of {problem.title}",
        original=problem.starter,
        code=view.code if view else first,
        restartable=False,
        first="Run examples",
        second="Submit",
    )
    if view is not None:
        look = _followed(look, view)
    work(look, f"solution-{problem.name}", partial(_obey, services, problem))
    if (live is not None and live.running) != polled:
        st.rerun()  # all of the page: only so does the fragment begin or cease to look again and again
    if view is not None:
        _cases(view)
    busy = view is not None and view.state is not WorkState.DONE
    hint_panel.draw(services, problem, view.code if view else first, busy=busy)


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
