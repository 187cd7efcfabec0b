"""Practice: a list of problems, then one of them: its statement, an editor, and what the judge says of a solution."""

from __future__ import annotations

import streamlit as st

from tutor.desk import bundled_problems
from tutor.judge import JudgeVerdict
from tutor.markdown import escape
from tutor.problems import DIFFICULTIES, Problem
from tutor.ui import attempt
from tutor.ui.state import Services
from tutor.ui.student import student

_PARAMETER = "problem"


def draw(services: Services) -> None:
    """Draw the problem that the URL names, or the list of all."""
    chosen = bundled_problems().get(str(st.query_params.get(_PARAMETER, "")))
    if chosen is None:
        _list(services)
    else:
        _problem(services, chosen)


def _list(services: Services) -> None:
    st.title("Practice", anchor=False)
    st.markdown(":gray[Write a function; the judge tries it on cases that you see and on others that you do not.]")
    passed = services.desk.solutions(student()) if services.desk else {}
    for level in DIFFICULTIES:
        st.markdown(f"## {level.capitalize()}", anchors=False)
        for name, problem in bundled_problems().items():
            if problem.difficulty == level:
                _card(services, problem, solved=name in passed)


def _card(services: Services, problem: Problem, *, solved: bool) -> None:
    with st.container(border=True, key=f"problem-{problem.name}"):
        if st.button(f"**{escape(problem.title)}**", key=f"open-{problem.name}", type="tertiary"):
            st.query_params[_PARAMETER] = problem.name
            st.rerun()
        about = " · ".join(escape(concept) for concept in problem.concepts)
        st.caption(f"{':green-badge[solved] ' if solved else _standing(services, problem.name)}{about}")


def _standing(services: Services, name: str) -> str:
    """Return how the student's last solution did, as a badge."""
    live = services.workbench.latest_judgement(student(), name)
    view = live.view() if live else None
    if view is None or view.only_visible or view.judgement is None:
        return ""
    passed = view.judgement.verdict is JudgeVerdict.PASSED
    return ":green-badge[solved] " if passed else ":orange-badge[tried] "


def _problem(services: Services, problem: Problem) -> None:
    if st.button("← All problems", type="tertiary", key="all-problems"):
        del st.query_params[_PARAMETER]
        st.rerun()
    st.title(escape(problem.title), anchor=False)
    attempt.statement(problem)
    kept = services.desk.solutions(student()).get(problem.name) if services.desk else None
    attempt.draw(services, problem, kept.code if kept else "")
