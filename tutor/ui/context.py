"""How an answer was found: what it was taken to be about, in which order, from which passages, what was left out."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from knowledge.model import Chunk, ChunkKind, Concept, ExpandedConcept, Hit, Retrieval, place
from knowledge.wording import counted
from tutor.lesson import Lesson
from tutor.markdown import escape
from tutor.render import author, duration, excerpt, quotation, whereabouts

PLACES_SHOWN = 3
_STAGES = {"retrieval": "retrieval", "plan": "plan ready", "first_text": "first words", "total": "whole lesson"}


def draw(lesson: Lesson) -> None:
    """Draw the closed box "View Retrieved Context"."""
    with st.expander("View Retrieved Context"):
        _seeds(lesson.retrieval)
        _order(lesson.retrieval)
        _passages(lesson.retrieval)
        _left_out(lesson.retrieval)
        _removed(lesson)
        _made(lesson)


def _seeds(retrieval: Retrieval) -> None:
    st.markdown("**What the question is about** (seed concepts, score 0 to 1)")
    if not retrieval.seeds:
        st.markdown("No concept of the course stands out.")
    rows = [f"| {escape(s.concept.name)} | {s.score:.2f} | {escape(s.reason)} |" for s in retrieval.seeds]
    if rows:
        st.markdown("\n".join(["| Concept | Score | Found by |", "|:--|--:|:--|", *rows]))


def _order(retrieval: Retrieval) -> None:
    if not retrieval.order:
        return
    st.markdown("**Order of explanation** (each after what it needs)")
    names = {item.concept.id: item.concept.name for item in retrieval.order}
    st.markdown("\n".join(f"{n}. {_explained(item, names)}" for n, item in enumerate(retrieval.order, start=1)))


def _explained(item: ExpandedConcept, names: dict[str, str]) -> str:
    needed_by = [escape(names[key]) for key in item.needed_by if key in names]
    reason = f" :gray[needed for {', '.join(needed_by)}]" if needed_by else ""
    return escape(item.concept.name) + reason


def _passages(retrieval: Retrieval) -> None:
    st.markdown(f"**Passages found** ({len(retrieval.hits)}, best first)")
    if not retrieval.hits:
        st.markdown("No passage was found.")
    st.markdown("\n".join(f"{n}. {_hit(hit, retrieval)}" for n, hit in enumerate(retrieval.hits, start=1)))
    taught = [line for item in retrieval.order if (line := _taught(item.concept, retrieval))]
    if taught:
        st.markdown("**Where the concepts are taught** (best places first)")
        st.markdown("\n".join(taught))


def _taught(concept: Concept, retrieval: Retrieval) -> str:
    """Return a line with the first places that teach a concept, and how many more there are."""
    chunks = retrieval.passages.get(concept.id, ())
    if not chunks:
        return ""
    places = " · ".join(dict.fromkeys(_link(chunk, retrieval) for chunk in chunks[:PLACES_SHOWN]))
    more = f" :gray[and {len(chunks) - PLACES_SHOWN} more]" if len(chunks) > PLACES_SHOWN else ""
    return f"- {escape(concept.name)}: {places}{more}"


def _hit(hit: Hit, retrieval: Retrieval) -> str:
    signs = []
    if hit.cosine is not None:
        signs.append(f"meaning {hit.cosine:.2f}" + (f" (rank {hit.dense_rank})" if hit.dense_rank else ""))
    if hit.bm25 is not None:
        signs.append(f"words {hit.bm25:.1f}" + (f" (rank {hit.lexical_rank})" if hit.lexical_rank else ""))
    return f"{_link(hit.chunk, retrieval)} :gray[{' · '.join(signs)}]  \n   {_words(hit.chunk)}"


def _words(chunk: Chunk) -> str:
    if chunk.kind is ChunkKind.PROSE:
        return quotation(chunk.text, 180)
    return f"`{excerpt(chunk.text, 90).replace('`', ' ')}`"


def _link(chunk: Chunk, retrieval: Retrieval) -> str:
    document = retrieval.documents.get(chunk.document_id)
    title = document.title if document else "Unknown document"
    return f"[{escape(whereabouts(title, place(chunk.locator)))}](?source={quote(chunk.id, safe='')})"


def _left_out(retrieval: Retrieval) -> None:
    if retrieval.left_out:
        budget = retrieval.settings.max_concepts
        names = ", ".join(escape(item.concept.name) for item in retrieval.left_out)
        st.markdown(f"**Left out, past {counted(budget, 'concept')}:** {names}")
    elif retrieval.order:
        st.markdown("**Left out:** nothing within this depth.")


def _removed(lesson: Lesson) -> None:
    if not lesson.removed:
        return
    st.markdown(f"**Removed from the model's text** ({len(lesson.removed)})")
    st.markdown(
        "\n".join(f"- “{escape(excerpt(item.what, 160))}” :gray[{escape(item.why)}]" for item in lesson.removed)
    )


def _made(lesson: Lesson) -> None:
    stages = [f"{_STAGES.get(key, escape(key))} {duration(ms)}" for key, ms in lesson.timing_ms.items()]
    settings = lesson.retrieval.settings
    st.caption(
        f"{escape(author(lesson.model))}. "
        f"Asked with {counted(settings.semantic_results, 'result')}, depth {settings.prerequisite_depth}, "
        f"at most {counted(settings.max_concepts, 'concept')}; coverage {lesson.retrieval.coverage:.2f}. "
        f"{' · '.join(stages)}"
    )
