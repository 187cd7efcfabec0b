"""Walkthroughs: the list of all, one with its steps, a step with its editor; the next opens once this one passed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tutor.desk import Desk, bundled_walkthroughs
from tutor.markdown import escape, fit
from tutor.ui import attempt
from tutor.ui.state import Services
from tutor.ui.student import student
from tutor.walkthroughs import Stage, StageState, Walkthrough, current, stages

_WALK, _STEP = "walkthrough", "step"
_LOOK = {
    StageState.PASSED: (":material/check_circle:", "passed"),
    StageState.OPEN: (":material/radio_button_unchecked:", "open"),
    StageState.LOCKED: (":material/lock:", "opens after the steps before it"),
}


def draw(services: Services, desk: Desk) -> None:
    """Draw the step that the URL names, the walkthrough it names, or the list of all."""
    walk = bundled_walkthroughs().get(str(st.query_params.get(_WALK, "")))
    if walk is None:
        _list(desk)
        return
    slug = str(st.query_params.get(_STEP, ""))
    found = _stages(desk, walk)
    stage = next((one for one in found if one.slug == slug and one.state is not StageState.LOCKED), None)
    if stage is None:
        _overview(walk, found)
    else:
        _stage(services, desk, walk, found, stage)


def _stages(desk: Desk, walk: Walkthrough) -> list[Stage]:
    return stages(walk, {item: solution.code for item, solution in desk.solutions(student()).items()})


def _go(walk: str = "", step: str = "") -> None:
    """Show another place of this page."""
    for key, value in ((_WALK, walk), (_STEP, step)):
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)
    st.rerun()


def _standing(found: Sequence[Stage]) -> str:
    """Return how far it is, in words: steps first, challenges once there is one passed."""
    steps = [stage.state is StageState.PASSED for stage in found if not stage.challenge]
    extra = [stage.state is StageState.PASSED for stage in found if stage.challenge]
    words = f"{sum(steps)} of {len(steps)} steps passed"
    return f"{words}, {sum(extra)} of {len(extra)} challenges" if all(steps) else words


def _list(desk: Desk) -> None:
    st.title("Walkthroughs", anchor=False)
    st.markdown(":gray[Something whole, built step by step. Each step opens once the judge has passed the one before.]")
    for name, walk in bundled_walkthroughs().items():
        found = _stages(desk, walk)
        with st.container(border=True, key=f"walk-card-{name}"):
            if st.button(f"**{escape(walk.title)}**", key=f"open-{name}", type="tertiary"):
                _go(name)
            st.markdown(escape(walk.summary))
            st.caption(_standing(found))


def _overview(walk: Walkthrough, found: Sequence[Stage]) -> None:
    if st.button("← All walkthroughs", type="tertiary", key="all-walkthroughs"):
        _go()
    st.title(escape(walk.title), anchor=False)
    st.markdown(fit(walk.intro.lstrip().partition("\n")[2], top_heading=2), anchors=False)
    going_on = current(found)
    done = sum(stage.state is StageState.PASSED for stage in found)
    if going_on.state is StageState.OPEN:
        kind = "challenge" if going_on.challenge else "step"
        label = f"Go on with {kind} {going_on.number}" if done else "Begin"
        if st.button(label, type="primary", key="walkthrough-go-on"):
            _go(walk.name, going_on.slug)
    for challenge, heading in ((False, "Steps"), (True, "Challenges")):
        st.markdown(f"## {heading}", anchors=False)
        with st.container(key=f"stages-{heading.lower()}"):
            for stage in found:
                if stage.challenge is challenge:
                    _row(walk, stage)


def _row(walk: Walkthrough, stage: Stage) -> None:
    icon, words = _LOOK[stage.state]
    if st.button(
        f"{stage.number}. {escape(stage.problem.title)}",
        key=f"stage-{stage.slug}",
        icon=icon,
        type="tertiary",
        disabled=stage.state is StageState.LOCKED,
        help=words if stage.state is StageState.LOCKED else None,
    ):
        _go(walk.name, stage.slug)


def _stage(services: Services, desk: Desk, walk: Walkthrough, found: Sequence[Stage], stage: Stage) -> None:
    if st.button(f"← {escape(walk.title)}", type="tertiary", key="walkthrough-overview"):
        _go(walk.name)
    steps = [one for one in found if one.challenge is stage.challenge]
    kind = "Challenge" if stage.challenge else "Step"
    passed = " · :green-badge[passed]" if stage.state is StageState.PASSED else ""
    st.title(escape(stage.problem.title), anchor=False)
    st.caption(f"{kind} {stage.number} of {len(steps)} · {stage.problem.difficulty}{passed}")
    attempt.statement(stage.problem)
    if stage.problem.starter != next(one.starter for one in walk.problems if one.name == stage.problem.name):
        st.caption(
            f"The editor begins with your code of the steps before; write `{stage.problem.function}` at its end."
        )
    kept = desk.solutions(student()).get(stage.problem.name)
    attempt.draw(services, stage.problem, kept.code if kept else "")
    if stage.state is StageState.PASSED:
        _onwards(walk, found, stage)


def _onwards(walk: Walkthrough, found: Sequence[Stage], stage: Stage) -> None:
    """Draw the way to what comes next, and the words at the end."""
    at = found.index(stage)
    following = found[at + 1] if at + 1 < len(found) else None
    st.divider()
    if following is None:
        words = "All of it passed." if all(one.state is StageState.PASSED for one in found) else "The end of the list."
        st.markdown(f"{words} [Back to {escape(walk.title)}](?{_WALK}={walk.name})")
    elif following.challenge and not stage.challenge:
        st.markdown(f"**{escape(walk.title)}: all steps passed.** What you wrote is whole. Two challenges are open.")
        _next(walk, following, "To the first challenge →")
    else:
        kind = "challenge" if following.challenge else "step"
        _next(walk, following, f"Next {kind}: {escape(following.problem.title)} →")


def _next(walk: Walkthrough, following: Stage, label: str) -> None:
    if st.button(label, type="primary", key="walkthrough-next"):
        _go(walk.name, following.slug)
