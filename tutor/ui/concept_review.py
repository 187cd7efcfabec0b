"""What an instructor should look at first, below the map: each entry with its words, decided by one click."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from knowledge.decisions import Decision, Verb
from knowledge.model import RelationKind
from knowledge.review import Matter, ReviewItem
from knowledge.wording import counted
from tutor.concept_map import ConceptMap
from tutor.markdown import escape, fit
from tutor.render import excerpt
from tutor.ui import concept_edit

SHOWN = 10
_SAYS = {
    Verb.APPROVE: "Approve",
    Verb.REJECT: "Reject",
    Verb.MERGE: "Merge",
    Verb.SPLIT: "Make it a concept of its own",
    Verb.DEFINE: "This one counts",
}
_KEEPS = {Matter.DUPLICATE: "Keep both", Matter.SHARED_NAME: "Keep both", Matter.MERGE: "All its names are right"}
"""What approving a concept means for matters that are about more than one."""


def draw(graph: ConceptMap, centre_on: Callable[[str | None], None]) -> None:
    """Draw the review, once it is opened; entries keep their places, so that the next one is under the same key."""
    box = st.expander("Review what is in doubt", key="map-review", on_change="rerun")
    if not box.open:
        return
    with box, st.container(key="concept-review", gap="small"):
        items = graph.review()
        if not items:
            st.markdown("Nothing is in doubt.")
        for place, item in enumerate(items[:SHOWN]):
            with st.container(key=f"map-review-{place}", gap="small"):
                _item(graph, item, place, centre_on)
        if len(items) > SHOWN:
            st.caption("More follows when these are decided.")
        concept_edit.say_what_was_done("review")  # below the entries: what is above them would take the focus away
        concept_edit.undo(graph, "review")


def _item(graph: ConceptMap, item: ReviewItem, place: int, centre_on: Callable[[str | None], None]) -> None:
    question = item.why[:1].upper() + item.why[1:]
    behind = f"{counted(item.impact, 'concept')} behind it, doubt {item.doubt:.2f}"
    st.markdown(f"**{place + 1}.** {escape(question)} :gray[:small[· {behind}]]")
    with st.container(gap=None):
        for quote in item.quotes:
            words = fit(excerpt(quote.text, 300)).strip().replace("\n", " ")
            st.markdown(f"> {words} :gray[:small[{escape(quote.where)}]]")
    with st.container(horizontal=True, gap="small"):
        for number, command in enumerate(item.commands):
            verb = Verb(command[0])
            label = _KEEPS.get(item.matter, _SAYS[verb]) if verb is Verb.APPROVE else _SAYS[verb]
            if verb is Verb.DEFINE:
                label = f"The {('first', 'second')[number]} counts"
            if st.button(label, key=f"map-review-{place}-{number}"):
                concept_edit.decide(graph, partial(_decision, command), "review")
        if st.button("Show it", key=f"map-review-{place}-show"):
            centre_on(graph.id_of(item.names[-1]))
            st.rerun()


def _decision(command: tuple[str, ...]) -> Decision:
    """Return what a command of the review decides."""
    verb, *names = command
    if verb == Verb.DEFINE:
        name, _, quote, _, path = names
        return concept_edit.decision(Verb.DEFINE, (name,), quote=quote, path=path)
    is_edge = verb in (Verb.APPROVE, Verb.REJECT) and len(names) == 2
    return concept_edit.decision(Verb(verb), tuple(names), RelationKind.PREREQUISITE if is_edge else None)
