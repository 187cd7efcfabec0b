"""The page of the concept map: what is shown, the map itself, and beside it all that is known about one concept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from knowledge.wording import counted
from tutor.concept_map import ConceptMap, MapView, Reach, Standing, decided
from tutor.markdown import escape
from tutor.ui import concept_review, concept_sheet
from tutor.ui.components.own import own_component

PARAMETER = "concept"
MOST_SHOWN = (10, 30, 60, 120, 300)
_STYLE = Path(__file__).with_name("static") / "concept_map.css"
_CENTRE, _CHOICE, _SELECTED, _TOPIC = "map centre", "map-concept", "map selected", "map-topic"
_MAIN = "Main concepts"
_REACHES = {Reach.NEEDS: "What it needs", Reach.UNLOCKS: "What it unlocks", Reach.BOTH: "Both"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is on the map, in words and in numbers."""

    view: MapView
    centre: str
    label: str
    key: str


def draw(graph: ConceptMap, *, read_only: bool) -> None:
    """Draw the page. Without `read_only` whoever looks may decide about concepts and edges."""
    st.html(_STYLE)
    st.title("Concept map", anchor=False)
    _carry_out_files(graph)
    with st.container(key="concept-map"):
        find_at, rest_at = st.columns([2, 5], vertical_alignment="bottom")
        with find_at:
            centre = _centre(graph)
        with rest_at:
            shown = _around(graph, centre) if centre else _overview(graph)
        if not shown.view.nodes:
            st.markdown("The course has no concepts yet. Read more of it into the library: `erica ingest PATH`")
            return
        _map_and_sheet(graph, shown, read_only)
        if not read_only:
            concept_review.draw(graph, open_concept)


def _carry_out_files(graph: ConceptMap) -> None:
    """Bring the library level with decisions that were written by hand, once a session; say what hinders it."""
    if st.session_state.get("map levelled"):
        return
    st.session_state["map levelled"] = True
    outcome = graph.desk.level()
    for note in outcome.notes if outcome else ():
        st.warning(escape(note))


# --- what is shown ---


def open_concept(concept_id: str | None) -> None:
    """Centre the map on a concept, URL included; None shows the overview."""
    st.session_state[_CENTRE] = st.session_state[_SELECTED] = concept_id
    st.session_state.pop(_CHOICE, None)
    if concept_id is None:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = concept_id


def _centre(graph: ConceptMap) -> str | None:
    """Draw the search for a concept and return the id of the one the map is centred on."""
    linked = st.query_params.get(PARAMETER)
    if linked is not None and linked != st.session_state.get(_CENTRE):
        open_concept(linked)
    centre: str | None = st.session_state.get(_CENTRE)
    if centre is not None and graph.concept(centre) is None:
        st.info("The concept that was shown here is not in the course any more.")
        open_concept(centre := None)
    names = graph.names()
    if names is None:
        names = _searched(graph, centre)
    if st.session_state.get(_CHOICE) not in names:
        st.session_state[_CHOICE] = centre
    st.selectbox(
        "Find a concept",
        list(names),
        format_func=lambda one: names.get(one, one),
        placeholder="Type a name",
        key=_CHOICE,
        on_change=lambda: open_concept(st.session_state.get(_CHOICE)),
    )
    return centre


def _searched(graph: ConceptMap, centre: str | None) -> dict[str, str]:
    """Draw a search in names, for libraries with too many to choose from, and return what it finds."""
    text = st.text_input("Search in names", key="map-search").strip()
    found = {one.id: one.name for one in graph.search(text)} if text else {}
    here = graph.concept(centre) if centre else None
    return {**({here.id: here.name} if here else {}), **found}


