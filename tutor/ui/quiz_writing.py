"""Questions that a chat model writes before a quiz begins, where one is there that is large enough and it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from knowledge.chat_model import ChatModel
from knowledge.errors import ModelError
from knowledge.wording import counted
from tutor.markdown import escape
from tutor.quiz import QuizItem
from tutor.quiz_worded import MOST_TRIED, Askable, QuizWriter
from tutor.ui.state import OFFERS_LIFE_S, Services

_WANTED = "quiz written"


def choose(services: Services | None) -> None:
    """Draw the choice to have questions written; nothing where no model is there for it."""
    model = _model(services) if services else None
    if model is not None:
        st.toggle(f"Have {escape(model.model_name.name)} write new questions", key=_WANTED)


def written(services: Services | None, sentences: Callable[[], Sequence[Askable]]) -> list[QuizItem]:
    """Return what the model writes about these sentences and passes its checks; nothing where it is not wanted."""
    model = _model(services) if services and st.session_state.get(_WANTED) else None
    if model is None:
        return []
    writer, found, tried = QuizWriter(model), [], sentences()[:MOST_TRIED]
    bar = st.progress(0.0, f"{escape(model.model_name.name)} writes …")
    try:
        for number, sentence in enumerate(tried, start=1):
            item = writer.item(sentence)
            found += [item] if item else []
            bar.progress(number / len(tried), f"{counted(len(found), 'question')} of {number} tried")
    except ModelError as error:
        st.toast(escape(f"{error} The other questions need no model."))
    return found


@st.cache_resource(ttl=OFFERS_LIFE_S, show_spinner=False)
def _model(_services: Services) -> ChatModel | None:
    """Return the model; asking servers again on each rerun would make the page wait."""
    return _services.quiz_model()
