"""All that is known about one concept, on the page: its definition and places, its edges with their evidence."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import streamlit as st

from knowledge.concept_sheet import Place, Sheet
from knowledge.model import MentionRole, Relation
from tutor.concept_map import ConceptMap, decided
from tutor.graph_words import ROLE_WORDS, kin_words
from tutor.markdown import escape, fit
from tutor.render import excerpt
from tutor.ui import concept_edit

KNOWN = "map known"
"""Key in the session's state: ids of the concepts that the learner marked as known."""
_PATH_SHOWN = 12
_EDGES_SHOWN = 12


def draw(
    graph: ConceptMap, found: Sheet, centre_on: Callable[[str | None], None], *, is_centre: bool, read_only: bool
) -> None:
    """Draw a concept.

    Args:
        graph: the map it is on.
        found: what is known about it.
        centre_on: centres the map on a concept.
        is_centre: whether the map is centred on it.
        read_only: whether nothing may be decided here.
    """
    concept = found.concept
    st.markdown(f"## {escape(concept.name)}", anchors=False)
    if concept.aliases:
        st.caption(f"Also: {escape(', '.join(concept.aliases))}")
    _definition(found)
    if not read_only:
        concept_edit.settle(graph, found)
    _actions(concept.id, centre_on, is_centre=is_centre)
    _way(graph, found)
    _edges("Needs", found.needs, found, centre_on, graph if not read_only else None)
    _edges("Unlocks", found.unlocks, found, centre_on, graph if not read_only else None)
    _near(found)
    _places(found)
    if not read_only:
        concept_edit.draw(graph, found, centre_on)


def _definition(found: Sheet) -> None:
    definition = found.concept.definition
    if definition is None:
        st.markdown(":gray[The course does not define it in so many words.]")
        return
    place = f" :small[{_link(found.defined_at)}]" if found.defined_at else ""
    words = fit(excerpt(definition.text, 600)).replace("\n", " ")
    st.markdown(f"> {words}{place}")


def _actions(concept_id: str, centre_on: Callable[[str | None], None], *, is_centre: bool) -> None:
    known: set[str] = set(st.session_state.get(KNOWN, ()))
    with st.container(horizontal=True, gap="small"):
        if not is_centre and st.button("Centre the map here", key="map-centre"):
            centre_on(concept_id)
            st.rerun()
        if st.button("I do not know this" if concept_id in known else "I know this", key="map-known"):
            st.session_state[KNOWN] = known ^ {concept_id}
            st.rerun()


def _way(graph: ConceptMap, found: Sheet) -> None:
    """Say what is left to learn for the concept, given what was marked as known."""
    known = set(st.session_state.get(KNOWN, ()))
    left = graph.path(known, found.concept.id)
    if len(left) < 2:
        return
    names = [escape(concept.name) for concept in left[-_PATH_SHOWN:]]
    before = "… → " if len(left) > _PATH_SHOWN else ""
    with st.expander(f"Learning path: {len(left) - 1} before it"):
        st.markdown(before + " → ".join(names))


def _edges(
    title: str,
    edges: tuple[Relation, ...],
    found: Sheet,
    centre_on: Callable[[str | None], None],
    graph: ConceptMap | None,
) -> None:
    if not edges:
        return
    st.markdown(f"**{title}**")
    for edge in edges[:_EDGES_SHOWN]:
        other = edge.source_id if edge.target_id == found.concept.id else edge.target_id
        sure = "decided" if decided(edge) else f"{edge.confidence:.2f}"
        key = f"map-edge-{edge.source_id}-{edge.target_id}"
        box = st.expander(f"{escape(found.names.get(other, '?'))} :gray[· {sure}]", key=key, on_change="rerun")
        if not box.open:
            continue  # what nobody looks at is not made
        with box:
            st.markdown("\n".join(f"- {line}" for line in evidence(edge, found)))
            with st.container(horizontal=True, gap="small"):
                if st.button("Show it", key=f"map-go-{edge.source_id}-{edge.target_id}"):
                    centre_on(other)
                    st.rerun()
                if graph is not None:
                    concept_edit.judge_edge(graph, edge, found)
    if len(edges) > _EDGES_SHOWN:
        st.caption(f"and {len(edges) - _EDGES_SHOWN} more")


def evidence(edge: Relation, found: Sheet) -> list[str]:
    """Return each sign for an edge as Markdown, with its words and a link to their place."""
    lines = []
    for sign in edge.evidence:
        place = found.quoted.get(sign.quote.chunk_id) if sign.quote else None
        words = f": “{fit(excerpt(sign.quote.text, 300)).strip()}”" if sign.quote else ""
        lines.append(
            f"{escape(sign.kind)}{words.replace(chr(10), ' ')}" + (f" :small[{_link(place)}]" if place else "")
        )
    return lines or ["no sign is recorded"]


def _near(found: Sheet) -> None:
    if not found.kin:
        return
    st.markdown("**Near**")
    lines = []
    for edge in found.kin[:_EDGES_SHOWN]:
        other = edge.source_id if edge.target_id == found.concept.id else edge.target_id
        lines.append(f"- :gray[{kin_words(edge, found.concept.id)}] {escape(found.names.get(other, '?'))}")
    st.markdown("\n".join(lines))


def _places(found: Sheet) -> None:
    if not found.places:
        return
    box = st.expander(f"Where it stands in the course ({found.mentions})", key="map-places", on_change="rerun")
    if not box.open:
        return
    with box:
        for role in MentionRole:
            here = {one.words: one for one in reversed(found.places) if one.role is role}
            if here:
                links = " · ".join(map(_link, reversed(here.values())))
                st.markdown(f":gray[{ROLE_WORDS[role].capitalize()}] {links}")


def _link(place: Place) -> str:
    return f"[{escape(place.words)}](?source={quote(place.chunk.id, safe='')})"
