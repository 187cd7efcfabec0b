"""The chat: questions and answers so far, the answer being made, and the box for the next question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from tutor.compose import understood_as
from tutor.conversation import Turn, TurnState
from tutor.draft import Draft, draft_from_json
from tutor.followups import Past, Understood, past_of, understand
from tutor.jobs import Job
from tutor.lesson_json import LessonUnreadable
from tutor.markdown import escape, fit
from tutor.ui import answer, cells, current
from tutor.ui.sidebar import Choice
from tutor.ui.state import Services, suggestions
from tutor.ui.student import student

POLL_S = 0.25
MAX_QUESTION = 4_000
_STATIC = Path(__file__).with_name("static")
ERICA, LEARNER = str(_STATIC / "erica.svg"), str(_STATIC / "learner.svg")
_ASKED = "turn asked here"
_SCROLL = """
if (window.ericaTurn !== {turn}) {{
  window.ericaTurn = {turn};
  const until = Date.now() + 1500;  // while the page is drawn anew it may be shorter for a moment, and jump
  const kinds = ["wheel", "touchstart", "pointerdown", "keydown"];
  let readerMoves = false;
  const moved = () => {{ readerMoves = true; }};
  kinds.forEach((kind) => addEventListener(kind, moved));
  const hold = () => {{
    if (readerMoves || Date.now() > until) {{ kinds.forEach((kind) => removeEventListener(kind, moved)); return; }}
    [...document.querySelectorAll('[data-testid="stChatMessage"]')].at(-2)?.scrollIntoView({{behavior: "instant"}});
    setTimeout(hold, 50);
  }};
  hold();
}}
"""
_ENDINGS = {
    TurnState.STOPPED: "You stopped this answer here.",
    TurnState.INTERRUPTED: "This answer broke off when the server ended. Ask again to get all of it.",
}


def draw(services: Services, choice: Choice) -> None:
    """Draw the chat of the conversation in the URL."""
    st.title("Erica - Your AI Tutor", anchor=False)
    with st.container(key="course-name"):
        st.markdown(f":gray[{escape(services.tutor.course_title())}]")
    shown = current.conversation_id(services)
    # The job first: one that ends between the two reads is then found finished among the turns.
    job = services.jobs.running(shown) if shown else None
    turns = services.conversations.turns(shown) if shown else []
    if shown:
        current.show_in_url(shown)
    asked = None if turns else _welcome(services)
    for turn in turns:
        making = job if job and job.turn_id == turn.id else None
        follow_up = _turn(services, str(shown), turn, making, is_last=turn is turns[-1])
        asked = asked or follow_up
    if turns:
        _scroll_to_question(turns[-1])
    # In a container of its own: a page with Streamlit's own box at the bottom follows the words of an answer down.
    with st.container(key="ask"):
        typed = st.chat_input(
            "Erica is answering …" if job else "Ask about anything in the course",
            max_chars=MAX_QUESTION,
            disabled=job is not None,
            key="question",
        )
    question = (typed or asked or current.to_ask() or "").strip()
    if question and job is None:
        _ask(services, shown, understand(question, _past(turns)), question, choice)


def _past(turns: Sequence[Turn]) -> Past | None:
    """Return what the newest whole answer of the conversation was about."""
    for turn in reversed(turns):
        try:
            lesson = _draft(turn).lesson
        except LessonUnreadable:
            continue  # the page says so where the answer stands
        if lesson is not None and lesson.answered:
            return past_of(lesson)
    return None


def _ask(services: Services, shown: str | None, meant: Understood, question: str, choice: Choice) -> None:
    conversation_id = shown or services.conversations.start(question).id
    style = replace(choice.style.simpler() if meant.simpler else choice.style, known=_known(services))
    job = services.jobs.start(
        conversation_id, question, choice.settings, choice.model, style=style, understood_as=meant.question
    )
    current.show_in_url(conversation_id)
    st.session_state[_ASKED] = job.turn_id
    st.rerun()


def _known(services: Services) -> frozenset[str]:
    """Return the names of what the learner at the page knows, which a lesson only reminds of."""
    if services.desk is None:
        return frozenset()
    with services.desk.learner(student()) as learner:
        return frozenset(learner.known())


def _scroll_to_question(turn: Turn) -> None:
    """Bring a question asked in this session to the top of the window; the page would stay where it was.

    Sent with every run, as a run that is soon followed by another may never reach the browser.
    """
    if st.session_state.get(_ASKED) == turn.id:
        st.html(f"<script>{_SCROLL.format(turn=turn.id)}</script>", unsafe_allow_javascript=True)


def _welcome(services: Services) -> str | None:
    """Draw the empty page and return the question that was chosen on it."""
    st.markdown(
        "Ask a question, and Erica makes a lesson of your course material: what you need first, in order, "
        "then the topic itself, each statement linked to the place it comes from."
    )
    names = suggestions(services)
    if not names:
        return None
    st.markdown(":gray[Try one of these:]")
    questions = [_opening(index, name) for index, name in enumerate(names)]
    with st.container(key="suggestions", gap="small"):
        pressed = [st.button(escape(text), key=f"try-{index}", width="stretch") for index, text in enumerate(questions)]
    return next((text for text, is_pressed in zip(questions, pressed, strict=True) if is_pressed), None)


def _opening(index: int, name: str) -> str:
    forms = ("What is {}?", "Explain {} step by step", "Where is {} used?", "What do I need to know before {}?")
    return forms[index % len(forms)].format(name)


def _turn(services: Services, shown: str, turn: Turn, job: Job | None, *, is_last: bool) -> str | None:
    """Draw a question and its answer; return the question of a suggestion that was pressed."""
    with st.chat_message("user", avatar=LEARNER):
        st.markdown(fit(turn.question))
    with st.chat_message("assistant", avatar=ERICA):
        if job is not None:
            st.fragment(_growing, run_every=POLL_S)(job)
            return None
        try:
            draft = _draft(turn)
        except LessonUnreadable:
            st.warning("This answer was kept by another version of Erica and cannot be shown. Ask again to renew it.")
            return None
        _understood(turn, draft)
        if draft.lesson is not None:
            return answer.draw_lesson(
                draft.lesson, _notices(draft), str(turn.id), is_last=is_last, cell=partial(cells.draw, services, shown)
            )
        answer.draw_growing(draft)
        _ending(turn)
    return None


def _draft(turn: Turn) -> Draft:
    """Return the answer as it is kept.

    Raises:
        LessonUnreadable: it was kept by another version.
    """
    return draft_from_json(turn.body, turn.tail) if turn.body else Draft(text=turn.tail)


def _understood(turn: Turn, draft: Draft) -> None:
    """Say once, above the answer, which question was answered, where it is not the typed one."""
    if draft.retrieval is not None and turn.question.split() != draft.retrieval.question.split():
        st.caption(understood_as(escape(draft.retrieval.question)))


def _notices(draft: Draft) -> list[str]:
    """Return what stands below the answer: what is said above it already is left out."""
    above = understood_as(draft.retrieval.question) if draft.retrieval is not None else ""
    return [notice for notice in draft.notices if notice != above]


def _growing(job: Job) -> None:
    """Draw the answer so far and the button that stops it; run again and again while more is to come."""
    if not job.running:
        st.rerun()
    draft = job.draft
    answer.draw_growing(draft)
    with st.container(key="working"):
        st.markdown(f":gray[{_doing(job, draft)}]")
    if st.button("Stop", key="stop", help="Keeps what is there so far"):
        job.stop()
        st.rerun()


def _doing(job: Job, draft: Draft) -> str:
    if not job.begun:
        return "Waiting for another answer to end …"
    if draft.retrieval is None:
        return "Looking through the course …"
    if draft.current is not None:
        return f"Writing: {escape(draft.current.title)} …"
    return "Putting the lesson in order …"


def _ending(turn: Turn) -> None:
    if turn.state is TurnState.FAILED:
        st.error(fit(turn.reason))
    else:
        # A turn that streams without a job here is being answered by another server, or its server died.
        st.caption(_ENDINGS.get(turn.state, _ENDINGS[TurnState.INTERRUPTED]))
