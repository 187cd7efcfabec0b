"""What an instructor may do to a concept on the page: each button writes one decision, which outlives every ingest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from knowledge.concept_sheet import Sheet
from knowledge.decision_files import person
from knowledge.decisions import LONGEST_QUOTE, Decision, DecisionUnusable, Verb
from knowledge.errors import KnowledgeError
from knowledge.model import Relation, RelationKind
from tutor.concept_map import ConceptMap, decided
from tutor.markdown import escape

_AUTHOR, _REASON, _SAID = "map-author", "map-reason", "map said"


def judge_edge(graph: ConceptMap, edge: Relation, found: Sheet) -> None:
    """Draw the buttons that approve and reject a prerequisite."""
    names = (found.names.get(edge.source_id, ""), found.names.get(edge.target_id, ""))
    key = f"{edge.source_id}-{edge.target_id}"
    if not decided(edge) and st.button("Approve", key=f"map-approve-{key}"):
        _decide(graph, [_made(Verb.APPROVE, names, RelationKind.PREREQUISITE)])
    if st.button("Reject", key=f"map-reject-{key}"):
        _decide(graph, [_made(Verb.REJECT, names, RelationKind.PREREQUISITE)])


def draw(graph: ConceptMap, found: Sheet, centre_on: Callable[[str | None], None]) -> None:
    """Draw what may be decided about a concept, and what was said and done last."""
    say_what_was_done("sheet")
    box = st.expander("Correct this concept", key="map-correct", on_change="rerun")
    if not box.open:
        undo(graph, "sheet")
        return
    with box:
        st.text_input("Why (for whoever reads the decisions)", key=_REASON, max_chars=300)
        st.text_input("Your name", person(), key=_AUTHOR, max_chars=80)
        _rename(graph, found)
        _define(graph, found)
        _merge(graph, found, centre_on)
        _add_prerequisite(graph, found)
        _split(graph, found)
        if st.button("Remove the concept", key="map-remove"):
            _decide(graph, [_made(Verb.REMOVE, (found.concept.name,))], lambda: centre_on(None))
    undo(graph, "sheet")


def say_what_was_done(at: str) -> None:
    """Draw what came of the decision that was made at this place of the page, once."""
    where, good, words = st.session_state.get(_SAID, ("", True, ""))
    if where == at:
        del st.session_state[_SAID]
        (st.success if good else st.error)(escape(words))


def _rename(graph: ConceptMap, found: Sheet) -> None:
    name = st.text_input("Name", found.concept.name, key=f"map-name-{found.concept.id}", max_chars=200)
    if st.button("Rename", key="map-rename", disabled=name.strip() in ("", found.concept.name)):
        _decide(graph, [_made(Verb.RENAME, (found.concept.name, " ".join(name.split())))])


def _define(graph: ConceptMap, found: Sheet) -> None:
    """Draw the choice of the words of the course that say what the concept is."""
    lessons = graph.lessons_naming(found.concept.id)
    if not lessons:
        return
    before = found.concept.definition.text if found.concept.definition else ""
    at = found.defined_at.document.path if found.defined_at else next(iter(lessons))
    words = st.text_area(
        "Definition, in words of the course", before, key=f"map-words-{found.concept.id}", max_chars=LONGEST_QUOTE
    )
    path = st.selectbox(
        "They stand in",
        list(lessons),
        list(lessons).index(at) if at in lessons else 0,
        lambda one: f"{lessons[one]} ({one})",
        key=f"map-lesson-{found.concept.id}",
    )
    same = " ".join(words.split()) in ("", " ".join(before.split()))
    if st.button("Define", key="map-define", disabled=same or path is None) and path is not None:
        _decide(graph, [_definition(found.concept.name, words, path)])


def settle(graph: ConceptMap, found: Sheet) -> None:
    """Draw the definitions that contradict each other, each with a button that makes it the one that counts."""
    for number, one in enumerate(graph.contradictions(found.concept.id)):
        st.warning(f"The course contradicts itself: {escape(one.why)}")
        for side, quote in enumerate(one.quotes):
            st.markdown(f"> {escape(' '.join(quote.text.split()))} :small[{escape(quote.where)}]")
            if quote.path and st.button("This one counts", key=f"map-settle-{number}-{side}"):
                _decide(graph, [_definition(found.concept.name, quote.text, quote.path)])


def _definition(name: str, words: str, path: str) -> Callable[[], Decision]:
    return lambda: decision(Verb.DEFINE, (name,), quote=words.strip(), path=path)


def _merge(graph: ConceptMap, found: Sheet, centre_on: Callable[[str | None], None]) -> None:
    other = _other(graph, found, "Is another name of")
    if st.button("Merge", key="map-merge", disabled=other is None) and other is not None:
        into, name = other
        _decide(graph, [_made(Verb.MERGE, (found.concept.name, name))], lambda: centre_on(into))


def _add_prerequisite(graph: ConceptMap, found: Sheet) -> None:
    other = _other(graph, found, "Also needs")
    if st.button("Add the prerequisite", key="map-add", disabled=other is None) and other is not None:
        _decide(graph, [_made(Verb.ADD, (other[1], found.concept.name), RelationKind.PREREQUISITE)])


def _split(graph: ConceptMap, found: Sheet) -> None:
    if not found.concept.aliases:
        return
    name = st.selectbox(
        "Is not another name of it", found.concept.aliases, None, key=f"map-split-{found.concept.id}",
        placeholder="Choose a name",
    )  # fmt: skip
    if st.button("Make it a concept of its own", key="map-split", disabled=name is None) and name is not None:
        _decide(graph, [_made(Verb.SPLIT, (name, found.concept.name))])


def _other(graph: ConceptMap, found: Sheet, label: str) -> tuple[str, str] | None:
    """Draw a choice among the other concepts; return id and name of the one chosen."""
    key = f"{label}-{found.concept.id}"
    names = graph.names()
    if names is None:
        text = st.text_input(f"{label} (search)", key=f"search-{key}").strip()
        names = {one.id: one.name for one in graph.search(text)} if text else {}
    others = {one: name for one, name in names.items() if one != found.concept.id}
    chosen = st.selectbox(label, list(others), None, others.__getitem__, key=key, placeholder="Type a name")
    return (chosen, others[chosen]) if chosen in others else None


def undo(graph: ConceptMap, at: str) -> None:
    """Draw the button that takes the latest decision back."""
    latest = graph.desk.latest()
    if latest is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Undo", key=f"map-undo-{at}"):
            _carry_out(lambda: graph.desk.withdraw(latest, _author()), at=at)
        st.caption(f"Latest decision, by {escape(latest.decision.author)}: {escape(latest.decision.says)}")


def _made(verb: Verb, names: tuple[str, ...], kind: RelationKind | None = None) -> Callable[[], Decision]:
    """Return what makes the decision: names of course files may be unusable in one."""
    return lambda: decision(verb, names, kind)


def decision(
    verb: Verb, names: tuple[str, ...], kind: RelationKind | None = None, *, quote: str = "", path: str = ""
) -> Decision:
    """Return a decision of whoever is at the page, made today, with the reason that was typed in.

    Raises:
        DecisionUnusable: a name is none, or something that it needs is missing.
    """
    reason = str(st.session_state.get(_REASON, "")).strip()
    return Decision(date.today(), _author(), verb, names, kind, quote=quote, path=path, reason=reason)


def _author() -> str:
    return str(st.session_state.get(_AUTHOR, "")).strip() or person()


def decide(graph: ConceptMap, made: Callable[[], Decision], at: str) -> None:
    """Carry a decision out and draw the page anew, with what came of it at this place."""
    _carry_out(lambda: graph.desk.decide([made()]), at=at)


def _decide(graph: ConceptMap, made: Sequence[Callable[[], Decision]], then: Callable[[], None] | None = None) -> None:
    _carry_out(lambda: graph.desk.decide([make() for make in made]), then)


def _carry_out(
    decide: Callable[[], Sequence[object]], then: Callable[[], None] | None = None, at: str = "sheet"
) -> None:
    """Carry a decision out and draw the page anew with what came of it."""
    try:
        rulings = decide()
    except (KnowledgeError, DecisionUnusable) as error:
        st.session_state[_SAID] = (at, False, str(error))
    else:
        st.session_state[_SAID] = (at, True, "; ".join(str(one).split(": ", 1)[-1] for one in rulings))
        if then is not None:
            then()
    st.rerun()
