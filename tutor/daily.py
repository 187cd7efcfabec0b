"""The problem and the topic of a day for one learner: what is due, what can be learned next, or something else.

A pure choice: the date, the learner's id, what the learner had shown when the day began, the library and the problems
give it; the same give the same, today and later, and what is done on the day changes nothing. No other chance is in it.
Knows concepts and problems; refuses to know pages and how problems are judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from knowledge.catalog import Catalog
from knowledge.lookup import named
from knowledge.model import Concept, MentionRole, place
from tutor.learner import ConceptState, EvidenceKind, Learner, Shown, Solution, Subject, after
from tutor.mastery import DEFAULT, MASTERED, after_credit
from tutor.problems import DIFFICULTIES, Problem

T = TypeVar("T")
Needs = Callable[[Subject], Sequence[Subject]]

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
"""The days there are: a clock of a machine knows no others."""
MOST_TOPICS = 200
"""Concepts, the most taught first, that a topic is taken from."""
POOL = 5
"""From how many of the best the day takes one: few enough to fit, enough to vary."""
RECENT_DAYS = 14
"""What was practised in these days is not offered for variety, nor a problem solved in them for review."""
_A_LEVEL = 3
"""How many concepts that are not known yet weigh as much as a level of difficulty."""


class Reason(StrEnum):
    """Why something was chosen."""

    DUE = "due"
    """its review falls due"""
    NEXT = "next"
    """all or most that it needs is known"""
    OTHER = "other"
    """away from what was practised lately"""


SHARES = {Reason.DUE: 3, Reason.NEXT: 2, Reason.OTHER: 1}
"""On how many days in six each comes first; where there is nothing of it, the others follow in this order."""
WORDS = {
    Reason.DUE: "time to recall it",
    Reason.NEXT: "within reach now",
    Reason.OTHER: "for a change",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A concept to read about. `chunk_id` is where the course introduces it; `source` is that place in words."""

    subject: Subject
    reason: Reason
    quote: str = ""
    chunk_id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class DailyProblem:
    """A problem to solve."""

    problem: Problem
    reason: Reason


@dataclass(frozen=True, slots=True)
class Day:
    """What a day offers a learner; None where there is nothing to take it from."""

    date: date
    topic: Topic | None
    problem: DailyProblem | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Days with practice: `run` of them without two days off in a row up to now, `total` of all."""

    run: int
    total: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the learner stood when the day began."""

    states: Mapping[str, ConceptState]
    recent: frozenset[str]
    solutions: Mapping[str, Solution]
    end_s: float

    @property
    def known(self) -> set[str]:
        return {one for one, state in self.states.items() if state.mastery >= MASTERED}

    @property
    def due(self) -> list[str]:
        """Return the ids of the concepts that fall due before the day ends, the one that waits longest first."""
        waiting = [(state.due_s, one) for one, state in self.states.items() if state.due_s is not None]
        return [one for due_s, one in sorted(waiting) if due_s < self.end_s]


def start_s(day: date) -> float:
    """Return when a day begins at this machine's place, in seconds since 1970."""
    return datetime.combine(day, time.min).astimezone().timestamp()


def of_day(day: date, learner: Learner, catalog: Catalog, problems: Mapping[str, Problem], needs: Needs) -> Day:
    """Return the problem and the topic of a day.

    Args:
        day: any from FIRST to LAST; of one to come, as things stand now.
        learner: what was shown before the day counts, and nothing after its beginning.
        catalog: the library.
        problems: by name.
        needs: gives what a concept directly needs.
    """
    began_s = start_s(day)
    evidence = learner.evidence(began_s)
    recent_s = start_s(day - timedelta(days=RECENT_DAYS))
    standing = _Standing(
        states=states_of(evidence, needs),
        recent=frozenset(shown.concept.id for at_s, shown in evidence if at_s >= recent_s),
        solutions={item: one for item, one in learner.solutions().items() if one.at_s < began_s},
        end_s=start_s(day + timedelta(days=1)),
    )
    topic = _topic(day, learner.name, catalog, standing)
    return Day(day, topic, _problem(day, learner.name, catalog, standing, problems))


def states_of(evidence: Iterable[tuple[float, Shown]], needs: Needs) -> dict[str, ConceptState]:
    """Return the states that some evidence folds to, as `Learner.record` would have kept them; pure."""
    states: dict[str, ConceptState] = {}

    def state(subject: Subject) -> ConceptState:
        return states.get(subject.id, ConceptState(subject, DEFAULT.initial, None))

    for at_s, shown in evidence:
        states[shown.concept.id] = after(state(shown.concept), shown, at_s)
        if shown.right and shown.kind is not EvidenceKind.MARKED:
            for subject in needs(shown.concept):
                before = state(subject)
                credited = after_credit(before.mastery, shown.guess)
                states[subject.id] = ConceptState(before.concept, credited, before.card)
    return states


# --- chance ---


