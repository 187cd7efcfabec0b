from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Concept, Relation, RelationKind
from tutor.learner import (
    FILE_NAME,
    ConceptState,
    EvidenceKind,
    Learner,
    LearnerUnusable,
    Shown,
    Solution,
    Subject,
    after,
    known_to,
)
from tutor.mastery import DEFAULT, MASTERED

SOFTMAX, LOGIT, EXP = Subject("s", "softmax"), Subject("l", "logit"), Subject("e", "exponential")
DAY_S = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def learner(tmp_path: Path, clock: Clock) -> Iterator[Learner]:
    opened = Learner.open(tmp_path, clock=clock)
    yield opened
    opened.close()


def answered(right: bool, concept: Subject = SOFTMAX) -> Shown:
    return Shown(concept, EvidenceKind.ANSWER, right, guess=0.25, item="q1")


def test_answers_move_mastery_and_set_a_review(learner: Learner, clock: Clock) -> None:
    state = learner.record(answered(True))
    assert state.mastery > DEFAULT.initial
    assert state.due_s is not None
    assert learner.due() == []
    clock.now_s = state.due_s
    assert [one.concept for one in learner.due()] == [SOFTMAX]


def test_what_waits_longest_is_due_first(learner: Learner, clock: Clock) -> None:
    learner.record(answered(False, LOGIT))
    clock.now_s += 60
    learner.record(answered(False, SOFTMAX))
    assert [state.concept for state in learner.due(clock.now_s + DAY_S)] == [LOGIT, SOFTMAX]


def test_a_right_answer_credits_what_it_needs_and_a_wrong_one_blames_nothing(learner: Learner) -> None:
    learner.record(answered(False), [LOGIT])
    assert learner.state(LOGIT).mastery == DEFAULT.initial
    learner.record(answered(True), [LOGIT])
    assert DEFAULT.initial < learner.state(LOGIT).mastery < learner.state(SOFTMAX).mastery
    assert learner.state(LOGIT).due_s is None  # credited, never asked: nothing to review


def test_known_are_the_mastered_and_the_marked(learner: Learner) -> None:
    for _ in range(6):
        learner.record(answered(True))
    learner.record(answered(True, EXP))
    learner.mark(LOGIT)
    assert learner.known() == {"softmax", "logit"}
    learner.mark(LOGIT, known=False)
    assert learner.known_ids() == {"s"}


def test_what_is_known_is_asked_of_a_folder_which_stays_as_it_is(tmp_path: Path, learner: Learner) -> None:
    learner.mark(SOFTMAX)
    assert known_to(tmp_path) == {"softmax"}
    assert known_to(tmp_path, "another") == frozenset()
    assert known_to(tmp_path / "empty") == frozenset()
    assert not (tmp_path / "empty").exists()


def test_the_frontier_opens_with_what_is_known(learner: Learner) -> None:
    from knowledge.graph import ConceptGraph

    class Course:
        edges = (("e", "s"), ("l", "s"), ("s", "c"))

        def _edges(self, end: int, ids: object) -> list[Relation]:
            kind = RelationKind.PREREQUISITE
            return [Relation(a, b, kind, 1.0) for a, b in self.edges if (a, b)[end] in set(ids)]  # type: ignore[call-overload]  # a double

        def prerequisites_of(self, concept_ids: object) -> list[Relation]:
            return self._edges(1, concept_ids)

        def unlocked_by(self, concept_ids: object) -> list[Relation]:
            return self._edges(0, concept_ids)

        def concepts(self, ids: object = None) -> list[Concept]:
            return [Concept(i, i, (), None, 0.5, 0.5, (0, 0)) for i in sorted(ids)]  # type: ignore[call-overload]  # a double

    graph = ConceptGraph(Course())
    learner.mark(EXP)
    assert learner.frontier(graph) == []
    learner.mark(LOGIT)
    assert [concept.id for concept in learner.frontier(graph)] == ["s"]


def test_learners_do_not_see_each_other(learner: Learner, tmp_path: Path) -> None:
    other = Learner.open(tmp_path, "somebody")
    learner.mark(SOFTMAX)
    assert other.known() == set()
    other.delete()
    other.close()
    assert learner.known() == {"softmax"}


