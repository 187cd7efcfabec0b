"""Which conversation a session shows: its id stands in the URL, so that a reload or another tab shows it again."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from tutor.ui.state import Services

_PARAMETER = "c"
_REMEMBERED = "conversation"
_TO_ASK = "question from another page"


def conversation_id(services: Services) -> str | None:
    """Return the id of the conversation shown, or None before its first question.

    A page without the id in its URL (coming back from the sources) goes on with the one shown last.
    """
    wanted = st.query_params.get(_PARAMETER) or st.session_state.get(_REMEMBERED)
    if wanted is None or services.conversations.get(wanted) is None:
        return None
    st.session_state[_REMEMBERED] = wanted
    return str(wanted)


def show_in_url(chosen: str) -> None:
    """Make `chosen` the conversation shown, URL included."""
    st.session_state[_REMEMBERED] = chosen
    if st.query_params.get(_PARAMETER) != chosen:
        st.query_params[_PARAMETER] = chosen


def open_conversation(chosen: str) -> NoReturn:
    """Show another conversation."""
    st.query_params.clear()
    show_in_url(chosen)
    _to_chat()


def leave() -> NoReturn:
    """Show the empty page of a new conversation; an answer being made goes on."""
    st.session_state.pop(_REMEMBERED, None)
    st.query_params.clear()
    _to_chat()


def ask_anew(question: str) -> None:
    """Make the chat, when it is drawn next, ask this question in a new conversation."""
    st.session_state.pop(_REMEMBERED, None)
    st.session_state[_TO_ASK] = question


def to_ask() -> str | None:
    """Return the question that another page handed over, once."""
    question = st.session_state.pop(_TO_ASK, None)
    return None if question is None else str(question)


def clear(services: Services) -> NoReturn:
    """Stop the answer being made and remove all turns of the conversation shown."""
    shown = conversation_id(services)
    if shown is not None:
        services.jobs.stop(shown)
        services.conversations.clear(shown)
    st.rerun()


def delete(services: Services) -> NoReturn:
    """Stop the answer being made, remove the conversation shown, and start anew."""
    shown = conversation_id(services)
    if shown is not None:
        services.jobs.stop(shown)
        services.conversations.delete(shown)
    leave()


def _to_chat() -> NoReturn:
    st.rerun()
