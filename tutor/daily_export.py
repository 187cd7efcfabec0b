"""A day's problem and topic in words: Markdown to keep, and lines for the terminal.

Takes what `tutor.daily` chose, gives text; hints and solutions are never in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.wording import counted, one_line, printable
from tutor.daily import WORDS, Day, Rhythm
from tutor.markdown import escape, fit

_RUN_WORTH_SAYING = 2
NOTHING = "There is nothing to choose from: the library has no concepts yet."


def long_date(day: Day) -> str:
    """Return the date as `Saturday, 21 November 2026`."""
    return f"{day.date:%A}, {day.date.day} {day.date:%B %Y}"


def rhythm_words(rhythm: Rhythm) -> str:
    """Return a plain sentence about the days of practice, or "" where there is no run; never a reproach."""
    if rhythm.run < _RUN_WORTH_SAYING:
        return ""
    return f"{counted(rhythm.run, 'day')} of practice in this run, {rhythm.total} in all. A day off does not end it."


def statement_below(statement: str, levels: int) -> str:
    """Return a problem's statement without the heading it begins with, its other headings lowered."""
    first, _, rest = statement.lstrip().partition("\n")
    body = rest if first.startswith("# ") else statement
    lines, fenced = [], False
    for line in body.strip().splitlines():
        fenced ^= line.lstrip().startswith("```")
        lines.append(line if fenced else re.sub(r"^(#{1,5}) ", rf"{'#' * levels}\1 ", line))
    return "\n".join(lines)


def markdown(day: Day, rhythm: Rhythm) -> str:
    """Return the day as one Markdown document."""
    return "\n\n".join([f"# {long_date(day)}", *_parts(day, rhythm)]) + "\n"


def _parts(day: Day, rhythm: Rhythm) -> Iterator[str]:
    if day.topic is None and day.problem is None:
        yield NOTHING
    if day.topic is not None:
        topic = day.topic
        yield f"## Topic: {escape(printable(topic.subject.name))}"
        yield f"*{WORDS[topic.reason].capitalize()}.*"
        if topic.quote:
            yield "\n".join(f"> {line}" for line in fit(printable(topic.quote)).splitlines())
        if topic.source:
            yield f"In the course: {escape(printable(topic.source))}."
    if day.problem is not None:
        problem = day.problem.problem
        yield f"## Problem: {problem.title}"
        about = ", ".join(problem.concepts)
        yield f"*{WORDS[day.problem.reason].capitalize()}. {problem.difficulty.capitalize()}; about {about}.*"
        yield statement_below(problem.statement, 1)
        yield f"```python\n{problem.starter.rstrip()}\n```"
        yield f"Judge a solution: `erica judge {problem.name} FILE.py`"
    if words := rhythm_words(rhythm):
        yield f"---\n\n{words}"


def lines(day: Day, rhythm: Rhythm) -> Iterator[str]:
    """Yield the day as lines for a terminal."""
    yield long_date(day)
    if day.topic is None and day.problem is None:
        yield NOTHING
    if day.topic is not None:
        topic = day.topic
        yield f"\nTopic: {printable(topic.subject.name)} ({WORDS[topic.reason]})"
        if topic.quote:
            yield f"  {one_line(topic.quote.replace('**', ''))}"
        if topic.source:
            yield f"  [{one_line(topic.source)}]"
        yield f'  erica ask "What is {printable(topic.subject.name)}?"'
    if day.problem is not None:
        problem = day.problem.problem
        yield f"\nProblem: {problem.title} ({problem.difficulty}, {WORDS[day.problem.reason]})"
        yield f"  about {', '.join(problem.concepts)}"
        yield f"  erica problem {problem.name} shows the task; erica judge {problem.name} FILE.py judges a solution"
    if words := rhythm_words(rhythm):
        yield f"\n{words}"
