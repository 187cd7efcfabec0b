"""The sidebar: settings of the next question, what the library holds, and the conversations so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from knowledge.model import RetrievalSettings
from tutor.conversation import Conversation
from tutor.export import Exchange, conversation_markdown, conversation_notebook, exchanges, file_name
from tutor.markdown import escape
from tutor.settings import MOST_LANGUAGE_CHARACTERS
from tutor.style import LEVEL_LABELS, Level, Style
from tutor.ui import current
from tutor.ui.state import Services, counts, offers

if TYPE_CHECKING:
    from knowledge.models.ladder import ModelOffer

CONVERSATIONS_SHOWN = 20
SEARCHED_FROM = 5
"""Conversations from which on a search is offered."""
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the next question is asked with."""

    settings: RetrievalSettings
    model: str
    style: Style


def draw(services: Services) -> Choice:
    """Draw the sidebar and return what is chosen in it."""
    with st.sidebar:
        if st.button("New conversation", type="primary", width="stretch"):
            current.leave()
        choice = _settings(services)
        _library(services)
        _conversations(services)
    return choice


def _settings(services: Services) -> Choice:
    st.header("Settings", anchor=False)
    at_first = services.retrieval
    results = st.slider(
        "Semantic search results",
        1,
        max(20, at_first.semantic_results),
        at_first.semantic_results,
        key="semantic_results",
        help="How many passages are looked up for the question.",
    )
    depth = st.slider(
        "Prerequisite depth",
        0,
        max(5, at_first.prerequisite_depth),
        at_first.prerequisite_depth,
        key="prerequisite_depth",
        help="How many steps back a lesson may go for what you need to know first.",
    )
    concepts = st.slider(
        "Max concepts",
        1,
        max(30, at_first.max_concepts),
        at_first.max_concepts,
        key="max_concepts",
        help="How many concepts a lesson may explain.",
    )
    return Choice(
        RetrievalSettings(results, depth, concepts), _model(offers(services), services.model), _style(services.style)
    )


def _style(at_first: Style) -> Style:
    levels = list(Level)
    level = st.selectbox(
        "Level",
        levels,
        levels.index(at_first.level),
        format_func=lambda one: LEVEL_LABELS[one],
        key="level",
        help="Intuitive: pictures and plain words first. Mathematical: formulas and exact statements first.",
    )
    language = st.text_input(
        "Language of answers",
        at_first.language,
        max_chars=MOST_LANGUAGE_CHARACTERS,
        placeholder="the course's own",
        key="language",
        help="Needs a model. Without one Erica quotes the course in its own language.",
    )
    name = "".join(c for c in language if c.isalpha() or c in " -()").strip()
    return replace(at_first, level=level, language=name)


def _model(offered: Sequence[ModelOffer], at_first: str) -> str:
    """Draw the chooser of models and return the key chosen; what is not available is listed with its reason."""
    automatic = next((offer.label for offer in offered if offer.available and offer.automatic), "quotations")
    labels = {AUTO: "Automatic", **{offer.key: offer.label for offer in offered if offer.available}}
    keys = list(labels)
    chosen = st.selectbox(
        "Model",
        keys,
        keys.index(at_first) if at_first in labels else 0,
        format_func=lambda key: labels.get(key, key),
        key="model",
        help="Who words the lesson. Order, prerequisites and citations are the same with every model.",
    )
    if chosen == AUTO:
        st.caption(f"Now: {escape(automatic)}")
    missing = [offer for offer in offered if not offer.available]
    if missing:
        with st.expander(f"{len(missing)} more, not available"):
            for offer in missing:
                st.markdown(f"**{escape(offer.label)}**  \n:gray[{escape(offer.why)}]")
    return chosen


def _library(services: Services) -> None:
    st.header("Knowledge Graph Stats", anchor=False)
    held = counts(services)
    st.metric("Concepts in ChromaDB", f"{held.concepts:,}")
    rest = (("Relations", held.relations), ("Chunks", held.chunks), ("Sources", held.documents))
    for column, (label, number) in zip(st.columns(3), rest, strict=True):
        column.metric(label, f"{number:,}")


def _conversations(services: Services) -> None:
    now = current.conversation_id(services)
    if st.button("Clear Chat", width="stretch", disabled=now is None, help="Removes all questions and answers here."):
        current.clear(services)
    past = services.conversations.newest(CONVERSATIONS_SHOWN)
    if not past:
        return
    st.header("Past conversations", anchor=False)
    if len(past) >= SEARCHED_FROM:
        words = st.text_input(
            "Search conversations", placeholder="Search …", key="search-conversations", label_visibility="collapsed"
        )
        past = services.conversations.search(words, CONVERSATIONS_SHOWN) if words.strip() else past
        if not past:
            st.caption("No conversation has these words.")
    with st.container(key="past-conversations"):
        for conversation in past:
            _conversation(services, conversation, is_open=conversation.id == now)


def _conversation(services: Services, conversation: Conversation, *, is_open: bool) -> None:
    label = escape(conversation.title)
    if not is_open:
        if st.button(label, key=f"open-{conversation.id}", type="tertiary", width="stretch"):
            current.open_conversation(conversation.id)
        return
    with st.popover(f"**{label}**", type="tertiary", width="stretch"):
        title = st.text_input("Title", conversation.title, max_chars=60, key=f"title-{conversation.id}")
        if st.button("Rename", key=f"rename-{conversation.id}", disabled=not title.strip()):
            services.conversations.rename(conversation.id, title)
            st.rerun()
        _downloads(services, conversation)
        if st.button("Delete conversation", key=f"delete-{conversation.id}"):
            current.delete(services)


def _downloads(services: Services, conversation: Conversation) -> None:
    """Offer the conversation as a file; it is put together when asked for."""

    def write(form: Callable[[str, Sequence[Exchange]], str]) -> Callable[[], str]:
        return lambda: form(conversation.title, exchanges(services.conversations, conversation.id))

    for label, suffix, kind, form in (
        ("Markdown", ".md", "text/markdown", conversation_markdown),
        ("Notebook", ".ipynb", "application/x-ipynb+json", conversation_notebook),
    ):
        name = file_name(conversation.title, suffix)
        key = f"save{suffix}-{conversation.id}"
        st.download_button(f"Save as {label}", write(form), name, kind, key=key, on_click="ignore")
    st.caption("For PDF, print the page.")