def drawn(*parts: object) -> int:
    """Return a number that the parts alone decide, evenly spread over 64 bits."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big")


def turn(pool: Sequence[T], day: date, who: str, name: Callable[[T], str]) -> T:
    """Return the one whose turn it is: each comes once in as many days as there are, never twice in a row.

    Args:
        pool: at least one; their order does not matter.
        day: the day.
        who: seeds the order, which changes from round to round.
        name: names one of the pool.
    """
    size = len(pool)
    around, at = divmod(day.toordinal(), size)

    def shuffled(number: int) -> list[T]:
        return sorted(pool, key=lambda one: (drawn(who, number, name(one)), name(one)))

    if size <= 2:
        return shuffled(0)[at]
    order = shuffled(around)
    if name(order[0]) == name(shuffled(around - 1)[-1]):
        order[0], order[1] = order[1], order[0]
    return order[at]


def _reasons(day: date, who: str, what: str) -> list[Reason]:
    """Return the reasons in the order in which they are tried: one is drawn by its share, then the others."""
    lots = [reason for reason, share in SHARES.items() for _ in range(share)]
    first = lots[drawn(who, day, what) % len(lots)]
    return [first, *(reason for reason in SHARES if reason is not first)]


# --- topics ---


def _topic(day: date, who: str, catalog: Catalog, standing: _Standing) -> Topic | None:
    pools = _topic_pools(catalog, standing)
    for reason in _reasons(day, who, "topic"):
        if pools[reason]:
            return _introduced(catalog, turn(pools[reason], day, who, lambda one: one.id), reason)
    return None


def _topic_pools(catalog: Catalog, standing: _Standing) -> dict[Reason, list[Concept]]:
    every = catalog.concepts()
    defined = [concept for concept in every if concept.definition is not None]
    taught = sorted(defined or every, key=lambda one: (-one.salience, one.id))[:MOST_TOPICS]
    ids = {concept.id for concept in taught}
    known = standing.known
    open_needs = dict.fromkeys(ids, 0)
    for edge in catalog.prerequisites_of(sorted(ids)):
        if edge.source_id in ids - known:
            open_needs[edge.target_id] += 1
    there = {concept.id: concept for concept in every}
    fresh = [concept for concept in taught if concept.id not in known]
    ahead = sorted(fresh, key=lambda one: (open_needs[one.id], one.introduced_at, one.id))[:POOL]
    away = [concept for concept in fresh if concept.id not in standing.recent and concept not in ahead]
    return {
        Reason.DUE: [there[one] for one in standing.due if one in there][:POOL],
        Reason.NEXT: ahead,
        Reason.OTHER: away,
    }


def _introduced(catalog: Catalog, concept: Concept, reason: Reason) -> Topic:
    """Return the topic with the course's words for it and the place they stand in, where it has some."""
    subject = Subject(concept.id, concept.name)
    ids = [concept.definition.chunk_id] if concept.definition else []
    if not ids:
        mentions = catalog.mentions_of([concept.id])
        rank = list(MentionRole).index
        ids = [mention.chunk_id for mention in sorted(mentions, key=lambda one: rank(one.role))[:1]]
    for chunk in catalog.chunks(ids):
        document = catalog.document(chunk.document_id)
        if document is not None:
            quote = concept.definition.text if concept.definition else ""
            return Topic(subject, reason, quote, chunk.id, f"{document.title}, {place(chunk.locator)}")
    return Topic(subject, reason)


# --- problems ---


def _problem(
    day: date, who: str, catalog: Catalog, standing: _Standing, problems: Mapping[str, Problem]
) -> DailyProblem | None:
    pools = _problem_pools(day, catalog, standing, list(problems.values()))
    for reason in _reasons(day, who, "problem"):
        if pools[reason]:
            return DailyProblem(turn(pools[reason], day, who, lambda one: one.name), reason)
    return None


def _problem_pools(
    day: date, catalog: Catalog, standing: _Standing, problems: Sequence[Problem]
) -> dict[Reason, list[Problem]]:
    about = {problem.name: _ids(catalog, problem.concepts) for problem in problems}
    due, known = set(standing.due), standing.known
    recent_s = start_s(day - timedelta(days=RECENT_DAYS))
    unsolved = [problem for problem in problems if problem.name not in standing.solutions]
    long_ago = {name for name, solution in standing.solutions.items() if solution.at_s < recent_s}
    rested = [one for one in problems if one.name not in standing.solutions or one.name in long_ago]

    def unmet(problem: Problem) -> tuple[int, str]:
        needed = {edge.source_id for edge in catalog.prerequisites_of(sorted(about[problem.name]))}
        missing = len((needed | about[problem.name]) - known) + len(problem.concepts) - len(about[problem.name])
        return missing + _A_LEVEL * DIFFICULTIES.index(problem.difficulty), problem.name

    away = [problem for problem in unsolved if not about[problem.name] & standing.recent]
    return {
        Reason.DUE: [problem for problem in rested if about[problem.name] & due],
        Reason.NEXT: sorted(unsolved, key=unmet)[:POOL],
        Reason.OTHER: away or unsolved or rested or list(problems),
    }


def _ids(catalog: Catalog, names: Sequence[str]) -> set[str]:
    return {concepts[0].id for one in names if len(concepts := named(catalog, one)) == 1}


# --- rhythm ---


def rhythm(day: date, learner: Learner) -> Rhythm:
    """Return how often a learner has practised up to the end of a day.

    A day off does not end a run, two in a row do; the day itself never counts against it. Marking concepts as known
    is no practice.
    """
    end_s = start_s(day + timedelta(days=1))
    moments = [at_s for at_s, shown in learner.evidence(end_s) if shown.kind is not EvidenceKind.MARKED]
    moments += [solution.at_s for solution in learner.solutions().values() if solution.at_s < end_s]
    days = {datetime.fromtimestamp(moment_s).astimezone().date() for moment_s in moments}
    return Rhythm(run_of(days, day), len(days))


def run_of(days: set[date], day: date) -> int:
    """Return how many of the days lie in the run that reaches up to `day`; pure."""
    one = timedelta(days=1)
    at = day if day in days else day - one
    run = 0
    while at in days or at - one in days:
        run += at in days
        at -= one
    return run
