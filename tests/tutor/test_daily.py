"""What a day offers: reproducible, the same all day, due before new before other, and never the same twice in a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ingest.pipeline import ingest
from knowledge.catalog import Catalog
from knowledge.library import Library
from knowledge.lookup import named
from knowledge.model import Concept, Quote, Relation, RelationKind
from tests.conftest import COURSE
from tests.fakes import HashingEmbedder
from tutor import daily, problems
from tutor.daily import SHARES, Reason, drawn, run_of, states_of, turn
from tutor.daily_export import lines, markdown, rhythm_words, statement_below
from tutor.desk import Desk
from tutor.learner import ConceptState, EvidenceKind, Learner, Shown, Subject
from tutor.mastery import MASTERED

DAY = date(2026, 11, 21)
ONE = timedelta(days=1)
MONTH = [DAY + n * ONE for n in range(30)]
PROBLEMS = {
    name: replace(problems.find("mean-iou"), name=name, title=name, concepts=concepts, difficulty=level)
    for name, concepts, level in [
        ("dot", ("vector", "dot product"), "easy"),
        ("embed", ("embedding",), "easy"),
        ("contrast", ("contrastive learning", "embedding"), "medium"),
        ("clip", ("CLIP", "contrastive learning"), "hard"),
        ("unknown", ("optical flow",), "easy"),
    ]
}


class Clock:
    def __init__(self) -> None:
        self.now_s = noon(DAY - 30 * ONE)

    def __call__(self) -> float:
        return self.now_s


def noon(day: date) -> float:
    return datetime.combine(day, time(12)).astimezone().timestamp()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("daily")
    (root / "course").mkdir()
    for name, text in COURSE.items():
        (root / "course" / name).write_text(text, encoding="utf-8")
    ingest([root / "course"], root / "library", HashingEmbedder())
    with Library.open(root / "library") as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def learner(tmp_path: Path, clock: Clock) -> Iterator[Learner]:
    opened = Learner.open(tmp_path, "ada", clock)
    yield opened
    opened.close()


@pytest.fixture
def desk(tmp_path: Path, library: Library, clock: Clock) -> Desk:
    return Desk(library, tmp_path, clock)


def subject(library: Library, name: str) -> Subject:
    concept = named(library.catalog, name)[0]
    return Subject(concept.id, concept.name)


def day_of(library: Library, desk: Desk, learner: Learner, day: date = DAY) -> daily.Day:
    return daily.of_day(day, learner, library.catalog, PROBLEMS, desk.needs)


# --- chance ---


@given(st.sets(st.text(max_size=5), min_size=1, max_size=9), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.text())
def test_in_a_round_each_has_its_turn_and_none_comes_twice_in_a_row(pool: set[str], day: date, who: str) -> None:
    listed = sorted(pool)
    start = day - timedelta(days=day.toordinal() % len(pool))
    days = [start + n * ONE for n in range(3 * len(pool))]
    turns = [turn(listed, one, who, str) for one in days]
    for around in range(3):
        assert sorted(turns[around * len(pool) : (around + 1) * len(pool)]) == listed
    if len(pool) > 1:
        assert all(a != b for a, b in pairwise(turns))
    assert turns == [turn(listed[::-1], one, who, str) for one in days]


def test_reasons_come_by_their_shares() -> None:
    first = [daily._reasons(DAY + n * ONE, "ada", "topic")[0] for n in range(3000)]
    for reason, share in SHARES.items():
        assert first.count(reason) / 3000 == pytest.approx(share / 6, abs=0.03)
    assert len({drawn("ada", n) for n in range(3000)}) == 3000


# --- a day ---


def test_a_day_is_the_same_for_ever_whatever_is_done_on_it(
    library: Library, desk: Desk, learner: Learner, clock: Clock
) -> None:
    learner.record(Shown(subject(library, "vector"), EvidenceKind.ANSWER, True))
    mornings = []
    for day in MONTH[:12]:
        clock.now_s = noon(day)
        morning = day_of(library, desk, learner, day)
        assert morning.topic is not None
        assert morning.problem is not None
        for concept in (morning.topic.subject, subject(library, "contrastive learning")):
            learner.record(Shown(concept, EvidenceKind.ANSWER, day.day % 2 == 0))
        learner.solved(morning.problem.problem.name, "code")
        mornings.append(morning)
        assert [day_of(library, desk, learner, one.date) for one in mornings] == mornings
    clock.now_s = noon(DAY + 100 * ONE)
    learner.record(Shown(subject(library, "CLIP"), EvidenceKind.MARKED, True))
    assert [day_of(library, desk, learner, one.date) for one in mornings] == mornings


def test_learners_and_days_differ(library: Library, desk: Desk, learner: Learner, tmp_path: Path) -> None:
    other = Learner.open(tmp_path, "grace")
    mine = [day_of(library, desk, learner, day) for day in MONTH]
    theirs = [day_of(library, desk, other, day) for day in MONTH]
    other.close()
    assert len({day.problem.problem.name for day in mine if day.problem}) >= 4
    assert [day.problem for day in mine] != [day.problem for day in theirs]
    assert [day.topic for day in mine] != [day.topic for day in theirs]


def test_a_newcomer_is_offered_what_needs_nothing_before_what_needs_much(
    library: Library, desk: Desk, learner: Learner
) -> None:
    days = [day_of(library, desk, learner, day) for day in MONTH]
    assert {day.topic.reason for day in days if day.topic} <= {Reason.NEXT, Reason.OTHER}
    ahead = {day.topic.subject for day in days if day.topic and day.topic.reason is Reason.NEXT}
    defined = [subject(library, one.name) for one in library.catalog.concepts() if one.definition]
    fewest = sorted(len(desk.needs(one)) for one in defined)[: daily.POOL]
    assert len(defined) > daily.POOL or fewest[-1] > 0
    assert sorted(len(desk.needs(one)) for one in ahead) == fewest
    assert "vector" in {one.name for one in ahead}
    assert all(day.topic and day.topic.quote and day.topic.source for day in days)


class Lines:
    """A catalog of seven concepts in one line of lessons, the first of which needs the last."""

    ids = "abcdefg"

    def concepts(self) -> list[Concept]:
        return [Concept(one, one, (), Quote("", "x"), 0.5, 0.5, (number, 0)) for number, one in enumerate(self.ids)]

    def prerequisites_of(self, ids: list[str]) -> list[Relation]:
        return [Relation("g", "a", RelationKind.PREREQUISITE, 1.0)] if "a" in ids else []


@pytest.mark.parametrize(("known", "ahead"), [("", "bcdef"), ("b", "cdefg"), ("g", "abcde"), ("bcdeg", "af")])
def test_what_stands_first_in_the_course_waits_for_what_it_needs(known: str, ahead: str) -> None:
    states = {one: ConceptState(Subject(one, one), 1.0, None) for one in known}
    standing = daily._Standing(states, frozenset(), {}, 0.0)
    pools = daily._topic_pools(cast(Catalog, Lines()), standing)
    assert {concept.id for concept in pools[Reason.NEXT]} == set(ahead)
    assert {concept.id for concept in pools[Reason.OTHER]} == set(Lines.ids) - set(known) - set(ahead)


def test_what_is_due_is_offered_for_review(library: Library, desk: Desk, learner: Learner) -> None:
    forgotten = subject(library, "contrastive learning")
    learner.record(Shown(forgotten, EvidenceKind.ANSWER, False))
    days = [day_of(library, desk, learner, day) for day in MONTH]
    due = [day for day in days if day.topic and day.topic.reason is Reason.DUE]
    assert len(due) >= 10
    assert {day.topic.subject for day in due if day.topic} == {forgotten}
    about = [day.problem.problem for day in days if day.problem and day.problem.reason is Reason.DUE]
    assert {problem.name for problem in about} == {"contrast", "clip"}


def test_what_was_solved_lately_rests_and_what_is_known_is_no_news(
    library: Library, desk: Desk, learner: Learner, clock: Clock
) -> None:
    clock.now_s = noon(DAY - ONE)
    learner.solved("contrast", "code")
    learner.record(Shown(subject(library, "vector"), EvidenceKind.MARKED, True))
    days = [day_of(library, desk, learner, DAY + n * ONE) for n in range(12)]
    assert "contrast" not in {day.problem.problem.name for day in days if day.problem}
    assert "vector" not in {day.topic.subject.name for day in days if day.topic}
    every = dict.fromkeys(PROBLEMS)
    for name in every:
        learner.solved(name, "code")
    assert all(day_of(library, desk, learner, day).problem for day in MONTH)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["vector", "embedding", "CLIP"]), st.booleans(), st.booleans()), max_size=8))
def test_states_are_those_that_the_learner_would_have_kept(
    library: Library, tmp_path_factory: pytest.TempPathFactory, shown: list[tuple[str, bool, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("fold")
    clock, desk = Clock(), Desk(library, folder)
    learner = Learner.open(folder, "ada", clock)
    for name, right, marked in shown:
        clock.now_s += 3600
        one = subject(library, name)
        kind = EvidenceKind.MARKED if marked else EvidenceKind.ANSWER
        learner.record(Shown(one, kind, right, 0.25), desk.needs(one))
    folded = states_of(learner.evidence(clock.now_s + 1), desk.needs)
    assert sorted(folded.values(), key=lambda state: state.concept.id) == sorted(
        learner.states(), key=lambda state: state.concept.id
    )
    learner.close()


def test_a_library_without_concepts_still_has_a_problem(tmp_path: Path, learner: Learner) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "a.md").write_text("nothing here\n")
    ingest([tmp_path / "bare"], tmp_path / "lib", HashingEmbedder())
    with Library.open(tmp_path / "lib") as bare:
        day = daily.of_day(DAY, learner, bare.catalog, PROBLEMS, lambda _: [])
        none = daily.of_day(DAY, learner, bare.catalog, {}, lambda _: [])
    assert day.topic is None
    assert day.problem is not None
    assert (none.topic, none.problem) == (None, None)
    assert "nothing to choose from" in markdown(none, daily.Rhythm(0, 0))


# --- rhythm ---


@given(st.sets(st.integers(0, 25), max_size=20))
def test_a_run_bridges_single_days_off_and_no_more(offsets: set[int]) -> None:
    days = {DAY - n * ONE for n in offsets}
    wanted, gap = 0, 0
    for n in range(27):
        if n in offsets:
            wanted, gap = wanted + 1, 0
        elif n > 0:  # the day itself never counts against it
            gap += 1
            if gap > 1:
                break
    assert run_of(days, DAY) == wanted


def test_answers_and_solutions_are_practice_and_marks_are_not(library: Library, learner: Learner, clock: Clock) -> None:
    vector = subject(library, "vector")
    for days_ago, kind in ((5, EvidenceKind.MARKED), (3, EvidenceKind.ANSWER)):
        clock.now_s = noon(DAY - days_ago * ONE)
        learner.record(Shown(vector, kind, True))
    clock.now_s = noon(DAY - ONE)
    learner.solved("dot", "code")
    assert daily.rhythm(DAY, learner) == daily.Rhythm(2, 2)
    assert daily.rhythm(DAY - 2 * ONE, learner) == daily.Rhythm(1, 1)
    assert rhythm_words(daily.Rhythm(1, 9)) == ""
    assert rhythm_words(daily.Rhythm(3, 9)).startswith("3 days of practice in this run, 9 in all.")


# --- the desk ---


def test_the_first_pass_is_evidence_about_the_concepts_that_the_library_has(
    library: Library, desk: Desk, learner: Learner
) -> None:
    contrast = PROBLEMS["contrast"]
    desk.passed("ada", contrast, "one")
    desk.passed("ada", contrast, "two")
    states = {state.concept.name.lower(): state for state in learner.states()}
    assert states["contrastive learning"].mastery > 0.5
    assert states["embedding"].card is not None
    assert states["embedding"].mastery > states["contrastive learning"].mastery  # its own, and a part of the other
    assert desk.solutions("ada")["contrast"].code == "two"
    assert len(learner.evidence(float("inf"))) == 2
    assert all(state.mastery < MASTERED for state in states.values())


def test_after_the_solution_was_shown_a_pass_proves_nothing(desk: Desk, learner: Learner) -> None:
    assert not desk.saw_solution("ada", PROBLEMS["contrast"])
    desk.show_solution("ada", PROBLEMS["contrast"])
    assert desk.saw_solution("ada", PROBLEMS["contrast"])
    assert not desk.saw_solution("bob", PROBLEMS["contrast"])
    desk.passed("ada", PROBLEMS["contrast"], "copied")
    assert learner.states() == []
    assert "contrast" in desk.solutions("ada")


def test_the_desk_gives_the_day_that_was_chosen_until_the_learner_is_forgotten(
    library: Library, desk: Desk, learner: Learner
) -> None:
    learner.record(Shown(subject(library, "contrastive learning"), EvidenceKind.ANSWER, False))

    def reviews() -> list[date]:
        topics = {day: desk.day("ada", day).topic for day in MONTH}
        return [day for day, topic in topics.items() if topic and topic.reason is Reason.DUE]

    assert reviews()
    learner.delete()
    assert reviews() == []
    assert desk.day("ada", DAY) is desk.day("ada", DAY)
    assert desk.day("ada", DAY) != desk.day("ada", DAY + ONE)
    assert desk.rhythm("ada", DAY) == daily.Rhythm(0, 0)


# --- in words ---


def test_the_document_holds_topic_and_task_and_neither_hints_nor_solution(
    library: Library, desk: Desk, learner: Learner
) -> None:
    day = day_of(library, desk, learner)
    assert day.topic is not None
    assert day.problem is not None
    problem = day.problem.problem
    text = markdown(day, daily.Rhythm(4, 9))
    assert text.startswith("# Saturday, 21 November 2026\n")
    assert f"## Problem: {problem.title}" in text
    assert "Tolerance" in text
    assert problem.starter.strip() in text
    assert not [hint for hint in problem.hints if hint in text]
    assert problem.reference.splitlines()[-1].strip() not in text
    assert "4 days of practice" in text
    told = "\n".join(lines(day, daily.Rhythm(0, 0)))
    assert day.topic.subject.name in told
    assert f"erica judge {problem.name}" in told


def test_a_name_that_tries_to_be_markup_stays_a_name(library: Library, desk: Desk, learner: Learner) -> None:
    day = day_of(library, desk, learner)
    assert day.topic is not None
    hostile = replace(day.topic, subject=Subject("x", "<img src=x> **b** [a](javascript:1)\x1b[31m"), quote="<b>q</b>")
    text = markdown(replace(day, topic=hostile), daily.Rhythm(0, 0))
    kinds = {token.type for part in MarkdownIt().parse(text) for token in [part, *(part.children or [])]}
    assert kinds.isdisjoint({"html_inline", "html_block", "link_open", "image", "strong_open"})
    assert "\x1b" not in text + "\n".join(lines(replace(day, topic=hostile), daily.Rhythm(0, 0)))


def test_headings_of_a_statement_are_lowered_and_code_is_left() -> None:
    text = "# Title\n\nIdea.\n\n## Your task\n\n```python\n# no heading\n```\n"
    assert statement_below(text, 1) == "Idea.\n\n### Your task\n\n```python\n# no heading\n```"
