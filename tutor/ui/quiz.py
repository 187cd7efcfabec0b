"""Quiz: what is due first, then questions about a concept or a lesson; each answer with verdict, reason and place.

A concept that a problem is about is asked about in code, too, where there is a judge and a desk to keep what passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import streamlit as st

from knowledge.model import Concept, SourceDocument
from knowledge.wording import counted
from tutor.grades import ChoiceKey, CodeJudge, CodeKey, Verdict
from tutor.markdown import escape, fit
from tutor.quiz import Origin, QuizItem, answer_text
from tutor.quiz_book import QuizRoom, answered, with_written
from tutor.ui import quiz_code, quiz_writing
from tutor.ui.state import Services
from tutor.ui.student import student

MOST_QUESTIONS = 10
"""Questions of one quiz: some minutes."""
_ITEMS, _AT, _TOLD, _RIGHT, _NOTHING = "quiz items", "quiz at", "quiz told", "quiz right", "quiz nothing"
_LESSON = "quiz of lesson"
_LOOK = {
    Verdict.RIGHT: ("green", "right"),
    Verdict.WRONG: ("red", "not right"),
    Verdict.UNSURE: ("orange", "not sure"),
}


@dataclass(frozen=True, slots=True)
class _Told:
    """What an answer came to."""

    verdict: Verdict
    why: str
    answer: str


def draw(room: QuizRoom, services: Services | None = None, to_lesson: Callable[[str], None] | None = None) -> None:
    """Draw the question at hand, the end of a quiz, or what there is to be asked about.

    Args:
        room: the questions and the learners.
        services: what judges and keeps code; without it nothing is asked in code.
        to_lesson: shows the lesson of this id; None where there is no such page.
    """
    items: Sequence[QuizItem] | None = st.session_state.get(_ITEMS)
    if items is None:
        _choose(room, services)
        return
    with st.container(horizontal=True, gap="small", key="quiz-ways"):
        if st.button("← All quizzes", type="tertiary", key="quiz-leave"):
            _leave()
        lesson: SourceDocument | None = st.session_state.get(_LESSON)
        if lesson is not None and to_lesson is not None and _pressed_back_to(lesson):
            to_lesson(lesson.id)
    if st.session_state[_AT] < len(items):
        _item(room, services, items, st.session_state[_AT])
    else:
        _end(len(items))


def _pressed_back_to(lesson: SourceDocument) -> bool:
    return st.button(f"← {escape(lesson.title)}", type="tertiary", key="quiz-to-lesson")


def _choose(room: QuizRoom, services: Services | None) -> None:
    st.title("Quiz", anchor=False)
    learner = room.learner(student())
    try:
        due = learner.due()
    finally:
        learner.close()
    if due:
        st.markdown(f"**{counted(len(due), 'concept')}** due for review.")
        if st.button("Review now", type="primary", key="quiz-review"):
            subjects = [state.concept for state in due[:MOST_QUESTIONS]]
            concepts = room.concepts([subject.id for subject in subjects])
            _begin(_with_code(room, services, room.book.of_subjects(subjects), concepts))
    else:
        st.markdown(":gray[Nothing is due for review. Choose what to be asked about.]")
    with st.spinner("Reading the course …"):
        askable = room.book.askable()
    if askable:
        names = {concept.id: concept.name for concept in askable}
        chosen = st.selectbox("A concept", list(names), format_func=names.__getitem__, key="quiz-concept")
        if st.button("Ask me", key="quiz-ask-concept") and (concepts := room.concepts([str(chosen)])):
            written = quiz_writing.written(services, lambda: room.book.sentences_about(concepts[0]))
            items = with_written(room.book.of_concept(concepts[0]), written)
            _begin(_with_code(room, services, items, concepts))
    lessons = {document.path: document for document in room.lessons()}
    path = st.selectbox("A lesson", list(lessons), format_func=lambda one: lessons[one].title, key="quiz-lesson")
    if path is not None and st.button("Ask me about it", key="quiz-ask-lesson"):
        written = quiz_writing.written(services, lambda: room.book.sentences_of(path))
        begin_lesson(room, services, path, written)
        st.rerun()
    quiz_writing.choose(services)
    if nothing_to_ask():
        st.info("There is no question about this in the material.")


def begin_lesson(room: QuizRoom, services: Services | None, path: str, written: Sequence[QuizItem] = ()) -> bool:
    """Lay out the questions about the lesson at this path; return whether there are any.

    Args:
        room: the questions.
        services: what judges code; without it nothing is asked in code.
        path: the lesson's.
        written: questions that a model wrote about it.
    """
    with st.spinner("Reading the course …"):
        items = with_written(room.book.of_lesson(path), written)
        found = lay_out(_with_code(room, services, items, room.book.taught(path)))
    if found:
        st.session_state[_LESSON] = next((document for document in room.lessons() if document.path == path), None)
    return found


def _with_code(
    room: QuizRoom, services: Services | None, items: Sequence[QuizItem], concepts: Sequence[Concept]
) -> list[QuizItem]:
    """Return the questions of one quiz, the last of them in code where there is a problem about its concepts."""
    code = quiz_code.about(room, services, concepts)
    return [*items[: MOST_QUESTIONS - len(code)], *code]


def nothing_to_ask() -> bool:
    """Return, once, whether the last choice led to no question."""
    return bool(st.session_state.pop(_NOTHING, False))


def _begin(items: Sequence[QuizItem]) -> None:
    lay_out(items)
    st.rerun()


def lay_out(items: Sequence[QuizItem]) -> bool:
    """Make these the questions of the quiz that is drawn next; return whether there are any."""
    if items:
        st.session_state.update({_ITEMS: list(items[:MOST_QUESTIONS]), _AT: 0, _RIGHT: 0})
        for key in (_TOLD, _LESSON):
            st.session_state.pop(key, None)
        quiz_code.forget()
    else:
        st.session_state[_NOTHING] = True
    return bool(items)


def _leave() -> None:
    for key in (_ITEMS, _AT, _TOLD, _RIGHT, _LESSON):
        st.session_state.pop(key, None)
    st.rerun()


def _item(room: QuizRoom, services: Services | None, items: Sequence[QuizItem], at: int) -> None:
    item = items[at]
    by = f" · written by {escape(item.by.name)}, checked against its passage" if item.by else ""
    st.caption(f"Question {at + 1} of {len(items)}{by}")
    if isinstance(item.key, CodeKey):
        st.markdown(f"## {escape(item.stem)}", anchors=False)
    else:
        st.markdown(fit(item.stem) if item.origin is Origin.AUTHORED else escape(item.stem))
    told: _Told | None = st.session_state.get(_TOLD)
    if told is None and services is not None and isinstance(item.key, CodeKey):
        handed_in = quiz_code.draw(services, item.key, at)
        if st.button("Check", type="primary", key=f"quiz-check-{at}", disabled=handed_in is None) and handed_in:
            _tell(_graded(room, item, handed_in.code, handed_in.judge))
    elif told is None:
        with st.form(f"quiz-{at}", border=False):
            answer = _answer_field(item, at)
            if st.form_submit_button("Check", type="primary"):
                _tell(_graded(room, item, answer))
    if told is not None:
        _answered(item, told)
        _explain(item, told)
        if st.button("Next" if at + 1 < len(items) else "Finish", type="primary", key=f"quiz-next-{at}"):
            st.session_state[_AT] = at + 1
            st.session_state.pop(_TOLD)
            st.rerun()


def _tell(told: _Told) -> None:
    st.session_state[_TOLD] = told
    st.session_state[_RIGHT] += told.verdict is Verdict.RIGHT
    st.rerun()


def _answered(item: QuizItem, told: _Told) -> None:
    """Draw what was answered; of a choice every option, the right ones and the chosen ones marked, with its reason."""
    if isinstance(item.key, CodeKey):
        st.code(told.answer, language="python")
        return
    if not item.options:
        st.markdown(f":gray[Your answer:] {escape(told.answer) or ':gray[none]'}")
        return
    chosen = set(told.answer.split())
    right = item.key.right if isinstance(item.key, ChoiceKey) else frozenset()
    lines = []
    for option in item.options:
        mark = ":green[✓]" if option.id in right else ":red[✗]" if option.id in chosen else ":gray[·]"
        mine = " :gray[:small[your answer]]" if option.id in chosen else ""
        why = f"  \n:gray[:small[{escape(option.why)}]]" if option.why else ""
        lines.append(f"{mark} {escape(option.text)}{mine}{why}")
    st.markdown("\n\n".join(lines))


def _answer_field(item: QuizItem, at: int) -> str:
    """Draw what the answer is given in; return it as the graders read it."""
    key = f"quiz-answer-{at}"
    if not item.options:
        return st.text_input("Your answer", key=key)
    texts = {option.id: escape(option.text) for option in item.options}
    if isinstance(item.key, ChoiceKey) and len(item.key.right) > 1:
        st.caption("Several are right.")
        chosen = [one for one, text in texts.items() if st.checkbox(text, key=f"{key}-{one}")]
        return " ".join(chosen)
    one = st.radio("Your answer", list(texts), format_func=texts.__getitem__, index=None, key=key)
    return str(one or "")


def _graded(room: QuizRoom, item: QuizItem, answer: str, judge_code: CodeJudge | None = None) -> _Told:
    learner = room.learner(student())
    needs = room.book.needs(item.concept) if item.concept else ()
    try:
        return _Told(*answered(item, answer, learner, needs, judge_code), answer)
    finally:
        learner.close()


def _explain(item: QuizItem, told: _Told) -> None:
    color, words = _LOOK[told.verdict]
    st.markdown(f":{color}-badge[{words}] {escape(told.why)}")
    if told.verdict is not Verdict.RIGHT and isinstance(item.key, CodeKey):
        st.markdown("The problem stays open under Practice.")
    elif told.verdict is not Verdict.RIGHT and not item.options:
        st.markdown(f"**Answer:** {fit(answer_text(item))}")
    if item.options or told.verdict is Verdict.RIGHT or item.explanation != answer_text(item):
        st.markdown(fit("\n".join(f"> {line}" for line in item.explanation.splitlines())))
    place = f"{item.source.title}, {item.source.place}"
    st.markdown(f"[{escape(place)}](?source={quote(item.source.chunk_id, safe='')})")


def _end(count: int) -> None:
    st.title("Quiz", anchor=False)
    st.markdown(f"**{st.session_state[_RIGHT]} of {count}** right. What was asked comes back when it is due.")
    if st.button("On to the next", type="primary", key="quiz-again"):
        _leave()
