"""A quiz question that is answered in code: the problem in its editor, and what was handed in since it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from knowledge.model import Concept
from tutor.desk import bundled_problems
from tutor.grades import CodeJudge, CodeKey, Grade, Verdict
from tutor.grading_code import code_judge
from tutor.live_cells import WorkState
from tutor.quiz import QuizItem
from tutor.quiz_book import QuizRoom
from tutor.ui import attempt
from tutor.ui.state import Services
from tutor.ui.student import student

_BEFORE = "quiz code before"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Code that was judged on all cases since the question was asked; `judge` gives what came of it."""

    code: str
    judge: CodeJudge


def about(room: QuizRoom, services: Services | None, concepts: Sequence[Concept]) -> list[QuizItem]:
    """Return a question in code about one of the concepts, its solution not known yet; none without a desk."""
    if services is None or services.desk is None:
        return []
    return room.book.code_about(concepts, services.desk.known_solutions(student()))


def forget() -> None:
    """Forget what was handed in before the last question was asked; to be called where a quiz begins."""
    st.session_state.pop(_BEFORE, None)


def draw(services: Services, key: CodeKey, at: int) -> HandedIn | None:
    """Draw the problem with its editor; return what was handed in since, once it is judged.

    Args:
        services: what judges, and keeps what passes.
        key: names a bundled problem.
        at: the number of the question in its quiz: what was handed in for another one does not count.
    """
    problem = bundled_problems()[key.problem]
    latest = services.workbench.latest_judgement(student(), problem.name)
    if st.session_state.get(_BEFORE, (None, None))[0] != at:
        st.session_state[_BEFORE] = (at, latest)
    attempt.statement(problem)
    attempt.draw(services, problem)
    st.caption("Submit as often as you like: Check takes what you submitted last as your answer.")
    view = latest.view() if latest is not None and latest is not st.session_state[_BEFORE][1] else None
    if view is None or view.only_visible or view.state is not WorkState.DONE or view.judgement is None:
        return None
    judgement = view.judgement
    if services.desk is not None and services.desk.saw_solution(student(), problem):
        shown = Grade(Verdict.UNSURE, "The solution was shown before, so that this tells nothing.")
        return HandedIn(view.code, lambda name, code: shown)
    return HandedIn(view.code, code_judge(lambda problem, code: judgement))
