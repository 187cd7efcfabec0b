"""Today: the topic and the problem of the day for this learner, and the whole of it to keep as Markdown."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import quote

import streamlit as st

from tutor.daily import FIRST, WORDS, Day, Topic
from tutor.daily_export import NOTHING, long_date, markdown, rhythm_words
from tutor.desk import Desk
from tutor.markdown import escape, fit
from tutor.ui import attempt
from tutor.ui.state import Services
from tutor.ui.student import student

_PARAMETER = "date"


def draw(services: Services, desk: Desk) -> None:
    """Draw the day that the URL names, or today."""
    today = date.today()
    wanted = _wanted(today)
    name = student()
    day = desk.day(name, wanted)
    rhythm = desk.rhythm(name, wanted)
    st.title("Today" if wanted == today else escape(long_date(day)), anchor=False)
    words = rhythm_words(rhythm)
    date_line = long_date(day) if wanted == today else ""
    st.caption(" · ".join(filter(None, (date_line, words))) or "An earlier day, as it was chosen then.")
    if day.topic is None and day.problem is None:
        st.markdown(NOTHING)
        return
    if day.topic is not None:
        _topic(day.topic)
    if day.problem is not None:
        _problem(services, desk, day)
    _keep(day, markdown(day, rhythm), today)


def _wanted(today: date) -> date:
    """Return the day of the URL; today where it names none that has been, or one too long ago."""
    try:
        named = date.fromisoformat(str(st.query_params.get(_PARAMETER, "")))
    except ValueError:
        return today
    return named if FIRST <= named <= today else today


def _topic(topic: Topic) -> None:
    with st.container(border=True, key="daily-topic"):
        st.caption(f"Topic of the day · {WORDS[topic.reason]}")
        name = topic.subject.name
        st.markdown(f"## {escape(name[:1].upper() + name[1:])}", anchors=False)
        if topic.quote:
            st.markdown("\n".join(f"> {line}" for line in fit(topic.quote).splitlines()))
        links = [f"[On the map](concepts?concept={quote(topic.subject.id, safe='')})"]
        if topic.chunk_id:
            links.insert(0, f"[Read it in {escape(topic.source)}](?source={quote(topic.chunk_id, safe='')})")
        st.markdown(" · ".join(links))


def _problem(services: Services, desk: Desk, day: Day) -> None:
    if day.problem is None:
        return
    problem = day.problem.problem
    kept = desk.solutions(student()).get(problem.name)
    solved = " · :green-badge[solved]" if kept else ""
    with st.container(key="daily-problem"):
        st.caption(f"Problem of the day · {WORDS[day.problem.reason]} · {problem.difficulty}{solved}")
        st.markdown(f"## {escape(problem.title)}", anchors=False)
    attempt.statement(problem)
    attempt.draw(services, problem, kept.code if kept else "")


def _keep(day: Day, text: str, today: date) -> None:
    """Draw what leads to other days, and the day as a file."""
    st.divider()
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button("← The day before", type="tertiary", key="daily-before", disabled=day.date <= FIRST):
            st.query_params[_PARAMETER] = (day.date - timedelta(days=1)).isoformat()
            st.rerun()
        if day.date != today and st.button("Today", type="tertiary", key="daily-today"):
            st.query_params.pop(_PARAMETER, None)
            st.rerun()
        st.download_button(
            "Keep as Markdown",
            text,
            file_name=f"{day.date.isoformat()}.md",
            mime="text/markdown",
            key="daily-keep",
            type="tertiary",
            icon=":material/download:",
        )