def test_all_can_be_exported_and_deleted(learner: Learner, tmp_path: Path) -> None:
    learner.record(answered(True), [LOGIT])
    exported = json.loads(json.dumps(learner.export()))
    assert [row["item"] for row in exported["evidence"]] == ["q1"]
    assert {state["concept"]["name"] for state in exported["states"]} == {"softmax", "logit"}
    learner.delete()
    assert learner.export()["evidence"] == learner.export()["states"] == []
    learner.close()
    assert b"softmax" not in (tmp_path / FILE_NAME).read_bytes()


def test_it_is_found_again_after_a_restart(learner: Learner, tmp_path: Path) -> None:
    state = learner.record(answered(True))
    learner.close()
    again = Learner.open(tmp_path)
    assert again.state(SOFTMAX) == state
    again.close()


@given(st.lists(st.booleans(), max_size=6))
def test_what_is_stored_is_the_fold_of_the_evidence(answers: list[bool]) -> None:
    clock = Clock()
    learner = Learner(sqlite3.connect(":memory:", isolation_level=None), "x", clock)
    from tutor.learner import _migrate

    _migrate(learner._connection, Path(":memory:"))
    state = ConceptState(SOFTMAX, DEFAULT.initial, None)
    for right in answers:
        clock.now_s += DAY_S
        learner.record(answered(right))
        state = after(state, answered(right), clock.now_s)
    assert learner.state(SOFTMAX) == state
    assert 0.0 <= state.mastery <= 1.0
    assert (state.mastery >= MASTERED) == (learner.known() == {"softmax"})
    learner.close()


def test_a_damaged_or_newer_file_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(LearnerUnusable, match="Move the file away"):
        Learner.open(tmp_path)
    newer = tmp_path / "newer"
    newer.mkdir()
    with sqlite3.connect(newer / FILE_NAME) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LearnerUnusable, match="newer Erica"):
        Learner.open(newer)


def test_what_passed_is_kept_with_its_first_time_and_its_last_code(learner: Learner, clock: Clock) -> None:
    first_s = clock.now_s
    assert learner.solved("mean-iou", "first")
    clock.now_s += DAY_S
    assert not learner.solved("mean-iou", "second")
    assert learner.solutions() == {"mean-iou": Solution("second", first_s)}
    assert learner.export()["solutions"] == {"mean-iou": {"code": "second", "at_s": first_s}}
    learner.delete()
    assert learner.solutions() == {}


def test_a_solution_that_was_shown_is_kept_with_its_first_time_exported_and_deleted(
    learner: Learner, clock: Clock
) -> None:
    first_s = clock.now_s
    learner.see_solution("mean-iou")
    clock.now_s += DAY_S
    learner.see_solution("mean-iou")
    assert learner.seen_solutions() == learner.export()["seen_solutions"] == {"mean-iou": first_s}
    learner.delete()
    assert learner.seen_solutions() == {}


def test_solutions_are_each_learners_own(learner: Learner, tmp_path: Path) -> None:
    learner.solved("mean-iou", "mine")
    other = Learner.open(tmp_path, "other")
    assert other.solutions() == {}
    other.close()


def test_evidence_before_a_moment_comes_back_as_it_was_shown(learner: Learner, clock: Clock) -> None:
    learner.record(answered(True))
    moment_s = clock.now_s = clock.now_s + 60
    learner.record(answered(False, LOGIT))
    assert learner.evidence(moment_s) == [(moment_s - 60, answered(True))]
    assert [shown for _, shown in learner.evidence(moment_s + 1)] == [answered(True), answered(False, LOGIT)]


def test_a_file_of_the_first_version_opens_and_keeps_what_it_holds(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as old:
        old.executescript(FIRST_VERSION)
        old.execute("INSERT INTO states VALUES ('owner', 's', 'softmax', 0.97, NULL, '')")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    learner = Learner.open(tmp_path)
    assert learner.known() == {"softmax"}
    assert learner.solved("mean-iou", "code")
    learner.see_solution("mean-iou")
    assert list(learner.seen_solutions()) == ["mean-iou"]
    learner.close()


FIRST_VERSION = """
CREATE TABLE evidence (id INTEGER PRIMARY KEY, learner TEXT NOT NULL, concept_id TEXT NOT NULL, concept TEXT NOT NULL,
    kind TEXT NOT NULL, correct INTEGER NOT NULL, guess REAL NOT NULL, item TEXT NOT NULL, at_s REAL NOT NULL) STRICT;
CREATE TABLE states (learner TEXT NOT NULL, concept_id TEXT NOT NULL, concept TEXT NOT NULL, mastery REAL NOT NULL,
    due_s REAL, card TEXT NOT NULL, PRIMARY KEY (learner, concept_id)) STRICT;
"""