def _around(graph: ConceptMap, centre: str) -> _Shown:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reach = st.segmented_control(
            "Show",
            list(Reach),
            format_func=_REACHES.__getitem__,
            default=Reach.NEEDS,
            required=True,
            key="map-reach",
            label_visibility="collapsed",
        )
        with st.popover("How much"):
            depth = st.slider("Steps", 1, 6, 3, key="map-depth", help="How many prerequisites in a row to follow.")
            most = _most("map-most", 60)
        if st.button("Overview", key="map-overview"):
            open_concept(None)
            st.rerun()
    view = graph.around(centre, reach or Reach.NEEDS, depth, most, _known())
    name = next(node.concept.name for node in view.nodes if node.is_centre)
    return _Shown(view, centre, f"Map of {name}", f"{centre} {reach} {depth} {most}")


def _overview(graph: ConceptMap) -> _Shown:
    topics = graph.topics()
    labels = [_MAIN, *(f"{topic.name} ({len(topic.concept_ids)})" for topic in topics)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Topic", range(len(labels)), format_func=labels.__getitem__, key=_TOPIC)
        with st.popover("How much"):
            most = _most("map-most-of-all", 30)
    if chosen:
        return _Shown(
            graph.of_topic(topics[chosen - 1], most, _known()), "", f"Topic {labels[chosen]}", f"t {chosen} {most}"
        )
    return _Shown(graph.main(most, _known()), "", "The main concepts of the course", f"main {most}")


def _most(key: str, at_first: int) -> int:
    return int(st.select_slider("At most", MOST_SHOWN, at_first, key=key, help="Concepts shown, nearest first."))


def _known() -> frozenset[str]:
    return frozenset(st.session_state.get(concept_sheet.KNOWN, ()))


# --- the map and what is beside it ---


@st.fragment
def _map_and_sheet(graph: ConceptMap, shown: _Shown, read_only: bool) -> None:
    map_at, sheet_at = st.columns([5, 3], gap="medium")
    ids = [node.concept.id for node in shown.view.nodes]
    selected = st.session_state.get(_SELECTED)
    with map_at:
        result = own_component("concept_map")(
            key="map",
            data={**_data(shown), "selected": selected if selected in ids else (shown.centre or None)},
            on_chosen_change=lambda: None,
        )
        left_out = f" {counted(shown.view.left_out, 'more concept')} left out." if shown.view.left_out else ""
        st.caption(f"{counted(len(ids), 'concept')}, {counted(len(shown.view.edges), 'prerequisite')}.{left_out}")
    if result.chosen in ids:
        selected = st.session_state[_SELECTED] = result.chosen
    if selected is None:
        selected = shown.centre or None
    with sheet_at, st.container(key="concept-sheet", gap="small"):
        found = graph.sheet(selected) if selected else None
        if found is None:
            st.markdown(
                ":gray[Choose a concept to see its definition, where it is taught, and why it stands where it does.]"
            )
        else:
            concept_sheet.draw(graph, found, open_concept, is_centre=selected == shown.centre, read_only=read_only)


def _data(shown: _Shown) -> dict[str, object]:
    nodes = [
        {
            "id": node.concept.id,
            "name": node.concept.name,
            "standing": node.standing.value,
            "late": node.concept.difficulty,
            "centre": node.is_centre,
        }
        for node in shown.view.nodes
    ]
    edges = [
        {"source": e.source_id, "target": e.target_id, "confidence": e.confidence, "decided": decided(e)}
        for e in shown.view.edges
    ]
    label = f"{shown.label}: {counted(len(nodes), 'concept')}. An arrow leads from what is needed to what needs it."
    return {"nodes": nodes, "edges": edges, "label": label, "view": shown.key, "legend": _legend(shown.view)}


def _legend(view: MapView) -> Sequence[tuple[str, str]]:
    standings = {node.standing for node in view.nodes}
    entries = [
        ("centre", "chosen", any(node.is_centre for node in view.nodes)),
        ("known", "known", Standing.KNOWN in standings),
        ("ready", "ready to learn", Standing.READY in standings),
        ("late", "early to late in the course", True),
    ]
    return [(kind, words) for kind, words, is_there in entries if is_there]
