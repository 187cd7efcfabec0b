"""Hints and an explanation under a problem's editor: one rung at a press, made from the attempt as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import streamlit as st

from knowledge.errors import ModelError
from tutor.attempt_reading import is_worth_trying
from tutor.explain import Explanation, explain
from tutor.hints import Hint, Rung, ladder
from tutor.markdown import escape, fit
from tutor.problems import Problem, ProblemUnusable
from tutor.sandbox import QueueFull, RequestUnusable, Sandbox, SandboxUnavailable
from tutor.trial import Trial, try_out
from tutor.ui.state import Services
from tutor.ui.student import student

_TRIAL_S = 60.0
_RUNGS = list(Rung)


@dataclass
class _Help:
    """What one student was told about one problem in this session."""

    shown: list[Hint] = field(default_factory=list)
    explained: Explanation | None = None
    tried: str | None = None
    """The attempt that `trial` is of."""
    trial: Trial | None = None


def draw(services: Services, problem: Problem, attempt: str, *, busy: bool = False) -> None:
    """Draw what was told so far, and the buttons for more; they rest while the attempt is `busy` before the judge."""
    told: _Help = st.session_state.setdefault(f"help {problem.name}", _Help())
    for hint in told.shown:
        _hint(hint)
    if told.explained is not None:
        _explanation(told.explained)
    more, why = st.columns(2)
    left = _RUNGS[len(told.shown) :]
    label = "Show the solution" if left == [Rung.SOLUTION] else f"Hint {len(told.shown) + 1} of {len(_RUNGS)}"
    if left and more.button(label, key=f"hint-{problem.name}", width="stretch", disabled=busy):
        if left == [Rung.SOLUTION] and services.desk is not None:
            services.desk.show_solution(student(), problem)
        told.shown.append(ladder(problem, attempt, _trial(services, problem, attempt, told))[len(told.shown)])
        st.rerun()
    asks = "Explain what goes wrong"
    if why.button(asks, key=f"why-{problem.name}", width="stretch", disabled=busy):
        with st.spinner("Reading your attempt …"):
            told.explained = _explain(services, problem, attempt, _trial(services, problem, attempt, told))
        st.rerun()


def _hint(hint: Hint) -> None:
    with st.container(border=True):
        st.markdown(f":gray-badge[{escape(hint.rung.value)}]")
        st.markdown(fit(hint.words, top_heading=4))
        if hint.code:
            st.code(hint.code, language="python")


def _explanation(explained: Explanation) -> None:
    with st.container(border=True):
        by = f" by {explained.by.name}" if explained.by else ""
        st.markdown(f":gray-badge[{escape('explanation' + by)}]")
        st.markdown(fit(explained.words, top_heading=4))
        if explained.note:
            st.caption(escape(explained.note))


def _trial(services: Services, problem: Problem, attempt: str, told: _Help) -> Trial | None:
    """Return what the attempt does, tried once; None where it cannot be tried, and hints then read its text alone."""
    if told.tried == attempt:
        return told.trial
    if not is_worth_trying(problem, attempt):
        return None  # its text says it all: nothing is written yet, or Python cannot read it
    kept: list[Trial] = []

    def work(sandbox: Sandbox) -> None:
        kept.append(try_out(problem, attempt, sandbox))

    with st.spinner("Trying your attempt …"):
        try:
            services.workbench.in_sandbox(student(), _TRIAL_S, work).result(_TRIAL_S)
        except (QueueFull, SandboxUnavailable, RequestUnusable, ProblemUnusable, TimeoutError) as reason:
            st.toast(escape(f"Your attempt could not be tried: {reason}"))
            return None
    told.tried, told.trial = attempt, kept[0]
    return told.trial


def _explain(services: Services, problem: Problem, attempt: str, trial: Trial | None) -> Explanation:
    try:
        model = services.explainer()
    except ModelError as reason:
        return replace(explain(problem, attempt, trial), note=str(reason))
    return explain(problem, attempt, trial, model)
